// SPDX-License-Identifier: Apache-2.0
#include "sim/mpcore/cycle_clock.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/error.h"

namespace hypsim {

namespace {

u64 checked(u64 hz) {
  const double limit = 1.0 / sc_core::sc_get_time_resolution().to_seconds();
  if (hz == 0 || static_cast<double>(hz) > limit)
    throw InputError(fmt::format("clock-hz is {}: give the core clock in Hz, for example 1700000000", hz));
  return hz;
}

}  // namespace

CycleClock::CycleClock(u64 hz)
    : hz_(checked(hz)),
      cycle_time_(hz),
      last_(cycle_time_.to_cycles(sc_core::sc_max_time())),
      end_(last_ - std::min(last_, Cycles(hz))) {}

Cycles CycleClock::cycle_at(const sc_core::sc_time& t) const {
  if (t == sc_core::sc_max_time()) return kNever;
  const Cycles c = cycle_time_.to_cycles(t);
  return cycle_time_.to_time(c) >= t ? c : c + Cycles(1);
}

}  // namespace hypsim
