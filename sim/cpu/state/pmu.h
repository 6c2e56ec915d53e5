// SPDX-License-Identifier: Apache-2.0
// The state of the performance monitors. Counters are not stepped: each remembers its value at a moment and the running
// total of its event then, and is brought up to date when somebody looks (sim/cpu/sysreg/pmu.h). ARM DDI 0406C B8
#pragma once

#include "sim/base/bits.h"

namespace hypsim {

struct Pmu {
  static constexpr unsigned kEventCounters = 6;  ///< PMCR.N of the Cortex-A15
  static constexpr unsigned kCycleCounter = 31;  ///< its number in PMSELR and bit in PMCNTENSET
  static constexpr unsigned kCounters = kEventCounters + 1;
  static constexpr unsigned kCycleIndex = kEventCounters;  ///< where the cycle counter stands in `counter`

  struct Counter {
    u32 type = 0;   ///< PMXEVTYPER, or PMCCFILTR for the cycle counter
    u32 value = 0;  ///< at the moment `mark` was taken
    u64 mark = 0;   ///< the event's running total at that moment
    bool running = false;
  };

  u32 pmcr = 0;              ///< E, D, X, DP; the other fields are constants or write-only
  u32 enabled = 0;           ///< PMCNTENSET
  u32 overflow = 0;          ///< PMOVSR
  u32 interrupt_enable = 0;  ///< PMINTENSET
  u32 select = 0;            ///< PMSELR.SEL
  u32 user_enable = 0;       ///< PMUSERENR
  Counter counter[kCounters];

  bool irq = false;             ///< nPMUIRQ is asserted
  bool mode_sensitive = false;  ///< a filter is set: refresh whenever mode or security state changes
  bool irq_armed = false;       ///< a running counter may raise the interrupt: refresh at block ends
};

}  // namespace hypsim
