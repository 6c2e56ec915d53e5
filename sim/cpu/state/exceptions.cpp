// SPDX-License-Identifier: Apache-2.0
// Exception entry. ARM DDI 0406C B1.8 and B1.9.
#include "sim/cpu/state/exceptions.h"

namespace hypsim {
namespace {

constexpr u32 kHighVectors = 0xFFFF0000;
constexpr u32 kVectorBaseMask = ~0x1Fu;  // bits 4:0 of VBAR, MVBAR and HVBAR are zero
constexpr u8 kHypTrapVector = 0x14;

/// One row of the table of exceptions. ARM DDI 0406C B1.8.1, B1.8.3
struct EntryRule {
  u8 vector;            ///< offset at PL1 and in Monitor mode
  u8 hyp_vector;        ///< offset when taken from Hyp mode to Hyp mode
  u8 hyp_vector_below;  ///< offset when taken to Hyp mode from Non-secure PL1 or PL0
  u8 lr_a32, lr_t32;    ///< what LR adds to the preferred return address
  bool is_call;         ///< returns after the instruction
  bool has_syndrome;    ///< HSR is written on entry to Hyp mode
  u32 masks;            ///< CPSR.A, I, F set at PL1
};

constexpr u32 kI = psr::I, kAI = psr::A | psr::I, kAIF = psr::A | psr::I | psr::F;

constexpr EntryRule kRules[] = {
    /* Reset             */ {0x00, 0x00, 0x00, 0, 0, false, false, kAIF},
    /* Undefined         */ {0x04, 0x04, kHypTrapVector, 4, 2, false, true, kI},
    /* SupervisorCall    */ {0x08, 0x08, kHypTrapVector, 0, 0, true, true, kI},
    /* SecureMonitorCall */ {0x08, 0x08, kHypTrapVector, 0, 0, true, false, kI},
    /* HypervisorCall    */ {0x08, 0x08, kHypTrapVector, 0, 0, true, true, kI},
    /* HypTrap           */ {0x04, 0x04, kHypTrapVector, 4, 2, false, true, kI},
    /* PrefetchAbort     */ {0x0C, 0x0C, kHypTrapVector, 4, 4, false, true, kAI},
    /* DataAbort         */ {0x10, 0x10, kHypTrapVector, 8, 8, false, true, kAI},
    /* Irq               */ {0x18, 0x18, 0x18, 4, 4, false, false, kAI},
    /* Fiq               */ {0x1C, 0x1C, 0x1C, 4, 4, false, false, kAIF},
    /* VirtualAbort      */ {0x10, 0x10, 0x10, 8, 8, false, false, kAI},
    /* VirtualIrq        */ {0x18, 0x18, 0x18, 4, 4, false, false, kAI},
    /* VirtualFiq        */ {0x1C, 0x1C, 0x1C, 4, 4, false, false, kAIF},
};
static_assert(sizeof(kRules) / sizeof(kRules[0]) == static_cast<unsigned>(Exception::VirtualFiq) + 1);

/// HCR.TGE makes a trap of PL0's SVC, yet it stays a Supervisor Call: it returns after itself. ARM DDI 0406C B1.9.4
constexpr bool is_routed_svc(const ExceptionRequest& r) {
  return r.kind == Exception::HypTrap && bits(r.hsr, 31, 26) == static_cast<u32>(HsrEc::Svc);
}

u32 vector_base(const CpuState& s, Exception kind) {
  if (s.mode == Mode::Hyp) return s.sys.hvbar & kVectorBaseMask;
  if (s.mode == Mode::Monitor) return s.sys.mvbar & kVectorBaseMask;
  const Security sec = s.security();
  // ExcVectorBase(). The A15 has no vectored interrupts: SCTLR.VE changes nothing.
  if (bit(s.sys.sctlr[sec], sctlr::V)) return kHighVectors;
  return kind == Exception::Reset ? 0 : s.sys.vbar[sec] & kVectorBaseMask;
}

void set_masks(CpuState& s, u32 pl1_masks) {
  switch (s.mode) {
    case Mode::Hyp:  // what SCR takes to Monitor mode stays unmasked. ARM DDI 0406C B1.9.14, EnterHypMode()
      s.mask_a |= !bit(s.sys.scr, scr::EA);
      s.mask_i |= !bit(s.sys.scr, scr::IRQ);
      s.mask_f |= !bit(s.sys.scr, scr::FIQ);
      break;
    case Mode::Monitor: s.mask_a = s.mask_i = s.mask_f = true; break;
    default:  // with the Virtualization Extensions SCR.AW and FW do not restrict this
      s.mask_a |= (pl1_masks & psr::A) != 0;
      s.mask_i |= (pl1_masks & psr::I) != 0;
      s.mask_f |= (pl1_masks & psr::F) != 0;
  }
}

}  // namespace

ExceptionEvent take_exception(CpuState& state, const ExceptionRequest& request) {
  const Exception kind = is_routed_svc(request) ? Exception::SupervisorCall : request.kind;
  const EntryRule& rule = kRules[static_cast<unsigned>(kind)];
  const bool reset = kind == Exception::Reset;
  const bool from_hyp = state.mode == Mode::Hyp;

  ExceptionEvent event{};
  event.kind = kind;
  event.from = state.mode;
  event.from_security = state.security();
  event.from_guest = event.from_security == Security::NonSecure && !from_hyp && bit(state.sys.hcr, hcr::VM);
  event.return_address = rule.is_call ? request.next_pc : request.pc;

  if (is_routed_svc(request)) state.itstate = psr::it_advanced(state.itstate);
  event.spsr = state.cpsr();
  const u32 link = event.return_address + (state.thumb ? rule.lr_t32 : rule.lr_a32);

  // An exception out of Monitor mode, whatever its target, ends in Secure state. ARM DDI 0406C B1.9
  if (state.mode == Mode::Monitor || reset) state.sys.scr &= ~(1u << scr::NS);
  state.switch_mode(reset ? Mode::Supervisor : request.target);

  const bool to_hyp = state.mode == Mode::Hyp;
  if (!reset) state.current_spsr() = event.spsr;
  if (to_hyp) {
    state.elr_hyp = event.return_address;
    if (rule.has_syndrome && request.hsr_valid) event.hsr = state.sys.hsr = request.hsr;
  } else if (!reset) {
    state.slot[ir::kLr] = link;
  }

  set_masks(state, rule.masks);
  const u32 control = to_hyp ? state.sys.hsctlr : state.sys.sctlr[state.security()];
  state.itstate = 0;
  state.jazelle = false;
  state.thumb = bit(control, sctlr::TE);
  state.big_endian = bit(control, sctlr::EE);

  const u8 offset = !to_hyp ? rule.vector : from_hyp ? rule.hyp_vector : rule.hyp_vector_below;
  state.pc() = vector_base(state, kind) + offset;

  event.to = state.mode;
  event.to_security = state.security();
  event.vector = state.pc();
  return event;
}

}  // namespace hypsim
