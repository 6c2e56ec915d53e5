// SPDX-License-Identifier: Apache-2.0
// The state of compiling one block, and what the emitters of micro-ops share. Emitters of arithmetic stand in
// emit_alu.cpp and emit_shift.cpp, of memory accesses in emit_memory.cpp, of block ends in emit_control.cpp.
#pragma once

#include <asmjit/x86.h>

#include <deque>
#include <functional>
#include <vector>

#include "sim/cpu/ir/op_info.h"
#include "sim/cpu/jit/layout.h"
#include "sim/cpu/jit/registers.h"

namespace hypsim::jit {

using Asm = asmjit::x86::Assembler;
using asmjit::imm;
using asmjit::Label;
using asmjit::x86::Gp;
using asmjit::x86::Mem;
namespace x86 = asmjit::x86;
namespace Inst = asmjit::x86::Inst;

/// Code that all blocks share.
struct Stubs {
  u64 exit = 0;     ///< leaves with the PC and ITSTATE stored
  u64 lookup = 0;   ///< goes on at eax in context ecx, PC and ITSTATE stored
  u64 execute = 0;  ///< Engine::execute(rax, rcx): leaves if told so
  u64 settle = 0;   ///< Engine::settle(block rcx, eax)
  u64 branch = 0;   ///< Engine::branch(op rcx, block rdx, eax)
  u64 fetch = 0;    ///< Engine::fetch(block rcx)
  u64 start = 0;    ///< Engine::start(block rcx)
  u64 load_timing = 0,
      store_timing = 0;  ///< of physical address rax and class ecx; loads: micro-op rdx of Core::block_
  void (*enter)(const void* entry, void* middle) = nullptr;
};

class Emitter {
 public:
  Emitter(Asm& assembler, const Layout& layout, const Stubs& stubs, const Core& core, Block& block, bool observed,
          bool timed, unsigned lookaside_set);

  void emit();

  /// Ends that may be linked; where they are is known when the code has its place.
  struct PendingSite {
    Label end, stub;
    ExitSite* site;
  };
  const std::vector<PendingSite>& sites() const { return pending_; }
  std::deque<ExitSite>* site_store = nullptr;

 private:
  using Op = ir::Op;
  using Slot = ir::Slot;
  using MicroOp = ir::MicroOp;

  // --- operands
  static Gp home(Slot s) {
    for (const Home& h : kHomes)
      if (h.slot == s) return h.reg;
    return Gp();
  }
  static bool at_home(Slot s) { return home(s).isValid(); }
  static Mem memory(Slot s) { return x86::dword_ptr(kState, Layout::slot(s)); }
  static Mem at(i32 displacement, u32 size) { return Mem(kState, displacement, size); }
  /// The slot's value in its home, or brought into `scratch`.
  Gp use(Slot s, Gp scratch);
  void bring(Gp to, Slot s);
  /// The slot as a source operand.
  asmjit::Operand source(Slot s) const;
  /// Where a result of slot `d` may be computed: its home, or `scratch`.
  Gp result(Slot d, Gp scratch = x86::eax) const { return at_home(d) ? home(d) : scratch; }
  void keep(Slot d, Gp value);
  bool dead(u64 slots) const { return (live_[at_] & slots) == 0; }
  void far_call(u64 address) { a.call(imm(address)); }

  // --- flags
  static Mem flags_byte(unsigned n) { return Mem(kState, Layout::slot(Layout::kFlags) + static_cast<i32>(n), 1); }
  static Mem flags_word() { return Mem(kState, Layout::slot(Layout::kFlags), 2); }
  u32 live_flags() const { return static_cast<u32>(live_[at_]) & ir::kBitsNzcv; }
  void clobber() { host_ = {}; }
  /// The host flags are those of an addition or subtraction: keeps what is live.
  void keep_arithmetic_flags(bool addition);
  /// N and Z of `value`, 32 or 64 bits wide; `set` if the host's flags show them already.
  void keep_nz(Gp value, bool set);
  /// C from the host's carry; uses rcx and rdx, keeps rax.
  void keep_carry();
  void borrow_to_host();
  /// A jump to micro-op `index` unless the condition holds.
  void jump_unless(Cond cond, std::size_t index);

  // --- families; false: not one of theirs
  bool emit_move(const MicroOp& op);
  bool emit_arithmetic(const MicroOp& op);
  bool emit_shift(const MicroOp& op);
  bool emit_misc(const MicroOp& op);
  bool emit_multiply(const MicroOp& op);
  bool emit_memory(const MicroOp& op);
  bool emit_control(const MicroOp& op);

  void binary(asmjit::InstId id, const MicroOp& op, bool commutes);
  void binary_immediate(asmjit::InstId id, const MicroOp& op, u32 value);
  void arithmetic_flags(const MicroOp& op);
  void bring_amount(Slot s);
  void shift_by_register(const MicroOp& op);
  void shift_with_carry(const MicroOp& op);
  void shift_by_register_with_carry(const MicroOp& op);
  bool fuse_shift_and_flags(const MicroOp& op);
  bool fuse_shift_and_add(const MicroOp& op);
  bool fuse_test(const MicroOp& op);

  void execute(const MicroOp& op);
  void load_or_store(const MicroOp& op);
  void multiple(const MicroOp& op);
  /// eax = virtual address -> rcx = host address; in timed mode rdx = the slot's page and class.
  void look_up(bool store, u32 tag_mask, Label slow);
  void access_timing(const MicroOp& op, bool store, unsigned words);
  Label slow_path(const MicroOp& op, Label back);

  void start_block();
  void fetch_timing();
  void start_schedule();
  void bring_schedule();
  void call_settle(const MicroOp& op);
  void charge(const MicroOp& op, u32 bubble);
  void end_functional(const MicroOp& op);
  void end_timed(const MicroOp& op, const u32* target);
  void predict(ir::BranchKind kind, bool taken, u32 pc, u32 fall_through, const u32* target, Label wrong);
  void leave_at_limits(Label exit);
  void go(const MicroOp& op);
  void go_indirect(const MicroOp& op);
  void emit_cold();

  struct HostFlags {
    u32 valid = 0;   // which of N, Z, C (as a borrow), V the host's flags hold
    int nz_of = -1;  // a slot whose value SF and ZF show
  };
  struct Target {
    Label label;
    bool used = false;
    HostFlags flags;
  };
  void bind_target(std::size_t index);
  Label target(std::size_t index);

  Asm& a;
  const Layout& layout_;
  const Stubs& stubs_;
  const Core& core_;
  Block& block_;
  const bool observed_, timed_;
  const unsigned set_;
  std::vector<u64> live_;
  std::vector<Target> targets_;
  std::vector<std::function<void()>> cold_;
  std::vector<PendingSite> pending_;
  HostFlags host_;
  std::size_t at_ = 0;  // index of the micro-op being emitted
  Label top_;
};

}  // namespace hypsim::jit
