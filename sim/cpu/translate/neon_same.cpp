// SPDX-License-Identifier: Apache-2.0
// Advanced SIMD, three registers of the same length. ARM DDI 0406C A7.4.1
#include "sim/cpu/translate/neon_common.h"

namespace hypsim {

using ir::NeonFloatOp;
using ir::NeonLanes;
using ir::NeonOp;
using ir::TimingClass;

namespace {

/// Lane sizes that an instruction has, as a mask of size fields.
constexpr u32 kAllSizes = 0xF, kUpTo32 = 0x7, kBytes = 0x1, k16And32 = 0x6;

TimingClass timing_of(NeonOp op) {
  switch (op) {
    case NeonOp::Mla:
    case NeonOp::Mls:
    case NeonOp::Mul:
    case NeonOp::PolyMul:
    case NeonOp::Qdmulh:
    case NeonOp::Qrdmulh: return TimingClass::NeonMul;
    default: return TimingClass::NeonAlu;
  }
}

TimingClass timing_of(NeonFloatOp op) {
  switch (op) {
    case NeonFloatOp::Mul:
    case NeonFloatOp::Mla:
    case NeonFloatOp::Mls:
    case NeonFloatOp::Fma:
    case NeonFloatOp::Fms:
    case NeonFloatOp::Recps:
    case NeonFloatOp::Rsqrts: return TimingClass::NeonMul;
    default: return TimingClass::NeonAlu;
  }
}

/// Quadword operands have even numbers.
bool odd(u32 q, u32 vd, u32 vn, u32 vm) { return q != 0 && ((vd | vn | vm) & 1) != 0; }

struct Operands {
  u32 d, a, b;
};

void same(Translator& t, NeonOp op, u32 sizes, bool is_unsigned, u32 size, u32 q, const Operands& r) {
  if (!bit(sizes, size) || odd(q, r.d, r.a, r.b)) return simd_undefined(t);
  emit_simd(t, Helper::neon_lanes, r.d, r.a, r.b, NeonLanes::of(op, size, is_unsigned, q != 0), timing_of(op));
}

void pairs(Translator& t, NeonOp op, bool is_unsigned, u32 size, u32 q, const Operands& r) {
  if (size == 3 || q != 0) return simd_undefined(t);
  emit_simd(t, Helper::neon_pairs, r.d, r.a, r.b, NeonLanes::of(op, size, is_unsigned, false), TimingClass::NeonAlu);
}

void floats(Translator& t, NeonFloatOp op, u32 q, const Operands& r) {
  if (odd(q, r.d, r.a, r.b)) return simd_undefined(t);
  emit_simd(t, Helper::neon_float, r.d, r.a, r.b, NeonLanes::of(op, 2, false, q != 0), timing_of(op));
}

void float_pairs(Translator& t, NeonFloatOp op, u32 q, const Operands& r) {
  if (q != 0) return simd_undefined(t);
  emit_simd(t, Helper::neon_float_pairs, r.d, r.a, r.b, NeonLanes::of(op, 2, false, false), TimingClass::NeonAlu);
}

}  // namespace

#define HYPSIM_OPERANDS \
  Operands { d_register(dh, vd), d_register(nh, vn), d_register(mh, vm) }
#define HYPSIM_SAME_U(name, op, sizes)                                                                      \
  void neon_##name(Translator& t, u32 u, u32 dh, u32 size, u32 vn, u32 vd, u32 nh, u32 q, u32 mh, u32 vm) { \
    same(t, NeonOp::op, sizes, u != 0, size, q, HYPSIM_OPERANDS);                                           \
  }
HYPSIM_SAME_U(VHADD, Hadd, kUpTo32)
HYPSIM_SAME_U(VQADD, Qadd, kAllSizes)
HYPSIM_SAME_U(VRHADD, Rhadd, kUpTo32)
HYPSIM_SAME_U(VHSUB, Hsub, kUpTo32)
HYPSIM_SAME_U(VQSUB, Qsub, kAllSizes)
HYPSIM_SAME_U(VCGT_reg, Cgt, kUpTo32)
HYPSIM_SAME_U(VCGE_reg, Cge, kUpTo32)
HYPSIM_SAME_U(VMAX, Max, kUpTo32)
HYPSIM_SAME_U(VMIN, Min, kUpTo32)
HYPSIM_SAME_U(VABD, Abd, kUpTo32)
HYPSIM_SAME_U(VABA, Aba, kUpTo32)
#undef HYPSIM_SAME_U

// The value to shift is in Vm, the amounts are in Vn.
#define HYPSIM_SHIFT_BY_REGISTER(name, op)                                                                         \
  void neon_##name(Translator& t, u32 u, u32 dh, u32 size, u32 vn, u32 vd, u32 nh, u32 q, u32 mh, u32 vm) {        \
    same(t, NeonOp::op, kAllSizes, u != 0, size, q, {d_register(dh, vd), d_register(mh, vm), d_register(nh, vn)}); \
  }
