// SPDX-License-Identifier: Apache-2.0
// What the translate functions of Advanced SIMD share.
#pragma once

#include "sim/cpu/ir/neon_operands.h"
#include "sim/cpu/translate/fp_check.h"
#include "sim/cpu/translate/neon.h"

namespace hypsim {

constexpr u8 d_register(u32 extra, u32 v) { return static_cast<u8>(extra << 4 | v); }

inline void simd_undefined(Translator& t) { undefined_after_check(t, hyp::FpClass::AdvancedSimd); }

/// The size field where it is not a parameter: bits 21:20 of A32 and T32 alike.
inline u32 size_field(const Translator& t) { return bits(t.raw(), 21, 20); }

/// The check, the helper on D registers, the class.
inline void emit_simd(Translator& t, Helper helper, u32 d, u32 a, u32 b, const ir::NeonLanes& how,
                      ir::TimingClass timing) {
  check_simd(t);
  t.call(helper, static_cast<u8>(d), static_cast<u8>(a), static_cast<u8>(b), 0, how.pack());
  t.timing(timing);
}

}  // namespace hypsim
