// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/translate/vfp_arithmetic.h"

#include "sim/cpu/ir/fp_operands.h"
#include "sim/cpu/translate/fp_check.h"

namespace hypsim {

using hyp::FpClass;
using ir::TimingClass;
using ir::VfpOp;

namespace {

enum class Vectors { Refused, Ignored };

/// D16..D31 have a control of their own. Instructions that work on short vectors elsewhere are UNDEFINED with a vector
/// length or stride set: the A15 has no short vectors (MVFR0). ARM DDI 0406C A2.6.3
void check(Translator& t, bool high, Vectors vectors) {
  ir::FpOperand operand{high ? FpClass::VfpHighRegisters : FpClass::Vfp};
  operand.scalars_only = vectors == Vectors::Refused;
  check_fp(t, operand);
}

bool is_high(u32 dbl, u32 extra) { return dbl != 0 && extra != 0; }

TimingClass timing_of(VfpOp op, bool dbl) {
  switch (op) {
    case VfpOp::Div:
    case VfpOp::Sqrt: return dbl ? TimingClass::VfpDivDouble : TimingClass::VfpDiv;
    case VfpOp::Add:
    case VfpOp::Sub:
    case VfpOp::Abs:
    case VfpOp::Neg: return TimingClass::VfpAlu;
    case VfpOp::Mov: return TimingClass::VfpMove;
    case VfpOp::Mul:
    case VfpOp::Nmul: return TimingClass::VfpMul;
    default: return dbl ? TimingClass::VfpMacDouble : TimingClass::VfpMac;
  }
}

void three(Translator& t, VfpOp op, u32 dh, u32 vn, u32 vd, u32 dbl, u32 nh, u32 mh, u32 vm) {
  check(t, is_high(dbl, dh | nh | mh), Vectors::Refused);
  t.call(Helper::vfp_arithmetic, fp_register(dbl, dh, vd), fp_register(dbl, nh, vn), fp_register(dbl, mh, vm), 0,
         ir::VfpArithmetic{op, dbl != 0}.pack());
  t.timing(timing_of(op, dbl != 0));
}

void two(Translator& t, VfpOp op, u32 dh, u32 vd, u32 dbl, u32 mh, u32 vm) {
  three(t, op, dh, vd, vd, dbl, dh, mh, vm);
}

}  // namespace

#define HYPSIM_VFP_THREE(name, op)                                                          \
  void vfp_##name(Translator& t, u32 dh, u32 vn, u32 vd, u32 dbl, u32 nh, u32 mh, u32 vm) { \
    three(t, VfpOp::op, dh, vn, vd, dbl, nh, mh, vm);                                       \
  }
HYPSIM_VFP_THREE(VADD, Add)
HYPSIM_VFP_THREE(VSUB, Sub)
HYPSIM_VFP_THREE(VMUL, Mul)
HYPSIM_VFP_THREE(VNMUL, Nmul)
HYPSIM_VFP_THREE(VMLA, Mla)
HYPSIM_VFP_THREE(VMLS, Mls)
HYPSIM_VFP_THREE(VNMLA, Nmla)
HYPSIM_VFP_THREE(VNMLS, Nmls)
HYPSIM_VFP_THREE(VFMA, Fma)
HYPSIM_VFP_THREE(VFMS, Fms)
HYPSIM_VFP_THREE(VFNMA, Fnma)
HYPSIM_VFP_THREE(VFNMS, Fnms)
HYPSIM_VFP_THREE(VDIV, Div)
#undef HYPSIM_VFP_THREE

#define HYPSIM_VFP_TWO(name, op) \
  void vfp_##name(Translator& t, u32 dh, u32 vd, u32 dbl, u32 mh, u32 vm) { two(t, VfpOp::op, dh, vd, dbl, mh, vm); }
HYPSIM_VFP_TWO(VMOV_reg, Mov)
HYPSIM_VFP_TWO(VABS, Abs)
HYPSIM_VFP_TWO(VNEG, Neg)
HYPSIM_VFP_TWO(VSQRT, Sqrt)
#undef HYPSIM_VFP_TWO

// VMOV Sd, #imm: VFPExpandImm. The low word of a double is zero. ARM DDI 0406C A7.5.1
void vfp_VMOV_imm(Translator& t, u32 dh, u32 imm8, u32 vd, u32 dbl) {
  check(t, is_high(dbl, dh), Vectors::Refused);
  const u32 sign = bits(imm8, 7, 7) << 31, low = bits(imm8, 5, 0);
  const u32 single = sign | (bit(imm8, 6) ? 0x3E000000u : 0x40000000u) | low << 19;
  const u32 high_of_double = sign | (bit(imm8, 6) ? 0x3FC00000u : 0x40000000u) | low << 16;
  const u32 word = dbl != 0 ? 2u * fp_register(dbl, dh, vd) : fp_register(dbl, dh, vd);
  const auto write = [&t](u32 n, u32 value) {
    t.call(Helper::vfp_write_lane, 0, t.constant(value), 0, 0, ir::VfpLane{static_cast<u8>(n * 4), 4, false}.pack());
  };
  write(word, dbl != 0 ? 0 : single);
  if (dbl != 0) write(word + 1, high_of_double);
  t.timing(TimingClass::VfpMove);
}

