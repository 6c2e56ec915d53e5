// SPDX-License-Identifier: Apache-2.0
// The machine the probes run on: 48 MB of RAM, a device that answers like the GIC's frames, a core in Non-secure
// Supervisor mode with MMU, caches and prediction on.
#pragma once

#include <string>
#include <vector>

#include "sim/loader/image.h"
#include "tests/support/timed_machine.h"

namespace hypsim::test {

class ProbeBus final : public Bus {
 public:
  ProbeBus(u64 ram, u64 bytes, u64 device, Cycles device_latency)
      : ram_(ram, bytes), device_(device), latency_(device_latency) {}
  BusReply read(PhysAddr pa, void* data, u32 size, const BusAttr& attr, Cycles now) override {
    if (pa.value != device_) return ram_.read(pa, data, size, attr, now);
    std::memset(data, 0, size);
    return {true, latency_};
  }
  BusReply write(PhysAddr pa, const void* data, u32 size, const BusAttr& attr, Cycles now) override {
    return pa.value == device_ ? BusReply{true, latency_} : ram_.write(pa, data, size, attr, now);
  }
  DmiRegion dmi(PhysAddr pa, Security security) override { return ram_.dmi(pa, security); }
  FlatBus& ram() { return ram_; }

 private:
  FlatBus ram_;
  u64 device_;
  Cycles latency_;
};

class ProbeMachine {
 public:
  static constexpr u32 kRam = 0x40000000, kDevice = 0x10000000;
  static constexpr u32 kDense = kRam + (2 << 20);      ///< 1 MB mapped by a section
  static constexpr u32 kLarge = kRam + (16 << 20);     ///< 32 MB mapped by sections
  static constexpr u32 kPages = 0x60000000;            ///< 4 MB mapped by 1024 small pages, one behind the other
  static constexpr u32 kRegions = 0x70000000;          ///< 32 times 1 MB, each with 32 small pages
  static constexpr u32 kPageTables = kRam + 0x110000;  ///< those of kPages

  /// `timed` false: functional mode. `timing` is copied. A second core runs when it is told to, never with the first.
  ProbeMachine(const std::string& elf, bool timed, const TimingConfig& timing = a15_timing());

  struct Run {
    u64 cycles, mispredictions;
  };
  /// Runs probe `symbol` for `turns` turns with R1 and R3 set; the other registers start with fixed values.
  Run run(const char* symbol, u32 turns, u32 r1 = 0, u32 r3 = 0) { return run_on(core_, symbol, turns, r1, r3); }
  Run run_second(const char* symbol, u32 turns, u32 r1 = 0, u32 r3 = 0) {
    return run_on(second_, symbol, turns, r1, r3);
  }
  /// Cycles a turn, from runs of n and 2n turns on warm caches and a warm predictor.
  double slope(const char* symbol, u32 turns, u32 r1 = 0, u32 r3 = 0);
  /// Makes a ring of pointers at these virtual addresses, which lie at these physical ones.
  struct Place {
    u32 va, pa;
  };
  void ring(const std::vector<Place>& places);
  /// Makes a guest of it: stage 2 on, as VMID 1, one block a gigabyte, Hyp's vectors at `vectors`.
  void enter_guest(const char* vectors);
  /// Reports every block to `observer`.
  void observe(Observer* observer) { core_.set_observer(observer); }
  const Core& core() const { return core_; }
  FlatBus& ram() { return bus_.ram(); }

 private:
  void make_tables();
  void start(Core& core);
  Run run_on(Core& core, const char* symbol, u32 turns, u32 r1, u32 r3);

  const TimingConfig timing_;
  SharedMemoryTiming shared_;
  ProbeBus bus_;
  SystemCounter counter_;
  GenericTimer timer_;
  NoCluster cluster_;
  Core core_, second_;
  Image image_;
};

}  // namespace hypsim::test
