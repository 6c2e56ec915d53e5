// SPDX-License-Identifier: Apache-2.0
// Advanced SIMD. ARM DDI 0406C A7.4, A7.7
//
// `dh`:`vd` and the like name D registers; `q` says that operands are pairs of them. Instructions whose size field
// shares encodings with another instruction read it from the word.
#pragma once

#include "sim/base/bits.h"

namespace hypsim {

class Translator;

// --- neon_same.cpp: three registers of the same length, A7.4.1
using NeonSameU = void(Translator&, u32 u, u32 dh, u32 size, u32 vn, u32 vd, u32 nh, u32 q, u32 mh, u32 vm);
NeonSameU neon_VHADD, neon_VQADD, neon_VRHADD, neon_VHSUB, neon_VQSUB, neon_VCGT_reg, neon_VCGE_reg, neon_VSHL_reg,
    neon_VQSHL_reg, neon_VRSHL, neon_VQRSHL, neon_VMAX, neon_VMIN, neon_VABD, neon_VABA, neon_VPMAX, neon_VPMIN;
using NeonSame = void(Translator&, u32 dh, u32 size, u32 vn, u32 vd, u32 nh, u32 q, u32 mh, u32 vm);
NeonSame neon_VADD, neon_VSUB, neon_VTST, neon_VCEQ_reg, neon_VMLA, neon_VMLS, neon_VMUL, neon_VMUL_poly, neon_VQDMULH,
    neon_VQRDMULH, neon_VPADD;
/// Bitwise and floating-point instructions have no size.
using NeonThree = void(Translator&, u32 dh, u32 vn, u32 vd, u32 nh, u32 q, u32 mh, u32 vm);
NeonThree neon_VAND_reg, neon_VBIC_reg, neon_VORR_reg, neon_VORN_reg, neon_VEOR, neon_VBSL, neon_VBIT, neon_VBIF;
NeonThree neon_VFMA, neon_VFMS, neon_VADD_float, neon_VSUB_float, neon_VPADD_float, neon_VABD_float, neon_VMLA_float,
    neon_VMLS_float, neon_VMUL_float, neon_VCEQ_float, neon_VCGE_float, neon_VCGT_float, neon_VACGE, neon_VACGT,
    neon_VMAX_float, neon_VMIN_float, neon_VPMAX_float, neon_VPMIN_float, neon_VRECPS, neon_VRSQRTS;

// --- neon_long.cpp: different lengths, and scalars, A7.4.2, A7.4.3
using NeonLongU = void(Translator&, u32 u, u32 dh, u32 vn, u32 vd, u32 nh, u32 mh, u32 vm);
NeonLongU neon_VADDL, neon_VADDW, neon_VSUBL, neon_VSUBW, neon_VABAL, neon_VABDL, neon_VMLAL, neon_VMLSL, neon_VMULL;
NeonLongU neon_VMLAL_scalar, neon_VMLSL_scalar, neon_VMULL_scalar;
using NeonLong = void(Translator&, u32 dh, u32 vn, u32 vd, u32 nh, u32 mh, u32 vm);
NeonLong neon_VADDHN, neon_VRADDHN, neon_VSUBHN, neon_VRSUBHN, neon_VQDMLAL, neon_VQDMLSL, neon_VQDMULL,
    neon_VMULL_poly;
NeonLong neon_VQDMLAL_scalar, neon_VQDMLSL_scalar, neon_VQDMULL_scalar;
using NeonScalar = void(Translator&, u32 q, u32 dh, u32 vn, u32 vd, u32 nh, u32 mh, u32 vm);
NeonScalar neon_VMLA_scalar, neon_VMLA_float_scalar, neon_VMLS_scalar, neon_VMLS_float_scalar, neon_VMUL_scalar,
    neon_VMUL_float_scalar, neon_VQDMULH_scalar, neon_VQRDMULH_scalar;

// --- neon_shift.cpp: shifts by a constant, A7.4.4. `long64` is the L bit: 64-bit lanes
using NeonShiftU = void(Translator&, u32 u, u32 dh, u32 imm6, u32 vd, u32 long64, u32 q, u32 mh, u32 vm);
NeonShiftU neon_VSHR, neon_VSRA, neon_VRSHR, neon_VRSRA, neon_VQSHL_imm;
using NeonShift = void(Translator&, u32 dh, u32 imm6, u32 vd, u32 long64, u32 q, u32 mh, u32 vm);
NeonShift neon_VSRI, neon_VSHL_imm, neon_VSLI, neon_VQSHLU;
using NeonShiftNarrowU = void(Translator&, u32 u, u32 dh, u32 imm6, u32 vd, u32 mh, u32 vm);
NeonShiftNarrowU neon_VQSHRN, neon_VQRSHRN, neon_VSHLL;
using NeonShiftNarrow = void(Translator&, u32 dh, u32 imm6, u32 vd, u32 mh, u32 vm);
NeonShiftNarrow neon_VSHRN, neon_VRSHRN, neon_VQSHRUN, neon_VQRSHRUN;
void neon_VCVT_fixed(Translator& t, u32 u, u32 dh, u32 imm6, u32 vd, u32 to_fixed, u32 q, u32 mh, u32 vm);

// --- neon_misc.cpp: two registers, A7.4.5
using NeonTwo = void(Translator&, u32 dh, u32 size, u32 vd, u32 q, u32 mh, u32 vm);
NeonTwo neon_VREV64, neon_VREV32, neon_VREV16, neon_VCLS, neon_VCLZ, neon_VCNT, neon_VMVN_reg, neon_VQABS, neon_VQNEG,
    neon_VCGT_zero, neon_VCGE_zero, neon_VCEQ_zero, neon_VCLE_zero, neon_VCLT_zero, neon_VABS_misc, neon_VNEG_misc,
    neon_VSWP, neon_VTRN, neon_VUZP, neon_VZIP;
using NeonTwoU = void(Translator&, u32 dh, u32 size, u32 vd, u32 u, u32 q, u32 mh, u32 vm);
NeonTwoU neon_VPADDL, neon_VPADAL;
using NeonTwoFloat = void(Translator&, u32 dh, u32 vd, u32 q, u32 mh, u32 vm);
NeonTwoFloat neon_VCGT_zero_float, neon_VCGE_zero_float, neon_VCEQ_zero_float, neon_VCLE_zero_float,
    neon_VCLT_zero_float, neon_VABS_float, neon_VNEG_float;
using NeonLengths = void(Translator&, u32 dh, u32 size, u32 vd, u32 mh, u32 vm);
NeonLengths neon_VMOVN, neon_VQMOVUN, neon_VSHLL_max;
void neon_VQMOVN(Translator& t, u32 dh, u32 size, u32 vd, u32 u, u32 mh, u32 vm);
using NeonHalf = void(Translator&, u32 dh, u32 vd, u32 mh, u32 vm);
NeonHalf neon_VCVT_to_half, neon_VCVT_from_half;
using NeonEstimate = void(Translator&, u32 dh, u32 vd, u32 f, u32 q, u32 mh, u32 vm);
NeonEstimate neon_VRECPE, neon_VRSQRTE;
void neon_VCVT_integer(Translator& t, u32 dh, u32 vd, u32 to_integer, u32 u, u32 q, u32 mh, u32 vm);

// --- neon_move.cpp: immediates, copies, tables
void neon_immediate(Translator& t, u32 imm8, u32 dh, u32 vd, u32 q);
void neon_VEXT(Translator& t, u32 dh, u32 vn, u32 vd, u32 imm4, u32 nh, u32 q, u32 mh, u32 vm);
void neon_VTBL(Translator& t, u32 dh, u32 vn, u32 vd, u32 len, u32 nh, u32 extend, u32 mh, u32 vm);
void neon_VDUP_scalar(Translator& t, u32 dh, u32 imm4, u32 vd, u32 q, u32 mh, u32 vm);
void neon_VDUP_reg(Translator& t, u32 b, u32 q, u32 vd, u32 rt, u32 dh, u32 e);

// --- neon_memory.cpp: element and structure loads and stores, A7.7
using NeonMultiple = void(Translator&, u32 dh, u32 n, u32 vd, u32 size, u32 align, u32 m);
NeonMultiple neon_VLD_multiple, neon_VST_multiple;
using NeonLane = void(Translator&, u32 dh, u32 n, u32 vd, u32 index_align, u32 m);
NeonLane neon_VLD_lane, neon_VST_lane;
void neon_VLD_all(Translator& t, u32 dh, u32 n, u32 vd, u32 size, u32 two, u32 a, u32 m);

}  // namespace hypsim
