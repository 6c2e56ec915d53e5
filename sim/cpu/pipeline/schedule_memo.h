// SPDX-License-Identifier: Apache-2.0
// Schedules that have been computed, by block and entry state, and the states themselves, as FastSim remembers them
// (Schnarr and Larus, ASPLOS 1998): nearly every block that runs costs one comparison of two ids.
//
// What must stay true: this is a memory of pure functions. It may forget everything at any time, and does when it is
// full, without a change of a cycle; so its bounds depend on nothing that a guest could tell.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "sim/cpu/pipeline/schedule.h"

namespace hypsim {

class ScheduleMemo {
 public:
  explicit ScheduleMemo(const TimingConfig& config);

  /// Ids are never used twice; that of the empty pipeline is 0.
  u64 id_of(const PipelineState& state);
  const PipelineState& state(u64 id) const { return id == 0 ? empty_ : *states_[id - first_id_]; }
  /// The state `cycles` after `id`.
  u64 later(u64 id, u64 cycles);

  /// The schedule of `block` from state `entry`, which is block.timing from then on.
  BlockTiming* find(Block& block, u64 entry);
  /// The state that the first `insns` instructions of a block leave behind.
  u64 exit_after(const Block& block, u64 entry, unsigned insns);

  /// What block.timing is while there is no schedule.
  BlockTiming* none() { return &none_; }
  /// Whether forget() is due. No schedule of any block may be used after that.
  bool full() const { return states_.size() >= kMostStates || arena_.size() >= kMostChunks; }
  /// Forgets all states but `kept`, of which the new id is returned, and all schedules.
  u64 forget(u64 kept);

 private:
  static constexpr std::size_t kMostStates = 1 << 15, kMostChunks = 64, kChunkBytes = 256 << 10;
  static constexpr unsigned kBucketBits = 15;

  struct Hash {
    std::size_t operator()(const PipelineState& state) const;
  };
  struct Later {
    u64 from = BlockTiming::kNone, cycles = 0, to = 0;
  };

  void* allocate(std::size_t bytes);
  BlockTiming* known(const BlockTiming* family, u64 entry) const;
  BlockTiming* make(Block& block, u64 entry);
  static std::size_t bucket_of(const BlockTiming* family, u64 entry);

  const TimingConfig& config_;
  const PipelineState empty_{};
  BlockTiming none_;
  std::unordered_map<PipelineState, u64, Hash> ids_;
  std::vector<const PipelineState*> states_;  // by id, from first_id_ on
  u64 first_id_ = 1;
  std::vector<Later> later_;           // the last answer by a hash of the question
  std::vector<BlockTiming*> buckets_;  // schedules by a hash of their family and entry
  std::vector<std::unique_ptr<std::byte[]>> arena_;
  std::size_t used_ = kChunkBytes;  // of the last chunk
  Schedule scratch_;
};

}  // namespace hypsim
