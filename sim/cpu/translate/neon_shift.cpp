// SPDX-License-Identifier: Apache-2.0
// Advanced SIMD shifts by a constant, and conversion to and from fixed point. ARM DDI 0406C A7.4.4
#include <bit>

#include "sim/cpu/translate/neon_common.h"

namespace hypsim {

using ir::NeonFloatUnaryOp;
using ir::NeonLanes;
using ir::NeonShiftNarrowOp;
using ir::NeonShiftOp;
using ir::TimingClass;

namespace {

/// L:imm6 holds the lane size as its highest one, and below it the amount: counted up from the size for left shifts,
/// down from twice the size for right shifts.
struct Amount {
  u32 size;
  u32 left, right;
};
Amount amount_of(u32 long64, u32 imm6) {
  const u32 all = long64 << 6 | imm6;
  const u32 size = static_cast<u32>(std::bit_width(all)) - 4;  // an imm6 below 8 without L is another instruction
  const u32 width = 8u << size;
  return {size, all - width, 2 * width - all};
}

bool goes_left(NeonShiftOp op) {
  return op == NeonShiftOp::Shl || op == NeonShiftOp::Sli || op == NeonShiftOp::Qshlu || op == NeonShiftOp::Qshl;
}

void shift(Translator& t, NeonShiftOp op, bool is_unsigned, u32 imm6, u32 long64, u32 q, u32 d, u32 m) {
  const bool none = long64 == 0 && imm6 < 8;
  if (none || (q != 0 && (bit(d, 0) || bit(m, 0)))) return simd_undefined(t);
  const Amount amount = amount_of(long64, imm6);
  const u32 by = goes_left(op) ? amount.left : amount.right;
  emit_simd(t, Helper::neon_shift, d, 0, m, NeonLanes::of(op, amount.size, is_unsigned, q != 0, by),
            TimingClass::NeonAlu);
}

void shift_narrow(Translator& t, NeonShiftNarrowOp op, bool is_unsigned, u32 imm6, u32 d, u32 m) {
  if (imm6 < 8 || bit(m, 0)) return simd_undefined(t);
  const Amount amount = amount_of(0, imm6);
  emit_simd(t, Helper::neon_shift_narrow, d, 0, m, NeonLanes::of(op, amount.size, is_unsigned, false, amount.right),
            TimingClass::NeonAlu);
}

}  // namespace

#define HYPSIM_SHIFT_U(name, op)                                                                        \
  void neon_##name(Translator& t, u32 u, u32 dh, u32 imm6, u32 vd, u32 long64, u32 q, u32 mh, u32 vm) { \
    shift(t, NeonShiftOp::op, u != 0, imm6, long64, q, d_register(dh, vd), d_register(mh, vm));         \
  }
HYPSIM_SHIFT_U(VSHR, Shr)
HYPSIM_SHIFT_U(VSRA, Sra)
HYPSIM_SHIFT_U(VRSHR, Rshr)
HYPSIM_SHIFT_U(VRSRA, Rsra)
HYPSIM_SHIFT_U(VQSHL_imm, Qshl)
#undef HYPSIM_SHIFT_U

#define HYPSIM_SHIFT(name, op)                                                                   \
  void neon_##name(Translator& t, u32 dh, u32 imm6, u32 vd, u32 long64, u32 q, u32 mh, u32 vm) { \
    shift(t, NeonShiftOp::op, true, imm6, long64, q, d_register(dh, vd), d_register(mh, vm));    \
  }
HYPSIM_SHIFT(VSRI, Sri)
HYPSIM_SHIFT(VSHL_imm, Shl)
HYPSIM_SHIFT(VSLI, Sli)
HYPSIM_SHIFT(VQSHLU, Qshlu)
#undef HYPSIM_SHIFT

#define HYPSIM_SHIFT_NARROW(name, op)                                                            \
  void neon_##name(Translator& t, u32 dh, u32 imm6, u32 vd, u32 mh, u32 vm) {                    \
    shift_narrow(t, NeonShiftNarrowOp::op, false, imm6, d_register(dh, vd), d_register(mh, vm)); \
  }
HYPSIM_SHIFT_NARROW(VSHRN, Plain)
HYPSIM_SHIFT_NARROW(VRSHRN, PlainRound)
HYPSIM_SHIFT_NARROW(VQSHRUN, SaturateUnsigned)
HYPSIM_SHIFT_NARROW(VQRSHRUN, SaturateUnsignedRound)
#undef HYPSIM_SHIFT_NARROW

void neon_VQSHRN(Translator& t, u32 u, u32 dh, u32 imm6, u32 vd, u32 mh, u32 vm) {
  shift_narrow(t, NeonShiftNarrowOp::Saturate, u != 0, imm6, d_register(dh, vd), d_register(mh, vm));
}
void neon_VQRSHRN(Translator& t, u32 u, u32 dh, u32 imm6, u32 vd, u32 mh, u32 vm) {
  shift_narrow(t, NeonShiftNarrowOp::SaturateRound, u != 0, imm6, d_register(dh, vd), d_register(mh, vm));
}

// VSHLL; VMOVL is VSHLL by 0
void neon_VSHLL(Translator& t, u32 u, u32 dh, u32 imm6, u32 vd, u32 mh, u32 vm) {
  const u32 d = d_register(dh, vd);
  if (imm6 < 8 || bit(d, 0)) return simd_undefined(t);
  const Amount amount = amount_of(0, imm6);
  emit_simd(t, Helper::neon_shift_long, d, 0, d_register(mh, vm),
            NeonLanes::of(0, amount.size, u != 0, true, amount.left), TimingClass::NeonAlu);
}

// VCVT Qd, Qm, #fbits
void neon_VCVT_fixed(Translator& t, u32 u, u32 dh, u32 imm6, u32 vd, u32 to_fixed, u32 q, u32 mh, u32 vm) {
  const u32 d = d_register(dh, vd), m = d_register(mh, vm);
  if (imm6 < 32 || (q != 0 && (bit(d, 0) || bit(m, 0)))) return simd_undefined(t);
  const auto op = to_fixed != 0 ? NeonFloatUnaryOp::ToFixed : NeonFloatUnaryOp::FromFixed;
  emit_simd(t, Helper::neon_float_unary, d, 0, m, NeonLanes::of(op, 2, u != 0, q != 0, 64 - imm6),
            TimingClass::NeonAlu);
}

}  // namespace hypsim
