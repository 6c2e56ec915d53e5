// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/translate/exception.h"

#include "sim/cpu/translate/address.h"

namespace hypsim {

using ir::Op;
using ir::Slot;
using ir::TimingClass;

namespace {

/// A call that a trap, the exception itself or semihosting may answer; after semihosting the next instruction follows.
void raise(Translator& t, Helper helper, u32 imm) {
  t.call_exit(helper, 0, 0, 0, 0, imm);
  t.timing(TimingClass::ExceptionCall);
  t.end_block();
}

constexpr u32 kSemihostingRegisters = 3;  // R0 and R1

}  // namespace

void any_SVC(Translator& t, u32 imm) {
  raise(t, Helper::svc, imm);
  t.also_reads(kSemihostingRegisters);
}

// HVC is UNPREDICTABLE unless unconditional. B9.3.3
void arm_HVC(Translator& t, u32 imm16) {
  if (t.cond() != Cond::AL) return t.unpredictable();
  raise(t, Helper::hvc, imm16);
}

void thumb32_HVC(Translator& t, u32 imm16) {
  if (t.in_it_block()) return t.unpredictable();
  raise(t, Helper::hvc, imm16);
}

void any_SMC(Translator& t, u32) {
  if (!may_write_pc(t)) return t.unpredictable();
  raise(t, Helper::smc, 0);
}

void any_UDF(Translator& t, u32) { t.undefined(); }

void arm_BKPT(Translator& t, u32 imm16) {
  if (t.cond() != Cond::AL) return t.unpredictable();
  raise(t, Helper::bkpt, imm16);
}

// BKPT executes whatever the condition of its IT block says. A8.8.24
void thumb16_BKPT(Translator& t, u32 imm8) {
  t.unconditional();
  raise(t, Helper::bkpt, imm8);
  t.also_reads(kSemihostingRegisters);
}

bool exception_return_allowed(Translator& t) {
  const Mode mode = t.context().mode;
  if (mode == Mode::Hyp) {
    t.undefined();
    return false;
  }
  if (mode == Mode::User || mode == Mode::System || t.thumbee() || !may_write_pc(t)) {
    t.unpredictable();
    return false;
  }
  return true;
}

void return_to_spsr(Translator& t, Slot target) {
  t.call_exit(Helper::exception_return_alu, 0, target);
  t.timing(TimingClass::ExceptionReturn);
  t.never_returns();
}

// ERET: in Hyp mode by ELR_hyp. B9.3.2
void any_ERET(Translator& t) {
  const Mode mode = t.context().mode;
  if (mode == Mode::User || mode == Mode::System || t.thumbee() || !may_write_pc(t)) return t.unpredictable();
  t.call_exit(Helper::eret);
  t.timing(TimingClass::ExceptionReturn);
  t.also_reads(1u << ir::kLr);
  t.never_returns();
}

// SUBS PC, LR, #imm8; with 0 it is ERET. B9.3.19
void thumb32_SUBS_PC_LR(Translator& t, u32 imm8) {
  if (imm8 == 0) return any_ERET(t);
  if (!exception_return_allowed(t)) return;
  const Slot target = t.temp();
  t.emit(Op::SubI, target, t.reg(14), 0, imm8);
  return_to_spsr(t, target);
}

namespace {

/// RFE: PC and CPSR from two words. B9.3.13
void return_from_exception(Translator& t, bool index, bool add, u32 w, u32 n) {
  const Mode mode = t.context().mode;
  if (mode == Mode::Hyp) return t.undefined();
  if (n == 15 || mode == Mode::User || t.thumbee() || !may_write_pc(t)) return t.unpredictable();
  const u32 offset = add ? (index ? 4 : 0) : 0u - 8 + (index ? 0 : 4);
  const Slot pc = t.temp();
  const Slot cpsr = t.temp();
  t.memory(Op::Ld32, pc, t.reg(n), offset, ir::kMemAligned);
  t.memory(Op::Ld32, cpsr, t.reg(n), offset + 4, ir::kMemAligned);
  if (w != 0) t.emit(Op::AddI, t.reg(n), t.reg(n), 0, add ? 8 : 0u - 8);
  t.call_exit(Helper::exception_return_pair, 0, pc, cpsr);
  t.timing(TimingClass::ExceptionReturn);
  t.transfers(2);
  t.never_returns();
}

/// SRS: LR and SPSR of the current mode to the stack of another. B9.3.16
void store_return_state(Translator& t, bool index, bool add, u32 w, u32 mode) {
  const Mode current = t.context().mode;
  if (current == Mode::Hyp) return t.undefined();
  const Mode target = static_cast<Mode>(mode);
  if (current == Mode::User || current == Mode::System || !is_valid_mode(mode) || target == Mode::Hyp)
    return t.unpredictable();
  if (target == Mode::Monitor && t.context().security == Security::NonSecure) return t.unpredictable();
  const u32 imm = mode | (index ? 1u << 8 : 0) | (add ? 1u << 9 : 0) | w << 10;
  u8 flags = ir::kMemAligned;
  if (t.context().big_endian) flags |= ir::kMemBigEndian;
  t.call_exit(Helper::srs, 0, 0, 0, 0, imm).aux = flags;
  t.timing(TimingClass::StoreMultiple);
  t.transfers(2);
  t.also_reads(1u << ir::kLr | 1u << ir::kSp);
  t.also_writes(1u << ir::kSp);
}

}  // namespace

void arm_RFE(Translator& t, u32 p, u32 u, u32 w, u32 n) { return_from_exception(t, p != 0, u != 0, w, n); }
void thumb32_RFEDB(Translator& t, u32 w, u32 n) { return_from_exception(t, true, false, w, n); }
void thumb32_RFEIA(Translator& t, u32 w, u32 n) { return_from_exception(t, false, true, w, n); }
void arm_SRS(Translator& t, u32 p, u32 u, u32 w, u32 mode) { store_return_state(t, p != 0, u != 0, w, mode); }
void thumb32_SRSDB(Translator& t, u32 w, u32 mode) { store_return_state(t, true, false, w, mode); }
void thumb32_SRSIA(Translator& t, u32 w, u32 mode) { store_return_state(t, false, true, w, mode); }

}  // namespace hypsim
