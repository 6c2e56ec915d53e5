// SPDX-License-Identifier: Apache-2.0
// What the helpers of VFP and Advanced SIMD do, packed into MicroOp::imm2.
#pragma once

#include "sim/base/bits.h"

namespace hypsim::ir {

enum class VfpOp : u8 { Add, Sub, Mul, Nmul, Mla, Mls, Nmla, Nmls, Fma, Fms, Fnma, Fnms, Div, Sqrt, Abs, Neg, Mov };

struct VfpArithmetic {
  VfpOp op;
  bool dbl;

  constexpr u32 pack() const { return static_cast<u32>(op) | u32{dbl} << 8; }
  static constexpr VfpArithmetic unpack(u32 v) { return {static_cast<VfpOp>(v & 0xFF), bit(v, 8)}; }
};

struct VfpCompare {
  bool dbl;
  bool with_zero;
  bool signal_quiet;  ///< VCMPE

  constexpr u32 pack() const { return u32{dbl} | u32{with_zero} << 1 | u32{signal_quiet} << 2; }
  static constexpr VfpCompare unpack(u32 v) { return {bit(v, 0), bit(v, 1), bit(v, 2)}; }
};

enum class VfpFormats : u8 { SingleToDouble, DoubleToSingle, HalfToSingle, SingleToHalf };

struct VfpConversion {
  VfpFormats formats;
  bool top;  ///< which half of the S register holds the half-precision number

  constexpr u32 pack() const { return static_cast<u32>(formats) | u32{top} << 8; }
  static constexpr VfpConversion unpack(u32 v) { return {static_cast<VfpFormats>(v & 0xFF), bit(v, 8)}; }
};

/// Between a floating-point number and the 32-bit integer in an S register.
struct VfpInteger {
  bool dbl;
  bool is_signed;
  bool toward_zero;  ///< to an integer: whatever FPSCR.RMode says

  constexpr u32 pack() const { return u32{dbl} | u32{is_signed} << 1 | u32{toward_zero} << 2; }
  static constexpr VfpInteger unpack(u32 v) { return {bit(v, 0), bit(v, 1), bit(v, 2)}; }
};

struct VfpFixed {
  bool dbl;
  bool to_fixed;
  bool is_signed;
  u8 width;  ///< 16 or 32
  u8 fraction_bits;

  constexpr u32 pack() const {
    return u32{dbl} | u32{to_fixed} << 1 | u32{is_signed} << 2 | u32{width} << 8 | u32{fraction_bits} << 16;
  }
  static constexpr VfpFixed unpack(u32 v) {
    return {bit(v, 0), bit(v, 1), bit(v, 2), static_cast<u8>(bits(v, 15, 8)), static_cast<u8>(bits(v, 23, 16))};
  }
};

}  // namespace hypsim::ir
