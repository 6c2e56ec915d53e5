// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/exec/block_cache.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

namespace hypsim {

namespace {

/// What the indexes and the host's allocator take beside the contents, of a block, of a page, and of a block that ends
/// in another page.
constexpr u64 kBesideBlock = 160, kBesidePage = 128, kBesideHead = 48;

/// Generated code no longer leads to the block.
void unlink(Block& block) {
  for (const HostJump& jump : block.host.callers) std::memcpy(jump.displacement, &jump.unlinked, sizeof(jump.unlinked));
  block.host.callers.clear();
}

}  // namespace

Block* BlockCache::find(PhysAddr pa, u32 va, u32 context) const {
  // More often than not it is the block that the jump table had, until its TLB entry or its generation went. No entry
  // there outlives its block.
  Block* const last = jumps_[jump_index(va)].block;
  if (last != nullptr && last->pa == pa && last->va.value == va && last->context.key() == context) return last;
  const auto it = by_key_.find({pa.value, va, context});
  return it == by_key_.end() ? nullptr : it->second;
}

Block& BlockCache::blank() {
  std::vector<ir::MicroOp> ops = std::move(blank_.ops);
  std::vector<ir::InsnInfo> insns = std::move(blank_.insns);
  ops.clear();
  insns.clear();
  blank_ = {};
  blank_.ops = std::move(ops);
  blank_.insns = std::move(insns);
  return blank_;
}

u64 BlockCache::bytes_of(const Block& block) {
  return sizeof(Block) + block.ops.size() * sizeof(block.ops[0]) + block.insns.size() * sizeof(block.insns[0]) +
         kBesideBlock + (spans_pages(block) ? kBesideHead : 0);
}

bool BlockCache::takes(const Block& block) const {
  return bytes_ + bytes_of(block) + kBesidePage * (spans_pages(block) ? 2 : 1) <= most_;
}

BlockCache::Page& BlockCache::page(u64 number) {
  const auto [page, fresh] = pages_.try_emplace(number);
  if (fresh) bytes_ += kBesidePage;
  return page->second;
}

Block* BlockCache::insert(const Block& block) {
  auto copy = std::make_unique<Block>(block);  // exactly as large as it must be
  Block* const raw = copy.get();
  bytes_ += bytes_of(block);
  page(page_of(raw->pa)).blocks.push_back(std::move(copy));
  if (spans_pages(block)) page(page_of(raw->second_page)).heads.insert(page_of(raw->pa));
  if (block.unwatched) unwatched_.insert(page_of(raw->pa));
  by_key_[{raw->pa.value, raw->va.value, raw->context.key()}] = raw;
  return raw;
}

void BlockCache::forget() {
  by_key_.clear();
  pages_.clear();
  modified_.clear();
  unwatched_.clear();
  dropped_.clear();
  jumps_.fill({});
  bytes_ = 0;
}

bool BlockCache::holds_code(PhysAddr first, PhysAddr last) const {
  if (page_of(last) - page_of(first) >= pages_.size())
    return std::any_of(pages_.begin(), pages_.end(),
                       [&](const auto& held) { return page_of(first) <= held.first && held.first <= page_of(last); });
  for (u64 number = page_of(first); number <= page_of(last); ++number)
    if (pages_.contains(number)) return true;
  return false;
}

void BlockCache::mark_modified(PhysAddr pa) {
  const auto it = pages_.find(page_of(pa));
  if (it == pages_.end() || it->second.modified) return;
  it->second.modified = true;
  modified_.insert(it->first);
}

void BlockCache::mark_modified(PhysAddr first, PhysAddr last) {
  if (page_of(last) - page_of(first) >= pages_.size()) {
    for (auto& [number, held] : pages_)
      if (page_of(first) <= number && number <= page_of(last)) mark_modified(PhysAddr(number << kPageBits));
    return;
  }
  for (u64 number = page_of(first); number <= page_of(last); ++number) mark_modified(PhysAddr(number << kPageBits));
}

void BlockCache::erase(Pages::iterator page) {
  modified_.erase(page->first);
  unwatched_.erase(page->first);
  pages_.erase(page);
  bytes_ -= kBesidePage;
}

/// Nothing finds the block any more.
void BlockCache::retire(std::unique_ptr<Block> block) {
  Jump& jump_to_it = jump(block->va.value);
  if (jump_to_it.block == block.get()) jump_to_it = {};
  unlink(*block);
  by_key_.erase({block->pa.value, block->va.value, block->context.key()});
  bytes_ -= bytes_of(*block);
  dropped_.push_back(std::move(block));
}

/// All blocks of the block's page go: none ends in its second page any more.
void BlockCache::leave_second_page(const Block& block) {
  const auto second = pages_.find(page_of(block.second_page));
  if (second == pages_.end()) return;
  second->second.heads.erase(page_of(block.pa));
  if (second->second.empty()) erase(second);
}

void BlockCache::drop_page(u64 number) {
  const auto it = pages_.find(number);
  if (it == pages_.end()) return;
  Page gone = std::move(it->second);
  erase(it);
  for (auto& block : gone.blocks) {
    if (spans_pages(*block)) leave_second_page(*block);
    retire(std::move(block));
  }
  // Of the pages before it, only what ends here.
  for (const u64 head : gone.heads) {
    const auto before = pages_.find(head);
    if (before == pages_.end()) continue;
    auto& blocks = before->second.blocks;
    const auto ends_here = [number](const auto& block) {
      return spans_pages(*block) && page_of(block->second_page) == number;
    };
    const auto rest = std::partition(blocks.begin(), blocks.end(), std::not_fn(ends_here));
    for (auto block = rest; block != blocks.end(); ++block) retire(std::move(*block));
    blocks.erase(rest, blocks.end());
    if (before->second.empty()) erase(before);
  }
}

void BlockCache::drop_pages(const std::unordered_set<u64>& numbers) {
  for (const u64 number : numbers) drop_page(number);
}

void BlockCache::drop_modified() { drop_pages(std::exchange(modified_, {})); }

void BlockCache::drop_doubtful() {
  drop_modified();
  drop_pages(std::exchange(unwatched_, {}));
}

void BlockCache::drop(PhysAddr pa, u64 size) {
  if (size == 0) return;
  for (u64 number = page_of(pa); number <= page_of(pa + (size - 1)); ++number) drop_page(number);
}

void BlockCache::forget_host_code() {
  for (auto& [page, held] : pages_)
    for (auto& block : held.blocks) block->host = {};
}

void BlockCache::forget_schedules(BlockTiming* none) {
  for (auto& [page, held] : pages_)
    for (auto& block : held.blocks) block->timing = none;
}

void BlockCache::drop_all() {
  while (!pages_.empty()) drop_page(pages_.begin()->first);
}

}  // namespace hypsim
