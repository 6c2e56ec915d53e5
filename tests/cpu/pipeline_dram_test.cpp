// SPDX-License-Identifier: Apache-2.0
// DRAM: open rows, banks, the bus and its calendar, and that all cores queue for it.
#include "tests/cpu/pipeline_blocks.h"
#include "tests/support/timed_machine.h"

namespace hypsim {
namespace {

using test::a15_timing;

TEST(Calendar, TurnsFollowEachOther) {
  Calendar c(10);
  EXPECT_EQ(c.take(100), 100u);
  EXPECT_EQ(c.take(100), 110u);
  EXPECT_EQ(c.take(105), 120u);
  EXPECT_EQ(c.take(200), 200u);
}

TEST(Calendar, AnEarlierOneTakesAGapThatIsLongEnough) {
  Calendar c(10);
  c.take(100);
  c.take(115);  // the gap of 5 is too short
  EXPECT_EQ(c.take(90), 90u);
  EXPECT_EQ(c.take(91), 125u);
  EXPECT_EQ(c.take(80), 80u);
  EXPECT_EQ(c.take(0), 0u) << "whoever comes last: it is first in time";
}

TEST(Calendar, NoTwoTurnsOverlap) {
  Calendar c(9);
  std::vector<u64> taken;
  u32 x = 1;
  for (u64 n = 0; n < 1000; ++n) {
    x = x * 1664525 + 1013904223;
    const u64 when = 20 * n + (x >> 26);  // in no order within a window
    const u64 turn = c.take(when);
    EXPECT_GE(turn, when);
    for (const u64 other : taken) EXPECT_TRUE(turn >= other + 9 || other >= turn + 9) << turn << ' ' << other;
    taken.push_back(turn);
  }
}

struct DramTest : ::testing::Test {
  TimingConfig config = a15_timing();
  Dram dram{config};
  const u64 conflict = config.cycles_of_ns(config.dram_ns), activate = config.cycles_of_ps(config.dram_activate),
            precharge = config.cycles_of_ps(config.dram_precharge), line = config.cycles_of_ps(config.dram_line);
  const u64 same_bank =
      u64{config.dram_banks} * config.dram_row_bytes * 2 - config.dram_row_bytes;  // another row of bank 0
  u64 now = 0;
  /// Long after everything before.
  u64 alone(u64 pa) {
    now += 10'000;
    return dram.transfer(PhysAddr(pa), now) - now;
  }
};

TEST_F(DramTest, RowsAreOpenedAndClosed) {
  EXPECT_EQ(alone(0), conflict - precharge) << "no row is open";
  EXPECT_EQ(alone(64), conflict - precharge - activate) << "its row is";
  EXPECT_EQ(alone(config.dram_row_bytes), conflict - precharge) << "another bank";
  EXPECT_EQ(alone(128), conflict - precharge - activate) << "which closes nothing";
  EXPECT_EQ(alone(same_bank), conflict) << "another row of the bank";
  EXPECT_EQ(alone(0), conflict);
}

TEST_F(DramTest, ALineAndWhatItReplacesInL2AreMostlyInDifferentBanks) {
  // Lines of one L2 set, each after the one before has been written back.
  const u64 l2_way = config.l2_bytes / config.l2_ways;
  unsigned conflicts = 0;
  for (u64 n = 1; n < 100; ++n) {
    dram.transfer(PhysAddr((n - 1) * l2_way), now);
    if (alone(n * l2_way) == conflict) ++conflicts;
    if (alone(n * l2_way + 64) != conflict - precharge - activate) FAIL() << n;
    dram.transfer(PhysAddr((n - 1) * l2_way), now);
    if (alone(n * l2_way + 128) == conflict) ++conflicts;
  }
  EXPECT_LT(conflicts, 100u) << "those of banks that come round again";
}

TEST_F(DramTest, ABankOpensARowOnceARowCycle) {
  const u64 cycle = config.cycles_of_ps(config.dram_row_cycle);
  alone(0);
  const u64 first = dram.transfer(PhysAddr(same_bank), now + 10'000);
  const u64 second = dram.transfer(PhysAddr(0), now + 10'000);
  EXPECT_EQ(second - first, cycle);
  EXPECT_LT(dram.transfer(PhysAddr(config.dram_row_bytes), now + 10'000), second) << "another bank need not wait";
}

TEST_F(DramTest, LinesOfAnOpenRowComeAsFastAsTheBusGoes) {
  alone(0);
  const u64 start = now + 10'000, first = dram.transfer(PhysAddr(64), start);
  EXPECT_EQ(first - start, conflict - precharge - activate);
  for (u64 n = 1; n < 20; ++n) EXPECT_EQ(dram.transfer(PhysAddr(64 + 64 * n), start), first + n * line);
  EXPECT_EQ(dram.transfer(PhysAddr(0), start), first + 20 * line) << "a write takes its turn like a read";
}

TEST(DramQueue, CoresWaitForEachOther) {
  const TimingConfig& config = a15_timing();
  const auto both = [&](unsigned cores) {
    SharedMemoryTiming shared(config);
    TimingModel one(config, shared), two(config, shared);
    TimingModel* const models[] = {&one, &two};
    // ldr r1, [r8] to ldr r6, [r8]
    Block block = block_of({0xE5981000, 0xE5982000, 0xE5983000, 0xE5984000, 0xE5985000, 0xE5986000});
    u64 latest = 0;
    for (unsigned c = 0; c < cores; ++c) {
      Clock clock;
      block.timing = models[c]->no_schedule();
      models[c]->start(block, clock);
      // Independent loads of a row that they all use.
      for (u32 k = 0; k < 6; ++k)
        models[c]->load(clock, PhysAddr(64 * (6 * c + k)), MemClass::Cacheable, {&block, k, 0, 0});
      clock.charge_scheduled(block.timing->whole.commit, Resource::Base);
      models[c]->charged(clock, {&block, 6, 6, 6});
      models[c]->dsb(clock);
      latest = std::max(latest, clock.now.value);
    }
    return latest;
  };
  EXPECT_GT(both(2), both(1) + 2 * config.cycles_of_ps(config.dram_line));
}

TEST(DramQueue, WriteBacksTakeTheBusToo) {
  const TimingConfig& config = a15_timing();
  const auto stores = [&](bool modified) {
    SharedMemoryTiming shared(config);
    TimingModel model(config, shared);
    Clock clock;
    const u64 lines = 3 * config.l2_bytes / 64;
    for (u64 n = 0; n < lines; ++n) {
      if (modified) {
        model.store(clock, PhysAddr(64 * n), MemClass::Cacheable);
      } else {
        model.load(clock, PhysAddr(64 * n), MemClass::Cacheable);
      }
    }
    return std::pair(model.pmu_event(0x60), model.pmu_event(0x61));
  };
  const auto [reads, no_writes] = stores(false);
  EXPECT_EQ(no_writes, 0u);
  const auto [fetches, writes] = stores(true);
  EXPECT_EQ(fetches, reads);
  EXPECT_GT(writes, reads / 2);
}

}  // namespace
}  // namespace hypsim
