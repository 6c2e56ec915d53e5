// SPDX-License-Identifier: Apache-2.0
// Hints that do something, and preloads. ARM DDI 0406C A5.2.11, A5.7, A6.3.4, A6.3.8, A6.3.9
#pragma once

#include "sim/base/bits.h"

namespace hypsim {

class Translator;

void any_YIELD(Translator& t);
void any_WFE(Translator& t);
void any_WFI(Translator& t);
void any_SEV(Translator& t);
/// Leaves a marker for whoever watches the run.
void any_DBG(Translator& t, u32 option);

// PLD, PLDW, PLI: the modelled memory system does not act on them.
void arm_PLD_imm(Translator& t, u32 u, u32 n, u32 imm12);
void arm_PLD_reg(Translator& t, u32 u, u32 n, u32 imm5, u32 type, u32 m);
void arm_PLI_imm(Translator& t, u32 u, u32 n, u32 imm12);
void arm_PLI_reg(Translator& t, u32 u, u32 n, u32 imm5, u32 type, u32 m);
void arm_memory_hint(Translator& t);
void thumb32_PLD_imm(Translator& t, u32 n, u32 imm);
void thumb32_PLD_reg(Translator& t, u32 n, u32 imm2, u32 m);
void thumb32_PLI_imm(Translator& t, u32 n, u32 imm);
void thumb32_PLI_reg(Translator& t, u32 n, u32 imm2, u32 m);
/// PLD and PLI relative to the PC.
void thumb32_preload_lit(Translator& t, u32 u, u32 imm12);
void thumb32_preload_lit_low(Translator& t, u32 offset_low);
void thumb32_memory_hint(Translator& t);

}  // namespace hypsim
