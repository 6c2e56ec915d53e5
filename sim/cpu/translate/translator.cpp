// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/translate/translator.h"

#include <stdexcept>

#include "sim/cpu/ir/fp_dependence.h"
#include "sim/cpu/ir/op_info.h"
#include "sim/cpu/state/cpu_state.h"
#include "sim/cpu/translate/memory_operand.h"
#include "sim/cpu/translate/thumbee.h"

namespace hypsim {

using ir::BranchKind;
using ir::MicroOp;
using ir::Op;
using ir::Slot;
using ir::TimingClass;

Translator::Translator(Block& block, VirtAddr va, const BlockContext& context)
    : block_(block), context_(context), pc_(va.value), itstate_(context.itstate) {
  block_.va = va;
  block_.context = context;
}

bool Translator::translate_insn(u32 raw, unsigned length) {
  raw_ = raw;
  length_ = length;
  ends_ = ended_by_branch_ = it_written_ = false;
  next_temp_ = ir::kT0;
  timing_ = TimingClass::Alu;
  transfers_ = 0;
  extra_reads_ = extra_writes_ = 0;

  const std::size_t first_op = block_.ops.size();
  ir::InsnInfo info;
  info.offset = static_cast<u16>(pc_ - block_.va.value);
  info.length = static_cast<u8>(length);
  info.raw = raw;
  info.first_op = static_cast<u16>(first_op);
  info.itstate = itstate_;
  block_.insns.push_back(info);

  if (thumb()) {
    cond_ = in_it_block() ? static_cast<Cond>(itstate_ >> 4) : Cond::AL;
  } else {
    cond_ = static_cast<Cond>(raw >> 28);
  }
  // A32's unconditional space has its own table lines; a written ITSTATE may say 0b1111, which passes. ARM DDI 0406C
  // A8.3.1
  if (cond_ == Cond::NV) cond_ = Cond::AL;
  const bool conditional = cond_ != Cond::AL;
  if (conditional) emit(Op::SkipUnless).c = static_cast<u8>(cond_);

  if (!thumb()) {
    isa::translate_a32(*this, raw);
  } else if (length == 2) {
    thumbee() ? isa::translate_thumbee16(*this, raw) : isa::translate_t16(*this, raw);
  } else {
    isa::translate_t32(*this, raw);
  }

  if (thumbee()) thumbee_null_check(*this, block_.ops, first_op);
  if (conditional && cond_ != Cond::AL) {
    block_.ops[first_op].imm = static_cast<u32>(block_.ops.size() - first_op - 1);
    ended_by_branch_ = false;
  }
  if (!it_written_ && in_it_block()) itstate_ = psr::it_advanced(itstate_);

  auto& done = block_.insns.back();
  done.timing = timing_;
  done.transfers = transfers_;
  note_operands(done, first_op);
  pc_ += length;
  block_.byte_length = pc_ - block_.va.value;
  if (ends_ && !ended_by_branch_) {
    auto& op = emit(Op::Goto, 0, 0, 0, pc_);
    op.imm2 = itstate_;
    op.aux = static_cast<u8>(BranchKind::Sequential);
    ended_by_branch_ = true;
  }
  return !ends_;
}

void Translator::finish() {
  if (ends_) return;
  auto& op = emit(Op::Goto, 0, 0, 0, pc_);
  op.imm2 = itstate_;
  op.aux = static_cast<u8>(BranchKind::Sequential);
  ends_ = true;
}

MicroOp& Translator::emit(Op op, Slot d, Slot a, Slot b, u32 imm) {
  auto& m = block_.ops.emplace_back();
  m.op = op;
  m.d = d;
  m.a = a;
  m.b = b;
  m.imm = imm;
  m.insn = static_cast<u8>(block_.insns.size() - 1);
  return m;
}

Slot Translator::temp() {
  if (next_temp_ >= ir::kLoadedPc) throw std::logic_error("translator: out of temporaries");
  return next_temp_++;
}

Slot Translator::constant(u32 value) {
  const Slot t = temp();
  emit(Op::MovI, t, 0, 0, value);
  return t;
}

Slot Translator::reg(u32 n) const { return static_cast<Slot>(n); }

Slot Translator::read(u32 n) { return n == 15 ? constant(pc_read()) : static_cast<Slot>(n); }

Slot Translator::read_aligned_pc(u32 n) { return n == 15 ? constant(pc_read() & ~3u) : static_cast<Slot>(n); }

MicroOp& Translator::call(Helper h, Slot d, Slot a, Slot b, Slot c, u32 imm2) {
  auto& m = emit(Op::Call, d, a, b, static_cast<u32>(h));
  m.c = c;
  m.imm2 = imm2;
  return m;
}

MicroOp& Translator::call_exit(Helper h, Slot d, Slot a, Slot b, Slot c, u32 imm2) {
  auto& m = emit(Op::CallExit, d, a, b, static_cast<u32>(h));
  m.c = c;
  m.imm2 = imm2;
  return m;
}

MicroOp& Translator::memory(Op op, Slot data, Slot address, u32 offset, u8 flags) {
  const bool store = op == Op::St8 || op == Op::St16 || op == Op::St32;
  auto& m = store ? emit(op, 0, address, data, offset) : emit(op, data, address, 0, offset);
  m.aux = static_cast<u8>(flags | (context_.big_endian ? ir::kMemBigEndian : 0));
  if (timing_ == TimingClass::Alu) timing_ = store ? TimingClass::Store : TimingClass::Load;
  if (transfers_ == 0) transfers_ = 1;
  return m;
}

void Translator::branch_to(u32 target, BranchKind kind) {
  auto& m = emit(Op::Goto, 0, 0, 0, target);
  m.aux = static_cast<u8>(kind);
  ends_ = ended_by_branch_ = true;
  timing(TimingClass::Branch);
}

void Translator::branch_write_pc(Slot a, BranchKind kind) {
  emit(Op::GotoInd, 0, a).aux = static_cast<u8>(kind);
  ends_ = ended_by_branch_ = true;
  if (timing_ == TimingClass::Alu) timing(TimingClass::BranchIndirect);
}

void Translator::bx_write_pc(Slot a, BranchKind kind) {
  emit(Op::GotoX, 0, a).aux = static_cast<u8>(kind);
  ends_ = ended_by_branch_ = true;
  if (timing_ == TimingClass::Alu) timing(TimingClass::BranchIndirect);
}

void Translator::alu_write_pc(Slot a, BranchKind kind) {
  if (thumb()) {
    branch_write_pc(a, kind);
  } else {
    bx_write_pc(a, kind);
  }
}

void Translator::undefined() { raise_undefined(kUndefinedEncoding); }

void Translator::unpredictable() { raise_undefined(kUnpredictableEncoding); }

void Translator::raise_undefined(u32 why) {
  call_exit(Helper::undefined, 0, 0, 0, 0, why);
  timing(TimingClass::ExceptionCall);
  never_returns();
}

void Translator::end_block() { ends_ = true; }

void Translator::never_returns() { ends_ = ended_by_branch_ = true; }

void Translator::set_itstate(u8 it) {
  itstate_ = it;
  it_written_ = true;
}

void Translator::timing(TimingClass t) { timing_ = t; }
void Translator::transfers(unsigned words) { transfers_ = static_cast<u8>(words); }
void Translator::also_reads(u32 slot_mask) { extra_reads_ |= slot_mask; }
void Translator::also_writes(u32 slot_mask) { extra_writes_ |= slot_mask; }

void Translator::note_operands(ir::InsnInfo& info, std::size_t first_op) const {
  constexpr u64 kVisible = (u64{1} << 22) - 1;
  u64 reads = extra_reads_;
  u64 writes = 0;
  ir::FpDependence fp;
  const auto slot_bit = [](bool used, Slot s) { return used && s < 22 ? u64{1} << s : 0; };
  for (std::size_t i = first_op; i < block_.ops.size(); ++i) {
    const auto& m = block_.ops[i];
    const ir::OpInfo info_of = ir::op_info(m.op);
    u64 sources = slot_bit(info_of.reads_a, m.a) | slot_bit(info_of.reads_b, m.b) | slot_bit(info_of.reads_c, m.c) |
                  slot_bit(info_of.reads_d, m.d) | info_of.reads_flags;
    if (m.op == Op::SkipUnless) sources |= ir::condition_flags(static_cast<Cond>(m.c));
    if (m.op == Op::StM) sources |= m.imm & 0x7FFF;
    reads |= sources & ~writes;  // what an earlier micro-op of this instruction made is no source of it
    writes |= slot_bit(info_of.writes_d, m.d) | slot_bit(info_of.writes_c, m.c) | info_of.writes_flags;
    if (m.op == Op::LdM) writes |= m.imm & 0x7FFF;
    if (m.op == Op::Call || m.op == Op::CallExit) {
      const ir::FpDependence of_helper = ir::fp_dependence(m);
      fp.reads |= of_helper.reads & ~fp.writes;
      fp.writes |= of_helper.writes;
    }
  }
  info.reads = (reads & kVisible) | fp.reads;
  info.writes = ((writes | extra_writes_) & kVisible) | fp.writes;
  note_memory_operand(block_, first_op, info);
}

}  // namespace hypsim
