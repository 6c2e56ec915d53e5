// SPDX-License-Identifier: Apache-2.0
// The guest's side of virtio: memory, rings, and a driver that brings a transport up. Able to lie.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "sim/periph/virtio/mmio.h"

namespace hypsim::virtio {

constexpr u64 kMemoryBase = 0x4000'0000, kMemorySize = 1u << 20;

class GuestMemory final : public DmaPort {
 public:
  bool read(u64 address, void* data, u64 size) override {
    if (!inside(address, size)) return false;
    std::memcpy(data, &bytes_[address - kMemoryBase], size);
    return true;
  }
  bool write(u64 address, const void* data, u64 size) override {
    if (!inside(address, size)) return false;
    std::memcpy(&bytes_[address - kMemoryBase], data, size);
    return true;
  }
  template <class T>
  T get(u64 address) {
    T value{};
    EXPECT_TRUE(read(address, &value, sizeof value)) << std::hex << address;
    return value;
  }
  template <class T>
  void put(u64 address, T value) {
    EXPECT_TRUE(write(address, &value, sizeof value)) << std::hex << address;
  }
  std::string text(u64 address, u64 size) {
    std::string s(size, 0);
    EXPECT_TRUE(read(address, s.data(), size));
    return s;
  }
  void put_text(u64 address, const std::string& text) { EXPECT_TRUE(write(address, text.data(), text.size())); }

 private:
  static bool inside(u64 address, u64 size) {
    return address >= kMemoryBase && size <= kMemorySize && address - kMemoryBase <= kMemorySize - size;
  }
  std::vector<u8> bytes_ = std::vector<u8>(kMemorySize + 1);
};

constexpr u16 kNextFlag = 1, kWriteFlag = 2, kIndirectFlag = 4;

/// A descriptor as the guest writes it.
struct Buffer {
  u64 address = 0;
  u32 size = 0;
  u16 flags = 0;  ///< without NEXT
};

/// The driver's side of a queue.
class Rings {
 public:
  Rings(GuestMemory& memory, u64 base, unsigned size) : memory_(memory), size_(size) {
    descriptors = base;
    driver = base + 16 * u64{size};
    const u64 page = 4096;
    device = (driver + 6 + 2 * u64{size} + page - 1) / page * page;
  }
  Queue::Layout layout() const { return {size_, descriptors, driver, device}; }

  void describe(u64 table, unsigned n, const Buffer& b, u16 extra_flags = 0, u16 next = 0) {
    memory_.put(table + 16 * n, b.address);
    memory_.put(table + 16 * n + 8, b.size);
    memory_.put(table + 16 * n + 12, static_cast<u16>(b.flags | extra_flags));
    memory_.put(table + 16 * n + 14, next);
  }
  /// A chain in fresh descriptors, made available. Returns its head.
  u16 offer(const std::vector<Buffer>& buffers) {
    const u16 head = next_descriptor_;
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      const bool last = i + 1 == buffers.size();
      const u16 at = next_descriptor_;
      next_descriptor_ = static_cast<u16>((next_descriptor_ + 1) % size_);
      describe(descriptors, at, buffers[i], last ? 0 : kNextFlag, next_descriptor_);
    }
    make_available(head);
    return head;
  }
  void make_available(u16 head) {
    memory_.put(driver + 4 + 2 * u64{index_ % size_}, head);
    set_index(static_cast<u16>(index_ + 1));
  }
  void set_index(u16 index) {
    index_ = index;
    memory_.put(driver + 2, index);
  }
  u16 used_index() { return memory_.get<u16>(device + 2); }
  std::pair<u32, u32> used(unsigned n) {
    const u64 at = device + 4 + 8 * u64{n % size_};
    return {memory_.get<u32>(at), memory_.get<u32>(at + 4)};
  }

  u64 descriptors, driver, device;

 private:
  GuestMemory& memory_;
  unsigned size_;
  u16 next_descriptor_ = 0, index_ = 0;
};

