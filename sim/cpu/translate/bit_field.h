// SPDX-License-Identifier: Apache-2.0
// Bit fields, bit counting and reversal. ARM DDI 0406C A4.4.5
#pragma once

#include "sim/cpu/translate/translator.h"

namespace hypsim {

void arm_BFC(Translator& t, u32 msb, u32 d, u32 lsb);
void arm_BFI(Translator& t, u32 msb, u32 d, u32 lsb, u32 n);
void arm_SBFX(Translator& t, u32 widthm1, u32 d, u32 lsb, u32 n);
void arm_UBFX(Translator& t, u32 widthm1, u32 d, u32 lsb, u32 n);
void arm_CLZ(Translator& t, u32 d, u32 m);
void arm_RBIT(Translator& t, u32 d, u32 m);
void arm_REV(Translator& t, u32 d, u32 m);
void arm_REV16(Translator& t, u32 d, u32 m);
void arm_REVSH(Translator& t, u32 d, u32 m);

void thumb16_REV(Translator& t, u32 m, u32 d);
void thumb16_REV16(Translator& t, u32 m, u32 d);
void thumb16_REVSH(Translator& t, u32 m, u32 d);

void thumb32_BFC(Translator& t, u32 lsb, u32 d, u32 msb);
void thumb32_BFI(Translator& t, u32 n, u32 lsb, u32 d, u32 msb);
void thumb32_SBFX(Translator& t, u32 n, u32 lsb, u32 d, u32 widthm1);
void thumb32_UBFX(Translator& t, u32 n, u32 lsb, u32 d, u32 widthm1);
void thumb32_CLZ(Translator& t, u32 m_again, u32 d, u32 m);
void thumb32_RBIT(Translator& t, u32 m_again, u32 d, u32 m);
void thumb32_REV(Translator& t, u32 m_again, u32 d, u32 m);
void thumb32_REV16(Translator& t, u32 m_again, u32 d, u32 m);
void thumb32_REVSH(Translator& t, u32 m_again, u32 d, u32 m);

}  // namespace hypsim
