// SPDX-License-Identifier: Apache-2.0
// What is written back, by whom and when: victims of L1D and L2, maintenance, and that L2 holds what L1D holds.
#include "tests/cpu/pipeline_blocks.h"
#include "tests/cpu/timed_accesses.h"
#include "tests/support/timed_machine.h"

namespace hypsim {
namespace {

using test::a15_timing;
using test::TimedAccesses;
using Op = TimingModel::DcacheOp;

constexpr u32 kL1dWriteBack = 0x15, kL1dVictim = 0x46, kL1dClean = 0x47, kL1dInvalidated = 0x48;
constexpr u32 kL2WriteBack = 0x18, kL2Write = 0x51, kL2Victim = 0x56, kL2Clean = 0x57, kBusWrite = 0x61;

struct WriteBack : ::testing::Test {
  TimingConfig config = a15_timing();
  SharedMemoryTiming shared{config};
  TimedAccesses accesses{config, shared};
  TimingModel& model = accesses.model;
  Clock& clock = accesses.clock;
  const u32 beyond_l1 = config.l2_hit - config.latency[static_cast<unsigned>(ir::TimingClass::Load)];
  const u64 l1d_way = config.l1d_bytes / config.l1d_ways;  // lines of one set are that far apart
  const u64 l2_way = config.l2_bytes / config.l2_ways;

