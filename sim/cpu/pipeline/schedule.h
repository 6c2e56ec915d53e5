// SPDX-License-Identifier: Apache-2.0
// Schedules of blocks: how long the instructions of a block take that starts with the pipeline in a given state, and
// the state that it leaves behind. Both follow from the block, the state and the timing numbers alone, so that they are
// computed once and remembered (schedule_memo.h).
//
// Time is that of the front end, which dispatches in order: what has been dispatched and waits for its operands shows
// in the state, not in the clock. All accesses hit L1; in_flight.h moves what a miss makes late.
#pragma once

#include <array>

#include "sim/base/types.h"
#include "sim/cpu/pipeline/pending_stores.h"
#include "sim/cpu/pipeline/pipes.h"
#include "sim/cpu/pipeline/places.h"
#include "sim/cpu/pipeline/timing_config.h"
#include "sim/cpu/translate/block.h"

namespace hypsim {

/// What is under way in the pipeline where a block starts. All times are cycles from then on, 0 if there is nothing to
/// wait for; the window bounds them (core.window), so that there is no need to cap them.
struct PipelineState {
  std::array<u16, 64> ready{};       ///< until a value can be used; bits as in InsnInfo::reads
  u16 divider = 0, vfp_divider = 0;  ///< until the units that are not pipelined are free
  u16 completion = 0;                ///< until all results are there; the longest of these times
  u16 store_issue = 0;               ///< until the last store has its address: no load or store starts before that
  std::array<Places::State, kPipes> issue_queues{};
  Places::State load_queue{}, store_queue{};  ///< until they retire
  struct PendingStore {
    u8 base = 0, bytes = 0;
    i16 offset = 0;
    u16 data = 0;  ///< until its data is there
    auto operator<=>(const PendingStore&) const = default;
  };
  std::array<PendingStore, PendingStores<u32>::kMost>
      pending_stores{};  ///< in order of their names, the empty ones last
  bool operator==(const PipelineState&) const = default;
};

/// The same pipeline `cycles` later, when nothing has been dispatched in between.
PipelineState later(const TimingConfig& config, const PipelineState& state, u64 cycles);

/// Of the first k instructions of a block, in cycles. The first four are cumulative; dependency, serial and barrier
/// together never exceed commit, nor do their increments.
struct SchedulePrefix {
  u32 commit = 0;      ///< from the block's start until the front end is through with them
  u32 dependency = 0;  ///< of those: the front end stood still since a result was awaited
  u32 serial = 0;      ///< of those: system register accesses and the like
  u32 barrier = 0;     ///< of those: barriers
  u32 issue = 0;       ///< from the block's start until instruction k has its operands (issue_reads) and a unit
  u32 due = 0;         ///< from commit until all of them have completed
};

/// A schedule, as it is remembered.
struct BlockTiming {
  /// An id of no state.
  static constexpr u64 kNone = ~u64{0};

  u64 entry = kNone;                       ///< id of the state that the block starts in
  u64 exit = 0;                            ///< and of the one that it leaves behind
  u32 resolve = 0;                         ///< cycles from the block's end until its branch knows where it goes
  SchedulePrefix whole;                    ///< the last of `prefix`
  const SchedulePrefix* prefix = nullptr;  ///< of 0 to all instructions
  BlockTiming* then = nullptr;             ///< the schedule that the block had next, the last time that it was another
  BlockTiming* family = nullptr;           ///< the first of the same block
  BlockTiming* from_empty = nullptr;       ///< of a family: its schedule from the empty pipeline
  BlockTiming* next = nullptr;             ///< within ScheduleMemo
};

/// A schedule in the making.
struct Schedule {
  std::array<SchedulePrefix, kMaxBlockInsns + 1> prefix{};
  u32 resolve = 0;
  PipelineState exit;
};

/// Schedules the first `insns` instructions of `block`, which starts in `entry`.
void compute_schedule(const TimingConfig& config, const Block& block, const PipelineState& entry, unsigned insns,
                      Schedule& schedule);

/// Whether the instruction starts only when everything before it has completed, and lets nothing start before its end.
bool serialises(const TimingConfig& config, const ir::InsnInfo& insn);

/// Cycles until the results of an instruction can be used when its data is in L1.
u32 result_latency(const TimingConfig& config, const ir::InsnInfo& insn);

}  // namespace hypsim
