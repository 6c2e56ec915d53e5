// SPDX-License-Identifier: Apache-2.0
// Random floating-point operands that meet in the interesting places.
#pragma once

#include <random>

#include "sim/cpu/fp/fp.h"

namespace hypsim::test {

/// Patterns with specials, denormals, limits, few or many fraction bits, and exponents near each other.
template <class Bits>
class Operands {
 public:
  explicit Operands(u64 seed) : random_(seed) {}

  Bits next() {
    constexpr unsigned kFraction = fp::Format<Bits>::kFractionBits;
    constexpr u64 kMaxExponent = (u64{1} << fp::Format<Bits>::kExponentBits) - 1;
    u64 exponent = random_() & kMaxExponent;
    switch (random_() % 8) {
      case 0: exponent = random_() % 3; break;
      case 1: exponent = kMaxExponent - random_() % 3; break;
      case 2:
      case 3:
      case 4: exponent = kMaxExponent / 2 + random_() % 9 - 4; break;
      case 5: exponent = kMaxExponent / 4 + random_() % kFraction; break;  // products near underflow
      default: break;
    }
    u64 fraction = random_() & ((u64{1} << kFraction) - 1);
    switch (random_() % 8) {
      case 0: fraction = 0; break;
      case 1: fraction = u64{1} << random_() % kFraction; break;
      case 2: fraction = ((u64{1} << kFraction) - 1) << random_() % kFraction; break;
      case 3: fraction &= 7; break;
      default: break;
    }
    fraction &= (u64{1} << kFraction) - 1;
    const u64 sign = random_() & 1;
    return static_cast<Bits>(sign << (fp::kWidth<Bits> - 1) | exponent << kFraction | fraction);
  }

  u64 raw() { return random_(); }

 private:
  std::mt19937_64 random_;
};

}  // namespace hypsim::test
