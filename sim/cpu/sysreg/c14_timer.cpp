// SPDX-License-Identifier: Apache-2.0
// c14: the generic timer. The timers live in the timer device; the access controls CNTKCTL and CNTHCTL live here.
// ARM DDI 0406C B8.1, B4.1.19-35
#include "sim/cpu/sysreg/rows.h"

namespace hypsim::sysreg {

namespace {

// CNTKCTL, for PL0. ARM DDI 0406C B4.1.26
constexpr unsigned kPl0Pcten = 0, kPl0Vcten = 1, kPl0Vten = 8, kPl0Pten = 9;

template <unsigned enable>
bool pl0_if(const Call& c) {
  return !c.pl0() || bit(c.regs().cntkctl, enable);
}
/// CNTFRQ is visible with either counter.
bool pl0_if_any_counter(const Call& c) {
  return !c.pl0() || (c.regs().cntkctl & (1u << kPl0Pcten | 1u << kPl0Vcten)) != 0;
}

/// Which timer a row is about: CNTP_* is banked by security state.
enum class Which : u8 { Physical, Virtual, Hyp };
TimerId timer_of(const Call& c, Which which) {
  switch (which) {
    case Which::Virtual: return TimerId::Virtual;
    case Which::Hyp: return TimerId::Hyp;
    default: return c.bank == Security::Secure ? TimerId::PhysSecure : TimerId::PhysNonSecure;
  }
}

u64 read_cntfrq(const Call& c) { return c.core.timer().cntfrq(); }
Access write_cntfrq(const Call& c, u64 value) {
  c.core.timer().set_cntfrq(static_cast<u32>(value));
  return Access::Done;
}
u64 read_cntpct(const Call& c) { return c.core.timer().cntpct(c.core.now()); }
u64 read_cntvct(const Call& c) { return c.core.timer().cntvct(c.core.now()); }
u64 read_cntvoff(const Call& c) { return c.core.timer().cntvoff(); }
Access write_cntvoff(const Call& c, u64 value) {
  c.core.timer().set_cntvoff(value, c.core.now());
  return Access::Done;
}

template <Which which>
u64 read_cval(const Call& c) {
  return c.core.timer().cval(timer_of(c, which));
}
template <Which which>
Access write_cval(const Call& c, u64 value) {
  c.core.timer().set_cval(timer_of(c, which), value, c.core.now());
  return Access::Done;
}
template <Which which>
u64 read_tval(const Call& c) {
  return c.core.timer().tval(timer_of(c, which), c.core.now());
}
template <Which which>
Access write_tval(const Call& c, u64 value) {
  c.core.timer().set_tval(timer_of(c, which), static_cast<u32>(value), c.core.now());
  return Access::Done;
}
template <Which which>
u64 read_ctl(const Call& c) {
  return c.core.timer().ctl(timer_of(c, which), c.core.now());
}
template <Which which>
Access write_ctl(const Call& c, u64 value) {
  c.core.timer().set_ctl(timer_of(c, which), static_cast<u32>(value) & 3, c.core.now());
  return Access::Done;
}

/// A timer register: time-dependent when read, and a write may raise or lower an interrupt at once.
constexpr Row timer(const char* name, Encoding at, Views who, TrapGroup trap, PermitHook permit, ReadHook read,
                    WriteHook write) {
  return {.name = name,
          .at = at,
          .read = who,
          .write = who,
          .trap = trap,
          .changes = kInterrupts,
          .flags = kReadEndsBlock,
          .permit = permit,
          .on_read = read,
          .on_write = write};
}
constexpr Row counter(const char* name, Encoding at, TrapGroup trap, PermitHook permit, ReadHook read) {
  return {
      .name = name, .at = at, .read = kAll, .trap = trap, .flags = kReadEndsBlock, .permit = permit, .on_read = read};
}

constexpr Row kRows[] = {
    {.name = "CNTFRQ",
     .at = cp15(0, 14, 0, 0),
     .read = kAll,
     .write = kSecurePl1,
     .permit = pl0_if_any_counter,
     .on_read = read_cntfrq,
     .on_write = write_cntfrq},
    counter("CNTPCT", cp15_wide(0, 14), TrapGroup::Cntpct, pl0_if<kPl0Pcten>, read_cntpct),
    counter("CNTVCT", cp15_wide(1, 14), TrapGroup::None, pl0_if<kPl0Vcten>, read_cntvct),
    // PL0VTEN PL0PTEN, EVNTI EVNTDIR EVNTEN, PL0VCTEN PL0PCTEN
    {.name = "CNTKCTL", .at = cp15(0, 14, 1, 0), .read = kPl1, .write = kPl1, .storage = &Regs::cntkctl, .mask = 0x3FF},

    timer("CNTP_TVAL", cp15(0, 14, 2, 0), kAll, TrapGroup::Cntp, pl0_if<kPl0Pten>, read_tval<Which::Physical>,
          write_tval<Which::Physical>),
    timer("CNTP_CTL", cp15(0, 14, 2, 1), kAll, TrapGroup::Cntp, pl0_if<kPl0Pten>, read_ctl<Which::Physical>,
          write_ctl<Which::Physical>),
    timer("CNTP_CVAL", cp15_wide(2, 14), kAll, TrapGroup::Cntp, pl0_if<kPl0Pten>, read_cval<Which::Physical>,
          write_cval<Which::Physical>),
    timer("CNTV_TVAL", cp15(0, 14, 3, 0), kAll, TrapGroup::None, pl0_if<kPl0Vten>, read_tval<Which::Virtual>,
          write_tval<Which::Virtual>),
    timer("CNTV_CTL", cp15(0, 14, 3, 1), kAll, TrapGroup::None, pl0_if<kPl0Vten>, read_ctl<Which::Virtual>,
          write_ctl<Which::Virtual>),
    timer("CNTV_CVAL", cp15_wide(3, 14), kAll, TrapGroup::None, pl0_if<kPl0Vten>, read_cval<Which::Virtual>,
          write_cval<Which::Virtual>),

    // Out of reset Non-secure PL1 may use the physical counter and timer. ARM DDI 0406C B4.1.21
    {.name = "CNTHCTL",
     .at = cp15(4, 14, 1, 0),
     .read = kHypRegister,
     .write = kHypRegister,
     .storage = &Regs::cnthctl,
     .reset = 0x3,
     .mask = 0xFF,
     .flags = kObserved},
    timer("CNTHP_TVAL", cp15(4, 14, 2, 0), kHypRegister, TrapGroup::None, nullptr, read_tval<Which::Hyp>,
          write_tval<Which::Hyp>),
    timer("CNTHP_CTL", cp15(4, 14, 2, 1), kHypRegister, TrapGroup::None, nullptr, read_ctl<Which::Hyp>,
          write_ctl<Which::Hyp>),
    timer("CNTHP_CVAL", cp15_wide(6, 14), kHypRegister, TrapGroup::None, nullptr, read_cval<Which::Hyp>,
          write_cval<Which::Hyp>),
    {.name = "CNTVOFF",
     .at = cp15_wide(4, 14),
     .read = kHypRegister,
     .write = kHypRegister,
     .changes = kInterrupts,
     .flags = kObserved,
     .on_read = read_cntvoff,
     .on_write = write_cntvoff},
};

}  // namespace

std::span<const Row> rows_c14_timer() { return kRows; }

}  // namespace hypsim::sysreg
