// SPDX-License-Identifier: Apache-2.0
// The split virtqueue against drivers that keep the rules and drivers that do not.
#include "sim/periph/virtio/queue.h"

#include <random>

#include "tests/periph/virtio/guest.h"

namespace hypsim::virtio {
namespace {

class QueueTest : public testing::Test {
 protected:
  static constexpr unsigned kSize = 8;
  void enable(u64 features = 0) { queue.enable(rings.layout(), features); }
  bool pop() { return queue.pop(memory, chain); }
  void expect_breaks() {
    EXPECT_FALSE(pop());
    EXPECT_TRUE(queue.broken());
    EXPECT_FALSE(pop()) << "a broken queue hands out nothing more";
  }

  GuestMemory memory;
  Rings rings{memory, kMemoryBase, kSize};
  Queue queue;
  Chain chain;
  const u64 data = Machine::at(0);
};

TEST_F(QueueTest, NothingBeforeItIsEnabledAndWhileItIsEmpty) {
  EXPECT_FALSE(pop());
  EXPECT_FALSE(queue.take_interrupt(memory));
  enable();
  EXPECT_FALSE(pop());
  EXPECT_FALSE(queue.broken());
  rings.offer({{data, 4}});
  queue.disable();
  EXPECT_FALSE(pop());
}

TEST_F(QueueTest, ChainsScatterAndGather) {
  enable();
  memory.put_text(data, "headtail");
  const u16 head = rings.offer(
      {{data, 4}, {data + 4, 0}, {data + 4, 4}, {data + 0x100, 3, kWriteFlag}, {data + 0x200, 5, kWriteFlag}});
  ASSERT_TRUE(pop());
  EXPECT_EQ(chain.readable_bytes(), 8u);
  EXPECT_EQ(chain.writable_bytes(), 8u);
  char text[9] = {};
  EXPECT_TRUE(chain.read(memory, 2, text, 5));
  EXPECT_STREQ(text, "adtai");
  EXPECT_FALSE(chain.read(memory, 4, text, 5)) << "beyond the end";
  EXPECT_TRUE(chain.write(memory, 1, "abcdef", 6));
  EXPECT_EQ(memory.text(data + 0x101, 2), "ab");
  EXPECT_EQ(memory.text(data + 0x200, 4), "cdef");
  queue.push(memory, chain, 7);
  EXPECT_EQ(rings.used_index(), 1u);
  EXPECT_EQ(rings.used(0), std::pair(u32{head}, 7u));
  EXPECT_FALSE(pop());
}

TEST_F(QueueTest, IndicesWrapRoundTheRingAndSixteenBits) {
  enable();
  for (unsigned i = 0; i < 70'000; ++i) {
    const u16 head = rings.offer({{data, 1}});
    ASSERT_TRUE(pop()) << i;
    queue.push(memory, chain, i);
    ASSERT_EQ(rings.used(i), std::pair(u32{head}, i));
  }
  EXPECT_FALSE(queue.broken());
}

TEST_F(QueueTest, IndirectTables) {
  enable(kFeatureIndirect);
  const u64 table = data + 0x1000;
  rings.describe(table, 0, {data, 2}, kNextFlag, 2);
  rings.describe(table, 2, {data + 0x10, 3, kWriteFlag});
  rings.offer({{table, 3 * 16, kIndirectFlag}});
  ASSERT_TRUE(pop());
  EXPECT_EQ(chain.readable_bytes(), 2u);
  EXPECT_EQ(chain.writable_bytes(), 3u);
  rings.offer({{data, 5}, {table, 3 * 16, kIndirectFlag}});
  ASSERT_TRUE(pop()) << "a table may end a chain";
  EXPECT_EQ(chain.readable_bytes(), 7u);
}

TEST_F(QueueTest, InterruptsUnlessTheDriverWantsNone) {
  enable();
  rings.offer({{data, 1}});
  ASSERT_TRUE(pop());
  EXPECT_FALSE(queue.take_interrupt(memory)) << "nothing given back yet";
  queue.push(memory, chain, 0);
  EXPECT_TRUE(queue.take_interrupt(memory));
  EXPECT_FALSE(queue.take_interrupt(memory)) << "once";
  memory.put(rings.driver, u16{1});  // VIRTQ_AVAIL_F_NO_INTERRUPT
  rings.offer({{data, 1}});
  ASSERT_TRUE(pop());
  queue.push(memory, chain, 0);
  EXPECT_FALSE(queue.take_interrupt(memory));
}

TEST_F(QueueTest, EventIndexNamesTheChainThatInterrupts) {
  enable(kFeatureEventIndex);
  const u64 used_event = rings.driver + 4 + 2 * kSize, avail_event = rings.device + 4 + 8 * kSize;
  memory.put(used_event, u16{2});
  std::vector<bool> interrupts;
  for (unsigned i = 0; i < 4; ++i) {
    rings.offer({{data, 1}});
    ASSERT_TRUE(pop());
    queue.push(memory, chain, 0);
    interrupts.push_back(queue.take_interrupt(memory));
  }
  EXPECT_EQ(interrupts, (std::vector<bool>{false, false, true, false})) << "when the used index passes used_event";
  EXPECT_FALSE(pop());
  EXPECT_EQ(memory.get<u16>(avail_event), 4u) << "the next chain is worth a notification";
}

TEST_F(QueueTest, LoopsBreakTheQueue) {
  enable();
  rings.describe(rings.descriptors, 0, {data, 1}, kNextFlag, 1);
  rings.describe(rings.descriptors, 1, {data, 1}, kNextFlag, 0);
  rings.make_available(0);
  expect_breaks();
}

TEST_F(QueueTest, ADescriptorThatFollowsItselfBreaksTheQueue) {
  enable();
  rings.describe(rings.descriptors, 3, {data, 0}, kNextFlag, 3);
  rings.make_available(3);
  expect_breaks();
}

TEST_F(QueueTest, HeadsAndLinksOutsideTheTable) {
  enable();
  rings.make_available(kSize);
  expect_breaks();
  enable();
  rings.set_index(0);
  rings.describe(rings.descriptors, 0, {data, 1}, kNextFlag, 0xFFFF);
  rings.make_available(0);
  expect_breaks();
}

TEST_F(QueueTest, MoreAvailableThanTheRingHolds) {
  enable();
  rings.set_index(kSize + 1);
  expect_breaks();
}

TEST_F(QueueTest, ReadableAfterWritable) {
  enable();
  rings.offer({{data, 1, kWriteFlag}, {data, 1}});
  expect_breaks();
}

TEST_F(QueueTest, AbsurdLengths) {
  enable();
  rings.offer({{data, 0xFFFF'FFFF}, {data, 0xFFFF'FFFF}, {data, 0xFFFF'FFFF, kWriteFlag}});
  expect_breaks();
}

TEST_F(QueueTest, IndirectRules) {
  const u64 table = data + 0x1000;
  rings.describe(table, 0, {data, 1});
  const auto offer = [&](const Buffer& b, u16 extra = 0, u64 features = kFeatureIndirect) {
    enable(features);
    rings.set_index(0);
    rings.describe(rings.descriptors, 0, b, extra, 1);
    rings.describe(rings.descriptors, 1, {data, 1});
    rings.make_available(0);
  };
  offer({table, 16, kIndirectFlag});
  EXPECT_TRUE(pop()) << "the case that is allowed";
  offer({table, 16, kIndirectFlag}, 0, 0);
  expect_breaks();  // not negotiated
  offer({table, 16, kIndirectFlag}, kNextFlag);
  expect_breaks();
  offer({table, 0, kIndirectFlag});
  expect_breaks();
  offer({table, 24, kIndirectFlag});
  expect_breaks();
  offer({0xFFFF'FFFF'FFFF'FFF0, 32, kIndirectFlag});
  expect_breaks();
  rings.describe(table, 0, {table, 16, kIndirectFlag});
  offer({table, 16, kIndirectFlag});
  expect_breaks();  // a table in a table
}

TEST_F(QueueTest, RingsThatAreNoMemory) {
  for (const u64 nowhere : {u64{0}, kMemoryBase + kMemorySize - 1, ~u64{0}, ~u64{0} - 3}) {
    for (u64 Queue::Layout::*part : {&Queue::Layout::descriptors, &Queue::Layout::driver}) {
      rings.set_index(0);
      Queue::Layout layout = rings.layout();
      layout.*part = nowhere;
      queue.enable(layout, 0);
      rings.offer({{data, 1}});
      expect_breaks();
    }
    rings.set_index(0);
    Queue::Layout layout = rings.layout();
    layout.device = nowhere;
    queue.enable(layout, 0);
    rings.offer({{data, 1}});
    EXPECT_TRUE(pop());
    queue.push(memory, chain, 1);
    EXPECT_TRUE(queue.broken());
  }
}

TEST_F(QueueTest, BuffersThatAreNoMemoryFailWhenTheyAreUsed) {
  enable();
  rings.offer({{kMemoryBase + kMemorySize - 2, 4}, {~u64{0} - 1, 4, kWriteFlag}});
  ASSERT_TRUE(pop());
  u32 word = 0;
  EXPECT_FALSE(chain.read(memory, 0, &word, 4));
  EXPECT_FALSE(chain.write(memory, 0, &word, 4));
}

// Whatever stands in memory, the queue ends, and hands out nothing larger than it says.
TEST_F(QueueTest, RandomMemory) {
  std::mt19937 random(20261122);
  unsigned taken = 0, broken = 0;
  for (unsigned round = 0; round < 3000; ++round) {
    for (u64 offset = 0; offset < 0x3000; offset += 4) {
      // Mostly small numbers: they get further.
      const u32 word = random();
      memory.put(kMemoryBase + offset, word & 1 ? word : word & 0x4000'1007);
    }
    for (unsigned i = 0; i < kSize; ++i) memory.put(rings.descriptors + 16 * i, u64{data});
    rings.set_index(static_cast<u16>(1 + random() % kSize));
    enable(random() & 1 ? kFeatureIndirect | kFeatureEventIndex : 0);
    for (unsigned i = 0; i <= kSize && pop(); ++i) {
      ASSERT_LE(chain.readable_bytes() + chain.writable_bytes(), Queue::kMaxChainBytes);
      queue.push(memory, chain, 0);
      queue.take_interrupt(memory);
      ++taken;
    }
    broken += queue.broken();
  }
  EXPECT_GT(taken, 20u);
  EXPECT_GT(broken, 100u);
}

}  // namespace
}  // namespace hypsim::virtio
