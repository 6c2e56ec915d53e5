// SPDX-License-Identifier: Apache-2.0
// The shape of translated loads and stores: destinations, syndrome flags, order of writeback, register lists.
#include <gtest/gtest.h>

#include <initializer_list>

#include "sim/cpu/ir/helper_operands.h"
#include "sim/cpu/translate/translator.h"

namespace hypsim {
namespace {

using ir::BranchKind;
using ir::MicroOp;
using ir::Op;
using ir::TimingClass;

constexpr u32 kBase = 0x8000;

struct Context {
  Mode mode = Mode::Supervisor;
  bool big_endian = false;
  bool thumb = false;
  u8 itstate = 0;
  Security security = Security::NonSecure;
};

struct One {
  Block block;
  bool open = false;

  One(u32 raw, unsigned length, const Context& c = {}) {
    BlockContext context;
    context.mode = c.mode;
    context.big_endian = c.big_endian;
    context.thumb = c.thumb;
    context.itstate = c.itstate;
    context.security = c.security;
    Translator t(block, VirtAddr{kBase}, context);
    open = t.translate_insn(raw, length);
    t.finish();
  }

  const ir::InsnInfo& info() const { return block.insns[0]; }
  /// The micro-ops but constants; the Goto that ends every block is left out.
  std::vector<MicroOp> ops() const {
    std::vector<MicroOp> r;
    for (const auto& m : block.ops) {
      if (m.op != Op::MovI && m.op != Op::Goto) r.push_back(m);
    }
    return r;
  }
  const MicroOp* memory() const {
    for (const auto& m : block.ops) {
      if (m.op >= Op::Ld8 && m.op <= Op::StM) return &m;
    }
    return nullptr;
  }
  const MicroOp* helper(Helper h) const {
    for (const auto& m : block.ops) {
      if ((m.op == Op::Call || m.op == Op::CallExit) && m.imm == static_cast<u32>(h)) return &m;
    }
    return nullptr;
  }
  bool undefined() const { return helper(Helper::undefined) != nullptr; }
};

One arm(u32 word, const Context& c = {}) { return One(word, 4, c); }
One thumb(u32 raw, Context c = {}) {
  c.thumb = true;
  return One(raw, raw > 0xFFFF ? 4 : 2, c);
}

TEST(TranslateLoadStore, OffsetLoadIsOneMicroOpWithSyndrome) {
  const One i = arm(0xE5901004);  // ldr r1, [r0, #4]
  ASSERT_EQ(i.ops().size(), 1u);
  const MicroOp m = i.ops()[0];
  EXPECT_EQ(m.op, Op::Ld32);
  EXPECT_EQ(m.d, 1);
  EXPECT_EQ(m.a, 0);
  EXPECT_EQ(m.imm, 4u);
  EXPECT_EQ(m.aux, ir::kMemIsv);
  EXPECT_EQ(i.info().timing, TimingClass::Load);
  EXPECT_EQ(i.info().transfers, 1);
  EXPECT_TRUE(i.open);
}

TEST(TranslateLoadStore, WritebackComesAfterTheAccessAndClearsTheSyndrome) {
  const auto ops = arm(0xE5B01004).ops();  // ldr r1, [r0, #4]!
  ASSERT_EQ(ops.size(), 2u);
  EXPECT_EQ(ops[0].op, Op::Ld32);
  EXPECT_EQ(ops[0].imm, 4u);
  EXPECT_EQ(ops[0].aux & ir::kMemIsv, 0);
  EXPECT_EQ(ops[1].op, Op::AddI);
  EXPECT_EQ(ops[1].d, 0);

  const auto post = arm(0xE4401001).ops();  // strb r1, [r0], #-1
  ASSERT_EQ(post.size(), 2u);
  EXPECT_EQ(post[0].op, Op::St8);
  EXPECT_EQ(post[0].b, 1);
  EXPECT_EQ(post[0].imm, 0u);
  EXPECT_EQ(post[1].imm, 0xFFFFFFFFu);
}

TEST(TranslateLoadStore, PostIndexByTheLoadedRegisterUsesItsOldValue) {
  const auto ops = arm(0xE6901001).ops();  // ldr r1, [r0], r1
  ASSERT_EQ(ops.size(), 3u);
  EXPECT_EQ(ops[0].op, Op::Add);
  EXPECT_EQ(ops[0].b, 1);
  EXPECT_EQ(ops[1].op, Op::Ld32);
  EXPECT_EQ(ops[1].a, 0);
  EXPECT_EQ(ops[2].op, Op::Mov);
  EXPECT_EQ(ops[2].d, 0);
  EXPECT_EQ(ops[2].a, ops[0].d);
}

TEST(TranslateLoadStore, ShiftedOffsets) {
  const auto lsl = arm(0xE7901102).ops();  // ldr r1, [r0, r2, lsl #2]
  EXPECT_EQ(lsl[0].op, Op::LslI);
  EXPECT_EQ(lsl[0].imm, 2u);
  EXPECT_EQ(lsl[1].op, Op::Add);
  EXPECT_EQ(lsl[2].aux, ir::kMemIsv);
  const One rrx = arm(0xE7101062);  // ldr r1, [r0, -r2, rrx]
  EXPECT_EQ(rrx.ops()[0].op, Op::Rrx);
  EXPECT_EQ(rrx.ops()[1].op, Op::Sub);
  EXPECT_NE(rrx.info().reads & (1u << ir::kC), 0u);
}

TEST(TranslateLoadStore, LiteralBaseIsAlignedConstant) {
  const One i = thumb(0xF85F1006);  // ldr.w r1, [pc, #-6]
  EXPECT_EQ(i.block.ops[0].op, Op::MovI);
  EXPECT_EQ(i.block.ops[0].imm, kBase + 4);
  EXPECT_EQ(i.memory()->imm, static_cast<u32>(-6));
  EXPECT_EQ(i.memory()->aux, ir::kMemIsv);
  const One a = arm(0xE59F3008);  // ldr r3, [pc, #8]
  EXPECT_EQ(a.block.ops[0].imm, kBase + 8);
}

TEST(TranslateLoadStore, UnprivilegedForms) {
  const One a = arm(0xE4B01004);  // ldrt r1, [r0], #4: post-indexed, so no syndrome
  EXPECT_EQ(a.memory()->aux, ir::kMemUnprivileged);
  const One t = thumb(0xF8501E04);  // ldrt r1, [r0, #4]
  EXPECT_EQ(t.memory()->aux, ir::kMemUnprivileged | ir::kMemIsv);
  EXPECT_TRUE(arm(0xE4B01004, {.mode = Mode::Hyp}).undefined());
}

TEST(TranslateLoadStore, BigEndianData) {
  EXPECT_EQ(arm(0xE5901004, {.big_endian = true}).memory()->aux, ir::kMemIsv | ir::kMemBigEndian);
  EXPECT_EQ(arm(0xE8B0000E, {.big_endian = true}).memory()->aux, ir::kMemAligned | ir::kMemBigEndian);
  EXPECT_NE(arm(0xE1901F9F, {.big_endian = true}).helper(Helper::load_exclusive)->aux & ir::kMemBigEndian, 0);
}

TEST(TranslateLoadStore, LoadedPcIsABranchWithoutSyndrome) {
  const One pop = arm(0xE49DF004);  // ldr pc, [sp], #4
  EXPECT_FALSE(pop.open);
  EXPECT_EQ(pop.memory()->aux & ir::kMemIsv, 0);
  EXPECT_EQ(pop.block.ops.back().op, Op::GotoX);
  EXPECT_EQ(static_cast<BranchKind>(pop.block.ops.back().aux), BranchKind::Return);
  const One table = thumb(0xF8D0F004);  // ldr.w pc, [r0, #4]
  EXPECT_EQ(static_cast<BranchKind>(table.block.ops.back().aux), BranchKind::Indirect);
}

TEST(TranslateLoadStore, StoredPcIsAConstant) {
  const One i = arm(0xE580F000);  // str pc, [r0]
  EXPECT_EQ(i.block.ops[0].imm, kBase + 8);
  EXPECT_EQ(i.memory()->b, i.block.ops[0].d);
  EXPECT_EQ(i.memory()->aux, 0);
}

TEST(TranslateLoadStore, DualLoadKeepsItsBaseUntilBothWordsAreThere) {
  const One i = arm(0xE1C000D0);  // ldrd r0, r1, [r0]
  const auto ops = i.ops();
  ASSERT_EQ(ops.size(), 3u);
  EXPECT_GE(ops[0].d, ir::kT0);
  EXPECT_EQ(ops[0].aux, ir::kMemAligned);
  EXPECT_EQ(ops[1].d, 1);
  EXPECT_EQ(ops[1].a, 0);
  EXPECT_EQ(ops[1].imm, 4u);
  EXPECT_EQ(ops[2].op, Op::Mov);
  EXPECT_EQ(ops[2].d, 0);
  EXPECT_EQ(i.info().transfers, 2);

  const auto strd = arm(0xE1E020F8).ops();  // strd r2, r3, [r0, #8]!
  EXPECT_EQ(strd[0].imm, 8u);
  EXPECT_EQ(strd[1].imm, 12u);
  EXPECT_EQ(strd[2].op, Op::AddI);
}

TEST(TranslateLoadStore, UnpredictableFormsAreUndefined) {
  EXPECT_TRUE(arm(0xE5B00004).undefined());    // ldr r0, [r0, #4]!
  EXPECT_TRUE(arm(0xE5D0F000).undefined());    // ldrb pc, [r0]
  EXPECT_TRUE(arm(0xE1C010D0).undefined());    // ldrd r1, r2, [r0]
  EXPECT_TRUE(arm(0xE790100F).undefined());    // ldr r1, [r0, pc]
  EXPECT_TRUE(thumb(0xF8CF1000).undefined());  // str.w r1, [pc, #0]
}

TEST(TranslateLoadStoreMultiple, StartAddresses) {
  const auto ia = arm(0xE8B0000E).ops();  // ldmia r0!, {r1-r3}
  ASSERT_EQ(ia.size(), 2u);
  EXPECT_EQ(ia[0].op, Op::LdM);
  EXPECT_EQ(ia[0].a, 0);
  EXPECT_EQ(ia[0].imm, 0x000Eu);
  EXPECT_EQ(ia[1].imm, 12u);
  const auto db = arm(0xE9100003).ops();  // ldmdb r0, {r0, r1}
  ASSERT_EQ(db.size(), 2u);
  EXPECT_EQ(db[0].imm, static_cast<u32>(-8));
  EXPECT_EQ(db[1].a, db[0].d);
  EXPECT_EQ(arm(0xE9900002).ops()[0].imm, 4u);                    // ldmib r0, {r1}
  EXPECT_EQ(arm(0xE8300006).ops()[0].imm, static_cast<u32>(-4));  // ldmda r0!, {r1, r2}
  EXPECT_EQ(arm(0xE8300006).ops().back().imm, static_cast<u32>(-8));
}

TEST(TranslateLoadStoreMultiple, PopReturns) {
  for (const One& i : {arm(0xE8BD8010), thumb(0xBD01)}) {  // pop {r4, pc}; pop {r0, pc}
    EXPECT_FALSE(i.open);
    EXPECT_EQ(i.block.ops.back().op, Op::GotoX);
    EXPECT_EQ(i.block.ops.back().a, ir::kLoadedPc);
    EXPECT_EQ(static_cast<BranchKind>(i.block.ops.back().aux), BranchKind::Return);
    EXPECT_EQ(i.info().timing, TimingClass::LoadMultiple);
    EXPECT_EQ(i.info().transfers, 2);
  }
}

TEST(TranslateLoadStoreMultiple, StoredPcGoesLast) {
  const One i = arm(0xE8808002);  // stm r0, {r1, pc}
  const auto ops = i.ops();
  ASSERT_EQ(ops.size(), 2u);
  EXPECT_EQ(ops[0].op, Op::StM);
  EXPECT_EQ(ops[0].imm, 0x0002u);
  EXPECT_EQ(ops[1].op, Op::St32);
  EXPECT_EQ(ops[1].imm, 4u);
  EXPECT_EQ(i.info().transfers, 2);
}

TEST(TranslateLoadStoreMultiple, Thumb16LoadWritesBackUnlessTheBaseIsLoaded) {
  EXPECT_EQ(thumb(0xC806).ops().size(), 2u);  // ldm r0!, {r1, r2}
  EXPECT_EQ(thumb(0xC803).ops().size(), 1u);  // ldm r0, {r0, r1}
}

TEST(TranslateLoadStoreMultiple, UserBankGoesThroughAHelper) {
  const One load = arm(0xE8D06100);  // ldm r0, {r8, sp, lr}^
  ASSERT_NE(load.helper(Helper::load_multiple_user), nullptr);
  EXPECT_EQ(load.helper(Helper::load_multiple_user)->imm2, 0x6100u);
  EXPECT_EQ(load.helper(Helper::load_multiple_user)->aux, ir::kMemAligned);
  EXPECT_TRUE(arm(0xE8D06100, {.mode = Mode::Hyp}).undefined());
  EXPECT_TRUE(arm(0xE8D06100, {.mode = Mode::System}).undefined());
  EXPECT_NE(arm(0xE9406100).helper(Helper::store_multiple_user), nullptr);
}

TEST(TranslateLoadStoreMultiple, ExceptionReturnWritesBackBeforeTheModeChanges) {
  const auto ops = arm(0xE8FD8001).ops();  // ldm sp!, {r0, pc}^
  ASSERT_EQ(ops.size(), 3u);
  EXPECT_EQ(ops[0].op, Op::LdM);
  EXPECT_EQ(ops[0].imm, 0x8001u);
  EXPECT_EQ(ops[1].op, Op::AddI);
  EXPECT_EQ(ops[2].imm, static_cast<u32>(Helper::exception_return_alu));
  EXPECT_EQ(ops[2].a, ir::kLoadedPc);
  EXPECT_TRUE(arm(0xE8FD8001, {.mode = Mode::Hyp}).undefined());
}

TEST(TranslateExclusive, Operands) {
  const One load = arm(0xE1B02F9F);  // ldrexd r2, r3, [r0]
  const MicroOp* l = load.helper(Helper::load_exclusive);
  ASSERT_NE(l, nullptr);
  EXPECT_EQ(l->imm2, 8u);
  EXPECT_EQ(l->d, 2);
  EXPECT_EQ(l->c, 3);
  EXPECT_EQ(load.info().writes, 0xCu);
  const One store = arm(0xE1802F91);  // strex r2, r1, [r0]
  const MicroOp* s = store.helper(Helper::store_exclusive);
  ASSERT_NE(s, nullptr);
  EXPECT_EQ(s->d, 2);
  EXPECT_EQ(s->b, 1);
  EXPECT_EQ(store.info().timing, TimingClass::Exclusive);
  const One offset = thumb(0xE8501F02);  // ldrex r1, [r0, #8]
  EXPECT_EQ(offset.ops()[0].op, Op::AddI);
  EXPECT_EQ(offset.ops()[0].imm, 8u);
}

TEST(TranslateSystem, BlocksEndWhereStateChanges) {
  EXPECT_TRUE(arm(0xE128F000).open) << "msr cpsr_f, r0 changes flags alone";
  EXPECT_FALSE(arm(0xE121F000).open) << "msr cpsr_c, r0";
  EXPECT_FALSE(arm(0xF10C00C0).open) << "cpsid if";
  EXPECT_TRUE(arm(0xF10C00C0, {.mode = Mode::User}).open) << "cpsid if does nothing at PL0";
  EXPECT_FALSE(arm(0xF1010200).open) << "setend be";
  EXPECT_FALSE(arm(0xF57FF04F).open) << "dsb";
  EXPECT_FALSE(arm(0xF57FF06F).open) << "isb";
  EXPECT_FALSE(arm(0xE320F003).open) << "wfi";
  EXPECT_FALSE(arm(0xE320F0F3).open) << "dbg #3";
  EXPECT_TRUE(arm(0xEE100F10).open) << "mrc MIDR";
  EXPECT_TRUE(arm(0xEE0D0F50).open) << "mcr TPIDRURW holds a value alone";
  EXPECT_FALSE(arm(0xEE010F10).open) << "mcr SCTLR";
  EXPECT_FALSE(arm(0xEC510F1E).open) << "mrrc CNTVCT depends on time";
  EXPECT_FALSE(arm(0xEE190F1D).open) << "mrc PMCCNTR depends on time";
}

TEST(TranslateSystem, TimingClassesOfSystemRegisters) {
  EXPECT_EQ(arm(0xEE100F10).info().timing, TimingClass::SysRegRead);
  EXPECT_EQ(arm(0xEE010F10).info().timing, TimingClass::SysRegWrite);
  EXPECT_EQ(arm(0xEE080F17).info().timing, TimingClass::TlbMaintenance);    // mcr p15, 0, r0, c8, c7, 0
  EXPECT_EQ(arm(0xEE070F15).info().timing, TimingClass::CacheMaintenance);  // ICIALLU
}

TEST(TranslateSystem, ExceptionReturnsByMode) {
  EXPECT_NE(arm(0xE160006E, {.mode = Mode::Hyp}).helper(Helper::eret), nullptr);
  EXPECT_TRUE(arm(0xE160006E, {.mode = Mode::User}).undefined());
  EXPECT_NE(thumb(0xF3DE8F00, {.mode = Mode::Hyp}).helper(Helper::eret), nullptr) << "subs pc, lr, #0 is ERET";
  EXPECT_TRUE(thumb(0xF3DE8F04, {.mode = Mode::Hyp}).undefined());
  EXPECT_TRUE(arm(0xF96D0513, {.mode = Mode::Hyp}).undefined()) << "srs";
  EXPECT_TRUE(arm(0xF96D0516).undefined()) << "srs to the Monitor's stack in Non-secure state";
  EXPECT_FALSE(arm(0xF96D0516, {.security = Security::Secure}).undefined());
}

TEST(TranslateSystem, ConditionalCallsThatMayNotBe) {
  EXPECT_NE(arm(0xE1412374).helper(Helper::hvc), nullptr);
  EXPECT_EQ(arm(0xE1412374).helper(Helper::hvc)->imm2, 0x1234u);
  EXPECT_TRUE(arm(0x01412374).undefined()) << "hvceq";
  EXPECT_TRUE(arm(0x01200071).undefined()) << "bkpteq";
  // BKPT in an IT block executes whatever the condition: nothing is skipped.
  const One bkpt = thumb(0xBEAB, {.itstate = 0x08});
  EXPECT_EQ(bkpt.block.ops[0].op, Op::SkipUnless);
  EXPECT_EQ(bkpt.block.ops[0].imm, 0u);
  EXPECT_NE(bkpt.helper(Helper::bkpt), nullptr);
}

TEST(TranslateVfp, EveryEncodingIsCheckedFirst) {
  for (const u32 word :
       {0xECB00B20u, 0xED907B02u, 0xEE010A90u, 0xEEF80A10u, 0xEE300A81u, 0xF2210802u, 0xF420070Fu, 0xEE800B10u}) {
    const One i = arm(word);
    const auto ops = i.ops();
    ASSERT_FALSE(ops.empty()) << std::hex << word;
    EXPECT_EQ(ops[0].op, Op::CallExit) << std::hex << word;
    EXPECT_EQ(ops[0].imm, static_cast<u32>(Helper::fp_check)) << std::hex << word;
  }
  const auto cls = [](u32 word) { return ir::FpOperand::unpack(arm(word).ops()[0].imm2).cls; };
  EXPECT_EQ(cls(0xEE300A81), hyp::FpClass::Vfp);               // vadd.f32
  EXPECT_EQ(cls(0xF2210802), hyp::FpClass::AdvancedSimd);      // vadd.i32
  EXPECT_EQ(cls(0xF420070F), hyp::FpClass::AdvancedSimd);      // vld1
  EXPECT_EQ(cls(0xEE800B10), hyp::FpClass::AdvancedSimd);      // vdup
  EXPECT_EQ(cls(0xEEF11B30), hyp::FpClass::AdvancedSimd);      // vmov.u8 r1, d1[5]
  EXPECT_EQ(cls(0xEE210B10), hyp::FpClass::Vfp);               // vmov.32 d1[1], r0
  EXPECT_EQ(cls(0xED600B20), hyp::FpClass::VfpHighRegisters);  // vstmdb r0!, {d16-d31}
  EXPECT_EQ(cls(0xEEF80A10), hyp::FpClass::VmrsFpexc);
  EXPECT_EQ(cls(0xEEF70A10), hyp::FpClass::VmrsMvfr);
}

TEST(TranslateVfp, MultipleTransfers) {
  const One i = arm(0xED600B20);  // vstmdb r0!, {d16-d31}
  const auto ops = i.ops();
  ASSERT_EQ(ops.size(), 4u);
  EXPECT_EQ(ops[1].imm, static_cast<u32>(-128));
  const auto words = ir::VfpWords::unpack(ops[2].imm2);
  EXPECT_EQ(words.first, 32);
  EXPECT_EQ(words.count, 32);
  EXPECT_TRUE(words.doubles);
  EXPECT_EQ(ops[3].op, Op::AddI);
  EXPECT_EQ(i.info().transfers, 32);
  // fldmiax r0!, {d0-d1}: four words loaded, five passed over
  const auto x = arm(0xECB00B05).ops();
  EXPECT_EQ(ir::VfpWords::unpack(x[1].imm2).count, 4);
  EXPECT_EQ(x[2].imm, 20u);
}

}  // namespace
}  // namespace hypsim
