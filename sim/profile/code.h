// SPDX-License-Identifier: Apache-2.0
// Which code of the hypervisor the cycles of a run went to, by executed block.
#pragma once

#include <unordered_map>

#include "sim/base/observer.h"

namespace hypsim::profile {

/// What happened at one address, summed over the times that a block was entered there.
struct CodeCount {
  u64 entries = 0;
  u64 insns = 0;  ///< retired, over all entries
  CycleStack cycles{};
};

/// Blocks of Hyp mode and of the host's PL1, each by its first instruction.
class CodeCounts {
 public:
  struct Place {
    u32 pc;
    bool hyp;
    bool operator==(const Place&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Place& p) const { return std::size_t{p.pc} * 0x9E3779B97F4A7C15u ^ (p.hyp ? 1 : 0); }
  };
  using Map = std::unordered_map<Place, CodeCount, Hash>;

  CodeCount& at(u32 pc, bool hyp) { return counts_[{pc, hyp}]; }
  const Map& all() const { return counts_; }

 private:
  Map counts_;
};

}  // namespace hypsim::profile
