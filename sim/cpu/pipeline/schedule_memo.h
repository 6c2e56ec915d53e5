// SPDX-License-Identifier: Apache-2.0
// Schedules that have been computed, by block and entry state, and the states themselves, as FastSim remembers them
// (Schnarr and Larus, ASPLOS 1998): nearly every block that runs costs one comparison of two ids.
//
// What must stay true: this is a memory of pure functions. It may forget everything at any time, and does when it is
// full, without a change of a cycle; so its bounds depend on nothing that a guest could tell. All of it is there from
// the start (the host commits it as it fills): generated code asks for schedules, and nothing may be thrown through it.
#pragma once

#include <memory>
#include <vector>

#include "sim/cpu/pipeline/schedule.h"

namespace hypsim {

class ScheduleMemo {
 public:
  static constexpr u64 kDefaultBytes = u64{32} << 20;

  /// Takes at most `bytes`, apart from tables of a fixed size.
  explicit ScheduleMemo(const TimingConfig& config, u64 bytes = kDefaultBytes);

  /// Ids are never used twice; that of the empty pipeline is 0.
  u64 id_of(const PipelineState& state);
  const PipelineState& state(u64 id) const { return id == 0 ? empty_ : states_[id - first_id_]; }
  /// The state `cycles` after `id`.
  u64 later(u64 id, u64 cycles);

  /// The schedule of `block` from state `entry`, which is block.timing from then on.
  BlockTiming* find(Block& block, u64 entry);
  /// The state that the first `insns` instructions of a block leave behind.
  u64 exit_after(const Block& block, u64 entry, unsigned insns);

  /// What block.timing is while there is no schedule.
  BlockTiming* none() { return &none_; }
  /// Whether forget() is due. No schedule of any block may be used after that.
  bool full() const { return states_.size() + kSpareStates > most_states_ || used_ + kMostSchedule > arena_bytes_; }
  /// Forgets all states but `kept`, of which the new id is returned, and all schedules.
  u64 forget(u64 kept);

 private:
  /// States that come between two looks at full(), which are one visit of a block apart.
  static constexpr std::size_t kSpareStates = 8;
  static constexpr std::size_t kMostSchedule = sizeof(BlockTiming) + sizeof(SchedulePrefix) * (kMaxBlockInsns + 1);

  /// Of the table that finds a state's id: the upper half of its hash, and its number from 1 on; 0 is empty.
  struct Found {
    u32 hash = 0, number = 0;
  };
  struct Later {
    u64 from = BlockTiming::kNone, cycles = 0, to = 0;
  };

  void* allocate(std::size_t bytes);
  BlockTiming* known(const BlockTiming* family, u64 entry) const;
  BlockTiming* make(Block& block, u64 entry);
  std::size_t bucket_of(const BlockTiming* family, u64 entry) const;
  Found& place_of(const PipelineState& state, u64 hash);

  const TimingConfig& config_;
  const PipelineState empty_{};
  BlockTiming none_;
  const std::size_t most_states_;
  std::vector<PipelineState> states_;  // by id, from first_id_ on
  std::vector<Found> ids_;             // by a hash of the state, the next free one if that is taken
  u64 first_id_ = 1;
  std::vector<Later> later_;           // the last answer by a hash of the question
  std::vector<BlockTiming*> buckets_;  // schedules by a hash of their family and entry
  const std::size_t arena_bytes_;
  const std::unique_ptr<std::byte[]> arena_;  // of schedules
  std::size_t used_ = 0;
  Schedule scratch_;
};

}  // namespace hypsim
