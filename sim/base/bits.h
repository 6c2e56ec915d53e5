// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>

namespace hypsim {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i8 = std::int8_t;
using i16 = std::int16_t;
using i32 = std::int32_t;
using i64 = std::int64_t;

/// Bits hi..lo of `value`, right aligned: the manual's value<hi:lo>.
template <class T>
constexpr T bits(T value, unsigned hi, unsigned lo) {
  const unsigned width = hi - lo + 1;
  const T mask = width >= sizeof(T) * 8 ? static_cast<T>(~T{0}) : static_cast<T>((T{1} << width) - 1);
  return static_cast<T>(value >> lo) & mask;
}

/// Bit `n` of `value`: the manual's value<n>.
template <class T>
constexpr bool bit(T value, unsigned n) {
  return ((value >> n) & 1) != 0;
}

/// A mask of bits hi..lo set.
constexpr u32 mask32(unsigned hi, unsigned lo) { return static_cast<u32>(((u64{1} << (hi - lo + 1)) - 1) << lo); }
constexpr u64 mask64(unsigned hi, unsigned lo) {
  const unsigned width = hi - lo + 1;
  return (width >= 64 ? ~u64{0} : ((u64{1} << width) - 1)) << lo;
}

/// `value` with bits hi..lo replaced by `field`.
constexpr u32 with_bits(u32 value, unsigned hi, unsigned lo, u32 field) {
  const u32 m = mask32(hi, lo);
  return (value & ~m) | ((field << lo) & m);
}
constexpr u64 with_bits64(u64 value, unsigned hi, unsigned lo, u64 field) {
  const u64 m = mask64(hi, lo);
  return (value & ~m) | ((field << lo) & m);
}

/// Sign-extends the low `width` bits of `value`.
constexpr i32 sign_extend(u32 value, unsigned width) { return static_cast<i32>(value << (32 - width)) >> (32 - width); }

constexpr u32 ror32(u32 value, unsigned amount) { return std::rotr(value, static_cast<int>(amount & 31)); }

constexpr bool is_aligned(u64 value, unsigned size) { return (value & (size - 1)) == 0; }

}  // namespace hypsim
