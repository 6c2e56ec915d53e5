// SPDX-License-Identifier: Apache-2.0
// Advanced SIMD, two registers. ARM DDI 0406C A7.4.5
#include "sim/cpu/translate/neon_common.h"

namespace hypsim {

using ir::NeonFloatUnaryOp;
using ir::NeonLanes;
using ir::NeonPermuteOp;
using ir::NeonShiftNarrowOp;
using ir::NeonUnaryOp;
using ir::TimingClass;

namespace {

/// Lane sizes that an instruction has, as a mask of size fields.
constexpr u32 kUpTo32 = 0x7, kUpTo16 = 0x3, kBytes = 0x1, kWords = 0x4;

bool odd(u32 q, u32 vd, u32 vm) { return q != 0 && ((vd | vm) & 1) != 0; }

void unary(Translator& t, NeonUnaryOp op, u32 sizes, u32 size, u32 q, u32 d, u32 m) {
  if (!bit(sizes, size) || odd(q, d, m)) return simd_undefined(t);
  emit_simd(t, Helper::neon_unary, d, 0, m, NeonLanes::of(op, size, false, q != 0), TimingClass::NeonAlu);
}

void unary_float(Translator& t, NeonFloatUnaryOp op, u32 q, u32 d, u32 m) {
  if (odd(q, d, m)) return simd_undefined(t);
  emit_simd(t, Helper::neon_float_unary, d, 0, m, NeonLanes::of(op, 2, false, q != 0), TimingClass::NeonAlu);
}

/// Zipping and unzipping two words of doublewords is VTRN.
void permute(Translator& t, NeonPermuteOp op, u32 size, u32 q, u32 d, u32 m) {
  const bool transpose = op == NeonPermuteOp::Transpose;
  const bool wrong_size = op == NeonPermuteOp::Swap ? size != 0 : size == 3 || (!transpose && q == 0 && size == 2);
  if (wrong_size || odd(q, d, m)) return simd_undefined(t);
  emit_simd(t, Helper::neon_permute, d, 0, m, NeonLanes::of(op, size, true, q != 0), TimingClass::NeonAlu);
}

void add_pairs_long(Translator& t, bool accumulating, u32 size, u32 u, u32 q, u32 d, u32 m) {
  if (size == 3 || odd(q, d, m)) return simd_undefined(t);
  emit_simd(t, Helper::neon_add_pairs_long, d, 0, m, NeonLanes::of(0, size, u != 0, q != 0, accumulating ? 1 : 0),
            TimingClass::NeonAlu);
}

void narrow(Translator& t, NeonShiftNarrowOp op, u32 size, bool is_unsigned, u32 d, u32 m) {
  if (size == 3 || bit(m, 0)) return simd_undefined(t);
  emit_simd(t, Helper::neon_shift_narrow, d, 0, m, NeonLanes::of(op, size, is_unsigned, false), TimingClass::NeonAlu);
}

}  // namespace

#define HYPSIM_UNARY(name, op, sizes)                                                  \
  void neon_##name(Translator& t, u32 dh, u32 size, u32 vd, u32 q, u32 mh, u32 vm) {   \
    unary(t, NeonUnaryOp::op, sizes, size, q, d_register(dh, vd), d_register(mh, vm)); \
  }
HYPSIM_UNARY(VREV64, Rev64, kUpTo32)
HYPSIM_UNARY(VREV32, Rev32, kUpTo16)
HYPSIM_UNARY(VREV16, Rev16, kBytes)
HYPSIM_UNARY(VCLS, Cls, kUpTo32)
HYPSIM_UNARY(VCLZ, Clz, kUpTo32)
HYPSIM_UNARY(VCNT, Cnt, kBytes)
HYPSIM_UNARY(VMVN_reg, Mvn, kBytes)
HYPSIM_UNARY(VQABS, Qabs, kUpTo32)
HYPSIM_UNARY(VQNEG, Qneg, kUpTo32)
HYPSIM_UNARY(VCGT_zero, CgtZero, kUpTo32)
HYPSIM_UNARY(VCGE_zero, CgeZero, kUpTo32)
HYPSIM_UNARY(VCEQ_zero, CeqZero, kUpTo32)
HYPSIM_UNARY(VCLE_zero, CleZero, kUpTo32)
HYPSIM_UNARY(VCLT_zero, CltZero, kUpTo32)
HYPSIM_UNARY(VABS_misc, Abs, kUpTo32)
HYPSIM_UNARY(VNEG_misc, Neg, kUpTo32)
#undef HYPSIM_UNARY

#define HYPSIM_PERMUTE(name, op)                                                     \
  void neon_##name(Translator& t, u32 dh, u32 size, u32 vd, u32 q, u32 mh, u32 vm) { \
    permute(t, NeonPermuteOp::op, size, q, d_register(dh, vd), d_register(mh, vm));  \
  }
HYPSIM_PERMUTE(VSWP, Swap)
HYPSIM_PERMUTE(VTRN, Transpose)
HYPSIM_PERMUTE(VUZP, Unzip)
HYPSIM_PERMUTE(VZIP, Zip)
#undef HYPSIM_PERMUTE

