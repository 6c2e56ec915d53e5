// SPDX-License-Identifier: Apache-2.0
// Block schedules: throughput, dependences within and across blocks, serial costs, and what must hold of every prefix.
#include <initializer_list>

#include "sim/cpu/pipeline/schedule.h"
#include "sim/cpu/translate/translator.h"
#include "tests/cpu/pipeline_blocks.h"
#include "tests/support/timed_machine.h"

namespace hypsim {
namespace {

using test::a15_timing;

// A32 encodings
constexpr u32 kAl = 0xE0000000;
constexpr u32 mov_imm(u32 d, u32 imm) { return kAl | 0x03A00000 | d << 12 | imm; }
constexpr u32 add(u32 d, u32 n, u32 m) { return kAl | 0x00800000 | n << 16 | d << 12 | m; }
constexpr u32 add_imm(u32 d, u32 n, u32 imm) { return kAl | 0x02800000 | n << 16 | d << 12 | imm; }
constexpr u32 add_lsl(u32 d, u32 n, u32 m, u32 by) { return add(d, n, m) | by << 7; }
constexpr u32 add_lsl_reg(u32 d, u32 n, u32 m, u32 s) { return add(d, n, m) | s << 8 | 1 << 4; }
constexpr u32 adc(u32 d, u32 n, u32 m) { return kAl | 0x00B00000 | n << 16 | d << 12 | m; }  // adcs
constexpr u32 mul(u32 d, u32 n, u32 m) { return kAl | 0x00000090 | d << 16 | m << 8 | n; }
constexpr u32 umull(u32 lo, u32 hi, u32 n, u32 m) { return kAl | 0x00800090 | hi << 16 | lo << 12 | m << 8 | n; }
constexpr u32 udiv(u32 d, u32 n, u32 m) { return kAl | 0x0730F010 | d << 16 | m << 8 | n; }
constexpr u32 ldr(u32 t, u32 n) { return kAl | 0x05900000 | n << 16 | t << 12; }
constexpr u32 ldr_post(u32 t, u32 n, u32 imm) { return kAl | 0x04900000 | n << 16 | t << 12 | imm; }
constexpr u32 str(u32 t, u32 n) { return kAl | 0x05800000 | n << 16 | t << 12; }
constexpr u32 ldm(u32 n, u32 list, bool writeback = false) {
  return kAl | 0x08900000 | u32{writeback} << 21 | n << 16 | list;
}
constexpr u32 stm(u32 n, u32 list) { return kAl | 0x08800000 | n << 16 | list; }
constexpr u32 ldrd_post(u32 t, u32 n, u32 imm) {
  return kAl | 0x00C000D0 | n << 16 | t << 12 | (imm >> 4) << 8 | (imm & 15);
}
constexpr u32 vldm(u32 n, u32 words) { return kAl | 0x0C900B00 | n << 16 | words; }
constexpr u32 mrc_midr(u32 t) { return kAl | 0x0E100F10 | t << 12; }
constexpr u32 kDmb = 0xF57FF05F, kDsb = 0xF57FF04F, kIsb = 0xF57FF06F;
constexpr u32 kNe = 0x10000000;
constexpr u32 if_ne(u32 raw) { return (raw & 0x0FFFFFFF) | kNe; }

/// The schedule of one visit that starts in `entry`.
Schedule schedule(const Block& block, const PipelineState& entry = {}, const TimingConfig& config = a15_timing()) {
  Schedule made;
  compute_schedule(config, block, entry, static_cast<unsigned>(block.insns.size()), made);
  return made;
}
SchedulePrefix whole(const Schedule& made, const Block& block) { return made.prefix[block.insns.size()]; }

/// What a turn of a loop through the blocks costs once its cost repeats: an average over many.
SchedulePrefix steady(const std::vector<Block>& blocks, const TimingConfig& config = a15_timing()) {
  constexpr u32 kWarm = 200, kTurns = 120;
  PipelineState state;
  SchedulePrefix sum;
  for (u32 turn = 0; turn < kWarm + kTurns; ++turn) {
    for (const Block& block : blocks) {
      const Schedule made = schedule(block, state, config);
      state = made.exit;
      if (turn < kWarm) continue;
      const SchedulePrefix cost = whole(made, block);
      sum.commit += cost.commit;
      sum.dependency += cost.dependency;
      sum.serial += cost.serial;
      sum.barrier += cost.barrier;
    }
  }
  for (u32* n : {&sum.commit, &sum.dependency, &sum.serial, &sum.barrier}) {
    EXPECT_EQ(*n % (kTurns / 4), 0u) << "a period of at most four turns";
    *n = (*n + kTurns / 2) / kTurns;
  }
  return sum;
}
u32 cycles(std::initializer_list<u32> words) { return steady({block_of(words)}).commit; }
/// From an empty pipeline until everything has completed.
u32 cycles_once(std::initializer_list<u32> words) {
  const Block block = block_of(words);
  const SchedulePrefix cost = whole(schedule(block), block);
  return cost.commit + cost.due;
}

TEST(Schedule, IndependentAluFillsBothPipes) {
  EXPECT_EQ(cycles({mov_imm(0, 1), mov_imm(1, 1), mov_imm(2, 1), mov_imm(3, 1), mov_imm(4, 1), mov_imm(5, 1)}), 3u);
}

TEST(Schedule, MixedInstructionsAreDispatchedThreeWide) {
  // two ALU, one load a cycle
  EXPECT_EQ(cycles({mov_imm(0, 1), mov_imm(1, 1), ldr(2, 12), mov_imm(3, 1), mov_imm(4, 1), ldr(5, 12), mov_imm(6, 1),
                    mov_imm(7, 1), ldr(8, 12)}),
            3u);
}

TEST(Schedule, ABaseThatAStoreWritesBackDoesNotWaitForItsData) {
  // mul r2, r2, r3; str r2, [r1], #64: the multiplications are a chain, the addresses another one.
  EXPECT_EQ(cycles({0xE0020392, 0xE4812040, 0xE0020392, 0xE4812040}), 6u);
  // ldr r2, [r1]; str r2, [r1], #64: the next load waits for the base alone.
  EXPECT_EQ(cycles({0xE5912000, 0xE4812040}), 1u);
}

TEST(Schedule, DependentAluTakesACycleEach) {
  EXPECT_EQ(cycles({add_imm(0, 0, 1), add_imm(0, 0, 1), add_imm(0, 0, 1), add_imm(0, 0, 1)}), 4u);
  EXPECT_EQ(cycles({add(1, 0, 2), add(3, 1, 2), add(0, 3, 2)}), 3u) << "through other registers";
}

TEST(Schedule, TurnsOfALoopOverlapWhereNothingTiesThem) {
  // r0 starts anew each time.
  EXPECT_EQ(cycles({mov_imm(0, 1), add_imm(0, 0, 1), add_imm(0, 0, 1), add_imm(0, 0, 1)}), 2u);
  EXPECT_EQ(cycles({ldr(0, 12), add_imm(1, 0, 1), str(1, 11)}), 1u);
  EXPECT_EQ(cycles({ldr(0, 12), mul(0, 0, 0), mul(0, 0, 0), str(0, 11)}), 2u) << "one multiplier, used twice";
}

TEST(Schedule, RunOnceAChainTakesItsLatency) {
  EXPECT_EQ(cycles_once({mov_imm(0, 1), add_imm(0, 0, 1), add_imm(0, 0, 1), add_imm(0, 0, 1)}), 4u);
  EXPECT_EQ(cycles_once({ldr(0, 12), add_imm(1, 0, 1), str(1, 11)}), 6u);
  EXPECT_EQ(cycles_once({ldr(0, 12), mul(0, 0, 0), mul(0, 0, 0), str(0, 11)}), 11u);
}

TEST(Schedule, RingsOfRegisters) {
  EXPECT_EQ(cycles({add(2, 0, 1), add_imm(0, 1, 0), add_imm(1, 2, 0)}), 2u) << "Fibonacci: r1 waits for itself for two";
  // r0 -> r1 in 3 cycles, r1 -> r0 in 4: two turns take 7
  EXPECT_EQ(
      steady({block_of({mul(2, 1, 7), mul(1, 0, 7), add_imm(0, 2, 0), mul(2, 1, 7), mul(1, 0, 7), add_imm(0, 2, 0)})})
          .commit,
      7u);
  // r0 -> r1 -> r2 -> r0, one each turn
  EXPECT_EQ(cycles({add_lsl(3, 7, 2, 1), mul(2, 1, 7), mul(1, 0, 7), add_imm(0, 3, 0)}), 3u)
      << "9 cycles for three turns";
}

TEST(Schedule, AChainGoesOnFromBlockToBlock) {
  const Block up = block_of({mul(1, 0, 7)}), down = block_of({mul(0, 1, 7)});
  EXPECT_EQ(steady({up, down}).commit, 6u) << "through another register in every block";
  EXPECT_EQ(steady({up, up}).commit, 2u) << "nothing ties these";
  const Block rest = block_of({mov_imm(2, 1), mov_imm(3, 1), mov_imm(4, 1), mov_imm(5, 1)});
  EXPECT_EQ(steady({up, rest, down, rest}).commit, 6u) << "what else there is runs under it";
}

TEST(Schedule, TheWindowLimitsHowFarDispatchRunsAhead) {
  const TimingConfig& config = a15_timing();
  PipelineState entry;
  entry.ready[0] = entry.completion = 1000;
  const Block waits = block_of({add_imm(0, 0, 1), mov_imm(1, 1)});
  const Schedule made = schedule(waits, entry);
  EXPECT_EQ(made.prefix[2].commit, 1001 - config.window / config.issue_width);
  EXPECT_EQ(made.prefix[2].dependency, 1000 - config.window / config.issue_width);
  EXPECT_EQ(made.prefix[2].due, 1001 - made.prefix[2].commit);
  const Block other = block_of({add_imm(2, 3, 1), mov_imm(1, 1)});
  EXPECT_EQ(whole(schedule(other, entry), other).commit, 1u) << "does not need r0";
}

TEST(Schedule, WhatIsUnderWayIsShorterAWhileLater) {
  PipelineState state;
  state.ready[3] = 7;
  state.ready[4] = 2;
  state.divider = 5;
  state.completion = 9;
  const PipelineState then = later(a15_timing(), state, 3);
  EXPECT_EQ(then.ready[3], 4u);
  EXPECT_EQ(then.ready[4], 0u);
  EXPECT_EQ(then.divider, 2u);
  EXPECT_EQ(then.completion, 6u);
  EXPECT_EQ(later(a15_timing(), then, 2), later(a15_timing(), state, 5));
  EXPECT_EQ(later(a15_timing(), state, 9), PipelineState{});
  EXPECT_EQ(later(a15_timing(), state, 0), state);
}

TEST(Schedule, ABranchIsResolvedWhenItsOperandsAreThere) {
  const auto resolve = [](std::initializer_list<u32> words) { return schedule(block_of(words)).resolve; };
  constexpr u32 kBne = 0x1AFFFFFE, kBxLr = 0xE12FFF1E, kCmp = 0xE3500000;  // cmp r0, #0
  EXPECT_EQ(resolve({kBne}), 0u);
  EXPECT_EQ(resolve({kCmp, kBne}), 0u) << "the flags are there at the block's end";
  EXPECT_EQ(resolve({ldr(0, 12), kCmp, kBne}), 4u) << "load and comparison take 5, dispatch 1";
  EXPECT_EQ(resolve({ldr(0, 12), kBxLr}), 0u) << "LR is there";
  EXPECT_EQ(resolve({ldr(14, 12), kBxLr}), 3u);
  EXPECT_EQ(resolve({ldr(15, 12)}), 3u);
}

TEST(Schedule, ShiftsAndMultiplies) {
  EXPECT_EQ(cycles({add_lsl(0, 1, 0, 3)}), 2u);
  EXPECT_EQ(cycles({add_lsl_reg(0, 1, 0, 2)}), 2u);
  EXPECT_EQ(cycles({add_lsl_reg(3, 1, 4, 2), add_lsl_reg(5, 1, 4, 2)}), 2u) << "takes both pipes";
  EXPECT_EQ(cycles({mul(0, 0, 1), mul(0, 0, 1), mul(0, 0, 1)}), 9u);
  EXPECT_EQ(cycles({mul(0, 1, 2), mul(3, 1, 2), mul(4, 1, 2)}), 3u) << "pipelined";
  EXPECT_EQ(cycles({umull(0, 3, 0, 1)}), 4u);
  EXPECT_EQ(cycles({umull(0, 3, 1, 2), umull(4, 5, 1, 2)}), 4u) << "two turns through the multiplier";
}

TEST(Schedule, DividesDoNotOverlap) {
  EXPECT_EQ(cycles({udiv(0, 0, 1)}), 9u);
  EXPECT_EQ(cycles({udiv(0, 1, 2), udiv(3, 1, 2)}), 18u);
}

TEST(Schedule, LoadUseChain) {
  EXPECT_EQ(cycles({ldr(0, 0)}), 4u);
  EXPECT_EQ(cycles({ldr(0, 0), ldr(0, 0)}), 8u);
  EXPECT_EQ(cycles({ldr(1, 0), add_imm(0, 1, 0)}), 5u);
}

TEST(Schedule, BaseWritebackDoesNotWaitForTheLoad) {
  EXPECT_EQ(cycles({ldr_post(0, 1, 4)}), 1u);
  EXPECT_EQ(cycles({ldr_post(0, 1, 4), ldr_post(2, 1, 4)}), 2u);
  EXPECT_EQ(cycles({ldrd_post(2, 1, 8)}), 1u);
  EXPECT_EQ(cycles({ldm(1, 0x000C, true)}), 1u);
}

TEST(Schedule, MultiplesMoveTwoWordsACycle) {
  EXPECT_EQ(cycles({ldm(12, 0x0003)}), 1u);
  EXPECT_EQ(cycles({ldm(12, 0x000F)}), 2u);
  EXPECT_EQ(cycles({ldm(12, 0x00FF)}), 4u);
  EXPECT_EQ(cycles({stm(12, 0x0FFF)}), 6u);
  EXPECT_EQ(cycles({vldm(12, 32)}), 16u);
}

TEST(Schedule, ALongerMultipleDeliversLater) {
  EXPECT_EQ(cycles({ldm(0, 0x0001)}), 4u);
  EXPECT_EQ(cycles({ldm(0, 0x000F)}), 5u);
  EXPECT_EQ(cycles({ldm(0, 0x00FF)}), 7u);
}

TEST(Schedule, LoadsAndStoresHaveAPortEach) {
  EXPECT_EQ(cycles({ldr(0, 12), str(1, 11), ldr(2, 12), str(3, 11)}), 2u);
  EXPECT_EQ(cycles({str(0, 12), str(1, 12), str(2, 12)}), 3u);
}

TEST(Schedule, FlagsAreARecurrenceToo) { EXPECT_EQ(cycles({adc(0, 1, 2), adc(3, 4, 5), adc(6, 7, 8)}), 3u); }

TEST(Schedule, AConditionalInstructionNeedsWhatItMayKeep) {
  EXPECT_EQ(cycles({if_ne(mul(0, 1, 2)), if_ne(mul(0, 3, 4))}), 6u);
  EXPECT_EQ(cycles({mul(0, 1, 2), mul(0, 3, 4)}), 2u);
}

TEST(Schedule, SerialCostsComeOnTop) {
  TimingConfig config = a15_timing();
  config.serial[static_cast<unsigned>(ir::TimingClass::SysRegRead)] = 7;
  config.serial[static_cast<unsigned>(ir::TimingClass::Dmb)] = 5;
  const Block block = block_of({mrc_midr(0), mrc_midr(1), kDmb});
  ASSERT_EQ(block.insns.size(), 3u);
  const SchedulePrefix end = steady({block}, config);
  EXPECT_EQ(end.serial, 14u);
  EXPECT_EQ(end.barrier, 5u);
  EXPECT_EQ(end.commit, 20u);
  EXPECT_EQ(end.dependency, 0u);
}

TEST(Schedule, ASerialAccessWaitsForAllResults) {
  const u32 cost = a15_timing().serial[static_cast<unsigned>(ir::TimingClass::SysRegRead)];
  const Block block = block_of({ldr(0, 12), mul(0, 0, 0), mrc_midr(1), add_imm(2, 1, 1)});
  ASSERT_EQ(block.insns.size(), 4u);
  const Schedule made = schedule(block);
  EXPECT_EQ(made.prefix[2].commit, 7u) << "before the access, which may read the clock";
  EXPECT_EQ(made.prefix[2].dependency, 6u);
  EXPECT_EQ(made.prefix[3].due, 0u) << "the result comes within the cost";
  EXPECT_EQ(whole(made, block).serial, cost);
  EXPECT_EQ(whole(made, block).dependency, 6u);
}

TEST(Schedule, WaitingIsToldFromBeingBusy) {
  const SchedulePrefix loads = steady({block_of({ldr(0, 12), ldr(1, 12), ldr(2, 12)})});
  EXPECT_EQ(loads.dependency, 0u) << "the port is busy, no result is missing";
  const SchedulePrefix chain = steady({block_of({ldr(0, 0), ldr(0, 0)})});
  EXPECT_EQ(chain.commit, 8u);
  EXPECT_EQ(chain.dependency, 6u);
}

/// What Core::settle and the memory of states rely on, wherever a block is left.
void check_prefixes(const Schedule& t, std::size_t n) {
  ASSERT_EQ(t.prefix[0].commit, 0u);
  for (std::size_t from = 0; from < n; ++from) {
    for (std::size_t to = from + 1; to <= n; ++to) {
      const SchedulePrefix &a = t.prefix[from], &b = t.prefix[to];
      ASSERT_GE(b.commit, a.commit);
      ASSERT_GE(b.dependency, a.dependency);
      ASSERT_GE(b.serial, a.serial);
      ASSERT_GE(b.barrier, a.barrier);
      ASSERT_LE(b.dependency - a.dependency + b.serial - a.serial + b.barrier - a.barrier, b.commit - a.commit)
          << from << " to " << to;
    }
  }
  ASSERT_GE(t.prefix[n].commit, 1u);
  ASSERT_EQ(t.exit.completion, t.prefix[n].due);
  for (const u32 ready : t.exit.ready) ASSERT_LE(ready, t.exit.completion);
  ASSERT_LE(std::max(t.exit.divider, t.exit.vfp_divider), t.exit.completion);
}

TEST(Schedule, PrefixesOfRandomBlocksAddUp) {
  u32 x = 2024;
  const auto random = [&x](u32 n) {
    x = x * 1664525 + 1013904223;
    return (x >> 8) % n;
  };
  PipelineState state;
  for (unsigned round = 0; round < 3000; ++round) {
    Block block;
    Translator translator(block, VirtAddr(0x8000), {});
    const unsigned length = 1 + random(kMaxBlockInsns);
    for (unsigned i = 0; i < length; ++i) {
      const u32 d = random(12), n = random(12), m = random(12);
      const u32 choices[] = {add(d, n, m),   add_lsl(d, n, m, 2), mul(d, n, m), umull(d, (d + 1) % 12, n, m),
                             udiv(d, n, m),  ldr(d, n),           str(d, n),    ldm(n, 0x000F),
                             stm(n, 0x00FF), mrc_midr(d),         kDmb,         adc(d, n, m)};
      u32 raw = choices[random(std::size(choices))];
      if (raw >> 28 == 0xE && random(4) == 0) raw = if_ne(raw);
      if (!translator.translate_insn(raw, 4)) break;
    }
    translator.finish();
    // As TimingModel::start has it: a block that starts with a serial access finds the pipeline empty.
    if (random(8) == 0 || serialises(a15_timing(), block.insns[0])) state = {};
    const Schedule made = schedule(block, state);
    check_prefixes(made, block.insns.size());
    if (HasFatalFailure()) return;
    // A part of the block is a block.
    const unsigned part = random(static_cast<u32>(block.insns.size()) + 1);
    Schedule first;
    compute_schedule(a15_timing(), block, state, part, first);
    for (unsigned k = 0; k < part; ++k) ASSERT_EQ(first.prefix[k].issue, made.prefix[k].issue);
    ASSERT_LE(first.prefix[part].commit, made.prefix[part].commit);
    state = made.exit;
  }
}

TEST(Schedule, TheLargestCostsFit) {
  TimingConfig config = a15_timing();
  config.latency.fill(1000);
  config.serial.fill(1000);
  for (const u32 raw : {udiv(0, 0, 1), mrc_midr(0), ldm(0, 0xFFF), vldm(12, 32), kDmb, mul(0, 0, 0)}) {
    Block block;
    Translator translator(block, VirtAddr(0x8000), {});
    for (unsigned i = 0; i < kMaxBlockInsns; ++i)
      if (!translator.translate_insn(raw, 4)) break;
    translator.finish();
    const std::size_t n = block.insns.size();
    const Schedule t = schedule(block, {}, config);
    check_prefixes(t, n);
    EXPECT_GE(t.prefix[n].commit, 1000u * n);
  }
}

TEST(Schedule, BarriersEndTheirBlocksOrCount) {
  const TimingConfig& config = a15_timing();
  const SchedulePrefix dsb = steady({block_of({kDsb})}), isb = steady({block_of({kIsb})}),
                       dmb = steady({block_of({kDmb})});
  EXPECT_EQ(dsb.barrier, config.serial[static_cast<unsigned>(ir::TimingClass::Dsb)]);
  EXPECT_EQ(isb.barrier, config.serial[static_cast<unsigned>(ir::TimingClass::Isb)]);
  EXPECT_EQ(dmb.barrier, config.serial[static_cast<unsigned>(ir::TimingClass::Dmb)]);
}

}  // namespace
}  // namespace hypsim
