// SPDX-License-Identifier: Apache-2.0
#include "sim/trap/checks.h"

#include <fmt/format.h>

#include "sim/cpu/ir/helper_operands.h"
#include "sim/cpu/sysreg/table.h"
#include "sim/cpu/translate/translator.h"
#include "sim/trap/control_bits.h"

namespace hypsim::trap {
namespace {

using hyp::CoprocForm;
using hyp::TrapGroup;

/// The bits that trap a group of registers, in order. ARM DDI 0406C B1.14
struct GroupBit {
  TrapGroup group;
  const char* name;
  bool traps_when_clear = false;
  bool reads = true, writes = true;
};
constexpr GroupBit kGroupBits[] = {
    {TrapGroup::Tvm, "HCR.TVM", false, false, true},
    {TrapGroup::Ttlb, "HCR.TTLB"},
    {TrapGroup::Tpu, "HCR.TPU"},
    {TrapGroup::Tpc, "HCR.TPC"},
    {TrapGroup::Tsw, "HCR.TSW"},
    {TrapGroup::Tac, "HCR.TAC"},
    {TrapGroup::Tidcp, "HCR.TIDCP"},
    {TrapGroup::Tid0, "HCR.TID0", false, true, false},
    {TrapGroup::Tid0, "HSTR.TJDBX"},
    {TrapGroup::Tid1, "HCR.TID1", false, true, false},
    {TrapGroup::Tid2, "HCR.TID2"},
    {TrapGroup::Tid3, "HCR.TID3", false, true, false},
    {TrapGroup::Tcpac, "HCPTR.TCPAC"},
    {TrapGroup::Tpm, "HDCR.TPM"},
    {TrapGroup::Tpmcr, "HDCR.TPMCR"},
    {TrapGroup::Tpmcr, "HDCR.TPM"},
    {TrapGroup::Tdra, "HDCR.TDRA"},
    {TrapGroup::Tdosa, "HDCR.TDOSA"},
    {TrapGroup::Tda, "HDCR.TDA"},
    {TrapGroup::Tta, "HCPTR.TTA"},
    {TrapGroup::Ttee, "HSTR.TTEE"},
    {TrapGroup::Tjdbx, "HSTR.TJDBX"},
    {TrapGroup::Cntpct, "CNTHCTL.PL1PCTEN", true},
    {TrapGroup::Cntp, "CNTHCTL.PL1PCEN", true},
};

class Chain {
 public:
  Chain(Core& core, const Situation& situation) : core_(core), s_(situation) {}

  std::vector<Check> take() { return std::move(checks_); }
  bool decided() const { return !checks_.empty() && checks_.back().decides; }

  void run(const Questions& questions) {
    if (questions.cond != Cond::AL) {
      constexpr const char* names[] = {"EQ", "NE", "CS", "CC", "MI", "PL", "VS", "VC",
                                       "HI", "LS", "GE", "LT", "GT", "LE", "AL", "NV"};
      const u32 nzcv = core_.state().nzcv();
      const bool holds = condition_holds(questions.cond, nzcv);
      add("condition", "A8.3.1", !holds,
          fmt::format("{} with NZCV={:04b} {}", names[static_cast<unsigned>(questions.cond)], nzcv >> 28,
                      holds ? "holds" : "fails: the instruction does nothing"));
      if (!holds) return;
    }
    for (const Question& q : questions.all()) {
      ask(q);
      if (decided()) return;
    }
  }

 private:
  Core& core_;
  const Situation& s_;
  std::vector<Check> checks_;

  const SystemRegisters& regs() const { return core_.state().sys; }
  bool pl0() const { return s_.mode == Mode::User; }
  bool non_secure() const { return core_.state().security() == Security::NonSecure; }
  bool hyp() const { return s_.mode == Mode::Hyp; }
  bool guest() const { return non_secure() && !hyp(); }

