// SPDX-License-Identifier: Apache-2.0
// Single and dual loads and stores. ARM DDI 0406C A4.6, A5.3, A6.3.7 to A6.3.10
#pragma once

#include "sim/base/bits.h"

namespace hypsim {

class Translator;

// P, U, W, Rn, Rt, imm
using ArmLoadStoreImm = void(Translator&, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 imm);
ArmLoadStoreImm arm_LDR_imm, arm_LDRB_imm, arm_STR_imm, arm_STRB_imm;
ArmLoadStoreImm arm_LDRH_imm, arm_LDRSB_imm, arm_LDRSH_imm, arm_STRH_imm, arm_LDRD_imm, arm_STRD_imm;

// P, U, W, Rn, Rt, imm5, type, Rm
using ArmLoadStoreReg = void(Translator&, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 imm5, u32 type, u32 m);
ArmLoadStoreReg arm_LDR_reg, arm_LDRB_reg, arm_STR_reg, arm_STRB_reg;

// P, U, W, Rn, Rt, Rm
using ArmExtraReg = void(Translator&, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 m);
ArmExtraReg arm_LDRH_reg, arm_LDRSB_reg, arm_LDRSH_reg, arm_STRH_reg, arm_LDRD_reg, arm_STRD_reg;

// Unprivileged, post-indexed: U, Rn, Rt, imm
using ArmUnprivilegedImm = void(Translator&, u32 u, u32 n, u32 rt, u32 imm);
ArmUnprivilegedImm arm_LDRT_imm, arm_LDRBT_imm, arm_STRT_imm, arm_STRBT_imm;
ArmUnprivilegedImm arm_LDRHT_imm, arm_LDRSBT_imm, arm_LDRSHT_imm, arm_STRHT_imm;
using ArmUnprivilegedReg = void(Translator&, u32 u, u32 n, u32 rt, u32 imm5, u32 type, u32 m);
ArmUnprivilegedReg arm_LDRT_reg, arm_LDRBT_reg, arm_STRT_reg, arm_STRBT_reg;
using ArmUnprivilegedExtraReg = void(Translator&, u32 u, u32 n, u32 rt, u32 m);
ArmUnprivilegedExtraReg arm_LDRHT_reg, arm_LDRSBT_reg, arm_LDRSHT_reg, arm_STRHT_reg;

// T16
using Thumb16Literal = void(Translator&, u32 rt, u32 imm8);
Thumb16Literal thumb16_LDR_lit, thumb16_LDR_sp, thumb16_STR_sp;
using Thumb16Reg = void(Translator&, u32 m, u32 n, u32 rt);
Thumb16Reg thumb16_STR_reg, thumb16_STRH_reg, thumb16_STRB_reg, thumb16_LDRSB_reg;
Thumb16Reg thumb16_LDR_reg, thumb16_LDRH_reg, thumb16_LDRB_reg, thumb16_LDRSH_reg;
using Thumb16Imm = void(Translator&, u32 imm5, u32 n, u32 rt);
Thumb16Imm thumb16_STR_imm, thumb16_LDR_imm, thumb16_STRB_imm, thumb16_LDRB_imm, thumb16_STRH_imm, thumb16_LDRH_imm;

// T32: Rn, Rt, imm12
using Thumb32Imm12 = void(Translator&, u32 n, u32 rt, u32 imm12);
Thumb32Imm12 thumb32_STR_imm12, thumb32_STRB_imm12, thumb32_STRH_imm12;
Thumb32Imm12 thumb32_LDR_imm12, thumb32_LDRB_imm12, thumb32_LDRH_imm12, thumb32_LDRSB_imm12, thumb32_LDRSH_imm12;
// Rn, Rt, P, U, W, imm8
using Thumb32Imm8 = void(Translator&, u32 n, u32 rt, u32 p, u32 u, u32 w, u32 imm8);
Thumb32Imm8 thumb32_STR_imm8, thumb32_STRB_imm8, thumb32_STRH_imm8;
Thumb32Imm8 thumb32_LDR_imm8, thumb32_LDRB_imm8, thumb32_LDRH_imm8, thumb32_LDRSB_imm8, thumb32_LDRSH_imm8;
// Rn, Rt, imm2, Rm
using Thumb32Reg = void(Translator&, u32 n, u32 rt, u32 imm2, u32 m);
Thumb32Reg thumb32_STR_reg, thumb32_STRB_reg, thumb32_STRH_reg;
Thumb32Reg thumb32_LDR_reg, thumb32_LDRB_reg, thumb32_LDRH_reg, thumb32_LDRSB_reg, thumb32_LDRSH_reg;
// Unprivileged: Rn, Rt, imm8
using Thumb32Unprivileged = void(Translator&, u32 n, u32 rt, u32 imm8);
Thumb32Unprivileged thumb32_STRT, thumb32_STRBT, thumb32_STRHT;
Thumb32Unprivileged thumb32_LDRT, thumb32_LDRBT, thumb32_LDRHT, thumb32_LDRSBT, thumb32_LDRSHT;
// Literal: U, Rt, imm12. The low forms are those whose U and upper offset bits are fixed by a more specific line.
using Thumb32Literal = void(Translator&, u32 u, u32 rt, u32 imm12);
Thumb32Literal thumb32_LDR_lit, thumb32_LDRB_lit, thumb32_LDRH_lit, thumb32_LDRSB_lit, thumb32_LDRSH_lit;
using Thumb32LiteralLow = void(Translator&, u32 rt, u32 offset_low);
Thumb32LiteralLow thumb32_LDR_lit_low, thumb32_LDRB_lit_low, thumb32_LDRH_lit_low, thumb32_LDRSB_lit_low,
    thumb32_LDRSH_lit_low;
// P, U, W, Rn, Rt, Rt2, imm8
using Thumb32Dual = void(Translator&, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 rt2, u32 imm8);
Thumb32Dual thumb32_LDRD, thumb32_STRD;

}  // namespace hypsim
