// SPDX-License-Identifier: Apache-2.0
// Instructions that raise exceptions, and those that return from them. ARM DDI 0406C B9.3
#pragma once

#include "sim/cpu/translate/translator.h"

namespace hypsim {

void any_SVC(Translator& t, u32 imm);
void arm_HVC(Translator& t, u32 imm16);
void arm_BKPT(Translator& t, u32 imm16);
void thumb16_BKPT(Translator& t, u32 imm8);
void thumb32_HVC(Translator& t, u32 imm16);
/// SMC and UDF, in every instruction set; their immediates mean nothing to the hardware.
void any_SMC(Translator& t, u32 imm);
void any_UDF(Translator& t, u32 imm);

void any_ERET(Translator& t);
void thumb32_SUBS_PC_LR(Translator& t, u32 imm8);
void arm_RFE(Translator& t, u32 p, u32 u, u32 w, u32 n);
void thumb32_RFEDB(Translator& t, u32 w, u32 n);
void thumb32_RFEIA(Translator& t, u32 w, u32 n);
void arm_SRS(Translator& t, u32 p, u32 u, u32 w, u32 mode);
void thumb32_SRSDB(Translator& t, u32 w, u32 mode);
void thumb32_SRSIA(Translator& t, u32 w, u32 mode);

/// Whether a return through the SPSR other than ERET may execute here: UNDEFINED in Hyp mode, UNPREDICTABLE in User
/// and System mode; if not, the exception has been emitted. B9.3.5, B9.3.20
bool exception_return_allowed(Translator& t);
/// Emits the return to the address in `target` with the current SPSR as CPSR; ends the block.
void return_to_spsr(Translator& t, ir::Slot target);

}  // namespace hypsim
