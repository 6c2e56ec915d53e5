// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/virtio/queue.h"

#include <algorithm>

namespace hypsim::virtio {

namespace {

// Descriptor flags. Virtio 1.1, 2.6.5
constexpr u16 kNext = 1, kWritable = 2, kIndirect = 4;
constexpr u64 kDescriptorSize = 16;
constexpr u16 kNoInterrupt = 1;  // of the available ring, 2.6.6

// Goes through the part of the buffers that begins at `offset`.
template <class Buffers, class Copy>
bool for_each_part(const Buffers& buffers, u64 offset, u64 size, Copy copy) {
  u64 done = 0;
  for (const auto& buffer : buffers) {
    if (done == size) break;
    if (offset >= buffer.size) {
      offset -= buffer.size;
      continue;
    }
    const u64 n = std::min<u64>(buffer.size - offset, size - done);
    if (!copy(buffer.address + offset, done, n)) return false;
    done += n;
    offset = 0;
  }
  return done == size;
}

}  // namespace

bool Chain::read(DmaPort& dma, u64 offset, void* data, u64 size) const {
  return for_each_part(readable_, offset, size, [&](u64 address, u64 done, u64 n) {
    return dma.read(address, static_cast<u8*>(data) + done, n);
  });
}

bool Chain::write(DmaPort& dma, u64 offset, const void* data, u64 size) const {
  return for_each_part(writable_, offset, size, [&](u64 address, u64 done, u64 n) {
    return dma.write(address, static_cast<const u8*>(data) + done, n);
  });
}

void Queue::enable(const Layout& layout, u64 features) {
  *this = Queue();
  layout_ = layout;
  enabled_ = true;
  indirect_ = (features & kFeatureIndirect) != 0;
  event_index_ = (features & kFeatureEventIndex) != 0;
}

bool Queue::pop(DmaPort& dma, Chain& chain) {
  if (!enabled_ || broken_) return false;
  u16 index = 0;
  if (!dma.read(layout_.driver + 2, &index, sizeof index)) return break_queue();
  const u16 waiting = static_cast<u16>(index - next_available_);
  if (waiting == 0) {
    // From here on the next chain is worth a notification. Virtio 1.1, 2.6.7.2
    const u64 avail_event = layout_.device + 4 + 8 * u64{layout_.size};
    if (event_index_ && !dma.write(avail_event, &next_available_, sizeof next_available_)) return break_queue();
    return false;
  }
  if (waiting > layout_.size) return break_queue();
  chain = Chain();
  const u64 slot = layout_.driver + 4 + 2 * u64{next_available_ % layout_.size};
  if (!dma.read(slot, &chain.head_, sizeof chain.head_) || !read_chain(dma, chain)) return break_queue();
  ++next_available_;
  return true;
}

bool Queue::read_chain(DmaPort& dma, Chain& chain) {
  u64 table = layout_.descriptors;
  u64 entries = layout_.size;
  bool inside_indirect = false;
  u16 at = chain.head_;
  for (unsigned count = 0; count < kMaxChain; ++count) {  // a loop never ends by itself
    Descriptor d;
    static_assert(sizeof d == kDescriptorSize);
    if (at >= entries || !dma.read(table + at * kDescriptorSize, &d, sizeof d)) return false;
    if (d.flags & kIndirect) {
      // Not both a table and a link, no table in a table. Virtio 1.1, 2.6.5.3.1
      if (!indirect_ || inside_indirect || (d.flags & kNext) || d.size == 0 || d.size % kDescriptorSize) return false;
      table = d.address;
      entries = d.size / kDescriptorSize;
      inside_indirect = true;
      at = 0;
      continue;
    }
    if (!add(chain, d)) return false;
    if (!(d.flags & kNext)) return true;
    at = d.next;
  }
  return false;
}

bool Queue::add(Chain& chain, const Descriptor& d) {
  if (d.flags & kWritable) {
    chain.writable_.push_back({d.address, d.size});
    chain.writable_bytes_ += d.size;
  } else {
    if (!chain.writable_.empty()) return false;  // readable buffers come first. Virtio 1.1, 2.6.4.2
    chain.readable_.push_back({d.address, d.size});
    chain.readable_bytes_ += d.size;
  }
  return chain.readable_bytes_ + chain.writable_bytes_ <= kMaxChainBytes;
}

void Queue::push(DmaPort& dma, const Chain& chain, u32 written) {
  if (!enabled_ || broken_) return;
  const u32 element[2] = {chain.head_, written};
  const u64 slot = layout_.device + 4 + 8 * u64{next_used_ % layout_.size};
  ++next_used_;
  if (!dma.write(slot, element, sizeof element) || !dma.write(layout_.device + 2, &next_used_, sizeof next_used_))
    break_queue();
}

bool Queue::take_interrupt(DmaPort& dma) {
  if (!enabled_ || broken_ || next_used_ == signalled_used_) return false;
  const u16 before = signalled_used_;
  signalled_used_ = next_used_;
  u16 word = 0;
  if (event_index_) {
    // Did the used index step over the place the driver named? Virtio 1.1, 2.6.7.2
    if (!dma.read(layout_.driver + 4 + 2 * u64{layout_.size}, &word, sizeof word)) return break_queue();
    return static_cast<u16>(next_used_ - word - 1) < static_cast<u16>(next_used_ - before);
  }
  if (!dma.read(layout_.driver, &word, sizeof word)) return break_queue();
  return (word & kNoInterrupt) == 0;
}

}  // namespace hypsim::virtio
