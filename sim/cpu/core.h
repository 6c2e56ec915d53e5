// SPDX-License-Identifier: Apache-2.0
// One Cortex-A15 core: architecture and timing, no SystemC. mpcore wraps it.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/bus.h"
#include "sim/base/clock.h"
#include "sim/base/observer.h"
#include "sim/base/timer_port.h"
#include "sim/cpu/exec/block_cache.h"
#include "sim/cpu/exec/code_memory.h"
#include "sim/cpu/exec/lookaside.h"
#include "sim/cpu/ir/helper.h"
#include "sim/cpu/jit/engine.h"
#include "sim/cpu/pipeline/timing_model.h"
#include "sim/cpu/state/cpu_state.h"
#include "sim/cpu/state/exceptions.h"
#include "sim/cpu/sysreg/sysreg.h"
#include "sim/cpu/translate/block.h"
#include "sim/hyp/traps.h"
#include "sim/mmu/mmu.h"

namespace hypsim {

struct CoreConfig {
  u8 index = 0;
  u32 cores = 1;
  u32 cbar = 0;         ///< PERIPHBASE
  bool hivecs = false;  ///< VINITHI: reset value of SCTLR.V
  MmuConfig mmu;
  bool generate_code =
      false;            ///< hot blocks run as host code, where the host has a code generator; nothing else changes
  u32 hot_visits = 24;  ///< visits of a block that make it hot
  u64 code_cache = 0;   ///< host memory for the translated code of all cores, see CodeMemory::of_one
  const TimingConfig* timing = nullptr;         ///< null: functional mode, one cycle an instruction
  CacheShapes caches;                           ///< what a guest is told in functional mode; else those of `timing`
  SharedMemoryTiming* shared_memory = nullptr;  ///< L2 and DRAM of the cluster; required when `timing` is set
};

/// Answers semihosting calls; installed by the platform when the user asks for it.
class SemihostingPort {
 public:
  virtual ~SemihostingPort() = default;
  /// Performs operation `op` with `parameter` (R0, R1); the result goes to R0. Returns false to stop the simulation.
  virtual bool call(Core& core, u32 op, u32 parameter, u32& result) = 0;
};

/// What the core asks of the MPCore round it.
class ClusterPort {
 public:
  virtual ~ClusterPort() = default;
  virtual void broadcast_tlb(u8 from, const TlbMaintenance& op) = 0;  ///< to the other cores
  virtual void broadcast_icache(u8 from, sysreg::CacheOp op, PhysAddr pa) = 0;
  virtual void send_event(u8 from) = 0;  ///< SEV
  virtual void pmu_irq(u8 core, bool level) = 0;
  /// Global monitor: LDREX marks, STREX asks whether it passes (and then stores).
  virtual void mark_exclusive(u8 from, PhysAddr pa) = 0;
  virtual bool check_exclusive(u8 from, PhysAddr pa) = 0;
  /// Core `from` holds code of a page that held none for it: the other cores' next stores to it must be announced.
  virtual void code_page(u8 /*from*/) {}
  /// Core `from` stores `size` bytes at `pa`: whoever holds code of its page has an old copy, reservations of others
  /// end. Stores after it to the same page are not announced, unless the page is watched (Core::watch_stores).
  virtual void store(u8 /*from*/, PhysAddr /*pa*/, u32 /*size*/) {}
  /// Core::debug_write of core `from` has written `size` bytes at `pa`: nobody is to hold code from there any more,
  /// reservations end.
  virtual void debug_written(u8 /*from*/, PhysAddr /*pa*/, u32 /*size*/) {}
};

class Core;

/// A debugger, as a core sees it (Core::set_debugger). It stops the core by not returning from stop(): the core stands
/// before an instruction, or before an access of one, with its state complete. It then goes on as if nothing had been:
/// neither its blocks nor their cycles depend on who watches.
class DebugPort {
 public:
  virtual ~DebugPort() = default;
  /// Whether the instructions in [va, va + bytes), about to run, are to be asked for one by one.
  virtual bool traces(const Core& core, u32 va, u32 bytes) = 0;
  virtual bool stops_before(const Core& core, u32 pc) = 0;
  /// Whether the accesses of the 4 KB page of `va` are to be asked for one by one.
  virtual bool watches_page(const Core& core, u32 va) = 0;
  virtual bool stops_at_access(const Core& core, u32 pc, u32 va, unsigned size, bool write) = 0;
  virtual void stop(Core& core) = 0;
};

/// Why run() came back.
enum class StopReason : u8 {
  Limit,        ///< the clock reached the limit
  Waiting,      ///< WFI/WFE with nothing pending: sleeps until an input changes or the limit
  Semihosting,  ///< the semihosting port asked for the end of the simulation
  DeadLoop,     ///< a branch to itself with no interrupt that could end it: only a new input will
  VectorAbort,  ///< the fetch of an exception vector aborted while its handler was being entered
  InsnLimit,    ///< the steps of set_step_limit are done
};

class Core final : private WalkMemory, private sysreg::Services {
 public:
  Core(const CoreConfig& config, Bus& bus, TimerPort& timer, ClusterPort& cluster);
  ~Core() override;
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  // --- for the shell (mpcore) -------------------------------------------------------------------------------------
  void reset();
  void set_pc(u32 pc) { state_.pc() = pc; }
  /// Runs until the clock reaches `limit`, or another reason to stop.
  StopReason run(Cycles limit);
  /// Shortens the current run: called from within (a timer was programmed, an observer wants to stop).
  void limit_run(Cycles limit) {
    if (limit < asked_limit_) asked_limit_ = limit;
    if (limit < limit_) limit_ = limit;
  }
  /// Advances the clock of a waiting core.
  void advance_idle(Cycles to);
  Cycles now() const override { return clock_.now; }
  u64 retired() const { return retired_; }
  /// Instructions retired, and exceptions taken without retiring one: what a guest cannot stop from growing.
  u64 steps() const { return retired_ + barren_; }
  /// Runs no further than to `steps` of steps(), exactly: an instruction that comes after them does not start, an
  /// interrupt is not taken.
  void set_step_limit(u64 steps) { insn_limit_ = steps - std::min(steps, barren_); }
  /// Runs no instruction that would start at cycle `stop` or later by the clock as charged then: misses under way may
  /// add to it when the instructions before are charged.
  void set_cycle_stop(Cycles stop);
  /// Interrupt inputs; take effect at the next block end.
  void set_lines(bool irq, bool fiq, bool virq, bool vfiq);
  void raise_async_abort() {
    lines_.async_abort = true;
    attention_ = true;
  }
  void set_event() { state_.event_register = true; }
  bool waiting() const { return waiting_; }
  bool waiting_for_event() const { return waiting_ && wait_for_event_; }
  /// Whether any interrupt input could end the loop or wait the core is in now.
  bool interruptible() const;
  void receive_tlb_maintenance(const TlbMaintenance& op);
  void receive_icache_maintenance(sysreg::CacheOp op, PhysAddr pa);
  void receive_code_page() { new_generations(); }
  void receive_store(PhysAddr pa) {
    if (blocks_.holds_code(pa)) blocks_.mark_modified(pa);
  }
  /// Something in `size` bytes at `pa` is no longer what it was, and no core stored it: code from there is as stale as
  /// on silicon, until instruction cache maintenance.
  void receive_change(PhysAddr pa, u64 size) {
    if (size != 0) blocks_.mark_modified(pa, pa + (size - 1));
  }
  bool holds_code(PhysAddr pa, u64 size) const { return size != 0 && blocks_.holds_code(pa, pa + (size - 1)); }
  /// Core `holder` has a reservation in the page of `pa`, or none: every store of this core to that page is to be
  /// announced, until the next call for the holder.
  void watch_stores(unsigned holder, std::optional<PhysAddr> pa);
  /// A debugger wrote, or who acts like one: what is held from there goes at once.
  void invalidate_code(PhysAddr pa, u64 size);
  void invalidate_dmi();
  void set_semihosting(SemihostingPort* port) { semihosting_ = port; }
  void set_observer(Observer* observer);
  /// Installs or removes (null) a debugger; between runs, or from within DebugPort::stop.
  void set_debugger(DebugPort* port);
  /// The pages that the debugger watches are other ones now.
  void watches_changed() { lookaside_.clear(); }
  /// The debugger changed more than general registers and data. `wakes`: the core is to leave a WFI or WFE.
  void debugger_changed_state(bool wakes);
  const CycleStack& cycle_stack() const { return clock_.stack; }
  /// What guests missed because of world switches so far; null unless the observer wanted it and there was a switch.
  const RefillTail* refill_tail() const { return keep_tail_ ? timing_->tail() : nullptr; }
  TimingModel* timing_model() { return timing_.get(); }