// VCMP{E} Sd, Sm
void vfp_VCMP(Translator& t, u32 dh, u32 vd, u32 dbl, u32 e, u32 mh, u32 vm) {
  check(t, is_high(dbl, dh | mh), Vectors::Ignored);
  t.call(Helper::vfp_compare, fp_register(dbl, dh, vd), 0, fp_register(dbl, mh, vm), 0,
         ir::VfpCompare{dbl != 0, false, e != 0}.pack());
  t.timing(TimingClass::VfpAlu);
}

// VCMP{E} Sd, #0.0
void vfp_VCMP_zero(Translator& t, u32 dh, u32 vd, u32 dbl, u32 e) {
  check(t, is_high(dbl, dh), Vectors::Ignored);
  t.call(Helper::vfp_compare, fp_register(dbl, dh, vd), 0, 0, 0, ir::VfpCompare{dbl != 0, true, e != 0}.pack());
  t.timing(TimingClass::VfpAlu);
}

// VCVTB and VCVTT, both ways between half and single precision
void vfp_VCVTB(Translator& t, u32 dh, u32 op, u32 vd, u32 top, u32 mh, u32 vm) {
  check(t, false, Vectors::Ignored);
  const auto formats = op != 0 ? ir::VfpFormats::SingleToHalf : ir::VfpFormats::HalfToSingle;
  t.call(Helper::vfp_convert, fp_register(0, dh, vd), 0, fp_register(0, mh, vm), 0,
         ir::VfpConversion{formats, top != 0}.pack());
  t.timing(TimingClass::VfpAlu);
}

// VCVT between double and single precision; `dbl` is the source
void vfp_VCVT_format(Translator& t, u32 dh, u32 vd, u32 dbl, u32 mh, u32 vm) {
  const u32 to_double = dbl ^ 1;
  check(t, is_high(to_double, dh) || is_high(dbl, mh), Vectors::Ignored);
  const auto formats = dbl != 0 ? ir::VfpFormats::DoubleToSingle : ir::VfpFormats::SingleToDouble;
  t.call(Helper::vfp_convert, fp_register(to_double, dh, vd), 0, fp_register(dbl, mh, vm), 0,
         ir::VfpConversion{formats, false}.pack());
  t.timing(TimingClass::VfpAlu);
}

// VCVT.F32.S32 Sd, Sm and the like
void vfp_VCVT_from_integer(Translator& t, u32 dh, u32 vd, u32 dbl, u32 is_signed, u32 mh, u32 vm) {
  check(t, is_high(dbl, dh), Vectors::Ignored);
  t.call(Helper::vfp_from_integer, fp_register(dbl, dh, vd), 0, fp_register(0, mh, vm), 0,
         ir::VfpInteger{dbl != 0, is_signed != 0, false}.pack());
  t.timing(TimingClass::VfpAlu);
}

// VCVT{R}.S32.F32 Sd, Sm and the like
void vfp_VCVT_to_integer(Translator& t, u32 dh, u32 is_signed, u32 vd, u32 dbl, u32 toward_zero, u32 mh, u32 vm) {
  check(t, is_high(dbl, mh), Vectors::Ignored);
  t.call(Helper::vfp_to_integer, fp_register(0, dh, vd), 0, fp_register(dbl, mh, vm), 0,
         ir::VfpInteger{dbl != 0, is_signed != 0, toward_zero != 0}.pack());
  t.timing(TimingClass::VfpAlu);
}

// VCVT Sd, Sd, #fbits
void vfp_VCVT_fixed(Translator& t, u32 dh, u32 op, u32 u, u32 vd, u32 dbl, u32 sx, u32 i, u32 imm4) {
  const u32 width = sx != 0 ? 32 : 16, below = imm4 << 1 | i;
  if (below > width) return t.unpredictable();
  check(t, is_high(dbl, dh), Vectors::Ignored);
  const ir::VfpFixed how{dbl != 0, op != 0, u == 0, static_cast<u8>(width), static_cast<u8>(width - below)};
  t.call(Helper::vfp_fixed, fp_register(dbl, dh, vd), 0, 0, 0, how.pack());
  t.timing(TimingClass::VfpAlu);
}

}  // namespace hypsim
