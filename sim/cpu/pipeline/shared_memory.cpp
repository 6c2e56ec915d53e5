// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/pipeline/shared_memory.h"

#include <algorithm>

#include "sim/cpu/pipeline/timing_model.h"

namespace hypsim {

SharedMemoryTiming::Elsewhere SharedMemoryTiming::snoop(const TimingModel& core, PhysAddr pa, bool write) {
  Elsewhere found = Elsewhere::Nothing;
  for (TimingModel* other : cores_)
    if (other != &core) found = std::max(found, other->snooped(pa, write));
  return found;
}

}  // namespace hypsim
