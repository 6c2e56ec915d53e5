// SPDX-License-Identifier: Apache-2.0
// Synchronization primitives. ARM DDI 0406C A3.4, A5.2.10, A6.3.6
#pragma once

#include "sim/base/bits.h"

namespace hypsim {

class Translator;

void arm_LDREX(Translator& t, u32 n, u32 rt);
void arm_LDREXB(Translator& t, u32 n, u32 rt);
void arm_LDREXH(Translator& t, u32 n, u32 rt);
void arm_LDREXD(Translator& t, u32 n, u32 rt);
void arm_STREX(Translator& t, u32 n, u32 d, u32 rt);
void arm_STREXB(Translator& t, u32 n, u32 d, u32 rt);
void arm_STREXH(Translator& t, u32 n, u32 d, u32 rt);
void arm_STREXD(Translator& t, u32 n, u32 d, u32 rt);
void arm_SWP(Translator& t, u32 n, u32 rt, u32 rt2);
void arm_SWPB(Translator& t, u32 n, u32 rt, u32 rt2);

void thumb32_LDREX(Translator& t, u32 n, u32 rt, u32 imm8);
void thumb32_LDREXB(Translator& t, u32 n, u32 rt);
void thumb32_LDREXH(Translator& t, u32 n, u32 rt);
void thumb32_LDREXD(Translator& t, u32 n, u32 rt, u32 rt2);
void thumb32_STREX(Translator& t, u32 n, u32 rt, u32 d, u32 imm8);
void thumb32_STREXB(Translator& t, u32 n, u32 rt, u32 d);
void thumb32_STREXH(Translator& t, u32 n, u32 rt, u32 d);
void thumb32_STREXD(Translator& t, u32 n, u32 rt, u32 rt2, u32 d);

/// CLREX, in both instruction sets.
void any_CLREX(Translator& t);

}  // namespace hypsim
