// SPDX-License-Identifier: Apache-2.0
// c12: vectors and interrupt status. c13: context and thread identifiers. ARM DDI 0406C B3.17.2
#include "sim/cpu/sysreg/rows.h"

namespace hypsim::sysreg {

namespace {

constexpr u32 kVectorMask = 0xFFFFFFE0;

u64 read_isr_now(const Call& c) {
  return hyp::read_isr(c.core.interrupt_lines(), {c.state.mode, c.state.security(), c.regs()});
}

constexpr Row kRows[] = {
    {.name = "VBAR", .at = cp15(0, 12, 0, 0), .read = kPl1, .write = kPl1, .storage = &Regs::vbar, .mask = kVectorMask},
    {.name = "MVBAR",
     .at = cp15(0, 12, 0, 1),
     .read = kSecurePl1,
     .write = kSecurePl1,
     .storage = &Regs::mvbar,
     .mask = kVectorMask},
    {.name = "ISR", .at = cp15(0, 12, 1, 0), .read = kPl1, .flags = kReadEndsBlock, .on_read = read_isr_now},
    {.name = "HVBAR",
     .at = cp15(4, 12, 0, 0),
     .read = kHypRegister,
     .write = kHypRegister,
     .storage = &Regs::hvbar,
     .mask = kVectorMask,
     .flags = kObserved},

    // The FCSE does not exist. ARM DDI 0406C B4.1.63
    {.name = "FCSEIDR", .at = cp15(0, 13, 0, 0), .read = kPl1, .write = kPl1},
    {.name = "CONTEXTIDR",
     .at = cp15(0, 13, 0, 1),
     .read = kPl1,
     .write = kPl1,
     .storage = &Regs::contextidr,
     .trap = TrapGroup::Tvm,
     .changes = kTranslation,
     .flags = kObserved},
    {.name = "TPIDRURW", .at = cp15(0, 13, 0, 2), .read = kAll, .write = kAll, .storage = &Regs::tpidrurw},
    {.name = "TPIDRURO", .at = cp15(0, 13, 0, 3), .read = kAll, .write = kPl1, .storage = &Regs::tpidruro},
    {.name = "TPIDRPRW", .at = cp15(0, 13, 0, 4), .read = kPl1, .write = kPl1, .storage = &Regs::tpidrprw},
    {.name = "HTPIDR", .at = cp15(4, 13, 0, 2), .read = kHypRegister, .write = kHypRegister, .storage = &Regs::htpidr},
};

}  // namespace

std::span<const Row> rows_c12_c13() { return kRows; }

}  // namespace hypsim::sysreg
