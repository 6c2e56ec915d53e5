// SPDX-License-Identifier: Apache-2.0
// The face of the timing model: what the execution engine asks while it runs. Every answer is a Charge: cycles, and the
// resource they are spent on. Schedules of blocks are remembered (schedule_memo.h); the rest is looked up in models of
// the caches, the branch predictor and the write buffer.
//
// What is fast: a hit in L1, a fetch from the line of the last one and a branch are inline. What must stay true: they
// count and charge what the members in timing_model.cpp would.
//
// Time under a miss: a load that misses charges nothing when it happens (in_flight.h). Whoever charges instructions of
// a block calls charged() after it, if under_way().
#pragma once

#include <memory>
#include <vector>

#include "sim/base/observer.h"
#include "sim/base/types.h"
#include "sim/cpu/ir/micro_op.h"
#include "sim/cpu/pipeline/cache.h"
#include "sim/cpu/pipeline/in_flight.h"
#include "sim/cpu/pipeline/predictor.h"
#include "sim/cpu/pipeline/schedule_memo.h"
#include "sim/cpu/pipeline/shared_memory.h"
#include "sim/cpu/pipeline/timing_config.h"
#include "sim/cpu/translate/block.h"
#include "sim/mmu/mmu.h"

namespace hypsim {

namespace jit {
struct Layout;
}

/// How a page is accessed, as the caches see it.
enum class MemClass : u8 { Cacheable, NonCacheable, Device };

/// Timing of one core. Each method charges `clock` with what the event costs beyond the block's schedule.
class TimingModel {
 public:
  TimingModel(const TimingConfig& config, SharedMemoryTiming& shared, u64 schedule_bytes = ScheduleMemo::kDefaultBytes);
  ~TimingModel();
  TimingModel(const TimingModel&) = delete;
  TimingModel& operator=(const TimingModel&) = delete;

  // A visit of a block: starts() or start(), then what it charges, then finish() or leave().
  /// Whether block.timing is the schedule that holds now; else start() finds it.
  bool starts(const Block& block, const Clock& clock) const {
    return clock.beyond == 0 && block.timing->entry == state_ && !in_flight_.any();
  }
  /// Makes block.timing the schedule from the present state of the pipeline.
  void start(Block& block, Clock& clock);
  /// All of the block has been charged.
  void finish(const Block& block) { state_ = block.timing->exit; }
  /// The block has been left behind its first `insns` instructions.
  void leave(const Block& block, const Clock& clock, unsigned insns);
  /// Cycles beyond the schedule's time until everything in the pipeline has completed; between blocks.
  u32 due() const { return memo_.state(state_).completion; }
  BlockTiming* no_schedule() { return memo_.none(); }
  /// When this says so, forget_schedules() is due, and all blocks are to have no_schedule().
  bool schedules_full() const { return memo_.full(); }
  void forget_schedules() { state_ = memo_.forget(state_); }

