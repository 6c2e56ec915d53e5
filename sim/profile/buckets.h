// SPDX-License-Identifier: Apache-2.0
// Cycles by phase and by resource at once: each cycle lies in exactly one bucket.
#pragma once

#include <map>
#include <vector>

#include "sim/base/observer.h"

namespace hypsim::profile {

/// Phase to cycles by resource. Phases without a cycle are absent.
using Buckets = std::map<u16, CycleStack>;

void add(Buckets& to, const Buckets& from);
/// The stack of `phase`, or that of `other` if the phase is not there yet and `room` for phases is used up.
CycleStack& stack_of(Buckets& buckets, u16 phase, u16 other, std::size_t& room);
u64 sum(const CycleStack& stack);
u64 sum(const Buckets& buckets);
std::map<u16, u64> by_phase(const Buckets& buckets);
CycleStack by_resource(const Buckets& buckets);

/// The buckets of something under way. Adding costs no allocation once a phase has been seen.
class Tally {
 public:
  void add(u16 phase, unsigned resource, u64 cycles) {
    if (cycles_.size() <= phase) cycles_.resize(phase + 1u);
    CycleStack& stack = cycles_[phase];
    if (!in_use(phase)) touched_.push_back(phase);
    stack[resource] += cycles;
  }
  void add_to(Buckets& out) const;
  /// As stack_of() for each phase.
  void add_to(Buckets& out, u16 other, std::size_t& room) const;
  u64 total() const;
  void clear();
  bool empty() const { return touched_.empty(); }

 private:
  /// Also remembers that it is from now on.
  bool in_use(u16 phase) {
    if (used_.size() <= phase) used_.resize(phase + 1u);
    const bool before = used_[phase] != 0;
    used_[phase] = 1;
    return before;
  }

  std::vector<CycleStack> cycles_;
  std::vector<u8> used_;
  std::vector<u16> touched_;
};

}  // namespace hypsim::profile
