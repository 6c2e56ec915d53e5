// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/exec/block_cache.h"

#include <cstring>

namespace hypsim {

namespace {

/// What the indexes and the host's allocator take beside the contents, of a block and of a page.
constexpr u64 kBesideBlock = 160, kBesidePage = 128;

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
         kBesideBlock;
}

bool BlockCache::takes(const Block& block) const { return bytes_ + bytes_of(block) + kBesidePage <= most_; }

Block* BlockCache::insert(const Block& block) {
  auto copy = std::make_unique<Block>(block);  // exactly as large as it must be
  Block* const raw = copy.get();
  const auto [page, fresh] = pages_.try_emplace(raw->pa.value >> kPageBits);
  bytes_ += bytes_of(block) + (fresh ? kBesidePage : 0);
  page->second.blocks.push_back(std::move(copy));
  by_key_[{raw->pa.value, raw->va.value, raw->context.key()}] = raw;
  return raw;
}

void BlockCache::forget() {
  by_key_.clear();
  pages_.clear();
  modified_.clear();
  dropped_.clear();
  jumps_.fill({});
  bytes_ = 0;
}

void BlockCache::mark_modified(PhysAddr pa) {
  const auto it = pages_.find(pa.value >> kPageBits);
  if (it == pages_.end() || it->second.modified) return;
  it->second.modified = true;
  modified_.insert(it->first);
}

void BlockCache::drop_page(u64 page) {
  const auto it = pages_.find(page);
  if (it == pages_.end()) return;
  for (auto& block : it->second.blocks) {
    Jump& jump_to_it = jump(block->va.value);
    if (jump_to_it.block == block.get()) jump_to_it = {};
    unlink(*block);
    by_key_.erase({block->pa.value, block->va.value, block->context.key()});
    bytes_ -= bytes_of(*block);
    dropped_.push_back(std::move(block));
  }
  bytes_ -= kBesidePage;
  pages_.erase(it);
}

void BlockCache::drop_modified() {
  if (modified_.empty()) return;
  for (const u64 page : modified_) drop_page(page);
  modified_.clear();
}

void BlockCache::drop(PhysAddr pa, u64 size) {
  if (size == 0) return;
  for (u64 page = pa.value >> kPageBits; page <= (pa.value + size - 1) >> kPageBits; ++page) {
    drop_page(page);
    modified_.erase(page);
  }
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
  modified_.clear();
}

}  // namespace hypsim
