// SPDX-License-Identifier: Apache-2.0
// Advanced SIMD immediates, VEXT, VTBL and VDUP. ARM DDI 0406C A7.4.6, A8.8.305, A8.8.419, A8.8.302
#include "sim/cpu/translate/neon_common.h"

namespace hypsim {

using ir::NeonImmediateOp;
using ir::NeonLanes;
using ir::TimingClass;

namespace {

/// The manual's table of cmode and op. A7.4.6
NeonImmediateOp operation_of(u32 cmode, bool op) {
  if (cmode >= 14 || (cmode >= 12 && !op)) return NeonImmediateOp::Mov;
  if (cmode >= 12) return NeonImmediateOp::Mvn;
  if (bit(cmode, 0)) return op ? NeonImmediateOp::Bic : NeonImmediateOp::Orr;
  return op ? NeonImmediateOp::Mvn : NeonImmediateOp::Mov;
}

}  // namespace

// VMOV, VMVN, VORR, VBIC (immediate)
void neon_immediate(Translator& t, u32 imm8, u32 dh, u32 vd, u32 q) {
  const u32 d = d_register(dh, vd);
  if (q != 0 && bit(d, 0)) return simd_undefined(t);
  const u32 cmode = bits(t.raw(), 11, 8);
  const bool op = bit(t.raw(), 5);
  check_simd(t);
  const ir::NeonImmediate how{operation_of(cmode, op), op, static_cast<u8>(cmode), static_cast<u8>(imm8), q != 0};
  t.call(Helper::neon_immediate, static_cast<u8>(d), 0, 0, 0, how.pack());
  t.timing(TimingClass::NeonAlu);
}

// VEXT.8 Qd, Qn, Qm, #imm
void neon_VEXT(Translator& t, u32 dh, u32 vn, u32 vd, u32 imm4, u32 nh, u32 q, u32 mh, u32 vm) {
  const u32 d = d_register(dh, vd), n = d_register(nh, vn), m = d_register(mh, vm);
  if (q != 0 ? ((d | n | m) & 1) != 0 : bit(imm4, 3)) return simd_undefined(t);
  emit_simd(t, Helper::neon_extract, d, n, m, NeonLanes::of(0, 0, true, q != 0, imm4), TimingClass::NeonAlu);
}

// VTBL, VTBX
void neon_VTBL(Translator& t, u32 dh, u32 vn, u32 vd, u32 len, u32 nh, u32 extend, u32 mh, u32 vm) {
  const u32 n = d_register(nh, vn);
  if (n + len + 1 > 32) return t.unpredictable();
  emit_simd(t, Helper::neon_table, d_register(dh, vd), n, d_register(mh, vm),
            NeonLanes::of(extend, 0, true, false, len + 1), TimingClass::NeonAlu);
}

// VDUP Qd, Dm[x]: the lowest one of imm4 is the size, the bits above it are the lane
void neon_VDUP_scalar(Translator& t, u32 dh, u32 imm4, u32 vd, u32 q, u32 mh, u32 vm) {
  const u32 d = d_register(dh, vd);
  if ((imm4 & 7) == 0 || (q != 0 && bit(d, 0))) return simd_undefined(t);
  const u32 size = bit(imm4, 0) ? 0 : bit(imm4, 1) ? 1 : 2;
  emit_simd(t, Helper::neon_duplicate, d, 0, d_register(mh, vm),
            NeonLanes::of(0, size, true, q != 0, imm4 >> (size + 1)), TimingClass::NeonAlu);
}

// VDUP Qd, Rt
void neon_VDUP_reg(Translator& t, u32 b, u32 q, u32 vd, u32 rt, u32 dh, u32 e) {
  const u32 d = d_register(dh, vd);
  if ((b & e) != 0 || (q != 0 && bit(d, 0))) return simd_undefined(t);
  if (rt == 15) return t.unpredictable();
  const u32 size = b != 0 ? 0 : e != 0 ? 1 : 2;
  emit_simd(t, Helper::neon_duplicate_core, d, t.reg(rt), 0, NeonLanes::of(0, size, true, q != 0),
            TimingClass::VfpMove);
  t.also_reads(1u << rt);
}

}  // namespace hypsim
