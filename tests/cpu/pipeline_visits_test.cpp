// SPDX-License-Identifier: Apache-2.0
// Schedules from block to block: what runs a program, and how often it is interrupted, watched or made to forget, must
// not change a cycle.
#include <functional>

#include "sim/cpu/pipeline/schedule_memo.h"
#include "tests/cpu/pipeline_blocks.h"
#include "tests/support/timed_machine.h"

namespace hypsim {
namespace {

using test::a15_timing;
using test::FlatMachine;
using test::StackChecker;
using test::total_of;

constexpr u32 kRam = FlatMachine::kRam, kTable = 0x80000, kVectors = 0x40000, kData = 0x20000;

/// Chains, a divider, calls, mispredicted branches, exceptions, aborts in the middle of blocks.
constexpr u32 kProgram[] = {
    0xE0010999,  // mul r1, r9, r9
    0xE0899000,  // add r9, r9, r0
    0xE0299389,  // eor r9, r9, r9, lsl #7
    0xE5982008,  // ldr r2, [r8, #8]
    0xE0833002,  // add r3, r3, r2
    0xE3190004,  // tst r9, #4
    0x0A000002,  // beq +2
    0xE734F019,  // udiv r4, r9, r0
    0xE0855004,  // add r5, r5, r4
    0xE5885010,  // str r5, [r8, #16]
    0xE0C76199,  // smull r6, r7, r9, r1
    0xE02994A6,  // eor r9, r9, r6, lsr #9
    0xE3190001,  // tst r9, #1
    0x0B000009,  // bleq leaf
    0xE3190030,  // tst r9, #48
    0x0F000000,  // svceq #0
    0xE3190C07,  // tst r9, #1792
    0x059B2000,  // ldreq r2, [r11]: aborts
    0xE0833007,  // add r3, r3, r7
    0xEE10CF10,  // mrc p15, 0, r12, c0, c0, 0
    0xE0050793,  // mul r5, r3, r7
    0xE2500001,  // subs r0, r0, #1
    0x1AFFFFE8,  // bne
    0xEAFFFFFE,  // b .
    0xE5982000,  // leaf: ldr r2, [r8]
    0xE0833122,  // add r3, r3, r2, lsr #2
    0xE0030993,  // mul r3, r3, r9
    0xE5883004,  // str r3, [r8, #4]
    0xE12FFF1E,  // bx lr
};

struct Variation {
  const char* name;
  bool generate = false;
  u32 hot = 1;
  u64 step = 0;                                        ///< cycles after which the run loop is left, 0: never
  u64 piece = 0;                                       ///< the same from where the last run ended: at least a block
  bool drop_blocks = false, forget_schedules = false;  ///< at each such point
  bool observe = false, trace = false;
};

struct Outcome {
  u32 registers[16];
  u64 retired, cycles;
  CycleStack stack;
};

/// Asks for every instruction and never stops.
struct Tracer final : DebugPort {
  bool traces(const Core&, u32, u32) override { return true; }
  bool stops_before(const Core&, u32) override { return false; }
  bool watches_page(const Core&, u32) override { return false; }
  bool stops_at_access(const Core&, u32, u32, unsigned, bool) override { return false; }
  void stop(Core&) override {}
};

Outcome run(const Variation& v, const TimingConfig& timing = a15_timing()) {
  SharedMemoryTiming shared(timing);
  CoreConfig config;
  config.timing = &timing;
  config.shared_memory = &shared;
  config.generate_code = v.generate;
  config.hot_visits = v.hot;
  FlatMachine m(1 << 20, config);
  for (u32 i = 0; i < 4096; ++i) m.bus.set_word(kRam + kTable + 4 * i, i << 20 | 0x11C0E);
  for (u32 i = 0; i < std::size(kProgram); ++i) m.bus.set_word(kRam + 4 * i, kProgram[i]);
  m.code({0xE1B0F00E}, kVectors + 0x08);  // movs pc, lr
  m.code({0xE25EF004}, kVectors + 0x10);  // subs pc, lr, #4
  auto& sys = m.core.state().sys;
  sys.ttbr0[Security::Secure] = kRam + kTable;
  sys.dacr[Security::Secure] = 1;
  sys.sctlr[Security::Secure] |= 1u << sctlr::M | 1u << sctlr::C | 1u << sctlr::Z | 1u << sctlr::I;
  sys.vbar[Security::Secure] = kRam + kVectors;
  m.core.state_changed();
  m.reg(0) = 700;
  m.reg(8) = kRam + kData;
  m.reg(9) = 12345;
  m.reg(11) = 0x50000000;
  StackChecker checker;
  Tracer tracer;
  if (v.observe) m.core.set_observer(&checker);
  if (v.trace) m.core.set_debugger(&tracer);
  for (u64 limit = v.step; m.reg(0) != 0; limit += v.step) {
    m.core.run(Cycles(v.step != 0 ? limit : m.core.now().value + v.piece));
    if (v.drop_blocks) m.core.invalidate_code(PhysAddr(kRam), 1 << 20);
    if (v.forget_schedules) m.core.timing_model()->forget_schedules();
  }
  Outcome out{};
  std::copy_n(m.core.state().slot, 16, out.registers);
  out.retired = m.core.retired();
  out.cycles = m.core.now().value;
  out.stack = m.core.cycle_stack();
  EXPECT_EQ(total_of(out.stack), out.cycles);
  return out;
}

TEST(Visits, NothingButTheProgramDecidesItsCycles) {
  // The end is in a branch to itself: how far that spins depends on the limit, so the run ends at its first turn.
  const auto upto_the_end = [](Variation v) {
    if (v.step == 0 && v.piece == 0) v.piece = 1;
    return run(v);
  };
  const Outcome plain = upto_the_end({.name = "plain"});
  EXPECT_GT(plain.stack[static_cast<unsigned>(Resource::Mispredict)], 0u);
  EXPECT_GT(plain.stack[static_cast<unsigned>(Resource::Dependency)], 0u);
  EXPECT_GT(plain.stack[static_cast<unsigned>(Resource::Exception)], 0u);
  const Variation variations[] = {
      {.name = "generated, one block at a time", .generate = true},
      {.name = "generated", .generate = true, .piece = 1000},
      {.name = "mixed", .generate = true, .hot = 7, .piece = 333},
      {.name = "interpreted, long runs", .piece = 777},
      {.name = "observed", .piece = 100, .observe = true},
      {.name = "observed, generated", .generate = true, .piece = 100, .observe = true},
      {.name = "traced", .piece = 100, .trace = true},
      {.name = "blocks dropped", .piece = 97, .drop_blocks = true},
      {.name = "blocks dropped, generated", .generate = true, .piece = 97, .drop_blocks = true},
      {.name = "schedules forgotten", .piece = 1, .drop_blocks = true, .forget_schedules = true},
      {.name = "schedules forgotten, generated",
       .generate = true,
       .piece = 41,
       .drop_blocks = true,
       .forget_schedules = true},
  };
  for (const Variation& v : variations) {
    SCOPED_TRACE(v.name);
    const Outcome out = upto_the_end(v);
    // Whoever ran on past the end has counted turns of the branch to itself.
    const u64 turns = out.retired - plain.retired;
    EXPECT_EQ(out.cycles - turns, plain.cycles);
    for (unsigned r = 0; r < 16; ++r) EXPECT_EQ(out.registers[r], plain.registers[r]) << "R" << r;
    for (unsigned r = 0; r < out.stack.size(); ++r)
      EXPECT_EQ(out.stack[r] - (r == static_cast<unsigned>(Resource::Base) ? turns : 0), plain.stack[r]) << r;
  }
  for (const u64 step : {1, 7, 60, 1000}) {
    SCOPED_TRACE(step);
    for (const bool generate : {false, true}) {
      const Outcome out = run({.name = "steps", .generate = generate, .step = step});
      EXPECT_EQ(out.cycles - (out.retired - plain.retired), plain.cycles);
    }
  }
}

TEST(Visits, ABlockRemembersItsSchedules) {
  ScheduleMemo memo(a15_timing());
  Block block = block_of({0xE0000190});  // mul r0, r0, r1
  block.timing = memo.none();
  const BlockTiming* first = memo.find(block, 0);
  const u64 then = first->exit;
  const BlockTiming* second = memo.find(block, then);
  EXPECT_NE(first, second);
  EXPECT_EQ(memo.find(block, 0), first);
  EXPECT_EQ(memo.find(block, then), second);
  EXPECT_EQ(block.timing, second);
  EXPECT_EQ(first->then, second) << "what generated code tries";
  EXPECT_EQ(second->then, first);
  EXPECT_EQ(memo.state(then).ready[0], 2u) << "three cycles, one of dispatch";
  EXPECT_EQ(memo.later(then, 1), memo.later(then, 1));
  EXPECT_EQ(memo.state(memo.later(then, 1)).ready[0], 1u);
  EXPECT_EQ(memo.later(then, 2), 0u);
  EXPECT_EQ(memo.exit_after(block, 0, 1), then);
  EXPECT_EQ(memo.exit_after(block, then, 0), then);
}

TEST(Visits, WhatIsRememberedIsBounded) {
  // States without end: what a hostile guest could do. Each block and state gives a schedule that is like a fresh one.
  ScheduleMemo memo(a15_timing());
  Block block = block_of({0xE0822003});  // add r2, r2, r3
  block.timing = memo.none();
  unsigned forgotten = 0;
  u64 kept = 0;
  for (u32 n = 1; n < 150'000; ++n) {
    PipelineState state;
    state.ready[2] = static_cast<u16>(n % 40);
    state.ready[3] = static_cast<u16>(n / 40 % 40);
    state.ready[5] = static_cast<u16>(n / 1600);
    state.completion = 100;
    const u64 id = memo.id_of(state);
    EXPECT_NE(id, kept);
    EXPECT_EQ(memo.state(id), state);
    const BlockTiming* t = memo.find(block, id);
    EXPECT_EQ(memo.state(t->exit).ready[2], std::max(n % 40, n / 40 % 40));
    kept = id;
    if (!memo.full()) continue;
    ++forgotten;
    block.timing = memo.none();
    kept = memo.forget(kept);
    EXPECT_EQ(memo.state(kept), state);
    EXPECT_FALSE(memo.full());
  }
  EXPECT_GE(forgotten, 1u);
}

}  // namespace
}  // namespace hypsim
