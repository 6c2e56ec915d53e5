// SPDX-License-Identifier: Apache-2.0
// Asynchronous exceptions: which is taken, and where to. ARM DDI 0406C B1.8.4, B1.8.6, B1.8.7, B1.8.11.
#include "sim/hyp/traps.h"

namespace hypsim::hyp {
namespace {

/// How one kind of asynchronous exception is controlled: the SCR bit that takes it to Monitor mode, the HCR bit that
/// takes it to Hyp and enables its virtual twin, and the SCR bit that lets Non-secure code mask it (none for IRQ).
struct Control {
  Exception physical, virt;
  Mode pl1_target;
  u8 scr_route, hcr_override;
  u8 scr_mask_writable;
  bool has_mask_writable;
  u8 hcr_virtual;
};

constexpr Control kFiq{Exception::Fiq, Exception::VirtualFiq, Mode::Fiq, scr::FIQ, hcr::FMO, scr::FW, true, hcr::VF};
constexpr Control kIrq{Exception::Irq, Exception::VirtualIrq, Mode::Irq, scr::IRQ, hcr::IMO, 0, false, hcr::VI};
constexpr Control kAbort{
    Exception::DataAbort, Exception::VirtualAbort, Mode::Abort, scr::EA, hcr::AMO, scr::AW, true, hcr::VA};

/// Whether the CPSR mask bit, when set, holds the physical exception off. HCR overrides it at Non-secure PL1 and PL0,
/// and in Hyp mode too if SCR takes the exception to Monitor mode; then so does a clear SCR.FW or AW. ARM DDI 0406C
/// B1.8.6
bool mask_applies(const Control& c, const Situation& s) {
  if (s.security == Security::Secure) return true;
  const bool overridden = bit(s.regs.hcr, c.hcr_override);
  if (bit(s.regs.scr, c.scr_route))
    return !overridden && (!c.has_mask_writable || bit(s.regs.scr, c.scr_mask_writable));
  return !overridden || s.mode == Mode::Hyp;
}

Mode physical_target(const Control& c, const Situation& s) {
  if (bit(s.regs.scr, c.scr_route)) return Mode::Monitor;
  if (s.mode == Mode::Hyp) return Mode::Hyp;
  if (s.security == Security::NonSecure && bit(s.regs.hcr, c.hcr_override)) return Mode::Hyp;
  return c.pl1_target;
}

/// A virtual exception exists for Non-secure PL1 and PL0 with the override bit set. With HCR.TGE there is no PL1 that
/// could take it. ARM DDI 0406C B1.8.11
bool virtual_pending(const Control& c, bool line, const Situation& s) {
  return s.non_secure_pl1_or_0() && bit(s.regs.hcr, c.hcr_override) && !bit(s.regs.hcr, hcr::TGE) &&
         (line || bit(s.regs.hcr, c.hcr_virtual));
}

bool shows_virtual(const Control& c, const Situation& s) {
  return s.non_secure_pl1_or_0() && bit(s.regs.hcr, c.hcr_override);
}

}  // namespace

// The order is IMPLEMENTATION DEFINED (B1.8.2): FIQ, IRQ, asynchronous abort, and physical before virtual, since a
// hypervisor must see its own interrupt before it resumes a guest's handler.
AsyncDecision decide_async(const InterruptLines& lines, bool mask_a, bool mask_i, bool mask_f, const Situation& s) {
  const struct {
    const Control& control;
    bool physical, virtual_line, mask;
  } sources[] = {{kFiq, lines.fiq, lines.vfiq, mask_f},
                 {kIrq, lines.irq, lines.virq, mask_i},
                 {kAbort, lines.async_abort, false, mask_a}};

  for (const auto& source : sources) {
    if (source.physical && !(source.mask && mask_applies(source.control, s)))
      return {true, source.control.physical, physical_target(source.control, s)};
  }
  for (const auto& source : sources) {
    if (!source.mask && virtual_pending(source.control, source.virtual_line, s))
      return {true, source.control.virt, source.control.pl1_target};
  }
  return {};
}

// ARM DDI 0406C B1.8.14. What ends WFE is another list: events, and what decide_async() takes.
bool wfi_wakes(const InterruptLines& lines, const Situation& s) {
  return lines.irq || lines.fiq || lines.async_abort || virtual_pending(kFiq, lines.vfiq, s) ||
         virtual_pending(kIrq, lines.virq, s) || virtual_pending(kAbort, false, s);
}

// ARM DDI 0406C B4.1.95
u32 read_isr(const InterruptLines& lines, const Situation& s) {
  const u32 value = s.regs.hcr;
  const bool a = shows_virtual(kAbort, s) ? bit(value, hcr::VA) : lines.async_abort;
  const bool i = shows_virtual(kIrq, s) ? lines.virq || bit(value, hcr::VI) : lines.irq;
  const bool f = shows_virtual(kFiq, s) ? lines.vfiq || bit(value, hcr::VF) : lines.fiq;
  return (a ? 1u << 8 : 0) | (i ? 1u << 7 : 0) | (f ? 1u << 6 : 0);
}

}  // namespace hypsim::hyp
