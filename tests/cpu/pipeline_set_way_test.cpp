// SPDX-License-Identifier: Apache-2.0
// Maintenance by set and way in caches of every shape: a loop over what CCSIDR tells reaches every line once.
#include <bit>

#include "tests/support/timed_machine.h"

namespace hypsim {
namespace {

using Op = TimingModel::DcacheOp;

constexpr u32 kL1dInvalidated = 0x48, kL2Invalidated = 0x58;

struct SetWay {
  explicit SetWay(const TimingConfig& c) : config(c) {}

  TimingConfig config;
  SharedMemoryTiming shared{config};
  TimingModel model{config, shared};
  Clock clock;

  u64 load(u64 pa) {
    const u64 before = clock.now.value;
    model.load(clock, PhysAddr(pa), MemClass::Cacheable);
    return clock.now.value - before;
  }
  /// As kernels do it: the way from the top, the set from bit 6 (lines of 64 bytes), the level from bit 1.
  void invalidate_all(u32 level, const CacheShape& cache) {
    const int way_shift = std::countl_zero(cache.ways - 1);
    for (u32 way = 0; way < cache.ways; ++way)
      for (u32 set = 0; set < cache.sets(); ++set) {
        const u32 in_way = cache.ways == 1 ? 0 : way << way_shift;
        model.maintain_dcache_set_way(clock, in_way | set << 6 | level << 1, Op::CleanInvalidate);
      }
  }
};

TEST(SetWayMaintenance, ReachesEveryLineOfEveryShape) {
  const CacheShape l1ds[] = {{32 << 10, 2}, {16 << 10, 1}, {64 << 10, 4}, {96 << 10, 3}, {1 << 10, 16}};
  const CacheShape l2s[] = {{1 << 20, 16}, {64 << 10, 1}, {96 << 10, 12}, {256 << 10, 32}};
  for (const CacheShape& l1d : l1ds) {
    for (const CacheShape& l2 : l2s) {
      SCOPED_TRACE(::testing::Message() << l1d.bytes << "/" << l1d.ways << ", " << l2.bytes << "/" << l2.ways);
      TimingConfig config = test::flat_dram();
      config.l1d_bytes = l1d.bytes;
      config.l1d_ways = l1d.ways;
      config.l2_bytes = l2.bytes;
      config.l2_ways = l2.ways;
      const CacheShapes told = config.cache_shapes();
      EXPECT_EQ(told.l1d.sets() * told.l1d.ways * 64, l1d.bytes);
      EXPECT_EQ(told.l2.sets() * told.l2.ways * 64, l2.bytes);

      SetWay m(config);
      const u32 lines = std::min(l1d.bytes, l2.bytes) / 64;
      for (u32 i = 0; i < lines; ++i) m.load(u64{i} * 64);
      for (u32 i = 0; i < lines; ++i) ASSERT_EQ(m.load(u64{i} * 64), 0u) << i;
      m.invalidate_all(0, told.l1d);
      EXPECT_EQ(m.model.pmu_event(kL1dInvalidated), lines);
      for (u32 i = 0; i < lines; ++i) ASSERT_EQ(m.load(u64{i} * 64), config.l2_hit - 4) << i;
      m.invalidate_all(0, told.l1d);
      m.invalidate_all(1, told.l2);
      EXPECT_EQ(m.model.pmu_event(kL2Invalidated), lines);
      for (u32 i = 0; i < lines; ++i) ASSERT_GT(m.load(u64{i} * 64), config.l2_hit - 4) << i;
    }
  }
}

}  // namespace
}  // namespace hypsim
