// SPDX-License-Identifier: Apache-2.0
// How much of the host's memory the code of a guest may take, translated and generated. A guest chooses how much code
// there is; what exceeds these bounds is forgotten, and made again when it is needed: docs/performance.md.
//
// What must stay true: only speed depends on it. No register, cycle or event does.
#pragma once

#include "sim/base/types.h"

namespace hypsim {

/// The bounds of one core, in bytes.
struct CodeMemory {
  static constexpr u64 kDefault = u64{160} << 20;                    ///< of all cores
  static constexpr u64 kLeast = u64{1} << 20, kMost = u64{4} << 30;  ///< of all cores

  u64 translations;  ///< blocks with their micro-ops, and the indexes that find them
  u64 host_code;     ///< generated code, and the links between its blocks
  u64 schedules;     ///< of timed mode: block schedules, and the states of the pipeline between blocks

  /// The share of one of `cores` in `total`; 0: what HYPSIM_CODE_CACHE says, or kDefault. Throws InputError if that is
  /// no such size.
  static CodeMemory of_one(u64 total, u32 cores);
};

}  // namespace hypsim
