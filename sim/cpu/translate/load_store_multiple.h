// SPDX-License-Identifier: Apache-2.0
// LDM, STM, PUSH, POP. ARM DDI 0406C A5.5, A6.3.5, B9.3.5, B9.3.6, B9.3.17
#pragma once

#include "sim/base/bits.h"

namespace hypsim {

class Translator;

// P, U, W, Rn, register list
using ArmMultiple = void(Translator&, u32 p, u32 u, u32 w, u32 n, u32 list);
ArmMultiple arm_LDM, arm_STM;
// P, U, Rn, register list
void arm_LDM_user(Translator& t, u32 p, u32 u, u32 n, u32 list);
void arm_STM_user(Translator& t, u32 p, u32 u, u32 n, u32 list);
// P, U, W, Rn, register list without the PC
void arm_LDM_exception_return(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 list);

void thumb16_PUSH(Translator& t, u32 m, u32 list);
void thumb16_POP(Translator& t, u32 p, u32 list);
void thumb16_STM(Translator& t, u32 n, u32 list);
void thumb16_LDM(Translator& t, u32 n, u32 list);

// W, Rn, then P, M and registers 12:0, or M and registers 12:0
void thumb32_LDM(Translator& t, u32 w, u32 n, u32 p, u32 m, u32 low);
void thumb32_LDMDB(Translator& t, u32 w, u32 n, u32 p, u32 m, u32 low);
void thumb32_STM(Translator& t, u32 w, u32 n, u32 m, u32 low);
void thumb32_STMDB(Translator& t, u32 w, u32 n, u32 m, u32 low);

}  // namespace hypsim