HYPSIM_SHIFT_BY_REGISTER(VSHL_reg, Shl)
HYPSIM_SHIFT_BY_REGISTER(VQSHL_reg, Qshl)
HYPSIM_SHIFT_BY_REGISTER(VRSHL, Rshl)
HYPSIM_SHIFT_BY_REGISTER(VQRSHL, Qrshl)
#undef HYPSIM_SHIFT_BY_REGISTER

#define HYPSIM_SAME(name, op, sizes)                                                                 \
  void neon_##name(Translator& t, u32 dh, u32 size, u32 vn, u32 vd, u32 nh, u32 q, u32 mh, u32 vm) { \
    same(t, NeonOp::op, sizes, false, size, q, HYPSIM_OPERANDS);                                     \
  }
HYPSIM_SAME(VADD, Add, kAllSizes)
HYPSIM_SAME(VSUB, Sub, kAllSizes)
HYPSIM_SAME(VTST, Tst, kUpTo32)
HYPSIM_SAME(VCEQ_reg, Ceq, kUpTo32)
HYPSIM_SAME(VMLA, Mla, kUpTo32)
HYPSIM_SAME(VMLS, Mls, kUpTo32)
HYPSIM_SAME(VMUL, Mul, kUpTo32)
HYPSIM_SAME(VMUL_poly, PolyMul, kBytes)
HYPSIM_SAME(VQDMULH, Qdmulh, k16And32)
HYPSIM_SAME(VQRDMULH, Qrdmulh, k16And32)
#undef HYPSIM_SAME

#define HYPSIM_BITWISE(name, op)                                                           \
  void neon_##name(Translator& t, u32 dh, u32 vn, u32 vd, u32 nh, u32 q, u32 mh, u32 vm) { \
    same(t, NeonOp::op, kAllSizes, false, 3, q, HYPSIM_OPERANDS);                          \
  }
HYPSIM_BITWISE(VAND_reg, And)
HYPSIM_BITWISE(VBIC_reg, Bic)
HYPSIM_BITWISE(VORR_reg, Orr)
HYPSIM_BITWISE(VORN_reg, Orn)
HYPSIM_BITWISE(VEOR, Eor)
HYPSIM_BITWISE(VBSL, Bsl)
HYPSIM_BITWISE(VBIT, Bit)
HYPSIM_BITWISE(VBIF, Bif)
#undef HYPSIM_BITWISE

void neon_VPMAX(Translator& t, u32 u, u32 dh, u32 size, u32 vn, u32 vd, u32 nh, u32 q, u32 mh, u32 vm) {
  pairs(t, NeonOp::Max, u != 0, size, q, HYPSIM_OPERANDS);
}
void neon_VPMIN(Translator& t, u32 u, u32 dh, u32 size, u32 vn, u32 vd, u32 nh, u32 q, u32 mh, u32 vm) {
  pairs(t, NeonOp::Min, u != 0, size, q, HYPSIM_OPERANDS);
}
void neon_VPADD(Translator& t, u32 dh, u32 size, u32 vn, u32 vd, u32 nh, u32 q, u32 mh, u32 vm) {
  pairs(t, NeonOp::Add, false, size, q, HYPSIM_OPERANDS);
}

#define HYPSIM_FLOAT(name, op, emitter)                                                    \
  void neon_##name(Translator& t, u32 dh, u32 vn, u32 vd, u32 nh, u32 q, u32 mh, u32 vm) { \
    emitter(t, NeonFloatOp::op, q, HYPSIM_OPERANDS);                                       \
  }
HYPSIM_FLOAT(VFMA, Fma, floats)
HYPSIM_FLOAT(VFMS, Fms, floats)
HYPSIM_FLOAT(VADD_float, Add, floats)
HYPSIM_FLOAT(VSUB_float, Sub, floats)
HYPSIM_FLOAT(VPADD_float, Add, float_pairs)
HYPSIM_FLOAT(VABD_float, Abd, floats)
HYPSIM_FLOAT(VMLA_float, Mla, floats)
HYPSIM_FLOAT(VMLS_float, Mls, floats)
HYPSIM_FLOAT(VMUL_float, Mul, floats)
HYPSIM_FLOAT(VCEQ_float, Ceq, floats)
HYPSIM_FLOAT(VCGE_float, Cge, floats)
HYPSIM_FLOAT(VCGT_float, Cgt, floats)
HYPSIM_FLOAT(VACGE, AbsCge, floats)
HYPSIM_FLOAT(VACGT, AbsCgt, floats)
HYPSIM_FLOAT(VMAX_float, Max, floats)
HYPSIM_FLOAT(VMIN_float, Min, floats)
HYPSIM_FLOAT(VPMAX_float, Max, float_pairs)
HYPSIM_FLOAT(VPMIN_float, Min, float_pairs)
HYPSIM_FLOAT(VRECPS, Recps, floats)
HYPSIM_FLOAT(VRSQRTS, Rsqrts, floats)
#undef HYPSIM_FLOAT
#undef HYPSIM_OPERANDS

}  // namespace hypsim