  u8 index() const { return config_.index; }

  // --- for helpers, debugger and semihosting ----------------------------------------------------------------------
  CpuState& state() override { return state_; }
  const CpuState& state() const { return state_; }
  u32& slot(ir::Slot s) { return state_.slot[s]; }
  Mmu& mmu() override { return mmu_; }
  hyp::Situation situation() const { return {state_.mode, state_.security(), state_.sys}; }
  Regime regime() const;
  bool in_guest() const;

  /// A data access at the current privilege (or PL0 with kMemUnprivileged). False: an abort has been taken, leave the
  /// block. `op` identifies the instruction.
  bool load(u32 va, unsigned size, u8 mem_flags, u32& value, const ir::MicroOp& op);
  bool store(u32 va, unsigned size, u8 mem_flags, u32 value, const ir::MicroOp& op);
  /// Takes an alignment fault unless `va` is a multiple of `alignment`, or neither SCTLR.A nor kMemAligned ask for it.
  bool check_alignment(u32 va, unsigned alignment, u8 mem_flags, bool write, const ir::MicroOp& op);
  /// LDREX and STREX family: size 1, 2, 4, 8. `status` is 0 when the store was done.
  bool load_exclusive(u32 va, unsigned size, u32& low, u32& high, const ir::MicroOp& op);
  bool store_exclusive(u32 va, unsigned size, u32 low, u32 high, u32& status, const ir::MicroOp& op);
  void clear_exclusive() { state_.monitor.exclusive = false; }
  /// With the instruction cache off, what is fetched after a context synchronization is what memory holds: ISB,
  /// exception entry and return. ARM DDI 0406C A3.5.4, B2.2.9
  void synchronise_code() {
    if (blocks_.any_doubtful() && !bit(system_control(), sctlr::I)) [[unlikely]]
      drop_doubtful_code();
  }

