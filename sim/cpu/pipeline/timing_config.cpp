// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/pipeline/timing_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "sim/base/error.h"
#include "sim/cpu/pipeline/pipes.h"
#include "sim/cpu/pipeline/places.h"
#include "sim/text/json.h"
#include "sim/text/json_schema.h"
#include "sim/text/number.h"
#include "sim/text/printable.h"

namespace hypsim {

const char* timing_schema_text();

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

std::string pointer_to(const std::string& parameter) { return text::pointer_to("/parameters", parameter); }

[[noreturn]] void bad(const std::string& file, const std::string& parameter, const std::string& what) {
  throw text::json_error(file, pointer_to(parameter), what);
}

void require_cache_shape(const std::string& file, const char* parameter, const CacheShape& cache) {
  const u32 sets = cache.sets();
  if (!std::has_single_bit(sets) || sets * cache.ways * 64 != cache.bytes)
    bad(file, parameter,
        fmt::format("{} bytes in {} ways of 64-byte lines is not a power of two of sets; choose another size or number "
                    "of ways",
                    cache.bytes, cache.ways));
  if (sets > CacheShape::kMostSets)
    bad(file, parameter,
        fmt::format(
            "{} bytes in {} ways are {} sets, and CCSIDR can tell no more than {}; choose another size or number "
            "of ways",
            cache.bytes, cache.ways, sets, CacheShape::kMostSets));
}

/// Changes of the command line: --set timing.KEY=VALUE.
void apply(const std::vector<TimingChange>& changes, const std::string& file, TimingConfig& config) {
  const auto expected = expected_parameters(config);
  std::set<std::string> changed;
  for (const TimingChange& change : changes) {
    const std::string where = fmt::format("--set timing.{}", text::shown(change.path));
    const auto it = expected.find(change.path);
    if (it == expected.end())
      throw InputError(fmt::format("{}: unknown parameter; use one of those in {}", where, file));
    if (!changed.insert(change.path).second) throw InputError(where + ": stands twice; leave one out");
    const Expected& e = it->second;
    *e.target = static_cast<u32>(text::number(change.value, where, {e.low, e.high}, e.unit));
  }
}

}  // namespace

const char* timing_class_name(ir::TimingClass c) { return kClassNames[static_cast<unsigned>(c)]; }

TimingConfig load_timing_config(const std::string& file, u32 clock_mhz, std::vector<TimingParameter>* parameters,
                                const std::vector<TimingChange>& changes) {
  const nlohmann::json root = text::read_json(file, {.comments = true});
  text::JsonSchema(timing_schema_text()).check(root, file);

  TimingConfig config;
  config.clock_mhz = clock_mhz;
  auto expected = expected_parameters(config);
  for (const auto& [path, entry] : root["parameters"].items()) {
    const auto it = expected.find(path);
    if (it == expected.end()) bad(file, path, "unknown parameter; remove it or correct its name");
    const Expected& e = it->second;
    const u64 value = entry.at("value");
    const std::string at = pointer_to(path);
    if (value < e.low || value > e.high)
      throw text::json_error(file, at + "/value",
                             fmt::format("{} is out of range; use {} to {} {}", value, e.low, e.high, e.unit));
    TimingParameter p{path, entry.at("unit"), entry.at("source"), entry.at("confidence"), static_cast<u32>(value)};
    if (p.unit != e.unit)
      throw text::json_error(file, at + "/unit",
                             fmt::format("expected \"{}\", found \"{}\"", e.unit, text::shown(p.unit)));
    *e.target = static_cast<u32>(value);
    if (parameters != nullptr) parameters->push_back(std::move(p));
    expected.erase(it);
  }
  if (!expected.empty())
    throw text::json_error(file, "/parameters",
                           fmt::format("the key \"{}\" is missing; add it with value, unit, source and confidence",
                                       expected.begin()->first));

  apply(changes, file, config);
  const CacheShapes caches = config.cache_shapes();
  require_cache_shape(file, "l1i.size", caches.l1i);
  require_cache_shape(file, "l1d.size", caches.l1d);
  require_cache_shape(file, "l2.size", caches.l2);
  for (unsigned pipe = 0; pipe < kPipes; ++pipe)
    if (places_of(config, pipe) > Places::kMost)
      bad(file, "core.issue_queue",
          fmt::format("{} entries a pipe are more than {} for the {} pipes of one kind; choose fewer entries or pipes",
                      config.issue_queue, Places::kMost, width_of(config, pipe)));
  for (const auto& [parameter, entries] : {std::pair{"predictor.indirect_entries", config.indirect_entries},
                                           std::pair{"predictor.btb_entries", config.btb_entries}})
    if (!std::has_single_bit(entries))
      bad(file, parameter, fmt::format("{} is not a power of two; choose one", entries));
  return config;
}

}  // namespace hypsim
