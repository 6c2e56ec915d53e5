// SPDX-License-Identifier: Apache-2.0
// SVC, HVC, SMC, BXJ, WFI, WFE, and where the Undefined Instruction exception goes.
#include "sim/hyp/syndrome.h"
#include "sim/hyp/traps.h"

namespace hypsim::hyp {
namespace {

constexpr Decision undefined(const char* reason) { return {Action::Undefined, HsrEc::Unknown, 0, reason}; }

/// HCR.TGE takes the general exceptions of Non-secure PL0 to Hyp. At PL1 it is UNPREDICTABLE: ignored. ARM DDI 0406C
/// B1.8.8
bool general_exceptions_to_hyp(const Situation& s) {
  return s.security == Security::NonSecure && s.pl0() && bit(s.regs.hcr, hcr::TGE);
}

}  // namespace

// ARM DDI 0406C B1.14: trapped only if the processor would otherwise suspend
Decision decide_wfi_wfe(bool wfe, bool would_suspend, const Situation& s) {
  if (!would_suspend || !s.non_secure_pl1_or_0() || !bit(s.regs.hcr, wfe ? hcr::TWE : hcr::TWI)) return {};
  return {Action::HypTrap, HsrEc::WfiWfe, iss_wfi_wfe(wfe), wfe ? "HCR.TWE" : "HCR.TWI"};
}

// ARM DDI 0406C B1.8.8, B1.9.4
Decision decide_svc(u16 imm, const Situation& s) {
  if (!general_exceptions_to_hyp(s)) return {};
  return {Action::HypTrap, HsrEc::Svc, iss_call(imm), "HCR.TGE"};
}

// ARM DDI 0406C B9.3.4. In Hyp mode with SCR.HCE=0 it is UNPREDICTABLE: UNDEFINED, as everywhere else.
Decision decide_hvc(u16 imm, const Situation& s) {
  if (s.security == Security::Secure) return undefined("HVC in Secure state");
  if (s.pl0()) return undefined("HVC at PL0");
  if (!bit(s.regs.scr, scr::HCE)) return undefined("SCR.HCE");
  return {Action::Execute, HsrEc::Hvc, iss_call(imm), ""};
}

// ARM DDI 0406C B9.3.14. In Secure state with SCR.SCD=1 it is UNPREDICTABLE: SCD is ignored.
Decision decide_smc(const Situation& s) {
  if (s.pl0()) return undefined("SMC at PL0");
  if (s.non_secure_pl1_or_0() && bit(s.regs.hcr, hcr::TSC)) return {Action::HypTrap, HsrEc::Smc, iss_smc(), "HCR.TSC"};
  if (s.security == Security::NonSecure && bit(s.regs.scr, scr::SCD)) return undefined("SCR.SCD");
  return {};
}

// ARM DDI 0406C A8.8.28
Decision decide_bxj(u8 rm, const Situation& s) {
  if (!s.non_secure_pl1_or_0() || !bit(s.regs.hstr, hstr::TJDBX)) return {};
  return {Action::HypTrap, HsrEc::Bxj, iss_bxj(rm), "HSTR.TJDBX"};
}

// ARM DDI 0406C B1.8.8, B1.9.2
Mode route_undefined(const Situation& s) {
  return s.mode == Mode::Hyp || general_exceptions_to_hyp(s) ? Mode::Hyp : Mode::Undefined;
}

}  // namespace hypsim::hyp