  /// Facts about the instruction a micro-op belongs to.
  u32 insn_pc(const ir::MicroOp& op) const;
  u32 insn_next_pc(const ir::MicroOp& op) const;
  bool insn_is_32bit(const ir::MicroOp& op) const;
  const ir::InsnInfo& insn_info(const ir::MicroOp& op) const { return block_->insns[op.insn]; }

  /// Takes a synchronous exception of the current instruction. The helper must then return false.
  /// `why` brings the syndrome that HCPTR gives the exception in Hyp mode.
  void raise_undefined(const ir::MicroOp& op, const hyp::Decision& why = {});
  void raise_hyp_trap(const hyp::Decision& decision, const ir::MicroOp& op);
  /// SVC, HVC, SMC that execute (their trap decisions made by the caller). `imm` becomes the ISS of SVC/HVC to Hyp.
  void raise_call(Exception kind, u32 imm, const ir::MicroOp& op);
  void raise_prefetch_abort_debug(const ir::MicroOp& op);  ///< BKPT
  /// Exception return to `target` with `cpsr`; the helper must then return false.
  void return_from_exception(u32 target, u32 cpsr, const ir::MicroOp& op);
  /// A helper changed mode, masks, endianness or the like: pending interrupts and the context are looked at again.
  void state_changed() { attention_ = contexts_stale_ = true; }

  void enter_wfi(const ir::MicroOp& op);  ///< suspends at the next instruction
  void enter_wfe(const ir::MicroOp& op);
  void drain_writes() {
    if (timing_) timing_->dsb(clock_);
  }
  bool wfi_would_suspend() const;
  bool wfe_would_suspend() const { return !state_.event_register; }
  void send_event();
  void marker(u32 option);
  bool semihosting_call(const ir::MicroOp& op);  ///< true if a port took the call (R0 set); see stop flag
  bool has_semihosting() const { return semihosting_ != nullptr; }
  sysreg::Services& services() { return *this; }
  SemihostingPort* semihosting() { return semihosting_; }
  void request_stop() {
    stop_requested_ = true;
    attention_ = true;
  }

