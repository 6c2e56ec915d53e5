// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/pipeline/schedule_memo.h"

#include <algorithm>
#include <memory>
#include <new>
#include <string_view>

namespace hypsim {

namespace {
constexpr std::size_t kLaterEntries = 4096;
}

ScheduleMemo::ScheduleMemo(const TimingConfig& config) : config_(config), later_(kLaterEntries) {}

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
  Later& entry = later_[(id * 64 + cycles) * 0x9E3779B97F4A7C15ull >> 52];
  if (entry.from != id || entry.cycles != cycles) entry = {id, cycles, id_of(hypsim::later(state(id), cycles))};
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
  BlockTiming* const first = block.timing;
  BlockTiming* before = nullptr;
  unsigned n = 0;
  for (BlockTiming* t = first; t != &none_; before = t, t = t->next) {
    if (t->entry == entry) {
      if (before != nullptr) {
        before->next = t->next;
        t->next = first;
      }
      return block.timing = t;
    }
    if (++n == kMostOfABlock - 1) t->next = &none_;  // the one not used for longest goes
  }
  const auto insns = static_cast<unsigned>(block.insns.size());
  compute_schedule(config_, block, state(entry), insns, scratch_);
  auto* const timing = new (allocate(sizeof(BlockTiming))) BlockTiming;
  auto* const prefix = static_cast<SchedulePrefix*>(allocate(sizeof(SchedulePrefix) * (insns + 1)));
  std::uninitialized_copy_n(scratch_.prefix.begin(), insns + 1, prefix);
  *timing = {entry, id_of(scratch_.exit), scratch_.resolve, prefix[insns], prefix, first};
  return block.timing = timing;
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
  arena_.clear();
  used_ = kChunkBytes;
  return id_of(state_kept);
}

}  // namespace hypsim
