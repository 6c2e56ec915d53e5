// SPDX-License-Identifier: Apache-2.0
// c5, c6: fault status and fault addresses. ARM DDI 0406C B3.17.2; Cortex-A15 TRM 4.2.6, 4.2.7
#include "sim/cpu/sysreg/rows.h"

namespace hypsim::sysreg {

namespace {

// The union of both formats' fields. ARM DDI 0406C B4.1.52, B4.1.96
constexpr u32 kDfsrMask = 0x3EFF;
constexpr u32 kIfsrMask = 0x163F;

/// HDFAR and HIFAR: the Secure DFAR and IFAR. ARM DDI 0406C B3.17.2
template <Banked<u32> Regs::*far>
u64 read_secure(const Call& c) {
  return (c.regs().*far)[Security::Secure];
}
template <Banked<u32> Regs::*far>
Access write_secure(const Call& c, u64 value) {
  (c.regs().*far)[Security::Secure] = static_cast<u32>(value);
  return Access::Done;
}

constexpr Row kRows[] = {
    {.name = "DFSR",
     .at = cp15(0, 5, 0, 0),
     .read = kPl1,
     .write = kPl1,
     .storage = &Regs::dfsr,
     .mask = kDfsrMask,
     .trap = TrapGroup::Tvm},
    {.name = "IFSR",
     .at = cp15(0, 5, 0, 1),
     .read = kPl1,
     .write = kPl1,
     .storage = &Regs::ifsr,
     .mask = kIfsrMask,
     .trap = TrapGroup::Tvm},
    // The A15 reports RAM errors in ADFSR and has no use for AIFSR. Cortex-A15 TRM 4.3.42, 4.3.43
    {.name = "ADFSR",
     .at = cp15(0, 5, 1, 0),
     .read = kPl1,
     .write = kPl1,
     .storage = &Regs::adfsr,
     .trap = TrapGroup::Tvm},
    {.name = "AIFSR", .at = cp15(0, 5, 1, 1), .read = kPl1, .write = kPl1, .trap = TrapGroup::Tvm},
    {.name = "HADFSR", .at = cp15(4, 5, 1, 0), .read = kHypRegister, .write = kHypRegister, .storage = &Regs::hadfsr},
    {.name = "HAIFSR", .at = cp15(4, 5, 1, 1), .read = kHypRegister, .write = kHypRegister},
    {.name = "HSR", .at = cp15(4, 5, 2, 0), .read = kHypRegister, .write = kHypRegister, .storage = &Regs::hsr},

    {.name = "DFAR",
     .at = cp15(0, 6, 0, 0),
     .read = kPl1,
     .write = kPl1,
     .storage = &Regs::dfar,
     .trap = TrapGroup::Tvm},
    {.name = "IFAR",
     .at = cp15(0, 6, 0, 2),
     .read = kPl1,
     .write = kPl1,
     .storage = &Regs::ifar,
     .trap = TrapGroup::Tvm},
    {.name = "HDFAR",
     .at = cp15(4, 6, 0, 0),
     .read = kHypRegister,
     .write = kHypRegister,
     .on_read = read_secure<&Regs::dfar>,
     .on_write = write_secure<&Regs::dfar>},
    {.name = "HIFAR",
     .at = cp15(4, 6, 0, 2),
     .read = kHypRegister,
     .write = kHypRegister,
     .on_read = read_secure<&Regs::ifar>,
     .on_write = write_secure<&Regs::ifar>},
    {.name = "HPFAR",
     .at = cp15(4, 6, 0, 4),
     .read = kHypRegister,
     .write = kHypRegister,
     .storage = &Regs::hpfar,
     .mask = 0xFFFFFFF0},
};

}  // namespace

std::span<const Row> rows_c5_c6_faults() { return kRows; }

}  // namespace hypsim::sysreg
