// SPDX-License-Identifier: Apache-2.0
// The Cortex-A15 MPCore as one SystemC module: one to four cores, their generic timers and the GIC behind one TLM-2.0
// initiator socket and the shared interrupt inputs.
//
// How time runs. The cores advance in windows, one after another in the order of their numbers, sleeping ones last;
// SystemC time follows to the end of each window. While all but one sleep, windows are as long as with one core. A
// window ends no later than the next event the SystemC kernel already knows, so a device is never overtaken. A core's
// own timers shorten its run; what it does to its own interrupt lines acts at once. An access that makes the kernel
// busy (a device notified an event, a signal changed), an interrupt or an event for another core ends the window there.
// Other cores see it at the window's end, in core order; broadcast maintenance reaches them at once, since nothing may
// use a dropped translation after the issuer's DSB. When every core sleeps the window reaches to the next timer or
// SystemC event.
//
// One process runs all cores: which of them goes first must not depend on the kernel, and a switch of processes for
// every window of a few dozen cycles would cost more than the window. A target may still call wait(): its time is
// charged to the core that waited.
//
// A simulation may have several MPCores. Each advances by itself, up to ten thousand cycles ahead of what it sees of
// the others. One on which nothing can happen any more has ended; the last of them stops the simulation. One that
// sleeps has not, as long as another is there that might wake it: a run of several that may all fall asleep needs a
// limit.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <systemc>
#include <vector>

#include "sim/cpu/core.h"
#include "sim/gic/gic.h"
#include "sim/mpcore/cycle_clock.h"
#include "sim/mpcore/debug_target.h"
#include "sim/mpcore/exclusive_monitor.h"
#include "sim/periph/generic_timer.h"

namespace hypsim {

class Turns;

/// Base addresses of the four GIC frames. The Cortex-A15 has them at fixed offsets from PERIPHBASE; other boards do
/// not.
struct GicFrames {
  u64 gicd = 0, gicc = 0, gich = 0, gicv = 0;
  static constexpr GicFrames from_periphbase(u64 base) {
    return {base + 0x1000, base + 0x2000, base + 0x4000, base + 0x6000};
  }
};

struct MpCoreConfig {
  unsigned cores = 1;            ///< 1..4
  u64 clock_hz = 1'700'000'000;  ///< core clock
  u64 counter_hz = 62'500'000;   ///< system counter, the reset value of CNTFRQ
  u32 periphbase = 0;            ///< what CBAR reads
  GicFrames frames;
  unsigned spis = 64;  ///< shared interrupts, a multiple of 32
  bool hivecs = false;
  MmuConfig mmu;
  const TimingConfig* timing = nullptr;  ///< null: functional mode; must outlive the module
  CacheShapes caches;                    ///< what guests are told in functional mode
  bool generate_code = false;            ///< see CoreConfig
  u64 code_cache = 0;                    ///< see CoreConfig
  Cycles window{10'000};  ///< longest window with several cores, up to 1,000,000; with one a chance to look round
  std::vector<unsigned> pmu_interrupts;  ///< interrupt IDs of nPMUIRQ, one a core, or empty
};

class MpCore : public sc_core::sc_module, public DebugTarget {
 public:
  using InterruptPort = sc_core::sc_port<sc_core::sc_signal_in_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;

  /// Fetches, data and table walks: b_transport, DMI, transport_dbg. Every payload carries a BusExtension.
  tlm_utils::simple_initiator_socket<MpCore> socket;
  /// Shared interrupt n (interrupt ID 32 + n), level or rising edge as the distributor is programmed; may stay unbound.
  sc_core::sc_vector<InterruptPort> spi;

  /// Throws InputError for an impossible configuration.
  MpCore(sc_core::sc_module_name name, const MpCoreConfig& config);
  ~MpCore() override;

  const MpCoreConfig& config() const { return config_; }
  unsigned core_count() const final { return config_.cores; }
  Core& core(unsigned index) final;
  const Core& core(unsigned index) const;
  Gic& gic() { return gic_; }
  GenericTimer& timer(unsigned core);
  const CycleClock& clock() const { return clock_; }

  /// Drives shared interrupt `n` without a signal; acts on the cores at the window's end.
  void set_spi(unsigned n, bool level);

