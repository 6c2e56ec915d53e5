// SPDX-License-Identifier: Apache-2.0
// The smallest machine a core runs on: RAM behind a plain Bus, one generic timer, nothing else. For tests of the core.
#pragma once

#include <cstring>
#include <initializer_list>
#include <memory>
#include <vector>

#include "sim/cpu/core.h"
#include "sim/periph/generic_timer.h"

namespace hypsim::test {

/// RAM from `base`; everything else answers with an external abort.
class FlatBus final : public Bus {
 public:
  FlatBus(u64 base, u64 size) : base_(base), ram_(size) {}

  BusReply read(PhysAddr pa, void* data, u32 size, const BusAttr&, Cycles) override {
    u8* p = at(pa.value, size);
    if (p == nullptr) return {false, Cycles(0)};
    std::memcpy(data, p, size);
    return {true, Cycles(0)};
  }
  BusReply write(PhysAddr pa, const void* data, u32 size, const BusAttr&, Cycles) override {
    u8* p = at(pa.value, size);
    if (p == nullptr) return {false, Cycles(0)};
    std::memcpy(p, data, size);
    return {true, Cycles(0)};
  }
  DmiRegion dmi(PhysAddr pa, Security) override {
    if (at(pa.value, 1) == nullptr) return {};
    return {PhysAddr(base_), ram_.size(), ram_.data(), true};
  }

  u8* at(u64 pa, u32 size) {
    return pa >= base_ && pa - base_ + size <= ram_.size() ? ram_.data() + (pa - base_) : nullptr;
  }
  u32 word(u64 pa) {
    u32 v;
    std::memcpy(&v, at(pa, 4), 4);
    return v;
  }
  void set_word(u64 pa, u32 v) { std::memcpy(at(pa, 4), &v, 4); }
  void set_halfword(u64 pa, u16 v) { std::memcpy(at(pa, 2), &v, 2); }

 private:
  u64 base_;
  std::vector<u8> ram_;
};

/// A cluster of one core.
class NoCluster final : public ClusterPort {
 public:
  void broadcast_tlb(u8, const TlbMaintenance&) override { ++tlb_broadcasts; }
  void broadcast_icache(u8, sysreg::CacheOp, PhysAddr) override {}
  void send_event(u8) override { ++events; }
  void pmu_irq(u8, bool) override {}
  void mark_exclusive(u8, PhysAddr) override {}
  bool check_exclusive(u8, PhysAddr) override { return true; }
  unsigned tlb_broadcasts = 0, events = 0;
};

struct FlatMachine {
  static constexpr u32 kRam = 0x40000000;

  explicit FlatMachine(u64 ram_bytes = 1 << 20, const CoreConfig& config = {})
      : bus(kRam, ram_bytes), counter(62'500'000, 1'000'000'000), timer(counter), core(config, bus, timer, cluster) {
    core.state().switch_mode(Mode::Supervisor);
    core.set_pc(kRam);
  }

  /// Puts A32 words at `offset` bytes into RAM.
  void code(std::initializer_list<u32> words, u32 offset = 0) {
    for (const u32 w : words) {
      bus.set_word(kRam + offset, w);
      offset += 4;
    }
  }
  void thumb_code(std::initializer_list<u16> halfwords, u32 offset = 0) {
    for (const u16 h : halfwords) {
      bus.set_halfword(kRam + offset, h);
      offset += 2;
    }
  }
  /// Runs `steps` of Core::steps(), or until the core stops by itself.
  StopReason run(u64 steps) {
    core.set_step_limit(core.steps() + steps);
    return core.run(Cycles(~u64{0}));
  }

  u32& reg(unsigned n) { return core.state().slot[n]; }

  FlatBus bus;
  SystemCounter counter;
  GenericTimer timer;
  NoCluster cluster;
  Core core;
};

}  // namespace hypsim::test
