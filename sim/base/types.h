// SPDX-License-Identifier: Apache-2.0
// Addresses, identifiers and times are types of their own, so that a page number cannot meet a byte address and a tick
// cannot meet a cycle.
#pragma once

#include <compare>
#include <functional>

#include "sim/base/bits.h"

namespace hypsim {

/// An integer that mixes with no other integer. `value` is public: crossing kinds is allowed, but visible.
template <class Tag, class Rep>
struct Strong {
  Rep value{};

  constexpr Strong() = default;
  constexpr explicit Strong(Rep v) : value(v) {}
  constexpr auto operator<=>(const Strong&) const = default;

  constexpr Strong operator+(Rep n) const { return Strong(static_cast<Rep>(value + n)); }
  constexpr Strong operator-(Rep n) const { return Strong(static_cast<Rep>(value - n)); }
  constexpr Rep operator-(Strong other) const { return static_cast<Rep>(value - other.value); }
  constexpr Strong& operator+=(Rep n) {
    value = static_cast<Rep>(value + n);
    return *this;
  }
};

using VirtAddr = Strong<struct VirtAddrTag, u32>;      ///< virtual address (VA)
using IntermAddr = Strong<struct IntermAddrTag, u64>;  ///< intermediate physical address (IPA), 40 bits
using PhysAddr = Strong<struct PhysAddrTag, u64>;      ///< physical address (PA), 40 bits
using Vmid = Strong<struct VmidTag, u8>;               ///< VTTBR.VMID
using Asid = Strong<struct AsidTag, u8>;               ///< CONTEXTIDR.ASID or TTBRn.ASID
using Ticks = Strong<struct TicksTag, u64>;            ///< ticks of the system counter (CNTFRQ a second)

/// Core clock cycles: a time and a duration, so these do add up.
struct Cycles {
  u64 value{};
  constexpr Cycles() = default;
  constexpr explicit Cycles(u64 v) : value(v) {}
  constexpr auto operator<=>(const Cycles&) const = default;  // NOLINT(modernize-use-nullptr): it compares with 0
  constexpr Cycles operator+(Cycles o) const { return Cycles(value + o.value); }
  constexpr Cycles operator-(Cycles o) const { return Cycles(value - o.value); }
  constexpr Cycles& operator+=(Cycles o) {
    value += o.value;
    return *this;
  }
};

constexpr unsigned kPageBits = 12;
constexpr u32 kPageSize = 1u << kPageBits;
constexpr u32 kPageMask = kPageSize - 1;

}  // namespace hypsim

template <class Tag, class Rep>
struct std::hash<hypsim::Strong<Tag, Rep>> {
  std::size_t operator()(hypsim::Strong<Tag, Rep> v) const noexcept { return std::hash<Rep>()(v.value); }
};
