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

// A32 and T32: parallel addition and subtraction, extension
#define HYPSIM_PARALLEL(mnemonic, kind, operation)         \
  void arm_##mnemonic(Translator& t, u32 n, u32 d, u32 m); \
  void thumb32_##mnemonic(Translator& t, u32 n, u32 d, u32 m);
#define HYPSIM_EXTEND(mnemonic, operation)                      \
  void arm_##mnemonic(Translator& t, u32 d, u32 rotate, u32 m); \
  void thumb32_##mnemonic(Translator& t, u32 d, u32 rotate, u32 m);
#define HYPSIM_EXTEND_ADD(mnemonic, operation)                         \
  void arm_##mnemonic(Translator& t, u32 n, u32 d, u32 rotate, u32 m); \
  void thumb32_##mnemonic(Translator& t, u32 n, u32 d, u32 rotate, u32 m);
#include "sim/cpu/translate/media.inc"

// A32, packing, saturation, selection, sum of absolute differences
void arm_PKH(Translator& t, u32 n, u32 d, u32 imm5, u32 tb, u32 m);
void arm_SEL(Translator& t, u32 n, u32 d, u32 m);
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
void thumb32_PKH(Translator& t, u32 n, u32 imm5, u32 d, u32 tb, u32 m);
void thumb32_SEL(Translator& t, u32 n, u32 d, u32 m);
void thumb32_SSAT(Translator& t, u32 asr, u32 n, u32 imm5, u32 d, u32 sat);
void thumb32_SSAT16(Translator& t, u32 n, u32 d, u32 sat);
void thumb32_USAT(Translator& t, u32 asr, u32 n, u32 imm5, u32 d, u32 sat);
void thumb32_USAT16(Translator& t, u32 n, u32 d, u32 sat);
void thumb32_USAD8(Translator& t, u32 n, u32 d, u32 m);
void thumb32_USADA8(Translator& t, u32 n, u32 a, u32 d, u32 m);

}  // namespace hypsim
