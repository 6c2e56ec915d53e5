// SPDX-License-Identifier: Apache-2.0
// The branch predictor: loops, calls and returns, indirect branches, aliasing, maintenance.
#include <gtest/gtest.h>

#include "sim/cpu/pipeline/predictor.h"

namespace hypsim {
namespace {

using ir::BranchKind;

struct Predictor : ::testing::Test {
  BranchPredictor predictor{2048, 12, 16, 256};

  bool miss(u32 pc, u32 target, BranchKind kind, bool conditional = false) {
    return predictor.mispredicts(pc, pc + 4, target, kind, conditional);
  }
  /// A conditional direct branch: not taken ones are seen as the end of a block.
  bool conditional(u32 pc, bool taken) {
    return taken ? miss(pc, pc - 0x40, BranchKind::Direct, true) : miss(pc, pc + 4, BranchKind::Sequential, true);
  }
};

TEST_F(Predictor, UnconditionalDirectBranchesNeverMiss) {
  for (u32 pc = 0x8000; pc < 0x18000; pc += 4) EXPECT_FALSE(miss(pc, pc + 0x100, BranchKind::Direct));
}

TEST_F(Predictor, ADirectBranchToTheNextInstructionNeverMisses) {
  for (const BranchKind kind : {BranchKind::Direct, BranchKind::Call})
    for (unsigned turn = 0; turn < 3; ++turn) EXPECT_FALSE(miss(0x8000, 0x8004, kind));
}

TEST_F(Predictor, ALongLoopMissesAtItsEndsOnly) {
  unsigned misses = 0;
  for (unsigned i = 0; i < 1000; ++i) misses += conditional(0x8040, i != 999) ? 1 : 0;
  EXPECT_GE(misses, 2u);             // it must be learnt, and its end surprises
  EXPECT_LE(misses, 2u + 12u + 1u);  // one miss a history pattern while the history fills
}

TEST_F(Predictor, AShortLoopIsLearntByItsHistory) {
  unsigned late = 0;
  for (unsigned turn = 0; turn < 200; ++turn)
    for (unsigned i = 0; i < 4; ++i) {
      const bool wrong = conditional(0x8040, i != 3);
      if (turn >= 100) late += wrong ? 1 : 0;
    }
  EXPECT_EQ(late, 0u);
}

TEST_F(Predictor, AnAlternatingBranchIsLearnt) {
  unsigned late = 0;
  for (unsigned i = 0; i < 400; ++i) {
    const bool wrong = conditional(0x8040, (i & 1) != 0);
    if (i >= 200) late += wrong ? 1 : 0;
  }
  EXPECT_EQ(late, 0u);
}

TEST_F(Predictor, RandomDirectionsMissAboutHalfTheTime) {
  u32 x = 12345;
  unsigned misses = 0;
  for (unsigned i = 0; i < 10000; ++i) {
    x = x * 1664525 + 1013904223;
    misses += conditional(0x8040, (x >> 31) != 0) ? 1 : 0;
  }
  EXPECT_GT(misses, 4000u);
  EXPECT_LT(misses, 6000u);
}

TEST_F(Predictor, ReturnsFollowTheirCalls) {
  // One function called from three places: a target buffer alone would miss each time.
  for (unsigned i = 0; i < 10; ++i)
    for (const u32 caller : {0x8000u, 0x8100u, 0x8200u}) {
      EXPECT_FALSE(miss(caller, 0x9000, BranchKind::Call));
      EXPECT_FALSE(miss(0x9010, caller + 4, BranchKind::Return));
    }
}

TEST_F(Predictor, TheReturnStackHoldsSixteenCalls) {
  for (u32 depth = 0; depth < 20; ++depth) miss(0x8000 + depth * 0x10, 0x8000 + (depth + 1) * 0x10, BranchKind::Call);
  unsigned misses = 0;
  for (u32 depth = 20; depth-- > 0;) misses += miss(0xA000, 0x8000 + depth * 0x10 + 4, BranchKind::Return) ? 1 : 0;
  EXPECT_EQ(misses, 4u);  // the oldest four were overwritten
}

TEST_F(Predictor, AnIndirectBranchGoesWhereItWentLast) {
  EXPECT_TRUE(miss(0x8000, 0x9000, BranchKind::Indirect));  // unknown
  EXPECT_FALSE(miss(0x8000, 0x9000, BranchKind::Indirect));
  EXPECT_TRUE(miss(0x8000, 0xA000, BranchKind::Indirect));  // elsewhere
  EXPECT_FALSE(miss(0x8000, 0xA000, BranchKind::Indirect));
}

TEST_F(Predictor, AnIndirectBranchIsLearntByThePathToIt) {
  constexpr u32 kTargets[] = {0x9000, 0xA100, 0x9000, 0xB200};
  unsigned late = 0;
  for (unsigned i = 0; i < 400; ++i) {
    const bool wrong = miss(0x8000, kTargets[i % 4], BranchKind::Indirect);
    if (i >= 200) late += wrong ? 1 : 0;
  }
  EXPECT_EQ(late, 0u);
}

TEST_F(Predictor, AnUnknownConditionalBranchIsTakenBackwards) {
  EXPECT_FALSE(miss(0x8000, 0x7000, BranchKind::Direct, true));
  EXPECT_TRUE(miss(0x8100, 0x9000, BranchKind::Direct, true));
  EXPECT_FALSE(miss(0x8200, 0x8204, BranchKind::Sequential, true));
}

TEST_F(Predictor, IndirectCallsPushTheReturnAddress) {
  miss(0x8000, 0x9000, BranchKind::IndirectCall);
  EXPECT_FALSE(miss(0x9010, 0x8004, BranchKind::Return));
}

TEST_F(Predictor, BranchesOfOneBtbEntryEvictEachOther) {
  const u32 other = 0x8000 + 2048 * 2;  // indexed by halfword
  miss(0x8000, 0x9000, BranchKind::Indirect);
  miss(other, 0xA000, BranchKind::Indirect);
  EXPECT_TRUE(miss(0x8000, 0x9000, BranchKind::Indirect));
  miss(0x8002, 0xB000, BranchKind::Indirect);  // its own entry
  EXPECT_FALSE(miss(0x8000, 0x9000, BranchKind::Indirect));
}

TEST_F(Predictor, NotTakenAfterAnEvictedTakenPredictionIsAMiss) {
  for (unsigned i = 0; i < 100; ++i) conditional(0x8040, true);
  miss(0x8040 + 2048 * 2, 0xA000, BranchKind::Indirect);  // takes its BTB entry
  EXPECT_TRUE(conditional(0x8040, false));
}

TEST_F(Predictor, InvalidationForgetsTargetsAndReturns) {
  miss(0x8000, 0x9000, BranchKind::Indirect);
  miss(0x8100, 0x9000, BranchKind::Call);
  predictor.invalidate();
  EXPECT_TRUE(miss(0x8000, 0x9000, BranchKind::Indirect));
  EXPECT_TRUE(miss(0x9010, 0x8104, BranchKind::Return));
}

}  // namespace
}  // namespace hypsim
