// SPDX-License-Identifier: Apache-2.0
// CP14 with opc1 6 and 7: ThumbEE, and the trivial implementation of Jazelle. ARM DDI 0406C A2.9, A2.10
#include "sim/cpu/sysreg/rows.h"

namespace hypsim::sysreg {

namespace {

/// TEECR.XED closes TEEHBR to PL0.
bool teehbr_open(const Call& c) { return !c.pl0() || !bit(c.regs().teecr, 0); }

constexpr Row kRows[] = {
    {.name = "TEECR",
     .at = cp14(6, 0, 0, 0),
     .read = kAll,
     .write = kPl1,
     .storage = &Regs::teecr,
     .mask = 0x1,
     .trap = TrapGroup::Ttee},
    {.name = "TEEHBR",
     .at = cp14(6, 1, 0, 0),
     .read = kAll,
     .write = kAll,
     .storage = &Regs::teehbr,
     .mask = 0xFFFFFFFC,
     .trap = TrapGroup::Ttee,
     .permit = teehbr_open},
    // All read as zero and ignore writes. JIDR is also an identification register.
    {.name = "JIDR", .at = cp14(7, 0, 0, 0), .read = kAll, .write = kPl1, .trap = TrapGroup::Tid0},
    {.name = "JOSCR", .at = cp14(7, 1, 0, 0), .read = kPl1, .write = kPl1, .trap = TrapGroup::Tjdbx},
    {.name = "JMCR", .at = cp14(7, 2, 0, 0), .read = kAll, .write = kAll, .trap = TrapGroup::Tjdbx},
};

}  // namespace

std::span<const Row> rows_cp14_thumbee_jazelle() { return kRows; }

}  // namespace hypsim::sysreg