  void add(std::string name, std::string section, bool decides, std::string detail) {
    checks_.push_back({std::move(name), std::move(section), decides, std::move(detail)});
  }
  /// A single bit that decides when it has the value `when`.
  bool bit_check(const char* dotted, bool when, const char* effect) {
    const ControlBit* b = find_control_bit(dotted);
    const u32 value = control_value(s_, *b);
    const bool decides = (value != 0) == when;
    add(dotted, b->section, decides, fmt::format("is {}{}", value, decides ? std::string(": ") + effect : ""));
    return decides;
  }
  bool bit_check(const std::string& dotted, bool when, const char* effect) {
    return bit_check(dotted.c_str(), when, effect);
  }

  void ask(const Question& q) {
    switch (q.helper) {
      case Helper::undefined:
        add("encoding", "", true,
            q.operand == Translator::kUnpredictableEncoding
                ? "UNPREDICTABLE as encoded or in this state: taken as UNDEFINED"
                : "UNDEFINED");
        return;
      case Helper::svc:
        if (non_secure() && pl0()) bit_check("HCR.TGE", true, "SVC of PL0 is taken to Hyp mode");
        return;
      case Helper::hvc:
        add("security state", "B9.3.4", !non_secure(),
            non_secure() ? "Non-secure" : "HVC is UNDEFINED in Secure state");
        if (decided()) return;
        add("privilege", "B9.3.4", pl0(), pl0() ? "HVC is UNDEFINED at PL0" : "PL1 or higher");
        if (!decided()) bit_check("SCR.HCE", false, "HVC is UNDEFINED");
        return;
      case Helper::smc:
        add("privilege", "B9.3.14", pl0(), pl0() ? "SMC is UNDEFINED at PL0" : "PL1 or higher");
        if (decided()) return;
        if (guest() && bit_check("HCR.TSC", true, "SMC traps to Hyp mode")) return;
        if (non_secure()) bit_check("SCR.SCD", true, "SMC is UNDEFINED");
        return;
      case Helper::wfi:
      case Helper::wfe: {
        const bool wfe = q.helper == Helper::wfe;
        const bool suspends = wfe ? core_.wfe_would_suspend() : core_.wfi_would_suspend();
        add("suspends", "B1.14.9", !suspends,
            suspends ? "nothing is pending: it would wait" : "something is pending: it completes at once");
        if (suspends && guest())
          bit_check(wfe ? "HCR.TWE" : "HCR.TWI", true, "it traps to Hyp mode instead of waiting");
        return;
      }
      case Helper::bxj_check:
        if (guest()) bit_check("HSTR.TJDBX", true, "BXJ traps to Hyp mode");
        return;
      case Helper::fp_check: return floating_point(ir::FpOperand::unpack(q.operand));
      case Helper::mrs_banked:
      case Helper::msr_banked: {
        u32 value = 0;
        const bool there = read_banked(core_.state(), q.operand & 0x1F, bit(q.operand, 8), value);
        add("banked register", "B9.2.3", !there,
            there ? "within reach of this mode" : "UNPREDICTABLE from this mode: taken as UNDEFINED");
        return;
      }
      case Helper::bkpt: return;
      default:
        if (q.access.cp == 14 || q.access.cp == 15) return system_register(q);
        return other_coprocessor(q.access.cp);
    }
  }

