// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/pipeline/schedule_memo.h"

#include <algorithm>
#include <memory>
#include <new>
#include <string_view>

namespace hypsim {

namespace {
constexpr std::size_t kLaterEntries = 4096;
constexpr u64 kGoldenRatio = 0x9E3779B97F4A7C15ull;
}  // namespace

std::size_t ScheduleMemo::bucket_of(const BlockTiming* family, u64 entry) {
  return (reinterpret_cast<std::uintptr_t>(family) / alignof(BlockTiming) + entry * 64) * kGoldenRatio >>
         (64 - kBucketBits);
}

ScheduleMemo::ScheduleMemo(const TimingConfig& config)
    : config_(config), later_(kLaterEntries), buckets_(std::size_t{1} << kBucketBits) {
  none_.then = &none_;
}

std::size_t ScheduleMemo::Hash::operator()(const PipelineState& state) const {
  static_assert(std::has_unique_object_representations_v<PipelineState>);
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(&state), sizeof(state)});
}

u64 ScheduleMemo::id_of(const PipelineState& state) {
  if (state.completion == 0) return 0;
  const auto [it, fresh] = ids_.try_emplace(state, first_id_ + states_.size());
  if (fresh) states_.push_back(&it->first);
  return it->second;
}

u64 ScheduleMemo::later(u64 id, u64 cycles) {
  if (id == 0 || cycles >= state(id).completion) return 0;
  Later& entry = later_[(id * 64 + cycles) * kGoldenRatio >> 52];
  if (entry.from != id || entry.cycles != cycles)
    entry = {id, cycles, id_of(hypsim::later(config_, state(id), cycles))};
  return entry.to;
}

void* ScheduleMemo::allocate(std::size_t bytes) {
  if (used_ + bytes > kChunkBytes) {
    arena_.push_back(std::make_unique<std::byte[]>(kChunkBytes));
    used_ = 0;
  }
  void* const place = arena_.back().get() + used_;
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
  ids_.clear();
  states_.clear();
  std::fill(later_.begin(), later_.end(), Later{});
  std::fill(buckets_.begin(), buckets_.end(), nullptr);
  arena_.clear();
  used_ = kChunkBytes;
  return id_of(state_kept);
}

}  // namespace hypsim
