// SPDX-License-Identifier: Apache-2.0
// Queues of the pipeline: issue queues, the load queue and the store queue, the order of loads behind stores, and data
// that goes from a store to a load; by schedule, and under misses.
#include <iterator>

#include "sim/cpu/pipeline/schedule.h"
#include "tests/cpu/late_blocks.h"
#include "tests/cpu/pipeline_blocks.h"
#include "tests/support/timed_machine.h"

namespace hypsim {
namespace {

using test::a15_timing;
using test::Late;

constexpr u8 kNone = ir::MemoryOperand::kNone;

// --- names of memory ----------------------------------------------------------------------------------------------

TEST(MemoryOperand, IsReadFromTheInstruction) {
  struct Row {
    const char* text;
    u32 word;
    u8 base, bytes;
    i16 offset;
    u16 registers;
    u8 moved = kNone;
    i16 moved_by = 0;
  };
  const Row rows[] = {
      {"ldr r2, [r1, #8]", 0xe5912008, 1, 4, 8, 1 << 1},
      {"ldrb r2, [r1, #-3]", 0xe5512003, 1, 1, -3, 1 << 1},
      {"strh r2, [r1, #6]", 0xe1c120b6, 1, 2, 6, 1 << 1},
      {"ldr r2, [r1], #4", 0xe4912004, 1, 4, 0, 1 << 1, 1, 4},
      {"ldr r2, [r1, #4]!", 0xe5b12004, 1, 4, 4, 1 << 1, 1, 4},
      {"ldr r1, [r1]", 0xe5911000, 1, 4, 0, 1 << 1},
      {"str r2, [r1, r3]", 0xe7812003, kNone, 0, 0, 1 << 1 | 1 << 3},
      {"str r2, [r1, r3, lsl #2]", 0xe7812103, kNone, 0, 0, 1 << 1 | 1 << 3},
      {"ldr r2, [pc, #8]", 0xe59f2008, kNone, 0, 0, 0},
      {"ldrd r2, [r1, #8]", 0xe1c120d8, 1, 8, 8, 1 << 1},
      {"push {r4, lr}", 0xe92d4010, 13, 8, -8, 1 << 13, 13, -8},
      {"pop {r4, pc}", 0xe8bd8010, 13, 8, 0, 1 << 13, 13, 8},
      {"push {r4, pc}", 0xe92d8010, 13, 8, -8, 1 << 13, 13, -8},
      {"ldm r1, {r1-r3}", 0xe891000e, 1, 12, 0, 1 << 1},
      {"vldr d0, [r1, #8]", 0xed910b02, 1, 8, 8, 1 << 1},
      {"vstmdb r1!, {d8-d9}", 0xed218b04, 1, 16, -16, 1 << 1, 1, -16},
      {"ldrex r0, [r1]", 0xe1910f9f, 1, 4, 0, 1 << 1},
      {"ldrex r1, [r1]", 0xe1911f9f, 1, 4, 0, 1 << 1},
      {"sub sp, sp, #16", 0xe24dd010, kNone, 0, 0, 0, 13, -16},
      {"add r1, r2, #16", 0xe2821010, kNone, 0, 0, 0},
      {"mov r1, r2", 0xe1a01002, kNone, 0, 0, 0},
  };
  for (const Row& row : rows) {
    const Block block = block_of({row.word});
    const ir::InsnInfo& insn = block.insns[0];
    EXPECT_EQ(insn.memory.base, row.base) << row.text;
    EXPECT_EQ(insn.memory.bytes, row.bytes) << row.text;
    EXPECT_EQ(insn.memory.offset, row.offset) << row.text;
    EXPECT_EQ(insn.memory.registers, row.registers) << row.text;
    EXPECT_EQ(insn.moved, row.moved) << row.text;
    EXPECT_EQ(insn.moved_by, row.moved_by) << row.text;
  }
}

// --- schedules ----------------------------------------------------------------------------------------------------

constexpr u32 kStr21 = 0xe5812000, kLdr21 = 0xe5912000;    // r2 to and from [r1]
constexpr u32 kStr21At4 = 0xe5812004;                      // str r2, [r1, #4]
constexpr u32 kLdr3c = 0xe59c3000;                         // ldr r3, [r12]
constexpr u32 kMul100 = 0xe0010090, kMul200 = 0xe0020090;  // r1, r2 = r0 * r0
constexpr u32 kMul = 0xe0000790;                           // mul r0, r0, r7
constexpr u32 kMov9 = 0xe3a09001;                          // mov r9, #1
constexpr u32 kVdiv = 0xee800b01;                          // vdiv.f64 d0, d0, d1

Schedule schedule(const Block& block, const PipelineState& entry = {}, const TimingConfig& config = a15_timing()) {
  Schedule made;
  compute_schedule(config, block, entry, static_cast<unsigned>(block.insns.size()), made);
  return made;
}

/// What a turn of a loop through the blocks costs in the long run.
double turn(const std::vector<Block>& blocks) {
  constexpr u32 kWarm = 100, kTurns = 100;
  PipelineState state;
  u32 cycles = 0;
  for (u32 i = 0; i < kWarm + kTurns; ++i)
    for (const Block& block : blocks) {
      const Schedule made = schedule(block, state);
      state = made.exit;
      if (i >= kWarm) cycles += made.prefix[block.insns.size()].commit;
    }
  return static_cast<double>(cycles) / kTurns;
}

TEST(Forwarding, ALoadWaitsForTheDataOfTheStoreThatItReads) {
  const u32 forwarding = a15_timing().store_forwarding;
  EXPECT_EQ(turn({block_of({kStr21, kLdr21})}), forwarding);
  EXPECT_EQ(turn({block_of({kStr21}), block_of({kLdr21})}), forwarding) << "from block to block";
  EXPECT_EQ(turn({block_of({0xe5c12001, kLdr21})}), forwarding) << "a byte of the word: strb r2, [r1, #1]";
  EXPECT_EQ(turn({block_of({kStr21At4, kLdr21})}), 1) << "another word";
  EXPECT_EQ(turn({block_of({0xe7812003, kLdr21})}), 1) << "str r2, [r1, r3]: nobody knows";
  EXPECT_EQ(turn({block_of({kStr21, 0xe1a01005, kLdr21})}), 1) << "mov r1, r5 in between";
}

TEST(Forwarding, TheNameMovesWithItsBase) {
  const u32 forwarding = a15_timing().store_forwarding;
  EXPECT_EQ(turn({block_of({0xe52d2004, 0xe49d2004})}), forwarding) << "push {r2}; pop {r2}";
  EXPECT_EQ(turn({block_of({0xe92d0004, 0xe24dd010}), block_of({0xe59d2010, 0xe28dd014})}), forwarding)
      << "push {r2}; sub sp, #16; ldr r2, [sp, #16]; add sp, #20";
  EXPECT_LT(turn({block_of({0xe52d2004, 0xe59d2004, 0xe28dd004})}), forwarding) << "the word above it";
}

TEST(Forwarding, TheYoungestStoreCounts) {
  // mul r2, r0, r0; str r2, [r1]; str r4, [r1]; ldr r5, [r1]
  const Block block = block_of({kMul200, kStr21, 0xe5814000, 0xe5915000});
  const Schedule made = schedule(block);
  EXPECT_EQ(made.exit.ready[5], made.exit.completion);
  const Block slow = block_of({kMul200, 0xe5814000, kStr21, 0xe5915000});
  EXPECT_GT(schedule(slow).exit.ready[5], made.exit.ready[5]);
}

TEST(Order, NothingPassesAStoreWhoseAddressIsNotKnown) {
  const Schedule made = schedule(block_of({kMul100, kStr21, kLdr3c}));
  EXPECT_EQ(made.prefix[1].issue, 3u);
  EXPECT_EQ(made.prefix[2].issue, 3u) << "a load, of somewhere else";
  EXPECT_EQ(schedule(block_of({kMul100, kStr21, 0xe58c3000})).prefix[2].issue, 3u) << "a store";
  EXPECT_LE(schedule(block_of({kMul200, kStr21, kLdr3c})).prefix[2].issue, 1u) << "its data may be late";
  const Schedule across = schedule(block_of({kLdr3c}), schedule(block_of({kMul100, kStr21})).exit);
  EXPECT_EQ(across.prefix[0].issue, 2u) << "a cycle later, in the next block";
}

std::vector<u32> times(u32 n, u32 word) { return std::vector<u32>(n, word); }

/// When the last instruction of `first`, `n` times `word` and `last` starts.
u32 last_issue(const TimingConfig& config, const std::vector<u32>& words) {
  Block block;
  Translator translator(block, VirtAddr(0x8000), {});
  for (const u32 w : words) translator.translate_insn(w, 4);
  translator.finish();
  return schedule(block, {}, config).prefix[words.size() - 1].issue;
}

TEST(IssueQueue, AChainThatFillsItStopsTheFrontEnd) {
  TimingConfig config = a15_timing();
  const auto behind = [&](u32 muls) {
    std::vector<u32> words = times(muls, kMul);
    words.push_back(kMov9);
    return last_issue(config, words);
  };
  EXPECT_EQ(behind(8), 2u) << "there is a place for each";
  EXPECT_EQ(behind(16), 21u) << "the sixteenth gets that of the eighth, which starts at 21";
  config.issue_queue = 16;
  EXPECT_EQ(behind(16), 5u);
  config.issue_queue = 1;
  EXPECT_EQ(behind(8), 18u) << "all but the last have started";
}

TEST(IssueQueue, IsLeftByBlocksAsItIs) {
  const Block chain = block_of({kMul, kMul, kMul, kMul, kMul, kMul, kMul, kMul});
  const Schedule first = schedule(chain);
  const Schedule second = schedule(chain, first.exit);
  EXPECT_LE(first.prefix[8].commit, 8u);
  EXPECT_GE(first.prefix[8].commit + second.prefix[7].issue, 21u);
  EXPECT_GE(first.prefix[8].commit + second.prefix[8].commit, 21u) << "its last one had to wait for a place";
}

TEST(LoadQueue, IsFullUntilTheOldestRetires) {
  TimingConfig config = a15_timing();
  const u32 division = config.latency[static_cast<unsigned>(ir::TimingClass::VfpDivDouble)];
  const auto last_behind_a_division = [&](u32 n, u32 word) {
    std::vector<u32> words = times(n, word);
    words.insert(words.begin(), kVdiv);
    return last_issue(config, words);
  };
  EXPECT_EQ(last_behind_a_division(16, kLdr3c), 15u) << "one a cycle";
  EXPECT_EQ(last_behind_a_division(17, kLdr3c), division) << "the first retires behind the division";
  EXPECT_EQ(last_behind_a_division(17, kStr21), division) << "stores have a queue of their own";
  config.load_queue = 32;
  EXPECT_EQ(last_behind_a_division(17, kLdr3c), 16u);
  EXPECT_EQ(last_behind_a_division(17, kStr21), division);
  config.store_queue = 32;
  EXPECT_EQ(last_behind_a_division(17, kStr21), 16u);
}

TEST(Queues, StatesThatNothingCouldTellApartAreOne) {
  const Places::State empty{};
  const PipelineState loads = schedule(block_of({kLdr3c, kLdr3c, kLdr3c})).exit;
  EXPECT_EQ(loads.load_queue, empty) << "sixteen more would take longer than these";
  EXPECT_EQ(loads.issue_queues[kLoadPipe], empty);
  Places places(4, {0, 0, 0, 9});
  EXPECT_EQ(places.first_free(), 0u);
  EXPECT_EQ(places.state(0, 3), (Places::State{0, 0, 0, 9}));
  EXPECT_EQ(places.state(8, 3), (Places::State{0, 0, 0, 0})) << "the fourth comes a cycle later";
  places.take(12);
  places.take(5);
  EXPECT_EQ(places.state(0, 3), (Places::State{0, 5, 9, 12}));
  EXPECT_EQ(places.state(10, 3), (Places::State{0, 0, 0, 2}));
}

TEST(Queues, TimeMayPassInPieces) {
  u32 x = 77;
  const auto random = [&x](u32 n) {
    x = x * 1664525 + 1013904223;
    return (x >> 8) % n;
  };
  const u32 words[] = {kMul,      kMul,   kMul,   kMul,  kMul100, kMul200,    kStr21,
                       kStr21At4, kLdr21, kLdr3c, kMov9, kVdiv,   0xe52d2004, 0xe49d2004};
  PipelineState state;
  u32 with_stores = 0, with_queues = 0;
  for (unsigned round = 0; round < 2000; ++round) {
    state = schedule(block_of({words[random(std::size(words))], words[random(std::size(words))],
                               words[random(std::size(words))], words[random(std::size(words))]}),
                     state)
                .exit;
    with_stores += state.pending_stores[0].data != 0 ? 1 : 0;
    with_queues += state.issue_queues[kMultiplyPipe] != Places::State{} ? 1 : 0;
    const u32 a = random(10), b = random(10);
    const auto after = [](const PipelineState& s, u32 n) { return later(a15_timing(), s, n); };
    ASSERT_EQ(after(after(state, a), b), after(state, a + b)) << round;
    ASSERT_EQ(after(state, 0), state) << round;
  }
  EXPECT_GT(with_stores, 200u);
  EXPECT_GT(with_queues, 200u);
}

// --- under misses -------------------------------------------------------------------------------------------------

constexpr u32 kStr25 = 0xe5852000, kStr25At4 = 0xe5852004;  // str r2, [r5]
constexpr u32 kNop = 0xe320f000;
constexpr u32 kLdr35 = 0xe5953000, kLdr43 = 0xe5934000;  // ldr r3, [r5]; ldr r4, [r3]

TEST_F(Late, DataGoesFromALateStoreToALoad) {
  run({kLdr21, kStr25, kLdr35, kLdr43}, {{0, 0x1000}, {3, 0x2000}});
  EXPECT_NEAR(static_cast<double>(dsb()), 2.0 * static_cast<double>(dram), 10);
  run({kLdr21, kStr25}, {{0, 0x3000}});
  run({kLdr35, kLdr43}, {{1, 0x4000}});
  EXPECT_NEAR(static_cast<double>(dsb()), 2.0 * static_cast<double>(dram), 10) << "from block to block";
  run({kLdr21, kStr25At4, kLdr35, kLdr43}, {{0, 0x5000}, {3, 0x6000}});
  EXPECT_LT(dsb(), dram + 2 * config.l2_line_interval) << "another word";
}

TEST_F(Late, AChainBehindAMissIsOnlyAChainOnceTheDataHasCome) {
  run({kLdr21}, {{0, 0x1000}});
  constexpr u32 kTurns = 400;
  for (u32 i = 0; i < kTurns; ++i) run({0xe0020792}, {});  // mul r2, r2, r7
  EXPECT_FALSE(model.under_way());
  const auto in = [&](Resource r) { return clock.stack[static_cast<unsigned>(r)]; };
  EXPECT_LE(in(Resource::L2) + in(Resource::Dram), dram) << "the rest is the multiplier's";
  dsb();
  model.exception_entry(clock, model.due());
  EXPECT_NEAR(static_cast<double>(clock.now.value), static_cast<double>(dram + kTurns * 3 + config.exception_entry), 3);
}

TEST_F(Late, WhatIsLateIsInTheStateThatFollows) {
  // str r2, [r5], its data a chain behind a miss; ldr r3, [r5]; then the multiplier waits for it.
  const auto until_done = [&](u64 pa, u32 store) {
    const u64 before = clock.now.value;
    run({kLdr21}, {{0, pa}});
    for (u32 i = 0; i < 5; ++i) run({0xe0020792}, {});  // mul r2, r2, r7
    run({store}, {});
    while (clock.now.value < before + dram) run({kNop}, {});
    run({kNop}, {});
    EXPECT_FALSE(model.under_way());
    run({kLdr35, 0xe0030793}, {});  // mul r3, r3, r7
    model.exception_entry(clock, model.due());
    return clock.now.value - before - config.exception_entry;
  };
  EXPECT_EQ(until_done(0x8000, kStr25), dram + 5 * 3 + config.store_forwarding + 3);
  EXPECT_LT(until_done(0x9000, kStr25At4), dram + 5 * 3 + config.store_forwarding);
}

TEST_F(Late, NoLoadPassesAStoreWithALateAddress) {
  run({kLdr21, 0xe5823000, kLdr35}, {{0, 0x1000}, {2, 0x2000}});  // str r3, [r2]
  EXPECT_NEAR(static_cast<double>(dsb()), 2.0 * static_cast<double>(dram), 10);
  run({kLdr21, kStr25, kLdr43}, {{0, 0x3000}, {2, 0x4000}});
  EXPECT_LT(dsb(), dram + 2 * config.l2_line_interval) << "late data keeps nobody";
}

TEST_F(Late, AFullQueueStopsTheFrontEnd) {
  u64 pa = 0x1000;
  const auto waits_at = [&](u32 word) {
    run({kLdr21}, {{0, pa}});
    pa += 0x1000;
    u32 n = 0;
    while (n < 100 && run({word}, {}) == 0) ++n;
    EXPECT_LE(dsb(), 3u) << "it waited for the miss";
    return n;
  };
  EXPECT_EQ(waits_at(0xe0030292), config.issue_queue) << "mul r3, r2, r2";
  EXPECT_EQ(waits_at(0xe0823002), config.issue_queue * config.alu_pipes) << "add r3, r2, r2";
  EXPECT_EQ(waits_at(0xe5945000), config.load_queue - 1) << "ldr r5, [r4] behind a load";
  EXPECT_EQ(waits_at(0xe5845000), config.store_queue) << "str r5, [r4]";
}

}  // namespace
}  // namespace hypsim
