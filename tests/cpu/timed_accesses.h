// SPDX-License-Identifier: Apache-2.0
// A core's timing model and clock, driven access by access.
#pragma once

#include "tests/support/timed_machine.h"

namespace hypsim::test {

struct TimedAccesses {
  TimingModel model;
  Clock clock;

  TimedAccesses(const TimingConfig& config, SharedMemoryTiming& shared) : model(config, shared) {}

  /// Returns what it takes beyond a hit, which a block's schedule holds.
  u64 load(u64 pa) {
    const u64 beyond = spent([&] { model.load(clock, PhysAddr(pa), MemClass::Cacheable); });
    clock.charge(4, Resource::Base);
    return beyond;
  }
  u64 store(u64 pa) {
    return spent([&] { model.store(clock, PhysAddr(pa), MemClass::Cacheable); });
  }
  /// Waits until nothing is under way and the store buffer is empty.
  u64 dsb() {
    return spent([&] { model.dsb(clock); });
  }

 private:
  template <class F>
  u64 spent(F&& event) {
    const u64 before = clock.now.value;
    event();
    return clock.now.value - before;
  }
};

}  // namespace hypsim::test
