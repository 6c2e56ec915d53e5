// SPDX-License-Identifier: Apache-2.0
// The core at work: items are guest instructions. Argument 0 is functional mode, 1 timed.
#include "bench/machine.h"

namespace hypsim::bench {
namespace {

constexpr u64 kInsns = 10'000;

/// Arithmetic, a load, a store and a conditional branch.
void compute_loop(benchmark::State& state) {
  Machine m(state.range(0) != 0);
  m.map_flat();
  m.reg(1) = Machine::kRam + 0x2000;
  m.flat().code({0xE5912000,    // loop: ldr r2, [r1]
                 0xE0833002,    // add r3, r3, r2
                 0xE0233283,    // eor r3, r3, r3, lsl #5
                 0xE5813004,    // str r3, [r1, #4]
                 0xE2500001,    // subs r0, r0, #1
                 0x1AFFFFF9,    // bne loop
                 0xEAFFFFF8});  // b loop
  m.measure(state, kInsns);
}
BENCHMARK(compute_loop)->ArgName("timed")->Arg(0)->Arg(1);

void lookaside_hit(benchmark::State& state) {
  Machine m(state.range(0) != 0);
  m.map_flat();
  m.reg(1) = Machine::kRam + 0x2000;
  m.flat().code({0xE5912000, 0xE5912004, 0xE5912008, 0xE591200C,    // loop: ldr r2, [r1, #0..12]
                 0xE5912010, 0xE5912014, 0xE5912018, 0xEAFFFFF7});  // ldr r2, [r1, #16..24]; b loop
  m.measure(state, kInsns);
}
BENCHMARK(lookaside_hit)->ArgName("timed")->Arg(0)->Arg(1);

/// Two pages that share a slot, both in the L1 TLB.
void lookaside_miss_tlb_hit(benchmark::State& state) {
  Machine m(state.range(0) != 0);
  m.map_flat();
  m.reg(1) = Machine::kRam + 0x1000;
  m.reg(4) = m.reg(1) + Lookaside::kSlots * kPageSize;
  m.flat().code({0xE5912000, 0xE5942000, 0xE5912000, 0xE5942000,    // loop: ldr r2, [r1]; ldr r2, [r4] ...
                 0xE5912000, 0xE5942000, 0xE5912000, 0xEAFFFFF7});  // b loop
  m.measure(state, kInsns);
}
BENCHMARK(lookaside_miss_tlb_hit)->ArgName("timed")->Arg(0)->Arg(1);

/// 64 pages of one section: the L1 TLB, of 32 entries replaced round robin, always misses, the L2 TLB always hits.
void l1_tlb_miss(benchmark::State& state) {
  Machine m(state.range(0) != 0);
  m.map_flat();
  m.reg(1) = Machine::kRam;
  m.flat().code({0xE5912000,    // loop: ldr r2, [r1]
                 0xE2811A01,    // add r1, r1, #0x1000
                 0xE3C11701,    // bic r1, r1, #0x40000
                 0xEAFFFFFB});  // b loop
  m.measure(state, kInsns);
}
BENCHMARK(l1_tlb_miss)->ArgName("timed")->Arg(0)->Arg(1);

/// SVC into its vector and MOVS PC, LR back: two exceptions' worth of mode switches in three instructions.
void exception_entry_and_return(benchmark::State& state) {
  Machine m(state.range(0) != 0);
  m.map_flat();
  m.flat().core.state().sys.vbar[Security::Secure] = Machine::kRam + 0x1000;
  m.flat().code({0xEF000000,            // loop: svc #0
                 0xEAFFFFFD});          // b loop
  m.flat().code({0xE1B0F00E}, 0x1008);  // movs pc, lr
  m.measure(state, kInsns);
}
BENCHMARK(exception_entry_and_return)->ArgName("timed")->Arg(0)->Arg(1);

}  // namespace
}  // namespace hypsim::bench
