// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/pipeline/schedule_memo.h"

#include <algorithm>
#include <bit>
#include <memory>
#include <new>
#include <string_view>

namespace hypsim {

namespace {
constexpr std::size_t kLaterEntries = 4096;
constexpr u64 kGoldenRatio = 0x9E3779B97F4A7C15ull;

u64 hash_of(const PipelineState& state) {
  static_assert(std::has_unique_object_representations_v<PipelineState>);
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(&state), sizeof(state)});
}
}  // namespace

/// Half of the bytes are for states and the table that finds them, which is at least half empty; half for schedules.
ScheduleMemo::ScheduleMemo(const TimingConfig& config, u64 bytes)
    : config_(config),
      most_states_(bytes / 2 / (sizeof(PipelineState) + 4 * sizeof(Found))),
      ids_(2 * std::bit_ceil(most_states_)),
      later_(kLaterEntries),
      buckets_(std::bit_floor(bytes / 2 / kMostSchedule)),
      arena_bytes_(bytes / 2 - buckets_.size() * sizeof(BlockTiming*)),
      arena_(std::make_unique_for_overwrite<std::byte[]>(arena_bytes_)) {
  states_.reserve(most_states_);
  none_.then = &none_;
}

std::size_t ScheduleMemo::bucket_of(const BlockTiming* family, u64 entry) const {
  const u64 hash = (reinterpret_cast<std::uintptr_t>(family) / alignof(BlockTiming) + entry * 64) * kGoldenRatio;
  return (hash >> 32) & (buckets_.size() - 1);
}

/// Where the state is found, or is to be.
ScheduleMemo::Found& ScheduleMemo::place_of(const PipelineState& state, u64 hash) {
  for (std::size_t at = hash;; ++at) {
    Found& f = ids_[at & (ids_.size() - 1)];
    if (f.number == 0 || (f.hash == hash >> 32 && states_[f.number - 1] == state)) return f;
  }
}

u64 ScheduleMemo::id_of(const PipelineState& state) {
  if (state.completion == 0) return 0;
  const u64 hash = hash_of(state);
  Found& found = place_of(state, hash);
  if (found.number == 0) {
    states_.push_back(state);
    found = {static_cast<u32>(hash >> 32), static_cast<u32>(states_.size())};
  }
  return first_id_ + found.number - 1;
}

u64 ScheduleMemo::later(u64 id, u64 cycles) {
  if (id == 0 || cycles >= state(id).completion) return 0;
  Later& entry = later_[(id * 64 + cycles) * kGoldenRatio >> 52];
  if (entry.from != id || entry.cycles != cycles)
    entry = {id, cycles, id_of(hypsim::later(config_, state(id), cycles))};
  return entry.to;
}

void* ScheduleMemo::allocate(std::size_t bytes) {
  void* const place = arena_.get() + used_;
  used_ += (bytes + alignof(BlockTiming) - 1) & ~(alignof(BlockTiming) - 1);
  return place;
}

BlockTiming* ScheduleMemo::find(Block& block, u64 entry) {
  BlockTiming* const now = block.timing;
  if (now->entry == entry) return now;
  if (now == &none_) return block.timing = make(block, entry);
  BlockTiming* found = now->then;
  if (found->entry != entry) {
    found = entry == 0 ? now->family->from_empty : known(now->family, entry);
    if (found == nullptr) found = make(block, entry);
    now->then = found;
  }
  return block.timing = found;
}

BlockTiming* ScheduleMemo::known(const BlockTiming* family, u64 entry) const {
  BlockTiming* found = buckets_[bucket_of(family, entry)];
  while (found != nullptr && (found->family != family || found->entry != entry)) found = found->next;
  return found;
}

BlockTiming* ScheduleMemo::make(Block& block, u64 entry) {
  const auto insns = static_cast<unsigned>(block.insns.size());
  compute_schedule(config_, block, state(entry), insns, scratch_);
  auto* const timing = new (allocate(sizeof(BlockTiming))) BlockTiming;
  auto* const prefix = static_cast<SchedulePrefix*>(allocate(sizeof(SchedulePrefix) * (insns + 1)));
  std::uninitialized_copy_n(scratch_.prefix.begin(), insns + 1, prefix);
  BlockTiming* const family = block.timing == &none_ ? timing : block.timing->family;
  BlockTiming*& bucket = buckets_[bucket_of(family, entry)];
  *timing = {.entry = entry,
             .exit = id_of(scratch_.exit),
             .resolve = scratch_.resolve,
             .whole = prefix[insns],
             .prefix = prefix,
             .then = &none_,
             .family = family,
             .next = bucket};
  if (entry == 0) family->from_empty = timing;
  return bucket = timing;
}

u64 ScheduleMemo::exit_after(const Block& block, u64 entry, unsigned insns) {
  compute_schedule(config_, block, state(entry), insns, scratch_);
  return id_of(scratch_.exit);
}

u64 ScheduleMemo::forget(u64 kept) {
  const PipelineState state_kept = state(kept);
  first_id_ += states_.size();
  states_.clear();
  std::fill(ids_.begin(), ids_.end(), Found{});
  std::fill(later_.begin(), later_.end(), Later{});
  std::fill(buckets_.begin(), buckets_.end(), nullptr);
  used_ = 0;
  return id_of(state_kept);
}

}  // namespace hypsim
