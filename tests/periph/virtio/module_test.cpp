// SPDX-License-Identifier: Apache-2.0
// Transport and bus master as SystemC modules, driven over TLM-2.0 on a small board: memory, ROM, an entropy device.
#include "sim/periph/virtio/module.h"

#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>

#include "sim/mem/ram_module.h"
#include "sim/mem/router.h"
#include "sim/periph/virtio/entropy.h"
#include "tests/periph/virtio/guest.h"

namespace hypsim::virtio {
namespace {

using sc_core::sc_time;

constexpr u64 kRam = 0x4000'0000, kRom = 0x8000'0000, kSlot = 0x0A00'0000, kSize = 0x10000;

RamModule::Config memory_config(bool read_only) {
  RamModule::Config config;
  config.size = kSize;
  config.read_only = read_only;
  return config;
}

struct Board : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<Board> cpu{"cpu"};
  Router router{"router"};
  RamModule ram{"ram", memory_config(false)}, more{"more", memory_config(false)}, rom{"rom", memory_config(true)};
  std::vector<std::pair<u64, u64>> written;
  DmaModule dma{"dma", [this](u64 address, u64 size) { written.emplace_back(address, size); }};
  VirtioModule slot;
  sc_core::sc_signal<bool> irq{"irq"};

  explicit Board(sc_core::sc_module_name name)
      : sc_module(name),
        slot("slot",
             DeviceModuleConfig{.core_hz = 1'000'000'000,
                                .latency = sc_time(50, sc_core::SC_NS),
                                .poll_interval = sc_core::SC_ZERO_TIME},
             VirtioMmioConfig{2, Cycles(20'000)}, dma, std::make_unique<Entropy>(1)) {
    cpu.bind(router.target);
    dma.socket.bind(router.target);
    router.map(kRam, kSize, ram.socket, "ram");
    router.map(kRam + kSize, kSize, more.socket, "more");
    router.map(kRom, kSize, rom.socket, "rom");
    router.map(kSlot, VirtioMmio::kSize, slot.socket, "slot");
    slot.irq.bind(irq);
  }
  bool access(tlm::tlm_command command, u64 address, void* data, unsigned size) {
    tlm::tlm_generic_payload payload;
    sc_time delay;
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(static_cast<u8*>(data));
    payload.set_data_length(size);
    payload.set_streaming_width(size);
    cpu->b_transport(payload, delay);
    return payload.is_response_ok();
  }
  template <class T = u32>
  T rd(u64 address) {
    T value{};
    EXPECT_TRUE(access(tlm::TLM_READ_COMMAND, address, &value, sizeof value));
    return value;
  }
  template <class T>
  void wr(u64 address, T value) {
    EXPECT_TRUE(access(tlm::TLM_WRITE_COMMAND, address, &value, sizeof value));
  }
  void reg(u32 offset, u32 value) { wr(kSlot + offset, value); }

  /// One chain of one writable buffer, all the way from reset.
  void fill(u64 address, u32 size) {
    const u64 descriptors = kRam, driver = kRam + 0x100, device = kRam + 0x200;
    reg(reg::kStatus, 0);
    reg(reg::kDriverFeaturesSel, 1);
    reg(reg::kDriverFeatures, 1);
    reg(reg::kStatus, kAcknowledge | kDriver | kFeaturesOk);
    reg(reg::kQueueNum, 8);
    reg(reg::kDescLow, static_cast<u32>(descriptors));
    reg(reg::kDriverLow, static_cast<u32>(driver));
    reg(reg::kDeviceLow, static_cast<u32>(device));
    reg(reg::kQueueReady, 1);
    reg(reg::kStatus, kAcknowledge | kDriver | kFeaturesOk | kDriverOk);
    wr(descriptors, address);
    wr(descriptors + 8, size);
    wr(descriptors + 12, u32{kWriteFlag});
    wr(driver, u32{1} << 16);  // no flags, index 1
    wr(driver + 4, u16{0});
    wr(device, u32{0});
    reg(reg::kNotify, 0);
  }
  u16 used() { return rd<u16>(kRam + 0x202); }
};

TEST(VirtioModule, WorksInSimulatedTimeAndTellsWhatItWrote) {
  Board board("board");
  sc_core::sc_start(sc_time(1, sc_core::SC_US));
  board.fill(kRam + 0x1000, 16);
  EXPECT_EQ(board.used(), 0u);
  sc_core::sc_start(sc_time(20, sc_core::SC_US));
  EXPECT_EQ(board.used(), 0u) << "20 us after the write, which took 50 ns";
  EXPECT_FALSE(board.irq.read());
  sc_core::sc_start(sc_time(51, sc_core::SC_NS));
  EXPECT_EQ(board.used(), 1u);
  EXPECT_TRUE(board.irq.read());
  EXPECT_NE(board.rd(kRam + 0x1000), 0u);
  ASSERT_FALSE(board.written.empty());
  EXPECT_EQ(board.written[0], std::pair(kRam + 0x1000, u64{16}));
  board.reg(reg::kInterruptAck, 1);
  sc_core::sc_start(sc_time(1, sc_core::SC_US));
  EXPECT_FALSE(board.irq.read());
}

TEST(VirtioModule, ReachesAcrossNeighbouringMemories) {
  Board board("board");
  sc_core::sc_start(sc_time(1, sc_core::SC_US));
  board.fill(kRam + kSize - 8, 16);
  sc_core::sc_start(sc_time(30, sc_core::SC_US));
  EXPECT_EQ(board.used(), 1u);
  EXPECT_NE(board.rd(kRam + kSize - 8), 0u);
  EXPECT_NE(board.rd(kRam + kSize + 4), 0u);
  EXPECT_EQ(board.rd(kRam + kSize + 8), 0u);
}

TEST(VirtioModule, NothingButWritableMemoryTakesItsWrites) {
  Board board("board");
  sc_core::sc_start(sc_time(1, sc_core::SC_US));
  for (u64 address : {u64{0}, kRom, kSlot + reg::kStatus, kSlot, kRam + 2 * kSize - 8, ~u64{0} - 7, ~u64{0}}) {
    board.fill(address, 16);
    sc_core::sc_start(sc_time(30, sc_core::SC_US));
    EXPECT_EQ(board.rd(kSlot + reg::kStatus) & kNeedsReset, kNeedsReset) << std::hex << address;
    EXPECT_TRUE(board.irq.read()) << "configuration change";
  }
  board.fill(kRam + 0x1000, 16);
  sc_core::sc_start(sc_time(30, sc_core::SC_US));
  EXPECT_EQ(board.used(), 1u) << "after a reset it works";
}

TEST(DmaModule, ReadsRomAndRefusesRangesThatWrap) {
  Board board("board");
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  u8 bytes[32] = {1};
  EXPECT_TRUE(board.dma.read(kRom, bytes, 32));
  EXPECT_EQ(bytes[0], 0u);
  EXPECT_FALSE(board.dma.write(kRom, bytes, 1));
  EXPECT_FALSE(board.dma.read(~u64{0} - 3, bytes, 32));
  EXPECT_FALSE(board.dma.read(kRam, bytes, ~u64{0}));
  EXPECT_TRUE(board.dma.read(kRam + kSize, bytes, 0));
  EXPECT_FALSE(board.dma.read(kSlot, bytes, 4)) << "registers are no memory";
}

}  // namespace
}  // namespace hypsim::virtio
