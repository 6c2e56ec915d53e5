// SPDX-License-Identifier: Apache-2.0
// DRAM as the cluster sees it: banks, each with a row open, and a data bus that all lines pass. A request takes the way
// there and back (the same for all), the time its bank needs, and its turn on the bus.
//
// Requests are served as they come. Cores run in windows, one after another, so a request may come after one that is
// later in time: the bus has a calendar, in which it takes the first gap that is long enough; a bank's row is that of
// the request before.
#pragma once

#include <array>
#include <vector>

#include "sim/base/types.h"
#include "sim/cpu/pipeline/timing_config.h"

namespace hypsim {

/// Turns of one length on something that serves one at a time.
class Calendar {
 public:
  explicit Calendar(u32 turn) : turn_(turn) {}
  /// Takes the first turn that begins at `when` or later, and returns its beginning.
  u64 take(u64 when);

 private:
  static constexpr unsigned kKept = 64;  // what is older is free again

  const u64 turn_;
  std::array<u64, kKept> begins_{};  // the turns taken, in order of time
  unsigned count_ = 0;
};

class Dram {
 public:
  explicit Dram(const TimingConfig& config);

  /// When a line that is asked for at `when` is there, or one that leaves then has been written. Cycles.
  u64 transfer(PhysAddr pa, u64 when);

 private:
  static constexpr u64 kClosed = ~u64{0};

  struct Bank {
    u64 row = kClosed;
    u64 next_activate = 0;  // at the earliest
  };

  const u32 path_, activate_, precharge_, row_cycle_, row_bytes_;
  Calendar bus_;
  std::vector<Bank> banks_;
};

}  // namespace hypsim
