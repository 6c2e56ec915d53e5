// SPDX-License-Identifier: Apache-2.0
// What the cores of a cluster share in time: DRAM, the L2 cache, which holds every line that an L1 data cache holds,
// and the snoop control unit that keeps those coherent. The cores run in windows, one after another: what one does to
// the others' lines is done at once, in that order.
#pragma once

#include <vector>

#include "sim/cpu/pipeline/cache.h"
#include "sim/cpu/pipeline/dram.h"
#include "sim/cpu/pipeline/timing_config.h"

namespace hypsim {

class TimingModel;

class SharedMemoryTiming {
 public:
  explicit SharedMemoryTiming(const TimingConfig& config)
      : l2(config.l2_bytes, config.l2_ways, Replacement::Random), dram(config) {}
  SharedMemoryTiming(const SharedMemoryTiming&) = delete;
  SharedMemoryTiming& operator=(const SharedMemoryTiming&) = delete;

  /// A core whose L1D is kept coherent with those of the others; it must be detached before it goes.
  void attach(TimingModel& core) { cores_.push_back(&core); }
  void detach(TimingModel& core) { std::erase(cores_, &core); }

  /// What the L1Ds of the cores other than `core` hold of a line: nothing, a copy that L2 can supply as well, or the
  /// line itself (Modified or Exclusive), which has to come from there. ARM DDI 0438 7.5
  enum class Elsewhere : u8 { Nothing, Copy, Owner };
  /// `core` reads the line: whoever else has it keeps a Shared copy.
  Elsewhere share(const TimingModel& core, PhysAddr pa) { return snoop(core, pa, false); }
  /// `core` writes the line: nobody else keeps it.
  Elsewhere take(const TimingModel& core, PhysAddr pa) { return snoop(core, pa, true); }

  /// Takes the line out of all L1Ds, since L2 holds whatever they hold. True if one of them had it Modified, and gave
  /// the data to L2 (`save`) or lost them.
  bool drop(PhysAddr pa, bool save);
  /// Cleans the line in all L1Ds. True if one of them had it Modified.
  bool clean(PhysAddr pa);

  CacheTags l2;
  Dram dram;

 private:
  Elsewhere snoop(const TimingModel& core, PhysAddr pa, bool write);

  std::vector<TimingModel*> cores_;
};

}  // namespace hypsim