  u64 load(u64 pa) { return accesses.load(pa); }
  void store(u64 pa) { accesses.store(pa); }
  u64 dsb() { return accesses.dsb(); }
  u64 maintain(u64 pa, Op op) {
    dsb();
    model.maintain_dcache_line(clock, PhysAddr(pa), op);
    return dsb();
  }
  u64 count(u32 event) const { return model.pmu_event(event); }
};

TEST_F(WriteBack, OnlyModifiedVictimsOfL1dGoToL2) {
  store(0x1000);
  load(0x1000 + l1d_way);
  EXPECT_EQ(count(kL1dWriteBack), 0u);
  load(0x1000 + 2 * l1d_way);  // puts the first out
  EXPECT_EQ(count(kL1dWriteBack), 1u);
  EXPECT_EQ(count(kL1dVictim), 1u);
  EXPECT_EQ(count(kL2Write), 1u);
  EXPECT_EQ(count(0x16), 4u) << "L2 accesses: three refills and the write-back";
  EXPECT_EQ(count(kL2WriteBack), 0u) << "it stays there";
  load(0x1000 + 3 * l1d_way);  // puts out a clean one
  EXPECT_EQ(count(kL1dWriteBack), 1u);
}

TEST_F(WriteBack, AWriteBackOccupiesThePortOfL2) {
  // Two loads that do not wait for each other; the first puts a Modified line out.
  const auto second_arrives = [this](bool dirty) {
    SharedMemoryTiming l2(config);
    TimingModel core(config, l2);
    Clock c;
    core.load(c, PhysAddr(l1d_way), MemClass::Cacheable);
    core.load(c, PhysAddr(2 * l1d_way), MemClass::Cacheable);
    core.load(c, PhysAddr(64), MemClass::Cacheable);
    core.load(c, PhysAddr(64 + l1d_way), MemClass::Cacheable);
    core.load(c, PhysAddr(64 + 2 * l1d_way), MemClass::Cacheable);
    core.load(c, PhysAddr(0), MemClass::Cacheable);
    if (dirty) core.store(c, PhysAddr(2 * l1d_way), MemClass::Cacheable);
    core.load(c, PhysAddr(0), MemClass::Cacheable);
    c.charge(1000, Resource::Base);
    core.dsb(c);
    Block block = block_of({0xE5981000, 0xE5982000});  // ldr r1, [r8]; ldr r2, [r8]
    block.timing = core.no_schedule();
    core.start(block, c);
    const u64 start = c.now.value;
    core.load(c, PhysAddr(l1d_way), MemClass::Cacheable, {&block, 0, 0, 0});
    core.load(c, PhysAddr(64), MemClass::Cacheable, {&block, 1, 0, 0});
    c.charge_scheduled(block.timing->whole.commit, Resource::Base);
    core.charged(c, {&block, 2, 2, 2});
    core.dsb(c);
    return c.now.value - start;
  };
  EXPECT_EQ(second_arrives(false), config.l2_hit + config.l2_line_interval);
  EXPECT_EQ(second_arrives(true), config.l2_hit + 2 * config.l2_line_interval);
}

TEST_F(WriteBack, ModifiedVictimsOfL2GoToMemory) {
  constexpr u64 kLines = 40;
  for (u64 n = 0; n < kLines; ++n) store(0x1000 + n * l2_way);
  EXPECT_EQ(count(kL2WriteBack), kLines - config.l2_ways);
  EXPECT_EQ(count(kL2Victim), kLines - config.l2_ways);
  EXPECT_EQ(count(kBusWrite), kLines - config.l2_ways);
  for (u64 n = 0; n < kLines; ++n) load(0x2000 + n * l2_way);
  EXPECT_EQ(count(kL2WriteBack), kLines - config.l2_ways) << "clean ones do not";
}

TEST_F(WriteBack, L2HoldsWhatL1dHolds) {
  load(0x1000);
  unsigned lost = 0;
  for (u64 n = 1; n < 200; ++n) {
    load(0x1000 + n * l2_way);
    const u64 cost = load(0x1000);  // it is always the one last used in L1D
    if (cost != 0) ++lost;
    EXPECT_NE(cost, beyond_l1) << "what L1D has lost has gone from L2 too";
  }
  EXPECT_GT(lost, 0u);
  EXPECT_EQ(count(kL1dInvalidated), lost);
}

TEST_F(WriteBack, AModifiedLineIsSavedWhenL2GivesItUp) {
  store(0x1000);
  u64 n = 1;
  for (; count(kL1dInvalidated) == 0; ++n) {
    load(0x1000 + n * l2_way);
    model.load(clock, PhysAddr(0x1000), MemClass::Cacheable);
  }
  EXPECT_EQ(count(kL1dClean), 1u);
  EXPECT_EQ(count(kL2Victim), 1u);
}

TEST_F(WriteBack, CleaningWritesWhatIsModifiedOnce) {
  store(0x1000);
  EXPECT_GE(maintain(0x1000, Op::CleanToUnification), beyond_l1) << "a DSB waits for it";
  EXPECT_EQ(count(kL1dClean), 1u);
  EXPECT_EQ(count(kL2WriteBack), 0u) << "L2 is the point of unification";
  EXPECT_GT(maintain(0x1000, Op::Clean), beyond_l1);
  EXPECT_EQ(count(kL1dClean), 1u);
  EXPECT_EQ(count(kL2Clean), 1u);
  EXPECT_EQ(maintain(0x1000, Op::Clean), 0u) << "nothing left to write";
  EXPECT_EQ(load(0x1000), 0u) << "it stays";
  store(0x1000);
  EXPECT_GT(maintain(0x1000, Op::CleanInvalidate), beyond_l1);
  EXPECT_EQ(count(kL2Clean), 2u);
  EXPECT_GT(load(0x1000), beyond_l1);
}

TEST_F(WriteBack, InvalidatingWritesNothing) {
  store(0x1000);
  EXPECT_EQ(maintain(0x1000, Op::Invalidate), 0u);
  EXPECT_EQ(count(kL1dWriteBack) + count(kL2WriteBack), 0u);
  EXPECT_GT(load(0x1000), beyond_l1);
}

TEST_F(WriteBack, CleaningReachesTheOtherCores) {
  TimingModel other(config, shared);
  Clock its;
  other.store(its, PhysAddr(0x1000), MemClass::Cacheable);
  EXPECT_GT(maintain(0x1000, Op::Clean), beyond_l1);
  EXPECT_EQ(other.pmu_event(kL1dClean), 1u);
  EXPECT_EQ(count(kL2Clean), 1u);
}

TEST_F(WriteBack, BySetAndWay) {
  const u32 l1_operand = 0x1000 >> 6 << 6, l2_operand = l1_operand | 1 << 1;
  const auto l1 = [&](Op op) {
    for (u32 way = 0; way < 2; ++way) model.maintain_dcache_set_way(clock, way << 31 | l1_operand, op);
  };
  const auto l2 = [&](Op op) {
    for (u32 way = 0; way < 16; ++way) model.maintain_dcache_set_way(clock, way << 28 | l2_operand, op);
  };
  store(0x1000);
  l1(Op::Clean);
  EXPECT_EQ(count(kL1dClean), 1u);
  EXPECT_EQ(load(0x1000), 0u);
  l2(Op::Clean);
  EXPECT_EQ(count(kL2Clean), 1u);
  store(0x1000);
  l2(Op::CleanInvalidate);
  EXPECT_EQ(count(kL1dClean), 2u) << "L2 gives up nothing that L1D keeps";
  EXPECT_EQ(count(kL2Clean), 2u);
  EXPECT_GT(load(0x1000), beyond_l1);
  store(0x1000);
  l1(Op::Invalidate);
  EXPECT_EQ(count(kL1dClean), 2u);
  EXPECT_EQ(load(0x1000), beyond_l1);
}

}  // namespace
}  // namespace hypsim
