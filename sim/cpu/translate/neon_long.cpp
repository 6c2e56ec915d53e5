// SPDX-License-Identifier: Apache-2.0
// Advanced SIMD, operands of different lengths and operands by scalar. ARM DDI 0406C A7.4.2, A7.4.3
#include "sim/cpu/translate/neon_common.h"

namespace hypsim {

using ir::NeonFloatOp;
using ir::NeonLanes;
using ir::NeonLongOp;
using ir::NeonNarrowOp;
using ir::NeonOp;
using ir::TimingClass;

namespace {

bool multiplies(NeonLongOp op) { return op >= NeonLongOp::Mla; }
bool doubles(NeonLongOp op) { return op == NeonLongOp::Qdmla || op == NeonLongOp::Qdmls || op == NeonLongOp::Qdmul; }

TimingClass timing_of(NeonLongOp op) { return multiplies(op) ? TimingClass::NeonMul : TimingClass::NeonAlu; }

void lengthening(Translator& t, NeonLongOp op, bool is_unsigned, u32 d, u32 a, u32 b) {
  const u32 size = size_field(t);
  const bool wide = op == NeonLongOp::AddWide || op == NeonLongOp::SubWide;
  const bool wrong_size = (doubles(op) && size == 0) || (op == NeonLongOp::PolyMul && size != 0);
  if (wrong_size || bit(d, 0) || (wide && bit(a, 0))) return simd_undefined(t);
  const bool zero_extended = is_unsigned || op == NeonLongOp::PolyMul;
  emit_simd(t, Helper::neon_long, d, a, b, NeonLanes::of(op, size, zero_extended, true), timing_of(op));
}

void narrowing(Translator& t, NeonNarrowOp op, u32 d, u32 a, u32 b) {
  if (bit(a, 0) || bit(b, 0)) return simd_undefined(t);
  emit_simd(t, Helper::neon_high_narrow, d, a, b, NeonLanes::of(op, size_field(t), true, false), TimingClass::NeonAlu);
}

/// A scalar of Vm: D0-D7 with halfwords, D0-D15 with words.
struct Scalar {
  u32 d, lane;
};
Scalar scalar(u32 size, u32 mh, u32 vm) { return size == 1 ? Scalar{vm & 7, mh << 1 | vm >> 3} : Scalar{vm, mh}; }

NeonLanes with_scalar(NeonLanes how, const Scalar& m) {
  how.by_scalar = true;
  how.amount = static_cast<u8>(m.lane);
  return how;
}

void lengthening_scalar(Translator& t, NeonLongOp op, bool is_unsigned, u32 d, u32 a, u32 mh, u32 vm) {
  const u32 size = size_field(t);
  if (size == 0 || bit(d, 0)) return simd_undefined(t);
  const Scalar m = scalar(size, mh, vm);
  emit_simd(t, Helper::neon_long, d, a, m.d, with_scalar(NeonLanes::of(op, size, is_unsigned, true), m),
            TimingClass::NeonMul);
}

template <class Op>
void by_scalar(Translator& t, Helper helper, Op op, u32 q, u32 d, u32 a, u32 mh, u32 vm) {
  const u32 size = size_field(t);
  const bool wrong_size = size == 0 || (helper == Helper::neon_float && size != 2);
  if (wrong_size || (q != 0 && (bit(d, 0) || bit(a, 0)))) return simd_undefined(t);
  const Scalar m = scalar(size, mh, vm);
  emit_simd(t, helper, d, a, m.d, with_scalar(NeonLanes::of(op, size, false, q != 0), m), TimingClass::NeonMul);
}

}  // namespace

#define HYPSIM_LONG_U(name, op)                                                                         \
  void neon_##name(Translator& t, u32 u, u32 dh, u32 vn, u32 vd, u32 nh, u32 mh, u32 vm) {              \
    lengthening(t, NeonLongOp::op, u != 0, d_register(dh, vd), d_register(nh, vn), d_register(mh, vm)); \
  }
