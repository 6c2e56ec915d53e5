// SPDX-License-Identifier: Apache-2.0
// The sizes of the caches: what CCSIDR tells, whether or not a run models them.
#pragma once

#include "sim/base/types.h"

namespace hypsim {

/// Lines have 64 bytes.
struct CacheShape {
  static constexpr u32 kMostSets = 1u << 15;  ///< that CCSIDR has a number for. ARM DDI 0406C B4.1.19

  u32 bytes = 0, ways = 1;
  u32 sets() const { return bytes / (ways * 64); }
};

/// The defaults are a Cortex-A15's.
struct CacheShapes {
  CacheShape l1i{32 << 10, 2}, l1d{32 << 10, 2}, l2{1 << 20, 16};
};

}  // namespace hypsim
