// SPDX-License-Identifier: Apache-2.0
// What system, exclusive, coprocessor and VFP move instructions do on a core.
#include <gtest/gtest.h>

#include "tests/support/flat_machine.h"

namespace hypsim::test {
namespace {

constexpr u32 kRam = FlatMachine::kRam;
constexpr u32 kData = kRam + 0x2000;
constexpr u32 kLoop = 0xEAFFFFFE;                              // b .
constexpr u32 kIlCvAlways = 1u << 25 | 1u << 24 | 0xEu << 20;  // HSR.IL, CV and COND of an A32 trap

/// Vectors at RAM + 0x1000 in every regime, each a loop.
struct Machine : FlatMachine {
  Machine() {
    auto& sys = core.state().sys;
    sys.vbar[Security::Secure] = sys.vbar[Security::NonSecure] = kRam + 0x1000;
    sys.mvbar = kRam + 0x1200;
    sys.hvbar = kRam + 0x1400;
    for (u32 offset = 0x1000; offset < 0x1500; offset += 4) code({kLoop}, offset);
    reg(0) = kData;
  }
  void run_insn(u32 word) {
    code({word, kLoop});
    run(1);
  }
  void non_secure(Mode mode) {
    auto& s = core.state();
    s.sys.scr = 1u << scr::NS | 1u << scr::HCE;
    s.switch_mode(mode);
  }
  void fp_on() {
    auto& sys = core.state().sys;
    sys.cpacr = 0xFu << 20;
    sys.nsacr = 3u << 10;
    sys.fpexc = 1u << 30;
  }
  Mode mode() { return core.state().mode; }
};

TEST(SystemInstructions, UserBankTransfers) {
  Machine m;
  m.core.state().switch_mode(Mode::Fiq);
  m.reg(0) = kData;
  m.core.state().set_reg(8, Mode::User, 0x88);
  m.core.state().set_reg(13, Mode::User, 0x1313);
  m.core.state().set_reg(14, Mode::User, 0x1414);
  m.reg(8) = 1;
  m.run_insn(0xE9406100);  // stmdb r0, {r8, sp, lr}^
  EXPECT_EQ(m.bus.word(kData - 12), 0x88u);
  EXPECT_EQ(m.bus.word(kData - 8), 0x1313u);
  EXPECT_EQ(m.bus.word(kData - 4), 0x1414u);

  m.bus.set_word(kData, 0x80808080);
  m.bus.set_word(kData + 4, 0xD0D0D0D0);
  m.bus.set_word(kData + 8, 0xE0E0E0E0);
  m.core.set_pc(kRam + 0x100);
  m.code({0xE8D06100, kLoop}, 0x100);  // ldm r0, {r8, sp, lr}^
  m.run(1);
  EXPECT_EQ(m.core.state().reg(8, Mode::User), 0x80808080u);
  EXPECT_EQ(m.core.state().reg(13, Mode::User), 0xD0D0D0D0u);
  EXPECT_EQ(m.core.state().reg(14, Mode::User), 0xE0E0E0E0u);
  EXPECT_EQ(m.reg(8), 1u) << "R8_fiq is another register";
}

TEST(SystemInstructions, LoadMultipleExceptionReturn) {
  Machine m;
  m.core.state().current_spsr() = 0x60000010;
  m.reg(13) = kData;
  m.bus.set_word(kData, 77);
  m.bus.set_word(kData + 4, kRam + 0x40);
  m.code({kLoop}, 0x40);
  m.run_insn(0xE8FD8001);  // ldm sp!, {r0, pc}^
  EXPECT_EQ(m.mode(), Mode::User);
  EXPECT_EQ(m.core.state().nzcv(), 0x60000000u);
  EXPECT_EQ(m.core.state().pc(), kRam + 0x40);
  EXPECT_EQ(m.reg(0), 77u);
  EXPECT_EQ(m.core.state().reg(13, Mode::Supervisor), kData + 8);
}

TEST(SystemInstructions, StoreReturnStateAndReturnFromIt) {
  Machine m;
  m.core.state().switch_mode(Mode::Irq);
  m.reg(14) = kRam + 0x44;
  m.core.state().current_spsr() = 0x1F;
  m.core.state().set_reg(13, Mode::Supervisor, kData + 8);
  m.run_insn(0xF96D0513);  // srsdb sp!, #0x13
  EXPECT_EQ(m.bus.word(kData), kRam + 0x44);
  EXPECT_EQ(m.bus.word(kData + 4), 0x1Fu);
  EXPECT_EQ(m.core.state().reg(13, Mode::Supervisor), kData);

  m.core.state().switch_mode(Mode::Supervisor);
  m.reg(0) = kData;
  m.core.set_pc(kRam + 0x100);
  m.code({0xF8B00A00, kLoop}, 0x100);  // rfeia r0!
  m.code({kLoop}, 0x44);
  m.run(1);
  EXPECT_EQ(m.mode(), Mode::System);
  EXPECT_EQ(m.core.state().pc(), kRam + 0x44);
  EXPECT_EQ(m.reg(0), kData + 8);
}

TEST(SystemInstructions, StatusRegisters) {
  Machine m;
  m.core.state().set_nzcv(0xA0000000);
  m.run_insn(0xE10F1000);  // mrs r1, cpsr
  EXPECT_EQ(m.reg(1), 0xA00001D3u);
  m.core.set_pc(kRam + 0x200);
  m.code({0xE328F206, kLoop}, 0x200);  // msr cpsr_f, #0x60000000
  m.run(1);
  EXPECT_EQ(m.core.state().nzcv(), 0x60000000u);
  EXPECT_EQ(m.mode(), Mode::Supervisor);
  m.core.set_pc(kRam + 0x100);
  m.reg(0) = 0x12345678;
  m.code({0xE16FF000, 0xE14F2000, kLoop}, 0x100);  // msr spsr_cxsf, r0; mrs r2, spsr
  m.run(2);
  EXPECT_EQ(m.reg(2), m.core.state().current_spsr());
  EXPECT_EQ(m.reg(2) >> 28, 1u);
}

TEST(SystemInstructions, ChangeProcessorState) {
  Machine m;
  m.core.state().mask_a = m.core.state().mask_i = m.core.state().mask_f = true;
  m.run_insn(0xF10A0112);  // cpsie a, #0x12
  EXPECT_EQ(m.mode(), Mode::Irq);
  EXPECT_FALSE(m.core.state().mask_a);
  EXPECT_TRUE(m.core.state().mask_i);
  m.core.set_pc(kRam + 0x100);
  m.code({0xF1010200, 0xE5901000, kLoop}, 0x100);  // setend be; ldr r1, [r0]
  m.reg(0) = kData;
  m.bus.set_word(kData, 0x11223344);
  m.run(2);
  EXPECT_EQ(m.reg(1), 0x44332211u);
}

TEST(SystemInstructions, BankedRegisters) {
  Machine m;
  m.core.state().set_reg(13, Mode::User, 0xABCD);
  m.run_insn(0xE1051200);  // mrs r1, sp_usr
  EXPECT_EQ(m.reg(1), 0xABCDu);
  m.core.set_pc(kRam + 0x100);
  m.reg(0) = 0x5555;
  m.code({0xE121F300, kLoop}, 0x100);  // msr sp_irq, r0
  m.run(1);
  EXPECT_EQ(m.core.state().reg(13, Mode::Irq), 0x5555u);
}

TEST(SystemInstructions, HypCallAndReturn) {
  Machine m;
  m.non_secure(Mode::Supervisor);
  m.run_insn(0xE1412374);  // hvc #0x1234
  EXPECT_EQ(m.mode(), Mode::Hyp);
  EXPECT_EQ(m.core.state().sys.hsr, 0x12u << 26 | 1u << 25 | 0x1234);
  EXPECT_EQ(m.core.state().elr_hyp, kRam + 4);
  m.core.set_pc(kRam + 0x100);
  m.code({0xE160006E}, 0x100);  // eret
  m.run(1);
  EXPECT_EQ(m.mode(), Mode::Supervisor);
  EXPECT_EQ(m.core.state().pc(), kRam + 4);
}

TEST(SystemInstructions, CallsThatAreUndefined) {
  Machine secure;
  secure.run_insn(0xE1412374);  // hvc in Secure state
  EXPECT_EQ(secure.mode(), Mode::Undefined);
  Machine user;
  user.non_secure(Mode::User);
  user.run_insn(0xE1600070);  // smc at PL0
  EXPECT_EQ(user.mode(), Mode::Undefined);
  Machine swap;
  swap.run_insn(0xE1001092);  // swp r1, r2, [r0] with SCTLR.SW=0
  EXPECT_EQ(swap.mode(), Mode::Undefined);
}

TEST(SystemInstructions, SupervisorAndMonitorCalls) {
  Machine m;
  m.run_insn(0xEF000005);
  EXPECT_EQ(m.mode(), Mode::Supervisor);
  EXPECT_EQ(m.core.state().pc(), kRam + 0x1008);
  EXPECT_EQ(m.reg(14), kRam + 4);
  Machine s;
  s.run_insn(0xE1600070);
  EXPECT_EQ(s.mode(), Mode::Monitor);
  EXPECT_EQ(s.core.state().pc(), kRam + 0x1208);
}

TEST(SystemInstructions, SwapWhereEnabled) {
  Machine m;
  m.core.state().sys.sctlr[Security::Secure] |= 1u << 10;
  m.bus.set_word(kData, 0xCAFE);
  m.reg(2) = 0xBEEF;
  m.run_insn(0xE1001092);  // swp r1, r2, [r0]
  EXPECT_EQ(m.reg(1), 0xCAFEu);
  EXPECT_EQ(m.bus.word(kData), 0xBEEFu);
}

TEST(SystemInstructions, Exclusives) {
  Machine m;
  m.bus.set_word(kData, 5);
  m.reg(2) = 9;
  m.code({0xE1901F9F,  // ldrex r1, [r0]
          0xE1803F92,  // strex r3, r2, [r0]
          0xE1804F92,  // strex r4, r2, [r0]
          0xE1901F9F,  // ldrex r1, [r0]
          0xF57FF01F,  // clrex
          0xE1805F92,  // strex r5, r2, [r0]
          kLoop});
  m.run(6);
  EXPECT_EQ(m.bus.word(kData), 9u);
  EXPECT_EQ(m.reg(1), 9u);
  EXPECT_EQ(m.reg(3), 0u);
  EXPECT_EQ(m.reg(4), 1u);
  EXPECT_EQ(m.reg(5), 1u);
}

TEST(SystemInstructions, ExclusiveDoublewords) {
  Machine m;
  m.bus.set_word(kData, 1);
  m.bus.set_word(kData + 4, 2);
  m.code({0xE1B02F9F,  // ldrexd r2, r3, [r0]
          0xE2826010,  // add r6, r2, #16
          0xE2837010,  // add r7, r3, #16
          0xE1A04F96,  // strexd r4, r6, r7, [r0]
          kLoop});
  m.run(4);
  EXPECT_EQ(m.bus.word(kData), 17u);
  EXPECT_EQ(m.bus.word(kData + 4), 18u);
  EXPECT_EQ(m.reg(4), 0u);
}

TEST(SystemInstructions, CoprocessorMoves) {
  Machine m;
  m.reg(0) = 0x60000000;
  m.code({0xEE0D0F50,  // mcr p15, 0, r0, c13, c0, 2   TPIDRURW
          0xEE1D1F50,  // mrc p15, 0, r1, c13, c0, 2
          0xEE1DFF50,  // mrc p15, 0, apsr_nzcv, c13, c0, 2
          kLoop});
  m.run(3);
  EXPECT_EQ(m.reg(1), 0x60000000u);
  EXPECT_EQ(m.core.state().nzcv(), 0x60000000u);
}

TEST(SystemInstructions, CoprocessorTrapsAndAbsence) {
  Machine trapped;
  trapped.non_secure(Mode::Supervisor);
  trapped.core.state().sys.hcr = 1u << hcr::TVM;
  trapped.run_insn(0xEE015F10);  // mcr p15, 0, r5, c1, c0, 0
  EXPECT_EQ(trapped.mode(), Mode::Hyp);
  EXPECT_EQ(trapped.core.state().sys.hsr, 0x03u << 26 | kIlCvAlways | 1u << 10 | 5u << 5);
  EXPECT_EQ(trapped.core.state().elr_hyp, kRam);
  for (const u32 word : {0xEE000F00u, 0xEE100710u, 0xED905F01u}) {  // cdp p15; mrc p7; ldc p15
    Machine m;
    m.run_insn(word);
    EXPECT_EQ(m.mode(), Mode::Undefined) << std::hex << word;
  }
}

TEST(SystemInstructions, WaitForInterruptTraps) {
  Machine m;
  m.non_secure(Mode::Supervisor);
  m.core.state().sys.hcr = 1u << hcr::TWI;
  m.run_insn(0xE320F003);
  EXPECT_EQ(m.mode(), Mode::Hyp);
  EXPECT_EQ(m.core.state().sys.hsr, 1u << 26 | kIlCvAlways);
  EXPECT_EQ(m.core.state().elr_hyp, kRam);
}

TEST(SystemInstructions, WaitForEventConsumesTheEvent) {
  Machine m;
  m.code({0xE320F004, 0xE320F002, 0xE3A01001, 0xE320F002, kLoop});  // sev; wfe; mov r1, #1; wfe
  EXPECT_EQ(m.run(10), StopReason::Waiting);
  EXPECT_EQ(m.reg(1), 1u);
  EXPECT_EQ(m.cluster.events, 1u);
}

TEST(VfpMoves, SaveAndRestoreTheRegisterFile) {
  Machine m;
  m.fp_on();
  for (unsigned i = 0; i < 32; ++i) m.core.state().d[i] = 0x0101010101010101u * i;
  m.reg(1) = kData + 256;
  m.code({0xECA00B20,  // vstmia r0!, {d0-d15}
          0xECE00B20,  // vstmia r0!, {d16-d31}
          0xED710B20,  // vldmdb r1!, {d16-d31}
          0xED310B20,  // vldmdb r1!, {d0-d15}
          kLoop});
  m.run(2);
  EXPECT_EQ(m.reg(0), kData + 256);
  for (unsigned i = 0; i < 32; ++i) {
    EXPECT_EQ(m.bus.word(kData + 8 * i), 0x01010101u * i);
    m.core.state().d[i] = 0;
  }
}

TEST(VfpMoves, LoadMultipleReadsBack) {
  Machine m;
  m.fp_on();
  for (unsigned i = 0; i < 32; ++i) m.bus.set_word(kData + 4 * i, i + 1);
  m.run_insn(0xECB00B20);  // vldmia r0!, {d0-d15}
  for (u64 i = 0; i < 16; ++i) EXPECT_EQ(m.core.state().d[i], (2 * i + 2) << 32 | (2 * i + 1));
  EXPECT_EQ(m.reg(0), kData + 128);
}

TEST(VfpMoves, BigEndianDoublewordsSwapTheirWords) {
  Machine m;
  m.fp_on();
  m.core.state().big_endian = true;
  m.core.state_changed();
  m.bus.set_word(kData + 8, 0x44332211);
  m.bus.set_word(kData + 12, 0x88776655);
  m.run_insn(0xED907B02);  // vldr d7, [r0, #8]
  EXPECT_EQ(m.core.state().d[7], 0x1122334455667788u);
}

TEST(VfpMoves, CoreRegistersAndScalars) {
  Machine m;
  m.fp_on();
  m.reg(0) = 0x80706050;
  m.reg(1) = 0x11111111;
  m.code({0xEE010A90,  // vmov s3, r0
          0xEEF13B30,  // vmov.u8 r3, d1[5]
          0xEE314B70,  // vmov.s16 r4, d1[3]
          0xEE115A90,  // vmov r5, s3
          0xEE210B10,  // vmov.32 d1[1], r0
          0xEC410B15,  // vmov d5, r0, r1
          0xEC576B15,  // vmov r6, r7, d5
          kLoop});
  m.run(7);
  EXPECT_EQ(m.core.state().d[1] >> 32, 0x80706050u);
  EXPECT_EQ(m.reg(3), 0x60u);
  EXPECT_EQ(m.reg(4), 0xFFFF8070u);
  EXPECT_EQ(m.reg(5), 0x80706050u);
  EXPECT_EQ(m.core.state().d[5], 0x1111111180706050u);
  EXPECT_EQ(m.reg(6), 0x80706050u);
  EXPECT_EQ(m.reg(7), 0x11111111u);
}

TEST(VfpMoves, SystemRegisters) {
  Machine m;
  m.fp_on();
  m.reg(0) = 0xF0000000;
  m.code({0xEEE10A10,  // vmsr fpscr, r0
          0xEEF1FA10,  // vmrs apsr_nzcv, fpscr
          0xEEF72A10,  // vmrs r2, mvfr0
          0xEEF03A10,  // vmrs r3, fpsid
          kLoop});
  m.run(4);
  EXPECT_EQ(m.core.state().nzcv(), 0xF0000000u);
  EXPECT_EQ(m.reg(2), 0x10110222u);
  EXPECT_EQ(m.reg(3), 0x410430F0u);
}

TEST(VfpMoves, DisabledTrappedAndEnabled) {
  Machine off;
  off.run_insn(0xEE010A90);  // vmov s3, r0 with CPACR=0
  EXPECT_EQ(off.mode(), Mode::Undefined);

  Machine lazy;
  lazy.fp_on();
  lazy.non_secure(Mode::Supervisor);
  lazy.core.state().sys.hcptr = 3u << 10;
  lazy.run_insn(0xECB00B20);  // vldmia: the lazy switch
  EXPECT_EQ(lazy.mode(), Mode::Hyp);
  EXPECT_EQ(lazy.core.state().sys.hsr >> 26, 0x07u);
  EXPECT_EQ(lazy.core.state().elr_hyp, kRam);

  Machine hyp;
  hyp.fp_on();
  hyp.non_secure(Mode::Hyp);
  hyp.core.state().sys.hcptr = 3u << 10;
  hyp.run_insn(0xECB00B20);
  EXPECT_EQ(hyp.core.state().pc(), kRam + 0x1404) << "UNDEFINED in Hyp mode";
  EXPECT_EQ(hyp.core.state().sys.hsr >> 26, 0x07u) << "with the trap's syndrome";

  Machine arithmetic;
  arithmetic.fp_on();
  arithmetic.core.state().d[0] = 0x3F800000'00000000;  // s1 = 1.0
  arithmetic.core.state().d[1] = 0x40000000;           // s2 = 2.0
  arithmetic.run_insn(0xEE300A81);                     // vadd.f32 s0, s1, s2
  EXPECT_EQ(arithmetic.mode(), Mode::Supervisor);
  EXPECT_EQ(arithmetic.core.state().d[0], 0x3F800000'40400000u);
}

}  // namespace
}  // namespace hypsim::test
