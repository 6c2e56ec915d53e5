// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/exec/block_cache.h"

#include <cstring>

namespace hypsim {

namespace {

/// Generated code no longer leads to the block.
void unlink(Block& block) {
  for (const HostJump& jump : block.host.callers) {
    const i32 displacement = static_cast<i32>(jump.stub - jump.end);
    std::memcpy(jump.end - sizeof(displacement), &displacement, sizeof(displacement));
  }
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

Block* BlockCache::insert(std::unique_ptr<Block> block) {
  Block* raw = block.get();
  by_key_[{raw->pa.value, raw->va.value, raw->context.key()}] = raw;
  pages_[raw->pa.value >> kPageBits].blocks.push_back(std::move(block));
  return raw;
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
    dropped_.push_back(std::move(block));
  }
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
