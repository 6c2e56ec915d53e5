// SPDX-License-Identifier: Apache-2.0
// The L1 data caches of two cores and what they take from each other, access by access.
#include "tests/cpu/pipeline_blocks.h"
#include "tests/cpu/timed_accesses.h"
#include "tests/support/timed_machine.h"

namespace hypsim {
namespace {

using test::a15_timing;
using test::TimedAccesses;

constexpr u64 kLine = 0x1000;

struct Coherence : ::testing::Test {
  TimingConfig config = a15_timing();
  SharedMemoryTiming shared{config};
  TimedAccesses a{config, shared}, b{config, shared};
  const u32 beyond_l1 = config.l2_hit - config.latency[static_cast<unsigned>(ir::TimingClass::Load)];

  /// Both have read it, and nothing is under way.
  void read_by_both() {
    a.load(kLine);
    b.load(kLine);
  }
};

TEST_F(Coherence, ALineThatAnotherCoreOwnsComesFromThere) {
  a.load(kLine);
  EXPECT_EQ(b.load(kLine), beyond_l1 + config.intervention) << "Exclusive in the other";
  a.store(0x2000);
  EXPECT_EQ(b.load(0x2000), beyond_l1 + config.intervention) << "Modified in the other";
}

TEST_F(Coherence, ReadSharingIsFree) {
  read_by_both();
  for (unsigned n = 0; n < 10; ++n) {
    EXPECT_EQ(a.load(kLine), 0u);
    EXPECT_EQ(b.load(kLine), 0u);
  }
  TimedAccesses c(config, shared);
  EXPECT_EQ(c.load(kLine), beyond_l1) << "L2 supplies what is only shared";
}

TEST_F(Coherence, AStoreToASharedLineIsAnUpgrade) {
  read_by_both();
  EXPECT_EQ(a.store(kLine), 0u) << "posted";
  EXPECT_EQ(a.dsb(), config.upgrade);
  EXPECT_EQ(a.store(kLine), 0u);
  EXPECT_EQ(a.dsb(), 0u) << "it is the owner now";
  EXPECT_EQ(b.load(kLine), beyond_l1 + config.intervention) << "the other has lost it";
  EXPECT_EQ(a.load(kLine), 0u) << "and the owner kept a copy";
  a.store(kLine);
  EXPECT_EQ(a.dsb(), config.upgrade) << "which it must claim again";
}

TEST_F(Coherence, AStoreThatMissesTakesTheLine) {
  a.store(kLine);
  a.dsb();
  EXPECT_EQ(b.store(kLine), 0u);
  EXPECT_EQ(b.dsb(), beyond_l1 + config.intervention);
  EXPECT_EQ(a.load(kLine), beyond_l1 + config.intervention);
}

TEST_F(Coherence, AnOwnerWritesWithoutAsking) {
  a.load(kLine);
  a.store(kLine);
  EXPECT_EQ(a.dsb(), 0u) << "Exclusive becomes Modified in silence";
}

TEST_F(Coherence, FalseSharingIsSharing) {
  for (unsigned n = 0; n < 10; ++n) {
    a.store(kLine);
    a.dsb();
    EXPECT_EQ(b.load(kLine + 60), beyond_l1 + config.intervention);
    b.store(kLine + 60);
    b.dsb();
    EXPECT_EQ(a.load(kLine), beyond_l1 + config.intervention);
  }
}

TEST_F(Coherence, AloneNothingIsDearer) {
  TimingConfig dear = config;
  dear.intervention = dear.upgrade = 1000;
  SharedMemoryTiming one(config), other(dear);
  TimedAccesses plain(config, one), alone(dear, other);
  u32 x = 1;
  for (unsigned n = 0; n < 5000; ++n) {
    x = x * 1664525 + 1013904223;
    const u64 pa = x >> 16 & 0xFFFC;
    EXPECT_EQ(bit(x, 31) ? plain.store(pa) : plain.load(pa), bit(x, 31) ? alone.store(pa) : alone.load(pa));
  }
  EXPECT_EQ(plain.dsb(), alone.dsb());
}

TEST_F(Coherence, WhatIsStillOnItsWayIsTakenToo) {
  // A block whose loads do not wait: the line of the first is under way when the other core writes it.
  Block block = block_of({0xE5981000, 0xE5982000});  // ldr r1, [r8]; ldr r2, [r8]
  block.timing = a.model.no_schedule();
  a.model.start(block, a.clock);
  const AccessSite site{&block, 0, 0, 0};
  a.model.load(a.clock, PhysAddr(kLine), MemClass::Cacheable, site);
  EXPECT_EQ(a.clock.now.value, 0u);
  b.store(kLine);
  a.model.dsb(a.clock);
  EXPECT_EQ(a.load(kLine), beyond_l1 + config.intervention);
}

}  // namespace
}  // namespace hypsim
