// SPDX-License-Identifier: Apache-2.0
// The machine of a whole guest without SystemC: one or two cores, memory, a GIC, and a device that answers anything.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/cpu/core.h"
#include "sim/cpu/pipeline/shared_memory.h"
#include "sim/gic/gic.h"
#include "sim/mpcore/exclusive_monitor.h"
#include "sim/periph/generic_timer.h"
#include "tests/fuzz/guest_program.h"

namespace hypsim::fuzz {

/// What observers are told, as one number and the last lines of it.
class EventLog final : public Observer {
 public:
  EventLog(bool blocks, bool tail) : blocks_(blocks), tail_(tail) {}

  void exception(const Moment&, const ExceptionEvent&) override;
  void exception_return(const Moment&, const ReturnEvent&) override;
  void block(const Moment&, const BlockEvent&) override;
  void marker(const Moment&, u32 option, u32 r12) override;
  void sysreg_write(const Moment&, const char* name, u64 value) override;
  bool wants_blocks() const override { return blocks_; }
  bool wants_refill_tail() const override { return tail_; }

  u64 hash() const { return hash_; }

 private:
  void note(const Moment& moment, std::initializer_list<u64> values);
  void mix(u64 value) { hash_ = (hash_ ^ value) * 0x9E3779B97F4A7C15u, hash_ ^= hash_ >> 29; }

  bool blocks_, tail_;
  u64 hash_ = 0;
};

class GuestMachine;

/// One core with its timers, and its way to the rest.
class GuestCore final : public Bus, public ClusterPort, public SemihostingPort {
 public:
  GuestCore(GuestMachine& machine, const CoreConfig& config, const SystemCounter& counter, bool blocks, bool tail);

  BusReply read(PhysAddr pa, void* data, u32 size, const BusAttr& attr, Cycles now) override;
  BusReply write(PhysAddr pa, const void* data, u32 size, const BusAttr& attr, Cycles now) override;
  DmiRegion dmi(PhysAddr pa, Security security) override;

  void broadcast_tlb(u8 from, const TlbMaintenance& op) override;
  void broadcast_icache(u8 from, sysreg::CacheOp op, PhysAddr pa) override;
  void send_event(u8 from) override;
  void pmu_irq(u8 index, bool level) override;
  void mark_exclusive(u8 from, PhysAddr pa) override;
  bool check_exclusive(u8 from, PhysAddr pa) override;
  void code_page(u8 from) override;
  void store(u8 from, PhysAddr pa, u32 size) override;
  void debug_written(u8 from, PhysAddr pa, u32 size) override;

  /// Semihosting: reads and writes the guest's memory behind the core's back.
  bool call(Core& caller, u32 op, u32 parameter, u32& result) override;

  /// Timers to the present, lines to the core.
  void update_lines();

  GenericTimer timer;
  Core core;
  EventLog log;
  bool irq = false, fiq = false, virq = false, vfiq = false;  ///< inputs of the schedule's own

 private:
  GuestMachine& machine_;
};

class GuestMachine {
 public:
  /// Both machines of a comparison have the same `header` and `code`.
  GuestMachine(const Header& header, std::string_view code, bool generate_code);

  u8* ram(u64 pa, u64 size) {
    return pa >= place::kRam && pa - place::kRam + size <= place::kRamSize ? &memory_[pa - place::kRam] : nullptr;
  }
  const std::vector<u8>& memory() const { return memory_; }
  /// The slice `n` of the schedule on every core. Why each stopped comes back.
  std::array<StopReason, 2> run_slice(unsigned n);

 private:
  friend class GuestCore;
  void set_up_state(Core& core, unsigned index);
  void happen(GuestCore& core, u8 what, unsigned n);
  void announce_reservation(GuestCore& holder);

  const Header& header_;
  std::vector<u8> memory_;
  std::unique_ptr<SharedMemoryTiming> shared_;
  Gic gic_;
  SystemCounter counter_;
  ExclusiveMonitor exclusive_;
  u64 device_ = 0;  // what the device has seen

 public:
  std::vector<std::unique_ptr<GuestCore>> cores;  ///< last: they leave what they share before it goes
};

/// Lays vectors, tables and code out.
void fill_memory(std::vector<u8>& memory, const Header& header, std::string_view code);
u32 code_address(const Header& header);

/// What differs between two machines; empty if nothing does.
std::string difference(GuestMachine& a, GuestMachine& b);

}  // namespace hypsim::fuzz
