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

bool SharedMemoryTiming::drop(PhysAddr pa, bool save) {
  bool modified = false;
  for (TimingModel* core : cores_) modified = core->dropped(pa, save) || modified;
  return modified;
}

bool SharedMemoryTiming::clean(PhysAddr pa) {
  bool modified = false;
  for (TimingModel* core : cores_) modified = core->cleaned(pa) || modified;
  return modified;
}

}  // namespace hypsim
