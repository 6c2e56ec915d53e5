// SPDX-License-Identifier: Apache-2.0
// Which registers VFP and Advanced SIMD instructions depend on, and what the model does with late data.
#include <initializer_list>

#include "sim/cpu/ir/fp_dependence.h"
#include "tests/cpu/late_blocks.h"
#include "tests/cpu/pipeline_blocks.h"
#include "tests/support/timed_machine.h"

namespace hypsim {

namespace {

using test::a15_timing;
using test::Late;

u64 s(u32 n) { return ir::fp_words(n, 1); }
u64 d(u32 n) { return ir::fp_words(2 * n, 2); }
u64 r(u32 n) { return u64{1} << n; }
constexpr u64 kFlags = u64{1} << ir::kFpFlagsBit;
constexpr u64 kNzcv = 0xFull << ir::kN;

TEST(FpDependence, RegistersHaveBitsOfTheirOwn) {
  EXPECT_EQ(s(0) | s(1), d(0));
  EXPECT_EQ(s(0) & s(1), 0u);
  EXPECT_EQ(d(16), d(17)) << "pairs from D16 on";
  EXPECT_NE(d(17), d(18));
  u64 all = 0;
  for (u32 n = 0; n < 32; ++n) all |= d(n);
  EXPECT_EQ(all & ((u64{1} << 22) - 1), 0u);
  EXPECT_EQ(all & kFlags, 0u);
}

TEST(FpDependence, EachKindOfInstruction) {
  struct Row {
    u32 word;
    u64 reads, writes;
    const char* text;
  };
  const Row rows[] = {
      {0xee300a81, s(1) | s(2), s(0), "vadd.f32 s0, s1, s2"},
      {0xee021b21, d(1) | d(2) | d(17), d(1), "vmla.f64 d1, d2, d17"},
      {0xeef11ac2, s(4), s(3), "vsqrt.f32 s3, s4"},
      {0xeeb43b44, d(3) | d(4), kFlags, "vcmp.f64 d3, d4"},
      {0xeef1fa10, kFlags, kNzcv, "vmrs apsr_nzcv, fpscr"},
      {0xeee19a10, r(9), kFlags, "vmsr fpscr, r9"},
      {0xecb18b04, r(1), r(1) | d(8) | d(9), "vldm r1!, {d8-d9}"},
      {0xedc22a00, r(2) | s(5), 0, "vstr s5, [r2]"},
      {0xee033a90, r(3), s(7), "vmov s7, r3"},
      {0xee134a90, s(7), r(4), "vmov r4, s7"},
      {0xeeb85bc6, s(12), d(5), "vcvt.f64.s32 d5, s12"},
      {0xeefd6bc6, d(6), s(13), "vcvt.s32.f64 s13, d6"},
      {0xf2242860, d(4) | d(5) | d(16), d(2) | d(3), "vadd.i32 q1, q2, q8"},
      {0xf2110902, d(0) | d(1) | d(2), d(0), "vmla.i16 d0, d1, d2"},
      {0xf3806c01, d(0) | d(1), d(6) | d(7), "vmull.u8 q3, d0, d1"},
      {0xf3120154, d(0) | d(1) | d(2) | d(3) | d(4) | d(5), d(0) | d(1), "vbsl q0, q1, q2"},
      {0xf3b23004, d(3) | d(4), d(3) | d(4), "vswp d3, d4"},
      {0xf425098d, r(5), r(5) | d(0) | d(2), "vld2.32 {d0,d2}, [r5]!"},
      {0xf4a6706f, r(6) | d(7), d(7), "vld1.8 {d7[3]}, [r6]"},
      {0xf4470acf, r(7) | d(16), 0, "vst1.64 {d16-d17}, [r7]"},
      {0xeea28b90, r(8), d(18), "vdup.32 q9, r8"},
      {0xf3b60208, d(8) | d(9), d(0), "vmovn.i32 d0, q4"},
      {0xf2806111, d(6), d(6), "vorr.i32 d6, #1"},
      {0xee744ba5, d(20), d(20), "vadd.f64 d20, d20, d21"},
  };
  for (const Row& row : rows) {
    const Block block = block_of({row.word});
    EXPECT_EQ(block.insns[0].reads, row.reads) << row.text;
    EXPECT_EQ(block.insns[0].writes, row.writes) << row.text;
  }
}

TEST(FpDependence, ABaseWrittenBackDoesNotComeFromMemory) {
  EXPECT_EQ(block_of({0xecb18b04}).insns[0].computed, r(1)) << "vldm r1!, {d8-d9}";
  EXPECT_EQ(block_of({0xe4912004}).insns[0].computed, r(1)) << "ldr r2, [r1], #4";
  EXPECT_EQ(block_of({0xe5912000}).insns[0].computed, 0u) << "ldr r2, [r1]";
  EXPECT_EQ(block_of({0xe8b100fc}).insns[0].computed, r(1)) << "ldm r1!, {r2-r7}";
}

// --- late data ----------------------------------------------------------------------------------------------------

constexpr u32 kLdr21 = 0xe5912000;  // ldr r2, [r1]
constexpr u32 kLdr32 = 0xe5923000;  // ldr r3, [r2]
constexpr u32 kLdr54 = 0xe5945000;  // ldr r5, [r4]
constexpr u32 kNop = 0xe320f000;
constexpr u32 kMrc = 0xee106f10;  // mrc p15, 0, r6, c0, c0, 0

TEST_F(Late, AMissCostsNothingUntilSomethingWaits) {
  EXPECT_EQ(run({kLdr21}, {{0, 0x1000}}), 0u);
  EXPECT_EQ(dsb(), dram - 1) << "the block took a cycle of it";
  EXPECT_EQ(dsb(), 0u);
  EXPECT_FALSE(model.under_way());
}

TEST_F(Late, IndependentMissesOverlapDependentOnesDoNot) {
  run({kLdr21, kLdr54}, {{0, 0x1000}, {1, 0x2000}});
  EXPECT_NEAR(static_cast<double>(dsb()), static_cast<double>(dram), config.l2_line_interval);
  run({kLdr21, kLdr32}, {{0, 0x3000}, {1, 0x4000}});
  EXPECT_NEAR(static_cast<double>(dsb()), 2.0 * static_cast<double>(dram), 5);
}

TEST_F(Late, DependenceGoesFromBlockToBlock) {
  run({kLdr21}, {{0, 0x1000}});
  run({kNop, kNop}, {});
  run({0xe2822004}, {});  // add r2, r2, #4
  run({kLdr32}, {{0, 0x2000}});
  EXPECT_NEAR(static_cast<double>(dsb()), 2.0 * static_cast<double>(dram), 6);
  // A new value in between breaks the chain.
  run({kLdr21}, {{0, 0x3000}});
  run({0xe3a02001}, {});  // mov r2, #1
  run({kLdr32}, {{0, 0x4000}});
  EXPECT_NEAR(static_cast<double>(dsb()), static_cast<double>(dram), config.l2_line_interval + 2);
}

TEST_F(Late, AWrittenBackBaseIsNotLate) {
  run({0xe4912004}, {{0, 0x1000}});  // ldr r2, [r1], #4
  run({0xe5913000}, {{0, 0x2000}});  // ldr r3, [r1]
  EXPECT_LT(dsb(), dram + 2 * config.l2_line_interval);
}

TEST_F(Late, TheWindowEnds) {
  run({kLdr21}, {{0, 0x1000}});
  u64 waited = 0;
  for (u32 i = 0; i < config.window - 2; ++i) waited += run({kNop}, {});
  EXPECT_EQ(waited, 0u);
  waited += run({kNop}, {}) + run({kNop}, {});
  EXPECT_EQ(waited, dram - config.window) << "what is left after a cycle for each of them";
  EXPECT_EQ(dsb(), 0u);
}

TEST_F(Late, SystemRegistersAndExceptionsWait) {
  run({kLdr21}, {{0, 0x1000}});
  EXPECT_GE(run({kMrc}, {}), dram - 4) << "the read starts when the load has its data";
  run({kLdr21}, {{0, 0x2000}});
  const u64 before = clock.now.value;
  model.exception_entry(clock);
  EXPECT_EQ(clock.now.value - before, dram - 1 + config.exception_entry);
}

TEST_F(Late, AMispredictedBranchWaitsForWhatItDependsOn) {
  const auto mispredict = [&](u32 compare, u64 pa) {
    run({kLdr21}, {{0, pa}});
    run({compare, 0x1affffff}, {});  // bne
    model.enable_prediction(true);
    const u64 before = clock.now.value;
    // never seen, taken forwards: predicted not taken
    model.branch(clock, static_cast<u32>(pa), static_cast<u32>(pa) + 4, static_cast<u32>(pa) + 0x100,
                 ir::BranchKind::Direct, true);
    const u64 cost = clock.now.value - before;
    dsb();
    return cost;
  };
  EXPECT_EQ(mispredict(0xe3550000, 0x11000), config.mispredict_penalty) << "cmp r5, #0";
  EXPECT_GT(mispredict(0xe3520000, 0x22000), dram) << "cmp r2, #0";
}

TEST_F(Late, ALineOnItsWayIsNoHit) {
  run({kLdr21, kLdr32}, {{0, 0x1000}, {1, 0x1004}});
  EXPECT_EQ(model.pmu_event(0x03), 1u) << "one refill";
  EXPECT_EQ(model.pmu_event(0x04), 2u);
  dsb();
  EXPECT_EQ(run({kLdr21}, {{0, 0x1000}}), 0u);
  EXPECT_FALSE(model.under_way()) << "now it is";
}

TEST_F(Late, ABaseThatAStoreWritesBackIsNotLateWithItsData) {
  // ldr r2, [r1]; str r2, [r1], #64; ldr r4, [r1]: the second load's address is known while the first one's data is
  // late.
  run({0xE5912000, 0xE4812040, 0xE5914000}, {{0, 0x1000}, {2, 0x2040}});
  dsb();
  EXPECT_LT(clock.now.value, dram + dram / 2) << "both were under way together";
}

TEST_F(Late, FillBuffersLimitWhatOverlaps) {
  config.fill_buffers = 1;
  TimingModel one(config, shared);
  Block block = block_of({kLdr21, kLdr54});
  block.timing = one.no_schedule();
  one.start(block, clock);
  one.load(clock, PhysAddr(0x1000), MemClass::Cacheable, {&block, 0, 0, 0});
  one.load(clock, PhysAddr(0x2000), MemClass::Cacheable, {&block, 1, 0, 0});
  one.dsb(clock);
  EXPECT_GE(clock.now.value, 2 * dram);
}

}  // namespace
}  // namespace hypsim
