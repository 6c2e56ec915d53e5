// SPDX-License-Identifier: Apache-2.0
// Vector files: what the schema refuses and with which words, and how expectations are compared.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "sim/base/error.h"
#include "sim/trap/vectors.h"

namespace hypsim::trap {
namespace {

using nlohmann::json;

struct Vectors : testing::Test {
  void SetUp() override {
    file = (std::filesystem::temp_directory_path() / ("hypsim-vectors-" + std::to_string(getpid()) + ".json")).string();
  }
  void TearDown() override { std::filesystem::remove(file); }
  void write(const std::string& text) { std::ofstream(file) << text; }

  std::string refusal(const json& content) { return refusal_of_text(content.dump()); }
  std::string refusal_of_text(const std::string& text) {
    write(text);
    try {
      load_vectors({file});
    } catch (const InputError& error) {
      std::string what = error.what();
      EXPECT_EQ(what.find('\n'), std::string::npos) << what;
      EXPECT_EQ(what.substr(0, file.size()), file);
      return what.substr(file.size());
    }
    return "accepted";
  }
  static json one(json vector) { return {{"vectors", json::array({std::move(vector)})}}; }
  static json good() { return {{"name", "n"}, {"instruction", "0xe320f003"}, {"expect", {{"result", "waits"}}}}; }

  VectorResult result(const json& vector) {
    write(one(vector).dump());
    vectors = load_vectors({file});
    return run_vector(runner, vectors.front());
  }

