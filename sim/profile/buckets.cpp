// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/buckets.h"

#include <numeric>

namespace hypsim::profile {

void add(Buckets& to, const Buckets& from) {
  for (const auto& [phase, stack] : from) {
    CycleStack& sums = to[phase];
    for (unsigned r = 0; r < kResources; ++r) sums[r] += stack[r];
  }
}

CycleStack& stack_of(Buckets& buckets, u16 phase, u16 other, std::size_t& room) {
  const auto at = buckets.find(phase);
  if (at != buckets.end()) return at->second;
  if (room == 0) return buckets[other];
  --room;
  return buckets[phase];
}

u64 sum(const CycleStack& stack) { return std::accumulate(stack.begin(), stack.end(), u64{0}); }

u64 sum(const Buckets& buckets) {
  u64 total = 0;
  for (const auto& [phase, stack] : buckets) total += sum(stack);
  return total;
}

std::map<u16, u64> by_phase(const Buckets& buckets) {
  std::map<u16, u64> phases;
  for (const auto& [phase, stack] : buckets) phases[phase] = sum(stack);
  return phases;
}

CycleStack by_resource(const Buckets& buckets) {
  CycleStack all{};
  for (const auto& [phase, stack] : buckets)
    for (unsigned r = 0; r < kResources; ++r) all[r] += stack[r];
  return all;
}

void Tally::add_to(Buckets& out) const {
  for (const u16 phase : touched_) {
    CycleStack& sums = out[phase];
    for (unsigned r = 0; r < kResources; ++r) sums[r] += cycles_[phase][r];
  }
}

void Tally::add_to(Buckets& out, u16 other, std::size_t& room) const {
  for (const u16 phase : touched_) {
    CycleStack& sums = stack_of(out, phase, other, room);
    for (unsigned r = 0; r < kResources; ++r) sums[r] += cycles_[phase][r];
  }
}

u64 Tally::total() const {
  u64 all = 0;
  for (const u16 phase : touched_) all += sum(cycles_[phase]);
  return all;
}

void Tally::clear() {
  for (const u16 phase : touched_) {
    cycles_[phase] = {};
    used_[phase] = 0;
  }
  touched_.clear();
}

}  // namespace hypsim::profile