  /// Debug access by physical address through transport_dbg; GIC frames are read without side effects and not written.
  bool debug_read(PhysAddr pa, void* data, u32 size, unsigned core = 0, Security security = Security::Secure) final;
  bool debug_write(PhysAddr pa, const void* data, u32 size, unsigned core = 0,
                   Security security = Security::Secure) final;

  /// Somebody else than a core wrote memory. Exclusive reservations on it end. Code translated from there is as stale
  /// as on silicon: it goes with the next instruction cache maintenance. A target that withdraws DMI says the same of
  /// the range, since it may hold other memory now.
  void memory_written(PhysAddr pa, u64 size);

  /// Limits of the run, 0 = none. `steps`: Core::steps() of all cores together; the run stops at exactly so many.
  /// `cycles`: every core stops at its first instruction boundary at that cycle or later; one that sleeps, at the
  /// cycle.
  void set_limits(u64 steps, u64 cycles);
  /// Called between windows, at least every few milliseconds of host time while guests run.
  void set_poll(std::function<void()> poll) { poll_ = std::move(poll); }
  /// Called when every core sleeps and nothing in the simulation can wake one. Returns true if it brought news from
  /// outside (after waiting for it, or it let time pass); false ends the run as a deadlock.
  void set_idle_hook(std::function<bool()> hook) { idle_hook_ = std::move(hook); }
  /// `armed` says that a device may end the run though no core can take an interrupt any more (a watchdog): then cores
  /// that sleep or loop for ever are no deadlock before the kernel has nothing left to do.
  void set_watchdog(std::function<bool()> armed) { watchdog_armed_ = std::move(armed); }
  /// Called when the run is about to end, while everything can still be looked at.
  void set_end_hook(std::function<void(EndReason, unsigned core)> hook) { end_hook_ = std::move(hook); }
  /// A debugger changed the state of a core: it may no longer have a reason to be idle.
  void reconsider(unsigned core) final;
  /// Ends the simulation at the next opportunity. May be called from an observer, the poll, or a signal handler.
  void request_end() final { end_requested_.store(true, std::memory_order_relaxed); }

  EndReason end_reason() const { return end_reason_; }
  unsigned end_core() const { return end_core_; }  ///< the core that caused it, where one did
  u64 retired() const;                             ///< of all cores
  u64 steps() const;                               ///< of all cores
  Cycles now() const;                              ///< of the core that is furthest ahead
  /// Whether the core is in a branch to itself that only an interrupt can end.
  bool loops_on_the_spot(unsigned core) const;

 private:
  class Shell;
  friend class Shell;

  void run();
  void end_of_elaboration() override;
  void sample_inputs();
  bool settle();
  bool find_window_end(Cycles& end);
  bool run_cores();
  void run_core(Shell& shell, bool may_sleep);
  bool finished(Shell& shell, StopReason reason);
  void deliver();
  void end(EndReason reason, unsigned core);
  void note_line_changes(unsigned cause);
  void end_window_at(Cycles when);
  bool kernel_busy() const;
  Cycles kernel_event() const;
  void debug_written(PhysAddr pa, u64 size);
  void invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end);
  DmiRegion find_dmi(PhysAddr pa, Security security);

  MpCoreConfig config_;
  CycleClock clock_;
  Gic gic_;
  SystemCounter counter_;
  ExclusiveMonitor exclusive_;
  std::shared_ptr<Turns> turns_;
  std::unique_ptr<SharedMemoryTiming> shared_memory_;  // null in functional mode
  std::vector<std::unique_ptr<Shell>> shells_;
  std::array<std::vector<DmiRegion>, 2> dmi_;  // by security state

  Cycles window_start_{}, window_end_{};
  u32 lines_dirty_ = 0;   // cores whose lines changed and who have not been told
  u32 events_dirty_ = 0;  // cores that an SEV has been sent to
  u64 step_limit_ = 0;
  Cycles cycle_limit_ = kNever;
  std::function<void()> poll_;
  std::function<bool()> idle_hook_;
  std::function<bool()> watchdog_armed_;
  std::function<void(EndReason, unsigned)> end_hook_;
  std::atomic<bool> end_requested_{false};
  EndReason end_reason_ = EndReason::None;
  unsigned end_core_ = 0;
};

}  // namespace hypsim