/// The registers of the transport, by name.
namespace reg {
constexpr u32 kMagic = 0x00, kVersion = 0x04, kDeviceId = 0x08, kDeviceFeatures = 0x10, kDeviceFeaturesSel = 0x14,
              kDriverFeatures = 0x20, kDriverFeaturesSel = 0x24, kPageSize = 0x28, kQueueSel = 0x30,
              kQueueNumMax = 0x34, kQueueNum = 0x38, kQueueAlign = 0x3C, kQueuePfn = 0x40, kQueueReady = 0x44,
              kNotify = 0x50, kInterruptStatus = 0x60, kInterruptAck = 0x64, kStatus = 0x70, kDescLow = 0x80,
              kDescHigh = 0x84, kDriverLow = 0x90, kDeviceLow = 0xA0, kConfig = 0x100;
}
constexpr u32 kAcknowledge = 1, kDriver = 2, kDriverOk = 4, kFeaturesOk = 8, kNeedsReset = 64;

/// A machine with one transport and its driver.
class Machine {
 public:
  static constexpr unsigned kQueueSize = 16;

  Machine(std::unique_ptr<Device> device, unsigned version = 2)
      : mmio({version, Cycles(0)}, memory, std::move(device)), version_(version) {}

  u32 rd(u32 offset, unsigned size = 4) {
    u32 value = 0;
    EXPECT_TRUE(mmio.read(offset, size, value, now));
    return value;
  }
  void wr(u32 offset, u32 value, unsigned size = 4) { EXPECT_TRUE(mmio.write(offset, size, value, now)); }

  u64 offered() {
    wr(reg::kDeviceFeaturesSel, 0);
    u64 features = rd(reg::kDeviceFeatures);
    wr(reg::kDeviceFeaturesSel, 1);
    return features | u64{rd(reg::kDeviceFeatures)} << 32;
  }
  void accept(u64 features) {
    for (unsigned word = 0; word < 2; ++word) {
      wr(reg::kDriverFeaturesSel, word);
      wr(reg::kDriverFeatures, static_cast<u32>(features >> (32 * word)));
    }
  }
  void set_up_queue(unsigned n, const Rings& r, u32 size = kQueueSize) {
    wr(reg::kQueueSel, n);
    wr(reg::kQueueNum, size);
    if (version_ == 1) {
      wr(reg::kQueueAlign, 4096);
      wr(reg::kQueuePfn, static_cast<u32>(r.descriptors / 4096));
      return;
    }
    wr(reg::kDescLow, static_cast<u32>(r.descriptors));
    wr(reg::kDriverLow, static_cast<u32>(r.driver));
    wr(reg::kDeviceLow, static_cast<u32>(r.device));
    wr(reg::kQueueReady, 1);
  }
  /// All the way to DRIVER_OK with every queue, accepting what is offered and in `mask`.
  void start(u64 mask = ~(kFeatureIndirect | kFeatureEventIndex)) {
    wr(reg::kStatus, 0);
    wr(reg::kStatus, kAcknowledge | kDriver);
    accept(offered() & mask);
    wr(reg::kStatus, kAcknowledge | kDriver | kFeaturesOk);
    rings.clear();
    for (unsigned n = 0;; ++n) {
      wr(reg::kQueueSel, n);
      if (rd(reg::kQueueNumMax) == 0) break;
      rings.emplace_back(memory, kMemoryBase + 0x4000 * u64{n}, kQueueSize);
      memory.put(rings[n].driver, u32{0});
      memory.put(rings[n].device, u32{0});
      set_up_queue(n, rings[n]);
    }
    wr(reg::kStatus, kAcknowledge | kDriver | kFeaturesOk | kDriverOk);
  }
  /// Notifies and lets the device work until nothing is due.
  void kick(unsigned queue = 0) {
    wr(reg::kNotify, queue);
    for (unsigned turn = 0; turn < 10'000 && mmio.next_event(now) != kNever; ++turn) {
      now = std::max(now, mmio.next_event(now));
      mmio.update(now);
    }
    EXPECT_EQ(mmio.next_event(now), kNever);
  }
  bool needs_reset() { return (rd(reg::kStatus) & kNeedsReset) != 0; }

  /// A place for data, apart from the rings.
  static constexpr u64 at(u64 offset) { return kMemoryBase + 0x40000 + offset; }

  GuestMemory memory;
  VirtioMmio mmio;
  std::vector<Rings> rings;
  Cycles now{100};

 private:
  unsigned version_;
};

}  // namespace hypsim::virtio
