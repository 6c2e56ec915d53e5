// SPDX-License-Identifier: Apache-2.0
// The face of the timing model: what the execution engine asks while it runs. Every answer is a Charge: cycles, and the
// resource they are spent on. Schedules of blocks are computed once; the rest is looked up in models of the caches,
// the branch predictor and the write buffer.
#pragma once

#include <memory>

#include "sim/base/observer.h"
#include "sim/base/types.h"
#include "sim/cpu/ir/micro_op.h"
#include "sim/cpu/translate/block.h"

namespace hypsim {

struct TimingConfig;

/// The schedule of a block with all accesses hitting L1. commit[k] is the cycle at which instruction k may commit,
/// relative to the block's start; commit[n] is the length. dependency[k] counts those of the first commit[k] cycles in
/// which nothing could issue because a result was awaited. All four are cumulative, and dependency, serial and barrier
/// together never exceed commit, nor do their increments.
struct BlockTiming {
  u16 commit[kMaxBlockInsns + 1]{};
  u16 dependency[kMaxBlockInsns + 1]{};
  u16 serial[kMaxBlockInsns + 1]{};  ///< cycles of system register accesses, barriers and the like
  u16 barrier[kMaxBlockInsns + 1]{};
};

/// How a page is accessed, as the caches see it.
enum class MemClass : u8 { Cacheable, NonCacheable, Device };

/// A core's clock, and where its cycles have gone. The stack adds up to `now` at all times.
struct Clock {
  Cycles now{};
  CycleStack stack{};
  void charge(u64 cycles, Resource resource) {
    now.value += cycles;
    stack[static_cast<unsigned>(resource)] += cycles;
  }
};

/// L2 and DRAM, shared by the cores of a cluster.
struct SharedMemoryTiming;  // shared_memory.h

/// Timing of one core. Each method charges `clock` with what the event costs beyond the block's schedule.
class TimingModel {
 public:
  TimingModel(const TimingConfig& config, SharedMemoryTiming& shared, unsigned core);
  ~TimingModel();

  /// The schedule of a block: a pure function of its instructions.
  BlockTiming schedule(const Block& block) const;

  /// A block of `bytes` at `pa` starts: L1I look-ups of its lines.
  void fetch(Clock& clock, PhysAddr pa, u32 bytes, bool cacheable);
  /// A load or store of RAM that has been translated.
  void load(Clock& clock, PhysAddr pa, MemClass mem_class);
  void store(Clock& clock, PhysAddr pa, MemClass mem_class);
  /// A load that crosses a 64-byte line.
  void line_crossing(Clock& clock);
  /// One descriptor read of a walk; goes through L2.
  void walk_read(Clock& clock, PhysAddr pa, bool cacheable, bool stage2);
  /// An L1 TLB miss that the L2 TLB answered (walk = false), or that led to a walk (its reads are charged separately).
  void tlb_miss(Clock& clock, bool fetch, bool walk);
  /// A device access whose transaction took `bus`: reads block, writes are posted into the write buffer. Strongly-ordered
  /// memory is treated as Device memory: RAM of either kind comes through load() and store().
  void device_read(Clock& clock, Cycles bus);
  void device_write(Clock& clock, Cycles bus);
  /// The end of a block. `taken_to` is where execution goes on; conditional blocks say so.
  void branch(Clock& clock, u32 branch_pc, u32 fall_through, u32 taken_to, ir::BranchKind kind, bool conditional);
  /// Program flow prediction on or off. Without it execution goes on behind each branch: a taken one costs a refill.
  void enable_prediction(bool on);
  void exception_entry(Clock& clock);
  void exception_return(Clock& clock);
  /// DSB waits for the write buffer and for outstanding TLB maintenance; DMB and ISB have their share in the schedule.
  void dsb(Clock& clock);
  void tlb_maintenance(Clock& clock, bool broadcast);
  void cache_maintenance(Clock& clock);
  /// Cache contents changed by maintenance operations.
  void invalidate_icache();
  void invalidate_icache_line(PhysAddr pa);
  void clean_invalidate_dcache_line(PhysAddr pa, bool invalidate);
  /// `operand` as DCISW and its kind take it: level, set and way. ARM DDI 0406C B4.2.1
  void clean_invalidate_dcache_set_way(u32 operand);
  void invalidate_branch_predictor();

  /// PMU events, running totals. ARM DDI 0406C C12.8; 0 for events that are not modelled.
  u64 pmu_event(u32 event) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hypsim
