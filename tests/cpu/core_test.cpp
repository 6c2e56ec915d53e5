// SPDX-License-Identifier: Apache-2.0
// The core as a whole: guest code on RAM, exceptions, self-modifying code, straddling instructions, Hyp entry and
// return.
#include <gtest/gtest.h>

#include "tests/support/flat_machine.h"

namespace hypsim::test {
namespace {

constexpr u32 kRam = FlatMachine::kRam;
constexpr u32 kLoop = 0xEAFFFFFE;  // b .

TEST(Core, RunsStraightLineCodeAndCountsIt) {
  FlatMachine m;
  m.code({0xE3A00005,  // mov r0, #5
          0xE2801003,  // add r1, r0, #3
          0xE0812001,  // add r2, r1, r1
          kLoop});
  EXPECT_EQ(m.run(4), StopReason::InsnLimit);
  EXPECT_EQ(m.reg(2), 16u);
  EXPECT_GE(m.core.retired(), 4u);
  EXPECT_EQ(m.core.now().value, m.core.retired()) << "functional mode: one cycle an instruction";
}

TEST(Core, LoopWithFlagsAndConditions) {
  FlatMachine m;
  m.code({0xE3A0000A,  // mov r0, #10
          0xE3A01000,  // mov r1, #0
          0xE0811000,  // add r1, r1, r0
          0xE2500001,  // subs r0, r0, #1
          0x1AFFFFFC,  // bne -2
          kLoop});
  m.run(100);
  EXPECT_EQ(m.reg(1), 55u);
}

TEST(Core, LoadsAndStoresThroughTheLookaside) {
  FlatMachine m;
  m.reg(0) = kRam + 0x2000;
  m.reg(1) = 0x12345678;
  m.code({0xE5801000,  // str r1, [r0]
          0xE5D02001,  // ldrb r2, [r0, #1]
          0xE1D030F2,  // ldrsh r3, [r0, #2]
          0xE8A0001E,  // stmia r0!, {r1-r4}
          kLoop});
  m.run(5);
  EXPECT_EQ(m.bus.word(kRam + 0x2000), 0x12345678u);
  EXPECT_EQ(m.reg(2), 0x56u);
  EXPECT_EQ(m.reg(3), 0x1234u);
  EXPECT_EQ(m.reg(0), kRam + 0x2010);
}

TEST(Core, UndefinedInstructionGoesToItsVector) {
  FlatMachine m;
  m.core.state().sys.vbar[Security::Secure] = kRam + 0x1000;
  m.code({0xE7F000F0});  // udf #0
  m.code({kLoop}, 0x1004);
  m.run(3);
  EXPECT_EQ(m.core.state().mode, Mode::Undefined);
  EXPECT_EQ(m.reg(14), kRam + 4);
}

TEST(Core, ModifiedCodeIsSeenAfterInvalidation) {
  FlatMachine m;
  m.reg(4) = kRam + 0x100;
  m.reg(5) = 0xE3A00002;  // mov r0, #2
  m.core.state().sys.sctlr[Security::Secure] |= 1u << sctlr::I;
  m.code({0xEB00003E,  // bl 0x100
          0xE1A06000,  // mov r6, r0
          0xE5845000,  // str r5, [r4]
          0xEE070F15,  // mcr p15, 0, r0, c7, c5, 0   ICIALLU
          0xF57FF06F,  // isb
          0xEB000039,  // bl 0x100
          kLoop});
  m.code({0xE3A00001,  // mov r0, #1
          0xE12FFF1E},
         0x100);  // bx lr
  m.run(40);
  EXPECT_EQ(m.reg(6), 1u);
  EXPECT_EQ(m.reg(0), 2u);
}

TEST(Core, ThumbInstructionAcrossAPageBoundary) {
  FlatMachine m;
  m.core.state().thumb = true;
  m.core.set_pc(kRam + 0xFFE);
  m.thumb_code({0xF240, 0x1023,  // movw r0, #0x123
                0xE7FE},
               0xFFE);  // b .
  m.run(3);
  EXPECT_EQ(m.reg(0), 0x123u);
}

/// Puts the core into Non-secure SVC with Hyp enabled and vectors at +0x1000 (HVBAR) and +0x2000 (VBAR).
void enter_non_secure(FlatMachine& m) {
  auto& s = m.core.state();
  s.sys.scr = 1u << scr::NS | 1u << scr::HCE;
  s.sys.hvbar = kRam + 0x1000;
  s.sys.vbar[Security::NonSecure] = kRam + 0x2000;
  m.core.state_changed();
}

TEST(Core, HvcEntersHypAndEretReturnsBehindIt) {
  FlatMachine m;
  enter_non_secure(m);
  m.code({0xE1400070,  // hvc #0
          0xE3A01007,  // mov r1, #7
          kLoop});
  m.code({0xE3A02009,  // mov r2, #9
          0xE160006E},
         0x1014);  // eret
  m.run(6);
  EXPECT_EQ(m.reg(1), 7u);
  EXPECT_EQ(m.reg(2), 9u);
  EXPECT_EQ(m.core.state().mode, Mode::Supervisor);
  EXPECT_EQ(m.core.state().sys.hsr, 0x12u << 26 | 1u << 25);
  EXPECT_EQ(m.core.state().elr_hyp, kRam + 4);
}

TEST(Core, VectorThatCannotBeFetchedStopsTheCore) {
  FlatMachine m;
  m.core.state().sys.vbar[Security::Secure] = 0x10000000;  // no memory there
  m.code({0xE7F000F0});
  EXPECT_EQ(m.run(10), StopReason::VectorAbort);
}

TEST(Core, VectorsThatAbortIntoEachOtherStopTheCore) {
  FlatMachine m;
  SystemRegisters& sys = m.core.state().sys;
  // The monitor's vectors have no translation, which is Abort mode's; Abort mode's have no memory, which SCR.EA makes
  // the monitor's.
  const u32 table = kRam + 0x4000;
  m.bus.set_word(table + (kRam >> 20) * 4, kRam | 0xC02);  // section, privileged read and write
  m.bus.set_word(table + 0x100 * 4, 0x10000000 | 0xC02);
  sys.ttbr0[Security::Secure] = table;
  sys.dacr[Security::Secure] = 1;
  sys.vbar[Security::Secure] = 0x10000000;
  sys.mvbar = 0x20000000;
  sys.scr |= 1u << scr::EA;
  sys.sctlr[Security::Secure] |= 1u << sctlr::M;
  m.core.state_changed();
  m.code({0xE7F000F0});  // udf #0
  EXPECT_EQ(m.run(10), StopReason::VectorAbort);
}

TEST(Core, AVectorOfTheGuestThatAbortsIsStillHyps) {
  FlatMachine m;
  CpuState& s = m.core.state();
  SystemRegisters& sys = s.sys;
  // Stage 2 with 4 KB pages of the code alone: the guest's own vectors are missing.
  const u32 level1 = kRam + 0x4000, level2 = kRam + 0x5000, level3 = kRam + 0x6000;
  m.bus.set_word(level1 + (kRam >> 30) * 8, level2 | 3);
  m.bus.set_word(level2, level3 | 3);
  m.bus.set_word(level3, kRam | 0x7FF);
  sys.vtcr = 1u << 31 | 1u << 6;
  sys.vttbr = level1;
  sys.hcr = 1u << hcr::VM;
  sys.hvbar = kRam + 0x2000;
  sys.vbar[Security::NonSecure] = kRam + 0x1000;
  s.switch_mode(Mode::Monitor);
  sys.scr |= 1u << scr::NS;
  s.switch_mode(Mode::Supervisor);
  m.core.state_changed();
  m.code({0xE7F000F0});  // udf #0
  m.code({kLoop}, 0x2014);
  m.run(3);
  EXPECT_EQ(s.mode, Mode::Hyp);
  EXPECT_EQ(sys.hsr >> 26, static_cast<u32>(HsrEc::PrefetchAbortGuest));
  EXPECT_EQ(s.elr_hyp, kRam + 0x1004);
}

TEST(Core, DeadLoopThatNothingCanEndTakesNoTime) {
  FlatMachine m;
  m.code({kLoop});
  EXPECT_EQ(m.core.run(Cycles(1000)), StopReason::DeadLoop);
  EXPECT_FALSE(m.core.interruptible()) << "all masks are set after reset";
  EXPECT_EQ(m.core.now().value, 1u);
}

TEST(Core, LoopThatAnInterruptMayEndSpinsToTheLimit) {
  FlatMachine m;
  m.code({0xF1080080,  // cpsie i
          kLoop});
  EXPECT_EQ(m.core.run(Cycles(1000)), StopReason::DeadLoop);
  EXPECT_TRUE(m.core.interruptible());
  EXPECT_EQ(m.core.now().value, 1000u);
  EXPECT_EQ(m.core.retired(), 1000u);
}

TEST(Core, ExclusiveStoreFailsWithoutReservationAndClrexClearsIt) {
  FlatMachine m;
  m.reg(0) = kRam + 0x3000;
  m.reg(1) = 42;
  m.code({0xE1903F9F,  // ldrex r3, [r0]
          0xE1802F91,  // strex r2, r1, [r0]
          0xE1804F91,  // strex r4, r1, [r0]
          0xE1903F9F,  // ldrex r3, [r0]
          0xF57FF01F,  // clrex
          0xE1805F91,  // strex r5, r1, [r0]
          kLoop});
  m.run(7);
  EXPECT_EQ(m.reg(2), 0u);
  EXPECT_EQ(m.reg(4), 1u);
  EXPECT_EQ(m.reg(3), 42u);
  EXPECT_EQ(m.reg(5), 1u);
}

TEST(Core, WfiWaitsAndAnInterruptEndsIt) {
  FlatMachine m;
  m.code({0xE320F003,  // wfi
          0xE3A00001,  // mov r0, #1
          kLoop});
  EXPECT_EQ(m.core.run(Cycles(100)), StopReason::Waiting);
  EXPECT_EQ(m.reg(0), 0u);
  m.core.set_lines(true, false, false, false);  // masked, but it wakes
  m.core.run(Cycles(100));
  EXPECT_EQ(m.reg(0), 1u);
}

}  // namespace
}  // namespace hypsim::test
