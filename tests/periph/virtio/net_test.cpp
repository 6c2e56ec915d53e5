// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/virtio/net.h"

#include "tests/periph/virtio/guest.h"

namespace hypsim::virtio {
namespace {

constexpr u64 data = Machine::at(0);

/// Remembers what was sent and gives back what it is told.
class Loop final : public Network {
 public:
  void send(const u8* frame, std::size_t size, u64 now_ns) override {
    sent.emplace_back(reinterpret_cast<const char*>(frame), size);
    sent_at = now_ns;
  }
  void poll(u64) override {
    for (const std::string& frame : arriving) receiver_(reinterpret_cast<const u8*>(frame.data()), frame.size());
    arriving.clear();
  }
  bool link_up() const override { return up; }
  std::vector<std::string> sent, arriving;
  bool up = true;
  u64 sent_at = 0;
};

struct NetTest : testing::Test {
  void start(unsigned version) {
    auto owned = std::make_unique<Loop>();
    loop = owned.get();
    machine = std::make_unique<Machine>(std::make_unique<Net>(2'000'000'000, std::move(owned)), version);
    machine->start();
  }
  std::unique_ptr<Machine> machine;
  Loop* loop = nullptr;
};

TEST_F(NetTest, SaysItsAddress) {
  start(2);
  EXPECT_EQ(machine->rd(reg::kDeviceId), 1u);
  EXPECT_EQ(machine->rd(reg::kConfig), 0x12005452u);
  EXPECT_EQ(machine->rd(reg::kConfig + 4), 0x0001'5634u) << "and the link is up";
}

TEST_F(NetTest, SendsAndReceivesBehindTheHeaderOfEachVersion) {
  for (unsigned version : {1u, 2u}) {
    start(version);
    const unsigned header = version == 1 ? 10 : 12;
    machine->memory.put_text(data, std::string(header, 0) + "an Ethernet frame");
    machine->rings[1].offer({{data, header}, {data + header, 17}});
    machine->kick(1);
    ASSERT_EQ(loop->sent.size(), 1u);
    EXPECT_EQ(loop->sent[0], "an Ethernet frame");
    EXPECT_EQ(loop->sent_at, machine->now.value / 2);
    loop->arriving = {"another frame"};
    machine->mmio.poll(machine->now);
    EXPECT_EQ(machine->rings[0].used_index(), 0u) << "waits for a buffer";
    machine->rings[0].offer({{data, 2000, kWriteFlag}});
    machine->kick(0);
    EXPECT_EQ(machine->rings[0].used(0).second, header + 13);
    EXPECT_EQ(machine->memory.text(data + header, 13), "another frame");
    if (version == 2) {
      EXPECT_EQ(machine->memory.get<u16>(data + 10), 1u) << "num_buffers";
    }
  }
}

TEST_F(NetTest, FramesOfImpossibleSizesAreDropped) {
  start(2);
  for (u32 size : {0u, 5u, 12u, 25u, 12u + 1515u, 0x10000u}) {
    machine->rings[1].offer({{data, size}});
    machine->kick(1);
  }
  EXPECT_TRUE(loop->sent.empty());
  EXPECT_EQ(machine->rings[1].used_index(), 6u);
  machine->rings[1].offer({{data, 12 + 1514}});
  machine->kick(1);
  EXPECT_EQ(loop->sent.size(), 1u);
  loop->arriving = {std::string(1515, 'x'), std::string(1514, 'y')};
  machine->rings[0].offer({{data, 2000, kWriteFlag}});
  machine->mmio.poll(machine->now);
  EXPECT_EQ(machine->memory.get<char>(data + 12), 'y');
  loop->arriving = {std::string(100, 'z')};
  machine->rings[0].offer({{data, 50, kWriteFlag}});
  machine->mmio.poll(machine->now);
  EXPECT_EQ(machine->rings[0].used(1).second, 0u) << "too small a buffer loses the frame";
  EXPECT_FALSE(machine->needs_reset());
}

TEST_F(NetTest, AFloodIsDroppedAndNotKept) {
  start(2);
  loop->arriving.assign(Net::kMaxWaiting + 100, std::string(60, 'f'));
  machine->mmio.poll(machine->now);
  unsigned received = 0;
  for (unsigned i = 0; i < Net::kMaxWaiting + 100; ++i) {
    machine->rings[0].offer({{data, 200, kWriteFlag}});
    machine->kick(0);
    received = machine->rings[0].used_index();
  }
  EXPECT_EQ(received, Net::kMaxWaiting);
}

TEST_F(NetTest, WildBuffers) {
  start(2);
  machine->rings[1].offer({{0x10, 100}});
  machine->kick(1);
  EXPECT_TRUE(machine->needs_reset());
  machine->start();
  machine->rings[0].offer({{0x10, 2000, kWriteFlag}});
  loop->arriving = {std::string(60, 'f')};
  machine->mmio.poll(machine->now);
  EXPECT_TRUE(machine->needs_reset());
}

TEST_F(NetTest, ALinkThatGoesDownIsSaidOnce) {
  constexpr u32 kConfigGeneration = 0xFC;
  start(2);
  EXPECT_EQ(machine->rd(reg::kInterruptStatus), 0u);
  loop->up = false;
  machine->mmio.poll(machine->now);
  EXPECT_EQ(machine->rd(reg::kConfig + 4), 0x0000'5634u);
  EXPECT_EQ(machine->rd(reg::kInterruptStatus), 2u) << "the configuration changed";
  EXPECT_EQ(machine->rd(kConfigGeneration), 1u);
  machine->wr(reg::kInterruptAck, 2);
  machine->mmio.poll(machine->now);
  EXPECT_EQ(machine->rd(reg::kInterruptStatus), 0u);
  EXPECT_EQ(machine->rd(kConfigGeneration), 1u);
  machine->rings[1].offer({{data, 100}});
  machine->kick(1);
  EXPECT_EQ(machine->rings[1].used_index(), 1u) << "frames are taken and lost";
}

}  // namespace
}  // namespace hypsim::virtio
