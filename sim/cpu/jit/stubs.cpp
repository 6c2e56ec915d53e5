// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/jit/stubs.h"

#include <cstddef>

namespace hypsim::jit {

namespace {

constexpr Gp kSaved[] = {x86::rbx, x86::rbp, x86::r12, x86::r13, x86::r14, x86::r15};

Mem field(const Layout&, i32 displacement, u32 size = 8) { return Mem(kState, displacement, size); }

void spill(Asm& a, const Layout& layout) {
  for (const Home& h : kHomes) a.mov(x86::dword_ptr(kState, Layout::slot(h.slot)), h.reg);
  a.mov(field(layout, layout.budget), kBudget);
}

void reload(Asm& a, const Layout& layout) {
  for (const Home& h : kHomes) a.mov(h.reg, x86::dword_ptr(kState, Layout::slot(h.slot)));
  a.mov(kBudget, field(layout, layout.budget));
}

/// A call that leaves guest registers alone: arguments stand in `first`, `second` and `third`, besides the core.
template <class Function>
void light_call(Asm& a, const Layout& layout, Function function, std::initializer_list<Gp> arguments) {
  for (const Gp& r : kVolatile) a.push(r);
  a.sub(x86::rsp, 8);
  a.mov(field(layout, layout.budget), kBudget);
  constexpr Gp kArguments[] = {x86::rsi, x86::rdx, x86::rcx};
  unsigned n = 0;
  for (const Gp& from : arguments) {
    if (kArguments[n] != from) a.mov(kArguments[n], from);
    ++n;
  }
  a.lea(x86::rdi, x86::ptr(kState, layout.core));
  a.mov(x86::rax, imm(reinterpret_cast<u64>(function)));
  a.call(x86::rax);
  a.mov(kBudget, field(layout, layout.budget));
  a.add(x86::rsp, 8);
  for (std::size_t i = std::size(kVolatile); i-- > 0;) a.pop(kVolatile[i]);
  a.ret();
}

void emit_lookup(Asm& a, const Layout& layout, const Label& exit) {
  using Jump = BlockCache::Jump;
  static_assert(sizeof(Jump) == 32 && BlockCache::kJumps == 4096);
  const auto jump = [&layout](std::size_t offset, u32 size) {
    return Mem(kState, x86::rdx, 0, layout.jumps + static_cast<i32>(offset), size);
  };
  a.mov(x86::edx, x86::eax);
  a.shr(x86::edx, 12);
  a.xor_(x86::edx, x86::eax);
  a.shr(x86::edx, 1);
  a.and_(x86::edx, BlockCache::kJumps - 1);
  a.shl(x86::edx, 5);
  a.cmp(jump(offsetof(Jump, context), 4), x86::ecx);
  a.jne(exit);
  a.mov(x86::ecx, field(layout, layout.fetch_generation, 4));
  a.shl(x86::rcx, 32);
  a.or_(x86::rcx, x86::rax);
  a.cmp(jump(offsetof(Jump, tag), 8), x86::rcx);
  a.jne(exit);
  a.mov(x86::rcx, jump(offsetof(Jump, stamp), 8));
  a.mov(x86::ecx, x86::dword_ptr(x86::rcx));
  a.cmp(jump(offsetof(Jump, stamp_value), 4), x86::ecx);
  a.jne(exit);
  a.mov(x86::rcx, jump(offsetof(Jump, block), 8));
  a.mov(x86::rcx, x86::qword_ptr(x86::rcx, static_cast<i32>(layout.block_entry)));
  a.test(x86::rcx, x86::rcx);
  a.jz(exit);
  a.jmp(x86::rcx);
}

}  // namespace

StubLabels emit_stubs(Asm& a, const Layout& layout) {
  StubLabels l;
  for (Label* label : {&l.enter, &l.exit, &l.lookup, &l.execute, &l.settle, &l.branch, &l.fetch, &l.start,
                       &l.load_timing, &l.store_timing})
    *label = a.newLabel();
  const Label out = a.newLabel(), leave = a.newLabel();

  a.bind(l.enter);  // (rdi: entry, rsi: middle of the slot file)
  for (const Gp& r : kSaved) a.push(r);
  a.sub(x86::rsp, 8);
  a.mov(x86::rax, x86::rdi);
  a.mov(kState, x86::rsi);
  reload(a, layout);
  a.jmp(x86::rax);

  a.align(asmjit::AlignMode::kCode, 16);
  a.bind(l.exit);
  spill(a, layout);
  a.bind(out);
  a.add(x86::rsp, 8);
  for (std::size_t i = std::size(kSaved); i-- > 0;) a.pop(kSaved[i]);
  a.ret();

  a.align(asmjit::AlignMode::kCode, 16);
  a.bind(l.lookup);
  emit_lookup(a, layout, l.exit);

  a.align(asmjit::AlignMode::kCode, 16);
  a.bind(l.execute);
  spill(a, layout);
  a.sub(x86::rsp, 8);
  a.lea(x86::rdi, x86::ptr(kState, layout.core));
  a.mov(x86::rsi, x86::rax);
  a.mov(x86::rdx, x86::rcx);
  a.mov(x86::rax, imm(reinterpret_cast<u64>(Layout::kExecute)));
  a.call(x86::rax);
  a.add(x86::rsp, 8);
  a.test(x86::al, x86::al);
  a.jnz(leave);
  reload(a, layout);
  a.ret();
  a.bind(leave);
  a.add(x86::rsp, 8);  // the block that called
  a.jmp(out);

  a.bind(l.settle);
  light_call(a, layout, Layout::kSettle, {x86::rcx, x86::rax});
  a.bind(l.branch);
  light_call(a, layout, Layout::kBranch, {x86::rcx, x86::rdx, x86::rax});
  a.bind(l.fetch);
  light_call(a, layout, Layout::kFetch, {x86::rcx});
  a.bind(l.start);
  light_call(a, layout, Layout::kStart, {x86::rcx});
  a.bind(l.load_timing);
  a.xchg(x86::rcx, x86::rdx);
  light_call(a, layout, Layout::kLoadTiming, {x86::rax, x86::rdx, x86::rcx});
  a.bind(l.store_timing);
  light_call(a, layout, Layout::kStoreTiming, {x86::rax, x86::rcx});
  return l;
}

Stubs stub_addresses(const asmjit::CodeHolder& code, const StubLabels& l, const u8* base) {
  const auto address = [&](const Label& label) { return reinterpret_cast<u64>(base) + code.labelOffset(label); };
  Stubs s;
  s.exit = address(l.exit);
  s.lookup = address(l.lookup);
  s.execute = address(l.execute);
  s.settle = address(l.settle);
  s.branch = address(l.branch);
  s.fetch = address(l.fetch);
  s.start = address(l.start);
  s.load_timing = address(l.load_timing);
  s.store_timing = address(l.store_timing);
  s.enter = reinterpret_cast<void (*)(const void*, void*)>(address(l.enter));
  return s;
}

}  // namespace hypsim::jit
