// SPDX-License-Identifier: Apache-2.0
// Multiply, multiply accumulate, and divide. ARM DDI 0406C A4.4.3, A4.4.8
#pragma once

#include "sim/cpu/translate/translator.h"

namespace hypsim {

// A32
void arm_MUL(Translator& t, u32 s, u32 d, u32 m, u32 n);
void arm_MLA(Translator& t, u32 s, u32 d, u32 a, u32 m, u32 n);
void arm_MLS(Translator& t, u32 d, u32 a, u32 m, u32 n);
void arm_UMAAL(Translator& t, u32 d_hi, u32 d_lo, u32 m, u32 n);
void arm_UMULL(Translator& t, u32 s, u32 d_hi, u32 d_lo, u32 m, u32 n);
void arm_UMLAL(Translator& t, u32 s, u32 d_hi, u32 d_lo, u32 m, u32 n);
void arm_SMULL(Translator& t, u32 s, u32 d_hi, u32 d_lo, u32 m, u32 n);
void arm_SMLAL(Translator& t, u32 s, u32 d_hi, u32 d_lo, u32 m, u32 n);
void arm_SMLAxy(Translator& t, u32 d, u32 a, u32 m, u32 m_high, u32 n_high, u32 n);
void arm_SMLAWy(Translator& t, u32 d, u32 a, u32 m, u32 m_high, u32 n);
void arm_SMULWy(Translator& t, u32 d, u32 m, u32 m_high, u32 n);
void arm_SMLALxy(Translator& t, u32 d_hi, u32 d_lo, u32 m, u32 m_high, u32 n_high, u32 n);
void arm_SMULxy(Translator& t, u32 d, u32 m, u32 m_high, u32 n_high, u32 n);
void arm_SMUAD(Translator& t, u32 d, u32 m, u32 m_swap, u32 n);
void arm_SMLAD(Translator& t, u32 d, u32 a, u32 m, u32 m_swap, u32 n);
void arm_SMUSD(Translator& t, u32 d, u32 m, u32 m_swap, u32 n);
void arm_SMLSD(Translator& t, u32 d, u32 a, u32 m, u32 m_swap, u32 n);
void arm_SMLALD(Translator& t, u32 d_hi, u32 d_lo, u32 m, u32 m_swap, u32 n);
void arm_SMLSLD(Translator& t, u32 d_hi, u32 d_lo, u32 m, u32 m_swap, u32 n);
void arm_SMMUL(Translator& t, u32 d, u32 m, u32 round, u32 n);
void arm_SMMLA(Translator& t, u32 d, u32 a, u32 m, u32 round, u32 n);
void arm_SMMLS(Translator& t, u32 d, u32 a, u32 m, u32 round, u32 n);
void arm_SDIV(Translator& t, u32 d, u32 m, u32 n);
void arm_UDIV(Translator& t, u32 d, u32 m, u32 n);

// T16
void thumb16_MUL(Translator& t, u32 n, u32 dm);

// T32
void thumb32_MUL(Translator& t, u32 n, u32 d, u32 m);
void thumb32_MLA(Translator& t, u32 n, u32 a, u32 d, u32 m);
void thumb32_MLS(Translator& t, u32 n, u32 a, u32 d, u32 m);
void thumb32_UMAAL(Translator& t, u32 n, u32 d_lo, u32 d_hi, u32 m);
void thumb32_UMULL(Translator& t, u32 n, u32 d_lo, u32 d_hi, u32 m);
void thumb32_UMLAL(Translator& t, u32 n, u32 d_lo, u32 d_hi, u32 m);
void thumb32_SMULL(Translator& t, u32 n, u32 d_lo, u32 d_hi, u32 m);
void thumb32_SMLAL(Translator& t, u32 n, u32 d_lo, u32 d_hi, u32 m);
void thumb32_SMLAxy(Translator& t, u32 n, u32 a, u32 d, u32 n_high, u32 m_high, u32 m);
void thumb32_SMLAWy(Translator& t, u32 n, u32 a, u32 d, u32 m_high, u32 m);
void thumb32_SMULWy(Translator& t, u32 n, u32 d, u32 m_high, u32 m);
void thumb32_SMLALxy(Translator& t, u32 n, u32 d_lo, u32 d_hi, u32 n_high, u32 m_high, u32 m);
void thumb32_SMULxy(Translator& t, u32 n, u32 d, u32 n_high, u32 m_high, u32 m);
void thumb32_SMUAD(Translator& t, u32 n, u32 d, u32 m_swap, u32 m);
void thumb32_SMLAD(Translator& t, u32 n, u32 a, u32 d, u32 m_swap, u32 m);
void thumb32_SMUSD(Translator& t, u32 n, u32 d, u32 m_swap, u32 m);
void thumb32_SMLSD(Translator& t, u32 n, u32 a, u32 d, u32 m_swap, u32 m);
void thumb32_SMLALD(Translator& t, u32 n, u32 d_lo, u32 d_hi, u32 m_swap, u32 m);
void thumb32_SMLSLD(Translator& t, u32 n, u32 d_lo, u32 d_hi, u32 m_swap, u32 m);
void thumb32_SMMUL(Translator& t, u32 n, u32 d, u32 round, u32 m);
void thumb32_SMMLA(Translator& t, u32 n, u32 a, u32 d, u32 round, u32 m);
void thumb32_SMMLS(Translator& t, u32 n, u32 a, u32 d, u32 round, u32 m);
void thumb32_SDIV(Translator& t, u32 n, u32 d, u32 m);
void thumb32_UDIV(Translator& t, u32 n, u32 d, u32 m);

}  // namespace hypsim
