// SPDX-License-Identifier: Apache-2.0
// Numbers taken apart, and their rounding: what all operations share.
#pragma once

#include <bit>
#include <utility>

#include "sim/cpu/fp/fp.h"

namespace hypsim::fp {

__extension__ using u128 = unsigned __int128;

enum class Kind : u8 { Zero, Finite, Infinity, QuietNan, SignallingNan };

/// A finite number is significand * 2^(exponent - 63), with bit 63 of the significand set.
struct Unpacked {
  Kind kind;
  bool negative;
  int exponent = 0;
  u64 significand = 0;

  bool nan() const { return kind >= Kind::QuietNan; }
};

template <class Bits>
constexpr int kBias = (1 << (Format<Bits>::kExponentBits - 1)) - 1;
template <class Bits>
constexpr int kMaxBiased = (1 << Format<Bits>::kExponentBits) - 1;
template <class Bits>
constexpr bool kIsHalf = sizeof(Bits) == 2;

/// FPUnpack: flushes denormals where the environment says so. ARM DDI 0406C A2.7.6
template <class Bits>
Unpacked unpack(Bits a, Environment& env) {
  constexpr unsigned kFraction = Format<Bits>::kFractionBits;
  const bool negative = (a & kSignBit<Bits>) != 0;
  const int biased = static_cast<int>(a >> kFraction) & kMaxBiased<Bits>;
  const u64 fraction = a & ((u64{1} << kFraction) - 1);
  if (biased == 0) {
    if (fraction == 0) return {Kind::Zero, negative};
    if (!kIsHalf<Bits> && env.flush_to_zero) {
      env.flags |= kIdc;
      return {Kind::Zero, negative};
    }
    const int shift = std::countl_zero(fraction);
    return {Kind::Finite, negative, 1 - kBias<Bits> + static_cast<int>(63 - kFraction) - shift, fraction << shift};
  }
  if (biased == kMaxBiased<Bits> && !(kIsHalf<Bits> && env.alternative_half)) {
    if (fraction == 0) return {Kind::Infinity, negative};
    return {bit(fraction, kFraction - 1) ? Kind::QuietNan : Kind::SignallingNan, negative};
  }
  return {Kind::Finite, negative, biased - kBias<Bits>, (u64{1} << kFraction | fraction) << (63 - kFraction)};
}

/// Shifts right; bit 0 of the result remembers whether anything was lost.
template <class T>
constexpr T shift_right_sticky(T value, unsigned n) {
  constexpr unsigned kBitsOfT = sizeof(T) * 8;
  if (n == 0) return value;
  if (n >= kBitsOfT) return value != 0 ? 1 : 0;
  return value >> n | ((value << (kBitsOfT - n)) != 0 ? 1 : 0);
}

/// Whether a magnitude is rounded away from zero. `rest` is what is cut off, as a fraction of 2^64.
inline bool rounds_up(Rounding rounding, bool negative, bool odd, u64 rest) {
  constexpr u64 kHalf = u64{1} << 63;
  switch (rounding) {
    case Rounding::Nearest: return rest > kHalf || (rest == kHalf && odd);
    case Rounding::PlusInfinity: return !negative && rest != 0;
    case Rounding::MinusInfinity: return negative && rest != 0;
    default: return false;
  }
}

template <class Bits>
constexpr Bits zero(bool negative) {
  return negative ? kSignBit<Bits> : Bits{0};
}
template <class Bits>
constexpr Bits infinity(bool negative) {
  return static_cast<Bits>(zero<Bits>(negative) | kInfinity<Bits>);
}

/// FPRound: significand * 2^(exponent - 63) with bit 63 set; bit 0 may be sticky. Underflow is detected before
/// rounding. ARM DDI 0406C A2.7.7
template <class Bits>
Bits round(bool negative, int exponent, u64 significand, Environment& env) {
  constexpr unsigned kFraction = Format<Bits>::kFractionBits;
  constexpr unsigned kCut = 63 - kFraction;
  const Bits sign = zero<Bits>(negative);
  int biased = exponent + kBias<Bits>;
  const bool tiny = biased <= 0;
  if (tiny) {
    if (!kIsHalf<Bits> && env.flush_to_zero) {
      env.flags |= kUfc;
      return sign;
    }
    significand = shift_right_sticky(significand, static_cast<unsigned>(1 - biased));
    biased = 1;
  }
  const u64 rest = significand << (64 - kCut);
  u64 kept = significand >> kCut;  // its implicit bit adds one to the exponent field
  kept += rounds_up(env.rounding, negative, (kept & 1) != 0, rest) ? 1 : 0;
  const u64 encoded = (static_cast<u64>(biased - 1) << kFraction) + kept;
  const bool alternative = kIsHalf<Bits> && env.alternative_half;
  if (encoded >> kFraction >= static_cast<u64>(kMaxBiased<Bits> + (alternative ? 1 : 0))) {
    if (alternative) {
      env.flags |= kIoc;
      return static_cast<Bits>(sign | (kSignBit<Bits> - 1));
    }
    env.flags |= kOfc | kIxc;
    const bool to_infinity = env.rounding == Rounding::Nearest ||
                             env.rounding == (negative ? Rounding::MinusInfinity : Rounding::PlusInfinity);
    return static_cast<Bits>(sign | (to_infinity ? kInfinity<Bits> : kInfinity<Bits> - 1));
  }
  if (rest != 0) env.flags |= kIxc | (tiny ? kUfc : 0);
  return static_cast<Bits>(sign | encoded);
}

/// The same for any significand that is not zero.
template <class Bits>
Bits normalize_and_round(bool negative, int exponent, u64 significand, Environment& env) {
  const int shift = std::countl_zero(significand);
  return round<Bits>(negative, exponent - shift, significand << shift, env);
}

/// FPProcessNaN.
template <class Bits>
Bits process_nan(Bits a, Kind kind, Environment& env) {
  if (kind == Kind::SignallingNan) env.flags |= kIoc;
  return env.default_nan ? kDefaultNan<Bits> : static_cast<Bits>(a | Bits{1} << (Format<Bits>::kFractionBits - 1));
}

template <class Bits>
Bits invalid(Environment& env) {
  env.flags |= kIoc;
  return kDefaultNan<Bits>;
}

/// FPProcessNaNs, for operands of which one is a NaN: signalling ones first, then from left to right.
template <class Bits>
Bits process_nans(Bits a, const Unpacked& ua, Bits b, const Unpacked& ub, Environment& env) {
  if (ua.kind == Kind::SignallingNan) return process_nan(a, ua.kind, env);
  if (ub.kind == Kind::SignallingNan) return process_nan(b, ub.kind, env);
  return ua.kind == Kind::QuietNan ? process_nan(a, ua.kind, env) : process_nan(b, ub.kind, env);
}

}  // namespace hypsim::fp
