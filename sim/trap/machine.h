// SPDX-License-Identifier: Apache-2.0
// The bare machine behind the runner: one core, RAM, a timer, and read-only identity maps.
#pragma once

#include <unordered_map>
#include <vector>

#include "sim/cpu/core.h"
#include "sim/periph/generic_timer.h"
#include "sim/trap/questions.h"
#include "sim/trap/runner.h"

namespace hypsim::trap {

/// RAM and the tables; everything else answers with an external abort.
class BareBus final : public Bus {
 public:
  BareBus();
  BusReply read(PhysAddr pa, void* data, u32 size, const BusAttr&, Cycles) override;
  BusReply write(PhysAddr pa, const void* data, u32 size, const BusAttr&, Cycles) override;
  DmiRegion dmi(PhysAddr pa, Security) override;
  /// Null outside RAM.
  u8* ram(u64 pa, u64 size);

 private:
  std::vector<u8> ram_, tables_;
};

class AloneInCluster final : public ClusterPort {
 public:
  void broadcast_tlb(u8, const TlbMaintenance&) override {}
  void broadcast_icache(u8, sysreg::CacheOp, PhysAddr) override {}
  void send_event(u8) override {}
  void pmu_irq(u8, bool) override {}
  void mark_exclusive(u8, PhysAddr) override {}
  bool check_exclusive(u8, PhysAddr) override { return true; }
};

/// Remembers the first exception and stops the core at its vector.
class FirstException final : public Observer {
 public:
  explicit FirstException(Core& core) : core_(core) {}
  void exception(const Moment&, const ExceptionEvent& event) override;
  void arm() { seen_ = false; }
  bool seen() const { return seen_; }
  const ExceptionEvent& event() const { return event_; }

 private:
  Core& core_;
  ExceptionEvent event_{};
  bool seen_ = false;
};

struct Runner::Machine {
  Machine();
  void place(const Instruction& instruction);
  void load(const Situation& situation);
  void use_identity_maps(SystemRegisters& regs) const;
  const Questions& questions_of(const Instruction& instruction);
  Outcome outcome(StopReason stop) const;

  BareBus bus;
  SystemCounter counter;
  GenericTimer timer;
  AloneInCluster cluster;
  Core core;
  FirstException observer;
  CpuState reset_state;
  SystemRegisters translated_by;  // what the TLBs were filled under
  bool any_translation = false;
  bool async_abort_pending = false;
  std::vector<Questions> questions;
};

}  // namespace hypsim::trap
