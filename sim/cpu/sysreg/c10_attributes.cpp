// SPDX-License-Identifier: Apache-2.0
// c10: memory attributes. PRRR and NMRR are MAIR0 and MAIR1 under their other name: TTBCR.EAE decides how the MMU reads
// the one storage. ARM DDI 0406C B4.1.104, B4.1.127; Cortex-A15 TRM 4.2.11
#include "sim/cpu/sysreg/rows.h"

namespace hypsim::sysreg {

namespace {

constexpr Row kRows[] = {
    {.name = "PRRR",
     .at = cp15(0, 10, 2, 0),
     .read = kPl1,
     .write = kPl1,
     .storage = &Regs::mair0,
     .reset = 0x00098AA4,
     .trap = TrapGroup::Tvm,
     .changes = kTranslation},
    {.name = "NMRR",
     .at = cp15(0, 10, 2, 1),
     .read = kPl1,
     .write = kPl1,
     .storage = &Regs::mair1,
     .reset = 0x44E048E0,
     .trap = TrapGroup::Tvm,
     .changes = kTranslation},
    // The A15 defines no auxiliary attributes.
    {.name = "AMAIR0", .at = cp15(0, 10, 3, 0), .read = kPl1, .write = kPl1, .trap = TrapGroup::Tvm},
    {.name = "AMAIR1", .at = cp15(0, 10, 3, 1), .read = kPl1, .write = kPl1, .trap = TrapGroup::Tvm},

    {.name = "HMAIR0",
     .at = cp15(4, 10, 2, 0),
     .read = kHypRegister,
     .write = kHypRegister,
     .storage = &Regs::hmair0,
     .changes = kTranslation},
    {.name = "HMAIR1",
     .at = cp15(4, 10, 2, 1),
     .read = kHypRegister,
     .write = kHypRegister,
     .storage = &Regs::hmair1,
     .changes = kTranslation},
    {.name = "HAMAIR0", .at = cp15(4, 10, 3, 0), .read = kHypRegister, .write = kHypRegister},
    {.name = "HAMAIR1", .at = cp15(4, 10, 3, 1), .read = kHypRegister, .write = kHypRegister},
};

}  // namespace

std::span<const Row> rows_c10_attributes() { return kRows; }

}  // namespace hypsim::sysreg
