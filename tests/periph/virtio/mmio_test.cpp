// SPDX-License-Identifier: Apache-2.0
// The transport's registers and states, versions 2 and 1.
#include "sim/periph/virtio/mmio.h"

#include <random>
#include <set>

#include "tests/periph/virtio/guest.h"

namespace hypsim::virtio {
namespace {

/// Gives every chain back, filled with as many ones as fit.
class Echo final : public Device {
 public:
  explicit Echo(unsigned queues = 1) : queues_(queues) {}
  u32 id() const override { return 42; }
  u64 features() const override { return 1; }
  unsigned queue_count() const override { return queues_; }
  std::span<const u8> config() const override { return config_; }
  void serve(unsigned queue, Driver& driver, Cycles) override {
    Chain chain;
    while (driver.pop(queue, chain)) {
      const std::vector<u8> ones(chain.writable_bytes(), 1);
      if (!chain.write(driver.dma, 0, ones.data(), ones.size())) return driver.queues[queue].set_broken();
      driver.push(queue, chain, ones.size());
    }
  }

 private:
  unsigned queues_;
  std::array<u8, 6> config_{1, 2, 3, 4, 5, 6};
};

constexpr u64 data = Machine::at(0);

TEST(VirtioMmio, RegisterList) {
  std::set<u32> offsets;
  for (const auto& row : VirtioMmio::registers()) {
    EXPECT_TRUE(offsets.insert(row.offset).second) << row.name;
    EXPECT_LT(row.offset, reg::kConfig);
    EXPECT_NE(std::string(row.description), "");
  }
  Machine m(std::make_unique<Echo>());
  u32 value;
  EXPECT_FALSE(m.mmio.read(0x102, 4, value, m.now));
  EXPECT_FALSE(m.mmio.write(0x01, 2, 0, m.now));
}

TEST(VirtioMmio, AnEmptySlotHasDeviceIdZeroAndNothingElse) {
  for (unsigned version : {1u, 2u}) {
    Machine m(nullptr, version);
    EXPECT_EQ(m.rd(reg::kMagic), 0x74726976u);
    EXPECT_EQ(m.rd(reg::kVersion), version);
    EXPECT_EQ(m.rd(reg::kDeviceId), 0u);
    for (u32 offset = 0; offset < VirtioMmio::kSize; offset += 4) m.wr(offset, ~0u);
    for (u32 offset = 0x10; offset < VirtioMmio::kSize; offset += 4) EXPECT_EQ(m.rd(offset), 0u) << offset;
    EXPECT_EQ(m.mmio.next_event(m.now), kNever);
  }
}

TEST(VirtioMmio, FeaturesAreNegotiated) {
  Machine m(std::make_unique<Echo>());
  EXPECT_EQ(m.rd(reg::kDeviceId), 42u);
  EXPECT_EQ(m.offered(), 1 | kFeatureIndirect | kFeatureEventIndex | kFeatureVersion1);
  m.wr(reg::kDeviceFeaturesSel, 2);
  EXPECT_EQ(m.rd(reg::kDeviceFeatures), 0u);
  const auto sticks = [&](u64 features) {
    m.wr(reg::kStatus, 0);
    m.wr(reg::kStatus, kAcknowledge | kDriver);
    m.accept(features);
    m.wr(reg::kStatus, kAcknowledge | kDriver | kFeaturesOk);
    return (m.rd(reg::kStatus) & kFeaturesOk) != 0;
  };
  EXPECT_TRUE(sticks(kFeatureVersion1));
  EXPECT_TRUE(sticks(kFeatureVersion1 | 1));
  EXPECT_FALSE(sticks(1)) << "a version 2 driver accepts VERSION_1";
  EXPECT_FALSE(sticks(kFeatureVersion1 | 2)) << "never offered";
}

TEST(VirtioMmio, ConfigurationSpaceByBytesAndWords) {
  Machine m(std::make_unique<Echo>());
  EXPECT_EQ(m.rd(reg::kConfig), 0x04030201u);
  EXPECT_EQ(m.rd(reg::kConfig + 4), 0x0605u) << "zeros beyond the end";
  EXPECT_EQ(m.rd(reg::kConfig + 3, 1), 4u);
  EXPECT_EQ(m.rd(reg::kConfig + 2, 2), 0x0403u);
  EXPECT_EQ(m.rd(0x1FC), 0u);
  m.wr(reg::kConfig, 0xFF, 1);
  EXPECT_EQ(m.rd(reg::kConfig, 1), 1u);
}

TEST(VirtioMmio, ServesAChainAndInterrupts) {
  for (unsigned version : {1u, 2u}) {
    Machine m(std::make_unique<Echo>(), version);
    m.start();
    EXPECT_FALSE(m.mmio.irq());
    m.rings[0].offer({{data, 4, kWriteFlag}});
    m.kick();
    EXPECT_EQ(m.memory.get<u32>(data), 0x01010101u) << version;
    EXPECT_EQ(m.rings[0].used_index(), 1u);
    EXPECT_TRUE(m.mmio.irq());
    EXPECT_EQ(m.rd(reg::kInterruptStatus), 1u);
    m.wr(reg::kInterruptAck, 1);
    EXPECT_FALSE(m.mmio.irq());
    EXPECT_FALSE(m.needs_reset());
  }
}

TEST(VirtioMmio, WorksAfterItsServiceTimeAndNotWithinTheAccess) {
  GuestMemory memory;
  VirtioMmio mmio({2, Cycles(500)}, memory, std::make_unique<Echo>());
  const auto write = [&](u32 offset, u32 value) { EXPECT_TRUE(mmio.write(offset, 4, value, Cycles(1000))); };
  write(reg::kDriverFeaturesSel, 1);
  write(reg::kDriverFeatures, 1);
  write(reg::kStatus, kFeaturesOk | kDriver);
  Rings rings(memory, kMemoryBase, 8);
  write(reg::kQueueNum, 8);
  write(reg::kDescLow, static_cast<u32>(rings.descriptors));
  write(reg::kDriverLow, static_cast<u32>(rings.driver));
  write(reg::kDeviceLow, static_cast<u32>(rings.device));
  write(reg::kQueueReady, 1);
  write(reg::kStatus, kFeaturesOk | kDriver | kDriverOk);
  rings.offer({{data, 1, kWriteFlag}});
  write(reg::kNotify, 0);
  EXPECT_EQ(rings.used_index(), 0u);
  EXPECT_EQ(mmio.next_event(Cycles(1000)), Cycles(1500));
  mmio.update(Cycles(1499));
  EXPECT_EQ(rings.used_index(), 0u);
  mmio.update(Cycles(1500));
  EXPECT_EQ(rings.used_index(), 1u);
  EXPECT_EQ(mmio.next_event(Cycles(1500)), kNever);
}

TEST(VirtioMmio, ATurnIsBoundedAndTheRestFollows) {
  Machine m(std::make_unique<Echo>());
  m.start();
  for (unsigned i = 0; i < Machine::kQueueSize; ++i) m.rings[0].offer({{Machine::at(0), 0x80000, kWriteFlag}});
  m.wr(reg::kNotify, 0);
  m.mmio.update(m.now);
  const unsigned first = m.rings[0].used_index();
  EXPECT_GT(first, 0u);
  EXPECT_LT(first, Machine::kQueueSize);
  EXPECT_GT(m.mmio.next_event(m.now), m.now) << "later, so that time passes";
  m.kick();
  EXPECT_EQ(m.rings[0].used_index(), Machine::kQueueSize);
}

TEST(VirtioMmio, NotificationsBeforeDriverOkAndToNoQueueAreIgnored) {
  Machine m(std::make_unique<Echo>());
  m.start();
  m.wr(reg::kNotify, 1);
  m.wr(reg::kNotify, 0xFFFF'FFFF);
  EXPECT_EQ(m.mmio.next_event(m.now), kNever);
  m.wr(reg::kStatus, kAcknowledge | kDriver | kFeaturesOk);
  m.rings[0].offer({{data, 1, kWriteFlag}});
  m.kick();
  EXPECT_EQ(m.rings[0].used_index(), 0u);
}

TEST(VirtioMmio, ADriverThatGoesOnWithoutAgreementIsNotServed) {
  Machine m(std::make_unique<Echo>());
  m.start(1);  // without VERSION_1
  EXPECT_EQ(m.rd(reg::kStatus) & kFeaturesOk, 0u);
  m.rings[0].offer({{data, 1, kWriteFlag}});
  m.kick();
  EXPECT_EQ(m.rings[0].used_index(), 0u);
}

TEST(VirtioMmio, ResetForgetsEverything) {
  Machine m(std::make_unique<Echo>());
  m.start();
  m.rings[0].offer({{data, 1, kWriteFlag}});
  m.kick();
  EXPECT_TRUE(m.mmio.irq());
  m.wr(reg::kStatus, 0);
  EXPECT_FALSE(m.mmio.irq());
  EXPECT_EQ(m.rd(reg::kStatus), 0u);
  EXPECT_EQ(m.rd(reg::kQueueReady), 0u);
  m.start();
  m.rings[0].offer({{data, 1, kWriteFlag}});
  m.kick();
  EXPECT_EQ(m.rings[0].used_index(), 1u);
}

TEST(VirtioMmio, NonsenseAsksForAResetAndNothingElseHelps) {
  Machine m(std::make_unique<Echo>());
  m.start();
  m.rings[0].offer({{0xDEAD'BEEF'0000'0000, 8, kWriteFlag}});
  m.kick();
  EXPECT_TRUE(m.needs_reset());
  EXPECT_EQ(m.rd(reg::kInterruptStatus), 2u) << "a configuration change tells the driver";
  m.wr(reg::kStatus, kAcknowledge | kDriver | kFeaturesOk | kDriverOk);
  EXPECT_TRUE(m.needs_reset());
  m.rings[0].offer({{data, 1, kWriteFlag}});
  m.wr(reg::kNotify, 0);
  EXPECT_EQ(m.mmio.next_event(m.now), kNever);
  m.start();
  EXPECT_FALSE(m.needs_reset());
  m.rings[0].offer({{data, 1, kWriteFlag}});
  m.kick();
  EXPECT_EQ(m.rings[0].used_index(), 1u);
}

TEST(VirtioMmio, ALegacyDriverIsNotToldButItsQueueStandsStill) {
  Machine m(std::make_unique<Echo>(), 1);
  m.start();
  m.rings[0].offer({{0xDEAD'BEEF'0000'0000, 8, kWriteFlag}});
  m.kick();
  EXPECT_FALSE(m.needs_reset());
  EXPECT_EQ(m.rd(reg::kInterruptStatus), 0u);
  m.rings[0].offer({{data, 1, kWriteFlag}});
  m.kick();
  EXPECT_EQ(m.rings[0].used_index(), 0u);
  m.start();
  m.rings[0].offer({{data, 1, kWriteFlag}});
  m.kick();
  EXPECT_EQ(m.rings[0].used_index(), 1u);
}

TEST(VirtioMmio, AbsurdQueueSizes) {
  for (u32 size : {0u, 3u, 257u, 512u, 0x8000'0000u, ~0u}) {
    Machine m(std::make_unique<Echo>());
    m.start();
    m.wr(reg::kQueueSel, 0);
    m.wr(reg::kQueueReady, 0);
    m.set_up_queue(0, m.rings[0], size);
    EXPECT_EQ(m.rd(reg::kQueueReady), 0u) << size;
    EXPECT_TRUE(m.needs_reset()) << size;
    Machine old(std::make_unique<Echo>(), 1);
    old.start();
    old.wr(reg::kQueueSel, 0);
    old.wr(reg::kQueuePfn, 0);
    old.set_up_queue(0, old.rings[0], size);
    EXPECT_EQ(old.rd(reg::kQueuePfn), 0u) << size;
    old.kick();
  }
}

TEST(VirtioMmio, QueuesThatDoNotExist) {
  Machine m(std::make_unique<Echo>());
  m.start();
  for (u32 n : {1u, 2u, 31u, 0xFFFF'FFFFu}) {
    m.wr(reg::kQueueSel, n);
    EXPECT_EQ(m.rd(reg::kQueueNumMax), 0u);
    m.set_up_queue(n, m.rings[0]);
    EXPECT_EQ(m.rd(reg::kQueueReady), 0u);
  }
  EXPECT_FALSE(m.needs_reset());
}

TEST(VirtioMmio, LegacyLayoutFollowsPageSizeAndAlignment) {
  Machine m(std::make_unique<Echo>(), 1);
  EXPECT_EQ(m.offered(), 1 | kFeatureAnyLayout | kFeatureIndirect | kFeatureEventIndex);
  m.wr(reg::kPageSize, 1024);
  m.wr(reg::kPageSize, 0);
  m.wr(reg::kPageSize, 3000);
  m.wr(reg::kQueueSel, 0);
  m.wr(reg::kQueueNum, 4);
  m.wr(reg::kQueueAlign, 64);
  m.wr(reg::kQueueAlign, 0);
  m.wr(reg::kQueueAlign, 100);
  m.wr(reg::kQueuePfn, static_cast<u32>(kMemoryBase / 1024));
  EXPECT_EQ(m.rd(reg::kQueuePfn), kMemoryBase / 1024);
  Rings rings(m.memory, kMemoryBase, 4);
  rings.offer({{data, 1, kWriteFlag}});
  m.kick();
  // 4 descriptors, 14 bytes of available ring, the used ring at the next 64.
  EXPECT_EQ(m.memory.get<u16>(kMemoryBase + 128 + 2), 1u);
}

// Any writes to any register, with rings in memory that the writes scribble on: no crash, and a reset always helps.
TEST(VirtioMmio, RandomRegisterWrites) {
  for (unsigned version : {1u, 2u}) {
    std::mt19937 random(version);
    Machine m(std::make_unique<Echo>(2), version);
    unsigned served = 0;
    for (unsigned round = 0; round < 400; ++round) {
      m.start(random() & 1 ? ~u64{0} : ~(kFeatureIndirect | kFeatureEventIndex));
      for (unsigned i = 0; i < 100; ++i) {
        const u32 offset = (random() % VirtioMmio::kSize) & ~3u;
        const u32 choice = random() % 4;
        const u32 value = choice == 0   ? random()
                          : choice == 1 ? random() % 8
                          : choice == 2 ? static_cast<u32>(kMemoryBase) + (random() & 0xFFFFC)
                                        : ~0u;
        m.wr(offset, value);
        m.rd((random() % VirtioMmio::kSize) & ~3u);
        m.memory.put(kMemoryBase + (random() & 0xFFFC), value);
        m.now += Cycles(10);
        m.mmio.update(m.now);
      }
      m.wr(reg::kStatus, 0);
      m.start();
      m.rings[0].offer({{data, 1, kWriteFlag}});
      m.kick();
      served += m.rings[0].used_index();
    }
    EXPECT_EQ(served, 400u);
  }
}

}  // namespace
}  // namespace hypsim::virtio
