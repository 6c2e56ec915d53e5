// SPDX-License-Identifier: Apache-2.0
// The host look-aside: virtual page -> host pointer, for loads and stores.
//
// What is fast: a hit costs one compare of a combined tag and one compare of the L1 TLB entry's stamp, and yields a
// host pointer. What must stay true: a slot is valid only while the L1 TLB entry that it was made from is (the stamp
// agrees) and while the generation in its tag is the current one of its context. So the look-aside is always a subset
// of the L1 TLB, and stale translations live exactly as long as they do on silicon.
#pragma once

#include <array>
#include <cstdint>

#include "sim/base/types.h"
#include "sim/cpu/pipeline/timing_model.h"

namespace hypsim {

struct LookasideSlot {
  u64 tag = ~u64{0};  ///< generation << 32 | va page; low 12 bits zero
  const u32* stamp = nullptr;
  std::uintptr_t bias = 0;  ///< host address less virtual address
  u32 stamp_value = 0;
  u32 page_and_class = 0;  ///< PA[39:12] and the MemClass above it

  u8* at(u32 va) const { return reinterpret_cast<u8*>(bias + va); }
  PhysAddr pa(u32 va) const { return PhysAddr(u64{page_and_class & kPpn} << kPageBits | (va & kPageMask)); }
  MemClass mem_class() const { return static_cast<MemClass>(page_and_class >> kPpnBits); }
  void set_memory(PhysAddr page, MemClass mem_class) {
    page_and_class = static_cast<u32>(page.value >> kPageBits) | static_cast<u32>(mem_class) << kPpnBits;
  }

  static constexpr unsigned kPpnBits = 28;

 private:
  static constexpr u32 kPpn = (1u << kPpnBits) - 1;
};
static_assert(sizeof(LookasideSlot) == 32);

class Lookaside {
 public:
  static constexpr unsigned kSlots = 128;
  static constexpr unsigned kSets = 5;  ///< Hyp, then {NS, S} x {PL1, PL0}

  /// The slots of one set: what the code of one regime and privilege sees.
  using Side = std::array<LookasideSlot, kSlots>;
  Side& loads(unsigned set) { return load_[set]; }
  Side& stores(unsigned set) { return store_[set]; }
  static LookasideSlot& slot(Side& side, u32 va) { return side[(va >> kPageBits) % kSlots]; }

  /// The tag an access of `size` (a power of two) looks for; an unaligned one never matches.
  static constexpr u64 key(u32 generation, u32 va, unsigned size) {
    return u64{generation} << 32 | (va & (~kPageMask | (size - 1)));
  }
  static bool hit(const LookasideSlot& slot, u64 key) { return slot.tag == key && *slot.stamp == slot.stamp_value; }

  /// Forgets the slots for stores to physical page `page`.
  void drop_stores(PhysAddr page) {
    for (Side& side : store_)
      for (LookasideSlot& slot : side)
        if (slot.stamp != nullptr && slot.pa(0) == page) slot = {};
  }
  void clear() {
    for (auto& set : load_) set.fill({});
    for (auto& set : store_) set.fill({});
  }

 private:
  alignas(64) std::array<Side, kSets> load_, store_;
};

}  // namespace hypsim
