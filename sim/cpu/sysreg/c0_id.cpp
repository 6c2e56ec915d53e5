// SPDX-License-Identifier: Apache-2.0
// c0: identification, with the values of a Cortex-A15 r4p0. ARM DDI 0406C B3.17.2; Cortex-A15 TRM 4.2.2
#include "sim/cpu/sysreg/rows.h"

namespace hypsim::sysreg {

namespace {

constexpr u32 kMidr = 0x414FC0F0;

u64 mpidr(const Services& core) { return 0x80000000u | core.core_index(); }
u64 reset_vpidr(const Services&) { return kMidr; }

// Non-secure PL1 sees what Hyp has put into VPIDR and VMPIDR. ARM DDI 0406C B4.1.105, B4.1.106
u64 read_midr(const Call& c) { return c.view == kPl1Ns ? c.regs().vpidr : kMidr; }
u64 read_mpidr(const Call& c) { return c.view == kPl1Ns ? c.regs().vmpidr : mpidr(c.core); }

/// What the caches support, and their shape: sets, ways, and lines of 16 words. ARM DDI 0406C B4.1.19
constexpr u32 kWriteBackAndAllocate = 0x70000000, kReadAllocate = 0x20000000;
u64 ccsidr(u32 supports, const CacheShape& cache) {
  return supports | (cache.sets() - 1) << 13 | (cache.ways - 1) << 3 | 2;
}

/// The cache that CSSELR selects: {level, instruction}.
u64 read_ccsidr(const Call& c) {
  const CacheShapes caches = c.core.cache_shapes();
  switch (c.regs().csselr[c.bank]) {
    case 0: return ccsidr(kWriteBackAndAllocate, caches.l1d);
    case 1: return ccsidr(kReadAllocate, caches.l1i);
    case 2: return ccsidr(kWriteBackAndAllocate, caches.l2);
    default: return 0;  // no such cache: UNKNOWN
  }
}

constexpr Row id(const char* name, u8 crm, u8 opc2, u32 value, TrapGroup trap = TrapGroup::Tid3) {
  return {.name = name, .at = cp15(0, 0, crm, opc2), .read = kPl1, .reset = value, .trap = trap};
}

constexpr Row kRows[] = {
    {.name = "MIDR", .at = cp15(0, 0, 0, 0), .read = kPl1, .on_read = read_midr},
    id("CTR", 0, 1, 0x8444C004, TrapGroup::Tid2),
    id("TCMTR", 0, 2, 0, TrapGroup::Tid1),
    id("TLBTR", 0, 3, 0, TrapGroup::Tid1),
    {.name = "MIDR(alias 4)", .at = cp15(0, 0, 0, 4), .read = kPl1, .on_read = read_midr, .alias_of = "MIDR"},
    {.name = "MPIDR", .at = cp15(0, 0, 0, 5), .read = kPl1, .on_read = read_mpidr},
    id("REVIDR", 0, 6, 0, TrapGroup::Tid1),
    {.name = "MIDR(alias 7)", .at = cp15(0, 0, 0, 7), .read = kPl1, .on_read = read_midr, .alias_of = "MIDR"},

    id("ID_PFR0", 1, 0, 0x00001131),
    id("ID_PFR1", 1, 1, 0x00011011),
    id("ID_DFR0", 1, 2, 0x02010555),
    id("ID_AFR0", 1, 3, 0x00000000),
    id("ID_MMFR0", 1, 4, 0x10201105),
    id("ID_MMFR1", 1, 5, 0x20000000),
    id("ID_MMFR2", 1, 6, 0x01240000),
    id("ID_MMFR3", 1, 7, 0x02102211),
    id("ID_ISAR0", 2, 0, 0x02101110),
    id("ID_ISAR1", 2, 1, 0x13112111),
    id("ID_ISAR2", 2, 2, 0x21232041),
    id("ID_ISAR3", 2, 3, 0x11112131),
    id("ID_ISAR4", 2, 4, 0x10011142),
    id("ID_ISAR5", 2, 5, 0x00000000),

    // Reserved for future identification: read as zero, and HCR.TID3 traps them too. ARM DDI 0406C B1.14.2
    id("ID_RAZ_c2_6", 2, 6, 0),
    id("ID_RAZ_c2_7", 2, 7, 0),
    id("ID_RAZ_c3_0", 3, 0, 0),
    id("ID_RAZ_c3_1", 3, 1, 0),
    id("ID_RAZ_c3_2", 3, 2, 0),
    id("ID_RAZ_c3_3", 3, 3, 0),
    id("ID_RAZ_c3_4", 3, 4, 0),
    id("ID_RAZ_c3_5", 3, 5, 0),
    id("ID_RAZ_c3_6", 3, 6, 0),
    id("ID_RAZ_c3_7", 3, 7, 0),
    id("ID_RAZ_c4_0", 4, 0, 0),
    id("ID_RAZ_c4_1", 4, 1, 0),
    id("ID_RAZ_c4_2", 4, 2, 0),
    id("ID_RAZ_c4_3", 4, 3, 0),
    id("ID_RAZ_c4_4", 4, 4, 0),
    id("ID_RAZ_c4_5", 4, 5, 0),
    id("ID_RAZ_c4_6", 4, 6, 0),
    id("ID_RAZ_c4_7", 4, 7, 0),
    id("ID_RAZ_c5_0", 5, 0, 0),
    id("ID_RAZ_c5_1", 5, 1, 0),
    id("ID_RAZ_c5_2", 5, 2, 0),
    id("ID_RAZ_c5_3", 5, 3, 0),
    id("ID_RAZ_c5_4", 5, 4, 0),
    id("ID_RAZ_c5_5", 5, 5, 0),
    id("ID_RAZ_c5_6", 5, 6, 0),
    id("ID_RAZ_c5_7", 5, 7, 0),
    id("ID_RAZ_c6_0", 6, 0, 0),
    id("ID_RAZ_c6_1", 6, 1, 0),
    id("ID_RAZ_c6_2", 6, 2, 0),
    id("ID_RAZ_c6_3", 6, 3, 0),
    id("ID_RAZ_c6_4", 6, 4, 0),
    id("ID_RAZ_c6_5", 6, 5, 0),
    id("ID_RAZ_c6_6", 6, 6, 0),
    id("ID_RAZ_c6_7", 6, 7, 0),
    id("ID_RAZ_c7_0", 7, 0, 0),
    id("ID_RAZ_c7_1", 7, 1, 0),
    id("ID_RAZ_c7_2", 7, 2, 0),
    id("ID_RAZ_c7_3", 7, 3, 0),
    id("ID_RAZ_c7_4", 7, 4, 0),
    id("ID_RAZ_c7_5", 7, 5, 0),
    id("ID_RAZ_c7_6", 7, 6, 0),
    id("ID_RAZ_c7_7", 7, 7, 0),

    {.name = "CCSIDR", .at = cp15(1, 0, 0, 0), .read = kPl1, .trap = TrapGroup::Tid2, .on_read = read_ccsidr},
    {.name = "CLIDR", .at = cp15(1, 0, 0, 1), .read = kPl1, .reset = 0x0A200023, .trap = TrapGroup::Tid2},
    {.name = "AIDR", .at = cp15(1, 0, 0, 7), .read = kPl1, .reset = 0, .trap = TrapGroup::Tid1},
    {.name = "CSSELR",
     .at = cp15(2, 0, 0, 0),
     .read = kPl1,
     .write = kPl1,
     .storage = &Regs::csselr,
     .mask = 0xF,
     .trap = TrapGroup::Tid2},
    {.name = "VPIDR",
     .at = cp15(4, 0, 0, 0),
     .read = kHypRegister,
     .write = kHypRegister,
     .storage = &Regs::vpidr,
     .flags = kObserved,
     .reset_from = reset_vpidr},
    {.name = "VMPIDR",
     .at = cp15(4, 0, 0, 5),
     .read = kHypRegister,
     .write = kHypRegister,
     .storage = &Regs::vmpidr,
     .flags = kObserved,
     .reset_from = mpidr},
};

}  // namespace

std::span<const Row> rows_c0_id() { return kRows; }

}  // namespace hypsim::sysreg
