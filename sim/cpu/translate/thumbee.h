// SPDX-License-Identifier: Apache-2.0
// What ThumbEE state does differently from T32, and the ways in and out. ARM DDI 0406C A9
#pragma once

#include <vector>

#include "sim/cpu/ir/micro_op.h"

namespace hypsim {

class Translator;

void thumb32_ENTERX(Translator& t);
void thumb32_LEAVEX(Translator& t);

void thumbee_STR_reg(Translator& t, u32 m, u32 n, u32 rt);
void thumbee_STRH_reg(Translator& t, u32 m, u32 n, u32 rt);
void thumbee_LDR_reg(Translator& t, u32 m, u32 n, u32 rt);
void thumbee_LDRH_reg(Translator& t, u32 m, u32 n, u32 rt);
void thumbee_LDRSH_reg(Translator& t, u32 m, u32 n, u32 rt);

void thumbee_HBP(Translator& t, u32 imm3, u32 handler);
void thumbee_HB(Translator& t, u32 link, u32 handler);
void thumbee_HBLP(Translator& t, u32 imm5, u32 handler);
void thumbee_LDR_negative(Translator& t, u32 imm3, u32 n, u32 rt);
void thumbee_CHKA(Translator& t, u32 n, u32 m);
void thumbee_LDR_r10(Translator& t, u32 imm5, u32 rt);
void thumbee_LDR_r9(Translator& t, u32 imm6, u32 rt);
void thumbee_STR_r9(Translator& t, u32 imm6, u32 rt);

/// Puts the check of the base register before the first access to memory among the micro-ops of the current
/// instruction, which begin at `first_op`: after whatever makes it UNDEFINED or traps it. A9.1.2
void thumbee_null_check(Translator& t, std::vector<ir::MicroOp>& ops, std::size_t first_op);

}  // namespace hypsim
