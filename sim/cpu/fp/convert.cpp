// SPDX-License-Identifier: Apache-2.0
// Conversions between formats and to and from integers. ARM DDI 0406C A2.7.8
#include "sim/cpu/fp/unpacked.h"

namespace hypsim::fp {

namespace {

/// The fraction of a NaN keeps its leading bits; the result is quiet.
template <class To, class From>
To convert_nan(From a, Environment& env) {
  if (env.default_nan) return kDefaultNan<To>;
  constexpr unsigned kFrom = Format<From>::kFractionBits, kTo = Format<To>::kFractionBits;
  const u64 fraction = a & ((u64{1} << kFrom) - 1);
  const u64 moved =
      kTo >= kFrom ? fraction << (kTo >= kFrom ? kTo - kFrom : 0) : fraction >> (kTo >= kFrom ? 0 : kFrom - kTo);
  return static_cast<To>(zero<To>((a & kSignBit<From>) != 0) | kDefaultNan<To> | moved);
}

}  // namespace

template <class To, class From>
To convert(From a, Environment& env) {
  const Unpacked u = unpack(a, env);
  const bool no_specials = kIsHalf<To> && env.alternative_half;
  switch (u.kind) {
    case Kind::Zero: return zero<To>(u.negative);
    case Kind::Finite: return round<To>(u.negative, u.exponent, u.significand, env);
    case Kind::Infinity:
      if (!no_specials) return infinity<To>(u.negative);
      env.flags |= kIoc;
      return static_cast<To>(zero<To>(u.negative) | (kSignBit<To> - 1));
    default:
      if (no_specials) {
        env.flags |= kIoc;
        return zero<To>(u.negative);
      }
      if (u.kind == Kind::SignallingNan) env.flags |= kIoc;
      return convert_nan<To>(a, env);
  }
}

template <class Bits>
u64 to_fixed(Bits a, unsigned fraction_bits, bool is_signed, unsigned width, Environment& env) {
  const Unpacked u = unpack(a, env);
  if (u.nan()) {
    env.flags |= kIoc;
    return 0;
  }
  if (u.kind == Kind::Zero) return 0;
  const u64 largest = is_signed ? (u64{1} << (width - 1)) - 1 : (~u64{0} >> (64 - width));
  const u64 lowest = is_signed ? ~largest : 0;  // sign-extended
  const int exponent = u.exponent + static_cast<int>(fraction_bits);
  if (u.kind == Kind::Infinity || exponent > 63) {
    env.flags |= kIoc;
    return u.negative ? lowest : largest;
  }
  u64 whole = 0, rest = 0;
  if (exponent >= 0) {
    whole = u.significand >> (63 - exponent);
    rest = exponent == 63 ? 0 : u.significand << (exponent + 1);
  } else {
    rest = shift_right_sticky(u.significand, static_cast<unsigned>(-1 - exponent));
  }
  whole += rounds_up(env.rounding, u.negative, (whole & 1) != 0, rest) ? 1 : 0;
  const u64 limit = u.negative ? 0 - lowest : largest;  // of the magnitude
  if (whole > limit) {
    env.flags |= kIoc;
    return u.negative ? lowest : largest;
  }
  if (rest != 0) env.flags |= kIxc;
  return u.negative ? 0 - whole : whole;
}

template <class Bits>
Bits from_fixed(u64 value, unsigned fraction_bits, bool is_signed, Environment& env) {
  if (value == 0) return 0;
  const bool negative = is_signed && bit(value, 63);
  return normalize_and_round<Bits>(negative, 63 - static_cast<int>(fraction_bits), negative ? 0 - value : value, env);
}

template u16 convert<u16, u32>(u32, Environment&);
template u16 convert<u16, u64>(u64, Environment&);
template u32 convert<u32, u16>(u16, Environment&);
template u32 convert<u32, u64>(u64, Environment&);
template u64 convert<u64, u16>(u16, Environment&);
template u64 convert<u64, u32>(u32, Environment&);
template u64 to_fixed(u32, unsigned, bool, unsigned, Environment&);
template u64 to_fixed(u64, unsigned, bool, unsigned, Environment&);
template u32 from_fixed(u64, unsigned, bool, Environment&);
template u64 from_fixed(u64, unsigned, bool, Environment&);

}  // namespace hypsim::fp
