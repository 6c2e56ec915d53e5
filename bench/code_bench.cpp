// SPDX-License-Identifier: Apache-2.0
// From bytes to blocks: decode and translation, and the look-up of a translated block.
#include <benchmark/benchmark.h>

#include <memory>

#include "sim/cpu/exec/block_cache.h"
#include "sim/cpu/translate/translator.h"

namespace hypsim::bench {
namespace {

/// Items are instructions.
void decode_and_translate(benchmark::State& state) {
  static constexpr u32 kCode[] = {0xE92D4010,   // push {r4, lr}
                                  0xE5912000,   // ldr r2, [r1]
                                  0xE0833002,   // add r3, r3, r2
                                  0xE0233283,   // eor r3, r3, r3, lsl #5
                                  0xE0030293,   // mul r3, r3, r2
                                  0xE5813004,   // str r3, [r1, #4]
                                  0xE2500001,   // subs r0, r0, #1
                                  0x1AFFFFF8};  // bne
  for (auto _ : state) {
    Block block;
    Translator translator(block, VirtAddr(0x8000), BlockContext{});
    for (const u32 raw : kCode) translator.translate_insn(raw, 4);
    translator.finish();
    benchmark::DoNotOptimize(block.ops.data());
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * std::size(kCode)));
}
BENCHMARK(decode_and_translate);

/// Among 4096 blocks, by physical address and context: what a miss of the jump table costs.
void block_lookup(benchmark::State& state) {
  constexpr u32 kBlocks = 4096, kStride = 32, kBase = 0x40000000;
  BlockCache cache(u64{64} << 20);
  for (u32 i = 0; i < kBlocks; ++i) {
    Block& block = cache.blank();
    block.pa = PhysAddr(kBase + i * kStride);
    block.va = VirtAddr(kBase + i * kStride);
    cache.insert(block);
  }
  const u32 key = BlockContext{}.key();
  u32 i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(cache.find(PhysAddr(kBase + i * kStride), kBase + i * kStride, key));
    i = (i + 257) % kBlocks;
  }
}
BENCHMARK(block_lookup);

}  // namespace
}  // namespace hypsim::bench