  /// A block of `bytes` at `pa` starts: L1I look-ups of its lines.
  void fetch(Clock& clock, PhysAddr pa, u32 bytes, bool cacheable) {
    const u64 first = pa.value >> CacheTags::kLineBits;
    const u64 last = (pa.value + bytes - 1) >> CacheTags::kLineBits;
    if (first != last_fetch_line_ || last != first) fetch_lines(clock, first, last, cacheable);
  }
  /// The same of one that may go on in a page that lies elsewhere.
  void fetch(Clock& clock, const Block& block, bool cacheable) {
    if (!block.straddles) [[likely]]
      return fetch(clock, block.pa, block.byte_length, cacheable);
    for (const PhysAddr pa : {block.pa, block.second_page})
      fetch_lines(clock, pa.value >> CacheTags::kLineBits, pa.value >> CacheTags::kLineBits, cacheable);
  }
  /// A load or store of RAM that has been translated. Inline wherever the interpreter has a load: the compiler would
  /// share one copy, which costs a call for each access.
  [[gnu::always_inline]] void load(Clock& clock, PhysAddr pa, MemClass mem_class, const AccessSite& site = {}) {
    if (!read_hits_l1d(pa, mem_class)) load_beyond_l1(clock, pa, mem_class, site);
  }
  [[gnu::always_inline]] void store(Clock& clock, PhysAddr pa, MemClass mem_class) {
    if (mem_class != MemClass::Cacheable) [[unlikely]] {
      store_uncached(clock, mem_class);
    } else {
      ++events_[L1dWrite];
      if (!l1d_.just_written(pa)) store_line(clock, pa);
    }
  }
  /// The same when the translation may have missed L1 (between begin_translation and here nothing else happened).
  void load_translated(Clock& clock, PhysAddr pa, MemClass mem_class, const AccessSite& site);
  void store_translated(Clock& clock, PhysAddr pa, MemClass mem_class, const AccessSite& site);
  /// Whether misses are under way; then charged() is due after the instructions before site.insn have been charged.
  bool under_way() const { return in_flight_.any(); }
  void charged(Clock& clock, const AccessSite& site) { in_flight_.advance(clock, site); }
  /// The access about to be made crosses a 64-byte line.
  void line_crossing() { crossing_ = config_.line_crossing; }
  /// Something is about to be translated. A data access says where it stands, so that a walk waits for its address, and
  /// says afterwards with an empty site that it is.
  void translating(const AccessSite& site) {
    translating_ = site;
    walk_cycles_[0] = walk_cycles_[1] = 0;
  }
  /// One descriptor read of a walk; goes through L2.
  void walk_read(Clock& clock, PhysAddr pa, bool cacheable, bool stage2);
  /// An L1 TLB miss that the L2 TLB answered (walk = false), or that led to a walk (its reads are charged separately).
  /// An answer from the L2 TLB delays the access that is translating, and nothing else.
  void tlb_miss(Clock& clock, bool fetch, bool walk, bool write = false);
  /// A device access whose transaction took `bus`: reads block, writes are posted into the write buffer.
  /// Strongly-ordered memory is treated as Device memory: RAM of either kind comes through load() and store().
  /// `due`: see exception_entry.
  void device_read(Clock& clock, Cycles bus, u32 due = 0);
  void device_write(Clock& clock, Cycles bus);
  /// The end of a block. `taken_to` is where execution goes on; conditional blocks say so. `ended`: the schedule of the
  /// block, which has been finished.
  void branch(Clock& clock, u32 branch_pc, u32 fall_through, u32 taken_to, ir::BranchKind kind, bool conditional,
              const BlockTiming& ended = {}) {
    const bool taken = taken_to != fall_through;
    ++events_[Branches];
    if (prediction_ != Prediction::On) [[unlikely]] {
      rare_branch(clock, branch_pc, fall_through, taken_to, kind, conditional, ended);
    } else if (predictor_.mispredicts(branch_pc, fall_through, taken_to, kind, conditional)) {
      mispredicted(clock, ended);
    } else if (taken) {
      clock.charge(config_.taken_branch_bubble, Resource::Base);
    }
  }
  /// Program flow prediction on or off. Without it execution goes on behind each branch: a taken one costs a refill.
  void enable_prediction(bool on);
  /// `due`: cycles until everything in the pipeline has completed, by the schedule.
  void exception_entry(Clock& clock, u32 due = 0);
  void exception_return(Clock& clock, u32 due = 0);
  /// DSB waits for the write buffer and for outstanding TLB maintenance; DMB and ISB have their share in the schedule.
  void dsb(Clock& clock);
  /// One operation is under way at a time; it is posted.
  void tlb_maintenance(Clock& clock, bool broadcast);
  void cache_maintenance(Clock& clock);
  /// Cache contents changed by maintenance operations.
  void invalidate_icache();
  void invalidate_icache_line(PhysAddr pa);
  enum class DcacheOp : u8 { Clean, CleanToUnification, Invalidate, CleanInvalidate };
  /// By address: the line in the L1Ds of all cores and, but for the point of unification, in L2.
  void maintain_dcache_line(Clock& clock, PhysAddr pa, DcacheOp op);
  /// `operand` as DCISW and its kind take it: level, set and way. ARM DDI 0406C B4.2.1
  void maintain_dcache_set_way(Clock& clock, u32 operand, DcacheOp op);
  void invalidate_branch_predictor();
  /// Another core reads or writes the line.
  SharedMemoryTiming::Elsewhere snooped(PhysAddr pa, bool write);
  /// L2 gives the line up, or maintenance takes it out, perhaps without saving it; or maintenance cleans it. True if it
  /// was Modified.
  bool dropped(PhysAddr pa, bool save);
  bool cleaned(PhysAddr pa);

  /// A world switch begins, and ends when a guest goes on: from then on the refills it causes are counted. What is in
  /// the caches and the predictor before it is kept aside, and followed after it; hits of L1D do not age the lines
  /// there.
  void begin_switch();
  void end_switch();
  void forget_switch();
  /// Counts what the TLBs missed because of the switch; before tlb_miss().
  void tlb_refill(const Translation& t);
  /// Null until the first switch.
  const RefillTail* tail() const { return shadow_ ? &shadow_->tail : nullptr; }

  /// PMU events, running totals. ARM DDI 0406C C12.8; 0 for events that are not modelled.
  u64 pmu_event(u32 event) const;

 private:
  friend struct jit::Layout;

