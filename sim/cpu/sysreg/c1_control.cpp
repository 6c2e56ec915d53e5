// SPDX-License-Identifier: Apache-2.0
// c1: system control, coprocessor access, the Security Extensions and the Hyp configuration.
// ARM DDI 0406C B3.17.2; Cortex-A15 TRM 4.2.3
#include "sim/cpu/sysreg/pmu.h"
#include "sim/cpu/sysreg/rows.h"

namespace hypsim::sysreg {

namespace {

// SCTLR: TE AFE TRE EE UWXN WXN V I Z SW CP15BEN C A M are writable; the rest is fixed. ARM DDI 0406C B4.1.130
constexpr u32 kSctlrReset = 0x00C50078;
constexpr u32 kSctlrMask = 1u << 30 | 1u << 29 | 1u << 28 | 1u << 25 | 1u << 20 | 1u << 19 | 1u << 13 | 1u << 12 |
                           1u << 11 | 1u << 10 | 1u << 5 | 1u << 2 | 1u << 1 | 1u << 0;
// HSCTLR: TE EE WXN I CP15BEN C A M. ARM DDI 0406C B4.1.77
constexpr u32 kHsctlrReset = 0x30C50878;
constexpr u32 kHsctlrMask = 1u << 30 | 1u << 25 | 1u << 19 | 1u << 12 | 1u << 5 | 1u << 2 | 1u << 1 | 1u << 0;

constexpr u32 kActlrSmp = 1u << 6;
constexpr u32 kCpacrAsedis = 1u << 31, kCpacrD32dis = 1u << 30;
constexpr u32 kCpacrCp10 = mask32(21, 20), kCpacrCp11 = mask32(23, 22);
// NSACR. Cortex-A15 TRM 4.3.32
constexpr unsigned kNsacrCp10 = 10, kNsacrCp11 = 11, kNsacrD32dis = 14, kNsacrAsedis = 15, kNsacrSmp = 18;
constexpr u32 kHcptrRao = 0x000033FF;  // TCP0-9, TCP12, TCP13: coprocessors that do not exist

/// In Non-secure state ACTLR ignores writes, except of SMP when NSACR.NS_SMP allows that. Cortex-A15 TRM 4.3.28
Access write_actlr(const Call& c, u64 value) {
  if (!c.non_secure()) {
    store(c, value);
  } else if (bit(c.regs().nsacr, kNsacrSmp)) {
    store_masked(c, value, kActlrSmp);
  }
  return Access::Done;
}

/// CPACR fields that NSACR takes away from Non-secure state. ARM DDI 0406C B4.1.40, B4.1.111
u32 cpacr_denied(const Call& c) {
  if (!c.non_secure()) return 0;
  const u32 nsacr = c.regs().nsacr;
  return (bit(nsacr, kNsacrCp10) ? 0 : kCpacrCp10) | (bit(nsacr, kNsacrCp11) ? 0 : kCpacrCp11) |
         (bit(nsacr, kNsacrD32dis) ? kCpacrD32dis : 0) | (bit(nsacr, kNsacrAsedis) ? kCpacrAsedis : 0);
}

u64 read_cpacr(const Call& c) {
  const u32 denied = cpacr_denied(c);
  const u32 read_as_one = denied & (kCpacrAsedis | kCpacrD32dis);
  return (c.regs().cpacr & ~denied) | read_as_one;
}

Access write_cpacr(const Call& c, u64 value) {
  store_masked(c, value, c.row.mask & ~u64{cpacr_denied(c)});
  return Access::Done;
}

/// What NSACR denies reads as trapped. ARM DDI 0406C B4.1.66
u64 read_hcptr(const Call& c) {
  const u32 nsacr = c.regs().nsacr;
  return c.regs().hcptr | (bit(nsacr, kNsacrCp10) ? 0 : 1u << hcptr::TCP10) |
         (bit(nsacr, kNsacrCp11) ? 0 : 1u << hcptr::TCP11) | (bit(nsacr, kNsacrAsedis) ? 1u << hcptr::TASE : 0);
}

/// HPMN and HPME decide which counters run: bring them up to date under the old value first.
Access write_hdcr(const Call& c, u64 value) {
  pmu_refresh(c.core);
  store(c, value);
  pmu_refresh(c.core);
  return Access::Done;
}

constexpr u32 kContext = kTranslation | kExecution;

constexpr Row kRows[] = {
    {.name = "SCTLR",
     .at = cp15(0, 1, 0, 0),
     .read = kPl1,
     .write = kPl1,
     .storage = &Regs::sctlr,
     .reset = kSctlrReset,
     .mask = kSctlrMask,
     .trap = TrapGroup::Tvm,
     .changes = kContext,
     .flags = kObserved},
    {.name = "ACTLR",
     .at = cp15(0, 1, 0, 1),
     .read = kPl1,
     .write = kPl1,
     .storage = &Regs::actlr,
     .trap = TrapGroup::Tac,
     .flags = kEndsBlock,
     .on_write = write_actlr},
    {.name = "CPACR",
     .at = cp15(0, 1, 0, 2),
     .read = kPl1,
     .write = kPl1,
     .storage = &Regs::cpacr,
     .mask = kCpacrAsedis | kCpacrD32dis | kCpacrCp11 | kCpacrCp10,
     .trap = TrapGroup::Tcpac,
     .changes = kExecution,
     .on_read = read_cpacr,
     .on_write = write_cpacr},
    // SCR.nET is not implemented. Cortex-A15 TRM 4.3.30
    {.name = "SCR",
     .at = cp15(0, 1, 1, 0),
     .read = kSecurePl1,
     .write = kSecurePl1,
     .storage = &Regs::scr,
     .mask = 0x3BF,
     .changes = kContext | kInterrupts,
     .flags = kObserved},
    {.name = "SDER",
     .at = cp15(0, 1, 1, 1),
     .read = kSecurePl1,
     .write = kSecurePl1,
     .storage = &Regs::sder,
     .mask = 0x3},
    {.name = "NSACR",
     .at = cp15(0, 1, 1, 2),
     .read = kPl1,
     .write = kSecurePl1,
     .storage = &Regs::nsacr,
     .mask = 0x0006CC00,
     .changes = kExecution},

    {.name = "HSCTLR",
     .at = cp15(4, 1, 0, 0),
     .read = kHypRegister,
     .write = kHypRegister,
     .storage = &Regs::hsctlr,
     .reset = kHsctlrReset,
     .mask = kHsctlrMask,
     .changes = kContext,
     .flags = kObserved},
    {.name = "HACTLR", .at = cp15(4, 1, 0, 1), .read = kHypRegister, .write = kHypRegister},
    {.name = "HCR",
     .at = cp15(4, 1, 1, 0),
     .read = kHypRegister,
     .write = kHypRegister,
     .storage = &Regs::hcr,
     .mask = 0x0FFFFFFF,
     .changes = kContext | kInterrupts,
     .flags = kObserved},
    {.name = "HDCR",
     .at = cp15(4, 1, 1, 1),
     .read = kHypRegister,
     .write = kHypRegister,
     .storage = &Regs::hdcr,
     .reset = Pmu::kEventCounters,
     .mask = 0xFFF,
     .flags = kEndsBlock | kObserved,
     .on_write = write_hdcr},
    {.name = "HCPTR",
     .at = cp15(4, 1, 1, 2),
     .read = kHypRegister,
     .write = kHypRegister,
     .storage = &Regs::hcptr,
     .reset = kHcptrRao,
     .mask = 0x80108C00,
     .ones = kHcptrRao,
     .changes = kExecution,
     .flags = kObserved,
     .on_read = read_hcptr},
    // T4 and T14 do not exist. ARM DDI 0406C B4.1.79
    {.name = "HSTR",
     .at = cp15(4, 1, 1, 3),
     .read = kHypRegister,
     .write = kHypRegister,
     .storage = &Regs::hstr,
     .mask = 0x0003BFEF,
     .changes = kExecution,
     .flags = kObserved},
    {.name = "HACR", .at = cp15(4, 1, 1, 7), .read = kHypRegister, .write = kHypRegister},
};

}  // namespace

std::span<const Row> rows_c1_control() { return kRows; }

}  // namespace hypsim::sysreg