  /// Debug access by virtual address in the current regime: no state changes, no exceptions. False if unmapped.
  bool debug_read(u32 va, void* data, u32 size);
  bool debug_write(u32 va, const void* data, u32 size);
  /// An exception that was taken, and when.
  struct Taken {
    ExceptionEvent event;
    u64 cycle = 0;
  };
  /// Newest first, at most kHistory.
  std::vector<Taken> taken_exceptions() const;
  static constexpr unsigned kHistory = 64;
  std::string register_dump() const;

 private:
  friend class jit::Engine;
  friend struct jit::Layout;

  // WalkMemory
  bool read_descriptor(PhysAddr pa, unsigned size, const MemAttr& attr, Security sec, bool stage2, u64& value) override;

  // sysreg::Services
  TimerPort& timer() override { return timer_; }
  u64 retired_insns() const override { return retired_; }
  u64 pmu_event_count(u32 event) const override;
  u8 core_index() const override { return config_.index; }
  u32 core_count() const override { return config_.cores; }
  u32 cbar() const override { return config_.cbar; }
  CacheShapes cache_shapes() const override { return config_.timing ? config_.timing->cache_shapes() : config_.caches; }
  void context_changed(u32 changes) override;
  void tlb_maintenance(const TlbMaintenance& op, bool broadcast) override;
  bool cache_maintenance(sysreg::CacheOp op, u32 operand, bool broadcast) override;
  void forget_fetches(sysreg::CacheOp op, PhysAddr pa);
  hyp::InterruptLines interrupt_lines() const override { return lines_; }
  void pmu_irq_changed(bool level) override { cluster_.pmu_irq(config_.index, level); }
  void observe_write(const char* name, u64 value) override;
  void begin_switch();
  void end_switch();

  // exec/interpreter.cpp
  /// Runs `first` (asking the debugger before each instruction if `traced`), and whatever follows it while nothing
  /// calls for the run loop. `block_` is then the last one run. `after`: the block has run already up to this micro-op,
  /// whose access said (`cut_`) how to go on.
  template <bool kTimed>
  void run_blocks(Block& first, bool traced, const ir::MicroOp* after = nullptr);

  // core.cpp
  template <bool kTimed, bool kDebug>
  StopReason run_loop();
  bool service_attention(StopReason& stop);
  bool end_wait(bool interrupt_taken);
  /// Whether the run loop has nothing to look at before the next block, limits apart.
  bool calm() const { return !attention_ && !contexts_stale_ && !state_.pmu.irq_armed && debugger_ == nullptr; }
  /// The same with the limits of clock and instructions, for a whole block.
  bool undisturbed() const { return calm() && clock_.now < limit_ && whole_block_fits(); }
  bool whole_block_fits() const { return retired_ + kMaxBlockInsns <= insn_limit_; }
  /// Whether the next block may have to end early, at a limit: then its instructions are looked at one by one.
  bool near_limit() const { return !whole_block_fits() || clock_.now >= careful_from_; }
  bool ends_before(unsigned insn) const;
  /// The block at the PC, if the jump table knows it; else null.
  Block* known_block();
  void refresh_contexts();
  void refresh_mode();
  /// Charges the block's instructions up to (not including) number `upto`: clock, counters, block event. When the last
  /// of them is `trapped`, its system register access does not happen and costs nothing.
  void settle(unsigned upto, bool trapped = false);
  /// The part of it that the schedule knows: clock and counters.
  void charge(unsigned upto, bool trapped);
  /// A visit of the block starts, in timed mode: block.timing is to be the schedule that holds.
  void start_schedule(Block& block) {
    if (!timing_->starts(block, clock_)) [[unlikely]]
      find_schedule(block);
  }
  void find_schedule(Block& block);
  /// Cycles of the schedule until everything that was charged has completed. An instruction that is `trapped` does not
  /// complete.
  u32 results_due(bool trapped = false) const;
  void report_block(unsigned first, unsigned insns);
  Moment moment() const;
  /// Takes an exception between blocks, or (with `op`) of a block's instruction; `retires` if that one counts as
  /// executed.
  void enter(const ExceptionRequest& request, bool trapped = false);
  void enter_from(const ir::MicroOp& op, const ExceptionRequest& request, bool retires);
  void count_barren() {
    ++barren_;
    --insn_limit_;
  }
  void synchronise_it_state(const ir::MicroOp& op);

