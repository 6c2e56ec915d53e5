// SPDX-License-Identifier: Apache-2.0
// SystemC time and core cycles, exactly. Cycle c begins at the first instant of the SystemC resolution that is not
// before c / core_hz, and to_cycles(to_time(c)) == c while a cycle is no shorter than the resolution.
#pragma once

#include <cmath>
#include <systemc>

#include "sim/base/clock.h"

namespace hypsim {

class CycleTime {
 public:
  explicit CycleTime(u64 core_hz)
      : units_per_second_(static_cast<u64>(std::llround(1.0 / sc_core::sc_get_time_resolution().to_seconds()))),
        clock_(core_hz, units_per_second_) {}

  Cycles to_cycles(const sc_core::sc_time& t) const { return Cycles(clock_.ticks(Cycles(t.value()))); }
  sc_core::sc_time to_time(Cycles c) const {
    if (c.value == 0) return sc_core::SC_ZERO_TIME;
    return sc_core::sc_time::from_value(clock_.after(Cycles(0), c.value).value);
  }

 private:
  u64 units_per_second_;
  DerivedClock clock_;
};

}  // namespace hypsim
