// SPDX-License-Identifier: Apache-2.0
// CP14, CP15 and unimplemented coprocessors: Coproc_Accepted() of ARM DDI 0406C and the register traps of B1.14.
#include "sim/hyp/syndrome.h"
#include "sim/hyp/traps.h"

namespace hypsim::hyp {
namespace {

constexpr Decision kExecute{};

constexpr Decision undefined(const char* reason) { return {Action::Undefined, HsrEc::Unknown, 0, reason}; }

/// The exception class and ISS of a trapped CP14 or CP15 access.
Decision trap(const CoprocAccess& a, const char* reason) {
  const bool cp15 = a.cp == 15;
  switch (a.form) {
    case CoprocForm::Mcr: return {Action::HypTrap, cp15 ? HsrEc::Cp15Mcr : HsrEc::Cp14Mcr, iss_mcr_mrc(a), reason};
    case CoprocForm::Mcrr: return {Action::HypTrap, cp15 ? HsrEc::Cp15Mcrr : HsrEc::Cp14Mrrc, iss_mcrr_mrrc(a), reason};
    default: return {Action::HypTrap, HsrEc::Cp14Ldc, iss_ldc_stc(a), reason};
  }
}

enum class Control : u8 { Hcr, Hstr, Hcptr, Hdcr, Cnthctl };

enum Directions : u8 { kReads = 1, kWrites = 2, kBoth = 3 };

/// One control bit that traps a group of registers.
struct GroupRule {
  TrapGroup group;
  Control control;
  u8 bit;
  bool traps_when;  ///< the value of the bit that traps
  Directions directions;
  const char* reason;
};

constexpr unsigned kPl1PctEn = 0, kPl1PcEn = 1;  // CNTHCTL

// ARM DDI 0406C B1.14. A group with several rules is trapped by the first one that applies.
constexpr GroupRule kGroupRules[] = {
    {TrapGroup::Tvm, Control::Hcr, hcr::TVM, true, kWrites, "HCR.TVM"},
    {TrapGroup::Ttlb, Control::Hcr, hcr::TTLB, true, kBoth, "HCR.TTLB"},
    {TrapGroup::Tpu, Control::Hcr, hcr::TPU, true, kBoth, "HCR.TPU"},
    {TrapGroup::Tpc, Control::Hcr, hcr::TPC, true, kBoth, "HCR.TPC"},
    {TrapGroup::Tsw, Control::Hcr, hcr::TSW, true, kBoth, "HCR.TSW"},
    {TrapGroup::Tac, Control::Hcr, hcr::TAC, true, kBoth, "HCR.TAC"},
    {TrapGroup::Tidcp, Control::Hcr, hcr::TIDCP, true, kBoth, "HCR.TIDCP"},
    {TrapGroup::Tid0, Control::Hcr, hcr::TID0, true, kReads, "HCR.TID0"},
    {TrapGroup::Tid0, Control::Hstr, hstr::TJDBX, true, kBoth, "HSTR.TJDBX"},  // JIDR is a Jazelle register as well
    {TrapGroup::Tid1, Control::Hcr, hcr::TID1, true, kReads, "HCR.TID1"},
    {TrapGroup::Tid2, Control::Hcr, hcr::TID2, true, kBoth, "HCR.TID2"},  // writes of CSSELR too
    {TrapGroup::Tid3, Control::Hcr, hcr::TID3, true, kReads, "HCR.TID3"},
    {TrapGroup::Tcpac, Control::Hcptr, hcptr::TCPAC, true, kBoth, "HCPTR.TCPAC"},
    {TrapGroup::Tpm, Control::Hdcr, hdcr::TPM, true, kBoth, "HDCR.TPM"},
    {TrapGroup::Tpmcr, Control::Hdcr, hdcr::TPMCR, true, kBoth, "HDCR.TPMCR"},
    {TrapGroup::Tpmcr, Control::Hdcr, hdcr::TPM, true, kBoth, "HDCR.TPM"},
    {TrapGroup::Tdra, Control::Hdcr, hdcr::TDRA, true, kBoth, "HDCR.TDRA"},
    {TrapGroup::Tdosa, Control::Hdcr, hdcr::TDOSA, true, kBoth, "HDCR.TDOSA"},
    {TrapGroup::Tda, Control::Hdcr, hdcr::TDA, true, kBoth, "HDCR.TDA"},
    {TrapGroup::Tta, Control::Hcptr, hcptr::TTA, true, kBoth, "HCPTR.TTA"},
    {TrapGroup::Ttee, Control::Hstr, hstr::TTEE, true, kBoth, "HSTR.TTEE"},
    {TrapGroup::Tjdbx, Control::Hstr, hstr::TJDBX, true, kBoth, "HSTR.TJDBX"},
    {TrapGroup::Cntpct, Control::Cnthctl, kPl1PctEn, false, kBoth, "CNTHCTL.PL1PCTEN"},
    {TrapGroup::Cntp, Control::Cnthctl, kPl1PcEn, false, kBoth, "CNTHCTL.PL1PCEN"},
};

u32 control_value(Control control, const SystemRegisters& regs) {
  switch (control) {
    case Control::Hcr: return regs.hcr;
    case Control::Hstr: return regs.hstr;
    case Control::Hcptr: return regs.hcptr;
    case Control::Hdcr: return regs.hdcr;
    default: return regs.cnthctl;
  }
}

const char* hstr_reason(unsigned n) {
  static constexpr const char* kReasons[16] = {"HSTR.T0",  "HSTR.T1",  "HSTR.T2",  "HSTR.T3", "HSTR.T4",  "HSTR.T5",
                                               "HSTR.T6",  "HSTR.T7",  "HSTR.T8",  "HSTR.T9", "HSTR.T10", "HSTR.T11",
                                               "HSTR.T12", "HSTR.T13", "HSTR.T14", "HSTR.T15"};
  return kReasons[n];
}

/// The encodings that HCR.TIDCP traps, whether or not a register is there. ARM DDI 0406C B1.14
constexpr bool is_tidcp_encoding(const CoprocAccess& a) {
  constexpr u32 c9 = 0b0'0001'1110'0111;      // CRm 0-2, 5-8
  constexpr u32 c10 = 0b0'0001'0001'0011;     // CRm 0, 1, 4, 8
  constexpr u32 c11 = 0b1000'0001'1111'1111;  // CRm 0-8, 15
  if (a.form != CoprocForm::Mcr) return false;
  const u32 mask = a.crn == 9 ? c9 : a.crn == 10 ? c10 : a.crn == 11 ? c11 : 0;
  return bit(mask, a.crm & 15u);
}

/// Traps by primary coprocessor register number, which look at no register. Execute if none applies.
Decision coarse_cp15_trap(const CoprocAccess& a, const SystemRegisters& regs) {
  const unsigned n = (a.form == CoprocForm::Mcrr ? a.crm : a.crn) & 15u;
  // T4 and T14 are reserved: c14, the generic timer, has CNTHCTL instead.
  if (n != 4 && n != 14 && bit(regs.hstr, n)) return trap(a, hstr_reason(n));
  if (bit(regs.hcr, hcr::TIDCP) && is_tidcp_encoding(a)) return trap(a, "HCR.TIDCP");
  return kExecute;
}

Decision group_trap(const CoprocAccess& a, TrapGroup group, const SystemRegisters& regs) {
  for (const GroupRule& rule : kGroupRules) {
    if (rule.group != group || (rule.directions & (a.read ? kReads : kWrites)) == 0) continue;
    if (bit(control_value(rule.control, regs), rule.bit) == rule.traps_when) return trap(a, rule.reason);
  }
  return kExecute;
}

}  // namespace

Decision decide_cp14_cp15(const CoprocAccess& access, TrapGroup group, Allowed allowed, const Situation& s) {
  const bool cp15 = access.cp == 15;
  const bool has_form =
      access.form == CoprocForm::Mcr || access.form == CoprocForm::Mcrr || (!cp15 && access.form == CoprocForm::Ldc);
  if (!has_form) return undefined("no such coprocessor instruction");

  // At PL0 it is IMPLEMENTATION DEFINED whether the UNDEFINED or the HSTR and TIDCP traps win: the UNDEFINED does.
  if (allowed == Allowed::No && s.pl0()) return undefined("register access rule");
  if (cp15 && s.non_secure_pl1_or_0()) {
    const Decision coarse = coarse_cp15_trap(access, s.regs);
    if (coarse.action != Action::Execute) return coarse;
  }
  if (allowed == Allowed::No) return undefined("register access rule");
  if (s.security == Security::Secure || group == TrapGroup::None) return kExecute;

  if (s.mode == Mode::Hyp) {
    // Only HCPTR binds Hyp mode itself, and TCPAC does not: the access is UNDEFINED, with the trap's syndrome.
    if (group != TrapGroup::Tta) return kExecute;
    Decision d = group_trap(access, group, s.regs);
    if (d.action == Action::HypTrap) d.action = Action::Undefined;
    return d;
  }
  return group_trap(access, group, s.regs);
}

// Coproc_Accepted(). The A15 implements none of these coprocessors.
Decision decide_other_coproc(const CoprocAccess& access, const Situation& s) {
  const unsigned cp = access.cp & 15u;
  const bool non_secure = s.security == Security::NonSecure;
  const bool hyp = s.mode == Mode::Hyp;
  if (non_secure && !bit(s.regs.nsacr, cp)) return undefined("NSACR.cpn");
  if (!hyp) {
    const u32 cpacr = bits(s.regs.cpacr, 2 * cp + 1, 2 * cp);
    if (cpacr != 3 && (cpacr != 1 || s.pl0())) return undefined("CPACR.cpn");
  }
  if (non_secure && cp < 14 && bit(s.regs.hcptr, cp))
    return {hyp ? Action::Undefined : Action::HypTrap, HsrEc::Hcptr, iss_hcptr_coproc(cp), "HCPTR.TCPn"};
  return undefined("no such coprocessor");
}

}  // namespace hypsim::hyp