  // exec/debug.cpp; false: the debugger moved the core elsewhere, the block must be left
  bool debug_before(const ir::MicroOp& next, unsigned insn);
  bool debug_stop(const ir::MicroOp& op);

  // exec/fetch.cpp
  Block* find_block();
  Block* translate_block(PhysAddr pa, const Translation& first, const BlockContext& context);
  bool fetch_halfwords(PhysAddr pa, u32 size, const Translation& t, void* data, bool& unwatched);
  void prefetch_abort(const Fault& fault, u32 va, bool il);
  void drop_modified_code();
  void drop_doubtful_code();
  void forget_code();
  void maintenance_abort(const Fault& fault, u32 va) override;

  // exec/memory.cpp
  enum class MemResult : u8 { Ok, Abort, Cut };
  struct DataAccess {
    u32 va;
    unsigned size;
    u8 flags;
    bool write;
    const ir::MicroOp* op;
  };
  MemResult load_slow(u32 va, unsigned size, u8 flags, u32& value, const ir::MicroOp& op);
  MemResult store_slow(u32 va, unsigned size, u8 flags, u32 value, const ir::MicroOp& op);
  MemResult access_bytes(const DataAccess& access, u8* data);
  MemResult access_page(const DataAccess& access, u32 va, const Translation& t, u8* data, unsigned size);
  bool translate_data(const DataAccess& access, u32 va, AccessKind kind, Translation& t);
  bool alignment_ok(const DataAccess& access);
  bool debug_access(const DataAccess& access);
  void data_abort(const Fault& fault, const DataAccess& access, u32 va);
  void fill_lookaside(const DataAccess& access, const Translation& t);
  bool store_watched(PhysAddr page) const;
  bool debug_translate(u32 va, PhysAddr& pa, Security& security);
  bool load_multiple(const ir::MicroOp& op);
  bool store_multiple(const ir::MicroOp& op);
  u8* host_pointer(PhysAddr pa, Security security, bool write);
  BusAttr bus_attr(const Translation& t, bool privileged) const;
  unsigned lookaside_set(bool privileged) const;
  u32 system_control() const { return state_.is_hyp() ? state_.sys.hsctlr : state_.sys.sctlr[state_.security()]; }
  /// HCR.DC makes stage 1 cacheable whatever SCTLR.C says. ARM DDI 0406C B3.2.1
  bool data_cache_on() const {
    return bit(system_control(), sctlr::C) || (bit(state_.sys.hcr, hcr::DC) && regime() == Regime::Pl10NonSecure);
  }
  MemClass mem_class_of(const MemAttr& attr) const;
  /// Where in its block a micro-op stands, for the timing of its access.
  AccessSite site(const ir::MicroOp& op) const { return {block_, op.insn, settled_, retired_}; }

  CoreConfig config_;
  const CodeMemory code_memory_;
  Bus& bus_;
  TimerPort& timer_;
  ClusterPort& cluster_;
  CpuState state_;
  Mmu mmu_;
  std::unique_ptr<TimingModel> timing_;
  Observer* observer_ = nullptr;
  bool observe_blocks_ = false;
  bool keep_tail_ = false;  // the observer wants the refills that world switches cause
  DebugPort* debugger_ = nullptr;
  bool debugger_moved_ = false;  // it changed what the running block depends on
  SemihostingPort* semihosting_ = nullptr;

  // clock and accounting
  Clock clock_;
  Cycles limit_{};        // where the run loop looks at the clock: asked_limit_, or careful_from_ on the way there
  Cycles asked_limit_{};  // of run()
  Cycles cycle_stop_ = kNever, careful_from_ = kNever;  // from there on a block may reach cycle_stop_
  u64 retired_ = 0;
  u64 barren_ = 0;                               // exceptions taken without retiring an instruction
  u64 ttbr_writes_ = 0, contextidr_writes_ = 0;  // PMU events
  u64 insn_limit_ = ~u64{0};  // in instructions retired; an exception that retires none brings it nearer
  Block* block_ = nullptr;    // the running block
  unsigned settled_ = 0;      // instructions of it already charged
  u32 block_pc_ = 0;          // address of instruction `settled_`, for block events

