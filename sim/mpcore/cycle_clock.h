// SPDX-License-Identifier: Apache-2.0
// Core cycles and SystemC time, exactly, by the same rule as the devices.
#pragma once

#include <systemc>

#include "sim/periph/cycle_time.h"

namespace hypsim {

class CycleClock {
 public:
  /// `hz`: the core clock. Takes the time resolution of the SystemC kernel as it stands now. Throws InputError if `hz`
  /// is zero or a cycle is shorter than the resolution.
  explicit CycleClock(u64 hz);

  u64 hz() const { return hz_; }
  /// When cycle `c` begins. Times the kernel cannot represent become its largest time.
  sc_core::sc_time time(Cycles c) const { return c >= last_ ? sc_core::sc_max_time() : cycle_time_.to_time(c); }
  /// The first cycle that begins at `t` or later; kNever for the largest time.
  Cycles cycle_at(const sc_core::sc_time& t) const;
  /// The last cycle that a run may come to: a second before the last time that the kernel can represent, so that
  /// nobody who looks ahead from there, a device to its next event, meets the end of the numbers.
  Cycles end() const { return end_; }
  /// A duration in cycles, rounded up.
  Cycles duration(const sc_core::sc_time& t) const { return cycle_at(t); }

 private:
  u64 hz_;
  CycleTime cycle_time_;
  Cycles last_;  // the cycle of the largest time
  Cycles end_;
};

}  // namespace hypsim
