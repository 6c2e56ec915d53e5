// SPDX-License-Identifier: Apache-2.0
#include "sim/mmu/tlb.h"

#include <algorithm>

namespace hypsim {
namespace {

template <class Entries>
unsigned clear_all(Entries& entries) {
  unsigned dropped = 0;
  for (auto& e : entries) {
    dropped += e.valid;
    e.valid = false;
  }
  return dropped;
}

// The intermediate caches prefer a free slot, then go round.
template <class Entries>
auto& claim(Entries& entries, unsigned& victim) {
  for (auto& e : entries) {
    if (!e.valid) return e;
  }
  auto& e = entries[victim];
  victim = (victim + 1) % static_cast<unsigned>(entries.size());
  return e;
}

}  // namespace

// ---- L1 ----

L1Tlb::L1Tlb(unsigned entries) : entries_(entries), next_(entries, kNone) {
  std::fill(std::begin(heads_), std::end(heads_), kNone);
}

void L1Tlb::drop(u16 index) {
  TlbEntry& e = entries_[index];
  u16* link = &heads_[bucket(e.va_page)];
  while (*link != index) link = &next_[*link];
  *link = next_[index];
  e.valid = false;
  ++e.stamp;
}

const TlbEntry& L1Tlb::insert(const TlbEntry& entry) {
  const u16 index = victim_;
  victim_ = static_cast<u16>(victim_ + 1u == entries_.size() ? 0 : victim_ + 1);
  TlbEntry& slot = entries_[index];
  if (slot.valid) drop(index);
  const u32 stamp = slot.stamp + 1;
  slot = entry;
  slot.stamp = stamp;
  slot.valid = true;
  u16& head = heads_[bucket(slot.va_page)];
  next_[index] = head;
  head = index;
  return slot;
}

unsigned L1Tlb::maintain(const TlbMatcher& match) {
  unsigned dropped = 0;
  for (u16 i = 0, end = static_cast<u16>(entries_.size()); i != end; ++i) {
    const TlbEntry& e = entries_[i];
    if (!e.valid || !match({e.context, e.va_page, e.s1_shift, e.global})) continue;
    drop(i);
    ++dropped;
  }
  return dropped;
}

unsigned L1Tlb::clear() {
  unsigned dropped = 0;
  for (u16 i = 0, end = static_cast<u16>(entries_.size()); i != end; ++i) {
    if (!entries_[i].valid) continue;
    drop(i);
    ++dropped;
  }
  victim_ = 0;
  return dropped;
}

unsigned L1Tlb::valid_count() const {
  return static_cast<unsigned>(
      std::count_if(entries_.begin(), entries_.end(), [](const TlbEntry& e) { return e.valid; }));
}

// ---- L2 ----

L2Tlb::L2Tlb(unsigned entries, unsigned ways)
    : ways_(ways), sets_(entries / ways), tags_(entries), payload_(entries), victim_(entries / ways, 0) {}

unsigned L2Tlb::size_class(u8 shift) {
  unsigned i = 0;
  while (kShifts[i] != shift) ++i;
  return i;
}

const TlbEntry* L2Tlb::find(u32 page, u32 ctx) const {
  for (unsigned c = 0; c < std::size(kShifts); ++c) {
    if (count_[c] == 0) continue;
    const u8 shift = kShifts[c];
    const unsigned first = set_of(page, shift) * ways_;
    for (unsigned i = first; i < first + ways_; ++i) {
      const Tag& t = tags_[i];
      if (t.valid && t.page_shift == shift && ((t.va_page ^ page) >> (shift - kPageBits)) == 0 &&
          ((t.context ^ ctx) & t.context_mask) == 0) {
        return &payload_[i];
      }
    }
  }
  return nullptr;
}

void L2Tlb::drop(unsigned index) {
  const Tag& t = tags_[index];
  pieces_ -= t.s1_shift != t.page_shift;
  --count_[size_class(t.page_shift)];
  tags_[index].valid = false;
}

void L2Tlb::insert(const TlbEntry& entry) {
  const unsigned set = set_of(entry.va_page, entry.page_shift);
  unsigned way = 0;
  while (way < ways_ && tags_[set * ways_ + way].valid) ++way;
  if (way == ways_) {
    way = victim_[set];
    victim_[set] = static_cast<u8>(way + 1 == ways_ ? 0 : way + 1);
  }
  const unsigned index = set * ways_ + way;
  if (tags_[index].valid) drop(index);
  tags_[index] = {entry.context,  entry.context_mask, entry.va_page, entry.page_shift,
                  entry.s1_shift, entry.global,       true};
  payload_[index] = entry;
  payload_[index].valid = true;
  pieces_ += entry.s1_shift != entry.page_shift;
  ++count_[size_class(entry.page_shift)];
}

unsigned L2Tlb::maintain(const TlbMatcher& match, unsigned first, unsigned end) {
  unsigned dropped = 0;
  for (unsigned i = first; i < end; ++i) {
    const Tag& t = tags_[i];
    if (!t.valid || !match({t.context, t.va_page, t.s1_shift, t.global})) continue;
    drop(i);
    ++dropped;
  }
  return dropped;
}

/// Any address in a stage-1 page names all pieces of it, which stage 2 may have spread over the sets. Where there are
/// no pieces, an operation by MVA concerns one set for each size.
unsigned L2Tlb::maintain(const TlbMatcher& match) {
  if (!match.by_mva() || pieces_ != 0) return maintain(match, 0, static_cast<unsigned>(tags_.size()));
  unsigned dropped = 0;
  for (unsigned c = 0; c < std::size(kShifts); ++c) {
    if (count_[c] == 0) continue;
    const unsigned first = set_of(match.page(), kShifts[c]) * ways_;
    dropped += maintain(match, first, first + ways_);
  }
  return dropped;
}

unsigned L2Tlb::clear() {
  const unsigned dropped = clear_all(tags_);
  std::fill(std::begin(count_), std::end(count_), 0u);
  pieces_ = 0;
  std::fill(victim_.begin(), victim_.end(), u8{0});
  return dropped;
}

unsigned L2Tlb::valid_count() const {
  unsigned n = 0;
  for (unsigned c : count_) n += c;
  return n;
}

// ---- Intermediate table walk cache ----

const WalkCacheEntry* WalkCache::find(bool stage2, u64 input_page, u32 context) const {
  const WalkCacheEntry* best = nullptr;
  for (const WalkCacheEntry& e : entries_) {
    if (e.valid && e.stage2 == stage2 && e.context == context &&
        ((e.input_page ^ input_page) >> (e.shift - kPageBits)) == 0 && (!best || e.next_level > best->next_level)) {
      best = &e;
    }
  }
  return best;
}

void WalkCache::insert(const WalkCacheEntry& entry) {
  if (entries_.empty()) return;
  WalkCacheEntry& slot = claim(entries_, victim_);
  slot = entry;
  slot.valid = true;
}

unsigned WalkCache::maintain(const TlbMatcher& match) {
  unsigned dropped = 0;
  for (WalkCacheEntry& e : entries_) {
    if (!e.valid) continue;
    bool goes;
    if (e.stage2) {
      // Stage 2 is named by no MVA or ASID: only operations on everything of its VMID reach it.
      goes = match.matches_all() && match({e.context, 0, kPageBits, true});
    } else {
      // A table descriptor has no nG bit, so by MVA it is dropped under any ASID: the tables of a global mapping
      // may have been cached under another one.
      const TlbKey key{e.context, static_cast<u32>(e.input_page), e.shift, false};
      goes = match.by_mva() ? match.any_asid()(key) : match(key);
    }
    if (!goes) continue;
    e.valid = false;
    ++dropped;
  }
  return dropped;
}

unsigned WalkCache::clear() {
  victim_ = 0;
  return clear_all(entries_);
}

// ---- IPA cache ----

const Stage2Leaf* IpaCache::find(u64 ipa_page, Vmid vmid) const {
  for (const Entry& e : entries_) {
    if (e.valid && e.vmid == vmid && ((e.leaf.ipa_page ^ ipa_page) >> (e.leaf.shift - kPageBits)) == 0) return &e.leaf;
  }
  return nullptr;
}

void IpaCache::insert(const Stage2Leaf& leaf, Vmid vmid) {
  if (entries_.empty()) return;
  Entry& slot = claim(entries_, victim_);
  slot = {leaf, vmid, true};
}

unsigned IpaCache::maintain(const TlbMatcher& match) {
  if (!match.matches_all()) return 0;
  unsigned dropped = 0;
  for (Entry& e : entries_) {
    const u32 context = u32{e.vmid.value} << tlb_context::kVmidShift;
    if (!e.valid || !match({context, 0, kPageBits, true})) continue;
    e.valid = false;
    ++dropped;
  }
  return dropped;
}

unsigned IpaCache::clear() {
  victim_ = 0;
  return clear_all(entries_);
}

}  // namespace hypsim