  /// What the model counts, by the numbers of the architecture and of the A15's own events (from 0x40 on); the rest
  /// reads as 0 or is a sum, see pmu_event. ARM DDI 0406C C12.8.2, Cortex-A15 TRM 11.8
  enum PmuEvent : u32 {
    L1iRefill = 0x01,
    L1iTlbRefill = 0x02,
    ExceptionTaken = 0x09,
    ExceptionReturned = 0x0A,
    Mispredicted = 0x10,
    Branches = 0x12,
    L1iAccess = 0x14,
    L1dRead = 0x40,
    L1dWrite = 0x41,
    L1dRefillRead = 0x42,
    L1dRefillWrite = 0x43,
    L1dWriteBackVictim = 0x46,
    L1dWriteBackClean = 0x47,  // by maintenance, for another core, or because L2 gives the line up
    L1dInvalidated = 0x48,
    TlbRefillRead = 0x4C,
    TlbRefillWrite = 0x4D,
    L2Read = 0x50,
    L2Write = 0x51,
    L2RefillRead = 0x52,
    L2WriteBackVictim = 0x56,
    L2WriteBackClean = 0x57,
    L2Invalidated = 0x58,
    BusRead = 0x60,
    BusWrite = 0x61,
    MemoryRead = 0x66,
    MemoryWrite = 0x67,  // counted: those that are no accesses to L1D
    kPmuEvents = 0x68
  };

  bool read_hits_l1d(PhysAddr pa, MemClass mem_class) {
    if (mem_class != MemClass::Cacheable) [[unlikely]]
      return false;
    ++events_[L1dRead];
    return l1d_.access(pa);
  }
  void fetch_lines(Clock& clock, u64 first, u64 last, bool cacheable);
  void load_beyond_l1(Clock& clock, PhysAddr pa, MemClass mem_class, const AccessSite& site);
  void spend_delays(Clock& clock);
  void fetch_data(Clock& clock, PhysAddr pa, const AccessSite& site, u32 tlb);
  void store_line(Clock& clock, PhysAddr pa);
  void store_uncached(Clock& clock, MemClass mem_class);
  bool l1d_writes_back();
  void l2_writes_back(Clock& clock, PhysAddr pa);
  u32 read_shared(PhysAddr pa);
  u32 make_modified(PhysAddr pa);
  enum class Prediction : u8 { On, Off, Shadowed };
  /// The structures as they would be without the last world switch.
  struct Shadow {
    CacheTags l1i, l1d;
    BranchPredictor predictor;
    RefillTail tail;
    bool following = false;  // false: a switch is under way, which is not to be seen
  };

  u64 l2_supplies(PhysAddr pa, u64 when);
  bool shadowed() const { return shadow_ && shadow_->following; }
  void l1d_refill(PhysAddr pa, u64 took) {
    if (shadowed() && shadow_->l1d.access(pa)) shadow_->tail.add(Refill::L1d, 1, took);
  }
  void choose_prediction();
  void rare_branch(Clock& clock, u32 branch_pc, u32 fall_through, u32 taken_to, ir::BranchKind kind, bool conditional,
                   const BlockTiming& ended);
  /// The front end goes another way once the branch has what it depends on.
  void mispredicted(Clock& clock, const BlockTiming& ended) {
    ++events_[Mispredicted];
    in_flight_.resolve_branch(clock);
    clock.wait_scheduled(ended.resolve);
    clock.charge(config_.mispredict_penalty, Resource::Mispredict);
    // Mostly everything has completed by now: then nothing must be looked up to say so.
    if (ended.whole.due <= clock.beyond) {
      state_ = 0;
      clock.beyond = 0;
    }
  }
  void drain(Clock& clock, u32 due) {
    in_flight_.drain(clock);
    clock.wait_scheduled(due);
  }
  void post_write(Clock& clock, u64 latency, bool device);
  void enter_write_buffer(Clock& clock);
  void leave_write_buffer(u64 done, bool device);
  static void wait(Clock& clock, u64 until, Resource resource) {
    if (until > clock.now.value) clock.charge(until - clock.now.value, resource);
  }

  const TimingConfig config_;
  SharedMemoryTiming& shared_;
  CacheTags l1i_, l1d_;
  BranchPredictor predictor_;
  u32 noncacheable_, l2_beyond_l1_;
  ScheduleMemo memo_;
  u64 state_ = 0;  // of the pipeline where the next block starts, but for Clock::beyond
  InFlight in_flight_;
  AccessSite translating_;     // the data access that is being translated
  u32 translation_delay_ = 0;  // what its translation adds to the time it starts
  u32 crossing_ = 0;           // and its second line, to the time its data comes
  u64 last_fetch_line_ = ~u64{0};
  bool predict_ = true;
  Prediction prediction_ = Prediction::On;
  std::unique_ptr<Shadow> shadow_;  // null until the first begin_switch
  u64 walk_cycles_[2]{};            // of the walk under way: stage 1, stage 2
  std::vector<u64> writes_;         // the write buffer: when each of its entries will be free
  std::size_t next_write_ = 0;
  u64 maintained_at_ = 0;      // when the TLB maintenance under way will be done
  u64 drained_at_ = 0;         // when all of it will be
  u64 device_drained_at_ = 0;  // when the Device and Strongly-ordered writes in it will have been done
  u64 events_[kPmuEvents]{};
};

}  // namespace hypsim
