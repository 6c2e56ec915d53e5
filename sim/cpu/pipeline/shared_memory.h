// SPDX-License-Identifier: Apache-2.0
// What the cores of a cluster share in time: the L2 cache.
#pragma once

#include "sim/cpu/pipeline/cache.h"
#include "sim/cpu/pipeline/timing_config.h"

namespace hypsim {

struct SharedMemoryTiming {
  explicit SharedMemoryTiming(const TimingConfig& config) : l2(config.l2_bytes, config.l2_ways, Replacement::Random) {}
  CacheTags l2;
};

}  // namespace hypsim
