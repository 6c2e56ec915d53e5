// SPDX-License-Identifier: Apache-2.0
// Program status registers: MRS, MSR, banked registers, CPS, SETEND. ARM DDI 0406C B9.3
#pragma once

#include "sim/base/bits.h"

namespace hypsim {

class Translator;

// R (SPSR), then the fields in the order of the encodings
void any_MRS(Translator& t, u32 r, u32 d);
void arm_MSR_reg(Translator& t, u32 r, u32 mask, u32 n);
void thumb32_MSR_reg(Translator& t, u32 r, u32 n, u32 mask);
void arm_MSR_imm(Translator& t, u32 r, u32 mask, u32 imm12);

// SYSm is M : M1
void any_MRS_banked(Translator& t, u32 r, u32 m1, u32 d, u32 m);
void arm_MSR_banked(Translator& t, u32 r, u32 m1, u32 m, u32 n);
void thumb32_MSR_banked(Translator& t, u32 r, u32 n, u32 m1, u32 m);

void any_CPS(Translator& t, u32 imod, u32 change_mode, u32 a, u32 i, u32 f, u32 mode);
void thumb16_CPS(Translator& t, u32 disable, u32 a, u32 i, u32 f);
void any_SETEND(Translator& t, u32 e);

}  // namespace hypsim
