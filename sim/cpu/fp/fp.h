// SPDX-License-Identifier: Apache-2.0
// Floating-point arithmetic of VFPv4 and Advanced SIMD in integers alone, so that results and flags are the same on any
// host. Operands and results are the bit patterns: u16 half, u32 single, u64 double precision. ARM DDI 0406C A2.7
#pragma once

#include "sim/base/bits.h"

namespace hypsim::fp {

/// FPSCR<23:22>.
enum class Rounding : u8 { Nearest, PlusInfinity, MinusInfinity, Zero };

/// Cumulative exception bits, and the controls, where the FPSCR has them. ARM DDI 0406C B4.1.58
constexpr u32 kIoc = 1u << 0, kDzc = 1u << 1, kOfc = 1u << 2, kUfc = 1u << 3, kIxc = 1u << 4, kIdc = 1u << 7;
constexpr u32 kQc = 1u << 27;
constexpr u32 kFpscrFz = 1u << 24, kFpscrDn = 1u << 25, kFpscrAhp = 1u << 26;

/// Under which rules an operation runs, and the exceptions it has raised.
struct Environment {
  Rounding rounding = Rounding::Nearest;
  bool flush_to_zero = false;  ///< single and double precision only
  bool default_nan = false;
  bool alternative_half = false;  ///< half precision without NaNs and infinities
  u32 flags = 0;                  ///< kIoc... raised so far

  /// As the FPSCR says: VFP instructions.
  static constexpr Environment of_fpscr(u32 fpscr) {
    return {static_cast<Rounding>(bits(fpscr, 23, 22)), (fpscr & kFpscrFz) != 0, (fpscr & kFpscrDn) != 0,
            (fpscr & kFpscrAhp) != 0};
  }
  /// StandardFPSCRValue(): Advanced SIMD instructions.
  static constexpr Environment standard(u32 fpscr) { return {Rounding::Nearest, true, true, (fpscr & kFpscrAhp) != 0}; }
  Environment with_rounding(Rounding r) const {
    Environment e = *this;
    e.rounding = r;
    return e;
  }
};

template <class Bits>
struct Format;
template <>
struct Format<u16> {
  static constexpr unsigned kExponentBits = 5, kFractionBits = 10;
};
template <>
struct Format<u32> {
  static constexpr unsigned kExponentBits = 8, kFractionBits = 23;
};
template <>
struct Format<u64> {
  static constexpr unsigned kExponentBits = 11, kFractionBits = 52;
};

template <class Bits>
constexpr unsigned kWidth = sizeof(Bits) * 8;
template <class Bits>
constexpr Bits kSignBit = static_cast<Bits>(Bits{1} << (kWidth<Bits> - 1));
template <class Bits>
constexpr Bits kInfinity = static_cast<Bits>(((Bits{1} << Format<Bits>::kExponentBits) - 1)
                                             << Format<Bits>::kFractionBits);
template <class Bits>
constexpr Bits kDefaultNan = static_cast<Bits>(kInfinity<Bits> | Bits{1} << (Format<Bits>::kFractionBits - 1));

// FPNeg and FPAbs work on any pattern, NaNs included, and raise nothing.
template <class Bits>
constexpr Bits negate(Bits a) {
  return static_cast<Bits>(a ^ kSignBit<Bits>);
}
template <class Bits>
constexpr Bits absolute(Bits a) {
  return static_cast<Bits>(a & ~kSignBit<Bits>);
}

// Defined for u32 and u64.
template <class Bits>
Bits add(Bits a, Bits b, Environment& env);
template <class Bits>
Bits subtract(Bits a, Bits b, Environment& env);
template <class Bits>
Bits multiply(Bits a, Bits b, Environment& env);
template <class Bits>
Bits divide(Bits a, Bits b, Environment& env);
template <class Bits>
Bits square_root(Bits a, Environment& env);
/// addend + a * b, rounded once: FPMulAdd.
template <class Bits>
Bits multiply_add(Bits addend, Bits a, Bits b, Environment& env);
/// FPMax and FPMin: NaNs propagate, +0 is greater than -0.
template <class Bits>
Bits maximum(Bits a, Bits b, Environment& env);
template <class Bits>
Bits minimum(Bits a, Bits b, Environment& env);

enum class Relation : u8 { Less, Equal, Greater, Unordered };
/// A quiet NaN is an invalid operation if `signal_quiet`; a signalling one always is.
template <class Bits>
Relation compare(Bits a, Bits b, bool signal_quiet, Environment& env);

/// Between the three formats. Half precision obeys env.alternative_half and is never flushed to zero.
template <class To, class From>
To convert(From a, Environment& env);

/// FPToFixed: a * 2^fraction_bits as an integer of `width` bits, saturated; the result is sign- or zero-extended.
template <class Bits>
u64 to_fixed(Bits a, unsigned fraction_bits, bool is_signed, unsigned width, Environment& env);
/// FixedToFP: `value` (extended to 64 bits) * 2^-fraction_bits.
template <class Bits>
Bits from_fixed(u64 value, unsigned fraction_bits, bool is_signed, Environment& env);

// Single-precision estimates and Newton-Raphson steps of Advanced SIMD. ARM DDI 0406C A2.7.8
u32 reciprocal_estimate(u32 a, Environment& env);
u32 reciprocal_root_estimate(u32 a, Environment& env);
u32 reciprocal_step(u32 a, u32 b, Environment& env);       ///< 2 - a * b, rounded twice
u32 reciprocal_root_step(u32 a, u32 b, Environment& env);  ///< (3 - a * b) / 2, rounded twice
u32 unsigned_reciprocal_estimate(u32 a);
u32 unsigned_reciprocal_root_estimate(u32 a);

}  // namespace hypsim::fp
