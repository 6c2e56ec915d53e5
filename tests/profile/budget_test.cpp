// SPDX-License-Identifier: Apache-2.0
// The JSON schema, budgets and comparisons, on made-up profiles.
#include "sim/profile/budget.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "sim/base/error.h"
#include "sim/profile/compare.h"
#include "sim/profile/profile_file.h"
#include "sim/profile/report.h"
#include "tests/profile/event_script.h"

namespace hypsim::profile::test {
namespace {

using nlohmann::ordered_json;

class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("hypsim-budget-" + std::to_string(reinterpret_cast<std::uintptr_t>(this)) + ".json")) {
    std::ofstream(path_) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  std::string path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Two VMs, `trips` hypercalls each, of 555 + `more` cycles; the row is 559 + `more`.
ordered_json report(u64 more = 0, unsigned trips = 3) {
  EventScript s;
  s.profile.name_row(1, "hvc");
  s.vmid = 1;
  s.hyp_to_guest();
  for (u8 vm = 1; vm <= 2; ++vm) {
    s.vmid = vm;
    for (unsigned i = 0; i < trips; ++i) {
      s.marker(1, 1);
      s.guest(4);
      s.guest_to_hyp(hvc_hsr(5));
      s.hyp(100 + more, 0x100);  // cp15
      s.hyp_to_host();
      s.host(400);
      s.host_to_hyp();
      s.hyp(5, 0x200);  // banked
      s.hyp_to_guest();
      s.marker(2, 1);
    }
  }
  s.finish();
  ordered_json root = {{"hypsim", "0"},    {"platform", "p"},   {"image", "i"},    {"mode", "timed"},
                       {"reason", "exit"}, {"instructions", 1}, {"cycles", s.now}, {"cores", ordered_json::array()}};
  root["profile"] = to_json(s.profile);
  return root;
}

std::string refusal(const std::function<void()>& act) {
  try {
    act();
  } catch (const InputError& error) {
    return error.what();
  }
  return "nothing was refused";
}

BudgetResult check(const std::string& budget, u64 more = 0) {
  const TemporaryFile file(budget);
  return check_budget(report(more)["profile"], read_budget(file.path()), "b.json");
}

TEST(Schema, AcceptsWhatIsWritten) {
  const TemporaryFile file(report().dump());
  EXPECT_EQ(read_profile(file.path())["profile"]["total_cycles"], report()["cycles"]);
}

TEST(Schema, NamesTheFileAndThePlaceOfAFault) {
  ordered_json bad = report();
  bad["profile"]["rows"][0]["cycles"]["median"] = "many";
  const TemporaryFile file(bad.dump());
  const std::string text = refusal([&] { read_profile(file.path()); });
  EXPECT_NE(text.find(file.path() + ": /profile/rows/0/cycles/median: expected a whole number"), text.npos) << text;
  EXPECT_EQ(text.find('\n'), text.npos);

  bad = report();
  bad["profile"]["resources"]["magic"] = 3;
  const TemporaryFile unknown(bad.dump());
  EXPECT_NE(refusal([&] { read_profile(unknown.path()); }).find("/profile/resources"), text.npos);
  const TemporaryFile no_profile("{\"a\": 1}");
  EXPECT_NE(refusal([&] { read_profile(no_profile.path()); }).find("hypsim profile --json"), text.npos);
  const TemporaryFile no_json("{]");
  EXPECT_NE(refusal([&] { read_profile(no_json.path()); }).find("is not JSON"), text.npos);
  EXPECT_NE(refusal([] { read_profile("/no/such.json"); }).find("/no/such.json: No such file"), text.npos);
}

TEST(Budget, LimitsThatAreKept) {
  const BudgetResult result =
      check(R"({"comment": "c", "run": {"total_cycles": 99999, "phases": {"cp15": 600}, "resources": {"base": 99999}},
    "rows": {"hvc": {"count": 6, "median": 559, "mean": 559, "max": 559, "instructions": 4, "phases": {"cp15": 100}}},
    "causes": {"HVC #0x5": {"p99": 555, "exit_leg": 125, "host": 400, "entry_leg": 30, "resources": {"exception": 50}, "vmids": {"2": {"total": 1665}}}}})");
  EXPECT_TRUE(result.over.empty()) << to_text(result);
  EXPECT_EQ(result.checked, 3u + 6 + 6);
  EXPECT_EQ(to_text(result), "Budget b.json: all 15 limits kept\n");
}

TEST(Budget, EachLimitThatIsNotKeptIsNamedWorstFirst) {
  const BudgetResult result = check(R"({"rows": {"hvc": {"median": 559, "phases": {"cp15": 100}}},
    "causes": {"HVC #0x5": {"p99": 560, "vmids": {"2": {"exit_leg": 125}}}}})",
                                    50);
  ASSERT_EQ(result.over.size(), 4u);
  EXPECT_EQ(to_text(result),
            "Budget b.json: 4 of 4 limits not kept\n"
            "  row hvc: phase cp15, mean 150 is over 100 by 50 (50.0%)\n"
            "  cause HVC #0x5, VMID 2: exit_leg, mean 175 is over 125 by 50 (40.0%)\n"
            "  row hvc: median 609 is over 559 by 50 (8.9%)\n"
            "  cause HVC #0x5: p99 605 is over 560 by 45 (8.0%)\n");
  const ordered_json json = to_json(result);
  EXPECT_EQ(json["checked"], 4);
  EXPECT_EQ(json["over"][2]["name"], "row hvc");
  EXPECT_EQ(json["over"][2]["value"], 609.0);
}

