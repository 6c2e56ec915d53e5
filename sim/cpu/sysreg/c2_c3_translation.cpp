// SPDX-License-Identifier: Apache-2.0
// c2, c3: translation tables and domains. TTBR0 and TTBR1 are 64 bits wide; MRC and MCR see their low word.
// ARM DDI 0406C B3.17.2, B4.1.153-158
#include "sim/cpu/sysreg/rows.h"

namespace hypsim::sysreg {

namespace {

constexpr u64 kTtbrMask = mask64(55, 48) | mask64(39, 0);        // ASID or VMID, and the base with its attributes
constexpr u32 kTtbcrShort = 1u << 31 | 1u << 5 | 1u << 4 | 0x7;  // EAE PD1 PD0 N
// EAE SH1 ORGN1 IRGN1 EPD1 A1 T1SZ SH0 ORGN0 IRGN0 EPD0 T0SZ
constexpr u32 kTtbcrLong = 1u << 31 | mask32(29, 22) | mask32(18, 16) | mask32(13, 7) | 0x7;

/// The fields of TTBCR are those of the format being selected; the others read as zero. ARM DDI 0406C B4.1.153
Access write_ttbcr(const Call& c, u64 value) {
  store_masked(c, value & (bit(value, ttbcr::EAE) ? kTtbcrLong : kTtbcrShort), 0xFFFFFFFF);
  return Access::Done;
}

constexpr Row kRows[] = {
    {.name = "TTBR0",
     .at = cp15(0, 2, 0, 0),
     .read = kPl1,
     .write = kPl1,
     .storage = &Regs::ttbr0,
     .mask = 0xFFFFFFFF,
     .trap = TrapGroup::Tvm,
     .changes = kTranslation,
     .flags = kObserved},
    {.name = "TTBR1",
     .at = cp15(0, 2, 0, 1),
     .read = kPl1,
     .write = kPl1,
     .storage = &Regs::ttbr1,
     .mask = 0xFFFFFFFF,
     .trap = TrapGroup::Tvm,
     .changes = kTranslation,
     .flags = kObserved},
    {.name = "TTBCR",
     .at = cp15(0, 2, 0, 2),
     .read = kPl1,
     .write = kPl1,
     .storage = &Regs::ttbcr,
     .trap = TrapGroup::Tvm,
     .changes = kTranslation,
     .flags = kObserved,
     .on_write = write_ttbcr},
    {.name = "TTBR0(64-bit)",
     .at = cp15_wide(0, 2),
     .read = kPl1,
     .write = kPl1,
     .storage = &Regs::ttbr0,
     .mask = kTtbrMask,
     .trap = TrapGroup::Tvm,
     .changes = kTranslation,
     .flags = kObserved,
     .alias_of = "TTBR0"},
    {.name = "TTBR1(64-bit)",
     .at = cp15_wide(1, 2),
     .read = kPl1,
     .write = kPl1,
     .storage = &Regs::ttbr1,
     .mask = kTtbrMask,
     .trap = TrapGroup::Tvm,
     .changes = kTranslation,
     .flags = kObserved,
     .alias_of = "TTBR1"},

    {.name = "HTCR",
     .at = cp15(4, 2, 0, 2),
     .read = kHypRegister,
     .write = kHypRegister,
     .storage = &Regs::htcr,
     .reset = 0x80800000,
     .mask = 0x3F07,
     .ones = 0x80800000,
     .changes = kTranslation},
    {.name = "VTCR",
     .at = cp15(4, 2, 1, 2),
     .read = kHypRegister,
     .write = kHypRegister,
     .storage = &Regs::vtcr,
     .reset = 0x80000000,
     .mask = 0x3FDF,
     .ones = 0x80000000,
     .changes = kTranslation,
     .flags = kObserved},
    {.name = "HTTBR",
     .at = cp15_wide(4, 2),
     .read = kHypRegister,
     .write = kHypRegister,
     .storage = &Regs::httbr,
     .mask = mask64(39, 0),
     .changes = kTranslation},
    {.name = "VTTBR",
     .at = cp15_wide(6, 2),
     .read = kHypRegister,
     .write = kHypRegister,
     .storage = &Regs::vttbr,
     .mask = kTtbrMask,
     .changes = kTranslation,
     .flags = kObserved},

    {.name = "DACR",
     .at = cp15(0, 3, 0, 0),
     .read = kPl1,
     .write = kPl1,
     .storage = &Regs::dacr,
     .trap = TrapGroup::Tvm,
     .changes = kTranslation},
};

}  // namespace

std::span<const Row> rows_c2_c3_translation() { return kRows; }

}  // namespace hypsim::sysreg
