// SPDX-License-Identifier: Apache-2.0
// The last stores whose data has not come yet, for the loads that read them. A store and a load are taken to mean the
// same memory if they name it in the same way: the same base register, which nothing but constants was added to in
// between, and overlapping offsets. So it is known before they run, and no access pays for a comparison of addresses;
// what goes through two registers is missed.
#pragma once

#include <array>

#include "sim/cpu/ir/micro_op.h"

namespace hypsim {

/// `When`: the time of a store's data.
template <class When>
class PendingStores {
 public:
  /// More than this many: the oldest is forgotten.
  static constexpr unsigned kMost = 16;

  /// No store is remembered; false may be wrong.
  bool empty() const { return bases_ == 0; }
  void clear() {
    if (!empty()) *this = {};
  }

  void add(const ir::MemoryOperand& m, const When& data) {
    if (m.base == ir::MemoryOperand::kNone) return;
    stores_[next_] = {m.base, m.bytes, m.offset + moved_[m.base], data};
    next_ = (next_ + 1) % kMost;
    bases_ |= 1u << m.base;
  }
  /// A younger store hides those that it covers.
  void cover(const ir::MemoryOperand& m) {
    if (!names(m)) return;
    const i32 from = m.offset + moved_[m.base];
    for (Store& s : stores_)
      if (s.base == m.base && s.from >= from && s.from + s.bytes <= from + m.bytes) s.base = ir::MemoryOperand::kNone;
  }
  /// The registers that the instruction writes are not what they were.
  void written(const ir::InsnInfo& insn) {
    const auto changed = static_cast<u32>(insn.writes & bases_);
    if (changed == 0) return;
    const u32 moved = insn.moved == ir::MemoryOperand::kNone ? 0 : changed & 1u << insn.moved;
    if (moved != 0) moved_[insn.moved] += insn.moved_by;
    if (moved == changed) return;
    for (Store& s : stores_)
      if (s.base != ir::MemoryOperand::kNone && ((changed ^ moved) >> s.base & 1) != 0)
        s.base = ir::MemoryOperand::kNone;
    bases_ &= ~(changed ^ moved);
  }
  /// Calls f(data) for each store that writes some of what `m` names.
  template <class F>
  void read(const ir::MemoryOperand& m, F&& f) const {
    if (!names(m)) return;
    const i32 from = m.offset + moved_[m.base];
    for (const Store& s : stores_)
      if (s.base == m.base && s.from < from + m.bytes && from < s.from + s.bytes) f(s.data);
  }
  /// Calls f(name, data) for each store; the name is what an instruction now would say.
  template <class F>
  void for_each(F&& f) const {
    for (const Store& s : stores_) {
      if (s.base == ir::MemoryOperand::kNone) continue;
      const i32 offset = s.from - moved_[s.base];
      if (offset == static_cast<i16>(offset))
        f(ir::MemoryOperand{s.base, s.bytes, static_cast<i16>(offset), 0}, s.data);
    }
  }

 private:
  struct Store {
    u8 base = ir::MemoryOperand::kNone;
    u8 bytes = 0;
    i32 from = 0;  // offset from what the base was when it had not been moved
    When data{};
  };

  bool names(const ir::MemoryOperand& m) const {
    return m.base != ir::MemoryOperand::kNone && (bases_ >> m.base & 1) != 0;
  }

  std::array<Store, kMost> stores_{};
  std::array<i32, ir::kPc> moved_{};
  u32 bases_ = 0;  // bit n: there may be one with base Rn
  unsigned next_ = 0;
};

}  // namespace hypsim
