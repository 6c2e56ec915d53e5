// SPDX-License-Identifier: Apache-2.0
// A small random number generator whose sequence is fixed for ever: seeds must replay on every host.
#pragma once

#include <array>
#include <cstddef>

#include "sim/base/bits.h"

namespace hypsim::fuzz {

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
class Random {
 public:
  explicit Random(u64 seed) : state_(seed) {}
  /// The stream of one test: independent of how tests are batched.
  Random(u64 seed, u64 stream) : state_(seed * 0xD1342543DE82EF95u ^ (stream + 1) * 0x9E3779B97F4A7C15u) { next(); }

  u64 next() {
    u64 z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  u32 word() { return static_cast<u32>(next() >> 32); }
  /// A number below `n`.
  u32 below(u32 n) { return static_cast<u32>((u64{word()} * n) >> 32); }
  /// True in `percent` of 100 cases.
  bool chance(u32 percent) { return below(100) < percent; }
  template <class T, std::size_t N>
  const T& pick(const std::array<T, N>& from) {
    return from[below(N)];
  }
  template <class T, std::size_t N>
  const T& pick(const T (&from)[N]) {
    return from[below(N)];
  }

 private:
  u64 state_;
};

}  // namespace hypsim::fuzz
