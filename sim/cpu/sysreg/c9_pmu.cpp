// SPDX-License-Identifier: Apache-2.0
// c9, CRm 12 to 14: the performance monitors. ARM DDI 0406C B4.1.112-125, C12
#include "sim/cpu/sysreg/pmu.h"
#include "sim/cpu/sysreg/rows.h"

namespace hypsim::sysreg {

namespace {

constexpr u32 kCycleBit = 1u << Pmu::kCycleCounter;
constexpr u32 kEventBits = (1u << Pmu::kEventCounters) - 1;

// PMCR. ARM DDI 0406C B4.1.117; Cortex-A15 TRM 11.4.1
constexpr u32 kPmcrIdentity = 0x410F0000;
constexpr u32 kPmcrP = 1u << 1, kPmcrC = 1u << 2;
constexpr u32 kPmcrStored = 1u << 0 | 1u << 3 | 1u << 4 | 1u << 5;  // E D X DP

/// PL0 may use the monitors when PMUSERENR.EN says so.
bool pl0_enabled(const Call& c) { return !c.pl0() || bit(c.state.pmu.user_enable, 0); }

/// Counters that the accessing state owns: a guest has those below HDCR.HPMN. ARM DDI 0406C B1.14.17
unsigned visible_counters(const Call& c) { return c.guest_side() ? pmu_guest_counters(c.state) : Pmu::kEventCounters; }
u32 visible_bits(const Call& c) { return kCycleBit | ((1u << visible_counters(c)) - 1); }

/// Changes PMU state with the counters up to date before and the consequences drawn after.
template <class Change>
Access change(const Call& c, Change&& apply) {
  pmu_refresh(c.core);
  apply(c.state.pmu);
  pmu_refresh(c.core);
  return Access::Done;
}

u64 read_pmcr(const Call& c) { return kPmcrIdentity | visible_counters(c) << 11 | c.state.pmu.pmcr; }
Access write_pmcr(const Call& c, u64 value) {
  const unsigned counters = visible_counters(c);
  pmu_refresh(c.core);
  Pmu& pmu = c.state.pmu;
  if ((value & kPmcrP) != 0) {
    for (unsigned i = 0; i < counters; ++i) pmu.counter[i].value = 0;
  }
  if ((value & kPmcrC) != 0) pmu.counter[Pmu::kCycleIndex].value = 0;
  // The divider changes what a count of cycles means: the old total is taken out under the old meaning.
  const u64 now = c.core.now().value;
  pmu.pmcr = static_cast<u32>(value) & kPmcrStored;
  pmu.counter[Pmu::kCycleIndex].mark = bit(pmu.pmcr, 3) ? now >> 6 : now;
  pmu_refresh(c.core);
  return Access::Done;
}

// The set and clear registers: each pair is two views of one mask.
template <u32 Pmu::*mask>
u64 read_mask(const Call& c) {
  pmu_refresh(c.core);
  return c.state.pmu.*mask & visible_bits(c);
}
template <u32 Pmu::*mask>
Access set_bits(const Call& c, u64 value) {
  const u32 which = static_cast<u32>(value) & visible_bits(c);
  return change(c, [&](Pmu& pmu) { pmu.*mask |= which; });
}
template <u32 Pmu::*mask>
Access clear_bits(const Call& c, u64 value) {
  const u32 which = static_cast<u32>(value) & visible_bits(c);
  return change(c, [&](Pmu& pmu) { pmu.*mask &= ~which; });
}

/// PMSWINC counts on the enabled counters whose event is 0. ARM DDI 0406C B4.1.122
Access write_pmswinc(const Call& c, u64 value) {
  const u32 which = static_cast<u32>(value) & visible_bits(c) & kEventBits;
  return change(c, [&](Pmu& pmu) {
    for (unsigned i = 0; i < Pmu::kEventCounters; ++i) {
      Pmu::Counter& counter = pmu.counter[i];
      if (!bit(which, i) || bits(counter.type, 7, 0) != 0 || !counter.running) continue;
      if (++counter.value == 0) pmu.overflow |= 1u << i;
    }
  });
}

/// The counter that PMSELR selects, or kCounters where there is none: such accesses are UNPREDICTABLE and act as
/// RAZ/WI.
unsigned selected(const Call& c, bool type_register) {
  const u32 sel = c.state.pmu.select;
  if (sel == Pmu::kCycleCounter && type_register) return Pmu::kCycleIndex;  // PMCCFILTR
  return sel < visible_counters(c) ? sel : Pmu::kCounters;
}

u64 read_pmxevtyper(const Call& c) {
  const unsigned i = selected(c, true);
  return i < Pmu::kCounters ? c.state.pmu.counter[i].type : 0;
}
Access write_pmxevtyper(const Call& c, u64 value) {
  const unsigned i = selected(c, true);
  if (i >= Pmu::kCounters) return Access::Done;
  const u32 filters = mask32(31, 27);
  const u32 mask = i == Pmu::kCycleIndex ? filters : filters | 0xFF;
  return change(c, [&](Pmu& pmu) {
    pmu.counter[i].type = static_cast<u32>(value) & mask;
    pmu.counter[i].running = false;  // another event, another running total
  });
}

u64 read_pmxevcntr(const Call& c) {
  const unsigned i = selected(c, false);
  return i < Pmu::kCounters ? pmu_counter_value(c.core, i) : 0;
}
Access write_pmxevcntr(const Call& c, u64 value) {
  const unsigned i = selected(c, false);
  if (i >= Pmu::kCounters) return Access::Done;
  return change(c, [&](Pmu& pmu) { pmu.counter[i].value = static_cast<u32>(value); });
}

u64 read_pmccntr(const Call& c) { return pmu_counter_value(c.core, Pmu::kCycleIndex); }
Access write_pmccntr(const Call& c, u64 value) {
  return change(c, [&](Pmu& pmu) { pmu.counter[Pmu::kCycleIndex].value = static_cast<u32>(value); });
}

constexpr u8 kLive = kEndsBlock | kReadEndsBlock;

constexpr Row kRows[] = {
    {.name = "PMCR",
     .at = cp15(0, 9, 12, 0),
     .read = kAll,
     .write = kAll,
     .trap = TrapGroup::Tpmcr,
     .flags = kLive,
     .permit = pl0_enabled,
     .on_read = read_pmcr,
     .on_write = write_pmcr},
    {.name = "PMCNTENSET",
     .at = cp15(0, 9, 12, 1),
     .read = kAll,
     .write = kAll,
     .trap = TrapGroup::Tpm,
     .flags = kLive,
     .permit = pl0_enabled,
     .on_read = read_mask<&Pmu::enabled>,
     .on_write = set_bits<&Pmu::enabled>},
    {.name = "PMCNTENCLR",
     .at = cp15(0, 9, 12, 2),
     .read = kAll,
     .write = kAll,
     .trap = TrapGroup::Tpm,
     .flags = kLive,
     .permit = pl0_enabled,
     .on_read = read_mask<&Pmu::enabled>,
     .on_write = clear_bits<&Pmu::enabled>},
    {.name = "PMOVSR",
     .at = cp15(0, 9, 12, 3),
     .read = kAll,
     .write = kAll,
     .trap = TrapGroup::Tpm,
     .flags = kLive,
     .permit = pl0_enabled,
     .on_read = read_mask<&Pmu::overflow>,
     .on_write = clear_bits<&Pmu::overflow>},
    {.name = "PMSWINC",
     .at = cp15(0, 9, 12, 4),
     .write = kAll,
     .trap = TrapGroup::Tpm,
     .flags = kLive,
     .permit = pl0_enabled,
     .on_write = write_pmswinc},
    {.name = "PMSELR",
     .at = cp15(0, 9, 12, 5),
     .read = kAll,
     .write = kAll,
     .storage = &Pmu::select,
     .mask = 0x1F,
     .trap = TrapGroup::Tpm,
     .permit = pl0_enabled},
    // The common events of PMUv2 that the A15 counts. Cortex-A15 TRM 11.4.2
    {.name = "PMCEID0",
     .at = cp15(0, 9, 12, 6),
     .read = kAll,
     .reset = 0x3FFF0F3F,
     .trap = TrapGroup::Tpm,
     .permit = pl0_enabled},
    {.name = "PMCEID1", .at = cp15(0, 9, 12, 7), .read = kAll, .trap = TrapGroup::Tpm, .permit = pl0_enabled},
    {.name = "PMCCNTR",
     .at = cp15(0, 9, 13, 0),
     .read = kAll,
     .write = kAll,
     .trap = TrapGroup::Tpm,
     .flags = kLive,
     .permit = pl0_enabled,
     .on_read = read_pmccntr,
     .on_write = write_pmccntr},
    {.name = "PMXEVTYPER",
     .at = cp15(0, 9, 13, 1),
     .read = kAll,
     .write = kAll,
     .trap = TrapGroup::Tpm,
     .flags = kEndsBlock,
     .permit = pl0_enabled,
     .on_read = read_pmxevtyper,
     .on_write = write_pmxevtyper},
    {.name = "PMXEVCNTR",
     .at = cp15(0, 9, 13, 2),
     .read = kAll,
     .write = kAll,
     .trap = TrapGroup::Tpm,
     .flags = kLive,
     .permit = pl0_enabled,
     .on_read = read_pmxevcntr,
     .on_write = write_pmxevcntr},
    {.name = "PMUSERENR",
     .at = cp15(0, 9, 14, 0),
     .read = kAll,
     .write = kPl1,
     .storage = &Pmu::user_enable,
     .mask = 0x1,
     .trap = TrapGroup::Tpm},
    {.name = "PMINTENSET",
     .at = cp15(0, 9, 14, 1),
     .read = kPl1,
     .write = kPl1,
     .trap = TrapGroup::Tpm,
     .flags = kLive,
     .on_read = read_mask<&Pmu::interrupt_enable>,
     .on_write = set_bits<&Pmu::interrupt_enable>},
    {.name = "PMINTENCLR",
     .at = cp15(0, 9, 14, 2),
     .read = kPl1,
     .write = kPl1,
     .trap = TrapGroup::Tpm,
     .flags = kLive,
     .on_read = read_mask<&Pmu::interrupt_enable>,
     .on_write = clear_bits<&Pmu::interrupt_enable>},
    {.name = "PMOVSSET",
     .at = cp15(0, 9, 14, 3),
     .read = kAll,
     .write = kAll,
     .trap = TrapGroup::Tpm,
     .flags = kLive,
     .permit = pl0_enabled,
     .on_read = read_mask<&Pmu::overflow>,
     .on_write = set_bits<&Pmu::overflow>},
};

}  // namespace

std::span<const Row> rows_c9_pmu() { return kRows; }

}  // namespace hypsim::sysreg
