// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/translate/data_processing_common.h"

namespace hypsim::data_processing {

using ir::BranchKind;
using ir::Op;
using ir::Slot;
using ir::TimingClass;

Operand2 shifted_by_imm(u32 m, u32 type, u32 imm5) {
  Operand2 o = Operand2::reg(m);
  o.imm = imm5;
  o.shift = static_cast<Shift>(type);
  if (imm5 == 0) {
    if (o.shift == Shift::Lsr || o.shift == Shift::Asr) o.imm = 32;
    if (o.shift == Shift::Ror) {
      o.shift = Shift::Rrx;
      o.imm = 1;
    }
  }
  return o;
}

Operand2 a32_expand_imm(u32 rotate, u32 imm8) {
  Operand2 o{.imm = ror32(imm8, 2 * rotate)};
  if (rotate != 0) o.carry = bit(o.imm, 31) ? Operand2::Carry::Set : Operand2::Carry::Clear;
  return o;
}

Operand2 thumb_expand_imm(u32 imm12) {
  const u32 imm8 = bits(imm12, 7, 0);
  Operand2 o;
  if (bits(imm12, 11, 10) != 0) {
    o.imm = ror32(0x80 | bits(imm12, 6, 0), bits(imm12, 11, 7));
    o.carry = bit(o.imm, 31) ? Operand2::Carry::Set : Operand2::Carry::Clear;
    return o;
  }
  // A zero byte in the replicating forms is UNPREDICTABLE; it replicates like any other.
  switch (bits(imm12, 9, 8)) {
    case 0: o.imm = imm8; break;
    case 1: o.imm = imm8 * 0x00010001u; break;
    case 2: o.imm = imm8 * 0x01000100u; break;
    default: o.imm = imm8 * 0x01010101u; break;
  }
  return o;
}

Slot emit_shift(Translator& t, const Operand2& o, bool set_carry) {
  const Slot m = t.read(o.m);
  if (o.kind == Operand2::Kind::ShiftByRegister) {
    static constexpr Op plain[] = {Op::Lsl, Op::Lsr, Op::Asr, Op::Ror};
    static constexpr Op carry[] = {Op::LslC, Op::LsrC, Op::AsrC, Op::RorC};
    const Slot r = t.temp();
    t.emit((set_carry ? carry : plain)[static_cast<u8>(o.shift)], r, m, t.reg(o.s));
    return r;
  }
  if (o.imm == 0) return m;
  static constexpr Op plain[] = {Op::LslI, Op::LsrI, Op::AsrI, Op::RorI, Op::Rrx};
  static constexpr Op carry[] = {Op::LslCI, Op::LsrCI, Op::AsrCI, Op::RorCI, Op::RrxC};
  const Slot r = t.temp();
  t.emit((set_carry ? carry : plain)[static_cast<u8>(o.shift)], r, m, 0, o.imm);
  return r;
}

namespace {

void emit_immediate(Translator& t, DataOp op, bool flags, u32 n, Slot dest, const Operand2& o) {
  const u32 imm = o.imm;
  if (flags && is_logical(op) && o.carry != Operand2::Carry::Unchanged) {
    t.emit(Op::SetCI, 0, 0, 0, o.carry == Operand2::Carry::Set ? 1 : 0);
  }
  if (n == 15 && !flags && !is_move(op) && (op == DataOp::Add || op == DataOp::Sub)) {
    t.emit(Op::MovI, dest, 0, 0, op == DataOp::Add ? t.pc_read() + imm : t.pc_read() - imm);
    return;
  }
  const Slot a = is_move(op) ? Slot{0} : t.read(n);
  switch (op) {
    case DataOp::And:
    case DataOp::Tst: t.emit(Op::AndI, dest, a, 0, imm); break;
    case DataOp::Eor:
    case DataOp::Teq: t.emit(Op::EorI, dest, a, 0, imm); break;
    case DataOp::Sub:
    case DataOp::Cmp: t.emit(flags ? Op::SubSI : Op::SubI, dest, a, 0, imm); break;
    case DataOp::Rsb: t.emit(flags ? Op::RsbSI : Op::RsbI, dest, a, 0, imm); break;
    case DataOp::Add:
    case DataOp::Cmn: t.emit(flags ? Op::AddSI : Op::AddI, dest, a, 0, imm); break;
    case DataOp::Adc: t.emit(flags ? Op::AdcS : Op::Adc, dest, a, t.constant(imm)); break;
    case DataOp::Sbc: t.emit(flags ? Op::SbcS : Op::Sbc, dest, a, t.constant(imm)); break;
    case DataOp::Rsc: t.emit(flags ? Op::SbcS : Op::Sbc, dest, t.constant(imm), a); break;
    case DataOp::Orr: t.emit(Op::OrrI, dest, a, 0, imm); break;
    case DataOp::Orn: t.emit(Op::OrrI, dest, a, 0, ~imm); break;
    case DataOp::Bic: t.emit(Op::BicI, dest, a, 0, imm); break;
    case DataOp::Mov: t.emit(Op::MovI, dest, 0, 0, imm); break;
    case DataOp::Mvn: t.emit(Op::MovI, dest, 0, 0, ~imm); break;
  }
  if (flags && is_logical(op)) t.emit(Op::MovNZ, dest, dest);
}

void emit_register(Translator& t, DataOp op, bool flags, u32 n, Slot dest, const Operand2& o) {
  const Slot a = is_move(op) ? Slot{0} : t.read(n);
  const Slot b = emit_shift(t, o, flags && is_logical(op));
  switch (op) {
    case DataOp::And:
    case DataOp::Tst: t.emit(Op::And, dest, a, b); break;
    case DataOp::Eor:
    case DataOp::Teq: t.emit(Op::Eor, dest, a, b); break;
    case DataOp::Sub:
    case DataOp::Cmp: t.emit(flags ? Op::SubS : Op::Sub, dest, a, b); break;
    case DataOp::Rsb: t.emit(flags ? Op::SubS : Op::Sub, dest, b, a); break;
    case DataOp::Add:
    case DataOp::Cmn: t.emit(flags ? Op::AddS : Op::Add, dest, a, b); break;
    case DataOp::Adc: t.emit(flags ? Op::AdcS : Op::Adc, dest, a, b); break;
    case DataOp::Sbc: t.emit(flags ? Op::SbcS : Op::Sbc, dest, a, b); break;
    case DataOp::Rsc: t.emit(flags ? Op::SbcS : Op::Sbc, dest, b, a); break;
    case DataOp::Orr: t.emit(Op::Orr, dest, a, b); break;
    case DataOp::Orn: {
      const Slot inverse = t.temp();
      t.emit(Op::Mvn, inverse, b);
      t.emit(Op::Orr, dest, a, inverse);
      break;
    }
    case DataOp::Bic: t.emit(Op::Bic, dest, a, b); break;
    case DataOp::Mov: t.emit(flags ? Op::MovNZ : Op::Mov, dest, b); return;
    case DataOp::Mvn: t.emit(Op::Mvn, dest, b); break;
  }
  if (flags && is_logical(op)) t.emit(Op::MovNZ, dest, dest);
}

TimingClass timing_of(DataOp op, bool flags, const Operand2& o) {
  // A shift that nothing else is folded into is one plain pass through the integer pipe, unless it also sets flags.
  const bool folded = op != DataOp::Mov || flags;
  if (!folded) return TimingClass::Alu;
  if (o.kind == Operand2::Kind::ShiftByRegister) return TimingClass::AluShiftReg;
  if (o.kind == Operand2::Kind::ShiftByImmediate && o.imm != 0) return TimingClass::AluShift;
  return TimingClass::Alu;
}

}  // namespace

void emit_data_processing(Translator& t, DataOp op, bool s, u32 n, u32 d, const Operand2& operand) {
  const bool to_pc = d == 15 && !is_test(op);
  const bool flags = is_test(op) || (s && !to_pc);
  const Slot dest = to_pc || is_test(op) ? t.temp() : t.reg(d);
  t.timing(timing_of(op, flags, operand));
  if (operand.kind == Operand2::Kind::Immediate) {
    emit_immediate(t, op, flags, n, dest, operand);
  } else {
    emit_register(t, op, flags, n, dest, operand);
  }
  if (!to_pc) return;
  if (s) {
    // SUBS PC, LR and related instructions. ARM DDI 0406C B9.3.20
    t.call_exit(Helper::exception_return_alu, 0, dest);
    t.timing(TimingClass::ExceptionReturn);
    t.never_returns();
    return;
  }
  const bool returns =
      op == DataOp::Mov && operand.kind == Operand2::Kind::ShiftByImmediate && operand.imm == 0 && operand.m == ir::kLr;
  t.timing(TimingClass::BranchIndirect);
  t.alu_write_pc(dest, returns ? BranchKind::Return : BranchKind::Indirect);
}

void emit_movw(Translator& t, u32 d, u32 imm16) {
  if (d == 15) return t.unpredictable();
  t.emit(Op::MovI, t.reg(d), 0, 0, imm16);
}

void emit_movt(Translator& t, u32 d, u32 imm16) {
  if (d == 15) return t.unpredictable();
  t.emit(Op::AndI, t.reg(d), t.reg(d), 0, 0xFFFF);
  t.emit(Op::OrrI, t.reg(d), t.reg(d), 0, imm16 << 16);
}

void emit_adr(Translator& t, u32 d, u32 offset) {
  const u32 value = (t.pc_read() & ~3u) + offset;
  if (d == 15) {
    t.timing(TimingClass::BranchIndirect);
    t.alu_write_pc(t.constant(value), BranchKind::Indirect);
  } else {
    t.emit(Op::MovI, t.reg(d), 0, 0, value);
  }
}

}  // namespace hypsim::data_processing
