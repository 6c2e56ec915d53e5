// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/virtio/console.h"
#include "sim/periph/virtio/entropy.h"
#include "tests/periph/virtio/guest.h"

namespace hypsim::virtio {
namespace {

constexpr u64 data = Machine::at(0);

TEST(VirtioConsole, SendsEveryByteInOrder) {
  BufferBackend host;
  Machine m(std::make_unique<Console>(host));
  m.start();
  EXPECT_EQ(m.rd(reg::kDeviceId), 3u);
  m.memory.put_text(data, "hello, world\n");
  m.rings[1].offer({{data, 7}, {data + 7, 6}});
  m.rings[1].offer({{data, 5}});
  m.kick(1);
  EXPECT_EQ(host.output(), "hello, world\nhello");
  EXPECT_EQ(m.rings[1].used_index(), 2u);
  const std::string large(0x9000, 'x');
  m.memory.put_text(data, large);
  m.rings[1].offer({{data, 0x9000}});
  m.kick(1);
  EXPECT_EQ(host.output().size(), 18 + large.size());
}

TEST(VirtioConsole, ReceivesWhenItIsPolledAndHasBuffers) {
  BufferBackend host;
  Machine m(std::make_unique<Console>(host));
  m.start();
  host.feed("abcdef");
  m.mmio.poll(m.now);
  EXPECT_EQ(m.rings[0].used_index(), 0u) << "no buffers yet: the input waits";
  m.rings[0].offer({{data, 4, kWriteFlag}});
  m.kick(0);
  EXPECT_EQ(m.rings[0].used(0).second, 4u);
  EXPECT_EQ(m.memory.text(data, 4), "abcd");
  EXPECT_TRUE(m.mmio.irq());
  m.rings[0].offer({{data, 4, kWriteFlag}});
  m.mmio.poll(m.now);
  EXPECT_EQ(m.memory.text(data, 2), "ef");
  EXPECT_EQ(m.rings[0].used(1).second, 2u);
  m.rings[0].offer({{data, 4, kWriteFlag}});
  m.mmio.poll(m.now);
  EXPECT_EQ(m.rings[0].used_index(), 2u) << "an empty buffer is not given back";
}

TEST(VirtioConsole, NothingIsTakenBeforeTheDriverIsThere) {
  BufferBackend host;
  Machine m(std::make_unique<Console>(host));
  host.feed("x");
  m.mmio.poll(m.now);
  u8 byte;
  EXPECT_EQ(host.read(&byte, 1), 1u);
}

TEST(VirtioConsole, EmergencyWrite) {
  BufferBackend host;
  Machine m(std::make_unique<Console>(host));
  m.wr(reg::kConfig + 8, 'E');
  m.wr(reg::kConfig, 'n');
  EXPECT_EQ(host.output(), "E") << "before any driver, at its place alone";
}

TEST(VirtioConsole, WildBuffers) {
  BufferBackend host;
  Machine m(std::make_unique<Console>(host));
  m.start();
  m.rings[1].offer({{0, 4}});
  m.kick(1);
  EXPECT_TRUE(m.needs_reset());
  m.start();
  m.rings[0].offer({{0, 4, kWriteFlag}});
  host.feed("y");
  m.kick(0);
  EXPECT_TRUE(m.needs_reset());
}

std::string entropy(u64 seed, unsigned size) {
  Machine m(std::make_unique<Entropy>(seed));
  m.start();
  m.rings[0].offer({{data, size, kWriteFlag}});
  m.kick();
  EXPECT_EQ(m.rings[0].used(0).second, size);
  return m.memory.text(data, size);
}

TEST(VirtioEntropy, IsAFunctionOfItsSeed) {
  EXPECT_EQ(entropy(1, 64), entropy(1, 64));
  EXPECT_NE(entropy(1, 64), entropy(2, 64));
  EXPECT_EQ(entropy(1, 13), entropy(1, 64).substr(0, 13));
  EXPECT_EQ(entropy(0, 8), std::string("\xAF\xCD\x1D\x7B\x39\xA8\x20\xE2", 8)) << "SplitMix64's first value for seed 0";
}

TEST(VirtioEntropy, GoesOnAndStartsAgainAtReset) {
  Machine m(std::make_unique<Entropy>(7));
  m.start();
  for (unsigned i = 0; i < 2; ++i) m.rings[0].offer({{data + 8 * i, 8, kWriteFlag}});
  m.kick();
  EXPECT_NE(m.memory.get<u64>(data), m.memory.get<u64>(data + 8));
  const u64 first = m.memory.get<u64>(data);
  m.start();
  m.rings[0].offer({{data + 0x100, 8, kWriteFlag}});
  m.kick();
  EXPECT_EQ(m.memory.get<u64>(data + 0x100), first);
}

TEST(VirtioEntropy, GivesALargeRequestOnlyAPart) {
  Machine m(std::make_unique<Entropy>(7));
  m.start();
  m.rings[0].offer({{data, 0x10000, kWriteFlag}});
  m.kick();
  EXPECT_EQ(m.rings[0].used(0).second, 4096u);
  EXPECT_EQ(m.memory.get<u64>(data + 4096), 0u);
}

// The random bytes land in the ring that says where the next ones go.
TEST(VirtioEntropy, WritingItsOwnRingEnds) {
  for (u64 seed = 0; seed < 200; ++seed) {
    Machine m(std::make_unique<Entropy>(seed));
    m.start();
    m.rings[0].offer({{m.rings[0].driver, 4, kWriteFlag}});
    m.kick();
    m.start();
    m.rings[0].offer({{m.rings[0].descriptors, 0x200, kWriteFlag}});
    m.rings[0].offer({{data, 8, kWriteFlag}});
    m.kick();
  }
}

}  // namespace
}  // namespace hypsim::virtio