  // attention: anything that the run loop must look at before the next block
  bool attention_ = true;
  bool waiting_ = false;
  bool wait_for_event_ = false;
  bool stop_requested_ = false;
  bool dead_loop_ = false;
  bool vector_abort_ = false;
  u8 entering_vector_ = 0;  // not 0: the next fetch is an exception vector; see prefetch_abort
  /// What the interpreter does after the instruction of an access: look at each of those that follow, or leave the
  /// block.
  enum class Cut : u8 { None, Trace, Leave };
  Cut cut_ = Cut::None;
  hyp::InterruptLines lines_;

  // look-aside and code
  jit::Shared generated_;
  std::unique_ptr<jit::Engine> jit_;  // null: interpret everything
  Lookaside lookaside_;
  std::array<std::optional<PhysAddr>, 4> watched_;  // pages, by holder of a reservation
  BlockCache blocks_;
  bool contexts_stale_ = true;
  struct RecentContext {
    u32 context = 0, dacr = 0;
    u32 generation = 0;
  };
  std::array<RecentContext, 16> recent_{};  // the latest first
  u32 next_generation_ = 1;
  u32 generation_of(u32 context, u32 dacr);
  void new_generations();
  u32 data_generation_ = 0, fetch_generation_ = 0;
  // What follows from mode and security state; see refresh_mode.
  u32 mode_key_ = 0;
  Lookaside::Side* loads_ = nullptr;
  Lookaside::Side* stores_ = nullptr;
  std::array<std::vector<DmiRegion>, 2> dmi_;  // by security state of the access

  Taken history_[kHistory]{};
  unsigned history_count_ = 0;
};

inline Block* Core::known_block() {
  const u32 va = state_.pc();
  const auto& jump = blocks_.jump(va);
  const u32 key =
      BlockContext::state_key(state_.thumb, state_.thumbee(), state_.big_endian, state_.itstate) | mode_key_;
  const bool known =
      jump.tag == (u64{fetch_generation_} << 32 | va) && jump.context == key && *jump.stamp == jump.stamp_value;
  return known ? jump.block : nullptr;
}

/// Whether a limit stands between instruction `insn` of the running block and those before it.
inline bool Core::ends_before(unsigned insn) const {
  if (insn == 0) return false;
  if (retired_ + (insn - settled_) >= insn_limit_) return true;
  u64 ahead = insn - settled_;
  if (block_->timing != nullptr) ahead = block_->timing->prefix[insn].commit - block_->timing->prefix[settled_].commit;
  return clock_.now.value + ahead >= cycle_stop_.value;
}

inline void Core::charge(unsigned upto, bool trapped) {
  const unsigned first = settled_;
  const unsigned insns = upto - first;
  settled_ = upto;
  retired_ += insns;
  if (block_->timing != nullptr) {
    const SchedulePrefix* const prefix = block_->timing->prefix;
    const SchedulePrefix &from = prefix[first], &to = prefix[upto];
    const u32 spared = trapped ? to.serial - prefix[upto - 1].serial : 0;
    const u32 total = to.commit - from.commit - spared;
    const u32 dependency = to.dependency - from.dependency;
    const u32 serial = to.serial - from.serial - spared;
    const u32 barrier = to.barrier - from.barrier;
    clock_.charge_scheduled(dependency, Resource::Dependency);
    clock_.charge_scheduled(serial, Resource::SysReg);
    clock_.charge_scheduled(barrier, Resource::Barrier);
    clock_.charge_scheduled(total - dependency - serial - barrier, Resource::Base);
  } else {
    clock_.charge(insns, Resource::Base);
  }
}

inline void Core::settle(unsigned upto, bool trapped) {
  if (upto <= settled_) return;
  const unsigned first = settled_;
  charge(upto, trapped);
  if (block_->timing != nullptr && timing_->under_way()) [[unlikely]]
    timing_->charged(clock_, {block_, upto - u32{trapped}, upto, retired_});
  if (observe_blocks_) report_block(first, upto - first);
}

}  // namespace hypsim
