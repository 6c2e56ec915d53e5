// SPDX-License-Identifier: Apache-2.0
// VFP data processing: arithmetic, comparison, conversion. ARM DDI 0406C A7.5
#pragma once

#include "sim/base/bits.h"

namespace hypsim {

class Translator;

// D:Vd or Vd:D is the register; `dbl` tells doubleword registers
using VfpThree = void(Translator&, u32 dh, u32 vn, u32 vd, u32 dbl, u32 nh, u32 mh, u32 vm);
VfpThree vfp_VADD, vfp_VSUB, vfp_VMUL, vfp_VNMUL, vfp_VMLA, vfp_VMLS, vfp_VNMLA, vfp_VNMLS, vfp_VFMA, vfp_VFMS,
    vfp_VFNMA, vfp_VFNMS, vfp_VDIV;
using VfpTwo = void(Translator&, u32 dh, u32 vd, u32 dbl, u32 mh, u32 vm);
VfpTwo vfp_VMOV_reg, vfp_VABS, vfp_VNEG, vfp_VSQRT;
void vfp_VMOV_imm(Translator& t, u32 dh, u32 imm8, u32 vd, u32 dbl);

void vfp_VCMP(Translator& t, u32 dh, u32 vd, u32 dbl, u32 e, u32 mh, u32 vm);
void vfp_VCMP_zero(Translator& t, u32 dh, u32 vd, u32 dbl, u32 e);

void vfp_VCVTB(Translator& t, u32 dh, u32 op, u32 vd, u32 top, u32 mh, u32 vm);
VfpTwo vfp_VCVT_format;
void vfp_VCVT_from_integer(Translator& t, u32 dh, u32 vd, u32 dbl, u32 is_signed, u32 mh, u32 vm);
void vfp_VCVT_to_integer(Translator& t, u32 dh, u32 is_signed, u32 vd, u32 dbl, u32 toward_zero, u32 mh, u32 vm);
void vfp_VCVT_fixed(Translator& t, u32 dh, u32 op, u32 u, u32 vd, u32 dbl, u32 sx, u32 i, u32 imm4);

}  // namespace hypsim