void neon_VPADDL(Translator& t, u32 dh, u32 size, u32 vd, u32 u, u32 q, u32 mh, u32 vm) {
  add_pairs_long(t, false, size, u, q, d_register(dh, vd), d_register(mh, vm));
}
void neon_VPADAL(Translator& t, u32 dh, u32 size, u32 vd, u32 u, u32 q, u32 mh, u32 vm) {
  add_pairs_long(t, true, size, u, q, d_register(dh, vd), d_register(mh, vm));
}

#define HYPSIM_UNARY_FLOAT(name, op)                                                 \
  void neon_##name(Translator& t, u32 dh, u32 vd, u32 q, u32 mh, u32 vm) {           \
    unary_float(t, NeonFloatUnaryOp::op, q, d_register(dh, vd), d_register(mh, vm)); \
  }
HYPSIM_UNARY_FLOAT(VCGT_zero_float, CgtZero)
HYPSIM_UNARY_FLOAT(VCGE_zero_float, CgeZero)
HYPSIM_UNARY_FLOAT(VCEQ_zero_float, CeqZero)
HYPSIM_UNARY_FLOAT(VCLE_zero_float, CleZero)
HYPSIM_UNARY_FLOAT(VCLT_zero_float, CltZero)
HYPSIM_UNARY_FLOAT(VABS_float, Abs)
HYPSIM_UNARY_FLOAT(VNEG_float, Neg)
#undef HYPSIM_UNARY_FLOAT

void neon_VMOVN(Translator& t, u32 dh, u32 size, u32 vd, u32 mh, u32 vm) {
  narrow(t, NeonShiftNarrowOp::Plain, size, false, d_register(dh, vd), d_register(mh, vm));
}
void neon_VQMOVUN(Translator& t, u32 dh, u32 size, u32 vd, u32 mh, u32 vm) {
  narrow(t, NeonShiftNarrowOp::SaturateUnsigned, size, false, d_register(dh, vd), d_register(mh, vm));
}
void neon_VQMOVN(Translator& t, u32 dh, u32 size, u32 vd, u32 u, u32 mh, u32 vm) {
  narrow(t, NeonShiftNarrowOp::Saturate, size, u != 0, d_register(dh, vd), d_register(mh, vm));
}

// VSHLL by the size of a lane
void neon_VSHLL_max(Translator& t, u32 dh, u32 size, u32 vd, u32 mh, u32 vm) {
  const u32 d = d_register(dh, vd);
  if (size == 3 || bit(d, 0)) return simd_undefined(t);
  emit_simd(t, Helper::neon_shift_long, d, 0, d_register(mh, vm), NeonLanes::of(0, size, true, true, 8u << size),
            TimingClass::NeonAlu);
}

void neon_VCVT_to_half(Translator& t, u32 dh, u32 vd, u32 mh, u32 vm) {
  const u32 m = d_register(mh, vm);
  if (bit(m, 0)) return simd_undefined(t);
  emit_simd(t, Helper::neon_convert_half, d_register(dh, vd), 0, m, NeonLanes::of(0, 1, false, true),
            TimingClass::NeonAlu);
}
void neon_VCVT_from_half(Translator& t, u32 dh, u32 vd, u32 mh, u32 vm) {
  const u32 d = d_register(dh, vd);
  if (bit(d, 0)) return simd_undefined(t);
  emit_simd(t, Helper::neon_convert_half, d, 0, d_register(mh, vm), NeonLanes::of(1, 1, false, true),
            TimingClass::NeonAlu);
}

void neon_VRECPE(Translator& t, u32 dh, u32 vd, u32 f, u32 q, u32 mh, u32 vm) {
  if (f != 0) return unary_float(t, NeonFloatUnaryOp::Recpe, q, d_register(dh, vd), d_register(mh, vm));
  unary(t, NeonUnaryOp::Recpe, kWords, 2, q, d_register(dh, vd), d_register(mh, vm));
}
void neon_VRSQRTE(Translator& t, u32 dh, u32 vd, u32 f, u32 q, u32 mh, u32 vm) {
  if (f != 0) return unary_float(t, NeonFloatUnaryOp::Rsqrte, q, d_register(dh, vd), d_register(mh, vm));
  unary(t, NeonUnaryOp::Rsqrte, kWords, 2, q, d_register(dh, vd), d_register(mh, vm));
}

void neon_VCVT_integer(Translator& t, u32 dh, u32 vd, u32 to_integer, u32 u, u32 q, u32 mh, u32 vm) {
  const u32 d = d_register(dh, vd), m = d_register(mh, vm);
  if (odd(q, d, m)) return simd_undefined(t);
  const auto op = to_integer != 0 ? NeonFloatUnaryOp::ToFixed : NeonFloatUnaryOp::FromFixed;
  emit_simd(t, Helper::neon_float_unary, d, 0, m, NeonLanes::of(op, 2, u != 0, q != 0), TimingClass::NeonAlu);
}

}  // namespace hypsim
