// SPDX-License-Identifier: Apache-2.0
// Every number of the timing model. The values stand in platforms/cortex-a15.json, each with its unit, its source and
// how far it can be trusted; the list of names stands in timing_parameters.inc.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "sim/base/cache_shapes.h"
#include "sim/cpu/ir/micro_op.h"

namespace hypsim {

struct TimingConfig {
  u32 clock_mhz = 0;  ///< the platform's core clock, for the figures in nanoseconds
#define PARAMETER(member, path, unit, low, high) u32 member = 0;
#include "sim/cpu/pipeline/timing_parameters.inc"
#undef PARAMETER
  /// Result latency and issue cost by class, "latency.<class>" and "serial.<class>".
  std::array<u32, static_cast<unsigned>(ir::TimingClass::Count)> latency{};
  std::array<u32, static_cast<unsigned>(ir::TimingClass::Count)> serial{};

  CacheShapes cache_shapes() const { return {{l1i_bytes, l1i_ways}, {l1d_bytes, l1d_ways}, {l2_bytes, l2_ways}}; }
  /// Cycles of the shortest way from one core to another: a load of a line that the other one owns.
  u32 between_cores() const { return l2_hit + intervention; }
  /// Cycles that no access of one word takes, wherever it goes but to a device.
  u64 slowest_access() const {
    const u64 dram =
        cycles_of_ns(dram_ns) + cycles_of_ps(u64{dram_activate} + dram_precharge + dram_row_cycle + dram_line);
    return u64{l2_hit} + l2_line_interval + intervention + upgrade + walk_overhead + tlb_l2_hit + dram +
           cycles_of_ns(noncacheable_ns);
  }
  /// ns -> core cycles at this configuration's clock, rounded to nearest.
  u32 cycles_of_ns(u32 ns) const { return cycles_of_ps(u64{ns} * 1000); }
  u32 cycles_of_ps(u64 ps) const { return static_cast<u32>((ps * clock_mhz + 500'000) / 1'000'000); }
};

/// One parameter as documented in the file.
struct TimingParameter {
  std::string path, unit, source, confidence;
  u32 value = 0;
};

/// A parameter that is to have another value than the file's, for sweeps.
struct TimingChange {
  std::string path;
  std::string value;
};

/// Reads a timing file for a core clocked at `clock_mhz`. Throws InputError naming the file, the key and the remedy
/// when a key is unknown, missing, out of range, or has no unit, source or confidence. `parameters` (if given) receives
/// the documented list, for reports. `changes` come on top of the file and are held to the same limits.
TimingConfig load_timing_config(const std::string& file, u32 clock_mhz,
                                std::vector<TimingParameter>* parameters = nullptr,
                                const std::vector<TimingChange>& changes = {});
const char* timing_class_name(ir::TimingClass c);

}  // namespace hypsim
