// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/translate/multiply.h"

namespace hypsim {

using ir::Op;
using ir::Slot;
using ir::TimingClass;

namespace {

constexpr u32 kQBit = u32{1} << ir::kQ;
constexpr u32 kSubtract = 2;  // imm2 of the helpers
constexpr u32 kAccumulate = 4;

u32 slot_bit(u32 r) { return u32{1} << r; }

template <class... Registers>
bool any_is_pc(Registers... r) {
  return ((r == 15) || ...);
}

/// Helpers that may set Q read it as well: it is sticky.
void helper_operands(Translator& t, u32 reads, u32 writes, bool sets_q, TimingClass timing) {
  t.also_reads(reads | (sets_q ? kQBit : 0));
  t.also_writes(writes | (sets_q ? kQBit : 0));
  t.timing(timing);
}

void multiply(Translator& t, bool s, u32 d, u32 n, u32 m) {
  if (any_is_pc(d, n, m)) return t.unpredictable();
  t.timing(TimingClass::Multiply);
  t.emit(Op::Mul, t.reg(d), t.reg(n), t.reg(m));
  if (s) t.emit(Op::MovNZ, t.reg(d), t.reg(d));
}

void multiply_accumulate(Translator& t, bool s, u32 d, u32 n, u32 m, u32 a) {
  if (any_is_pc(d, n, m, a)) return t.unpredictable();
  t.timing(TimingClass::Multiply);
  t.emit(Op::Mla, t.reg(d), t.reg(n), t.reg(m)).c = t.reg(a);
  if (s) t.emit(Op::MovNZ, t.reg(d), t.reg(d));
}

void multiply_subtract(Translator& t, u32 d, u32 n, u32 m, u32 a) {
  if (any_is_pc(d, n, m, a)) return t.unpredictable();
  t.timing(TimingClass::Multiply);
  t.emit(Op::Mls, t.reg(d), t.reg(n), t.reg(m)).c = t.reg(a);
}

void multiply_long(Translator& t, Op op, bool s, u32 d_lo, u32 d_hi, u32 n, u32 m) {
  if (any_is_pc(d_lo, d_hi, n, m) || d_lo == d_hi) return t.unpredictable();
  t.timing(TimingClass::MultiplyLong);
  t.emit(op, t.reg(d_lo), t.reg(n), t.reg(m)).c = t.reg(d_hi);
  if (s) t.emit(Op::SetNZ64, 0, t.reg(d_lo), t.reg(d_hi));
}

void multiply_accumulate_accumulate(Translator& t, u32 d_lo, u32 d_hi, u32 n, u32 m) {
  if (any_is_pc(d_lo, d_hi, n, m) || d_lo == d_hi) return t.unpredictable();
  t.call(Helper::umaal, t.reg(d_lo), t.reg(n), t.reg(m), t.reg(d_hi));
  const u32 accumulator = slot_bit(d_lo) | slot_bit(d_hi);
  helper_operands(t, slot_bit(n) | slot_bit(m) | accumulator, accumulator, false, TimingClass::MultiplyLong);
}

/// The top or bottom halfword of a register, sign extended.
Slot half(Translator& t, u32 r, u32 high) {
  const Slot h = t.temp();
  if (high) {
    t.emit(Op::AsrI, h, t.reg(r), 0, 16);
  } else {
    t.emit(Op::Sxth, h, t.reg(r));
  }
  return h;
}

void multiply_halves(Translator& t, u32 d, u32 n, u32 n_high, u32 m, u32 m_high) {
  if (any_is_pc(d, n, m)) return t.unpredictable();
  t.timing(TimingClass::Multiply);
  const Slot x = half(t, n, n_high);
  const Slot y = half(t, m, m_high);
  t.emit(Op::Mul, t.reg(d), x, y);
}

void multiply_halves_long(Translator& t, u32 d_lo, u32 d_hi, u32 n, u32 n_high, u32 m, u32 m_high) {
  if (any_is_pc(d_lo, d_hi, n, m) || d_lo == d_hi) return t.unpredictable();
  t.timing(TimingClass::MultiplyLong);
  const Slot x = half(t, n, n_high);
  const Slot y = half(t, m, m_high);
  t.emit(Op::Smlal, t.reg(d_lo), x, y).c = t.reg(d_hi);
}

void multiply_halves_accumulate(Translator& t, u32 d, u32 n, u32 n_high, u32 m, u32 m_high, u32 a) {
  if (any_is_pc(d, n, m, a)) return t.unpredictable();
  t.call(Helper::smla_halves, t.reg(d), t.reg(n), t.reg(m), t.reg(a), n_high | m_high << 1);
  helper_operands(t, slot_bit(n) | slot_bit(m) | slot_bit(a), slot_bit(d), true, TimingClass::Multiply);
}

void multiply_word(Translator& t, bool accumulate, u32 d, u32 n, u32 m, u32 m_high, u32 a) {
  if (any_is_pc(d, n, m, a)) return t.unpredictable();
  t.call(Helper::smla_word, t.reg(d), t.reg(n), t.reg(m), t.reg(a), m_high | (accumulate ? 2 : 0));
  const u32 reads = slot_bit(n) | slot_bit(m) | (accumulate ? slot_bit(a) : 0);
  helper_operands(t, reads, slot_bit(d), accumulate, TimingClass::Multiply);
}

void dual_multiply(Translator& t, u32 flags, u32 d, u32 n, u32 m, u32 a = 0) {
  if (any_is_pc(d, n, m)) return t.unpredictable();
  t.call(Helper::dual_multiply, t.reg(d), t.reg(n), t.reg(m), t.reg(a), flags);
  // SMUSD alone cannot overflow.
  const bool sets_q = (flags & (kSubtract | kAccumulate)) != kSubtract;
  helper_operands(t, slot_bit(n) | slot_bit(m) | ((flags & kAccumulate) ? slot_bit(a) : 0), slot_bit(d), sets_q,
                  TimingClass::Multiply);
}

void dual_multiply_long(Translator& t, u32 flags, u32 d_lo, u32 d_hi, u32 n, u32 m) {
  if (any_is_pc(d_lo, d_hi, n, m) || d_lo == d_hi) return t.unpredictable();
  t.call(Helper::dual_multiply_long, t.reg(d_lo), t.reg(n), t.reg(m), t.reg(d_hi), flags);
  const u32 accumulator = slot_bit(d_lo) | slot_bit(d_hi);
  helper_operands(t, slot_bit(n) | slot_bit(m) | accumulator, accumulator, false, TimingClass::MultiplyLong);
}

void most_significant(Translator& t, u32 round, u32 d, u32 n, u32 m) {
  if (any_is_pc(d, n, m)) return t.unpredictable();
  if (round != 0) {
    t.call(Helper::smmulr, t.reg(d), t.reg(n), t.reg(m));
    helper_operands(t, slot_bit(n) | slot_bit(m), slot_bit(d), false, TimingClass::Multiply);
    return;
  }
  t.timing(TimingClass::Multiply);
  t.emit(Op::Smull, t.temp(), t.reg(n), t.reg(m)).c = t.reg(d);
}

void most_significant_accumulate(Translator& t, u32 flags, u32 d, u32 n, u32 m, u32 a) {
  if (any_is_pc(d, n, m, a)) return t.unpredictable();
  t.call(Helper::most_significant_multiply, t.reg(d), t.reg(n), t.reg(m), t.reg(a), flags);
  helper_operands(t, slot_bit(n) | slot_bit(m) | slot_bit(a), slot_bit(d), false, TimingClass::Multiply);
}

void divide(Translator& t, Op op, u32 d, u32 n, u32 m) {
  if (any_is_pc(d, n, m)) return t.unpredictable();
  t.timing(TimingClass::Divide);
  t.emit(op, t.reg(d), t.reg(n), t.reg(m));
}

}  // namespace

// ---- A32

// MUL{S}<c> <Rd>, <Rn>, <Rm>
void arm_MUL(Translator& t, u32 s, u32 d, u32 m, u32 n) { multiply(t, s, d, n, m); }

// MLA{S}<c> <Rd>, <Rn>, <Rm>, <Ra>
void arm_MLA(Translator& t, u32 s, u32 d, u32 a, u32 m, u32 n) { multiply_accumulate(t, s, d, n, m, a); }

// MLS<c> <Rd>, <Rn>, <Rm>, <Ra>
void arm_MLS(Translator& t, u32 d, u32 a, u32 m, u32 n) { multiply_subtract(t, d, n, m, a); }

// UMAAL<c> <RdLo>, <RdHi>, <Rn>, <Rm>
void arm_UMAAL(Translator& t, u32 d_hi, u32 d_lo, u32 m, u32 n) { multiply_accumulate_accumulate(t, d_lo, d_hi, n, m); }

// UMULL{S}<c> <RdLo>, <RdHi>, <Rn>, <Rm>
void arm_UMULL(Translator& t, u32 s, u32 d_hi, u32 d_lo, u32 m, u32 n) {
  multiply_long(t, Op::Umull, s, d_lo, d_hi, n, m);
}

// UMLAL{S}<c> <RdLo>, <RdHi>, <Rn>, <Rm>
void arm_UMLAL(Translator& t, u32 s, u32 d_hi, u32 d_lo, u32 m, u32 n) {
  multiply_long(t, Op::Umlal, s, d_lo, d_hi, n, m);
}

// SMULL{S}<c> <RdLo>, <RdHi>, <Rn>, <Rm>
void arm_SMULL(Translator& t, u32 s, u32 d_hi, u32 d_lo, u32 m, u32 n) {
  multiply_long(t, Op::Smull, s, d_lo, d_hi, n, m);
}

// SMLAL{S}<c> <RdLo>, <RdHi>, <Rn>, <Rm>
void arm_SMLAL(Translator& t, u32 s, u32 d_hi, u32 d_lo, u32 m, u32 n) {
  multiply_long(t, Op::Smlal, s, d_lo, d_hi, n, m);
}

// SMLA<x><y><c> <Rd>, <Rn>, <Rm>, <Ra>
void arm_SMLAxy(Translator& t, u32 d, u32 a, u32 m, u32 m_high, u32 n_high, u32 n) {
  multiply_halves_accumulate(t, d, n, n_high, m, m_high, a);
}

// SMLAW<y><c> <Rd>, <Rn>, <Rm>, <Ra>
void arm_SMLAWy(Translator& t, u32 d, u32 a, u32 m, u32 m_high, u32 n) { multiply_word(t, true, d, n, m, m_high, a); }

// SMULW<y><c> <Rd>, <Rn>, <Rm>
void arm_SMULWy(Translator& t, u32 d, u32 m, u32 m_high, u32 n) { multiply_word(t, false, d, n, m, m_high, 0); }

// SMLAL<x><y><c> <RdLo>, <RdHi>, <Rn>, <Rm>
void arm_SMLALxy(Translator& t, u32 d_hi, u32 d_lo, u32 m, u32 m_high, u32 n_high, u32 n) {
  multiply_halves_long(t, d_lo, d_hi, n, n_high, m, m_high);
}

// SMUL<x><y><c> <Rd>, <Rn>, <Rm>
void arm_SMULxy(Translator& t, u32 d, u32 m, u32 m_high, u32 n_high, u32 n) {
  multiply_halves(t, d, n, n_high, m, m_high);
}

// SMUAD{X}<c> <Rd>, <Rn>, <Rm>
void arm_SMUAD(Translator& t, u32 d, u32 m, u32 m_swap, u32 n) { dual_multiply(t, m_swap, d, n, m); }

// SMLAD{X}<c> <Rd>, <Rn>, <Rm>, <Ra>
void arm_SMLAD(Translator& t, u32 d, u32 a, u32 m, u32 m_swap, u32 n) {
  dual_multiply(t, m_swap | kAccumulate, d, n, m, a);
}

// SMUSD{X}<c> <Rd>, <Rn>, <Rm>
void arm_SMUSD(Translator& t, u32 d, u32 m, u32 m_swap, u32 n) { dual_multiply(t, m_swap | kSubtract, d, n, m); }

// SMLSD{X}<c> <Rd>, <Rn>, <Rm>, <Ra>
void arm_SMLSD(Translator& t, u32 d, u32 a, u32 m, u32 m_swap, u32 n) {
  dual_multiply(t, m_swap | kSubtract | kAccumulate, d, n, m, a);
}

// SMLALD{X}<c> <RdLo>, <RdHi>, <Rn>, <Rm>
void arm_SMLALD(Translator& t, u32 d_hi, u32 d_lo, u32 m, u32 m_swap, u32 n) {
  dual_multiply_long(t, m_swap, d_lo, d_hi, n, m);
}

// SMLSLD{X}<c> <RdLo>, <RdHi>, <Rn>, <Rm>
void arm_SMLSLD(Translator& t, u32 d_hi, u32 d_lo, u32 m, u32 m_swap, u32 n) {
  dual_multiply_long(t, m_swap | kSubtract, d_lo, d_hi, n, m);
}

// SMMUL{R}<c> <Rd>, <Rn>, <Rm>
void arm_SMMUL(Translator& t, u32 d, u32 m, u32 round, u32 n) { most_significant(t, round, d, n, m); }

// SMMLA{R}<c> <Rd>, <Rn>, <Rm>, <Ra>
void arm_SMMLA(Translator& t, u32 d, u32 a, u32 m, u32 round, u32 n) {
  most_significant_accumulate(t, round, d, n, m, a);
}

// SMMLS{R}<c> <Rd>, <Rn>, <Rm>, <Ra>
void arm_SMMLS(Translator& t, u32 d, u32 a, u32 m, u32 round, u32 n) {
  most_significant_accumulate(t, round | kSubtract, d, n, m, a);
}

// SDIV<c> <Rd>, <Rn>, <Rm>
void arm_SDIV(Translator& t, u32 d, u32 m, u32 n) { divide(t, Op::Sdiv, d, n, m); }

// UDIV<c> <Rd>, <Rn>, <Rm>
void arm_UDIV(Translator& t, u32 d, u32 m, u32 n) { divide(t, Op::Udiv, d, n, m); }

// ---- T16

// MULS <Rdm>, <Rn>, <Rdm>
void thumb16_MUL(Translator& t, u32 n, u32 dm) { multiply(t, !t.in_it_block(), dm, n, dm); }

// ---- T32

// MUL<c> <Rd>, <Rn>, <Rm>
void thumb32_MUL(Translator& t, u32 n, u32 d, u32 m) { multiply(t, false, d, n, m); }

// MLA<c> <Rd>, <Rn>, <Rm>, <Ra>
void thumb32_MLA(Translator& t, u32 n, u32 a, u32 d, u32 m) { multiply_accumulate(t, false, d, n, m, a); }

// MLS<c> <Rd>, <Rn>, <Rm>, <Ra>
void thumb32_MLS(Translator& t, u32 n, u32 a, u32 d, u32 m) { multiply_subtract(t, d, n, m, a); }

// UMAAL<c> <RdLo>, <RdHi>, <Rn>, <Rm>
void thumb32_UMAAL(Translator& t, u32 n, u32 d_lo, u32 d_hi, u32 m) {
  multiply_accumulate_accumulate(t, d_lo, d_hi, n, m);
}

// UMULL<c> <RdLo>, <RdHi>, <Rn>, <Rm>
void thumb32_UMULL(Translator& t, u32 n, u32 d_lo, u32 d_hi, u32 m) {
  multiply_long(t, Op::Umull, false, d_lo, d_hi, n, m);
}

// UMLAL<c> <RdLo>, <RdHi>, <Rn>, <Rm>
void thumb32_UMLAL(Translator& t, u32 n, u32 d_lo, u32 d_hi, u32 m) {
  multiply_long(t, Op::Umlal, false, d_lo, d_hi, n, m);
}

// SMULL<c> <RdLo>, <RdHi>, <Rn>, <Rm>
void thumb32_SMULL(Translator& t, u32 n, u32 d_lo, u32 d_hi, u32 m) {
  multiply_long(t, Op::Smull, false, d_lo, d_hi, n, m);
}

// SMLAL<c> <RdLo>, <RdHi>, <Rn>, <Rm>
void thumb32_SMLAL(Translator& t, u32 n, u32 d_lo, u32 d_hi, u32 m) {
  multiply_long(t, Op::Smlal, false, d_lo, d_hi, n, m);
}

// SMLA<x><y><c> <Rd>, <Rn>, <Rm>, <Ra>
void thumb32_SMLAxy(Translator& t, u32 n, u32 a, u32 d, u32 n_high, u32 m_high, u32 m) {
  multiply_halves_accumulate(t, d, n, n_high, m, m_high, a);
}

// SMLAW<y><c> <Rd>, <Rn>, <Rm>, <Ra>
void thumb32_SMLAWy(Translator& t, u32 n, u32 a, u32 d, u32 m_high, u32 m) {
  multiply_word(t, true, d, n, m, m_high, a);
}

// SMULW<y><c> <Rd>, <Rn>, <Rm>
void thumb32_SMULWy(Translator& t, u32 n, u32 d, u32 m_high, u32 m) { multiply_word(t, false, d, n, m, m_high, 0); }

// SMLAL<x><y><c> <RdLo>, <RdHi>, <Rn>, <Rm>
void thumb32_SMLALxy(Translator& t, u32 n, u32 d_lo, u32 d_hi, u32 n_high, u32 m_high, u32 m) {
  multiply_halves_long(t, d_lo, d_hi, n, n_high, m, m_high);
}

// SMUL<x><y><c> <Rd>, <Rn>, <Rm>
void thumb32_SMULxy(Translator& t, u32 n, u32 d, u32 n_high, u32 m_high, u32 m) {
  multiply_halves(t, d, n, n_high, m, m_high);
}

// SMUAD{X}<c> <Rd>, <Rn>, <Rm>
void thumb32_SMUAD(Translator& t, u32 n, u32 d, u32 m_swap, u32 m) { dual_multiply(t, m_swap, d, n, m); }

// SMLAD{X}<c> <Rd>, <Rn>, <Rm>, <Ra>
void thumb32_SMLAD(Translator& t, u32 n, u32 a, u32 d, u32 m_swap, u32 m) {
  dual_multiply(t, m_swap | kAccumulate, d, n, m, a);
}

// SMUSD{X}<c> <Rd>, <Rn>, <Rm>
void thumb32_SMUSD(Translator& t, u32 n, u32 d, u32 m_swap, u32 m) { dual_multiply(t, m_swap | kSubtract, d, n, m); }

// SMLSD{X}<c> <Rd>, <Rn>, <Rm>, <Ra>
void thumb32_SMLSD(Translator& t, u32 n, u32 a, u32 d, u32 m_swap, u32 m) {
  dual_multiply(t, m_swap | kSubtract | kAccumulate, d, n, m, a);
}

// SMLALD{X}<c> <RdLo>, <RdHi>, <Rn>, <Rm>
void thumb32_SMLALD(Translator& t, u32 n, u32 d_lo, u32 d_hi, u32 m_swap, u32 m) {
  dual_multiply_long(t, m_swap, d_lo, d_hi, n, m);
}

// SMLSLD{X}<c> <RdLo>, <RdHi>, <Rn>, <Rm>
void thumb32_SMLSLD(Translator& t, u32 n, u32 d_lo, u32 d_hi, u32 m_swap, u32 m) {
  dual_multiply_long(t, m_swap | kSubtract, d_lo, d_hi, n, m);
}

// SMMUL{R}<c> <Rd>, <Rn>, <Rm>
void thumb32_SMMUL(Translator& t, u32 n, u32 d, u32 round, u32 m) { most_significant(t, round, d, n, m); }

// SMMLA{R}<c> <Rd>, <Rn>, <Rm>, <Ra>
void thumb32_SMMLA(Translator& t, u32 n, u32 a, u32 d, u32 round, u32 m) {
  most_significant_accumulate(t, round, d, n, m, a);
}

// SMMLS{R}<c> <Rd>, <Rn>, <Rm>, <Ra>
void thumb32_SMMLS(Translator& t, u32 n, u32 a, u32 d, u32 round, u32 m) {
  most_significant_accumulate(t, round | kSubtract, d, n, m, a);
}

// SDIV<c> <Rd>, <Rn>, <Rm>
void thumb32_SDIV(Translator& t, u32 n, u32 d, u32 m) { divide(t, Op::Sdiv, d, n, m); }

// UDIV<c> <Rd>, <Rn>, <Rm>
void thumb32_UDIV(Translator& t, u32 n, u32 d, u32 m) { divide(t, Op::Udiv, d, n, m); }

}  // namespace hypsim
