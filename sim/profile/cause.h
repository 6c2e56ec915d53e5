// SPDX-License-Identifier: Apache-2.0
// Why a guest was left: the exception, its HSR.EC and what is below it, as a key that sorts and a label that reads.
#pragma once

#include <string>

#include "sim/base/observer.h"

namespace hypsim::profile {

/// Identifies a cause. Two exits with one key are rows of the same table line.
struct Cause {
  u32 key = 0;
  bool operator==(const Cause&) const = default;
  auto operator<=>(const Cause&) const = default;
};

/// What stands for the causes beyond those that are kept apart.
constexpr Cause kOtherCause{~u32{0}};

Cause cause_of(const ExceptionEvent& event);
/// "HVC #0", "CP15 read c9 0 c13 0", "stage-2 data abort, translation level 3, read", "IRQ".
std::string label(Cause cause);

}  // namespace hypsim::profile
