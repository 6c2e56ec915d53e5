// SPDX-License-Identifier: Apache-2.0
// A split virtqueue, the device's side. Virtio 1.1, 2.6
//
// Everything in it is guest memory and may be nonsense. What the specification forbids breaks the queue: it hands out
// nothing more until it is configured again, and the transport asks the driver for a reset.
#pragma once

#include <vector>

#include "sim/periph/virtio/dma.h"

namespace hypsim::virtio {

/// Feature bits that belong to queues and transport. Virtio 1.1, 6
constexpr u64 kFeatureAnyLayout = u64{1} << 27;  // legacy alone
constexpr u64 kFeatureIndirect = u64{1} << 28;
constexpr u64 kFeatureEventIndex = u64{1} << 29;
constexpr u64 kFeatureVersion1 = u64{1} << 32;

/// Buffers that belong together: what the driver wrote, then room for the device's answer.
class Chain {
 public:
  u64 readable_bytes() const { return readable_bytes_; }
  u64 writable_bytes() const { return writable_bytes_; }
  /// Copies from the readable bytes, or into the writable ones. False where a buffer is no memory, or beyond the end.
  bool read(DmaPort& dma, u64 offset, void* data, u64 size) const;
  bool write(DmaPort& dma, u64 offset, const void* data, u64 size) const;

 private:
  friend class Queue;
  struct Buffer {
    u64 address;
    u32 size;
  };
  u16 head_ = 0;
  std::vector<Buffer> readable_, writable_;
  u64 readable_bytes_ = 0, writable_bytes_ = 0;
};

class Queue {
 public:
  static constexpr unsigned kMaxSize = 256;
  /// The longest chain, and the most bytes it may describe: twice what the block device's limits allow.
  static constexpr unsigned kMaxChain = 1024;
  static constexpr u64 kMaxChainBytes = 32u << 20;

  struct Layout {
    unsigned size = 0;  ///< entries; a power of two up to kMaxSize
    u64 descriptors = 0, driver = 0, device = 0;
  };

  /// Starts from empty rings at the given places. `features` are those the driver accepted.
  void enable(const Layout& layout, u64 features);
  void disable() { *this = Queue(); }
  bool enabled() const { return enabled_; }
  bool broken() const { return broken_; }
  /// The device found nonsense in a chain.
  void set_broken() { broken_ = true; }

  /// Takes the next chain the driver made available. False if there is none, or the queue is broken.
  bool pop(DmaPort& dma, Chain& chain);
  /// Gives a chain back, of which `written` bytes were filled.
  void push(DmaPort& dma, const Chain& chain, u32 written);
  /// Whether the driver wants an interrupt for what was given back since the last call.
  bool take_interrupt(DmaPort& dma);

 private:
  struct Descriptor {
    u64 address;
    u32 size;
    u16 flags, next;
  };
  bool break_queue() {
    broken_ = true;
    return false;
  }
  bool read_chain(DmaPort& dma, Chain& chain);
  bool add(Chain& chain, const Descriptor& d);

  Layout layout_;
  bool enabled_ = false, broken_ = false;
  bool indirect_ = false, event_index_ = false;
  u16 next_available_ = 0, next_used_ = 0, signalled_used_ = 0;
};

}  // namespace hypsim::virtio
