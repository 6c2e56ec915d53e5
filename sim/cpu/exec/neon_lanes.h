// SPDX-License-Identifier: Apache-2.0
// One or two doublewords as lanes of a size: what the helpers of Advanced SIMD share.
#pragma once

#include "sim/cpu/exec/fp_registers.h"
#include "sim/cpu/ir/neon_operands.h"

namespace hypsim {

__extension__ using i128 = __int128;

/// Lanes of 1 << size bytes, lane 0 in the lowest bits.
struct Lanes {
  u64 word[2] = {0, 0};

  u64 get(unsigned size, unsigned i) const {
    const unsigned lsb = (i << size) * 8;
    return word[lsb / 64] >> (lsb % 64) & mask64((8u << size) - 1, 0);
  }
  void set(unsigned size, unsigned i, u64 value) {
    const unsigned lsb = (i << size) * 8;
    word[lsb / 64] = with_bits64(word[lsb / 64], lsb % 64 + (8u << size) - 1, lsb % 64, value);
  }
};

inline unsigned lane_count(unsigned size, bool quad) { return (quad ? 16u : 8u) >> size; }
inline unsigned lane_bits(unsigned size) { return 8u << size; }

inline Lanes read_lanes(const CpuState& s, unsigned d, bool quad) { return {{s.d[d], quad ? s.d[(d + 1) % 32] : 0}}; }
inline void write_lanes(CpuState& s, unsigned d, bool quad, const Lanes& v) {
  s.d[d] = v.word[0];
  if (quad) s.d[(d + 1) % 32] = v.word[1];
}

/// The number in a lane.
inline i128 number(u64 lane, unsigned size, bool is_unsigned) {
  if (is_unsigned) return i128{lane};
  const unsigned unused = 64 - lane_bits(size);
  return i128{static_cast<i64>(lane << unused) >> unused};
}

/// SatQ: sets QC when the value does not fit.
inline u64 saturate(CpuState& s, i128 value, unsigned size, bool is_unsigned) {
  const i128 largest = is_unsigned ? i128{mask64(lane_bits(size) - 1, 0)} : i128{mask64(lane_bits(size) - 2, 0)};
  const i128 lowest = is_unsigned ? i128{0} : -largest - 1;
  if (value >= lowest && value <= largest) return static_cast<u64>(value);
  s.sys.fpscr |= fp::kQc;
  return static_cast<u64>(value < lowest ? lowest : largest);
}

}  // namespace hypsim
