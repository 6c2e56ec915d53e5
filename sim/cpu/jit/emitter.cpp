// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/jit/emitter.h"

#include "sim/cpu/jit/liveness.h"

namespace hypsim::jit {

using ir::kBitC;
using ir::kBitN;
using ir::kBitsNzcv;
using ir::kBitV;
using ir::kBitZ;

Emitter::Emitter(Asm& assembler, const Layout& layout, const Stubs& stubs, const Core& core, Block& block,
                 bool observed, bool timed, unsigned lookaside_set)
    : a(assembler),
      layout_(layout),
      stubs_(stubs),
      core_(core),
      block_(block),
      observed_(observed),
      timed_(timed),
      set_(lookaside_set),
      live_(live_after(block)),
      targets_(block.ops.size() + 1) {}

void Emitter::emit() {
  block_.host.settles = false;
  for (const MicroOp& op : block_.ops) block_.host.settles |= op.op == Op::CallExit;
  start_block();
  for (at_ = 0; at_ < block_.ops.size(); ++at_) {
    bind_target(at_);
    const MicroOp& op = block_.ops[at_];
    const bool done = emit_move(op) || emit_arithmetic(op) || emit_shift(op) || emit_misc(op) || emit_multiply(op) ||
                      emit_memory(op) || emit_control(op);
    if (!done) throw std::logic_error("code generator: unknown micro-op");
  }
  emit_cold();
}

// --- operands ----------------------------------------------------------------------------------------------------

void Emitter::bring(Gp to, Slot s) {
  if (!at_home(s)) {
    a.mov(to, memory(s));
  } else if (home(s) != to) {
    a.mov(to, home(s));
  }
}

Gp Emitter::use(Slot s, Gp scratch) {
  if (at_home(s)) return home(s);
  a.mov(scratch, memory(s));
  return scratch;
}

asmjit::Operand Emitter::source(Slot s) const {
  if (at_home(s)) return home(s);
  return memory(s);
}

void Emitter::keep(Slot d, Gp value) {
  if (host_.nz_of == d) host_.nz_of = -1;
  if (!at_home(d)) {
    a.mov(memory(d), value);
  } else if (home(d) != value) {
    a.mov(home(d), value);
  }
}

// --- flags -------------------------------------------------------------------------------------------------------

void Emitter::keep_arithmetic_flags(bool addition) {
  const u32 live = live_flags();
  host_ = {};
  if (live == 0) return;
  if (addition && (live & kBitC) != 0) a.cmc();
  a.lahf();
  if ((live & kBitV) != 0) {
    a.seto(x86::al);
    a.mov(flags_word(), x86::ax);
  } else {
    a.mov(flags_byte(1), x86::ah);
  }
  host_.valid = live;
}

void Emitter::keep_nz(Gp value, bool set) {
  const u32 live = live_flags();
  if ((live & (kBitN | kBitZ)) == 0) return;
  if ((live & kBitC) == 0) {
    if (!set) a.test(value, value);
    host_ = {};
  } else {
    // INC sets SF and ZF and keeps CF, so that the old borrow goes back into its place.
    const Gp less = value.size() == 8 ? Gp(x86::rcx) : Gp(x86::ecx);
    a.lea(less, x86::ptr(value.r64(), -1));
    a.bt(Mem(kState, Layout::slot(Layout::kFlags), 4), 8);
    a.inc(less);
    host_ = {};
    host_.valid |= kBitC;
  }
  a.lahf();
  a.mov(flags_byte(1), x86::ah);
  host_.valid |= kBitN | kBitZ;
}

void Emitter::keep_carry() {
  if ((live_flags() & kBitC) != 0) {
    a.setnc(x86::cl);
    a.mov(x86::dl, flags_byte(1));
    a.and_(x86::dl, 0xFE);
    a.or_(x86::dl, x86::cl);
    a.mov(flags_byte(1), x86::dl);
  }
  clobber();
}

void Emitter::borrow_to_host() {
  a.bt(Mem(kState, Layout::slot(Layout::kFlags), 4), 8);
  clobber();
}

void Emitter::jump_unless(Cond cond, std::size_t index) {
  const u32 needs = ir::condition_flags(cond);
  const bool in_host = (host_.valid & needs) == needs;
  constexpr u32 kZ = 0x40, kBorrow = 1, kN = 0x80;
  const auto tested = [&](u32 mask, bool wants_set, unsigned byte = 1) {
    a.test(flags_byte(byte), mask);
    clobber();
    const Label to = target(index);
    if (wants_set) {
      a.jz(to);
    } else {
      a.jnz(to);
    }
  };
  if (!in_host) {
    switch (cond) {
      case Cond::EQ: return tested(kZ, true);
      case Cond::NE: return tested(kZ, false);
      case Cond::CS: return tested(kBorrow, false);
      case Cond::CC: return tested(kBorrow, true);
      case Cond::MI: return tested(kN, true);
      case Cond::PL: return tested(kN, false);
      case Cond::VS: return tested(1, true, 0);
      case Cond::VC: return tested(1, false, 0);
      case Cond::HI: return tested(kZ | kBorrow, false);
      case Cond::LS: return tested(kZ | kBorrow, true);
      default:
        a.movzx(x86::eax, flags_word());
        a.add(x86::al, 0x7F);  // overflows if V is set
        a.sahf();
        host_ = {};
        host_.valid = kBitsNzcv;
        break;
    }
  }
  const Label to = target(index);
  switch (cond) {
    case Cond::EQ: a.jne(to); break;
    case Cond::NE: a.je(to); break;
    case Cond::CS: a.jb(to); break;
    case Cond::CC: a.jae(to); break;
    case Cond::MI: a.jns(to); break;
    case Cond::PL: a.js(to); break;
    case Cond::VS: a.jno(to); break;
    case Cond::VC: a.jo(to); break;
    case Cond::HI: a.jbe(to); break;
    case Cond::LS: a.ja(to); break;
    case Cond::GE: a.jl(to); break;
    case Cond::LT: a.jge(to); break;
    case Cond::GT: a.jle(to); break;
    case Cond::LE: a.jg(to); break;
    default: break;
  }
}

// --- places within the block -------------------------------------------------------------------------------------

Label Emitter::target(std::size_t index) {
  Target& t = targets_[std::min(index, targets_.size() - 1)];
  if (!t.used) {
    t.used = true;
    t.label = a.newLabel();
    t.flags = host_;
  } else {
    t.flags.valid &= host_.valid;
    if (t.flags.nz_of != host_.nz_of) t.flags.nz_of = -1;
  }
  return t.label;
}

void Emitter::bind_target(std::size_t index) {
  Target& t = targets_[index];
  if (!t.used) return;
  a.bind(t.label);
  host_.valid &= t.flags.valid;
  if (host_.nz_of != t.flags.nz_of) host_.nz_of = -1;
}

void Emitter::emit_cold() {
  // Cold code may add more of its kind.
  for (std::size_t i = 0; i < cold_.size(); ++i) cold_[i]();
}

}  // namespace hypsim::jit
