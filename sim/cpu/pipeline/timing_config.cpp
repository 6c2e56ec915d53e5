// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/pipeline/timing_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>

#include "sim/base/error.h"
#include "sim/cpu/pipeline/pipes.h"
#include "sim/cpu/pipeline/places.h"
#include "sim/host/input_file.h"

namespace hypsim {

namespace {

constexpr const char* kClassNames[] = {"nop",
                                       "alu",
                                       "alu_shift",
                                       "alu_shift_reg",
                                       "multiply",
                                       "multiply_long",
                                       "divide",
                                       "saturate",
                                       "media",
                                       "load",
                                       "load_multiple",
                                       "store",
                                       "store_multiple",
                                       "exclusive",
                                       "preload",
                                       "branch",
                                       "branch_indirect",
                                       "status_read",
                                       "status_write",
                                       "sysreg_read",
                                       "sysreg_write",
                                       "tlb_maintenance",
                                       "cache_maintenance",
                                       "isb",
                                       "dsb",
                                       "dmb",
                                       "vfp_move",
                                       "vfp_load",
                                       "vfp_store",
                                       "vfp_alu",
                                       "vfp_mul",
                                       "vfp_mac",
                                       "vfp_mac_double",
                                       "vfp_div",
                                       "vfp_div_double",
                                       "neon_alu",
                                       "neon_mul",
                                       "exception_call",
                                       "exception_return",
                                       "wait_hint"};
static_assert(std::size(kClassNames) == static_cast<unsigned>(ir::TimingClass::Count));

struct Expected {
  u32* target;
  std::string unit;
  u32 low, high;
};

std::map<std::string, Expected> expected_parameters(TimingConfig& config) {
  std::map<std::string, Expected> expected;
#define PARAMETER(member, path, unit, low, high) expected[path] = {&config.member, unit, low, high};
#include "sim/cpu/pipeline/timing_parameters.inc"
#undef PARAMETER
  for (unsigned i = 0; i < std::size(kClassNames); ++i) {
    expected[fmt::format("latency.{}", kClassNames[i])] = {&config.latency[i], "cycles", 0, 1000};
    expected[fmt::format("serial.{}", kClassNames[i])] = {&config.serial[i], "cycles", 0, 1000};
  }
  return expected;
}

std::string text_field(const nlohmann::json& entry, const char* key, const std::string& file, const std::string& path) {
  if (!entry.contains(key) || !entry[key].is_string() || entry[key].get<std::string>().empty())
    throw InputError(fmt::format(
        "{}: {}: needs a text \"{}\"; every timing number states its unit, source and confidence", file, path, key));
  return entry[key].get<std::string>();
}

void require_cache_shape(const std::string& file, const char* path, u32 bytes, u32 ways) {
  const u32 sets = bytes / (ways * 64);
  if (!std::has_single_bit(sets) || sets * ways * 64 != bytes)
    throw InputError(
        fmt::format("{}: {}: {} bytes in {} ways of 64-byte lines is not a power of two of sets; choose another size "
                    "or number of ways",
                    file, path, bytes, ways));
}

void require_in_range(const std::string& where, const Expected& e, u64 value) {
  if (value < e.low || value > e.high)
    throw InputError(fmt::format("{}: {} is out of range; use {} to {} {}", where, value, e.low, e.high, e.unit));
}

/// Changes of the command line: --set timing.KEY=VALUE.
void apply(const std::vector<TimingChange>& changes, const std::string& file, TimingConfig& config) {
  const auto expected = expected_parameters(config);
  for (const TimingChange& change : changes) {
    const std::string where = fmt::format("--set timing.{}", change.path);
    const auto it = expected.find(change.path);
    if (it == expected.end())
      throw InputError(fmt::format("{}: unknown parameter; use one of those in {}", where, file));
    u64 value = 0;
    const char* const end = change.value.data() + change.value.size();
    const auto [rest, error] = std::from_chars(change.value.data(), end, value);
    if (change.value.empty() || error != std::errc() || rest != end)
      throw InputError(fmt::format("{}: \"{}\" is not a whole number of 0 or more; give one in {}", where, change.value,
                                   it->second.unit));
    require_in_range(where, it->second, value);
    *it->second.target = static_cast<u32>(value);
  }
}

}  // namespace

const char* timing_class_name(ir::TimingClass c) { return kClassNames[static_cast<unsigned>(c)]; }

TimingConfig load_timing_config(const std::string& file, u32 clock_mhz, std::vector<TimingParameter>* parameters,
                                const std::vector<TimingChange>& changes) {
  const std::string text = host::read_text(file);
  nlohmann::json root;
  try {
    root = nlohmann::json::parse(text, nullptr, true, true);
  } catch (const nlohmann::json::exception& e) {
    throw InputError(fmt::format("{}: not valid JSON ({}); correct the syntax", file, e.what()));
  }
  if (!root.is_object() || !root.contains("parameters") || !root["parameters"].is_object())
    throw InputError(fmt::format("{}: has no object \"parameters\"; see platforms/cortex-a15.json for the form", file));

  for (const auto& [key, value] : root.items())
    if (key != "parameters" && key != "description")
      throw InputError(
          fmt::format("{}: {}: unknown key; remove it, timing numbers stand in \"parameters\"", file, key));

  TimingConfig config;
  config.clock_mhz = clock_mhz;
  auto expected = expected_parameters(config);
  for (const auto& [path, entry] : root["parameters"].items()) {
    const auto it = expected.find(path);
    if (it == expected.end())
      throw InputError(fmt::format("{}: {}: unknown parameter; remove it or correct its name", file, path));
    const Expected& e = it->second;
    if (!entry.is_object() || !entry.contains("value") || !entry["value"].is_number_unsigned())
      throw InputError(fmt::format("{}: {}: needs a whole number \"value\" of 0 or more", file, path));
    const u64 value = entry["value"].get<u64>();
    require_in_range(fmt::format("{}: {}", file, path), e, value);
    TimingParameter p{path, text_field(entry, "unit", file, path), text_field(entry, "source", file, path),
                      text_field(entry, "confidence", file, path), static_cast<u32>(value)};
    if (p.unit != e.unit)
      throw InputError(fmt::format("{}: {}: unit \"{}\" should be \"{}\"", file, path, p.unit, e.unit));
    static constexpr const char* kConfidence[] = {"documented", "measured", "calibrated", "guess"};
    if (std::find(std::begin(kConfidence), std::end(kConfidence), p.confidence) == std::end(kConfidence))
      throw InputError(fmt::format("{}: {}: confidence \"{}\" should be documented, measured, calibrated or guess",
                                   file, path, p.confidence));
    *e.target = static_cast<u32>(value);
    if (parameters != nullptr) parameters->push_back(std::move(p));
    expected.erase(it);
  }
  if (!expected.empty())
    throw InputError(fmt::format("{}: {}: is missing; add it with value, unit, source and confidence", file,
                                 expected.begin()->first));

  apply(changes, file, config);
  require_cache_shape(file, "l1i.size", config.l1i_bytes, config.l1i_ways);
  require_cache_shape(file, "l1d.size", config.l1d_bytes, config.l1d_ways);
  require_cache_shape(file, "l2.size", config.l2_bytes, config.l2_ways);
  for (unsigned pipe = 0; pipe < kPipes; ++pipe)
    if (places_of(config, pipe) > Places::kMost)
      throw InputError(
          fmt::format("{}: core.issue_queue: {} entries a pipe are more than {} for the {} pipes of one kind; "
                      "choose fewer entries or pipes",
                      file, config.issue_queue, Places::kMost, width_of(config, pipe)));
  if (!std::has_single_bit(config.indirect_entries))
    throw InputError(fmt::format("{}: predictor.indirect_entries: {} is not a power of two; choose one", file,
                                 config.indirect_entries));
  if (!std::has_single_bit(config.btb_entries))
    throw InputError(
        fmt::format("{}: predictor.btb_entries: {} is not a power of two; choose one", file, config.btb_entries));
  return config;
}

}  // namespace hypsim
