// SPDX-License-Identifier: Apache-2.0
// The FP register file as numbers, and the cumulative flags: what the helpers of VFP and Advanced SIMD share.
#pragma once

#include "sim/cpu/fp/fp.h"
#include "sim/cpu/state/cpu_state.h"

namespace hypsim {

/// S registers for u32, D registers for u64.
template <class Bits>
Bits read_fp(const CpuState& s, unsigned n) {
  if constexpr (sizeof(Bits) == 8) {
    return s.d[n];
  } else {
    return static_cast<u32>(s.d[n / 2] >> (n % 2 * 32));
  }
}

template <class Bits>
void write_fp(CpuState& s, unsigned n, Bits value) {
  if constexpr (sizeof(Bits) == 8) {
    s.d[n] = value;
  } else {
    const unsigned lsb = n % 2 * 32;
    s.d[n / 2] = with_bits64(s.d[n / 2], lsb + 31, lsb, value);
  }
}

/// What an operation raised is added to the FPSCR. Trapped exceptions do not exist on the A15.
inline void accumulate(CpuState& s, const fp::Environment& env) { s.sys.fpscr |= env.flags; }

}  // namespace hypsim
