// SPDX-License-Identifier: Apache-2.0
// The access check that every VFP and Advanced SIMD instruction starts with. ARM DDI 0406C B1.11.3
#pragma once

#include "sim/cpu/ir/helper_operands.h"
#include "sim/cpu/translate/translator.h"

namespace hypsim {

/// Emits CheckVFPEnabled and CheckAdvSIMDEnabled; decide_fp() answers them at run time.
inline void check_fp(Translator& t, const ir::FpOperand& operand) {
  t.call_exit(Helper::fp_check, 0, 0, 0, 0, operand.pack());
}

inline void check_simd(Translator& t) { check_fp(t, {hyp::FpClass::AdvancedSimd}); }

/// Unallocated and UNDEFINED encodings of CP10, CP11 and Advanced SIMD: what denies or traps access to them comes
/// first.
inline void undefined_after_check(Translator& t, hyp::FpClass cls) {
  check_fp(t, {cls});
  t.undefined();
}

/// Number of an S or D register from the two parts of its field.
constexpr u8 fp_register(u32 dbl, u32 extra, u32 v) {
  return static_cast<u8>(dbl != 0 ? extra << 4 | v : v << 1 | extra);
}

}  // namespace hypsim
