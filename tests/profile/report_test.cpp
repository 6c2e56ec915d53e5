// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/profile/event_script.h"

namespace hypsim::profile::test {
namespace {

using nlohmann::ordered_json;

/// `trips` round trips of each VM through the host, and one row.
void switch_worlds(EventScript& s, unsigned vms, unsigned trips) {
  s.profile.name_row(1, "hvc");
  s.host(10);
  s.host_to_hyp();
  s.vmid = 1;
  s.hyp_to_guest();
  for (unsigned vm = 1; vm <= vms; ++vm) {
    for (unsigned i = 0; i < trips; ++i) {
      s.marker(1, 1);
      s.guest(2);
      s.guest_to_hyp(hvc_hsr(5));
      s.hyp(100, 0x100);
      s.hyp_to_host();
      s.host(400);
      s.host_to_hyp();
      s.hyp(80, 0x200);
      if (i + 1 == trips) s.vmid = static_cast<u8>(vm + 1);
      s.hyp_to_guest();
      s.marker(2, 1);
    }
  }
  s.finish();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::size_t count_of(const std::string& text, const std::string& what) {
  std::size_t n = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++n;
  return n;
}

TEST(JsonReport, HoldsEverything) {
  EventScript s;
  switch_worlds(s, 2, 3);
  const ordered_json report = to_json(s.profile);
  EXPECT_EQ(report["total_cycles"], s.now);
  EXPECT_EQ(report["phases"]["host kernel"], 10 + 6 * 400);
  EXPECT_EQ(report["phases"]["cp15"], 600);
  EXPECT_EQ(report["resources"]["base"], 10 + 6 * (2 + 100 + 400 + 80));
  EXPECT_EQ(report["unfinished_round_trips"], 0);

  ASSERT_EQ(report["rows"].size(), 1u);
  const ordered_json& row = report["rows"][0];
  EXPECT_EQ(row["id"], 1);
  EXPECT_EQ(row["name"], "hvc");
  EXPECT_EQ(row["cycles"]["count"], 6);
  EXPECT_EQ(row["cycles"]["median"], 632);
  EXPECT_EQ(row["host_instructions"]["median"], 1);
  EXPECT_EQ(row["hyp_instructions"]["p99"], 2);

  ASSERT_EQ(report["round_trips"].size(), 2u);
  const ordered_json& trip = report["round_trips"][0];
  EXPECT_EQ(trip["cause"], "HVC #0x5");
  EXPECT_EQ(trip["vmid"], 1);
  EXPECT_EQ(trip["cycles"],
            ordered_json({{"count", 3}, {"min", 630}, {"median", 630}, {"p99", 630}, {"max", 630}, {"total", 1890}}));
  EXPECT_EQ(trip["exit_leg"], 3 * 125);
  EXPECT_EQ(trip["host"], 3 * 400);
  EXPECT_EQ(trip["entry_leg"], 3 * 105);
  EXPECT_EQ(trip["in_hyp_only"], 0);
  EXPECT_EQ(trip["vmid_changes"], 1);
  EXPECT_EQ(trip["vmid_after"], ordered_json({{"1", 2}, {"2", 1}}));
  EXPECT_EQ(trip["phases"]["banked"], 240);
  EXPECT_EQ(trip["resources"]["exception"], 3 * 50);

  ASSERT_EQ(report["causes"].size(), 1u);
  const ordered_json& cause = report["causes"][0];
  EXPECT_EQ(cause["cause"], "HVC #0x5");
  EXPECT_EQ(cause["vmids"], 2);
  EXPECT_EQ(cause["cycles"]["count"], 6);
  EXPECT_EQ(cause["vmid_changes"], 2);
  EXPECT_EQ(cause["phases"]["banked"], 480);

  ASSERT_EQ(report["hyp_visits"].size(), 2u) << "by cause: the host's calls and the guests'";
  EXPECT_EQ(report["hyp_visits"][0]["cause"], "HVC #0x0");
  EXPECT_EQ(report["hyp_visits"][0]["cycles"]["count"], 7);
}

TEST(JsonReport, EveryLevelHasItsBuckets) {
  EventScript s;
  switch_worlds(s, 2, 3);
  const ordered_json report = to_json(s.profile);
  EXPECT_EQ(report["unaccounted_cycles"], 0);
  EXPECT_EQ(report["cores"].size(), 1u);
  EXPECT_EQ(report["round_trips"][0]["core"], 0);
  EXPECT_EQ(report["causes"][0]["cores"], 1);
  EXPECT_EQ(report["causes"][0]["histogram"], ordered_json::array({{{"from", 576}, {"to", 640}, {"count", 6}}}));
  EXPECT_EQ(report["round_trips"][0]["buckets"]["banked"], ordered_json({{"base", 240}}));
  EXPECT_EQ(report["rows"][0]["buckets"]["host kernel"], ordered_json({{"base", 2400}}));
  std::vector<std::pair<const ordered_json*, u64>> levels = {{&report, s.now}};
  for (const auto& list : {"cores", "rows", "causes", "round_trips"})
    for (const ordered_json& entry : report[list])
      levels.emplace_back(
          &entry, entry["cycles"].is_object() ? entry["cycles"]["total"].get<u64>() : entry["cycles"].get<u64>());
  for (const auto& [entry, total] : levels) {
    u64 buckets = 0, phases = 0, resources = 0;
    for (const auto& phase : (*entry)["buckets"])
      for (const auto& cycles : phase) buckets += cycles.get<u64>();
    for (const auto& cycles : (*entry)["phases"]) phases += cycles.get<u64>();
    for (const auto& cycles : (*entry)["resources"]) resources += cycles.get<u64>();
    EXPECT_EQ(buckets, total);
    EXPECT_EQ(phases, total);
    EXPECT_EQ(resources, total);
  }
}

TEST(CsvReport, EachCycleOfTheRunIsOnOneLine) {
  EventScript s;
  switch_worlds(s, 2, 3);
  const std::vector<std::string> lines = lines_of(to_csv(s.profile));
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines[0], "scope,name,vmid,core,count,phase,resource,cycles\r");
  u64 run = 0, rows = 0;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    EXPECT_EQ(lines[i].back(), '\r');
    (lines[i].starts_with("row,") ? rows : run) += std::stoull(lines[i].substr(lines[i].rfind(',') + 1));
  }
  EXPECT_EQ(run, s.profile.total_cycles());
  EXPECT_EQ(rows, 6u * 632);
  EXPECT_EQ(count_of(to_csv(s.profile), "trip,HVC #0x5,2,0,3,banked,base,240\r\n"), 1u);
}

TEST(CsvReport, NamesWithCommasAreQuoted) {
  EventScript s;
  s.profile.name_row(1, "a \"row\", so called");
  s.marker(1, 1);
  s.guest(3);
  s.marker(2, 1);
  s.finish();
  EXPECT_EQ(count_of(to_csv(s.profile), "row,\"a \"\"row\"\", so called\",,,1,guest,base,3\r\n"), 1u);
}

TEST(JsonReport, KeepsItsKeysWithoutContent) {
  EventScript s;
  s.finish();
  const ordered_json report = to_json(s.profile);
  for (const char* list : {"rows", "causes", "round_trips", "hyp_visits"}) {
    ASSERT_TRUE(report.contains(list)) << list;
    EXPECT_TRUE(report[list].is_array() && report[list].empty()) << list;
  }
  EXPECT_EQ(report["total_cycles"], 0);
  EXPECT_TRUE(report["phases"].is_object());
  EXPECT_TRUE(report["resources"].is_object());
}

TEST(JsonReport, CausesComeDearestFirst) {
  EventScript s;
  switch_worlds(s, 1, 1);
  s.guest_to_hyp(hvc_hsr(6));
  s.hyp(100'000);
  s.hyp_to_guest();
  s.finish();
  const ordered_json report = to_json(s.profile);
  EXPECT_EQ(report["causes"][0]["cause"], "HVC #0x6");
  EXPECT_EQ(report["causes"][0]["in_hyp_only"], 1);
  EXPECT_EQ(report["causes"][1]["cause"], "HVC #0x5");
}

TEST(TextReport, FewVmsHaveALineEach) {
  EventScript s;
  switch_worlds(s, 4, 2);
  const std::string text = to_text(s.profile);
  for (const char* line : {"VMID 1", "VMID 2", "VMID 3", "VMID 4"}) EXPECT_EQ(count_of(text, line), 1u) << line;
  EXPECT_EQ(count_of(text, " VMs\n"), 0u);
  EXPECT_NE(text.find("exit 125 + host 400 + entry 105, 4 ended in another VM"), text.npos) << text;
  EXPECT_NE(text.find("host kernel 400, cp15 100, banked 80, exception entry 30, exception return 20"), text.npos)
      << text;
}

TEST(TextReport, ManyVmsHaveOneLineTogether) {
  EventScript s;
  switch_worlds(s, 254, 2);
  const std::string text = to_text(s.profile);
  EXPECT_EQ(count_of(text, "    VMID "), 0u);
  EXPECT_EQ(count_of(text, "in 254 VMs"), 1u);
  EXPECT_EQ(count_of(text, "\nHVC #0x5"), 2u) << "round trips and visits";
  EXPECT_LT(lines_of(text).size(), 40u);
}

TEST(TextReport, SeveralCoresAreNamed) {
  EventScript a;
  switch_worlds(a, 1, 2);
  EventScript b(a.profile, 1);
  switch_worlds(b, 1, 2);
  const std::string text = to_text(a.profile);
  EXPECT_EQ(count_of(text, "    VMID 1, core 0 "), 1u);
  EXPECT_EQ(count_of(text, "    VMID 1, core 1 "), 1u);
}

TEST(TextReport, TripsAnsweredInHypSaySo) {
  EventScript s;
  switch_worlds(s, 1, 1);
  s.guest_to_hyp(wfi_hsr());
  s.hyp(50);
  s.hyp_to_guest();
  s.guest_to_hyp(hvc_hsr(5));
  s.hyp(40);
  s.hyp_to_guest();
  s.finish();
  const std::string text = to_text(s.profile);
  EXPECT_NE(text.find("    answered in Hyp\n"), text.npos) << text;
  EXPECT_NE(text.find(", 1 answered in Hyp"), text.npos) << "one of the two hypercalls" << text;
}

TEST(TextReport, RareCausesHaveASingleLine) {
  EventScript s;
  switch_worlds(s, 1, 1);
  s.guest(10'000'000);
  s.finish();
  const std::string text = to_text(s.profile);
  EXPECT_EQ(count_of(text, "host 400"), 0u);
  EXPECT_EQ(count_of(text, "\nHVC #0x5"), 2u);
}

TEST(TextReport, FitsIn120Columns) {
  PhaseMap phases;
  for (u32 i = 0; i < 30; ++i)
    phases.add_symbol(kHypPc + i * 0x10, "a_rather_long_name_of_a_phase_" + std::to_string(i) + ".x");
  phases.finish();
  EventScript s(std::move(phases));
  s.profile.name_row(1, "a row with a name that is longer than the column it is meant to stand in");
  s.vmid = 255;
  s.marker(1, 1);
  for (const u32 hsr : {hvc_hsr(0xFFFF), static_cast<u32>(HsrEc::DataAbortGuest) << 26 | 3u << 6 | 0x17}) {
    s.guest(10'000'000'000);
    s.guest_to_hyp(hsr);
    for (u32 i = 0; i < 30; ++i) s.hyp(10'000'000, i * 0x10);
    s.hyp_to_guest();
  }
  s.marker(2, 1);
  s.finish();
  const std::string text = to_text(s.profile);
  for (const std::string& line : lines_of(text)) {
    EXPECT_LE(line.size(), 120u) << line;
    EXPECT_TRUE(line.empty() || line.back() != ' ') << "trailing blank: " << line;
  }
  EXPECT_NE(text.find("stage-2 data abort, external abort on walk level 3, write, on a stage-1 walk\n"), text.npos);
  EXPECT_NE(text.find("a_rather_long_name_of_a_phase_9 10000000"), text.npos);
}

TEST(TextReport, NamesTheDearestPhasesAlone) {
  PhaseMap phases;
  for (u32 i = 0; i < 60; ++i) phases.add_symbol(kHypPc + i * 0x10, "phase" + std::to_string(i) + ".x");
  phases.finish();
  EventScript s(std::move(phases));
  s.vmid = 1;
  s.guest(10);
  s.guest_to_hyp(hvc_hsr(5), 1);
  for (u32 i = 0; i < 60; ++i) s.hyp(1000 + i, i * 0x10);
  s.hyp_to_guest(1);
  s.finish();
  const std::string text = to_text(s.profile);
  // 10 of 62 phases of the trip (60, entry and return), 30 of 63 of the run.
  EXPECT_NE(text.find("phase59 1059, phase58 1058"), text.npos) << text;
  EXPECT_NE(text.find("phase50 1050, 52 more " + std::to_string(50 * 1000 + 49 * 50 / 2 + 2)), text.npos) << text;
  EXPECT_NE(text.find("phase30 "), text.npos);
  EXPECT_EQ(text.find("phase29 "), text.npos);
  EXPECT_NE(text.find("\n33 more phases"), text.npos) << text;
  EXPECT_EQ(to_json(s.profile)["causes"][0]["phases"].size(), 62u) << "the JSON has all";
}

TEST(TextReport, SaysThatThereWereNoRoundTrips) {
  EventScript s;
  s.secure(100);
  s.finish();
  const std::string text = to_text(s.profile);
  EXPECT_NE(text.find("Round trips: none"), text.npos);
  EXPECT_NE(text.find("All 100 cycles"), text.npos);
  EXPECT_NE(text.find("100.00%"), text.npos);
  EXPECT_EQ(text.find("Micro-operations"), text.npos);
  EXPECT_EQ(text.find("Hyp visits"), text.npos);
}

TEST(TextReport, AnEmptyRunHasNoShares) {
  EventScript s;
  s.finish();
  EXPECT_NE(to_text(s.profile).find("All 0 cycles"), std::string::npos);
}

}  // namespace
}  // namespace hypsim::profile::test
