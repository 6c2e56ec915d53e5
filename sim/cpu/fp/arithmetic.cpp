// SPDX-License-Identifier: Apache-2.0
// Addition, multiplication, division, square root, comparison. ARM DDI 0406C A2.7.8
#include "sim/cpu/fp/unpacked.h"

namespace hypsim::fp {

namespace {

/// The sign of an exact zero sum of unlike signs.
bool zero_sum_negative(const Environment& env) { return env.rounding == Rounding::MinusInfinity; }

/// a + b of finite numbers other than zero. Ten low bits of the significands are zero or more: after the shift by one
/// for the carry, nothing is lost when exponents differ by less than two, and otherwise cancellation takes one bit at
/// most, so that the sticky bit stays far below the rounding position.
template <class Bits>
Bits add_finite(Unpacked a, Unpacked b, Environment& env) {
  if (a.exponent < b.exponent || (a.exponent == b.exponent && a.significand < b.significand)) std::swap(a, b);
  const u64 x = a.significand >> 1;
  const u64 y = shift_right_sticky(b.significand >> 1, static_cast<unsigned>(a.exponent - b.exponent));
  const u64 sum = a.negative == b.negative ? x + y : x - y;
  if (sum == 0) return zero<Bits>(zero_sum_negative(env));
  return normalize_and_round<Bits>(a.negative, a.exponent + 1, sum, env);
}

template <class Bits>
Bits add_signed(Bits a, Bits b, bool negate_b, Environment& env) {
  const Unpacked ua = unpack(a, env);
  Unpacked ub = unpack(b, env);
  if (ua.nan() || ub.nan()) return process_nans(a, ua, b, ub, env);
  ub.negative = ub.negative != negate_b;
  if (ua.kind == Kind::Infinity) {
    if (ub.kind == Kind::Infinity && ua.negative != ub.negative) return invalid<Bits>(env);
    return infinity<Bits>(ua.negative);
  }
  if (ub.kind == Kind::Infinity) return infinity<Bits>(ub.negative);
  if (ua.kind == Kind::Zero && ub.kind == Kind::Zero)
    return zero<Bits>(ua.negative == ub.negative ? ua.negative : zero_sum_negative(env));
  if (ua.kind == Kind::Zero) return round<Bits>(ub.negative, ub.exponent, ub.significand, env);
  if (ub.kind == Kind::Zero) return round<Bits>(ua.negative, ua.exponent, ua.significand, env);
  return add_finite<Bits>(ua, ub, env);
}

/// The 64 leading bits of the square root of `radicand`, which has bit 126 or 127 set; bit 0 is sticky.
u64 root_of(u128 radicand) {
  u64 root = 0;
  for (int i = 63; i >= 0; --i) {
    const u64 candidate = root | u64{1} << i;
    if (u128{candidate} * candidate <= radicand) root = candidate;
  }
  return root | (u128{root} * root != radicand ? 1 : 0);
}

int leading_zeros(u128 value) {
  const u64 high = static_cast<u64>(value >> 64);
  return high != 0 ? std::countl_zero(high) : 64 + std::countl_zero(static_cast<u64>(value));
}

}  // namespace

template <class Bits>
Bits add(Bits a, Bits b, Environment& env) {
  return add_signed(a, b, false, env);
}

template <class Bits>
Bits subtract(Bits a, Bits b, Environment& env) {
  return add_signed(a, b, true, env);
}

template <class Bits>
Bits multiply(Bits a, Bits b, Environment& env) {
  const Unpacked ua = unpack(a, env), ub = unpack(b, env);
  if (ua.nan() || ub.nan()) return process_nans(a, ua, b, ub, env);
  const bool negative = ua.negative != ub.negative;
  if (ua.kind == Kind::Infinity || ub.kind == Kind::Infinity) {
    if (ua.kind == Kind::Zero || ub.kind == Kind::Zero) return invalid<Bits>(env);
    return infinity<Bits>(negative);
  }
  if (ua.kind == Kind::Zero || ub.kind == Kind::Zero) return zero<Bits>(negative);
  const u128 product = u128{ua.significand} * ub.significand;
  const u64 high = static_cast<u64>(product >> 64) | (static_cast<u64>(product) != 0 ? 1 : 0);
  return normalize_and_round<Bits>(negative, ua.exponent + ub.exponent + 1, high, env);
}

template <class Bits>
Bits divide(Bits a, Bits b, Environment& env) {
  const Unpacked ua = unpack(a, env), ub = unpack(b, env);
  if (ua.nan() || ub.nan()) return process_nans(a, ua, b, ub, env);
  const bool negative = ua.negative != ub.negative;
  if (ua.kind == ub.kind && ua.kind != Kind::Finite) return invalid<Bits>(env);  // 0/0, infinity/infinity
  if (ua.kind == Kind::Infinity || ub.kind == Kind::Zero) {
    if (ua.kind != Kind::Infinity) env.flags |= kDzc;
    return infinity<Bits>(negative);
  }
  if (ua.kind == Kind::Zero || ub.kind == Kind::Infinity) return zero<Bits>(negative);
  const bool less = ua.significand < ub.significand;
  const u128 dividend = u128{ua.significand} << (less ? 64 : 63);
  const u64 quotient = static_cast<u64>(dividend / ub.significand);
  const bool inexact = u128{quotient} * ub.significand != dividend;
  return round<Bits>(negative, ua.exponent - ub.exponent - (less ? 1 : 0), quotient | (inexact ? 1 : 0), env);
}

template <class Bits>
Bits square_root(Bits a, Environment& env) {
  const Unpacked ua = unpack(a, env);
  if (ua.nan()) return process_nan(a, ua.kind, env);
  if (ua.kind == Kind::Zero) return zero<Bits>(ua.negative);
  if (ua.negative) return invalid<Bits>(env);
  if (ua.kind == Kind::Infinity) return infinity<Bits>(false);
  const bool odd = (ua.exponent & 1) != 0;
  const u128 radicand = u128{ua.significand} << (odd ? 64 : 63);
  return round<Bits>(false, (ua.exponent - (odd ? 1 : 0)) / 2, root_of(radicand), env);
}

template <class Bits>
Bits multiply_add(Bits addend, Bits a, Bits b, Environment& env) {
  const Unpacked uc = unpack(addend, env), ua = unpack(a, env), ub = unpack(b, env);
  const bool infinite = ua.kind == Kind::Infinity || ub.kind == Kind::Infinity;
  const bool null = ua.kind == Kind::Zero || ub.kind == Kind::Zero;
  const bool undefined_product = infinite && null;
  if (uc.nan() || ua.nan() || ub.nan()) {
    if (uc.kind == Kind::QuietNan && undefined_product) return invalid<Bits>(env);
    if (uc.kind == Kind::SignallingNan) return process_nan(addend, uc.kind, env);
    if (ua.kind == Kind::SignallingNan || ub.kind == Kind::SignallingNan || !uc.nan())
      return process_nans(a, ua, b, ub, env);
    return process_nan(addend, uc.kind, env);
  }
  const bool negative = ua.negative != ub.negative;
  if (undefined_product || (uc.kind == Kind::Infinity && infinite && uc.negative != negative))
    return invalid<Bits>(env);
  if (uc.kind == Kind::Infinity) return infinity<Bits>(uc.negative);
  if (infinite) return infinity<Bits>(negative);
  if (null) {
    if (uc.kind == Kind::Zero) return zero<Bits>(uc.negative == negative ? negative : zero_sum_negative(env));
    return round<Bits>(uc.negative, uc.exponent, uc.significand, env);
  }
  // Both terms with bit 126 set; as in add_finite, but the low twenty bits are zero.
  u128 product = u128{ua.significand} * ub.significand;
  int exponent = ua.exponent + ub.exponent + 1;
  const int shift = leading_zeros(product);
  product <<= shift;
  exponent -= shift;
  product >>= 1;
  u128 sum = product;
  bool sum_negative = negative;
  if (uc.kind != Kind::Zero) {
    u128 other = u128{uc.significand} << 63;
    const bool swapped = uc.exponent > exponent || (uc.exponent == exponent && other > product);
    const int difference = swapped ? uc.exponent - exponent : exponent - uc.exponent;
    if (swapped) {
      std::swap(product, other);
      exponent = uc.exponent;
      sum_negative = uc.negative;
    }
    other = shift_right_sticky(other, static_cast<unsigned>(difference));
    sum = uc.negative == negative ? product + other : product - other;
    if (sum == 0) return zero<Bits>(zero_sum_negative(env));
  }
  const int back = leading_zeros(sum);
  sum <<= back;
  const u64 high = static_cast<u64>(sum >> 64) | (static_cast<u64>(sum) != 0 ? 1 : 0);
  return round<Bits>(sum_negative, exponent + 1 - back, high, env);
}

template <class Bits>
Relation compare(Bits a, Bits b, bool signal_quiet, Environment& env) {
  const Unpacked ua = unpack(a, env), ub = unpack(b, env);
  if (ua.nan() || ub.nan()) {
    if (signal_quiet || ua.kind == Kind::SignallingNan || ub.kind == Kind::SignallingNan) env.flags |= kIoc;
    return Relation::Unordered;
  }
  // Patterns are ordered by magnitude; a flushed denormal counts as zero.
  const u64 ma = ua.kind == Kind::Zero ? 0 : absolute(a), mb = ub.kind == Kind::Zero ? 0 : absolute(b);
  if (ma == mb && (ma == 0 || ua.negative == ub.negative)) return Relation::Equal;
  const bool less = ua.negative != ub.negative ? ua.negative : (ma < mb) != ua.negative;
  return less ? Relation::Less : Relation::Greater;
}

namespace {
/// FPMax and FPMin: the chosen operand is rounded anew, which matters for none but flushed denormals.
template <class Bits>
Bits choose(Bits a, Bits b, bool larger, Environment& env) {
  const Unpacked ua = unpack(a, env), ub = unpack(b, env);
  if (ua.nan() || ub.nan()) return process_nans(a, ua, b, ub, env);
  if (ua.kind == Kind::Zero && ub.kind == Kind::Zero)
    return zero<Bits>(larger ? ua.negative && ub.negative : ua.negative || ub.negative);
  Environment silent = env;
  const bool take_a = (compare(a, b, false, silent) == Relation::Greater) == larger;
  return (take_a ? ua : ub).kind == Kind::Zero ? zero<Bits>((take_a ? ua : ub).negative) : (take_a ? a : b);
}
}  // namespace

template <class Bits>
Bits maximum(Bits a, Bits b, Environment& env) {
  return choose(a, b, true, env);
}

template <class Bits>
Bits minimum(Bits a, Bits b, Environment& env) {
  return choose(a, b, false, env);
}

#define HYPSIM_FP_ARITHMETIC(Bits)                            \
  template Bits add(Bits, Bits, Environment&);                \
  template Bits subtract(Bits, Bits, Environment&);           \
  template Bits multiply(Bits, Bits, Environment&);           \
  template Bits divide(Bits, Bits, Environment&);             \
  template Bits square_root(Bits, Environment&);              \
  template Bits multiply_add(Bits, Bits, Bits, Environment&); \
  template Bits maximum(Bits, Bits, Environment&);            \
  template Bits minimum(Bits, Bits, Environment&);            \
  template Relation compare(Bits, Bits, bool, Environment&);
HYPSIM_FP_ARITHMETIC(u32)
HYPSIM_FP_ARITHMETIC(u64)

}  // namespace hypsim::fp
