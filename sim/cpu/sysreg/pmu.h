// SPDX-License-Identifier: Apache-2.0
// Bringing the performance monitors up to date. The counters are derived from the core's running totals, so nothing is
// stepped; the core calls in when a filter or an interrupt could make a difference. ARM DDI 0406C B8 (PMUv2)
#pragma once

#include "sim/cpu/sysreg/sysreg.h"

namespace hypsim::sysreg {

/// Brings every running counter up to now, sets overflow flags, decides anew which counters run in the current mode,
/// and drives the interrupt line. Idempotent. The core calls it
///   - after mode or security state changed, if state().pmu.mode_sensitive;
///   - between blocks, if state().pmu.irq_armed.
void pmu_refresh(Services& core);

/// Cycles until the cycle counter raises its overflow interrupt, counted from now; ~0 if it will not.
u64 pmu_cycles_to_overflow(const Services& core);

/// Value of counter `index` (Pmu::kCycleIndex is the cycle counter) now, without changing any state.
u32 pmu_counter_value(const Services& core, unsigned index);

/// Number of counters, from 0, that PL1 and PL0 of a guest own: HDCR.HPMN.
unsigned pmu_guest_counters(const CpuState& state);

}  // namespace hypsim::sysreg
