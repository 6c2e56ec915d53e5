// SPDX-License-Identifier: Apache-2.0
// Shifts, bit fields, extensions and bit counts.
#include "sim/cpu/jit/emitter.h"

namespace hypsim::jit {

using asmjit::InstId;

namespace {
constexpr u64 bit_of(ir::Slot s) { return u64{1} << s; }
}  // namespace

bool Emitter::emit_shift(const MicroOp& op) {
  const auto by_immediate = [&](InstId id, u32 amount) {
    const Gp r = result(op.d);
    bring(r, op.a);
    if (amount != 0) {
      a.emit(id, r, imm(amount));
      clobber();
    }
    keep(op.d, r);
  };
  switch (op.op) {
    case Op::LslI:
      if (!fuse_shift_and_add(op)) by_immediate(Inst::kIdShl, op.imm);
      return true;
    case Op::LsrI:
      if (op.imm >= 32) {
        a.xor_(x86::eax, x86::eax);
        clobber();
        keep(op.d, x86::eax);
      } else {
        by_immediate(Inst::kIdShr, op.imm);
      }
      return true;
    case Op::AsrI: by_immediate(Inst::kIdSar, std::min(op.imm, 31u)); return true;
    case Op::RorI: by_immediate(Inst::kIdRor, op.imm & 31); return true;
    case Op::Rrx:
    case Op::RrxC:
      bring(x86::eax, op.a);
      borrow_to_host();
      a.cmc();
      a.rcr(x86::eax, 1);
      keep(op.d, x86::eax);
      if (op.op == Op::RrxC) keep_carry();
      return true;
    case Op::LslCI:
    case Op::LsrCI:
    case Op::AsrCI:
    case Op::RorCI:
      if (!fuse_shift_and_flags(op)) shift_with_carry(op);
      return true;
    case Op::Lsl:
    case Op::Lsr:
    case Op::Asr:
    case Op::Ror: shift_by_register(op); return true;
    case Op::LslC:
    case Op::LsrC:
    case Op::AsrC:
    case Op::RorC:
      if ((live_flags() & ir::kBitC) == 0) {
        shift_by_register(op);
      } else {
        shift_by_register_with_carry(op);
      }
      return true;
    case Op::SetCI:
      if ((live_flags() & ir::kBitC) != 0) {
        if (op.imm != 0) {
          a.and_(flags_byte(1), 0xFE);
        } else {
          a.or_(flags_byte(1), 1);
        }
        clobber();
      }
      return true;
    default: return false;
  }
}

/// An index that is scaled and added, as addresses are.
bool Emitter::fuse_shift_and_add(const MicroOp& op) {
  if (at_ + 1 >= block_.ops.size() || targets_[at_ + 1].used || op.imm > 3) return false;
  const MicroOp& next = block_.ops[at_ + 1];
  if (next.op != Op::Add || next.b != op.d || next.a == op.d || next.insn != op.insn) return false;
  if (next.d != op.d && (live_[at_ + 1] & bit_of(op.d)) != 0) return false;
  const Gp index = use(op.a, x86::ecx);
  const Gp base = use(next.a, x86::eax);
  const Gp r = result(next.d);
  a.lea(r, x86::ptr(base.r64(), index.r64(), op.imm));
  keep(next.d, r);
  ++at_;
  return true;
}

/// A shift whose result and carry go to the flags: LSLS, LSRS, ASRS by a constant.
bool Emitter::fuse_shift_and_flags(const MicroOp& op) {
  if (at_ + 1 >= block_.ops.size() || targets_[at_ + 1].used) return false;
  const MicroOp& next = block_.ops[at_ + 1];
  if (next.op != Op::MovNZ || next.a != op.d || op.op == Op::RorCI || op.imm == 0 || op.imm > 31) return false;
  if (next.d != op.d && (live_[at_ + 1] & bit_of(op.d)) != 0) return false;
  const Gp r = result(next.d, x86::edx);
  bring(r, op.a);
  a.emit(op.op == Op::LslCI ? Inst::kIdShl : op.op == Op::LsrCI ? Inst::kIdShr : Inst::kIdSar, r, imm(op.imm));
  keep(next.d, r);
  ++at_;
  host_ = {};
  const u32 live = live_flags() & (ir::kBitN | ir::kBitZ | ir::kBitC);
  if (live == 0) return true;
  if ((live & ir::kBitC) != 0) a.cmc();
  a.lahf();
  a.mov(flags_byte(1), x86::ah);
  host_.valid = live;
  return true;
}

void Emitter::shift_with_carry(const MicroOp& op) {
  const bool wants_carry = (live_flags() & ir::kBitC) != 0;
  const u32 n = op.imm;
  bring(x86::eax, op.a);
  if (n != 0 && wants_carry) {
    const u32 carry = op.op == Op::LslCI ? 32 - n : n - 1;
    a.bt(x86::eax, carry & 31);
    keep_carry();
  }
  clobber();
  switch (op.op) {
    case Op::LslCI:
      if (n != 0) a.shl(x86::eax, n);
      break;
    case Op::LsrCI:
      if (n < 32) {
        a.shr(x86::eax, n);
      } else {
        a.xor_(x86::eax, x86::eax);
      }
      break;
    case Op::AsrCI: a.sar(x86::eax, std::min(n, 31u)); break;
    default: a.ror(x86::eax, n & 31); break;
  }
  keep(op.d, x86::eax);
}

/// ecx = the bottom byte of the amount.
void Emitter::bring_amount(Slot s) {
  if (at_home(s)) {
    a.movzx(x86::ecx, home(s).r8Lo());
  } else {
    a.movzx(x86::ecx, Mem(kState, Layout::slot(s), 1));
  }
}

void Emitter::shift_by_register(const MicroOp& op) {
  clobber();
  bring_amount(op.b);
  bring(x86::eax, op.a);
  switch (op.op) {
    case Op::Lsl:
    case Op::LslC:
    case Op::Lsr:
    case Op::LsrC:
      if (op.op == Op::Lsl || op.op == Op::LslC) {
        a.shl(x86::eax, x86::cl);
      } else {
        a.shr(x86::eax, x86::cl);
      }
      a.cmp(x86::ecx, 32);  // the host looks at five bits of the amount
      a.sbb(x86::edx, x86::edx);
      a.and_(x86::eax, x86::edx);
      break;
    case Op::Asr:
    case Op::AsrC:
      a.mov(x86::edx, 31);
      a.cmp(x86::ecx, x86::edx);
      a.cmova(x86::ecx, x86::edx);
      a.sar(x86::eax, x86::cl);
      break;
    default: a.ror(x86::eax, x86::cl); break;
  }
  keep(op.d, x86::eax);
}

/// In 64 bits the carry is a bit of the result: bit 32 of a shift to the left, bit 0 of one to the right of twice the
/// value.
void Emitter::shift_by_register_with_carry(const MicroOp& op) {
  const Label unchanged = a.newLabel();
  clobber();
  bring_amount(op.b);
  bring(x86::eax, op.a);
  a.test(x86::ecx, x86::ecx);
  a.jz(unchanged);
  if (op.op == Op::RorC) {
    a.ror(x86::eax, x86::cl);
    a.bt(x86::eax, 31);
    keep_carry();
  } else {
    a.mov(x86::edx, 33);  // from here on an amount does as any larger one
    a.cmp(x86::ecx, x86::edx);
    a.cmova(x86::ecx, x86::edx);
    if (op.op == Op::LslC) {
      a.shl(x86::rax, x86::cl);
      a.bt(x86::rax, 32);
      keep_carry();
    } else {
      if (op.op == Op::AsrC) a.movsxd(x86::rax, x86::eax);
      a.add(x86::rax, x86::rax);
      if (op.op == Op::AsrC) {
        a.sar(x86::rax, x86::cl);
      } else {
        a.shr(x86::rax, x86::cl);
      }
      a.bt(x86::rax, 0);
      keep_carry();
      a.shr(x86::rax, 1);
    }
  }
  a.bind(unchanged);
  clobber();
  keep(op.d, x86::eax);
}

bool Emitter::emit_misc(const MicroOp& op) {
  const u32 lsb = op.imm & 0xFF, width = op.imm >> 8;
  const auto finish = [&] {
    clobber();
    keep(op.d, x86::eax);
    return true;
  };
  const auto extend = [&](InstId id, bool byte) {
    const Gp r = result(op.d);
    if (!at_home(op.a)) {
      a.emit(id, r, Mem(kState, Layout::slot(op.a), byte ? 1 : 2));
    } else if (byte) {
      a.emit(id, r, home(op.a).r8Lo());
    } else {
      a.emit(id, r, home(op.a).r16());
    }
    keep(op.d, r);
    return true;
  };
  switch (op.op) {
    case Op::Uxtb: return extend(Inst::kIdMovzx, true);
    case Op::Sxtb: return extend(Inst::kIdMovsx, true);
    case Op::Uxth: return extend(Inst::kIdMovzx, false);
    case Op::Sxth: return extend(Inst::kIdMovsx, false);
    case Op::Uxtb16: binary_immediate(Inst::kIdAnd, op, 0x00FF00FF); return true;
    case Op::Sxtb16:
      bring(x86::eax, op.a);
      a.movsx(x86::ecx, x86::al);
      a.movzx(x86::ecx, x86::cx);
      a.shr(x86::eax, 16);
      a.movsx(x86::eax, x86::al);
      a.shl(x86::eax, 16);
      a.or_(x86::eax, x86::ecx);
      return finish();
    case Op::Clz:
      a.mov(x86::ecx, 63);
      a.emit(Inst::kIdBsr, x86::eax, source(op.a));
      a.cmovz(x86::eax, x86::ecx);
      a.xor_(x86::eax, 31);
      return finish();
    case Op::Rbit:
      bring(x86::eax, op.a);
      for (const auto& [shift, mask] : {std::pair{1, 0x55555555}, std::pair{2, 0x33333333}, std::pair{4, 0x0F0F0F0F}}) {
        a.mov(x86::ecx, x86::eax);
        a.shr(x86::ecx, shift);
        a.and_(x86::ecx, mask);
        a.and_(x86::eax, mask);
        a.shl(x86::eax, shift);
        a.or_(x86::eax, x86::ecx);
      }
      a.bswap(x86::eax);
      return finish();
    case Op::Rev:
      bring(x86::eax, op.a);
      a.bswap(x86::eax);
      return finish();
    case Op::Rev16:
      bring(x86::eax, op.a);
      a.bswap(x86::eax);
      a.rol(x86::eax, 16);
      return finish();
    case Op::Revsh:
      bring(x86::eax, op.a);
      a.bswap(x86::eax);
      a.sar(x86::eax, 16);
      return finish();
    case Op::Ubfx:
      bring(x86::eax, op.a);
      if (lsb != 0) a.shr(x86::eax, lsb);
      if (width < 32) a.and_(x86::eax, static_cast<i32>((u64{1} << width) - 1));
      return finish();
    case Op::Sbfx:
      bring(x86::eax, op.a);
      if (lsb != 0) a.shr(x86::eax, lsb);
      if (width < 32) {
        a.shl(x86::eax, 32 - width);
        a.sar(x86::eax, 32 - width);
      }
      return finish();
    case Op::Bfi: {
      const u32 mask = static_cast<u32>((u64{1} << width) - 1) << lsb;
      bring(x86::ecx, op.b);
      if (lsb != 0) a.shl(x86::ecx, lsb);
      a.and_(x86::ecx, static_cast<i32>(mask));
      bring(x86::eax, op.a);
      a.and_(x86::eax, static_cast<i32>(~mask));
      a.or_(x86::eax, x86::ecx);
      return finish();
    }
    default: return false;
  }
}

}  // namespace hypsim::jit
