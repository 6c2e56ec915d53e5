// SPDX-License-Identifier: Apache-2.0
// A driver of a virtio device that does what an input says: proper requests, rings full of nonsense, any register.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "sim/periph/virtio/mmio.h"
#include "tests/fuzz/input.h"

namespace hypsim::fuzz {

/// The memory that the device reaches. Nothing else answers.
class DmaMemory final : public virtio::DmaPort {
 public:
  static constexpr u64 kBase = 0x4000'0000, kSize = 1u << 16;

  bool read(u64 address, void* data, u64 size) override {
    if (!inside(address, size)) return false;
    if (size != 0) std::memcpy(data, &bytes_[address - kBase], size);
    return true;
  }
  bool write(u64 address, const void* data, u64 size) override {
    if (!inside(address, size)) return false;
    if (size != 0) std::memcpy(&bytes_[address - kBase], data, size);
    return true;
  }
  template <class T>
  void put(u64 address, T value) {
    write(address, &value, sizeof value);
  }
  template <class T>
  T get(u64 address) {
    T value{};
    read(address, &value, sizeof value);
    return value;
  }

 private:
  static bool inside(u64 address, u64 size) {
    return address >= kBase && size <= kSize && address - kBase <= kSize - size;
  }
  std::vector<u8> bytes_ = std::vector<u8>(kSize);
};

class VirtioDriver {
 public:
  VirtioDriver(std::unique_ptr<virtio::Device> device, Input& input)
      : input_(input),
        version_(1 + (input.byte() & 1u)),
        mmio_({version_, Cycles(input.byte())}, memory_, std::move(device)) {}

  void run() {
    start(~u64{0});
    constexpr unsigned kMostSteps = 256;
    for (unsigned n = 0; n < kMostSteps && !input_.empty(); ++n) step();
    kick(0);
  }

 private:
  static constexpr u32 kQueueSize = 16, kFeatures = 0x10, kFeaturesSelect = 0x14, kAccepted = 0x20,
                       kAcceptedSelect = 0x24, kPageSize = 0x28, kQueueSelect = 0x30, kQueueNumber = 0x38,
                       kQueueAlign = 0x3C, kQueuePage = 0x40, kQueueReady = 0x44, kNotify = 0x50, kAck = 0x64,
                       kStatus = 0x70, kDescriptors = 0x80, kAvailable = 0x90, kUsed = 0xA0;
  static constexpr u64 kData = DmaMemory::kBase + 0x8000;

  static u64 ring(u32 queue) { return DmaMemory::kBase + 0x3000 * u64{queue}; }
  static u64 available(u32 queue) { return ring(queue) + 16 * kQueueSize; }
  static u64 used(u32 queue) { return ring(queue) + 0x1000; }

  void wr(u32 offset, u32 value) { mmio_.write(offset, 4, value, now_); }
  u32 rd(u32 offset) {
    u32 value = 0;
    mmio_.read(offset, 4, value, now_);
    return value;
  }

  /// To DRIVER_OK with empty rings.
  void start(u64 features) {
    wr(kStatus, 0);
    wr(kStatus, 3);
    for (u32 word = 0; word < 2; ++word) {
      wr(kFeaturesSelect, word);
      wr(kAcceptedSelect, word);
      wr(kAccepted, rd(kFeatures) & static_cast<u32>(features >> (32 * word)));
    }
    wr(kStatus, 11);
    wr(kPageSize, 4096);
    for (u32 queue = 0; queue < 2; ++queue) {
      memory_.put(available(queue), u32{0});
      memory_.put(used(queue), u32{0});
      wr(kQueueSelect, queue);
      wr(kQueueNumber, kQueueSize);
      wr(kQueueAlign, 4096);
      if (version_ == 1) {
        wr(kQueuePage, static_cast<u32>(ring(queue) / 4096));
      } else {
        wr(kDescriptors, static_cast<u32>(ring(queue)));
        wr(kAvailable, static_cast<u32>(available(queue)));
        wr(kUsed, static_cast<u32>(used(queue)));
        wr(kQueueReady, 1);
      }
    }
    wr(kStatus, 15);
    next_ = {};
  }

