// SPDX-License-Identifier: Apache-2.0
// Translated code, by physical page. A store into a page that holds code marks the page as modified; maintenance that
// makes the change visible drops the marked pages only, and with them the instructions of other pages that end in them.
// Pages whose code came over the bus have no memory that stores and grants tell of: maintenance drops them as well.
//
// What is held is bounded. When it is full all of it is forgotten: what a guest runs again is soon back, and nobody
// must keep account of what was used when. Which visit that happens at depends on the blocks that were made, in their
// order, and on nothing else.
#pragma once

#include <array>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "sim/cpu/translate/block.h"

namespace hypsim {

class BlockCache {
 public:
  /// One entry of the table that maps a virtual PC straight to its block.
  struct Jump {
    u64 tag = ~u64{0};  ///< fetch generation << 32 | va
    u32 context = 0;    ///< BlockContext::key()
    u32 stamp_value = 0;
    const u32* stamp = nullptr;
    Block* block = nullptr;
  };
  static constexpr unsigned kJumps = 4096;

  /// Holds at most `most` bytes of blocks and their indexes.
  explicit BlockCache(u64 most) : most_(most) {}

  Jump& jump(u32 va) { return jumps_[jump_index(va)]; }

  Block* find(PhysAddr pa, u32 va, u32 context) const;
  /// An empty block to translate into.
  Block& blank();
  /// Whether there is room for the block; else forget() is due first.
  bool takes(const Block& block) const;
  /// Keeps a copy.
  Block* insert(const Block& block);
  /// Forgets all blocks; only between blocks.
  void forget();

  /// Whether some instruction of the page, or the end of one, has been translated.
  bool holds_code(PhysAddr pa) const { return pages_.contains(page_of(pa)); }
  bool holds_code(PhysAddr first, PhysAddr last) const;
  /// A store hits the page.
  void mark_modified(PhysAddr pa);
  /// Something between the two has changed, both included.
  void mark_modified(PhysAddr first, PhysAddr last);
  bool any_modified() const { return !modified_.empty(); }
  void drop_modified();
  /// The same with the pages of which nobody would have known.
  bool any_doubtful() const { return !modified_.empty() || !unwatched_.empty(); }
  void drop_doubtful();
  void drop(PhysAddr pa, u64 size);
  void drop_all();
  /// All generated code is gone: no block has any.
  void forget_host_code();
  /// All schedules are gone: every block has `none`.
  void forget_schedules(BlockTiming* none);
  /// Frees dropped blocks; only between blocks, since the running block may have dropped itself.
  void collect() { dropped_.clear(); }
  std::size_t size() const { return by_key_.size(); }
  u64 bytes() const { return bytes_; }

 private:
  static constexpr u32 jump_index(u32 va) { return (va >> 1 ^ va >> 13) % kJumps; }
  struct Key {
    u64 pa;
    u32 va, context;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& k) const {
      return (k.pa * 0x9E3779B97F4A7C15ull) ^ (u64{k.va} * 0xC2B2AE3D27D4EB4Full) ^ k.context;
    }
  };
  struct Page {
    std::vector<std::unique_ptr<Block>> blocks;
    std::unordered_set<u64> heads;  // the pages of blocks that end in this one
    bool modified = false;
    bool empty() const { return blocks.empty() && heads.empty(); }
  };
  using Pages = std::unordered_map<u64, Page>;
  static u64 page_of(PhysAddr pa) { return pa.value >> kPageBits; }
  /// Whether the block ends in another page than it begins in, so that it is known to both.
  static bool spans_pages(const Block& block) {
    return block.straddles && page_of(block.second_page) != page_of(block.pa);
  }
  Page& page(u64 number);
  void drop_page(u64 number);
  void drop_pages(const std::unordered_set<u64>& numbers);
  void leave_second_page(const Block& block);
  void erase(Pages::iterator page);
  void retire(std::unique_ptr<Block> block);
  static u64 bytes_of(const Block& block);

  const u64 most_;
  u64 bytes_ = 0;
  Block blank_;
  std::unordered_map<Key, Block*, Hash> by_key_;
  Pages pages_;
  std::unordered_set<u64> modified_, unwatched_;
  std::vector<std::unique_ptr<Block>> dropped_;
  std::array<Jump, kJumps> jumps_{};
};

}  // namespace hypsim
