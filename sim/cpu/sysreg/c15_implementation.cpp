// SPDX-License-Identifier: Apache-2.0
// The IMPLEMENTATION DEFINED registers of the Cortex-A15 in c9 and c15. Cortex-A15 TRM 4.2.9, 4.2.15, 4.3.47-56
//
// The L2 registers are one set for the cluster on silicon; every core keeps its own copy here, which nothing reads back
// but the core that wrote it.
#include <algorithm>

#include "sim/cpu/sysreg/rows.h"

namespace hypsim::sysreg {

namespace {

/// Non-secure writes are ignored. Cortex-A15 TRM 4.3.48
Access write_if_secure(const Call& c, u64 value) {
  if (!c.non_secure()) store(c, value);
  return Access::Done;
}

/// Number of cores less one, and the integrated interrupt controller, beside the RAM latencies.
u64 read_l2ctlr(const Call& c) { return c.regs().l2ctlr | (std::min(c.core.core_count(), 4u) - 1) << 24 | 1u << 23; }

u64 read_cbar(const Call& c) { return c.core.cbar(); }

/// RAMINDEX copies a line of a RAM into the data registers; tags and data have no such image here, so they read zero.
Access ignore(const Call&, u64) { return Access::Done; }

constexpr Row ram_data(const char* name, u8 crm, u8 opc2) {
  return {.name = name, .at = cp15(0, 15, crm, opc2), .read = kSecurePl1, .write = kSecurePl1};
}

constexpr Row kRows[] = {
    // Data RAM slice and set-up, tag RAM slice and set-up, tag and data latency
    {.name = "L2CTLR",
     .at = cp15(1, 9, 0, 2),
     .read = kPl1,
     .write = kPl1,
     .storage = &Regs::l2ctlr,
     .mask = 0x1FE7,
     .trap = TrapGroup::Tidcp,
     .on_read = read_l2ctlr,
     .on_write = write_if_secure},
    // Its two error flags can only be cleared, and no RAM here ever fails.
    {.name = "L2ECTLR", .at = cp15(1, 9, 0, 3), .read = kPl1, .write = kPl1, .trap = TrapGroup::Tidcp},

    ram_data("IL1DATA0", 0, 0),
    ram_data("IL1DATA1", 0, 1),
    ram_data("IL1DATA2", 0, 2),
    ram_data("DL1DATA0", 1, 0),
    ram_data("DL1DATA1", 1, 1),
    ram_data("DL1DATA2", 1, 2),
    ram_data("DL1DATA3", 1, 3),
    {.name = "RAMINDEX", .at = cp15(0, 15, 4, 0), .write = kSecurePl1, .on_write = ignore},

    {.name = "L2ACTLR",
     .at = cp15(1, 15, 0, 0),
     .read = kPl1,
     .write = kPl1,
     .storage = &Regs::l2actlr,
     .on_write = write_if_secure},
    {.name = "L2PFR",
     .at = cp15(1, 15, 0, 3),
     .read = kPl1,
     .write = kPl1,
     .storage = &Regs::l2pfr,
     .reset = 0x9B0,
     .on_write = write_if_secure},
    {.name = "ACTLR2",
     .at = cp15(1, 15, 0, 4),
     .read = kPl1,
     .write = kPl1,
     .storage = &Regs::actlr2,
     .on_write = write_if_secure},
    {.name = "CBAR", .at = cp15(4, 15, 0, 0), .read = kPl1, .on_read = read_cbar},
    {.name = "CPUMERRSR", .at = cp15_wide(0, 15), .read = kPl1, .write = kPl1},
    {.name = "L2MERRSR", .at = cp15_wide(1, 15), .read = kPl1, .write = kPl1},
};

}  // namespace

std::span<const Row> rows_c15_implementation() { return kRows; }

}  // namespace hypsim::sysreg
