// SPDX-License-Identifier: Apache-2.0
// A core on flat RAM for the benchmarks, functional or timed, with or without its MMU. The program that includes this
// defines HYPSIM_TIMING_FILE.
#pragma once

#include <benchmark/benchmark.h>

#include "sim/cpu/pipeline/shared_memory.h"
#include "sim/cpu/pipeline/timing_config.h"
#include "tests/support/flat_machine.h"

namespace hypsim::bench {

using test::FlatMachine;

inline const TimingConfig& a15_timing() {
  static const TimingConfig config = load_timing_config(HYPSIM_TIMING_FILE, 1700);
  return config;
}

class Machine {
 public:
  static constexpr u32 kRam = FlatMachine::kRam;
  static constexpr u64 kRamBytes = 4 << 20;

  explicit Machine(bool timed)
      : shared_(a15_timing()), flat_(kRamBytes, timed ? timed_config(shared_) : CoreConfig{}) {}

  FlatMachine& flat() { return flat_; }
  u32& reg(unsigned n) { return flat_.reg(n); }

  /// Short-descriptor sections that map all memory to itself, Normal write-back; MMU, caches and prediction on.
  void map_flat() {
    constexpr u32 kTable = 3 << 20;    // offset of the table in RAM
    constexpr u32 kSection = 0x11C0E;  // TEX=001 C=B=1 AP=11 S=1
    for (u32 i = 0; i < 4096; ++i) flat_.bus.set_word(kRam + kTable + 4 * i, i << 20 | kSection);
    auto& sys = flat_.core.state().sys;
    sys.ttbr0[Security::Secure] = kRam + kTable;
    sys.dacr[Security::Secure] = 1;
    sys.sctlr[Security::Secure] |= 1u << sctlr::M | 1u << sctlr::C | 1u << sctlr::Z | 1u << sctlr::I;
    flat_.core.state_changed();
  }

  /// Runs the loaded code, one iteration being `insns` instructions, and reports instructions a second.
  void measure(benchmark::State& state, u64 insns) {
    flat_.run(insns);  // translated and in the caches
    const u64 before = flat_.core.retired();
    for (auto _ : state) flat_.run(insns);
    state.SetItemsProcessed(static_cast<int64_t>(flat_.core.retired() - before));
  }

 private:
  static CoreConfig timed_config(SharedMemoryTiming& shared) {
    CoreConfig c;
    c.timing = &a15_timing();
    c.shared_memory = &shared;
    return c;
  }

  SharedMemoryTiming shared_;
  FlatMachine flat_;
};

}  // namespace hypsim::bench