  void floating_point(const ir::FpOperand& operand) {
    using hyp::FpClass;
    const FpClass cls = operand.cls;
    const bool simd = cls == FpClass::AdvancedSimd, high = cls == FpClass::VfpHighRegisters;
    const bool system = cls == FpClass::VmrsFpexc || cls == FpClass::VmrsFpsid || cls == FpClass::VmrsMvfr;
    if (system) {
      add("privilege", "B9.3.21", pl0(), pl0() ? "PL0 has no VFP system register but FPSCR" : "PL1 or higher");
      if (decided()) return;
    }
    if (!hyp()) {
      if (non_secure() && bit_check("NSACR.cp10", false, "Non-secure state has no VFP: UNDEFINED")) return;
      const u32 cp10 = bits(regs().cpacr, 21, 20);
      const bool denied = cp10 != 3 && (cp10 != 1 || pl0());
      add("CPACR.cp10", "B4.1.40", denied, fmt::format("is {}{}", cp10, denied ? ": UNDEFINED at this privilege" : ""));
      if (denied) return;
      if (simd && non_secure() && bit_check("NSACR.NSASEDIS", true, "UNDEFINED")) return;
      if (simd && bit_check("CPACR.ASEDIS", true, "UNDEFINED")) return;
      if (high && bit_check("CPACR.D32DIS", true, "UNDEFINED")) return;
    }
    if (high && non_secure() && bit_check("NSACR.NSD32DIS", true, "UNDEFINED")) return;
    if (!system && bit_check("FPEXC.EN", false, "UNDEFINED")) return;
    if (non_secure()) {
      const char* effect = hyp() ? "UNDEFINED in Hyp mode, with the trap's syndrome" : "it traps to Hyp mode";
      if (hyp() && bit_check("NSACR.cp10", false, effect)) return;
      if (bit_check("HCPTR.TCP10", true, effect)) return;
      if (simd && bit_check("HCPTR.TASE", true, effect)) return;
      if (simd && hyp() && bit_check("NSACR.NSASEDIS", true, effect)) return;
      if (guest() && operand.read) {
        if (cls == FpClass::VmrsFpsid && bit_check("HCR.TID0", true, "it traps to Hyp mode")) return;
        if (cls == FpClass::VmrsMvfr && bit_check("HCR.TID3", true, "it traps to Hyp mode")) return;
      }
    }
    if (operand.scalars_only) {
      const bool vectors = (regs().fpscr & 0x00370000) != 0;
      add("FPSCR.LEN", "A2.7", vectors, vectors ? "short vectors: UNDEFINED" : "scalars");
    }
  }

  void other_coprocessor(unsigned cp) {
    if (non_secure() && bit_check(fmt::format("NSACR.cp{}", cp), false, "UNDEFINED in Non-secure state")) return;
    if (!hyp()) {
      const u32 value = bits(regs().cpacr, 2 * cp + 1, 2 * cp);
      const bool denied = value != 3 && (value != 1 || pl0());
      add(fmt::format("CPACR.cp{}", cp), "B4.1.40", denied,
          fmt::format("is {}{}", value, denied ? ": UNDEFINED at this privilege" : ""));
      if (denied) return;
    }
    if (non_secure() && bit_check(fmt::format("HCPTR.TCP{}", cp), true,
                                  hyp() ? "UNDEFINED in Hyp mode, with the trap's syndrome" : "it traps to Hyp mode"))
      return;
    add("coprocessor", "B1.14.12", true, "the Cortex-A15 has none of this number: UNDEFINED");
  }

  /// Which bit keeps a register closed that the mode may otherwise use.
  std::string permit_bit(const Question& q) {
    for (const ControlBit& b : control_bits()) {
      const std::string_view reg = b.reg;
      if (reg != "PMUSERENR" && reg != "CNTKCTL" && reg != "TEECR" && reg != "DBGDSCR" &&
          b.name != std::string_view("CP15BEN"))
        continue;
      if (reg == "SCTLR" && hyp()) continue;
      if (reg == "HSCTLR" && !hyp()) continue;
      const CpuState saved = core_.state();
      Situation other = s_;
      set_control_value(other, b, control_value(s_, b) ^ 1);
      CpuState& state = core_.state();
      state.sys.cntkctl = other.regs.cntkctl;
      state.sys.teecr = other.regs.teecr;
      state.sys.sctlr = other.regs.sctlr;
      state.sys.hsctlr = other.regs.hsctlr;
      state.pmu.user_enable = other.pmuserenr;
      state.debug.dscr = other.dbgdscr;
      const bool opens = permit(q);
      state = saved;
      if (opens) return std::string(b.reg) + "." + b.name;
    }
    return "access";
  }
  bool permit(const Question& q) {
    CpuState& state = core_.state();
    const sysreg::View view = sysreg::view_of(state.mode, state.security(), state.sys.scr_ns());
    const Security bank = state.sys.scr_ns() ? Security::NonSecure : Security::Secure;
    return q.row->permit == nullptr || q.row->permit({core_.services(), state, *q.row, q.access, view, bank});
  }

