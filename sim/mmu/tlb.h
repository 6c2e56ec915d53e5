// SPDX-License-Identifier: Apache-2.0
// The TLB structures. No structure keeps state on a hit, so replaying or skipping look-ups changes nothing.
#pragma once

#include <vector>

#include "sim/mmu/maintenance.h"
#include "sim/mmu/tlb_entry.h"

namespace hypsim {

/// A fully associative TLB of 4 KB entries, replaced round-robin. Hashed chains over the entry array make the look-up
/// short; entries never move, so the address of a stamp is good for the life of the TLB.
class L1Tlb {
 public:
  explicit L1Tlb(unsigned entries);

  const TlbEntry* find(u32 page, u32 ctx) const {
    for (u16 i = heads_[bucket(page)]; i != kNone; i = next_[i]) {
      const TlbEntry& e = entries_[i];
      if (e.va_page == page && ((e.context ^ ctx) & e.context_mask) == 0) return &e;
    }
    return nullptr;
  }

  /// Replaces the next victim by `entry`, which must be a 4 KB entry.
  const TlbEntry& insert(const TlbEntry& entry);
  unsigned maintain(const TlbMatcher& match);
  unsigned clear();
  unsigned valid_count() const;

 private:
  static constexpr u16 kNone = 0xFFFF;
  static constexpr unsigned kBuckets = 64;
  static unsigned bucket(u32 page) { return (page ^ (page >> 6) ^ (page >> 12)) & (kBuckets - 1); }
  void drop(u16 index);

  std::vector<TlbEntry> entries_;
  std::vector<u16> next_;
  u16 heads_[kBuckets];
  u16 victim_ = 0;
};

/// The unified second level: set-associative, all page sizes in one array, a set chosen by the VA bits just above the
/// page. Tags stand apart from payloads to make maintenance scans short.
class L2Tlb {
 public:
  L2Tlb(unsigned entries, unsigned ways);

  const TlbEntry* find(u32 page, u32 ctx) const;
  void insert(const TlbEntry& entry);
  unsigned maintain(const TlbMatcher& match);
  unsigned clear();
  unsigned valid_count() const;

 private:
  struct Tag {
    u32 context = 0, context_mask = 0, va_page = 0;
    u8 page_shift = 12, s1_shift = 12;
    bool global = false, valid = false;
  };
  static constexpr u8 kShifts[] = {12, 16, 20, 21, 24, 30};
  static unsigned size_class(u8 shift);
  unsigned set_of(u32 page, u8 shift) const { return (page >> (shift - kPageBits)) & (sets_ - 1); }
  void drop(unsigned index);
  unsigned maintain(const TlbMatcher& match, unsigned first, unsigned end);

  unsigned ways_, sets_;
  std::vector<Tag> tags_;
  std::vector<TlbEntry> payload_;
  std::vector<u8> victim_;                // per set
  unsigned count_[std::size(kShifts)]{};  // valid entries by size: absent sizes are not probed
  unsigned pieces_ = 0;                   // valid entries that are smaller than their stage-1 page
};

/// What a table descriptor said, kept so that a later walk may start below it.
struct WalkCacheEntry {
  u64 table = 0;       ///< physical address of the next table, stage 2 applied
  MemAttr table_attr;  ///< of reads from it, both stages combined
  u64 input_page = 0;  ///< VA[31:12] or IPA[39:12]
  u32 context = 0;     ///< identity and ASID for stage 1, VMID for stage 2
  u8 shift = 0;        ///< log2 of the range the table maps
  u8 next_level = 0;
  u8 domain = 0;
  bool stage2 = false;
  // Accumulated over the tables above; stage2_device over this one too: stage 2 makes one of them other than Normal.
  bool ns = false, no_write = false, no_user = false, xn = false, pxn = false, stage2_device = false;
  bool valid = false;
};

class WalkCache {
 public:
  explicit WalkCache(unsigned entries) : entries_(entries) {}
  /// The deepest cached table over the page, or null.
  const WalkCacheEntry* find(bool stage2, u64 input_page, u32 context) const;
  void insert(const WalkCacheEntry& entry);
  unsigned maintain(const TlbMatcher& match);
  unsigned clear();

 private:
  std::vector<WalkCacheEntry> entries_;
  unsigned victim_ = 0;
};

/// A finished stage-2 translation.
struct Stage2Leaf {
  u64 ipa_page = 0, pa_page = 0;  ///< first 4 KB pages of the block
  u8 shift = 12, level = 0, rights = 0;
  MemAttr attr;
};

class IpaCache {
 public:
  explicit IpaCache(unsigned entries) : entries_(entries) {}
  const Stage2Leaf* find(u64 ipa_page, Vmid vmid) const;
  void insert(const Stage2Leaf& leaf, Vmid vmid);
  unsigned maintain(const TlbMatcher& match);
  unsigned clear();

 private:
  struct Entry {
    Stage2Leaf leaf;
    Vmid vmid{};
    bool valid = false;
  };
  std::vector<Entry> entries_;
  unsigned victim_ = 0;
};

}  // namespace hypsim
