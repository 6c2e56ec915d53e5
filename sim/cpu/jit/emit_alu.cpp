// SPDX-License-Identifier: Apache-2.0
// Moves, arithmetic, logic, multiplication and division.
#include "sim/cpu/jit/emitter.h"

namespace hypsim::jit {

using asmjit::InstId;

namespace {
constexpr u64 bit_of(ir::Slot s) { return u64{1} << s; }
}  // namespace

bool Emitter::emit_move(const MicroOp& op) {
  switch (op.op) {
    case Op::Nop: return true;
    case Op::Mov:
      if (op.d != op.a) keep(op.d, use(op.a, x86::eax));
      return true;
    case Op::MovI:
      if (at_home(op.d)) {
        a.mov(home(op.d), op.imm);
      } else {
        a.mov(memory(op.d), op.imm);
      }
      if (host_.nz_of == op.d) host_.nz_of = -1;
      return true;
    case Op::MovNZ: {
      const Gp value = at_home(op.d) ? home(op.d) : use(op.a, x86::edx);
      const bool set = host_.nz_of == op.a;
      if (op.d != op.a) {
        if (at_home(op.d)) {
          bring(value, op.a);
        } else {
          a.mov(memory(op.d), value);
        }
      }
      keep_nz(value, set);
      return true;
    }
    case Op::SetNZ64: {
      bring(x86::edx, op.b);
      const Gp low = use(op.a, x86::eax);
      a.shl(x86::rdx, 32);
      if (low != x86::eax) a.mov(x86::eax, low);
      a.or_(x86::rdx, x86::rax);
      clobber();
      keep_nz(x86::rdx, true);
      return true;
    }
    default: return false;
  }
}

/// d = a `id` b without the guest's flags.
void Emitter::binary(InstId id, const MicroOp& op, bool commutes) {
  clobber();
  if (at_home(op.d) && (op.d == op.a || op.d != op.b)) {
    bring(home(op.d), op.a);
    a.emit(id, home(op.d), source(op.b));
  } else if (at_home(op.d) && commutes) {
    a.emit(id, home(op.d), source(op.a));
  } else {
    bring(x86::eax, op.a);
    a.emit(id, x86::eax, source(op.b));
    keep(op.d, x86::eax);
  }
  host_.nz_of = op.d;
}

void Emitter::binary_immediate(InstId id, const MicroOp& op, u32 value) {
  clobber();
  const Gp r = result(op.d);
  bring(r, op.a);
  a.emit(id, r, imm(static_cast<i32>(value)));
  keep(op.d, r);
  host_.nz_of = op.d;
}

/// The operations that set all four flags.
void Emitter::arithmetic_flags(const MicroOp& op) {
  const bool immediate = op.op == Op::AddSI || op.op == Op::SubSI || op.op == Op::RsbSI;
  const bool addition = op.op == Op::AddS || op.op == Op::AddSI || op.op == Op::AdcS;
  const bool carries = op.op == Op::AdcS || op.op == Op::SbcS;
  const InstId id = op.op == Op::AdcS   ? Inst::kIdAdc
                    : op.op == Op::SbcS ? Inst::kIdSbb
                    : addition          ? Inst::kIdAdd
                                        : Inst::kIdSub;
  const asmjit::Operand second = immediate ? asmjit::Operand(imm(static_cast<i32>(op.imm))) : source(op.b);

  if (op.op == Op::RsbSI) {
    const Gp b = use(op.a, x86::ecx);
    a.mov(x86::eax, op.imm);
    a.sub(x86::eax, b);
    keep(op.d, x86::eax);
    return keep_arithmetic_flags(false);
  }
  if (id == Inst::kIdSub && dead(bit_of(op.d))) {
    a.emit(Inst::kIdCmp, use(op.a, x86::eax), second);
    return keep_arithmetic_flags(false);
  }
  const bool in_place = at_home(op.d) && (op.d == op.a || immediate || op.d != op.b);
  const Gp r = in_place ? home(op.d) : Gp(x86::eax);
  bring(r, op.a);
  if (carries) {
    borrow_to_host();
    if (addition) a.cmc();
  }
  a.emit(id, r, second);
  keep(op.d, r);
  keep_arithmetic_flags(addition);
}

bool Emitter::emit_arithmetic(const MicroOp& op) {
  switch (op.op) {
    case Op::Add:
      if (at_home(op.d) && at_home(op.a) && at_home(op.b)) {
        if (host_.nz_of == op.d) host_.nz_of = -1;
        a.lea(home(op.d), x86::ptr(home(op.a).r64(), home(op.b).r64()));
      } else {
        binary(Inst::kIdAdd, op, true);
      }
      return true;
    case Op::Sub: binary(Inst::kIdSub, op, false); return true;
    case Op::AddI:
    case Op::SubI: {
      const i32 value = static_cast<i32>(op.op == Op::AddI ? op.imm : 0u - op.imm);
      if (at_home(op.d) && at_home(op.a)) {
        if (host_.nz_of == op.d) host_.nz_of = -1;
        a.lea(home(op.d), x86::ptr(home(op.a).r64(), value));
      } else if (op.d == op.a) {
        a.add(memory(op.d), value);
        clobber();
      } else {
        binary_immediate(Inst::kIdAdd, op, static_cast<u32>(value));
      }
      return true;
    }
    case Op::RsbI: {
      const Gp b = use(op.a, x86::ecx);
      a.mov(x86::eax, op.imm);
      a.sub(x86::eax, b);
      clobber();
      keep(op.d, x86::eax);
      return true;
    }
    case Op::Adc:
    case Op::Sbc:
      bring(x86::eax, op.a);
      borrow_to_host();
      if (op.op == Op::Adc) a.cmc();
      a.emit(op.op == Op::Adc ? Inst::kIdAdc : Inst::kIdSbb, x86::eax, source(op.b));
      keep(op.d, x86::eax);
      return true;
    case Op::And:
      if (!fuse_test(op)) binary(Inst::kIdAnd, op, true);
      return true;
    case Op::AndI:
      if (!fuse_test(op)) binary_immediate(Inst::kIdAnd, op, op.imm);
      return true;
    case Op::Orr: binary(Inst::kIdOr, op, true); return true;
    case Op::OrrI: binary_immediate(Inst::kIdOr, op, op.imm); return true;
    case Op::Eor: binary(Inst::kIdXor, op, true); return true;
    case Op::EorI: binary_immediate(Inst::kIdXor, op, op.imm); return true;
    case Op::BicI: binary_immediate(Inst::kIdAnd, op, ~op.imm); return true;
    case Op::Bic:
      clobber();
      bring(x86::eax, op.b);
      a.not_(x86::eax);
      a.emit(Inst::kIdAnd, x86::eax, source(op.a));
      keep(op.d, x86::eax);
      host_.nz_of = op.d;
      return true;
    case Op::Mvn: {
      const Gp r = result(op.d);
      bring(r, op.a);
      a.not_(r);
      keep(op.d, r);
      return true;
    }
    case Op::AddS:
    case Op::AddSI:
    case Op::SubS:
    case Op::SubSI:
    case Op::RsbSI:
    case Op::AdcS:
    case Op::SbcS: arithmetic_flags(op); return true;
    default: return false;
  }
}

/// TST: an AND whose result only feeds the flags.
bool Emitter::fuse_test(const MicroOp& op) {
  if (at_ + 1 >= block_.ops.size() || targets_[at_ + 1].used) return false;
  const MicroOp& next = block_.ops[at_ + 1];
  if (next.op != Op::MovNZ || next.a != op.d || next.d != op.d || (live_[at_ + 1] & bit_of(op.d)) != 0) return false;
  if ((live_[at_ + 1] & ir::kBitC) != 0) return false;  // keep_nz wants the value
  const Gp first = use(op.a, x86::eax);
  if (op.op == Op::AndI) {
    a.test(first, static_cast<i32>(op.imm));
  } else {
    a.test(first, use(op.b, x86::ecx));
  }
  host_ = {};
  ++at_;
  keep_nz(x86::eax, true);
  return true;
}

bool Emitter::emit_multiply(const MicroOp& op) {
  const auto keep_pair = [&] {
    keep(op.d, x86::eax);
    a.shr(x86::rax, 32);
    keep(op.c, x86::eax);
  };
  switch (op.op) {
    case Op::Mul:
      binary(Inst::kIdImul, op, true);
      host_.nz_of = -1;
      return true;
    case Op::Mla:
      clobber();
      bring(x86::eax, op.a);
      a.emit(Inst::kIdImul, x86::eax, source(op.b));
      a.emit(Inst::kIdAdd, x86::eax, source(op.c));
      keep(op.d, x86::eax);
      return true;
    case Op::Mls:
      clobber();
      bring(x86::ecx, op.a);
      a.emit(Inst::kIdImul, x86::ecx, source(op.b));
      bring(x86::eax, op.c);
      a.sub(x86::eax, x86::ecx);
      keep(op.d, x86::eax);
      return true;
    case Op::Umull:
    case Op::Umlal:
      clobber();
      // A 32-bit move clears the upper half; a home may hold a value that was moved whole.
      bring(x86::eax, op.a);
      bring(x86::ecx, op.b);
      a.imul(x86::rax, x86::rcx);
      if (op.op == Op::Umlal) {
        bring(x86::ecx, op.d);
        bring(x86::edx, op.c);
        a.shl(x86::rdx, 32);
        a.or_(x86::rdx, x86::rcx);
        a.add(x86::rax, x86::rdx);
      }
      keep_pair();
      return true;
    case Op::Smull:
    case Op::Smlal:
      clobber();
      a.emit(Inst::kIdMovsxd, x86::rax, source(op.a));
      a.emit(Inst::kIdMovsxd, x86::rcx, source(op.b));
      a.imul(x86::rax, x86::rcx);
      if (op.op == Op::Smlal) {
        bring(x86::ecx, op.d);
        bring(x86::edx, op.c);
        a.shl(x86::rdx, 32);
        a.or_(x86::rdx, x86::rcx);
        a.add(x86::rax, x86::rdx);
      }
      keep_pair();
      return true;
    case Op::Udiv:
    case Op::Sdiv: {
      const Label zero = a.newLabel(), minus_one = a.newLabel(), done = a.newLabel();
      bring(x86::ecx, op.b);
      bring(x86::eax, op.a);
      a.test(x86::ecx, x86::ecx);
      a.jz(zero);
      if (op.op == Op::Udiv) {
        a.xor_(x86::edx, x86::edx);
        a.div(x86::ecx);
      } else {
        a.cmp(x86::ecx, -1);
        a.je(minus_one);
        a.cdq();
        a.idiv(x86::ecx);
      }
      a.bind(done);
      clobber();
      keep(op.d, x86::eax);
      cold_.push_back([=, this] {
        a.bind(zero);
        a.xor_(x86::eax, x86::eax);
        a.jmp(done);
        if (op.op == Op::Sdiv) {
          a.bind(minus_one);
          a.neg(x86::eax);  // overflow wraps, ARM DDI 0406C A8.8.165
          a.jmp(done);
        }
      });
      return true;
    }
    default: return false;
  }
}

}  // namespace hypsim::jit