  void access_rule(const Question& q) {
    if (q.row == nullptr) {
      if (q.access.cp == 14 && q.access.opc1 == 1 && q.access.form != CoprocForm::Ldc &&
          q.helper != Helper::coproc_absent && !pl0())
        return;  // trace: HCPTR first
      add("register", "B3.15", true, "the Cortex-A15 has none of this encoding: UNDEFINED");
      return;
    }
    const CpuState& state = core_.state();
    const sysreg::View view = sysreg::view_of(state.mode, state.security(), state.sys.scr_ns());
    const sysreg::Views who = q.access.read ? q.row->read : q.row->write;
    if ((who & view) == 0) {
      const char* why = who == sysreg::kNobody ? (q.access.read ? "is write-only" : "is read-only")
                                               : "is not accessible from this mode and security state";
      add("access", "B3.15", true, fmt::format("{} {}: UNDEFINED", q.row->name, why));
      return;
    }
    if (!permit(q)) {
      const std::string name = permit_bit(q);
      const ControlBit* b = find_control_bit(name);
      add(name, b != nullptr ? b->section : "B3.15", true,
          b != nullptr ? fmt::format("is {}: {} is UNDEFINED here", control_value(s_, *b), q.row->name)
                       : fmt::format("{} is closed here: UNDEFINED", q.row->name));
      return;
    }
    add("access", "B3.15", false, fmt::format("{} may be {} here", q.row->name, q.access.read ? "read" : "written"));
  }

  void coarse_traps(const Question& q) {
    const hyp::CoprocAccess& a = q.access;
    const unsigned n = (a.form == CoprocForm::Mcrr ? a.crm : a.crn) & 15u;
    if (n != 4 && n != 14 && bit_check(fmt::format("HSTR.T{}", n), true, "the access traps to Hyp mode")) return;
    const u32 mask = a.crn == 9 ? 0x1E7 : a.crn == 10 ? 0x113 : a.crn == 11 ? 0x81FF : 0;
    if (a.form == CoprocForm::Mcr && bit(mask, a.crm)) bit_check("HCR.TIDCP", true, "the access traps to Hyp mode");
  }

  void system_register(const Question& q) {
    const hyp::CoprocAccess& a = q.access;
    const bool cp15 = a.cp == 15;
    const bool form = a.form == CoprocForm::Mcr || a.form == CoprocForm::Mcrr || (!cp15 && a.form == CoprocForm::Ldc);
    if (!form) return add("instruction", "B3.15", true, fmt::format("CP{} has no such instruction: UNDEFINED", a.cp));
    if (pl0()) {
      access_rule(q);
      if (decided()) return;
    }
    if (cp15 && guest()) {
      coarse_traps(q);
      if (decided()) return;
    }
    if (!pl0()) {
      access_rule(q);
      if (decided()) return;
    }
    const bool trace = q.row == nullptr;
    const TrapGroup group = trace ? TrapGroup::Tta : q.row->trap;
    if (non_secure()) {
      for (const GroupBit& g : kGroupBits) {
        if (g.group != group || !(a.read ? g.reads : g.writes)) continue;
        if (hyp() && group != TrapGroup::Tta) continue;
        if (bit_check(g.name, !g.traps_when_clear,
                      hyp() ? "UNDEFINED in Hyp mode, with the trap's syndrome" : "the access traps to Hyp mode"))
          return;
      }
    }
    if (trace) add("register", "B3.15", true, "the Cortex-A15 has none of this encoding: UNDEFINED");
  }
};

}  // namespace

std::vector<Check> checks_of(Core& core, const Situation& situation, const Questions& questions) {
  Chain chain(core, situation);
  chain.run(questions);
  return chain.take();
}

}  // namespace hypsim::trap
