// SPDX-License-Identifier: Apache-2.0
// Exact conversion between two clocks that started together. All clocks of the machine derive from core cycles by exact
// rationals, so nothing drifts however long a run is.
#pragma once

#include <numeric>

#include "sim/base/types.h"

namespace hypsim {

/// "Never" as a time: no event is due.
constexpr Cycles kNever{~u64{0}};

/// A clock of `hz` seen from the core clock of `core_hz`. Tick n begins at the first core cycle c with c/core_hz >=
/// n/hz.
class DerivedClock {
 public:
  /// Both frequencies in Hz, both non-zero.
  constexpr DerivedClock(u64 hz, u64 core_hz)
      : num_(hz / std::gcd(hz, core_hz)), den_(core_hz / std::gcd(hz, core_hz)) {}

  /// The number of whole ticks that have passed at core cycle `now`, modulo 2^64.
  constexpr u64 ticks(Cycles now) const {
    return static_cast<u64>(static_cast<unsigned __int128>(now.value) * num_ / den_);
  }
  /// The first core cycle at which ticks() has moved on by `delta` (1 or more) from its value at `now`; kNever if that
  /// is beyond the last representable cycle.
  constexpr Cycles after(Cycles now, u64 delta) const {
    const unsigned __int128 tick = static_cast<unsigned __int128>(now.value) * num_ / den_ + delta;
    const unsigned __int128 limit = static_cast<unsigned __int128>(kNever.value) * num_ / den_;
    if (tick > limit) return kNever;
    return Cycles(static_cast<u64>((tick * den_ + num_ - 1) / num_));
  }

 private:
  u64 num_;
  u64 den_;
};

}  // namespace hypsim