TEST(Budget, WhatIsNotThereIsNotKept) {
  const BudgetResult result = check(
      R"({"rows": {"hcv": {"median": 1}}, "causes": {"HVC #0x5": {"vmids": {"9": {"max": 1}, "x": {"max": 1}}}, "FIQ": {}}})");
  EXPECT_EQ(to_text(result),
            "Budget b.json: 4 of 4 limits not kept\n  row hcv: not in the profile\n  cause HVC #0x5, VMID 9: not in "
            "the profile\n"
            "  cause HVC #0x5, VMID x: not in the profile\n  cause FIQ: not in the profile\n");
}

TEST(Budget, NamesCannotReachTheTerminalAndLargeLimitsAreNumbers) {
  const BudgetResult result = check(R"({"rows": {"\u001b[2Jx": {}, "hvc": {"median": 1e300, "max": 1}}})");
  EXPECT_EQ(to_text(result),
            "Budget b.json: 2 of 3 limits not kept\n  row \\x1b[2Jx: not in the profile\n"
            "  row hvc: max 559 is over 1 by 558 (55800.0%)\n");
}

TEST(Budget, MalformedFilesAreRefused) {
  for (const char* bad :
       {R"({"row": {}})", R"({"rows": {"hvc": {"medain": 3}}})", R"({"rows": {"hvc": {"median": -1}}})",
        R"({"rows": {"hvc": 3}})", R"({"causes": {"IRQ": {"vmids": {"1": {"vmids": {}}}}}})", "[]", ""}) {
    const TemporaryFile file(bad);
    const std::string text = refusal([&] { read_budget(file.path()); });
    EXPECT_EQ(text.find(file.path()), 0u) << bad << ": " << text;
  }
  const TemporaryFile twice(R"({"rows": {"hvc": {"median": 1}}, "rows": {"hvc": {"median": 999999}}})");
  EXPECT_NE(refusal([&] { read_budget(twice.path()); }).find("the key \"rows\" stands twice"), std::string::npos);
  const TemporaryFile file(R"({"rows": {"hvc": {"medain": 3}}})");
  const std::string text = refusal([&] { read_budget(file.path()); });
  EXPECT_NE(text.find("/rows/hvc"), text.npos) << text;
  EXPECT_NE(text.find("medain"), text.npos) << text;
}

TEST(Compare, EqualProfilesHaveNoChanges) {
  const ordered_json c = compare(report(), report());
  EXPECT_TRUE(c["changes"].empty());
  EXPECT_EQ(c["unchanged"], 2);
  EXPECT_EQ(c["run"]["total_cycles"]["change"], 0);
  EXPECT_NE(comparison_text(c).find("No row and no cause changed (2 compared)."), std::string::npos);
}

TEST(Compare, ChangesStandWithTheirBucketsMostCyclesFirst) {
  ordered_json after = report(50, 4);
  after["profile"]["rows"][0]["name"] = "hvc_new";
  const ordered_json c = compare(report(), after);
  ASSERT_EQ(c["changes"].size(), 3u);
  EXPECT_EQ(c["changes"][0]["name"], "hvc_new");
  EXPECT_EQ(c["changes"][0]["in"], "b");
  EXPECT_EQ(c["changes"][0]["cycles"]["total"]["change"], 8 * 609);
  EXPECT_EQ(c["changes"][1]["in"], "a");
  EXPECT_EQ(c["changes"][1]["cycles"]["total"]["change"], -6 * 559);
  const ordered_json& cause = c["changes"][2];
  EXPECT_EQ(cause["name"], "HVC #0x5");
  EXPECT_EQ(cause["cycles"]["count"], ordered_json({{"a", 6}, {"b", 8}, {"change", 2}}));
  EXPECT_EQ(cause["cycles"]["median"]["change"], 50);
  EXPECT_EQ(cause["buckets"][0],
            ordered_json({{"phase", "host kernel"}, {"resource", "base"}, {"a", 2400}, {"b", 3200}, {"change", 800}}));
  EXPECT_EQ(cause["buckets"][1]["phase"], "cp15");
  EXPECT_EQ(cause["buckets"][1]["change"], 600);
  long long buckets = 0;
  for (const ordered_json& bucket : cause["buckets"]) buckets += bucket["change"].get<long long>();
  EXPECT_EQ(buckets, cause["cycles"]["total"]["change"]) << "the buckets' changes add up to the change";
  const std::string text = comparison_text(c);
  EXPECT_NE(text.find("cause HVC #0x5"), text.npos);
  EXPECT_NE(text.find("6->8"), text.npos);
  EXPECT_NE(text.find("555->605"), text.npos);
}

}  // namespace
}  // namespace hypsim::profile::test
