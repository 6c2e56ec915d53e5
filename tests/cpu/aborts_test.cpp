// SPDX-License-Identifier: Apache-2.0
// Where aborts go and what the fault registers say, in both formats and in the HSR. ARM DDI 0406C B1.9.7, B1.9.8,
// B3.13.
#include <gtest/gtest.h>

#include "sim/cpu/state/exceptions.h"

namespace hypsim {
namespace {

constexpr u32 kUntouched = 0xEEEEEEEE;
constexpr u32 kVa = 0x12345678, kInsn = 0x8000;

CpuState state_in(Mode mode, bool ns, u32 hcr_value = 0) {
  CpuState s;
  s.sys.scr = ns ? 1 : 0;
  s.sys.hcr = hcr_value;
  s.switch_mode(mode);
  for (Security b : {Security::NonSecure, Security::Secure})
    s.sys.dfsr[b] = s.sys.ifsr[b] = s.sys.dfar[b] = s.sys.ifar[b] = kUntouched;
  s.sys.hpfar = kUntouched;
  return s;
}

Fault fault_of(FaultKind kind, u8 level = 0) {
  Fault f;
  f.kind = kind;
  f.level = level;
  return f;
}

Fault stage2_fault(FaultKind kind, u8 level, bool s1ptw, bool ipa_valid) {
  Fault f = fault_of(kind, level);
  f.stage2 = f.to_hyp = true;
  f.s1ptw = s1ptw;
  f.ipa_valid = ipa_valid;
  f.ipa = IntermAddr(0x87'6543'2ABC);
  return f;
}

AccessSyndrome data(bool write = false) { return {.va = kVa, .write = write}; }
AccessSyndrome fetch() { return {.va = kVa, .fetch = true}; }

TEST(DataAbort, ShortFormat) {
  const struct {
    Fault fault;
    bool write, cm;
    u32 dfsr;
  } rows[] = {
      {fault_of(FaultKind::Translation, 1), false, false, 0x005},
      {fault_of(FaultKind::Translation, 2), true, false, 0x807},
      {fault_of(FaultKind::AccessFlag, 1), false, false, 0x003},
      {fault_of(FaultKind::Permission, 2), true, false, 0x80F},
      {fault_of(FaultKind::Alignment), false, false, 0x001},
      {fault_of(FaultKind::SyncExternal), false, false, 0x008},
      {fault_of(FaultKind::SyncExternalOnWalk, 2), false, false, 0x00E},
      {fault_of(FaultKind::Translation, 2), false, true, 0x2807},  // CM and WnR
  };
  for (const auto& row : rows) {
    CpuState s = state_in(Mode::User, true);
    AccessSyndrome a = data(row.write);
    a.cache_maintenance = row.cm;
    const ExceptionRequest r = synchronous_abort(s, row.fault, a, kInsn);
    EXPECT_EQ(s.sys.dfsr[Security::NonSecure], row.dfsr);
    EXPECT_EQ(s.sys.dfar[Security::NonSecure], kVa);
    EXPECT_EQ(s.sys.dfsr[Security::Secure], kUntouched);
    EXPECT_EQ(s.sys.ifsr[Security::NonSecure], kUntouched);
    EXPECT_EQ(s.sys.hdfar(), kUntouched);
    EXPECT_EQ(r.kind, Exception::DataAbort);
    EXPECT_EQ(r.target, Mode::Abort);
    EXPECT_EQ(r.pc, kInsn);
    EXPECT_FALSE(r.hsr_valid);
  }
}

TEST(DataAbort, DomainIsReportedInTheShortFormatOnly) {
  Fault f = fault_of(FaultKind::Domain, 2);
  f.domain = 9;
  f.domain_valid = true;
  CpuState s = state_in(Mode::Supervisor, false);
  synchronous_abort(s, f, data(), kInsn);
  EXPECT_EQ(s.sys.dfsr[Security::Secure], 0x09Bu);
  f.kind = FaultKind::Permission;
  s.sys.ttbcr[Security::Secure] = 1u << 31;
  synchronous_abort(s, f, data(), kInsn);
  EXPECT_EQ(s.sys.dfsr[Security::Secure], 0x20Eu);
}

TEST(DataAbort, LongFormat) {
  const struct {
    Fault fault;
    bool write, cm;
    u32 dfsr;
  } rows[] = {
      {fault_of(FaultKind::Translation, 1), false, false, 0x205},
      {fault_of(FaultKind::Translation, 3), true, false, 0xA07},
      {fault_of(FaultKind::AccessFlag, 2), false, false, 0x20A},
      {fault_of(FaultKind::Permission, 3), true, false, 0xA0F},
      {fault_of(FaultKind::Alignment), false, false, 0x221},
      {fault_of(FaultKind::SyncExternal), false, false, 0x210},
      {fault_of(FaultKind::SyncExternalOnWalk, 2), false, false, 0x216},
      {fault_of(FaultKind::Translation, 2), false, true, 0x2A06},
  };
  for (const auto& row : rows) {
    CpuState s = state_in(Mode::User, true);
    s.sys.ttbcr[Security::NonSecure] = 1u << 31;
    AccessSyndrome a = data(row.write);
    a.cache_maintenance = row.cm;
    synchronous_abort(s, row.fault, a, kInsn);
    EXPECT_EQ(s.sys.dfsr[Security::NonSecure], row.dfsr);
  }
}

TEST(PrefetchAbort, BothFormats) {
  for (bool is_long : {false, true}) {
    CpuState s = state_in(Mode::System, true);
    s.sys.ttbcr[Security::NonSecure] = is_long ? 1u << 31 : 0;
    const ExceptionRequest r = synchronous_abort(s, fault_of(FaultKind::Permission, 2), fetch(), kInsn);
    EXPECT_EQ(s.sys.ifsr[Security::NonSecure], is_long ? 0x20Eu : 0x00Fu);
    EXPECT_EQ(s.sys.ifar[Security::NonSecure], kVa);
    EXPECT_EQ(s.sys.dfsr[Security::NonSecure], kUntouched);
    EXPECT_EQ(s.sys.dfar[Security::NonSecure], kUntouched);
    EXPECT_EQ(r.kind, Exception::PrefetchAbort);
    EXPECT_EQ(r.target, Mode::Abort);
  }
}

TEST(PrefetchAbort, BreakpointInstruction) {
  const Fault f = fault_of(FaultKind::Debug);
  CpuState s = state_in(Mode::User, true);
  EXPECT_EQ(synchronous_abort(s, f, fetch(), kInsn).target, Mode::Abort);
  EXPECT_EQ(s.sys.ifsr[Security::NonSecure], 0x002u);
  EXPECT_EQ(s.sys.ifar[Security::NonSecure], kUntouched);
  s.sys.ttbcr[Security::NonSecure] = 1u << 31;
  synchronous_abort(s, f, fetch(), kInsn);
  EXPECT_EQ(s.sys.ifsr[Security::NonSecure], 0x222u);

  s = state_in(Mode::Supervisor, true);  // HDCR.TDE takes it to Hyp
  s.sys.hdcr = 1u << 8;
  ExceptionRequest r = synchronous_abort(s, f, fetch(), kInsn);
  EXPECT_EQ(r.target, Mode::Hyp);
  EXPECT_EQ(r.hsr, 0x80000022u);
  EXPECT_EQ(s.sys.hifar(), kUntouched);
  EXPECT_EQ(s.sys.ifsr[Security::NonSecure], kUntouched);

  s = state_in(Mode::Hyp, true);
  r = synchronous_abort(s, f, fetch(), kInsn);
  EXPECT_EQ(r.target, Mode::Hyp);
  EXPECT_EQ(r.hsr, 0x84000022u);

  s = state_in(Mode::Supervisor, false);  // TDE says nothing to Secure state
  s.sys.hdcr = 1u << 8;
  EXPECT_EQ(synchronous_abort(s, f, fetch(), kInsn).target, Mode::Abort);
}

TEST(HypAbort, Stage2DataAbortSyndrome) {
  CpuState s = state_in(Mode::Supervisor, true, 1);
  AccessSyndrome a = data(true);
  a.isv = true;
  a.sas = 2;
  a.srt = 5;
  ExceptionRequest r = synchronous_abort(s, stage2_fault(FaultKind::Translation, 2, false, true), a, kInsn);
  EXPECT_EQ(r.target, Mode::Hyp);
  EXPECT_TRUE(r.hsr_valid);
  EXPECT_EQ(r.hsr, 0x93850046u);  // EC 0x24, IL, ISV, SAS=2, SRT=5, WnR, level 2 translation
  EXPECT_EQ(s.sys.hdfar(), kVa);
  EXPECT_EQ(s.sys.hpfar, 0x87654320u);
  EXPECT_EQ(s.sys.hifar(), kUntouched);
  EXPECT_EQ(s.sys.dfsr[Security::NonSecure], kUntouched);

  a = {.va = kVa, .isv = true, .sas = 1, .sse = true, .srt = 14, .il = false};  // 16-bit LDRSH R14 in form
  r = synchronous_abort(s, stage2_fault(FaultKind::Translation, 3, false, true), a, kInsn);
  EXPECT_EQ(r.hsr, 0x916E0007u);
}

TEST(HypAbort, WithoutValidSyndromeIlIsZero) {
  CpuState s = state_in(Mode::Supervisor, true, 1);
  ExceptionRequest r = synchronous_abort(s, stage2_fault(FaultKind::Translation, 3, false, true), data(true), kInsn);
  EXPECT_EQ(r.hsr, 0x90000047u);
  AccessSyndrome a = data(false);
  a.isv = true;
  r = synchronous_abort(s, stage2_fault(FaultKind::Translation, 1, true, true), a, kInsn);  // on the stage-1 walk
  EXPECT_EQ(r.hsr, 0x90000085u);
  EXPECT_EQ(s.sys.hdfar(), kVa);
  a = {.va = kVa, .cache_maintenance = true, .isv = true};
  r = synchronous_abort(s, stage2_fault(FaultKind::Permission, 3, false, false), a, kInsn);
  EXPECT_EQ(r.hsr, 0x9000014Fu);  // CM, WnR
}

TEST(HypAbort, HpfarIsLeftAloneForPlainPermissionFaults) {
  CpuState s = state_in(Mode::Supervisor, true, 1);
  synchronous_abort(s, stage2_fault(FaultKind::Permission, 3, false, false), data(true), kInsn);
  EXPECT_EQ(s.sys.hpfar, kUntouched);
  synchronous_abort(s, stage2_fault(FaultKind::Permission, 3, true, true), data(true), kInsn);
  EXPECT_EQ(s.sys.hpfar, 0x87654320u);
}

TEST(HypAbort, Stage2PrefetchAbort) {
  CpuState s = state_in(Mode::User, true, 1);
  ExceptionRequest r = synchronous_abort(s, stage2_fault(FaultKind::Translation, 2, false, true), fetch(), kInsn);
  EXPECT_EQ(r.target, Mode::Hyp);
  EXPECT_EQ(r.hsr, 0x80000006u);
  EXPECT_EQ(s.sys.hifar(), kVa);
  EXPECT_EQ(s.sys.hdfar(), kUntouched);
  r = synchronous_abort(s, stage2_fault(FaultKind::AccessFlag, 3, true, true), fetch(), kInsn);
  EXPECT_EQ(r.hsr, 0x8000008Bu);
}

TEST(HypAbort, OwnRegime) {
  Fault f = fault_of(FaultKind::Translation, 2);
  f.to_hyp = true;
  CpuState s = state_in(Mode::Hyp, true);
  AccessSyndrome a = data(true);
  a.isv = true;  // never valid: stage 1
  EXPECT_EQ(synchronous_abort(s, f, a, kInsn).hsr, 0x94000046u);
  EXPECT_EQ(s.sys.hdfar(), kVa);
  EXPECT_EQ(s.sys.hpfar, kUntouched);
  EXPECT_EQ(synchronous_abort(s, f, fetch(), kInsn).hsr, 0x84000006u);
  EXPECT_EQ(s.sys.hifar(), kVa);
}

TEST(HypAbort, GeneralExceptionsFromPl0WithTge) {
  for (FaultKind kind : {FaultKind::Alignment, FaultKind::SyncExternal})
    for (bool ns : {false, true})
      for (Mode mode : {Mode::User, Mode::Supervisor})
        for (bool tge : {false, true}) {
          CpuState s = state_in(mode, ns, tge ? 1u << 27 : 0);
          const ExceptionRequest r = synchronous_abort(s, fault_of(kind), data(), kInsn);
          const bool to_hyp = ns && mode == Mode::User && tge;
          EXPECT_EQ(r.target, to_hyp ? Mode::Hyp : Mode::Abort);
          if (to_hyp) {
            EXPECT_EQ(r.hsr, kind == FaultKind::Alignment ? 0x90000021u : 0x90000010u);
          }
        }
}

TEST(ExternalAbort, ScrEaTakesItToMonitorFromEverywhere) {
  for (FaultKind kind : {FaultKind::SyncExternal, FaultKind::SyncExternalOnWalk, FaultKind::Translation})
    for (bool stage2 : {false, true})
      for (Mode mode : {Mode::User, Mode::Supervisor, Mode::Hyp, Mode::Monitor})
        for (bool is_fetch : {false, true}) {
          CpuState s = state_in(mode, true);
          s.sys.scr |= 1u << 3;
          Fault f = fault_of(kind, 1);
          f.stage2 = stage2;
          f.external_slave = true;
          const ExceptionRequest r = synchronous_abort(s, f, is_fetch ? fetch() : data(), kInsn);
          if (kind == FaultKind::Translation) {
            EXPECT_NE(r.target, Mode::Monitor);
            continue;
          }
          EXPECT_EQ(r.target, Mode::Monitor);
          EXPECT_FALSE(r.hsr_valid);
          // Short as Secure TTBCR.EAE says, but long out of Hyp mode and from a stage-2 walk.
          const bool is_long = mode == Mode::Hyp || (stage2 && mode != Mode::Monitor);
          const bool walk = kind == FaultKind::SyncExternalOnWalk;
          const u32 fsr = is_long ? (walk ? 0x1215u : 0x1210u) : (walk ? 0x100Cu : 0x1008u);
          EXPECT_EQ(is_fetch ? s.sys.ifsr[Security::Secure] : s.sys.dfsr[Security::Secure], fsr);
          EXPECT_EQ(is_fetch ? s.sys.ifar[Security::Secure] : s.sys.dfar[Security::Secure], kVa);
          EXPECT_EQ(s.sys.dfsr[Security::NonSecure], kUntouched);
          EXPECT_EQ(s.sys.hdfar(), is_fetch ? kUntouched : kVa);
          EXPECT_EQ(s.sys.hifar(), is_fetch ? kVa : kUntouched);
        }
}

// HDFAR and HIFAR are the Secure DFAR and IFAR: what one state's abort writes the other reads. ARM DDI 0406C B3.17.2
TEST(Abort, FaultAddressesOfHypAndSecureStateAreTheSame) {
  for (const bool is_fetch : {false, true}) {
    CpuState hyp = state_in(Mode::Supervisor, true, 1), secure = state_in(Mode::Supervisor, false);
    const AccessSyndrome access = is_fetch ? fetch() : data();
    synchronous_abort(hyp, stage2_fault(FaultKind::Translation, 2, false, true), access, kInsn);
    synchronous_abort(secure, fault_of(FaultKind::Translation, 1), access, kInsn);
    for (const CpuState* s : {&hyp, &secure}) {
      EXPECT_EQ(s->sys.dfar[Security::Secure], is_fetch ? kUntouched : kVa);
      EXPECT_EQ(s->sys.ifar[Security::Secure], is_fetch ? kVa : kUntouched);
      EXPECT_EQ(s->sys.hdfar(), s->sys.dfar[Security::Secure]);
      EXPECT_EQ(s->sys.hifar(), s->sys.ifar[Security::Secure]);
      EXPECT_EQ(s->sys.dfar[Security::NonSecure], kUntouched);
      EXPECT_EQ(s->sys.ifar[Security::NonSecure], kUntouched);
    }
  }
}

// Out of Non-secure state the long format is used if either state has TTBCR.EAE set.
TEST(ExternalAbort, ToMonitorInTheFormatOfEitherState) {
  for (u32 eae = 0; eae < 4; ++eae) {
    for (bool ns : {false, true}) {
      CpuState s = state_in(Mode::Supervisor, ns);
      s.sys.scr |= 1u << 3;
      s.sys.ttbcr[Security::NonSecure] = (eae & 1) << 31;
      s.sys.ttbcr[Security::Secure] = (eae >> 1) << 31;
      synchronous_abort(s, fault_of(FaultKind::SyncExternal), data(), kInsn);
      const bool is_long = ns ? eae != 0 : (eae & 2) != 0;
      EXPECT_EQ(s.sys.dfsr[Security::Secure], is_long ? 0x210u : 0x008u) << eae << ns;
    }
  }
}

TEST(ExternalAbort, OnAStage2WalkIsHypsUnlessScrEa) {
  CpuState s = state_in(Mode::Supervisor, true, 1);
  const ExceptionRequest r =
      synchronous_abort(s, stage2_fault(FaultKind::SyncExternalOnWalk, 2, false, false), data(), kInsn);
  EXPECT_EQ(r.target, Mode::Hyp);
  EXPECT_EQ(r.hsr, 0x90000016u);
  EXPECT_EQ(s.sys.hpfar, kUntouched);
}

TEST(Abort, OutOfMonitorModeIsReportedInTheSecureBank) {
  CpuState s = state_in(Mode::Monitor, true);
  Fault f = fault_of(FaultKind::Translation, 1);
  const ExceptionRequest r = synchronous_abort(s, f, data(), kInsn);
  EXPECT_EQ(r.target, Mode::Abort);
  EXPECT_EQ(s.sys.dfsr[Security::Secure], 0x005u);
  EXPECT_EQ(s.sys.dfsr[Security::NonSecure], kUntouched);
  // An address translation operation on behalf of the other regimes: still not Hyp's, for Monitor mode is Secure.
  f.to_hyp = f.stage2 = true;
  f.kind = FaultKind::SyncExternalOnWalk;
  EXPECT_EQ(synchronous_abort(s, f, data(), kInsn).target, Mode::Abort);
}

TEST(AsynchronousAbort, PhysicalByTarget) {
  for (bool is_long : {false, true}) {
    CpuState s = state_in(Mode::Supervisor, true);
    s.sys.ttbcr[Security::NonSecure] = is_long ? 1u << 31 : 0;
    s.sys.hcr = 1u << 8;
    ExceptionRequest r = asynchronous_abort(s, false, Mode::Abort, kInsn);
    EXPECT_EQ(r.kind, Exception::DataAbort);
    EXPECT_EQ(r.pc, kInsn);
    EXPECT_EQ(s.sys.dfsr[Security::NonSecure], is_long ? 0x211u : 0x406u);
    EXPECT_EQ(s.sys.dfar[Security::NonSecure], kUntouched);
    EXPECT_EQ(s.sys.hcr, 1u << 8);  // VA belongs to the virtual one

    r = asynchronous_abort(s, false, Mode::Monitor, kInsn);
    EXPECT_EQ(s.sys.dfsr[Security::Secure], 0x406u);
    EXPECT_EQ(s.sys.dfar[Security::Secure], kUntouched);
  }
}

TEST(AsynchronousAbort, ToHyp) {
  for (Mode from : {Mode::Supervisor, Mode::Hyp}) {
    CpuState s = state_in(from, true);
    const ExceptionRequest r = asynchronous_abort(s, false, Mode::Hyp, kInsn);
    EXPECT_TRUE(r.hsr_valid);
    EXPECT_EQ(r.hsr, from == Mode::Hyp ? 0x94000011u : 0x90000011u);
    EXPECT_EQ(s.sys.hdfar(), kUntouched);
    EXPECT_EQ(s.sys.dfsr[Security::NonSecure], kUntouched);
    take_exception(s, r);
    EXPECT_EQ(s.pc(), from == Mode::Hyp ? 0x10u : 0x14u);
    EXPECT_EQ(s.elr_hyp, kInsn);
  }
}

TEST(AsynchronousAbort, VirtualClearsHcrVa) {
  for (bool is_long : {false, true}) {
    CpuState s = state_in(Mode::User, true, 1u << 8 | 1u << 5 | 1);
    s.sys.ttbcr[Security::NonSecure] = is_long ? 1u << 31 : 0;
    const ExceptionRequest r = asynchronous_abort(s, true, Mode::Abort, kInsn);
    EXPECT_EQ(s.sys.hcr, 1u << 5 | 1);
    EXPECT_EQ(s.sys.dfsr[Security::NonSecure], is_long ? 0x211u : 0x406u);
    EXPECT_FALSE(r.hsr_valid);
    const ExceptionEvent e = take_exception(s, r);
    EXPECT_EQ(e.kind, Exception::VirtualAbort);
    EXPECT_EQ(s.mode, Mode::Abort);
    EXPECT_EQ(s.slot[ir::kLr], kInsn + 8);
  }
}

}  // namespace
}  // namespace hypsim
