// SPDX-License-Identifier: Apache-2.0
// Which code of the hypervisor the cycles of a run went to, by executed block.
#pragma once

#include <random>
#include <unordered_map>

#include "sim/base/observer.h"

namespace hypsim::profile {

/// What happened at one address, summed over the times that a block was entered there.
struct CodeCount {
  u64 entries = 0;
  u64 insns = 0;  ///< retired, over all entries
  CycleStack cycles{};
};

/// Blocks of Hyp mode and of the host's PL1, each by its first instruction: the first kMostPlaces of them, then all
/// others as one.
class CodeCounts {
 public:
  static constexpr std::size_t kMostPlaces = 1u << 17;

  struct Place {
    u32 pc;
    bool hyp;
    bool operator==(const Place&) const = default;
  };
  /// The guest chooses its addresses; what it does not know is `key`, so that it cannot make them collide. Nothing that
  /// is reported depends on it.
  struct Hash {
    Hash() : key(std::random_device{}()) {}
    std::size_t key;
    std::size_t operator()(const Place& p) const {
      const std::size_t x = (std::size_t{p.pc} << 1 | (p.hyp ? 1 : 0)) * (key * 0x9E3779B97F4A7C15u | 1u) + key;
      return x ^ x >> 32;
    }
  };
  using Map = std::unordered_map<Place, CodeCount, Hash>;

  CodeCount& at(u32 pc, bool hyp) {
    const auto it = counts_.find({pc, hyp});
    if (it != counts_.end()) return it->second;
    return counts_.size() < kMostPlaces ? counts_[{pc, hyp}] : other_;
  }
  const Map& all() const { return counts_; }
  const CodeCount& other() const { return other_; }

 private:
  Map counts_;
  CodeCount other_;
};

}  // namespace hypsim::profile