HYPSIM_LONG_U(VADDL, Add)
HYPSIM_LONG_U(VADDW, AddWide)
HYPSIM_LONG_U(VSUBL, Sub)
HYPSIM_LONG_U(VSUBW, SubWide)
HYPSIM_LONG_U(VABAL, Aba)
HYPSIM_LONG_U(VABDL, Abd)
HYPSIM_LONG_U(VMLAL, Mla)
HYPSIM_LONG_U(VMLSL, Mls)
HYPSIM_LONG_U(VMULL, Mul)
#undef HYPSIM_LONG_U

#define HYPSIM_LONG(name, op)                                                                          \
  void neon_##name(Translator& t, u32 dh, u32 vn, u32 vd, u32 nh, u32 mh, u32 vm) {                    \
    lengthening(t, NeonLongOp::op, false, d_register(dh, vd), d_register(nh, vn), d_register(mh, vm)); \
  }
HYPSIM_LONG(VQDMLAL, Qdmla)
HYPSIM_LONG(VQDMLSL, Qdmls)
HYPSIM_LONG(VQDMULL, Qdmul)
HYPSIM_LONG(VMULL_poly, PolyMul)
#undef HYPSIM_LONG

#define HYPSIM_NARROW(name, op)                                                                 \
  void neon_##name(Translator& t, u32 dh, u32 vn, u32 vd, u32 nh, u32 mh, u32 vm) {             \
    narrowing(t, NeonNarrowOp::op, d_register(dh, vd), d_register(nh, vn), d_register(mh, vm)); \
  }
HYPSIM_NARROW(VADDHN, Add)
HYPSIM_NARROW(VRADDHN, AddRound)
HYPSIM_NARROW(VSUBHN, Sub)
HYPSIM_NARROW(VRSUBHN, SubRound)
#undef HYPSIM_NARROW

#define HYPSIM_LONG_SCALAR_U(name, op)                                                             \
  void neon_##name(Translator& t, u32 u, u32 dh, u32 vn, u32 vd, u32 nh, u32 mh, u32 vm) {         \
    lengthening_scalar(t, NeonLongOp::op, u != 0, d_register(dh, vd), d_register(nh, vn), mh, vm); \
  }
HYPSIM_LONG_SCALAR_U(VMLAL_scalar, Mla)
HYPSIM_LONG_SCALAR_U(VMLSL_scalar, Mls)
HYPSIM_LONG_SCALAR_U(VMULL_scalar, Mul)
#undef HYPSIM_LONG_SCALAR_U

#define HYPSIM_LONG_SCALAR(name, op)                                                              \
  void neon_##name(Translator& t, u32 dh, u32 vn, u32 vd, u32 nh, u32 mh, u32 vm) {               \
    lengthening_scalar(t, NeonLongOp::op, false, d_register(dh, vd), d_register(nh, vn), mh, vm); \
  }
HYPSIM_LONG_SCALAR(VQDMLAL_scalar, Qdmla)
HYPSIM_LONG_SCALAR(VQDMLSL_scalar, Qdmls)
HYPSIM_LONG_SCALAR(VQDMULL_scalar, Qdmul)
#undef HYPSIM_LONG_SCALAR

#define HYPSIM_SCALAR(name, helper, op)                                                    \
  void neon_##name(Translator& t, u32 q, u32 dh, u32 vn, u32 vd, u32 nh, u32 mh, u32 vm) { \
    by_scalar(t, Helper::helper, op, q, d_register(dh, vd), d_register(nh, vn), mh, vm);   \
  }
HYPSIM_SCALAR(VMLA_scalar, neon_lanes, NeonOp::Mla)
HYPSIM_SCALAR(VMLA_float_scalar, neon_float, NeonFloatOp::Mla)
HYPSIM_SCALAR(VMLS_scalar, neon_lanes, NeonOp::Mls)
HYPSIM_SCALAR(VMLS_float_scalar, neon_float, NeonFloatOp::Mls)
HYPSIM_SCALAR(VMUL_scalar, neon_lanes, NeonOp::Mul)
HYPSIM_SCALAR(VMUL_float_scalar, neon_float, NeonFloatOp::Mul)
HYPSIM_SCALAR(VQDMULH_scalar, neon_lanes, NeonOp::Qdmulh)
HYPSIM_SCALAR(VQRDMULH_scalar, neon_lanes, NeonOp::Qrdmulh)
#undef HYPSIM_SCALAR

}  // namespace hypsim
