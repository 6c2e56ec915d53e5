// SPDX-License-Identifier: Apache-2.0
// What the helpers of Advanced SIMD do, packed into MicroOp::imm2.
#pragma once

#include "sim/base/bits.h"

namespace hypsim::ir {

enum class NeonOp : u8 {
  Hadd,
  Rhadd,
  Hsub,
  Qadd,
  Qsub,
  And,
  Bic,
  Orr,
  Orn,
  Eor,
  Bsl,
  Bit,
  Bif,
  Cgt,
  Cge,
  Ceq,
  Tst,
  Shl,
  Qshl,
  Rshl,
  Qrshl,
  Max,
  Min,
  Abd,
  Aba,
  Add,
  Sub,
  Mla,
  Mls,
  Mul,
  PolyMul,
  Qdmulh,
  Qrdmulh
};
/// The wide ones have a first operand of double length.
enum class NeonLongOp : u8 { Add, AddWide, Sub, SubWide, Abd, Aba, Mla, Mls, Mul, Qdmla, Qdmls, Qdmul, PolyMul };
enum class NeonNarrowOp : u8 { Add, AddRound, Sub, SubRound };
enum class NeonUnaryOp : u8 {
  Rev64,
  Rev32,
  Rev16,
  Cls,
  Clz,
  Cnt,
  Mvn,
  Qabs,
  Qneg,
  CgtZero,
  CgeZero,
  CeqZero,
  CleZero,
  CltZero,
  Abs,
  Neg,
  Recpe,
  Rsqrte
};
enum class NeonShiftOp : u8 { Shr, Sra, Rshr, Rsra, Sri, Shl, Sli, Qshlu, Qshl };
/// From a signed or unsigned source: plain, saturated, saturated from signed to unsigned; rounded or not.
enum class NeonShiftNarrowOp : u8 {
  Plain,
  PlainRound,
  Saturate,
  SaturateRound,
  SaturateUnsigned,
  SaturateUnsignedRound
};
enum class NeonPermuteOp : u8 { Swap, Transpose, Unzip, Zip };
enum class NeonImmediateOp : u8 { Mov, Orr, Mvn, Bic };
enum class NeonFloatOp : u8 {
  Add,
  Sub,
  Mul,
  Mla,
  Mls,
  Fma,
  Fms,
  Abd,
  Max,
  Min,
  Ceq,
  Cge,
  Cgt,
  AbsCge,
  AbsCgt,
  Recps,
  Rsqrts
};
enum class NeonFloatUnaryOp : u8 {
  CgtZero,
  CgeZero,
  CeqZero,
  CleZero,
  CltZero,
  Abs,
  Neg,
  Recpe,
  Rsqrte,
  ToFixed,
  FromFixed
};

struct NeonLanes {
  u8 op = 0;
  u8 size = 0;  ///< log2 of the bytes of a lane
  bool is_unsigned = false;
  bool quad = false;       ///< two doublewords
  bool by_scalar = false;  ///< b is lane `amount` for all lanes
  u8 amount = 0;

  template <class Op>
  static constexpr NeonLanes of(Op which, u32 lane_size, bool without_sign, bool quadword, u32 number = 0) {
    return {static_cast<u8>(which), static_cast<u8>(lane_size), without_sign, quadword, false, static_cast<u8>(number)};
  }
  template <class Op>
  constexpr Op as() const {
    return static_cast<Op>(op);
  }

  constexpr u32 pack() const {
    return u32{op} | u32{size} << 8 | u32{is_unsigned} << 10 | u32{quad} << 11 | u32{by_scalar} << 12 |
           u32{amount} << 16;
  }
  static constexpr NeonLanes unpack(u32 v) {
    return {static_cast<u8>(v & 0xFF),       static_cast<u8>(bits(v, 9, 8)), bit(v, 10), bit(v, 11), bit(v, 12),
            static_cast<u8>(bits(v, 23, 16))};
  }
};

/// A modified immediate as it is encoded; AdvSIMDExpandImm makes 64 bits of it. ARM DDI 0406C A7.4.6
struct NeonImmediate {
  NeonImmediateOp operation;
  bool op;
  u8 cmode;
  u8 imm8;
  bool quad;

  constexpr u32 pack() const {
    return static_cast<u32>(operation) | u32{op} << 2 | u32{quad} << 3 | u32{cmode} << 4 | u32{imm8} << 8;
  }
  static constexpr NeonImmediate unpack(u32 v) {
    return {static_cast<NeonImmediateOp>(v & 3), bit(v, 2), static_cast<u8>(bits(v, 7, 4)),
            static_cast<u8>(bits(v, 15, 8)), bit(v, 3)};
  }
};

/// Structures of `elements` elements, each into or from the register `increment` after the last element's.
struct NeonTransfer {
  enum class Kind : u8 { Multiple, Lane, All };
  Kind kind = Kind::Multiple;
  u8 size = 0;      ///< log2 of the bytes of an element
  u8 elements = 1;  ///< 1 to 4
  u8 increment = 1;
  u8 registers = 1;  ///< of each element: consecutive ones
  u8 lane = 0;
  u8 alignment = 0;  ///< log2 of what the address must be a multiple of

  constexpr u32 bytes() const { return kind == Kind::Multiple ? u32{elements} * registers * 8 : u32{elements} << size; }
  constexpr u32 pack() const {
    return static_cast<u32>(kind) | u32{size} << 2 | u32{elements} << 4 | u32{increment} << 8 | u32{registers} << 12 |
           u32{lane} << 16 | u32{alignment} << 20;
  }
  static constexpr NeonTransfer unpack(u32 v) {
    const auto field = [v](unsigned hi, unsigned lo) { return static_cast<u8>(bits(v, hi, lo)); };
    return {
        static_cast<Kind>(v & 3), field(3, 2), field(7, 4), field(11, 8), field(15, 12), field(19, 16), field(23, 20)};
  }
};

}  // namespace hypsim::ir
