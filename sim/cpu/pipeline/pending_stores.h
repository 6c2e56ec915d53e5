// SPDX-License-Identifier: Apache-2.0
// The last stores whose data has not come yet, for the loads that read them. A store and a load are taken to mean the
// same memory if they name it in the same way: the same base register, which nothing but constants was added to in
// between, and overlapping offsets. So it is known before they run, and no access pays for a comparison of addresses;
// what goes through two registers is missed.
#pragma once

#include <algorithm>
#include <array>

#include "sim/cpu/ir/micro_op.h"

namespace hypsim {

/// `When`: the time of a store's data.
template <class When>
class PendingStores {
 public:
  /// More than this many: the oldest is forgotten.
  static constexpr unsigned kMost = 16;

  struct Store {
    u8 base;
    u8 bytes;
    i16 offset;
    When data;
  };

  const Store* begin() const { return stores_.data(); }
  const Store* end() const { return stores_.data() + count_; }
  bool empty() const { return count_ == 0; }
  void clear() { count_ = 0; }

  void add(const ir::MemoryOperand& m, const When& data) {
    if (m.base == ir::MemoryOperand::kNone) return;
    if (count_ == kMost) remove(0);
    stores_[count_++] = {m.base, m.bytes, m.offset, data};
  }
  /// A younger store hides those that it covers.
  void cover(const ir::MemoryOperand& m) {
    for (unsigned i = count_; i-- != 0;) {
      const Store& s = stores_[i];
      if (s.base == m.base && s.offset >= m.offset && s.offset + s.bytes <= m.offset + m.bytes) remove(i);
    }
  }
  /// The registers that the instruction writes are not what they were.
  void written(const ir::InsnInfo& insn) {
    for (unsigned i = count_; i-- != 0;) {
      Store& s = stores_[i];
      if ((insn.writes >> s.base & 1) == 0) continue;
      const i32 offset = s.offset - insn.moved_by;
      if (s.base != insn.moved || offset != static_cast<i16>(offset)) {
        remove(i);
      } else {
        s.offset = static_cast<i16>(offset);
      }
    }
  }
  /// Calls f(data) for each store that writes some of what `m` names.
  template <class F>
  void read(const ir::MemoryOperand& m, F&& f) const {
    for (const Store& s : *this)
      if (s.base == m.base && s.offset < m.offset + m.bytes && m.offset < s.offset + s.bytes) f(s.data);
  }

 private:
  void remove(unsigned i) {
    std::move(stores_.begin() + i + 1, stores_.begin() + count_, stores_.begin() + i);
    --count_;
  }

  std::array<Store, kMost> stores_{};  // oldest first
  unsigned count_ = 0;
};

}  // namespace hypsim
