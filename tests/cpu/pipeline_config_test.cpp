// SPDX-License-Identifier: Apache-2.0
// The timing file: every mistake is one line that names the file, the key and the remedy.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "sim/base/error.h"
#include "sim/cpu/pipeline/timing_config.h"

namespace hypsim {
namespace {

using nlohmann::json;

json good() {
  std::ifstream in(HYPSIM_TIMING_FILE);
  return json::parse(in);
}

std::string error_of(const std::string& text) {
  const std::string file = ::testing::TempDir() + "timing_config_test.json";
  std::ofstream(file) << text;
  std::string message;
  try {
    load_timing_config(file, 1700);
  } catch (const InputError& e) {
    message = e.what();
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    EXPECT_EQ(message.find(file), 0u) << message;
  }
  std::remove(file.c_str());
  return message;
}

std::string error_after(const std::function<void(json&)>& change) {
  json root = good();
  change(root);
  return error_of(root.dump());
}

#define EXPECT_NAMES(message, key, remedy)             \
  do {                                                 \
    const std::string m = (message);                   \
    EXPECT_NE(m.find(key), std::string::npos) << m;    \
    EXPECT_NE(m.find(remedy), std::string::npos) << m; \
  } while (0)

TEST(TimingConfig, TheFileOfTheProjectIsRead) {
  std::vector<TimingParameter> parameters;
  const TimingConfig config = load_timing_config(HYPSIM_TIMING_FILE, 1700, &parameters);
  EXPECT_EQ(config.issue_width, 3u);
  EXPECT_EQ(config.latency[static_cast<unsigned>(ir::TimingClass::Load)], 4u);
  EXPECT_EQ(config.cycles_of_ns(110), 187u);
  EXPECT_EQ(parameters.size(), good()["parameters"].size());
  for (const auto& p : parameters) {
    EXPECT_FALSE(p.unit.empty()) << p.path;
    EXPECT_FALSE(p.source.empty()) << p.path;
    EXPECT_FALSE(p.confidence.empty()) << p.path;
  }
}

TEST(TimingConfig, NanosecondsAreRoundedToTheNearestCycle) {
  TimingConfig config;
  config.clock_mhz = 1500;
  EXPECT_EQ(config.cycles_of_ns(1), 2u);
  EXPECT_EQ(config.cycles_of_ns(3), 5u);
  config.clock_mhz = 1400;
  EXPECT_EQ(config.cycles_of_ns(1), 1u);
}

TEST(TimingConfig, UnknownKey) {
  EXPECT_NAMES(error_after([](json& j) { j["parameters"]["latency.aluu"] = j["parameters"]["latency.alu"]; }),
               "latency.aluu", "remove it or correct its name");
  EXPECT_NAMES(error_after([](json& j) { j["parameter"] = 1; }), "unknown key \"parameter\"", "use one of");
}

TEST(TimingConfig, MissingKey) {
  EXPECT_NAMES(error_after([](json& j) { j["parameters"].erase("l2.load_to_use"); }), "l2.load_to_use",
               "add it with value, unit");
  EXPECT_NAMES(error_after([](json& j) { j.erase("parameters"); }), "\"parameters\" is missing", "add it");
}

TEST(TimingConfig, WrongUnit) {
  EXPECT_NAMES(error_after([](json& j) { j["parameters"]["dram.latency_beyond_l2"]["unit"] = "cycles"; }),
               "/parameters/dram.latency_beyond_l2/unit: expected \"ns\"", "found \"cycles\"");
}

TEST(TimingConfig, OutOfRange) {
  EXPECT_NAMES(error_after([](json& j) { j["parameters"]["core.issue_width"]["value"] = 0; }),
               "/parameters/core.issue_width/value: 0", "use 1 to 8");
  EXPECT_NAMES(error_after([](json& j) { j["parameters"]["serial.isb"]["value"] = 1001; }),
               "/parameters/serial.isb/value: 1001", "use 0 to 1000");
  EXPECT_NAMES(error_after([](json& j) { j["parameters"]["serial.isb"]["value"] = u64{1} << 40; }), "serial.isb",
               "out of range");
}

TEST(TimingConfig, NotANumber) {
  for (const json& bad : {json("4"), json(-1), json(1.5), json(nullptr)})
    EXPECT_NAMES(error_after([&](json& j) { j["parameters"]["latency.load"]["value"] = bad; }), "latency.load",
                 "whole number");
  EXPECT_NAMES(error_after([](json& j) { j["parameters"]["latency.load"] = 4; }), "latency.load",
               "expected an object with value, unit, source and confidence");
}

TEST(TimingConfig, NoUnitSourceOrConfidence) {
  for (const char* field : {"unit", "source", "confidence"}) {
    EXPECT_NAMES(error_after([&](json& j) { j["parameters"]["latency.load"].erase(field); }), "latency.load", field);
    EXPECT_NAMES(error_after([&](json& j) { j["parameters"]["latency.load"][field] = ""; }), "latency.load", field);
  }
  EXPECT_NAMES(error_after([](json& j) { j["parameters"]["latency.load"]["confidence"] = "sure"; }), "latency.load",
               "documented, measured, calibrated, guess");
}

TEST(TimingConfig, ImpossibleCaches) {
  EXPECT_NAMES(error_after([](json& j) { j["parameters"]["l1d.size"]["value"] = 32769; }), "l1d.size: 32769",
               "choose another size");
  EXPECT_NAMES(error_after([](json& j) { j["parameters"]["l1i.ways"]["value"] = 3; }), "l1i.size",
               "choose another size");
  EXPECT_NAMES(error_after([](json& j) { j["parameters"]["l2.size"]["value"] = 1500000; }), "l2.size",
               "choose another size");
  // More sets than CCSIDR has a number for.
  EXPECT_NAMES(error_after([](json& j) { j["parameters"]["l2.size"]["value"] = 64 << 20; }), "l2.size: 67108864",
               "choose another size");
  EXPECT_NAMES(error_after([](json& j) { j["parameters"]["predictor.btb_entries"]["value"] = 1000; }),
               "predictor.btb_entries", "power of two");
}

TEST(TimingConfig, QueuesThatAreTooLong) {
  EXPECT_NAMES(error_after([](json& j) {
                 j["parameters"]["core.issue_queue"]["value"] = 16;
                 j["parameters"]["core.fp_pipes"]["value"] = 4;
               }),
               "core.issue_queue: 16 entries", "choose fewer entries or pipes");
  EXPECT_EQ(error_after([](json& j) { j["parameters"]["core.issue_queue"]["value"] = 16; }), "");
}

TEST(TimingConfig, TheShortestWayBetweenCores) {
  const TimingConfig config = load_timing_config(HYPSIM_TIMING_FILE, 1700);
  EXPECT_EQ(config.between_cores(), 38u) << "a line that another core owns";
}

TEST(TimingConfig, NotAFileAndNotJson) {
  try {
    load_timing_config("/nonexistent/timing.json", 1700);
    FAIL();
  } catch (const InputError& e) {
    EXPECT_NAMES(std::string(e.what()), "/nonexistent/timing.json", "No such file");
  }
  EXPECT_NAMES(error_of("{\"parameters\": "), "is not JSON", "correct the syntax");
  EXPECT_NAMES(error_of("{\"parameters\": \n\n x}"), "line 3, column 2: is not JSON", "correct the syntax");
  EXPECT_NAMES(error_of("[]"), "parameters", "platforms/cortex-a15.json");
}

TEST(TimingConfig, CommentsAreAllowedAndKeysStandOnce) {
  std::ifstream in(HYPSIM_TIMING_FILE);
  std::string text((std::istreambuf_iterator<char>(in)), {});
  EXPECT_EQ(error_of("// mine\n" + text), "");
  const std::string key = "\"parameters\": {";
  const std::size_t at = text.find(key);
  ASSERT_NE(at, std::string::npos);
  text.insert(at + key.size(), "\"latency.alu\": 1,");
  EXPECT_NAMES(error_of(text), "/parameters: the key \"latency.alu\"", "stands twice");
}

TEST(TimingConfig, ChangesComeOnTopAndKeepTheLimits) {
  const auto with = [](const std::string& path, const std::string& value) {
    return load_timing_config(HYPSIM_TIMING_FILE, 1700, nullptr, {{path, value}});
  };
  EXPECT_EQ(with("l2.load_to_use", "25").l2_hit, 25u);
  EXPECT_EQ(with("latency.load", "5").latency[static_cast<unsigned>(ir::TimingClass::Load)], 5u);
  EXPECT_EQ(with("l2.load_to_use", "25").dram_ns, with("l2.load_to_use", "26").dram_ns) << "nothing else";
  const auto refused = [&](const std::string& path, const std::string& value) {
    try {
      with(path, value);
    } catch (const InputError& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  EXPECT_NAMES(refused("l2.latency", "25"), "--set timing.l2.latency", "unknown parameter");
  EXPECT_NAMES(refused("l2.load_to_use", "0"), "--set timing.l2.load_to_use: 0", "give 1 to 1000 cycles");
  EXPECT_NAMES(refused("l2.load_to_use", "2.5"), "\"2.5\"", "whole number");
  EXPECT_NAMES(refused("l2.load_to_use", "4294967297"), "4294967297", "out of range");
  EXPECT_NAMES(refused("l2.load_to_use", "18446744073709551616"), "out of range", "give 1 to 1000 cycles");
  EXPECT_NAMES(refused("l2.load_to_use", "+25"), "\"+25\"", "whole number");
  EXPECT_NAMES(refused("l1d.size", "33000"), "l1d.size", "power of two");
}

TEST(TimingConfig, EveryClassHasAName) {
  for (unsigned i = 0; i < static_cast<unsigned>(ir::TimingClass::Count); ++i)
    EXPECT_NE(std::string(timing_class_name(static_cast<ir::TimingClass>(i))), "");
}

}  // namespace
}  // namespace hypsim
