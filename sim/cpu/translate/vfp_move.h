// SPDX-License-Identifier: Apache-2.0
// The VFP instructions that move data without computing: what saving and restoring the register file needs. Encodings
// of CP10, CP11 and Advanced SIMD that are not allocated undergo the access checks and are then UNDEFINED. ARM DDI
// 0406C A7.6, A7.8, A7.9
#pragma once

#include "sim/base/bits.h"

namespace hypsim {

class Translator;

// D:Vd or Vd:D is the register; `dbl` tells doubleword registers
using VfpTransfer = void(Translator&, u32 u, u32 dh, u32 n, u32 vd, u32 dbl, u32 imm8);
VfpTransfer vfp_VLDR, vfp_VSTR;
using VfpMultiple = void(Translator&, u32 p, u32 u, u32 dh, u32 w, u32 n, u32 vd, u32 dbl, u32 imm8);
VfpMultiple vfp_VLDM, vfp_VSTM;
using VfpStack = void(Translator&, u32 dh, u32 vd, u32 dbl, u32 imm8);
VfpStack vfp_VPUSH, vfp_VPOP;

void vfp_VMOV_to_single(Translator& t, u32 vn, u32 rt, u32 n);
void vfp_VMOV_from_single(Translator& t, u32 vn, u32 rt, u32 n);
void vfp_VMOV_to_scalar(Translator& t, u32 opc1, u32 vd, u32 rt, u32 d, u32 opc2);
void vfp_VMOV_from_scalar(Translator& t, u32 u, u32 opc1, u32 vn, u32 rt, u32 n, u32 opc2);
using VfpMoveTwo = void(Translator&, u32 rt2, u32 rt, u32 m, u32 vm);
VfpMoveTwo vfp_VMOV_to_two_singles, vfp_VMOV_from_two_singles, vfp_VMOV_to_double, vfp_VMOV_from_double;
void vfp_VMSR(Translator& t, u32 reg, u32 rt);
void vfp_VMRS(Translator& t, u32 reg, u32 rt);

/// Every other VFP and Advanced SIMD encoding.
void vfp_unallocated(Translator& t);
void simd_unallocated(Translator& t);

}  // namespace hypsim
