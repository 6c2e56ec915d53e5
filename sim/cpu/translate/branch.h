// SPDX-License-Identifier: Apache-2.0
// Branches, IT, and the instructions that do nothing. ARM DDI 0406C A4.3
#pragma once

#include "sim/cpu/translate/translator.h"

namespace hypsim {

void arm_B(Translator& t, u32 imm24);
void arm_BL_imm(Translator& t, u32 imm24);
void arm_BLX_imm(Translator& t, u32 h, u32 imm24);
void arm_BLX_reg(Translator& t, u32 m);
void arm_BX(Translator& t, u32 m);
void arm_NOP(Translator& t);
void arm_hint_unallocated(Translator& t, u32 hint);

void thumb16_B_cond(Translator& t, u32 cond, u32 imm8);
void thumb16_B(Translator& t, u32 imm11);
void thumb16_BLX_reg(Translator& t, u32 m);
void thumb16_BX(Translator& t, u32 m);
void thumb16_CBZ(Translator& t, u32 imm6, u32 n);
void thumb16_CBNZ(Translator& t, u32 imm6, u32 n);
void thumb16_IT(Translator& t, u32 firstcond, u32 mask);
void thumb16_NOP(Translator& t);
void thumb16_hint_unallocated(Translator& t, u32 hint);

void thumb32_B_cond(Translator& t, u32 s, u32 cond, u32 imm6, u32 j1, u32 j2, u32 imm11);
void thumb32_B(Translator& t, u32 s, u32 imm10, u32 j1, u32 j2, u32 imm11);
void thumb32_BL_imm(Translator& t, u32 s, u32 imm10, u32 j1, u32 j2, u32 imm11);
void thumb32_BLX_imm(Translator& t, u32 s, u32 imm10, u32 j1, u32 j2, u32 imm10_low);
void thumb32_TBB(Translator& t, u32 n, u32 m);
void thumb32_TBH(Translator& t, u32 n, u32 m);
void thumb32_NOP(Translator& t);
void thumb32_hint_unallocated(Translator& t, u32 hint);

}  // namespace hypsim