  /// An address near what the driver uses, or any.
  u64 address() {
    const u8 how = input_.byte();
    if (how < 0xE0) return kData + (u64{how} << 7);
    if (how < 0xF0) return DmaMemory::kBase + input_.half();
    return how < 0xF8 ? DmaMemory::kBase + DmaMemory::kSize - input_.byte() : input_.doubleword();
  }
  u32 length() {
    const u8 how = input_.byte();
    return how < 0x80 ? how : how < 0xF0 ? (how & 0x7Fu) << 5 : how < 0xF8 ? input_.half() : input_.word();
  }

  void descriptor(u64 table, u16 n, u16 flags, u16 next) {
    memory_.put(table + 16 * u64{n}, address());
    memory_.put(table + 16 * u64{n} + 8, length());
    memory_.put(table + 16 * u64{n} + 12, flags);
    memory_.put(table + 16 * u64{n} + 14, next);
  }

  /// A chain of one to eight buffers in the queue's table or in one of its own.
  void offer(u32 queue) {
    const u8 shape = input_.byte();
    const u16 count = 1 + (shape & 7), writable = input_.below(count + 1u);
    const bool indirect = (shape & 0x38) == 0x38;
    const u64 table = indirect ? address() : ring(queue);
    const u16 head = next_[queue] % kQueueSize;
    for (u16 i = 0; i < count; ++i) {
      const bool last = i + 1 == count;
      const u16 at = indirect ? i : (head + i) % kQueueSize;
      const u16 flags = (last ? 0 : 1) | (i >= count - writable ? 2 : 0);
      descriptor(table, at, flags, indirect ? i + 1 : (at + 1) % kQueueSize);
    }
    if (indirect) {
      memory_.put(ring(queue) + 16 * u64{head}, table);
      memory_.put(ring(queue) + 16 * u64{head} + 8, 16 * u32{count});
      memory_.put(ring(queue) + 16 * u64{head} + 12, u32{4});
    }
    const u16 index = memory_.get<u16>(available(queue) + 2);
    memory_.put(available(queue) + 4 + 2 * u64{index % kQueueSize}, head);
    memory_.put(available(queue) + 2, static_cast<u16>(index + 1));
    next_[queue] = static_cast<u16>(head + count);
  }

  void kick(u32 queue) {
    wr(kNotify, queue);
    constexpr unsigned kMostTurns = 64;
    for (unsigned turn = 0; turn < kMostTurns && mmio_.next_event(now_) != kNever; ++turn) {
      now_ = std::max(now_, mmio_.next_event(now_));
      mmio_.update(now_);
    }
    wr(kAck, 3);
  }

  void step() {
    const u8 action = input_.byte();
    const u32 queue = action >> 7;
    switch (action & 15) {
      case 0: start(~u64{0}); break;
      case 1: start(input_.doubleword()); break;
      case 2:
      case 3: {
        const auto registers = VirtioMmio::registers();
        const u32 offset = registers[input_.below(static_cast<u32>(registers.size()))].offset;
        wr(offset, (action & 0x10) != 0 ? input_.word() : input_.byte());
        break;
      }
      case 4: {
        static constexpr unsigned kSizes[] = {4, 1, 2, 3};
        u32 value = 0;
        const u32 offset = input_.half() % (2 * VirtioMmio::kSize);
        if ((action & 0x40) != 0)
          mmio_.write(offset, kSizes[action >> 4 & 3], input_.word(), now_);
        else
          mmio_.read(offset, kSizes[action >> 4 & 3], value, now_);
        break;
      }
      case 5: {
        const u64 at = address();
        const std::string_view bytes = input_.bytes(input_.byte());
        memory_.write(at, bytes.data(), bytes.size());
        break;
      }
      case 6: memory_.put(DmaMemory::kBase + input_.half(), input_.half()); break;
      case 7: descriptor(ring(queue), input_.byte() % kQueueSize, input_.byte(), input_.byte()); break;
      case 8: mmio_.poll(now_); break;
      case 9: mmio_.update(now_ = now_ + Cycles(input_.half())); break;
      case 10: kick(queue); break;
      case 11:
        mmio_.reset();
        start(~u64{0});
        break;
      case 12: offer(queue); break;
      default:
        offer(queue);
        kick(queue);
        break;
    }
  }

  Input& input_;
  unsigned version_;
  DmaMemory memory_;
  VirtioMmio mmio_;
  Cycles now_{100};
  std::array<u16, 2> next_{};
};

}  // namespace hypsim::fuzz
