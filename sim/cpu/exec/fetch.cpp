// SPDX-License-Identifier: Apache-2.0
// Instruction fetch: from a virtual PC to a translated block.
#include <cstring>

#include "sim/cpu/core.h"
#include "sim/cpu/translate/translator.h"

namespace hypsim {

namespace {

/// Guest memory is little-endian in halfwords of instructions, whatever CPSR.E says (BE-8). ARM DDI 0406C A3.3
u32 read_halfword(const u8* p) { return p[0] | u32{p[1]} << 8; }

}  // namespace

/// With the instruction cache off, blocks in pages that were stored to go at the next fetch that is looked up: nothing
/// then holds the old instructions.
void Core::drop_modified_code() {
  if (!blocks_.any_modified()) return;
  blocks_.drop_modified();
  new_generations();
  refresh_contexts();
}

/// The guest has asked for what memory holds now.
void Core::drop_doubtful_code() {
  if (!blocks_.any_doubtful()) return;
  blocks_.drop_doubtful();
  new_generations();
}

/// `unwatched` is set if nobody would tell of a change there.
bool Core::fetch_halfwords(PhysAddr pa, u32 size, const Translation& t, void* data, bool& unwatched) {
  if (const u8* host = host_pointer(pa, t.pa_security, false)) {
    std::memcpy(data, host, size);
    return true;
  }
  unwatched = true;
  BusAttr attr = bus_attr(t, state_.privileged());
  attr.fetch = true;
  // What the fetch costs is the instruction cache's business. This read costs nothing: it comes once or many times, as
  // blocks are forgotten.
  return bus_.read(pa, data, size, attr, clock_.now).ok;
}

/// The block at the PC, translated if need be. Null: a prefetch abort has been taken.
Block* Core::find_block() {
  BlockContext context{state_.thumb, state_.big_endian, state_.itstate,
                       state_.mode,  state_.security(), state_.thumbee()};
  const u32 va = state_.pc();
  if (!bit(system_control(), sctlr::I)) drop_modified_code();
  blocks_.collect();
  if (timing_) timing_->translating({});
  const Translation t = mmu_.translate(VirtAddr(va), AccessKind::Fetch, regime(), state_.privileged());
  if (timing_ && t.shadowed) timing_->tlb_refill(t);
  if (timing_ && t.hit != TlbLevel::L1) timing_->tlb_miss(clock_, true, t.hit == TlbLevel::Walk);
  if (!t.ok()) {
    prefetch_abort(t.fault, va, true);
    return nullptr;
  }
  const u32 key = context.key();
  // What one kind of access reads the other may not reach.
  context.nonsecure_memory = context.security == Security::Secure && t.pa_security == Security::NonSecure;
  Block* block = blocks_.find(t.pa, va, context.key());
  if (block == nullptr || block->straddles) {
    if (block == nullptr) {
      block = translate_block(t.pa, t, context);
      if (block == nullptr) return nullptr;
    }
    if (block->straddles) {
      // The rest of the instruction lies in the next page, whose translation must hold now, and be the one it had.
      const u32 next = (va + 2) & ~kPageMask;
      const Translation rest = mmu_.translate(VirtAddr(next), AccessKind::Fetch, regime(), state_.privileged());
      if (!rest.ok()) {
        prefetch_abort(rest.fault, next, true);
        return nullptr;
      }
      if (rest.pa != block->second_page) {
        blocks_.drop(t.pa, 2);
        return find_block();
      }
      return block;
    }
  }
  auto& jump = blocks_.jump(va);
  jump = {u64{fetch_generation_} << 32 | va, key, t.entry->stamp, &t.entry->stamp, block};
  return block;
}

Block* Core::translate_block(PhysAddr pa, const Translation& first, const BlockContext& context) {
  const u32 va = state_.pc();
  Block* const block = &blocks_.blank();
  block->pa = pa;
  Translator translator(*block, VirtAddr(va), context);

  const u32 to_page_end = kPageSize - (va & kPageMask);
  u32 offset = 0;
  bool open = true;
  while (open && block->insns.size() < kMaxBlockInsns) {
    if (offset >= to_page_end) break;
    u8 bytes[4];
    u32 raw = 0;
    unsigned length = 4;
    if (!context.thumb) {
      if (!fetch_halfwords(pa + offset, 4, first, bytes, block->unwatched)) break;
      raw = read_halfword(bytes) | read_halfword(bytes + 2) << 16;
    } else {
      if (!fetch_halfwords(pa + offset, 2, first, bytes, block->unwatched)) break;
      raw = read_halfword(bytes);
      length = 2;
      if (isa::is_t32_prefix(raw)) {
        length = 4;
        if (offset + 2 == to_page_end) {
          if (offset != 0) break;  // a block of its own, next time
          const u32 next = va + 2;
          const Translation rest = mmu_.translate(VirtAddr(next), AccessKind::Fetch, regime(), state_.privileged());
          if (!rest.ok()) {
            prefetch_abort(rest.fault, next, true);
            return nullptr;
          }
          block->straddles = true;
          block->second_page = rest.pa;
          if (!fetch_halfwords(rest.pa, 2, rest, bytes + 2, block->unwatched)) break;
        } else if (!fetch_halfwords(pa + offset + 2, 2, first, bytes + 2, block->unwatched)) {
          break;
        }
        raw = raw << 16 | read_halfword(bytes + 2);
      }
    }
    open = translator.translate_insn(raw, length);
    offset += length;
    if (block->straddles) break;
  }
  if (block->insns.empty()) {
    // The very first fetch got an external abort. ARM DDI 0406C B3.12.5
    Fault fault;
    fault.kind = FaultKind::SyncExternal;
    fault.to_hyp = state_.mode == Mode::Hyp;
    prefetch_abort(fault, va, true);
    return nullptr;
  }
  translator.finish();

  const auto& last_op = block->ops.back();
  const auto& last = block->insns.back();
  // Only a branch counts: any other instruction may end a block conditionally without being predicted.
  const auto& first_of_last = block->ops[last.first_op].op;
  if (first_of_last == ir::Op::SkipUnless || first_of_last == ir::Op::SkipIfZero) {
    for (std::size_t i = last.first_op; i < block->ops.size(); ++i) {
      const auto& op = block->ops[i];
      const bool goes = op.op == ir::Op::Goto || op.op == ir::Op::GotoInd || op.op == ir::Op::GotoX;
      if (goes && static_cast<ir::BranchKind>(op.aux) != ir::BranchKind::Sequential) block->conditional_end = true;
    }
  }
  block->self_loop =
      block->insns.size() == 1 && block->ops.size() == 1 && last_op.op == ir::Op::Goto && last_op.imm == va;
  if (timing_) block->timing = timing_->no_schedule();

  if (!blocks_.takes(*block)) forget_code();

  // A page that starts to hold code takes no more direct stores until the first one has been seen.
  const bool new_code_page = !blocks_.holds_code(pa) || (block->straddles && !blocks_.holds_code(block->second_page));
  if (new_code_page) {
    new_generations();
    refresh_contexts();
    if (config_.cores > 1) cluster_.code_page(config_.index);
  }
  return blocks_.insert(*block);
}

/// Between blocks: nothing runs, in generated code or otherwise, that could come back to what goes.
void Core::forget_code() {
  blocks_.forget();
  if (jit_ != nullptr) jit_->forget_code();
}

void Core::invalidate_code(PhysAddr pa, u64 size) {
  blocks_.drop(pa, size);
  new_generations();
}

void Core::receive_icache_maintenance(sysreg::CacheOp op, PhysAddr pa) {
  forget_fetches(op, pa);
  if (op == sysreg::CacheOp::BpInvalidate || !blocks_.any_doubtful()) return;
  drop_doubtful_code();
  attention_ = true;
}

}  // namespace hypsim
