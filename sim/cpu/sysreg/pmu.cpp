// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/sysreg/pmu.h"

#include <algorithm>

#include "sim/cpu/sysreg/table.h"

namespace hypsim::sysreg {

namespace {

constexpr u32 kPmcrE = 1u << 0, kPmcrD = 1u << 3;
constexpr unsigned kDividerShift = 6;  // PMCR.D: once every 64 cycles

// Events counted by the core itself. ARM DDI 0406C C12.8
constexpr u32 kSoftwareIncrement = 0x00, kInstRetired = 0x08, kCpuCycles = 0x11;

// PMXEVTYPER filters. ARM DDI 0406C B4.1.123
constexpr unsigned kFilterP = 31, kFilterU = 30, kFilterNsk = 29, kFilterNsu = 28, kFilterNsh = 27;
constexpr u32 kFilters = mask32(31, 27);

u64 running_total(const Services& core, const Pmu& pmu, unsigned index) {
  if (index == Pmu::kCycleIndex) {
    return (pmu.pmcr & kPmcrD) != 0 ? core.now().value >> kDividerShift : core.now().value;
  }
  switch (const u32 event = bits(pmu.counter[index].type, 7, 0)) {
    case kSoftwareIncrement: return 0;
    case kInstRetired: return core.retired_insns();
    case kCpuCycles: return core.now().value;
    default: return core.pmu_event_count(event);
  }
}

bool counts_in(View view, u32 type) {
  const bool p = bit(type, kFilterP), u = bit(type, kFilterU);
  switch (view) {
    case kHyp: return bit(type, kFilterNsh);
    case kPl0S: return !u;
    case kPl0Ns: return u == bit(type, kFilterNsu);
    case kPl1Ns: return p == bit(type, kFilterNsk);
    default: return !p;  // Secure PL1 and Monitor
  }
}

/// PMCR.E and HDCR.HPME each enable a part of the counters; the cycle counter belongs to PMCR.E.
u32 enabled_parts(const CpuState& state) {
  const u32 guest = (1u << pmu_guest_counters(state)) - 1;
  const u32 all = (1u << Pmu::kEventCounters) - 1;
  u32 parts = 0;
  if ((state.pmu.pmcr & kPmcrE) != 0) parts |= guest | 1u << Pmu::kCycleCounter;
  if (bit(state.sys.hdcr, hdcr::HPME)) parts |= all & ~guest;
  return parts;
}

u32 flag_of(unsigned index) { return 1u << (index == Pmu::kCycleIndex ? Pmu::kCycleCounter : index); }

}  // namespace

unsigned pmu_guest_counters(const CpuState& state) {
  // HPMN = 0 or above N is UNPREDICTABLE: it acts as N.
  const u32 hpmn = bits(state.sys.hdcr, 4, 0);
  return hpmn == 0 ? Pmu::kEventCounters : std::min<unsigned>(hpmn, Pmu::kEventCounters);
}

u32 pmu_counter_value(const Services& core, unsigned index) {
  const Pmu& pmu = const_cast<Services&>(core).state().pmu;
  const Pmu::Counter& counter = pmu.counter[index];
  if (!counter.running) return counter.value;
  return static_cast<u32>(counter.value + (running_total(core, pmu, index) - counter.mark));
}

void pmu_refresh(Services& core) {
  CpuState& state = core.state();
  Pmu& pmu = state.pmu;
  const View view = view_of(state.mode, state.security(), state.sys.scr_ns());
  const u32 parts = enabled_parts(state);

  pmu.mode_sensitive = pmu.irq_armed = false;
  for (unsigned i = 0; i < Pmu::kCounters; ++i) {
    Pmu::Counter& counter = pmu.counter[i];
    const u64 total = running_total(core, pmu, i);
    if (counter.running) {
      const u64 value = counter.value + (total - counter.mark);
      if (value >> 32 != 0) pmu.overflow |= flag_of(i);
      counter.value = static_cast<u32>(value);
    }
    counter.mark = total;
    const bool on = (pmu.enabled & parts & flag_of(i)) != 0;
    counter.running = on && counts_in(view, counter.type);
    // Without NSH the counter stops in Hyp mode, so every enabled counter depends on the mode unless all filters agree.
    if (on && (counter.type & kFilters) != 1u << kFilterNsh) pmu.mode_sensitive = true;
    if (on && (pmu.interrupt_enable & flag_of(i)) != 0) pmu.irq_armed = true;
  }

  const bool irq = (pmu.overflow & pmu.interrupt_enable & parts) != 0;
  if (irq != pmu.irq) {
    pmu.irq = irq;
    core.pmu_irq_changed(irq);
  }
}

u64 pmu_cycles_to_overflow(const Services& core) {
  const CpuState& state = const_cast<Services&>(core).state();
  const Pmu& pmu = state.pmu;
  u64 soonest = ~u64{0};
  const auto consider = [&](unsigned index, unsigned shift) {
    if (!pmu.counter[index].running || (pmu.interrupt_enable & flag_of(index)) == 0) return;
    const u64 counts = (u64{1} << 32) - pmu_counter_value(core, index);
    const u64 into_period = core.now().value & ((u64{1} << shift) - 1);
    soonest = std::min(soonest, (counts << shift) - into_period);
  };
  consider(Pmu::kCycleIndex, (pmu.pmcr & kPmcrD) != 0 ? kDividerShift : 0);
  for (unsigned i = 0; i < Pmu::kEventCounters; ++i) {
    if (bits(pmu.counter[i].type, 7, 0) == kCpuCycles) consider(i, 0);
  }
  return soonest;
}

}  // namespace hypsim::sysreg
