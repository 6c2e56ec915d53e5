// SPDX-License-Identifier: Apache-2.0
// Tags of a set-associative cache of 64-byte lines, and what is known of each line. Data stays in RAM.
#pragma once

#include <utility>
#include <vector>

#include "sim/base/types.h"

namespace hypsim {

namespace jit {
struct Layout;
}

enum class Replacement : u8 { Lru, Random };

/// MESI, without Invalid. The L1 data caches of the Cortex-A15 are kept coherent by it. ARM DDI 0438 7.5
enum class LineState : u8 { Exclusive, Shared, Modified };

class CacheTags {
 public:
  static constexpr unsigned kLineBits = 6;

  /// The number of sets, bytes / ways / 64, must be a power of two.
  CacheTags(u32 bytes, u32 ways, Replacement replacement)
      : ways_(ways),
        sets_(bytes / ways >> kLineBits),
        replacement_(replacement),
        lines_(std::size_t{sets_} * ways, kEmpty),
        states_(lines_.size(), LineState::Exclusive),
        written_(sets_, kEmpty) {}

  /// True on a hit. On a miss the line is brought in, as Exclusive. With LRU the way order within a set is the age. A
  /// line that has not arrived (await) is no hit, and stays what it is.
  bool access(PhysAddr pa) {
    const u64 line = line_of(pa);
    return lines_[first_way(line)] == line || access_behind_first(line);
  }
  /// Whether the line is the last one of its set that was used, there, and Modified: a store to it changes nothing.
  bool just_written(PhysAddr pa) const {
    const u64 line = line_of(pa);
    return written_[line & (sets_ - 1)] == line;
  }
  /// There, or on its way.
  bool contains(PhysAddr pa) const { return find(pa) != kNowhere; }
  /// Of a line that is there or on its way.
  LineState state(PhysAddr pa) const { return states_[find(pa)]; }
  bool modified(PhysAddr pa) const {
    const std::size_t at = find(pa);
    return at != kNowhere && states_[at] == LineState::Modified;
  }
  void set_state(PhysAddr pa, LineState state) {
    const std::size_t at = find(pa);
    if (at == kNowhere) return;
    states_[at] = state;
    refresh_written(line_of(pa));
  }
  bool coming(PhysAddr pa) const {
    const std::size_t at = find(pa);
    return at != kNowhere && (lines_[at] & kComing) != 0;
  }
  void invalidate(PhysAddr pa) { replace(pa, kEmpty); }
  /// The line of `pa`, if it is there, is on its way; or it has come.
  void await(PhysAddr pa) { replace(pa, line_of(pa) | kComing); }
  void arrived(PhysAddr pa) { replace(pa, line_of(pa)); }

  /// A line that was put out, or is about to be.
  struct Victim {
    PhysAddr pa{};
    LineState state = LineState::Exclusive;
    bool valid = false;
  };
  /// The line that the last miss replaced, once.
  Victim take_victim() { return std::exchange(victim_, {}); }
  /// The line in way `way` of set `set`, as maintenance by set and way names it. Ways are places in the set, so a loop
  /// over all of them empties the cache whatever was used in between.
  Victim at_set_way(u32 set, u32 way) const { return line_at(place(set, way)); }
  void invalidate_all() {
    lines_.assign(lines_.size(), kEmpty);
    written_.assign(written_.size(), kEmpty);
  }
  u32 sets() const { return sets_; }
  u32 ways() const { return ways_; }

 private:
  friend struct jit::Layout;

  static constexpr u64 kEmpty = ~u64{0}, kComing = u64{1} << 62;
  static constexpr std::size_t kNowhere = ~std::size_t{0};

  static u64 line_of(PhysAddr pa) { return pa.value >> kLineBits; }
  static bool is(u64 tag, u64 line) { return (tag & ~kComing) == line; }
  std::size_t first_way(u64 line) const { return (line & (sets_ - 1)) * ways_; }
  std::size_t place(u32 set, u32 way) const { return std::size_t{set % sets_} * ways_ + way % ways_; }
  std::size_t find(PhysAddr pa) const {
    const u64 line = line_of(pa);
    const std::size_t first = first_way(line);
    for (std::size_t at = first; at < first + ways_; ++at)
      if (is(lines_[at], line)) return at;
    return kNowhere;
  }
  Victim line_at(std::size_t at) const {
    if (lines_[at] == kEmpty) return {};
    return {PhysAddr((lines_[at] & ~kComing) << kLineBits), states_[at], true};
  }

  bool access_behind_first(u64 line) {
    const std::size_t first = first_way(line);
    for (unsigned w = 0; w < ways_; ++w) {
      if (!is(lines_[first + w], line)) continue;
      const u64 tag = lines_[first + w];
      if (replacement_ == Replacement::Lru) {
        move_to_front(first, w, tag, states_[first + w]);
        refresh_written(line);
      }
      return tag == line;
    }
    fill(first, line);
    refresh_written(line);
    return false;
  }
  void replace(PhysAddr pa, u64 tag) {
    const std::size_t at = find(pa);
    if (at == kNowhere) return;
    lines_[at] = tag;
    refresh_written(line_of(pa));
  }
  void move_to_front(std::size_t first, unsigned way, u64 tag, LineState state) {
    for (std::size_t at = first + way; at > first; --at) {
      lines_[at] = lines_[at - 1];
      states_[at] = states_[at - 1];
    }
    lines_[first] = tag;
    states_[first] = state;
  }
  /// A line goes into an empty way if there is one, else in place of the victim.
  void fill(std::size_t first, u64 line) {
    unsigned way = 0;
    while (way < ways_ && lines_[first + way] != kEmpty) ++way;
    if (way == ways_) {
      way = replacement_ == Replacement::Lru ? ways_ - 1 : random_way();
      victim_ = line_at(first + way);
    }
    if (replacement_ == Replacement::Lru) {
      move_to_front(first, way, line, LineState::Exclusive);
    } else {
      lines_[first + way] = line;
      states_[first + way] = LineState::Exclusive;
    }
  }
  void refresh_written(u64 line) {
    const std::size_t first = first_way(line);
    const bool modified = states_[first] == LineState::Modified && (lines_[first] & kComing) == 0;
    written_[line & (sets_ - 1)] = modified ? lines_[first] : kEmpty;
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
  std::vector<LineState> states_;  // of each of them
  std::vector<u64> written_;       // for each set the line that just_written() is true of
  Victim victim_;
  u32 random_ = 0x2545F491;
};

}  // namespace hypsim
