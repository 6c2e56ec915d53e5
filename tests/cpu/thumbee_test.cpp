// SPDX-License-Identifier: Apache-2.0
// ThumbEE. Nothing else models it, so what is expected is written from the pseudocode of ARM DDI 0406C A9.
#include <gtest/gtest.h>

#include <vector>

#include "sim/cpu/isa/decode.h"
#include "tests/support/flat_machine.h"

namespace hypsim::test {
namespace {

constexpr u32 kRam = FlatMachine::kRam;
constexpr u32 kHandlers = kRam + 0x4000;
constexpr u32 kData = kRam + 0x2000;
constexpr u16 kSelf = 0xE7FE;  // b .
constexpr u32 kOldPc = kRam;

/// A core in ThumbEE state at the start of RAM, handlers that loop on the spot, registers 0..7 zero.
class ThumbEe : public testing::Test {
 protected:
  ThumbEe() {
    state().thumb = state().jazelle = true;
    state().sys.teehbr = kHandlers;
  }
  CpuState& state() { return m.core.state(); }
  u32& reg(unsigned n) { return m.reg(n); }
  /// Runs the halfwords, and as many instructions as there are of them unless told.
  void run(const std::vector<u16>& code, u64 insns = 0) {
    put(0, code);
    for (u32 offset = 0; offset < 0x2400; offset += 32) put(0x4000 - 0x20 + offset, std::vector<u16>(16, kSelf));
    m.core.invalidate_code(PhysAddr(kRam), 1 << 20);
    m.run(insns ? insns : code.size());
  }
  void put(u32 offset, const std::vector<u16>& code) {
    for (std::size_t i = 0; i < code.size(); i += 2) {
      const u32 second = i + 1 < code.size() ? code[i + 1] : kSelf;
      m.code({code[i] | second << 16}, offset + static_cast<u32>(i) * 2);
    }
  }
  void expect_null_check(u32 at = 0) {
    EXPECT_EQ(state().pc(), kHandlers - 4);
    EXPECT_EQ(reg(14), (kOldPc + at + 4) | 1);
    EXPECT_EQ(state().itstate, 0u);
    EXPECT_TRUE(state().thumbee());
    EXPECT_EQ(state().mode, Mode::Supervisor) << "no exception";
  }
  FlatMachine m;
};

TEST_F(ThumbEe, EnterAndLeave) {
  const u16 kEnter = 0x8F1F, kLeave = 0x8F0F;
  for (const bool before : {false, true}) {
    for (const u16 what : {kEnter, kLeave}) {
      state().thumb = true;
      state().jazelle = before;
      state().pc() = kRam;
      run({0xF3BF, what, kSelf}, 2);
      EXPECT_EQ(state().thumbee(), what == kEnter);
      EXPECT_EQ(state().cpsr() & (psr::J | psr::T), what == kEnter ? psr::J | psr::T : psr::T);
      EXPECT_EQ(state().pc(), kRam + 4);
    }
  }
}

TEST_F(ThumbEe, TheSameHalfwordIsTwoInstructions) {
  // 0xC201: STMIA R2!, {R0} in T32, HB #1 in ThumbEE.
  state().jazelle = false;
  reg(2) = kData;
  reg(0) = 7;
  put(0, {0xC201, 0xF3BF, 0x8F1F, 0xE7FB});  // b back to the first
  put(0x4000, std::vector<u16>(32, kSelf));
  m.run(4);
  EXPECT_EQ(m.bus.word(kData), 7u);
  EXPECT_EQ(reg(2), kData + 4);
  EXPECT_EQ(state().pc(), kHandlers + 32);
}

TEST_F(ThumbEe, HandlerBranches) {
  reg(14) = 5;
  reg(8) = 6;
  run({0xC2FF});  // HB #255
  EXPECT_EQ(state().pc(), kHandlers + 255 * 32);
  EXPECT_EQ(reg(14), 5u);
  EXPECT_EQ(reg(8), 6u);
}

TEST_F(ThumbEe, HandlerBranchWithLink) {
  reg(8) = 6;
  run({0xBF00, 0xC303});  // NOP; HBL #3
  EXPECT_EQ(state().pc(), kHandlers + 3 * 32);
  EXPECT_EQ(reg(14), (kRam + 4) | 1);
  EXPECT_EQ(reg(8), 6u);
}

TEST_F(ThumbEe, HandlerBranchWithParameter) {
  reg(14) = 5;
  run({0xC0E4});  // HBP #7, #4
  EXPECT_EQ(state().pc(), kHandlers + 4 * 32);
  EXPECT_EQ(reg(8), 7u);
  EXPECT_EQ(reg(14), 5u);
}

TEST_F(ThumbEe, HandlerBranchWithLinkAndParameter) {
  run({0xC7FF});  // HBLP #31, #31
  EXPECT_EQ(state().pc(), kHandlers + 31 * 32);
  EXPECT_EQ(reg(8), 31u);
  EXPECT_EQ(reg(14), (kRam + 2) | 1);
  EXPECT_TRUE(state().thumbee());
}

TEST_F(ThumbEe, CheckArray) {
  // CHKA Rn, Rm: Rn is the size, Rm the index, both unsigned.
  const struct {
    u32 size, index;
    bool beyond;
  } cases[] = {{4, 3, false},        {4, 4, true}, {4, 5, true}, {0, 0, true}, {0xFFFFFFFF, 0x7FFFFFFF, false},
               {1, 0x80000000, true}};
  for (const auto& c : cases) {
    state().pc() = kRam;
    reg(9) = c.size;
    reg(12) = c.index;
    reg(14) = 5;
    run({0xCAE1});  // CHKA R9, R12
    EXPECT_EQ(state().pc(), c.beyond ? kHandlers - 8 : kRam + 2) << c.size << " " << c.index;
    EXPECT_EQ(reg(14), c.beyond ? (kRam + 4) | 1 : 5u);
    EXPECT_EQ(state().cpsr() & 0xF0000000, m.core.state().nzcv()) << "no flags";
  }
}

TEST_F(ThumbEe, CheckArrayEndsAnItBlock) {
  state().set_nzcv(psr::Z);
  run({0xBF04, 0xCA08, 0x2101, kSelf}, 2);  // ITT EQ; CHKAEQ R0, R1; MOVEQ R1, #1
  EXPECT_EQ(state().pc(), kHandlers - 8);
  EXPECT_EQ(state().itstate, 0u);
  EXPECT_EQ(reg(14), (kRam + 2 + 4) | 1);
}

TEST_F(ThumbEe, ConditionsApply) {
  state().set_nzcv(0);
  run({0xBF04, 0xCA08, 0x6808, kSelf}, 3);  // ITT EQ; CHKAEQ R0, R1; LDREQ R0, [R1]
  EXPECT_EQ(state().pc(), kRam + 6) << "neither was executed, nor checked";
}

TEST_F(ThumbEe, LoadsAndStoresOfTheNewForms) {
  reg(9) = kData;
  reg(10) = kData + 0x100;
  reg(1) = kData + 0x200;
  reg(5) = 0x12345678;
  m.code({0xA1A2A3A4}, 0x2100 + 31 * 4);
  m.code({0xB1B2B3B4}, 0x2200 - 7 * 4);
  run({0xCFFD,    // STR R5, [R9, #252]
       0xCDFE,    // LDR R6, [R9, #252]
       0xCBFF,    // LDR R7, [R10, #124]
       0xC9C8});  // LDR R0, [R1, #-28]
  EXPECT_EQ(m.bus.word(kData + 252), 0x12345678u);
  EXPECT_EQ(reg(6), 0x12345678u);
  EXPECT_EQ(reg(7), 0xA1A2A3A4u);
  EXPECT_EQ(reg(0), 0xB1B2B3B4u);
}

TEST_F(ThumbEe, RegisterOffsetsAreScaled) {
  reg(1) = kData;
  reg(2) = 3;
  reg(0) = 0xCAFE8123;
  run({0x5088,    // STR   R0, [R1, R2, LSL #2]
       0x588B,    // LDR   R3, [R1, R2, LSL #2]
       0x5288,    // STRH  R0, [R1, R2, LSL #1]
       0x5A8C,    // LDRH  R4, [R1, R2, LSL #1]
       0x5E8D,    // LDRSH R5, [R1, R2, LSL #1]
       0x5488,    // STRB  R0, [R1, R2]
       0x5C8E,    // LDRB  R6, [R1, R2]
       0x568F});  // LDRSB R7, [R1, R2]
  EXPECT_EQ(m.bus.word(kData + 12), 0xCAFE8123u);
  EXPECT_EQ(reg(3), 0xCAFE8123u);
  EXPECT_EQ(m.bus.word(kData + 4) >> 16, 0x8123u);
  EXPECT_EQ(reg(4), 0x8123u);
  EXPECT_EQ(reg(5), 0xFFFF8123u);
  EXPECT_EQ(m.bus.word(kData) >> 24, 0x23u);
  EXPECT_EQ(reg(6), 0x23u);
  EXPECT_EQ(reg(7), 0x23u);
}

TEST_F(ThumbEe, EveryAccessChecksItsBase) {
  const std::vector<std::vector<u16>> accesses = {
      {0x6808},          // LDR R0, [R1]
      {0x6008},          // STR R0, [R1]
      {0x7808},          // LDRB
      {0x8808},          // LDRH
      {0x5888},          // LDR R0, [R1, R2]
      {0x5488},          // STRB R0, [R1, R2]
      {0xC848},          // LDR R0, [R1, #-4]
      {0xCC08},          // LDR R0, [R9, #4]
      {0xCE08},          // STR R0, [R9, #4]
      {0xCB08},          // LDR R0, [R10, #4]
      {0xF8D1, 0x0004},  // LDR.W R0, [R1, #4]
      {0xF851, 0x0B04},  // LDR R0, [R1], #4
      {0xF851, 0x0E04},  // LDRT R0, [R1, #4]
      {0xF881, 0x0004},  // STRB.W
      {0xF9B1, 0x0004},  // LDRSH.W
      {0xF851, 0x0022},  // LDR.W R0, [R1, R2, LSL #2]
      {0xE9D1, 0x0200},  // LDRD R0, R2, [R1]
      {0xE851, 0x0F00},  // LDREX R0, [R1]
      {0xE841, 0x0200},  // STREX R2, R0, [R1]
      {0xE8D1, 0x0F4F},  // LDREXB R0, [R1]
      {0xE891, 0x0005},  // LDM R1, {R0, R2}
      {0xE8A1, 0x0005},  // STM R1!, {R0, R2}
      {0xE911, 0x0005},  // LDMDB R1, {R0, R2}
      {0xE8D1, 0xF002},  // TBB [R1, R2]
      {0xE8D1, 0xF012},  // TBH [R1, R2, LSL #1]
      {0xED91, 0x0A00},  // VLDR S0, [R1]
      {0xED81, 0x0B00},  // VSTR D0, [R1]
      {0xECB1, 0x0B04},  // VLDM R1!, {D0, D1}
      {0xF921, 0x070F},  // VLD1.8 {D0}, [R1]
      {0xF981, 0x000F},  // VST1.8 {D0[0]}, [R1]
  };
  for (const auto& access : accesses) {
    state().sys.cpacr = 0xF << 20;
    state().sys.fpexc = 1u << 30;
    state().pc() = kRam;
    reg(0) = 0x55;
    reg(1) = reg(2) = reg(9) = reg(10) = 0;
    SCOPED_TRACE(testing::Message() << std::hex << access[0] << " " << access.back());
    run(access, 1);
    expect_null_check();
    EXPECT_EQ(reg(0), 0x55u);
    EXPECT_EQ(reg(1), 0u) << "no writeback";
    // With a base it accesses memory.
    state().pc() = kRam;
    reg(1) = reg(9) = reg(10) = kData;
    run(access, 1);
    EXPECT_NE(state().pc(), kHandlers - 4);
    EXPECT_EQ(state().mode, Mode::Supervisor);
  }
}

TEST_F(ThumbEe, WhatChecksNothing) {
  reg(13) = 0x40;  // any base but zero is good, and these have none to check
  for (std::vector<u16> access : std::vector<std::vector<u16>>{{0x4800}, {0xF891, 0xF000}, {0xF3BF, 0x8F5F}}) {
    state().pc() = kRam;  // LDR literal, PLD [R1], DMB
    reg(1) = 0;
    access.push_back(kSelf);
    run(access, 2);
    EXPECT_EQ(state().pc(), kRam + 2 * (access.size() - 1)) << access[0];
  }
}

TEST_F(ThumbEe, T32ChecksNothing) {
  state().jazelle = false;
  reg(1) = 0;
  reg(0) = 0x99;
  m.core.state().sys.vbar[Security::Secure] = kRam + 0x1000;
  run({0x6808, kSelf}, 1);
  EXPECT_NE(state().pc(), kHandlers - 4);
}

TEST_F(ThumbEe, TheCheckComesAfterUndefined) {
  state().sys.cpacr = 0;
  state().sys.vbar[Security::Secure] = kRam + 0x1000;
  run({0xED91, 0x0A00}, 1);  // VLDR S0, [R1] with VFP closed
  EXPECT_EQ(state().mode, Mode::Undefined);
  EXPECT_EQ(state().current_spsr() & (psr::J | psr::T), psr::J | psr::T);
  EXPECT_FALSE(state().jazelle);
}

TEST_F(ThumbEe, UndefinedEncodings) {
  for (const std::vector<u16>& code :
       std::vector<std::vector<u16>>{{0xC100}, {0xC1FF}, {0xF000, 0xE800}}) {  // hole; BLX label
    state().set_cpsr(0x010001F3);
    state().pc() = kRam;
    state().sys.vbar[Security::Secure] = kRam + 0x1000;
    run(code, 1);
    EXPECT_EQ(state().mode, Mode::Undefined) << std::hex << code[0];
    EXPECT_EQ(reg(14), kRam + 2);
  }
}

TEST_F(ThumbEe, BranchesStayOrGoToA32) {
  reg(1) = (kRam + 0x100) | 1;
  run({0x4708}, 1);  // BX R1
  EXPECT_TRUE(state().thumbee());
  EXPECT_EQ(state().pc(), kRam + 0x100);
  state().pc() = kRam;
  run({0x4788}, 1);  // BLX R1
  EXPECT_TRUE(state().thumbee());
  EXPECT_EQ(reg(14), (kRam + 2) | 1);
  state().pc() = kRam;
  reg(1) = kRam + 0x100;
  run({0x4708}, 1);
  EXPECT_FALSE(state().thumb);
  EXPECT_FALSE(state().jazelle);
}

TEST_F(ThumbEe, ExceptionsReturnToIt) {
  // SVC with a handler in A32 that returns by MOVS PC, LR.
  state().set_cpsr(0x010001F0);  // User mode
  state().pc() = kRam;
  state().sys.vbar[Security::Secure] = kRam + 0x1000;
  m.code({0xE1B0F00E}, 0x1008);     // movs pc, lr
  put(0, {0xDF01, 0xC301, kSelf});  // SVC #1; HBL #1
  put(0x4020, std::vector<u16>(2, kSelf));
  m.run(3);
  EXPECT_EQ(state().mode, Mode::User);
  EXPECT_TRUE(state().thumbee());
  EXPECT_EQ(state().pc(), kHandlers + 32);
}

TEST(ThumbEeState, HypModeHasNone) {
  FlatMachine hyp;
  CpuState& s = hyp.core.state();
  s.sys.scr = 1;
  s.set_cpsr(0x1FA);
  s.sys.hvbar = kRam + 0x1000;
  hyp.code({0x8F1FF3BF});
  hyp.code({0xE7FEE7FE}, 0x1004);
  s.sys.hsctlr |= 1u << sctlr::TE;
  hyp.run(1);
  EXPECT_EQ(s.pc(), kRam + 0x1004) << "ENTERX is UNDEFINED";
}

TEST(ThumbEeTable, LinesAreWhatTheManualHas) {
  EXPECT_EQ(isa::find_thumbee16(0xC100), nullptr);
  EXPECT_STREQ(isa::find_thumbee16(0xC000)->name, "HBP");
  EXPECT_STREQ(isa::find_thumbee16(0xCAFF)->name, "CHKA");
  for (u32 word = 0; word < 0xE800; ++word) {
    const isa::Line* line = isa::find_thumbee16(word);
    const bool replaced = word >> 12 == 0xC || word >> 9 == 0x28 || word >> 9 == 0x29 || word >> 9 == 0x2C ||
                          word >> 9 == 0x2D || word >> 9 == 0x2F;
    EXPECT_EQ(line == isa::find_t16(word), !replaced) << std::hex << word;
  }
}

}  // namespace
}  // namespace hypsim::test
