// SPDX-License-Identifier: Apache-2.0
// Random instructions for the robustness test: any word, but often of the classes that reach deep into the core.
#pragma once

#include <array>
#include <random>

#include "sim/base/bits.h"

namespace hypsim::test {

/// A class of encodings: the bits under `fixed` are those of `value`, the others are anything.
struct EncodingClass {
  u32 value, fixed;
};

inline constexpr std::array kA32Classes = {
    EncodingClass{0xEE000F10, 0xFF000F10},  // MCR, MRC CP15
    EncodingClass{0xEE000E10, 0xFF000F10},  // MCR, MRC CP14
    EncodingClass{0xEC400E00, 0xFFE00E00},  // MCRR, MRRC CP14, CP15
    EncodingClass{0xEC000E00, 0xFE000E00},  // LDC, STC CP14, CP15
    EncodingClass{0xE3200000, 0xFFB0F000},  // MSR immediate, hints
    EncodingClass{0xE1200000, 0xFFB0FFF0},  // MSR register
    EncodingClass{0xE1000200, 0xFF900EFF},  // MRS, MSR banked, by SYSm and R
    EncodingClass{0xF1000000, 0xFFF1FE20},  // CPS
    EncodingClass{0xF1010000, 0xFFFFFDFF},  // SETEND
    EncodingClass{0xF84D0500, 0xFE5FFFE0},  // SRS
    EncodingClass{0xF8100A00, 0xFE50FFFF},  // RFE
    EncodingClass{0xE160006E, 0xFFFFFFFF},  // ERET
    EncodingClass{0xE1400070, 0xFFF000F0},  // HVC
    EncodingClass{0xE1600070, 0xFFFFFFF0},  // SMC
    EncodingClass{0xE1200070, 0xFFF000F0},  // BKPT
    EncodingClass{0xEF000000, 0xFF000000},  // SVC
    EncodingClass{0xE320F000, 0xFFFFFFF8},  // NOP, YIELD, WFE, WFI, SEV
    EncodingClass{0xE320F0F0, 0xFFFFFFF0},  // DBG
    EncodingClass{0xF57FF000, 0xFFFFFF00},  // CLREX and barriers
    EncodingClass{0xE8000000, 0xFE000000},  // LDM, STM in every form
    EncodingClass{0xE25EF000, 0xFFFFF000},  // SUBS PC, LR, #
    EncodingClass{0xE1000090, 0xFF0000F0},  // SWP, LDREX, STREX families
    EncodingClass{0xE4000000, 0xFC000000},  // loads and stores, media
    EncodingClass{0xE0000090, 0xFE000090},  // multiplies, extra loads and stores
    EncodingClass{0xE12FFF00, 0xFFFFFFC0},  // BX, BLX, BXJ
    EncodingClass{0xEA000000, 0xFEFFFF00},  // B, BL, close
    EncodingClass{0xFA000000, 0xFEFFFF00},  // BLX, close
    EncodingClass{0xEE000A10, 0xFF000E10},  // VFP moves, VMRS, VMSR
    EncodingClass{0xEC000A00, 0xFE000E00},  // VLDM, VSTM, VLDR, VSTR
    EncodingClass{0xEE000A00, 0xFF000E10},  // VFP data processing
    EncodingClass{0xF4000000, 0xFF100000},  // element and structure loads and stores
    EncodingClass{0xF4500000, 0xFC700000},  // PLD, PLI
    EncodingClass{0xF2000000, 0xFE000000},  // Advanced SIMD data processing
};

/// Both halfwords, the first one in the upper half. The coprocessor classes of A32 with condition AL serve as well.
inline constexpr std::array kT32Classes = {
    EncodingClass{0xF3808000, 0xFFC0D000},  // MSR, banked MSR, CPS, hints, barriers, BXJ, SUBS PC, LR
    EncodingClass{0xF3C08000, 0xFFC0D000},  // MRS, banked MRS and the like
    EncodingClass{0xF7E08000, 0xFFE0F000},  // HVC, SMC
    EncodingClass{0xE8000000, 0xFE400000},  // LDM, STM, SRS, RFE
    EncodingClass{0xE8400000, 0xFE400000},  // LDRD, STRD, exclusives, table branches
    EncodingClass{0xF8000000, 0xFE000000},  // loads, stores, preloads, structure loads
    EncodingClass{0xF0008000, 0xF8008000},  // branches and control
    EncodingClass{0xEE000F10, 0xFF000F10}, EncodingClass{0xEC000E00, 0xFE000E00},
    EncodingClass{0xEE000A10, 0xFF000E10}, EncodingClass{0xEC000A00, 0xFE000E00},
};

/// 16-bit classes.
inline constexpr std::array kT16Classes = {
    EncodingClass{0xBF00, 0xFF00},  // IT, hints
    EncodingClass{0xB660, 0xFFE8},  // CPS
    EncodingClass{0xB650, 0xFFF7},  // SETEND
    EncodingClass{0xBE00, 0xFF00},  // BKPT
    EncodingClass{0xDF00, 0xFF00},  // SVC
    EncodingClass{0x4700, 0xFF00},  // BX, BLX
    EncodingClass{0xB400, 0xF600},  // PUSH, POP
    EncodingClass{0xC000, 0xF000},  // LDM, STM
    EncodingClass{0x4400, 0xFC00},  // high registers
    EncodingClass{0xB100, 0xF500},  // CBZ, CBNZ
};

using Rng = std::mt19937_64;

inline u32 below(Rng& rng, u32 n) { return static_cast<u32>(rng() % n); }
inline bool chance(Rng& rng, u32 percent) { return below(rng, 100) < percent; }
inline u32 any32(Rng& rng) { return static_cast<u32>(rng()); }

template <std::size_t n>
u32 of_class(Rng& rng, const std::array<EncodingClass, n>& classes) {
  const EncodingClass& c = classes[below(rng, n)];
  return c.value | (any32(rng) & ~c.fixed);
}

inline u32 random_a32(Rng& rng) {
  if (chance(rng, 15)) return any32(rng);
  if (chance(rng, 25)) return 0xE0000000 | (any32(rng) & 0x0FFFFFFF);
  u32 word = of_class(rng, kA32Classes);
  if (chance(rng, 10) && word < 0xF0000000) word = (word & 0x0FFFFFFF) | below(rng, 15) << 28;
  return word;
}

/// Four bytes of Thumb code as they lie in memory: two halfwords, the earlier one in the lower half.
inline u32 random_thumb(Rng& rng) {
  if (chance(rng, 15)) return any32(rng);
  if (chance(rng, 50)) {
    const u32 word = of_class(rng, kT32Classes);
    return word << 16 | word >> 16;
  }
  const auto halfword = [&] { return chance(rng, 40) ? any32(rng) & 0xFFFF : of_class(rng, kT16Classes) & 0xFFFF; };
  return halfword() | halfword() << 16;
}

}  // namespace hypsim::test
