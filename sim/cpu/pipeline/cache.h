// SPDX-License-Identifier: Apache-2.0
// Tags of a set-associative cache of 64-byte lines. Data stays in RAM.
#pragma once

#include <vector>

#include "sim/base/types.h"

namespace hypsim {

namespace jit {
struct Layout;
}

enum class Replacement : u8 { Lru, Random };

class CacheTags {
 public:
  static constexpr unsigned kLineBits = 6;

  /// The number of sets, bytes / ways / 64, must be a power of two.
  CacheTags(u32 bytes, u32 ways, Replacement replacement)
      : ways_(ways),
        sets_(bytes / ways >> kLineBits),
        replacement_(replacement),
        lines_(std::size_t{sets_} * ways, kEmpty) {}

  /// True on a hit. On a miss the line is brought in. With LRU the way order within a set is the age. A line that has
  /// not arrived (await) is no hit, and stays what it is.
  bool access(PhysAddr pa) {
    const u64 line = pa.value >> kLineBits;
    u64* const set = &lines_[(line & (sets_ - 1)) * ways_];
    return set[0] == line || access_behind_first(set, line);
  }
  bool contains(PhysAddr pa) const {
    const u64 line = pa.value >> kLineBits;
    const u64* const set = &lines_[(line & (sets_ - 1)) * ways_];
    for (unsigned w = 0; w < ways_; ++w)
      if (is(set[w], line)) return true;
    return false;
  }
  void invalidate(PhysAddr pa) { replace(pa, kEmpty); }
  /// The line of `pa`, if it is there, is on its way; or it has come.
  void await(PhysAddr pa) { replace(pa, pa.value >> kLineBits | kComing); }
  void arrived(PhysAddr pa) { replace(pa, pa.value >> kLineBits); }
  /// The line in way `way` of set `set`, as maintenance by set and way names it. Ways are places in the set, so a loop
  /// over all of them empties the cache whatever was used in between.
  void invalidate_set_way(u32 set, u32 way) { lines_[std::size_t{set % sets_} * ways_ + way % ways_] = kEmpty; }
  void invalidate_all() { lines_.assign(lines_.size(), kEmpty); }
  u32 sets() const { return sets_; }
  u32 ways() const { return ways_; }

 private:
  friend struct jit::Layout;

  bool access_behind_first(u64* set, u64 line) {
    for (unsigned w = 0; w < ways_; ++w) {
      if (!is(set[w], line)) continue;
      const u64 tag = set[w];
      if (replacement_ == Replacement::Lru) move_to_front(set, w, tag);
      return tag == line;
    }
    fill(set, line);
    return false;
  }
  void replace(PhysAddr pa, u64 tag) {
    const u64 line = pa.value >> kLineBits;
    u64* const set = &lines_[(line & (sets_ - 1)) * ways_];
    for (unsigned w = 0; w < ways_; ++w)
      if (is(set[w], line)) set[w] = tag;
  }
  static constexpr u64 kEmpty = ~u64{0}, kComing = u64{1} << 62;
  static bool is(u64 tag, u64 line) { return (tag & ~kComing) == line; }
  static void move_to_front(u64* set, unsigned way, u64 line) {
    for (; way > 0; --way) set[way] = set[way - 1];
    set[0] = line;
  }
  /// A line goes into an empty way if there is one, else in place of the victim.
  void fill(u64* set, u64 line) {
    unsigned way = 0;
    while (way < ways_ && set[way] != kEmpty) ++way;
    if (replacement_ == Replacement::Lru) {
      move_to_front(set, way < ways_ ? way : ways_ - 1, line);
    } else {
      set[way < ways_ ? way : random_way()] = line;
    }
  }
  unsigned random_way() {
    // xorshift: the same sequence on every host
    random_ ^= random_ << 13;
    random_ ^= random_ >> 17;
    random_ ^= random_ << 5;
    return random_ % ways_;
  }

  unsigned ways_, sets_;
  Replacement replacement_;
  std::vector<u64> lines_;
  u32 random_ = 0x2545F491;
};

}  // namespace hypsim