  std::string file;
  Runner runner;
  std::vector<Vector> vectors;
};

TEST_F(Vectors, MalformedFilesGiveOneLine) {
  EXPECT_NE(refusal_of_text("{\n  \"vectors\": [,]\n}").find(": /vectors: line 2, column 15: is not JSON: found \",\""),
            std::string::npos);
  EXPECT_NE(refusal_of_text("").find("is empty"), std::string::npos);
  EXPECT_NE(refusal(json::array()).find("top level"), std::string::npos);
  EXPECT_NE(refusal(json::object()).find("top level: the key \"vectors\" is missing"), std::string::npos);
  EXPECT_NE(refusal({{"vectors", json::array()}})
                .find("/vectors: expected an array of at least one vector, found an empty array"),
            std::string::npos);
  json v = good();
  v["mode"] = "el1";
  EXPECT_NE(refusal(one(v)).find("/vectors/0/mode: expected one of usr fiq irq svc mon abt hyp und sys, found \"el1\""),
            std::string::npos)
      << refusal(one(v));
  v = good();
  v["moed"] = "svc";
  EXPECT_NE(refusal(one(v)).find("/vectors/0: unknown key \"moed\"; use one of"), std::string::npos) << refusal(one(v));
  v = good();
  v.erase("expect");
  EXPECT_NE(refusal(one(v)).find("/vectors/0: the key \"expect\" is missing"), std::string::npos);
  v = good();
  v["expect"]["ec"] = "3a";
  EXPECT_NE(refusal(one(v)).find("/vectors/0/expect/ec"), std::string::npos) << refusal(one(v));
  v["expect"]["ec"] = "0x40";
  EXPECT_NE(refusal(one(v)).find("/vectors/0/expect/ec: 0x40 is out of range; give 0x0 to 0x3f"), std::string::npos)
      << refusal(one(v));
  v = good();
  v["registers"] = {{"HRC", 1}};
  EXPECT_NE(refusal(one(v)).find("/vectors/0/registers: unknown register \"HRC\""), std::string::npos)
      << refusal(one(v));
  v["registers"] = {{"HCR", "TWJ"}};
  EXPECT_NE(refusal(one(v)).find("/vectors/0/registers/HCR: HCR has no bit \"TWJ\""), std::string::npos)
      << refusal(one(v));
  v["registers"] = {{"HCR", 1}, {"hcr", 2}};
  EXPECT_NE(refusal(one(v)).find("/vectors/0/registers: the register HCR stands twice"), std::string::npos)
      << refusal(one(v));
  v["registers"] = {{"HCR", -1}};
  EXPECT_NE(refusal(one(v)).find("/vectors/0/registers/HCR"), std::string::npos) << refusal(one(v));
  v = good();
  v["instruction"] = "mrs r0";
  EXPECT_NE(refusal(one(v)).find("/vectors/0/instruction: \"mrs r0\" does not assemble"), std::string::npos);
  v = good();
  v["expect"]["iss"] = {{"CRx", 1}};
  EXPECT_NE(refusal(one(v)).find("/vectors/0/expect/iss: unknown field \"CRx\""), std::string::npos);
  v = good();
  v["condition-passes"] = true;
  EXPECT_NE(refusal(one(v)).find("add the condition"), std::string::npos);
  v["condition"] = "al";
  v["condition-passes"] = false;
  EXPECT_NE(refusal(one(v)).find("cannot fail"), std::string::npos);
  v = good();
  v["preset"] = "qnx";
  EXPECT_NE(refusal(one(v)).find("/vectors/0/preset: unknown preset \"qnx\""), std::string::npos);
  v = good();
  v["mode"] = "hyp";
  v["security"] = "secure";
  EXPECT_NE(refusal(one(v)).find("Hyp mode is Non-secure"), std::string::npos);
  v = good();
  v["core"] = {{"r13", 1}};
  EXPECT_NE(refusal(one(v)).find("/vectors/0/core: unknown key \"r13\""), std::string::npos) << refusal(one(v));
  EXPECT_EQ(refusal(one(good())), "accepted");
}

TEST_F(Vectors, ComparesEveryField) {
  json v = {{"name", "all"},
            {"registers", {{"HCR", "TVM"}}},
            {"mode", "svc"},
            {"instruction", "mcr p15, 0, r3, c1, c0, 0"},
            {"condition", "eq"},
            {"core", {{"r3", "0xC50078"}}},
            {"masks", "I"},
            {"expect",
             {{"result", "trap"},
              {"exception", "hyp-trap"},
              {"target", "hyp"},
              {"vector", "0x14"},
              {"ec", 3},
              {"il", 1},
              {"iss", {{"CRn", 1}, {"Rt", 3}, {"Direction", 0}, {"CV", 1}, {"COND", 14}}},
              {"elr_hyp", "insn"},
              {"spsr", "0x40000093"},
              {"decided-by", "HCR.TVM"},
              {"core", {{"r3", "0xC50078"}}}}}};
  VectorResult r = result(v);
  for (const Mismatch& m : r.mismatches) ADD_FAILURE() << m.what << " " << m.expected << " " << m.got;
  const json wrong_values({{"result", "executes"},
                           {"exception", "svc"},
                           {"target", "und"},
                           {"vector", 4},
                           {"ec", 4},
                           {"il", 0},
                           {"iss", 5},
                           {"hsr", 1},
                           {"lr", "insn+4"},
                           {"elr_hyp", "insn+4"},
                           {"spsr", 0},
                           {"far", 0},
                           {"hpfar", 0},
                           {"fsr", 0},
                           {"pc", 0},
                           {"cpsr", 0},
                           {"decided-by", "HCR.TAC"},
                           {"core", {{"r3", 1}}}});
  for (const auto& [key, wrong] : wrong_values.items()) {
    json other = v;
    other["expect"] = {{"result", key == "result" ? wrong : json("trap")}};
    other["expect"][key] = wrong;
    r = result(other);
    ASSERT_EQ(r.mismatches.size(), 1u) << key;
    EXPECT_EQ(r.mismatches.front().what.substr(0, key.size()), key);
    EXPECT_EQ(r.decided_by, "HCR.TVM") << key;
  }
}

TEST_F(Vectors, ThumbPendingInputsAndDefaults) {
  json v = {{"name", "t"},
            {"isa", "t32"},
            {"instruction", "wfi.w"},
            {"condition", "ne"},
            {"condition-passes", false},
            {"expect", {{"result", "executes"}, {"pc", "insn+4"}}}};
  EXPECT_TRUE(result(v).passed());
  v = {{"name", "irq"},
       {"instruction", "nop"},
       {"masks", "AF"},
       {"pending", {"irq"}},
       {"expect", {{"result", "exception"}, {"exception", "irq"}, {"lr", "insn+4"}}}};
  EXPECT_TRUE(result(v).passed());
  write(json({{"defaults", {{"preset", "xen"}, {"mode", "usr"}, {"isa", "t16"}}}, {"vectors", json::array({good()})}})
            .dump());
  EXPECT_THROW(load_vectors({file}), InputError) << "the encoding is A32's";
  json w = good();
  w["instruction"] = "wfi";
  w["expect"] = {{"result", "trap"}, {"il", 0}};
  write(
      json({{"defaults", {{"preset", "xen"}, {"mode", "usr"}, {"isa", "t16"}}}, {"vectors", json::array({w})}}).dump());
  vectors = load_vectors({file});
  EXPECT_TRUE(run_vector(runner, vectors.front()).passed());
}

TEST_F(Vectors, ReportsCountAndEscape) {
  json bad = good();
  bad["name"] = "a # <b> & \"c\"\n\x01 end";
  bad["expect"] = {{"result", "executes"}};
  json skipped = good();
  skipped["skip"] = "not today";
  write(json({{"vectors", json::array({good(), bad, skipped})}}).dump());
  vectors = load_vectors({file});
  std::vector<VectorResult> results;
  for (const Vector& v : vectors) results.push_back(run_vector(runner, v));
  const std::string tap = to_tap(results);
  EXPECT_EQ(tap.substr(0, 19), "TAP version 13\n1..3");
  EXPECT_NE(tap.find("ok 1 - n\n"), std::string::npos);
  EXPECT_NE(tap.find("not ok 2 - a \\# <b>"), std::string::npos);
  EXPECT_NE(tap.find("ok 3 - n # SKIP not today\n"), std::string::npos);
  EXPECT_NE(tap.find("# 1 passed, 1 failed, 1 skipped\n"), std::string::npos);
  const std::string xml = to_junit(results);
  EXPECT_NE(xml.find("tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\""), std::string::npos);
  EXPECT_NE(xml.find("a # &lt;b&gt; &amp; &quot;c&quot;&#10;\\x01 end"), std::string::npos);
  EXPECT_EQ(to_json(results).at("failed"), 1);
}

}  // namespace
}  // namespace hypsim::trap
