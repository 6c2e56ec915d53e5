// SPDX-License-Identifier: Apache-2.0
// Saturating, parallel, packing and extension instructions. ARM DDI 0406C A4.4.4 to A4.4.7
#pragma once

#include "sim/cpu/translate/translator.h"

namespace hypsim {

/// How the lanes of a parallel addition or subtraction are computed; the encodings' op1. ARM DDI 0406C A5.4.1
enum class ParallelKind : u8 { Signed, Saturating, SignedHalving, Unsigned, UnsignedSaturating, UnsignedHalving };
/// What is computed: ASX subtracts the low and adds the high halfwords, exchanged; SAX the other way round.
enum class ParallelOp : u8 { Add16, Asx, Sax, Sub16, Add8, Sub8 };

// A32, saturating addition and subtraction
void arm_QADD(Translator& t, u32 n, u32 d, u32 m);
void arm_QSUB(Translator& t, u32 n, u32 d, u32 m);
void arm_QDADD(Translator& t, u32 n, u32 d, u32 m);
void arm_QDSUB(Translator& t, u32 n, u32 d, u32 m);

// A32, parallel addition and subtraction
void arm_SADD16(Translator& t, u32 n, u32 d, u32 m);
void arm_SASX(Translator& t, u32 n, u32 d, u32 m);
void arm_SSAX(Translator& t, u32 n, u32 d, u32 m);
void arm_SSUB16(Translator& t, u32 n, u32 d, u32 m);
void arm_SADD8(Translator& t, u32 n, u32 d, u32 m);
void arm_SSUB8(Translator& t, u32 n, u32 d, u32 m);
void arm_QADD16(Translator& t, u32 n, u32 d, u32 m);
void arm_QASX(Translator& t, u32 n, u32 d, u32 m);
void arm_QSAX(Translator& t, u32 n, u32 d, u32 m);
void arm_QSUB16(Translator& t, u32 n, u32 d, u32 m);
void arm_QADD8(Translator& t, u32 n, u32 d, u32 m);
void arm_QSUB8(Translator& t, u32 n, u32 d, u32 m);
void arm_SHADD16(Translator& t, u32 n, u32 d, u32 m);
void arm_SHASX(Translator& t, u32 n, u32 d, u32 m);
void arm_SHSAX(Translator& t, u32 n, u32 d, u32 m);
void arm_SHSUB16(Translator& t, u32 n, u32 d, u32 m);
void arm_SHADD8(Translator& t, u32 n, u32 d, u32 m);
void arm_SHSUB8(Translator& t, u32 n, u32 d, u32 m);
void arm_UADD16(Translator& t, u32 n, u32 d, u32 m);
void arm_UASX(Translator& t, u32 n, u32 d, u32 m);
void arm_USAX(Translator& t, u32 n, u32 d, u32 m);
void arm_USUB16(Translator& t, u32 n, u32 d, u32 m);
void arm_UADD8(Translator& t, u32 n, u32 d, u32 m);
void arm_USUB8(Translator& t, u32 n, u32 d, u32 m);
void arm_UQADD16(Translator& t, u32 n, u32 d, u32 m);
void arm_UQASX(Translator& t, u32 n, u32 d, u32 m);
void arm_UQSAX(Translator& t, u32 n, u32 d, u32 m);
void arm_UQSUB16(Translator& t, u32 n, u32 d, u32 m);
void arm_UQADD8(Translator& t, u32 n, u32 d, u32 m);
void arm_UQSUB8(Translator& t, u32 n, u32 d, u32 m);
void arm_UHADD16(Translator& t, u32 n, u32 d, u32 m);
void arm_UHASX(Translator& t, u32 n, u32 d, u32 m);
void arm_UHSAX(Translator& t, u32 n, u32 d, u32 m);
void arm_UHSUB16(Translator& t, u32 n, u32 d, u32 m);
void arm_UHADD8(Translator& t, u32 n, u32 d, u32 m);
void arm_UHSUB8(Translator& t, u32 n, u32 d, u32 m);

// A32, packing, saturation, extension, selection, sum of absolute differences
void arm_PKH(Translator& t, u32 n, u32 d, u32 imm5, u32 tb, u32 m);
void arm_SEL(Translator& t, u32 n, u32 d, u32 m);
void arm_SXTAB16(Translator& t, u32 n, u32 d, u32 rotate, u32 m);
void arm_SXTB16(Translator& t, u32 d, u32 rotate, u32 m);
void arm_SXTAB(Translator& t, u32 n, u32 d, u32 rotate, u32 m);
void arm_SXTB(Translator& t, u32 d, u32 rotate, u32 m);
void arm_SXTAH(Translator& t, u32 n, u32 d, u32 rotate, u32 m);
void arm_SXTH(Translator& t, u32 d, u32 rotate, u32 m);
void arm_UXTAB16(Translator& t, u32 n, u32 d, u32 rotate, u32 m);
void arm_UXTB16(Translator& t, u32 d, u32 rotate, u32 m);
void arm_UXTAB(Translator& t, u32 n, u32 d, u32 rotate, u32 m);
void arm_UXTB(Translator& t, u32 d, u32 rotate, u32 m);
void arm_UXTAH(Translator& t, u32 n, u32 d, u32 rotate, u32 m);
void arm_UXTH(Translator& t, u32 d, u32 rotate, u32 m);
void arm_SSAT(Translator& t, u32 sat, u32 d, u32 imm5, u32 asr, u32 n);
void arm_SSAT16(Translator& t, u32 sat, u32 d, u32 n);
void arm_USAT(Translator& t, u32 sat, u32 d, u32 imm5, u32 asr, u32 n);
void arm_USAT16(Translator& t, u32 sat, u32 d, u32 n);
void arm_USAD8(Translator& t, u32 d, u32 m, u32 n);
void arm_USADA8(Translator& t, u32 d, u32 a, u32 m, u32 n);

// T16
void thumb16_SXTH(Translator& t, u32 m, u32 d);
void thumb16_SXTB(Translator& t, u32 m, u32 d);
void thumb16_UXTH(Translator& t, u32 m, u32 d);
void thumb16_UXTB(Translator& t, u32 m, u32 d);

// T32
void thumb32_QADD(Translator& t, u32 n, u32 d, u32 m);
void thumb32_QSUB(Translator& t, u32 n, u32 d, u32 m);
void thumb32_QDADD(Translator& t, u32 n, u32 d, u32 m);
void thumb32_QDSUB(Translator& t, u32 n, u32 d, u32 m);
void thumb32_SADD16(Translator& t, u32 n, u32 d, u32 m);
void thumb32_SASX(Translator& t, u32 n, u32 d, u32 m);
void thumb32_SSAX(Translator& t, u32 n, u32 d, u32 m);
void thumb32_SSUB16(Translator& t, u32 n, u32 d, u32 m);
void thumb32_SADD8(Translator& t, u32 n, u32 d, u32 m);
void thumb32_SSUB8(Translator& t, u32 n, u32 d, u32 m);
void thumb32_QADD16(Translator& t, u32 n, u32 d, u32 m);
void thumb32_QASX(Translator& t, u32 n, u32 d, u32 m);
void thumb32_QSAX(Translator& t, u32 n, u32 d, u32 m);
void thumb32_QSUB16(Translator& t, u32 n, u32 d, u32 m);
void thumb32_QADD8(Translator& t, u32 n, u32 d, u32 m);
void thumb32_QSUB8(Translator& t, u32 n, u32 d, u32 m);
void thumb32_SHADD16(Translator& t, u32 n, u32 d, u32 m);
void thumb32_SHASX(Translator& t, u32 n, u32 d, u32 m);
void thumb32_SHSAX(Translator& t, u32 n, u32 d, u32 m);
void thumb32_SHSUB16(Translator& t, u32 n, u32 d, u32 m);
void thumb32_SHADD8(Translator& t, u32 n, u32 d, u32 m);
void thumb32_SHSUB8(Translator& t, u32 n, u32 d, u32 m);
void thumb32_UADD16(Translator& t, u32 n, u32 d, u32 m);
void thumb32_UASX(Translator& t, u32 n, u32 d, u32 m);
void thumb32_USAX(Translator& t, u32 n, u32 d, u32 m);
void thumb32_USUB16(Translator& t, u32 n, u32 d, u32 m);
void thumb32_UADD8(Translator& t, u32 n, u32 d, u32 m);
void thumb32_USUB8(Translator& t, u32 n, u32 d, u32 m);
void thumb32_UQADD16(Translator& t, u32 n, u32 d, u32 m);
void thumb32_UQASX(Translator& t, u32 n, u32 d, u32 m);
void thumb32_UQSAX(Translator& t, u32 n, u32 d, u32 m);
void thumb32_UQSUB16(Translator& t, u32 n, u32 d, u32 m);
void thumb32_UQADD8(Translator& t, u32 n, u32 d, u32 m);
void thumb32_UQSUB8(Translator& t, u32 n, u32 d, u32 m);
void thumb32_UHADD16(Translator& t, u32 n, u32 d, u32 m);
void thumb32_UHASX(Translator& t, u32 n, u32 d, u32 m);
void thumb32_UHSAX(Translator& t, u32 n, u32 d, u32 m);
void thumb32_UHSUB16(Translator& t, u32 n, u32 d, u32 m);
void thumb32_UHADD8(Translator& t, u32 n, u32 d, u32 m);
void thumb32_UHSUB8(Translator& t, u32 n, u32 d, u32 m);
void thumb32_PKH(Translator& t, u32 n, u32 imm5, u32 d, u32 tb, u32 m);
void thumb32_SEL(Translator& t, u32 n, u32 d, u32 m);
void thumb32_SXTAB16(Translator& t, u32 n, u32 d, u32 rotate, u32 m);
void thumb32_SXTB16(Translator& t, u32 d, u32 rotate, u32 m);
void thumb32_SXTAB(Translator& t, u32 n, u32 d, u32 rotate, u32 m);
void thumb32_SXTB(Translator& t, u32 d, u32 rotate, u32 m);
void thumb32_SXTAH(Translator& t, u32 n, u32 d, u32 rotate, u32 m);
void thumb32_SXTH(Translator& t, u32 d, u32 rotate, u32 m);
void thumb32_UXTAB16(Translator& t, u32 n, u32 d, u32 rotate, u32 m);
void thumb32_UXTB16(Translator& t, u32 d, u32 rotate, u32 m);
void thumb32_UXTAB(Translator& t, u32 n, u32 d, u32 rotate, u32 m);
void thumb32_UXTB(Translator& t, u32 d, u32 rotate, u32 m);
void thumb32_UXTAH(Translator& t, u32 n, u32 d, u32 rotate, u32 m);
void thumb32_UXTH(Translator& t, u32 d, u32 rotate, u32 m);
void thumb32_SSAT(Translator& t, u32 asr, u32 n, u32 imm5, u32 d, u32 sat);
void thumb32_SSAT16(Translator& t, u32 n, u32 d, u32 sat);
void thumb32_USAT(Translator& t, u32 asr, u32 n, u32 imm5, u32 d, u32 sat);
void thumb32_USAT16(Translator& t, u32 n, u32 d, u32 sat);
void thumb32_USAD8(Translator& t, u32 n, u32 d, u32 m);
void thumb32_USADA8(Translator& t, u32 n, u32 a, u32 d, u32 m);

}  // namespace hypsim
