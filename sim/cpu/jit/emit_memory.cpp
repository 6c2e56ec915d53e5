// SPDX-License-Identifier: Apache-2.0
// Loads and stores: a hit in the look-aside stays in generated code, the rest is done by Engine::execute.
#include <bit>
#include <cstddef>

#include "sim/cpu/jit/emitter.h"

namespace hypsim::jit {

using asmjit::InstId;

namespace {
constexpr u32 kLineMask = (1u << CacheTags::kLineBits) - 1;
}

bool Emitter::emit_memory(const MicroOp& op) {
  switch (op.op) {
    case Op::Ld8:
    case Op::Ld8S:
    case Op::Ld16:
    case Op::Ld16S:
    case Op::Ld32:
    case Op::St8:
    case Op::St16:
    case Op::St32:
      if ((op.aux & (ir::kMemUnprivileged | ir::kMemBigEndian)) != 0) {
        execute(op);
      } else {
        load_or_store(op);
      }
      return true;
    case Op::LdM:
    case Op::StM:
      if ((op.aux & ir::kMemBigEndian) != 0) {
        execute(op);
      } else {
        multiple(op);
      }
      return true;
    case Op::Call:
      // Generated code runs only while an ISB has nothing to drop: Engine::allowed.
      if (op.imm != static_cast<u32>(Helper::isb)) execute(op);
      return true;
    case Op::CallExit: execute(op); return true;
    default: return false;
  }
}

void Emitter::execute(const MicroOp& op) {
  a.mov(x86::rax, imm(reinterpret_cast<u64>(&op)));
  a.mov(x86::rcx, imm(reinterpret_cast<u64>(&block_)));
  far_call(stubs_.execute);
  clobber();
}

Label Emitter::slow_path(const MicroOp& op, Label back) {
  const Label slow = a.newLabel();
  cold_.push_back([=, this, &op] {
    a.bind(slow);
    execute(op);
    a.jmp(back);
  });
  return slow;
}

void Emitter::look_up(bool store, u32 tag_mask, Label slow) {
  static_assert(sizeof(LookasideSlot) == 32 && Lookaside::kSlots == 128);
  const i32 side =
      (store ? layout_.lookaside_stores : layout_.lookaside_loads) + static_cast<i32>(set_ * sizeof(Lookaside::Side));
  const auto field = [side](std::size_t offset, u32 size) {
    return Mem(kState, x86::rcx, 0, side + static_cast<i32>(offset), size);
  };
  clobber();
  a.mov(x86::ecx, x86::eax);
  a.mov(x86::edx, x86::eax);
  a.shr(x86::ecx, kPageBits - 5);
  a.and_(x86::edx, static_cast<i32>(tag_mask));
  a.and_(x86::ecx, (Lookaside::kSlots - 1) << 5);
  a.or_(x86::rdx, at(layout_.data_key, 8));
  a.cmp(field(offsetof(LookasideSlot, tag), 8), x86::rdx);
  a.jne(slow);
  a.mov(x86::rdx, field(offsetof(LookasideSlot, stamp), 8));
  a.mov(x86::edx, x86::dword_ptr(x86::rdx));
  a.cmp(field(offsetof(LookasideSlot, stamp_value), 4), x86::edx);
  a.jne(slow);
  if (timed_) a.mov(x86::edx, field(offsetof(LookasideSlot, page_and_class), 4));
  a.mov(x86::rcx, field(offsetof(LookasideSlot, bias), 8));
  a.add(x86::rcx, x86::rax);
}

/// Of `words` from virtual address eax on, which lie in one line, in the page and class of edx; keeps rcx. Words after
/// the first find the line where that left it: they only count.
void Emitter::access_timing(const MicroOp& op, bool store, unsigned words) {
  const Label other_class = a.newLabel(), miss = a.newLabel(), done = a.newLabel();
  a.cmp(x86::edx, 1u << LookasideSlot::kPpnBits);
  a.jae(other_class);
  a.shr(x86::eax, CacheTags::kLineBits);
  a.and_(x86::eax, kPageMask >> CacheTags::kLineBits);
  a.shl(x86::rdx, kPageBits - CacheTags::kLineBits);
  a.or_(x86::rdx, x86::rax);  // the line
  a.mov(x86::eax, x86::edx);
  a.and_(x86::eax, layout_.l1d_sets - 1);
  // A load looks at the first tag of the set, a store at the line of it that is Modified.
  const u32 set_bytes = store ? 8 : layout_.l1d_ways * 8;
  if (std::has_single_bit(set_bytes)) {
    a.shl(x86::eax, std::countr_zero(set_bytes));
  } else {
    a.imul(x86::eax, x86::eax, set_bytes);
  }
  a.add(x86::rax, at(store ? layout_.l1d_written : layout_.l1d, 8));
  a.cmp(x86::qword_ptr(x86::rax), x86::rdx);
  a.jne(miss);
  a.mov(x86::rax, imm(reinterpret_cast<u64>(layout_.timing)));
  a.add(x86::qword_ptr(x86::rax, store ? layout_.l1d_writes : layout_.l1d_reads), words);
  a.bind(done);
  cold_.push_back([=, this, &op] {
    const u64 stub = store ? stubs_.store_timing : stubs_.load_timing;
    // Word by word, as what the first one finds may change what the next one does.
    const Label call = a.newLabel();
    a.bind(miss);
    a.mov(x86::rax, x86::rdx);
    a.shl(x86::rax, CacheTags::kLineBits);
    a.push(x86::rcx);
    a.xor_(x86::ecx, x86::ecx);
    a.jmp(call);
    a.bind(other_class);
    a.push(x86::rcx);
    a.mov(x86::ecx, x86::edx);
    a.shr(x86::ecx, LookasideSlot::kPpnBits);
    a.and_(x86::edx, (1u << LookasideSlot::kPpnBits) - 1);
    a.shl(x86::rdx, kPageBits);
    a.and_(x86::eax, kPageMask);
    a.or_(x86::rax, x86::rdx);
    a.bind(call);
    a.mov(x86::rdx, imm(reinterpret_cast<u64>(&block_)));
    a.mov(at(layout_.block, 8), x86::rdx);
    for (unsigned i = 0; i < words; ++i) {
      a.push(x86::rax);
      a.push(x86::rcx);
      a.mov(x86::rdx, imm(reinterpret_cast<u64>(&op)));
      a.sub(x86::rsp, 8);
      far_call(stub);
      a.add(x86::rsp, 8);
      a.pop(x86::rcx);
      a.pop(x86::rax);
    }
    a.pop(x86::rcx);
    a.jmp(done);
  });
}

void Emitter::load_or_store(const MicroOp& op) {
  const bool store = op.op == Op::St8 || op.op == Op::St16 || op.op == Op::St32;
  const u32 size = op.op == Op::Ld8 || op.op == Op::Ld8S || op.op == Op::St8 ? 1
                   : op.op == Op::Ld32 || op.op == Op::St32                  ? 4
                                                                             : 2;
  const Label back = a.newLabel();
  if (at_home(op.a)) {
    if (op.imm == 0) {
      a.mov(x86::eax, home(op.a));
    } else {
      a.lea(x86::eax, x86::ptr(home(op.a).r64(), static_cast<i32>(op.imm)));
    }
  } else {
    a.mov(x86::eax, memory(op.a));
    if (op.imm != 0) a.add(x86::eax, op.imm);
  }
  look_up(store, ~kPageMask | (size - 1), slow_path(op, back));
  if (timed_) access_timing(op, store, 1);
  const Mem host(x86::rcx, 0, size);
  if (store) {
    const Gp value = use(op.b, x86::eax);
    switch (size) {
      case 1: a.mov(host, value.r8Lo()); break;
      case 2: a.mov(host, value.r16()); break;
      default: a.mov(host, value); break;
    }
  } else {
    const Gp r = result(op.d);
    const InstId id = op.op == Op::Ld32                         ? Inst::kIdMov
                      : op.op == Op::Ld8S || op.op == Op::Ld16S ? Inst::kIdMovsx
                                                                : Inst::kIdMovzx;
    a.emit(id, r, host);
    keep(op.d, r);
  }
  a.bind(back);
  clobber();
}

/// Several words of one page, in timed mode of one line: one look-up, then nothing can fail.
void Emitter::multiple(const MicroOp& op) {
  const bool store = op.op == Op::StM;
  const unsigned count = static_cast<unsigned>(std::popcount(op.imm & 0xFFFF));
  const Label back = a.newLabel();
  const Label slow = slow_path(op, back);
  bring(x86::eax, op.a);
  if (count > 1) {
    a.lea(x86::ecx, x86::ptr(x86::rax, static_cast<i32>(4 * (count - 1))));
    a.xor_(x86::ecx, x86::eax);
    a.test(x86::ecx, static_cast<i32>(timed_ ? ~kLineMask : ~kPageMask));
    a.jnz(slow);
  }
  look_up(store, ~kPageMask | 3, slow);
  if (timed_) access_timing(op, store, count);
  i32 offset = 0;
  for (u32 list = op.imm & 0xFFFF; list != 0; list &= list - 1, offset += 4) {
    const unsigned n = static_cast<unsigned>(std::countr_zero(list));
    const Slot s = n == 15 ? ir::kLoadedPc : static_cast<Slot>(n);
    const Mem word = x86::dword_ptr(x86::rcx, offset);
    if (store) {
      a.mov(word, use(s, x86::eax));
    } else {
      const Gp r = result(s);
      a.mov(r, word);
      keep(s, r);
    }
  }
  a.bind(back);
  clobber();
}

}  // namespace hypsim::jit
