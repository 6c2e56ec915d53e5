// SPDX-License-Identifier: Apache-2.0
// The trap rules: given an instruction's class and operands, the mode, the security state and the control registers,
// what happens. Pure functions; DESIGN "Traps". ARM DDI 0406C B1.14
#pragma once

#include "sim/base/arch.h"
#include "sim/base/system_registers.h"

namespace hypsim::hyp {

/// Who asks.
struct Situation {
  Mode mode;
  Security security;
  const SystemRegisters& regs;

  bool non_secure_pl1_or_0() const { return security == Security::NonSecure && mode != Mode::Hyp; }
  bool pl0() const { return mode == Mode::User; }
};

enum class Action : u8 {
  Execute,
  Undefined,  ///< the Undefined Instruction exception, routed by route_undefined()
  HypTrap,    ///< Hyp Trap exception with `ec` and `iss`
};

struct Decision {
  Action action = Action::Execute;
  HsrEc ec = HsrEc::Unknown;
  u32 iss = 0;  ///< with CV and COND where the class has them; also valid for an Undefined taken in Hyp mode
  const char* reason = "";  ///< the control bit that decided, e.g. "HCR.TWI"; a string literal
};

/// Forms of coprocessor instructions.
enum class CoprocForm : u8 { Mcr /* and MRC */, Mcrr /* and MRRC */, Ldc /* and STC */, Cdp };

/// One coprocessor instruction's operands. For Mcrr `crn` is unused. For Ldc: rt = Rn, imm8, add, addressing are used.
/// `read` is the L bit of the encoding: MRC, MRRC, and LDC (which reads memory).
struct CoprocAccess {
  u8 cp = 15;
  CoprocForm form = CoprocForm::Mcr;
  bool read = false;
  u8 opc1 = 0, crn = 0, crm = 0, opc2 = 0;
  u8 rt = 0, rt2 = 0;
  u8 imm8 = 0;
  bool add = false;
  u8 addressing = 0;  ///< HSR.ISS addressing mode of a trapped LDC/STC
};

/// Groups of registers that a control bit traps together; each row of the system register table names one.
enum class TrapGroup : u16 {
  None,
  Tvm,    ///< HCR.TVM: writes to the stage-1 control registers
  Ttlb,   ///< HCR.TTLB
  Tpu,    ///< HCR.TPU
  Tpc,    ///< HCR.TPC
  Tsw,    ///< HCR.TSW
  Tac,    ///< HCR.TAC
  Tidcp,  ///< HCR.TIDCP
  Tid0,
  Tid1,
  Tid2,
  Tid3,
  Tcpac,  ///< HCPTR.TCPAC
  Tpm,    ///< HDCR.TPM
  Tpmcr,  ///< HDCR.TPMCR as well as TPM
  Tdra,
  Tdosa,
  Tda,     ///< HDCR debug traps
  Tta,     ///< HCPTR.TTA
  Ttee,    ///< HSTR.TTEE
  Tjdbx,   ///< HSTR.TJDBX
  Cntpct,  ///< CNTHCTL.PL1PCTEN
  Cntp,    ///< CNTHCTL.PL1PCEN
};

/// What the access rule of the register itself says, before any Hyp control: whether the encoding exists and is
/// accessible from this mode (including the PL0 enables such as PMUSERENR and CNTKCTL).
enum class Allowed : u8 {
  Yes,
  No,  ///< UNDEFINED here: missing, wrong direction, or wrong privilege
};

/// Decides an MRC/MCR/MRRC/MCRR/LDC/STC to CP14 or CP15.
Decision decide_cp14_cp15(const CoprocAccess& access, TrapGroup group, Allowed allowed, const Situation& s);

/// Decides an instruction for a coprocessor other than 10, 11, 14, 15 (all UNDEFINED on the A15, after HCPTR).
Decision decide_other_coproc(const CoprocAccess& access, const Situation& s);

/// Classes of floating-point and SIMD instructions, which differ in the checks they undergo.
enum class FpClass : u8 {
  Vfp,               ///< VFP instruction, or VFP register transfer
  AdvancedSimd,      ///< Advanced SIMD data processing or element/structure load-store
  VmrsFpexc,         ///< VMRS/VMSR FPEXC, VMRS MVFRn: allowed with FPEXC.EN=0 at PL1 or higher
  VmrsFpsid,         ///< VMRS FPSID (HCR.TID0)
  VmrsMvfr,          ///< VMRS MVFRn (HCR.TID3)
  VfpHighRegisters,  ///< VFP instruction that names one of D16..D31 (CPACR.D32DIS)
};
/// CPACR, NSACR, FPEXC, HCPTR in that order. `read` and `rt` matter for the ID registers' syndrome (EC 0x08).
Decision decide_fp(FpClass cls, const CoprocAccess& access, const Situation& s);

Decision decide_wfi_wfe(bool wfe, bool would_suspend, const Situation& s);
Decision decide_svc(u16 imm, const Situation& s);  ///< HypTrap with EC 0x11 when HCR.TGE
Decision decide_hvc(u16 imm, const Situation& s);  ///< Undefined, or Execute
Decision decide_smc(const Situation& s);           ///< HCR.TSC, SCR.SCD
Decision decide_bxj(u8 rm, const Situation& s);

/// Where the Undefined Instruction exception goes: PL1 (Mode::Undefined) or Hyp (from Hyp, or PL0 with HCR.TGE).
Mode route_undefined(const Situation& s);

/// Builds an HSR. `is_32bit` is the size of the instruction; HSR.IL reads 0 where the manual leaves it UNK: unknown
/// reasons, Prefetch Aborts, and Data Aborts without a valid syndrome. ARM DDI 0406C B3.13.6
constexpr u32 make_hsr(HsrEc ec, bool is_32bit, u32 iss) {
  const bool il_valid = ec != HsrEc::Unknown && ec != HsrEc::PrefetchAbortGuest && ec != HsrEc::PrefetchAbortHyp &&
                        ((ec != HsrEc::DataAbortGuest && ec != HsrEc::DataAbortHyp) || bit(iss, 24));
  return static_cast<u32>(ec) << 26 | (il_valid && is_32bit ? 1u << 25 : 0) | (iss & 0x1FFFFFF);
}

/// Interrupt inputs as the core sees them.
struct InterruptLines {
  bool irq = false, fiq = false, virq = false, vfiq = false;
  bool async_abort = false;  ///< an asynchronous external abort is pending
};

/// The highest-priority asynchronous exception that is taken now, if any. B1.8.4, B1.9.9, B1.9.10
struct AsyncDecision {
  bool taken = false;
  Exception kind = Exception::Irq;
  Mode target = Mode::Irq;
};
AsyncDecision decide_async(const InterruptLines& lines, bool mask_a, bool mask_i, bool mask_f, const Situation& s);

/// True if what is pending ends WFI, masked or not. B1.8.14
bool wfi_wakes(const InterruptLines& lines, const Situation& s);

/// ISR as read in this situation: pending bits at 8 (A), 7 (I), 6 (F), virtual ones in NS PL1 with HCR.xMO. B4.1.95
u32 read_isr(const InterruptLines& lines, const Situation& s);

}  // namespace hypsim::hyp
