// SPDX-License-Identifier: Apache-2.0
// Translations by the level that answers them, without a core round the MMU.
#include <benchmark/benchmark.h>

#include <cstring>
#include <vector>

#include "sim/mmu/mmu.h"

namespace hypsim::bench {
namespace {

/// Secure PL1 with short descriptors: 8 MB of 4 KB pages mapped to themselves.
class PagedMemory final : public WalkMemory {
 public:
  PagedMemory() : words_(kBytes / 4) {
    constexpr u32 kTable = 1, kSmallPage = 0x47E;  // Normal write-back, full access, Shareable
    for (u32 mb = 0; mb < kMegabytes; ++mb) {
      words_[mb] = (kSecondLevel + mb * 0x400) | kTable;
      for (u32 page = 0; page < 256; ++page)
        words_[kSecondLevel / 4 + mb * 256 + page] = mb << 20 | page << kPageBits | kSmallPage;
    }
    regs.dacr[Security::Secure] = 1;
    regs.sctlr[Security::Secure] = 1u << sctlr::M;
  }
  bool read_descriptor(PhysAddr pa, unsigned size, const MemAttr&, Security, bool, u64& value) override {
    value = 0;
    if (pa.value + size > kBytes) return false;
    std::memcpy(&value, reinterpret_cast<const u8*>(words_.data()) + pa.value, size);
    return true;
  }

  static constexpr u32 kMegabytes = 8;
  SystemRegisters regs;

 private:
  static constexpr u32 kSecondLevel = 0x4000, kBytes = kSecondLevel + kMegabytes * 0x400;
  std::vector<u32> words_;
};

/// Visits `pages` pages in turn.
void translate(benchmark::State& state, u32 pages, TlbLevel expected) {
  PagedMemory memory;
  Mmu mmu(memory.regs, memory);
  const auto visit = [&](u32 page) {
    return mmu.translate(VirtAddr(page << kPageBits), AccessKind::Read, Regime::Pl10Secure, true);
  };
  for (u32 i = 0; i < pages; ++i) visit(i);
  u32 page = 0;
  for (auto _ : state) {
    const Translation t = visit(page);
    if (!t.ok() || t.hit != expected) state.SkipWithError("answered by another level");
    benchmark::DoNotOptimize(t);
    page = page + 1 == pages ? 0 : page + 1;
  }
}

void tlb_l1_hit(benchmark::State& state) { translate(state, 16, TlbLevel::L1); }
void tlb_l2_hit(benchmark::State& state) { translate(state, 128, TlbLevel::L2); }
void table_walk(benchmark::State& state) { translate(state, 2048, TlbLevel::Walk); }
BENCHMARK(tlb_l1_hit);
BENCHMARK(tlb_l2_hit);
BENCHMARK(table_walk);

}  // namespace
}  // namespace hypsim::bench
