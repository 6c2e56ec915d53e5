// SPDX-License-Identifier: Apache-2.0
// The shape of translated blocks: where they end and how, conditions, IT blocks, PC constants, sources and results.
#include <gtest/gtest.h>

#include <initializer_list>

#include "sim/cpu/ir/op_info.h"
#include "sim/cpu/translate/translator.h"

namespace hypsim {
namespace {

using ir::BranchKind;
using ir::MicroOp;
using ir::Op;
using ir::TimingClass;

constexpr u32 kBase = 0x8000;

u32 slots(std::initializer_list<unsigned> list) {
  u32 mask = 0;
  for (const unsigned s : list) mask |= 1u << s;
  return mask;
}

struct Translated {
  Block block;
  bool open = true;  ///< the block could go on

  const ir::InsnInfo& insn(std::size_t i = 0) const { return block.insns.at(i); }
  const MicroOp& op(std::size_t i) const { return block.ops.at(i); }
  const MicroOp& last() const { return block.ops.back(); }
  bool raises_undefined() const {
    for (const auto& m : block.ops) {
      if (m.op == Op::CallExit && m.imm == static_cast<u32>(Helper::undefined)) return true;
    }
    return false;
  }
};

Translated a32(std::initializer_list<u32> words) {
  Translated r;
  Translator t(r.block, VirtAddr{kBase}, BlockContext{});
  for (const u32 w : words) r.open = t.translate_insn(w, 4);
  t.finish();
  return r;
}

/// Halfwords and, where the value has more than 16 bits, 32-bit instructions.
Translated thumb(std::initializer_list<u32> words, u32 base = kBase, u8 itstate = 0) {
  Translated r;
  BlockContext context;
  context.thumb = true;
  context.itstate = itstate;
  Translator t(r.block, VirtAddr{base}, context);
  for (const u32 w : words) r.open = t.translate_insn(w, w > 0xFFFF ? 4 : 2);
  t.finish();
  return r;
}

void expect_end(const Translated& t, Op op, BranchKind kind) {
  EXPECT_FALSE(t.open);
  EXPECT_EQ(t.last().op, op);
  EXPECT_EQ(t.last().aux, static_cast<u8>(kind));
}

TEST(TranslateBlock, FallsThroughWhenNothingEndsIt) {
  const auto t = a32({0xE0810002, 0xE2833001});  // add r0, r1, r2; add r3, r3, #1
  EXPECT_TRUE(t.open);
  ASSERT_EQ(t.block.ops.size(), 3u);
  EXPECT_EQ(t.last().op, Op::Goto);
  EXPECT_EQ(t.last().imm, kBase + 8);
  EXPECT_EQ(t.last().aux, static_cast<u8>(BranchKind::Sequential));
  EXPECT_EQ(t.block.byte_length, 8u);
  EXPECT_EQ(t.insn(1).offset, 4u);
  EXPECT_EQ(t.insn(1).first_op, 1u);
}

TEST(TranslateBlock, ConditionSkipsTheMicroOpsOfItsInstruction) {
  const auto t = a32({0x10910002});  // addsne r0, r1, r2
  EXPECT_EQ(t.op(0).op, Op::SkipUnless);
  EXPECT_EQ(t.op(0).c, static_cast<u8>(Cond::NE));
  EXPECT_EQ(t.op(0).imm, 1u);
  EXPECT_EQ(t.op(1).op, Op::AddS);
  EXPECT_EQ(t.insn().reads, slots({1, 2, ir::kZ}));
  EXPECT_EQ(t.insn().writes, slots({0, ir::kN, ir::kZ, ir::kC, ir::kV}));
}

TEST(TranslateBlock, ConditionalBranchHasBothWaysOut) {
  const auto t = a32({0x0AFFFFFE});  // beq .
  ASSERT_EQ(t.block.ops.size(), 3u);
  EXPECT_EQ(t.op(1).op, Op::Goto);
  EXPECT_EQ(t.op(1).imm, kBase);
  EXPECT_EQ(t.op(1).aux, static_cast<u8>(BranchKind::Direct));
  expect_end(t, Op::Goto, BranchKind::Sequential);
  EXPECT_EQ(t.last().imm, kBase + 4);
}

TEST(TranslateBranch, KindsAsThePredictorSeesThem) {
  expect_end(a32({0xEA000000}), Op::Goto, BranchKind::Direct);         // b
  expect_end(a32({0xEB000000}), Op::Goto, BranchKind::Call);           // bl
  expect_end(a32({0xFA000000}), Op::GotoX, BranchKind::Call);          // blx label
  expect_end(a32({0xE12FFF33}), Op::GotoX, BranchKind::IndirectCall);  // blx r3
  expect_end(a32({0xE12FFF1E}), Op::GotoX, BranchKind::Return);        // bx lr
  expect_end(a32({0xE12FFF13}), Op::GotoX, BranchKind::Indirect);      // bx r3
  expect_end(a32({0xE1A0F00E}), Op::GotoX, BranchKind::Return);        // mov pc, lr: interworks in A32
  expect_end(a32({0xE08FF100}), Op::GotoX, BranchKind::Indirect);      // add pc, pc, r0, lsl #2
  expect_end(thumb({0x4770}), Op::GotoX, BranchKind::Return);          // bx lr
  expect_end(thumb({0x46F7}), Op::GotoInd, BranchKind::Return);        // mov pc, lr: does not interwork in T32
  expect_end(thumb({0xE7FE}), Op::Goto, BranchKind::Direct);           // b .
  expect_end(thumb({0xF000F800}), Op::Goto, BranchKind::Call);         // bl
  expect_end(thumb({0xE8D1F002}), Op::GotoInd, BranchKind::Indirect);  // tbb [r1, r2]
}

TEST(TranslateBranch, TargetsAndReturnAddresses) {
  EXPECT_EQ(a32({0xEB000000}).last().imm, kBase + 8);
  EXPECT_EQ(a32({0xEB000000}).op(0).imm, kBase + 4);  // lr
  EXPECT_EQ(a32({0xEAFFFFFE}).last().imm, kBase);
  EXPECT_EQ(thumb({0xF000F800}).last().imm, kBase + 4);
  EXPECT_EQ(thumb({0xF000F800}).op(0).imm, (kBase + 4) | 1);
  EXPECT_EQ(thumb({0xF7FFFFFE}).last().imm, kBase);       // bl .
  EXPECT_EQ(thumb({0xF7FFBFFE}).last().imm, kBase);       // b.w .
  EXPECT_EQ(thumb({0x4798}).op(0).imm, (kBase + 2) | 1);  // blx r3: lr
  // blx label from T32: the target is relative to the aligned PC and has bit 0 clear.
  const auto blx = thumb({0xF000E802}, kBase + 2);
  EXPECT_EQ(blx.op(1).op, Op::MovI);
  EXPECT_EQ(blx.op(1).imm, ((kBase + 6) & ~3u) + 4);
  // blx label from A32 goes to T32, H adding a halfword.
  EXPECT_EQ(a32({0xFB000000}).op(1).imm, (kBase + 8 + 2) | 1);
}

TEST(TranslateBranch, BlxLrReadsItsTargetFirst) {
  const auto t = a32({0xE12FFF3E});
  EXPECT_EQ(t.op(0).op, Op::Mov);
  EXPECT_EQ(t.op(0).a, ir::kLr);
  EXPECT_EQ(t.op(1).op, Op::MovI);
  EXPECT_EQ(t.op(1).d, ir::kLr);
  EXPECT_EQ(t.op(2).a, t.op(0).d);
  EXPECT_EQ(t.insn().reads, slots({14}));
}

TEST(TranslateBranch, CompareAndBranch) {
  const auto zero = thumb({0xB108});  // cbz r0, +2
  ASSERT_EQ(zero.block.ops.size(), 3u);
  EXPECT_EQ(zero.op(0).op, Op::SkipIfZero);
  EXPECT_EQ(zero.op(1).imm, kBase + 2);
  EXPECT_EQ(zero.op(2).imm, kBase + 6);
  const auto nonzero = thumb({0xB908});  // cbnz r0, +2
  EXPECT_EQ(nonzero.op(1).imm, kBase + 6);
  EXPECT_EQ(nonzero.op(2).imm, kBase + 2);
  EXPECT_EQ(nonzero.insn().reads, slots({0}));
  EXPECT_EQ(nonzero.insn().writes, 0u);
}

TEST(TranslateIt, ConditionsFollowTheMask) {
  // ittee eq; moveq r0, #1; addeq r1, #1; movne r2, #2; subne r3, #1; adds r4, #1
  const auto t = thumb({0xBF07, 0x2001, 0x3101, 0x2202, 0x3B01, 0x3401});
  const Cond expected[] = {Cond::EQ, Cond::EQ, Cond::NE, Cond::NE};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto& skip = t.op(t.insn(i + 1).first_op);
    EXPECT_EQ(skip.op, Op::SkipUnless);
    EXPECT_EQ(skip.c, static_cast<u8>(expected[i])) << i;
  }
  EXPECT_EQ(t.insn(0).itstate, 0u);
  EXPECT_EQ(t.insn(1).itstate, 0x07u);
  EXPECT_EQ(t.insn(4).itstate, 0x18u);
  EXPECT_EQ(t.insn(5).itstate, 0u);
  // Flags only outside the IT block.
  EXPECT_EQ(t.insn(2).writes, slots({1}));
  EXPECT_EQ(t.insn(5).writes, slots({4, ir::kN, ir::kZ, ir::kC, ir::kV}));
  EXPECT_EQ(t.op(t.insn(5).first_op).op, Op::AddSI);
}

TEST(TranslateIt, ComparisonsInItBlocksStillSetFlags) {
  const auto t = thumb({0xBF08, 0x2800});  // it eq; cmpeq r0, #0
  EXPECT_EQ(t.op(t.insn(1).first_op + 1).op, Op::SubSI);
}

TEST(TranslateIt, StateGoesOutWithABlockThatEndsInTheMiddle) {
  const auto t = thumb({0xBF04, 0x2001});  // itt eq; moveq r0, #1
  EXPECT_TRUE(t.open);
  EXPECT_EQ(t.last().op, Op::Goto);
  EXPECT_EQ(t.last().imm2, 0x08u);
  // And comes in with the next one.
  const auto next = thumb({0x2102, 0x2203}, kBase, 0x08);
  EXPECT_EQ(next.op(0).op, Op::SkipUnless);
  EXPECT_EQ(next.op(next.insn(1).first_op).op, Op::MovI);
}

TEST(TranslateIt, BranchMustBeLast) {
  EXPECT_FALSE(thumb({0xBF08, 0x4770}).raises_undefined());  // it eq; bxeq lr
  EXPECT_TRUE(thumb({0xBF04, 0x4770}).raises_undefined());   // itt eq; bxeq lr
  EXPECT_TRUE(thumb({0xBF08, 0xB108}).raises_undefined());   // cbz has no place at all
  EXPECT_TRUE(thumb({0xBF08, 0xD0FE}).raises_undefined());   // nor has b<c>
  EXPECT_TRUE(thumb({0xBF08, 0xBF08}).raises_undefined());   // nor has IT
  EXPECT_TRUE(thumb({0xBFE4 | 1}).raises_undefined());       // "else" of AL
  EXPECT_TRUE(thumb({0xBFF8}).raises_undefined());           // condition 0b1111
}

TEST(TranslatePc, ReadsAreConstants) {
  const auto add = a32({0xE08F1002});  // add r1, pc, r2
  EXPECT_EQ(add.op(0).op, Op::MovI);
  EXPECT_EQ(add.op(0).imm, kBase + 8);
  EXPECT_EQ(add.insn().reads, slots({2}));
  EXPECT_EQ(a32({0xE28F1010}).op(0).imm, kBase + 24);  // adr r1, +16
  EXPECT_EQ(a32({0xE24F1010}).op(0).imm, kBase - 8);
  EXPECT_EQ(thumb({0xA101}, kBase + 2).op(0).imm, kBase + 8);      // adr r1, +4: Align(PC, 4)
  EXPECT_EQ(thumb({0xF20F0105}, kBase + 2).op(0).imm, kBase + 9);  // adr.w r1, +5
  EXPECT_EQ(thumb({0x4479}, kBase + 2).op(0).imm, kBase + 6);      // add r1, pc: not aligned
}

TEST(TranslateFlags, ShifterCarry) {
  const auto rotated = a32({0xE3B01102});  // movs r1, #0x80000000
  EXPECT_EQ(rotated.op(0).op, Op::SetCI);
  EXPECT_EQ(rotated.op(0).imm, 1u);
  EXPECT_EQ(rotated.insn().writes, slots({1, ir::kN, ir::kZ, ir::kC}));
  EXPECT_EQ(a32({0xE3B01001}).insn().writes, slots({1, ir::kN, ir::kZ}));          // movs r1, #1 leaves C
  EXPECT_EQ(a32({0xE0110002}).insn().writes, slots({0, ir::kN, ir::kZ}));          // ands, unshifted
  EXPECT_EQ(a32({0xE0110182}).insn().writes, slots({0, ir::kN, ir::kZ, ir::kC}));  // ands, lsl #3
  EXPECT_EQ(a32({0xE1B00061}).op(0).op, Op::RrxC);                                 // rrxs r0, r1
  EXPECT_EQ(a32({0xE1B00061}).insn().reads, slots({1, ir::kC}));
  const auto lsr32 = a32({0xE1B00021});  // lsrs r0, r1, #32
  EXPECT_EQ(lsr32.op(0).op, Op::LsrCI);
  EXPECT_EQ(lsr32.op(0).imm, 32u);
  EXPECT_EQ(a32({0xE0910182}).op(0).op, Op::LslI);                           // adds takes no shifter carry
  EXPECT_EQ(thumb({0xF0510100}).insn().writes, slots({1, ir::kN, ir::kZ}));  // orrs r1, r1, #0
}

TEST(TranslateOperands, HelpersAndLongMultipliesNameTheirSlots) {
  EXPECT_EQ(a32({0xE0E10392}).insn().reads, slots({0, 1, 2, 3}));  // smlal r0, r1, r2, r3
  EXPECT_EQ(a32({0xE0E10392}).insn().writes, slots({0, 1}));
  EXPECT_EQ(a32({0xE0810392}).insn().reads, slots({2, 3}));           // umull r0, r1, r2, r3
  EXPECT_EQ(a32({0xE1010052}).insn().writes, slots({0, ir::kQ}));     // qadd r0, r2, r1
  EXPECT_EQ(a32({0xE6110F12}).insn().writes, slots({0, ir::kGe}));    // sadd16 r0, r1, r2
  EXPECT_EQ(a32({0xE6210F12}).insn().writes, slots({0}));             // qadd16 r0, r1, r2
  EXPECT_EQ(a32({0xE6810FB2}).insn().reads, slots({1, 2, ir::kGe}));  // sel r0, r1, r2
  EXPECT_EQ(a32({0xE3410234}).insn().reads, slots({0}));              // movt r0
  EXPECT_EQ(a32({0xE3010234}).insn().reads, 0u);                      // movw r0
  EXPECT_EQ(a32({0xE2810001}).insn().reads, slots({1}));              // add r0, r1, #1 does not read r0
}

TEST(TranslateTiming, Classes) {
  EXPECT_EQ(a32({0xE0810002}).insn().timing, TimingClass::Alu);
  EXPECT_EQ(a32({0xE0810182}).insn().timing, TimingClass::AluShift);
  EXPECT_EQ(a32({0xE0810312}).insn().timing, TimingClass::AluShiftReg);
  EXPECT_EQ(a32({0xE1A00181}).insn().timing, TimingClass::Alu);  // a plain shift
  EXPECT_EQ(a32({0xE0000291}).insn().timing, TimingClass::Multiply);
  EXPECT_EQ(a32({0xE0810392}).insn().timing, TimingClass::MultiplyLong);
  EXPECT_EQ(a32({0xE710F211}).insn().timing, TimingClass::Divide);
  EXPECT_EQ(a32({0xE1010052}).insn().timing, TimingClass::Saturate);
  EXPECT_EQ(a32({0xE6110F12}).insn().timing, TimingClass::Media);
  EXPECT_EQ(a32({0xEA000000}).insn().timing, TimingClass::Branch);
  EXPECT_EQ(a32({0xE12FFF1E}).insn().timing, TimingClass::BranchIndirect);
  EXPECT_EQ(a32({0xE320F000}).insn().timing, TimingClass::Nop);
}

TEST(TranslateUndefined, EndsTheBlock) {
  for (const u32 word : {0xE0000F90u | 0xFu, 0xE7F000F0u}) {  // mul r0, pc, pc; udf
    const auto t = a32({word});
    EXPECT_TRUE(t.raises_undefined());
    EXPECT_FALSE(t.open);
    EXPECT_EQ(t.last().op, Op::CallExit);
  }
}

TEST(TranslateExceptionReturn, FlagSettingWriteToPcInA32) {
  const auto t = a32({0xE25EF004});  // subs pc, lr, #4
  ASSERT_EQ(t.block.ops.size(), 2u);
  EXPECT_EQ(t.op(0).op, Op::SubI);  // the flags come from the SPSR
  EXPECT_EQ(t.op(1).op, Op::CallExit);
  EXPECT_EQ(t.op(1).imm, static_cast<u32>(Helper::exception_return_alu));
  EXPECT_EQ(t.op(1).a, t.op(0).d);
  EXPECT_EQ(t.insn().timing, TimingClass::ExceptionReturn);
  EXPECT_EQ(t.insn().writes & slots({ir::kN, ir::kZ, ir::kC, ir::kV}), 0u);
}

}  // namespace
}  // namespace hypsim
