// SPDX-License-Identifier: Apache-2.0
// Which FP registers a helper of VFP or Advanced SIMD reads and writes, as bits of InsnInfo::reads and writes.
#pragma once

#include "sim/base/types.h"
#include "sim/cpu/ir/micro_op.h"

namespace hypsim::ir {

/// Bits of InsnInfo::reads and writes behind the slots: S0..S31 have one each, D16..D31 one for each pair, and the
/// condition flags of the FPSCR one.
constexpr unsigned kFpWordBit = 22, kFpHighBit = 54, kFpFlagsBit = 62, kDependenceBits = 63;

/// `count` words of the register file from word `first` on; Dn is words 2n and 2n+1.
constexpr u64 fp_words(u32 first, u32 count) {
  u64 bits = 0;
  for (u32 w = first; w < first + count && w < 64; ++w)
    bits |= u64{1} << (w < 32 ? kFpWordBit + w : kFpHighBit + (w - 32) / 4);
  return bits;
}

struct FpDependence {
  u64 reads = 0, writes = 0;
};

/// Of a Call or CallExit micro-op; nothing for helpers that touch no FP register. Part of a register that is written
/// counts as read too.
FpDependence fp_dependence(const MicroOp& op);

}  // namespace hypsim::ir
