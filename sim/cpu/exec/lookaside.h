// SPDX-License-Identifier: Apache-2.0
// The host look-aside: virtual page -> host pointer, for loads and stores.
//
// What is fast: a hit costs one compare of a combined tag and one compare of the L1 TLB entry's stamp, and yields a
// host pointer. What must stay true: a slot is valid only while the L1 TLB entry that it was made from is (the stamp
// agrees) and while the generation in its tag is the current one of its context. So the look-aside is always a subset
// of the L1 TLB, and stale translations live exactly as long as they do on silicon.
#pragma once

#include <array>

#include "sim/base/types.h"
#include "sim/cpu/pipeline/timing_model.h"

namespace hypsim {

struct LookasideSlot {
  u64 tag = ~u64{0};           ///< generation << 32 | va page; low 12 bits zero
  const u32* stamp = nullptr;
  u32 stamp_value = 0;
  MemClass mem_class = MemClass::Cacheable;
  u8* host = nullptr;          ///< host address of the page
  u64 pa_page = 0;             ///< physical address of the page
};

class Lookaside {
 public:
  static constexpr unsigned kSlots = 128;
  static constexpr unsigned kSets = 5;  ///< Hyp, then {NS, S} x {PL1, PL0}

  LookasideSlot& load_slot(unsigned set, u32 va) { return load_[set][(va >> kPageBits) % kSlots]; }
  LookasideSlot& store_slot(unsigned set, u32 va) { return store_[set][(va >> kPageBits) % kSlots]; }

  /// The tag an access of `size` (a power of two) looks for; an unaligned one never matches.
  static constexpr u64 key(u32 generation, u32 va, unsigned size) {
    return u64{generation} << 32 | (va & (~kPageMask | (size - 1)));
  }
  static bool hit(const LookasideSlot& slot, u64 key) { return slot.tag == key && *slot.stamp == slot.stamp_value; }

  void clear() {
    for (auto& set : load_) set.fill({});
    for (auto& set : store_) set.fill({});
  }

 private:
  std::array<std::array<LookasideSlot, kSlots>, kSets> load_, store_;
};

}  // namespace hypsim
