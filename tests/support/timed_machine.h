// SPDX-License-Identifier: Apache-2.0
// A flat machine whose core keeps time by platforms/cortex-a15.json, and an observer that checks its cycle stack.
// The program that includes this defines HYPSIM_TIMING_FILE.
#pragma once

#include <gtest/gtest.h>

#include <numeric>

#include "sim/cpu/pipeline/shared_memory.h"
#include "sim/cpu/pipeline/timing_config.h"
#include "tests/support/flat_machine.h"

namespace hypsim::test {

inline const TimingConfig& a15_timing() {
  static const TimingConfig config = load_timing_config(HYPSIM_TIMING_FILE, 1700);
  return config;
}

/// The same with a DRAM that always takes as long: no rows, no turns on its bus.
inline TimingConfig flat_dram(TimingConfig config = a15_timing()) {
  config.dram_activate = config.dram_precharge = config.dram_row_cycle = config.dram_line = 0;
  return config;
}

inline u64 total_of(const CycleStack& stack) { return std::accumulate(stack.begin(), stack.end(), u64{0}); }

/// Fails the test if at any block, exception or return the stack does not add up to the clock.
class StackChecker final : public Observer {
 public:
  void exception(const Moment& m, const ExceptionEvent&) override { check(m); }
  void exception_return(const Moment& m, const ReturnEvent&) override { check(m); }
  void block(const Moment& m, const BlockEvent&) override { check(m); }
  bool wants_blocks() const override { return true; }
  u64 checks() const { return checks_; }

 private:
  void check(const Moment& m) {
    ++checks_;
    ASSERT_EQ(total_of(*m.stack), m.now.value);
    ASSERT_GE(m.now.value, last_);
    last_ = m.now.value;
  }
  u64 checks_ = 0, last_ = 0;
};

struct TimedMachine {
  explicit TimedMachine(u64 ram_bytes = 1 << 20, const TimingConfig& timing = a15_timing())
      : config(timing), shared(config), machine(ram_bytes, core_config(config, shared)) {}

  static CoreConfig core_config(const TimingConfig& timing, SharedMemoryTiming& shared) {
    CoreConfig c;
    c.timing = &timing;
    c.shared_memory = &shared;
    return c;
  }

  const TimingConfig config;
  SharedMemoryTiming shared;
  FlatMachine machine;
};

}  // namespace hypsim::test
