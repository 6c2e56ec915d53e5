// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/translate/media.h"

#include "sim/cpu/translate/data_processing_common.h"

namespace hypsim {

using ir::Op;
using ir::Slot;
using ir::TimingClass;

namespace {

constexpr u32 kQBit = u32{1} << ir::kQ;
constexpr u32 kGeBit = u32{1} << ir::kGe;

u32 slot_bit(u32 slot) { return slot < 32 ? u32{1} << slot : 0; }

template <class... Registers>
bool any_is_pc(Registers... r) {
  return ((r == 15) || ...);
}

void saturating_add(Translator& t, u32 kind, u32 d, u32 n, u32 m) {
  if (any_is_pc(d, n, m)) return t.unpredictable();
  t.call(Helper::saturating_add, t.reg(d), t.reg(m), t.reg(n), 0, kind);
  t.also_reads(slot_bit(n) | slot_bit(m) | kQBit);
  t.also_writes(slot_bit(d) | kQBit);
  t.timing(TimingClass::Saturate);
}

void parallel(Translator& t, ParallelKind kind, ParallelOp op, u32 d, u32 n, u32 m) {
  if (any_is_pc(d, n, m)) return t.unpredictable();
  t.call(Helper::parallel_add_sub, t.reg(d), t.reg(n), t.reg(m), 0, static_cast<u32>(kind) << 3 | static_cast<u32>(op));
  const bool sets_ge = kind == ParallelKind::Signed || kind == ParallelKind::Unsigned;
  t.also_reads(slot_bit(n) | slot_bit(m));
  t.also_writes(slot_bit(d) | (sets_ge ? kGeBit : 0));
  t.timing(TimingClass::Media);
}

void pack_halfwords(Translator& t, u32 tb, u32 imm5, u32 d, u32 n, u32 m) {
  if (any_is_pc(d, n, m)) return t.unpredictable();
  // PKHTB shifts right (ASR, 0 meaning 32) into the bottom half; PKHBT shifts left into the top half.
  const Slot shifted = data_processing::emit_shift(t, data_processing::shifted_by_imm(m, tb ? 2 : 0, imm5), false);
  constexpr u32 kBottomHalf = 16 << 8;
  t.emit(Op::Bfi, t.reg(d), tb ? t.reg(n) : shifted, tb ? shifted : t.reg(n), kBottomHalf);
  t.timing(TimingClass::Media);
}

void select_bytes(Translator& t, u32 d, u32 n, u32 m) {
  if (any_is_pc(d, n, m)) return t.unpredictable();
  t.call(Helper::sel, t.reg(d), t.reg(n), t.reg(m));
  t.also_reads(slot_bit(n) | slot_bit(m) | kGeBit);
  t.also_writes(slot_bit(d));
  t.timing(TimingClass::Media);
}

/// Rm rotated by 0, 8, 16 or 24.
Slot rotated(Translator& t, u32 rotate, u32 m) {
  if (rotate == 0) return t.reg(m);
  const Slot r = t.temp();
  t.emit(Op::RorI, r, t.reg(m), 0, rotate * 8);
  return r;
}

void extend(Translator& t, Op op, u32 rotate, u32 d, u32 m) {
  if (any_is_pc(d, m)) return t.unpredictable();
  t.emit(op, t.reg(d), rotated(t, rotate, m));
}

void extend_add(Translator& t, Op op, u32 rotate, u32 d, u32 n, u32 m) {
  if (any_is_pc(d, n, m)) return t.unpredictable();
  const Slot source = rotated(t, rotate, m);
  const Slot extended = t.temp();
  t.emit(op, extended, source);
  t.timing(TimingClass::Media);
  if (op == Op::Sxtb16 || op == Op::Uxtb16) {
    t.call(Helper::add_halves, t.reg(d), t.reg(n), extended);
    t.also_reads(slot_bit(n));
    t.also_writes(slot_bit(d));
  } else {
    t.emit(Op::Add, t.reg(d), t.reg(n), extended);
  }
}

void saturate(Translator& t, Helper helper, u32 width, u32 asr, u32 imm5, u32 d, u32 n) {
  if (any_is_pc(d, n)) return t.unpredictable();
  const Slot shifted = data_processing::emit_shift(t, data_processing::shifted_by_imm(n, asr ? 2 : 0, imm5), false);
  t.call(helper, t.reg(d), shifted, 0, 0, width);
  t.also_reads(slot_bit(n) | kQBit);
  t.also_writes(slot_bit(d) | kQBit);
  t.timing(TimingClass::Saturate);
}

void saturate16(Translator& t, Helper helper, u32 width, u32 d, u32 n) {
  if (any_is_pc(d, n)) return t.unpredictable();
  t.call(helper, t.reg(d), t.reg(n), 0, 0, width);
  t.also_reads(slot_bit(n) | kQBit);
  t.also_writes(slot_bit(d) | kQBit);
  t.timing(TimingClass::Saturate);
}

void absolute_differences(Translator& t, u32 d, u32 n, u32 m) {
  if (any_is_pc(d, n, m)) return t.unpredictable();
  t.call(Helper::usad8, t.reg(d), t.reg(n), t.reg(m));
  t.also_reads(slot_bit(n) | slot_bit(m));
  t.also_writes(slot_bit(d));
  t.timing(TimingClass::Media);
}

void absolute_differences_accumulate(Translator& t, u32 d, u32 n, u32 m, u32 a) {
  if (any_is_pc(d, n, m, a)) return t.unpredictable();
  const Slot sum = t.temp();
  t.call(Helper::usad8, sum, t.reg(n), t.reg(m));
  t.emit(Op::Add, t.reg(d), sum, t.reg(a));
  t.also_reads(slot_bit(n) | slot_bit(m));
  t.timing(TimingClass::Media);
}

}  // namespace

// ---- A32, saturating addition and subtraction

// QADD<c> <Rd>, <Rm>, <Rn>
void arm_QADD(Translator& t, u32 n, u32 d, u32 m) { saturating_add(t, 0, d, n, m); }

// QSUB<c> <Rd>, <Rm>, <Rn>
void arm_QSUB(Translator& t, u32 n, u32 d, u32 m) { saturating_add(t, 1, d, n, m); }

// QDADD<c> <Rd>, <Rm>, <Rn>
void arm_QDADD(Translator& t, u32 n, u32 d, u32 m) { saturating_add(t, 2, d, n, m); }

// QDSUB<c> <Rd>, <Rm>, <Rn>
void arm_QDSUB(Translator& t, u32 n, u32 d, u32 m) { saturating_add(t, 3, d, n, m); }

// ---- A32 and T32: parallel addition and subtraction, extension

#define HYPSIM_PARALLEL(mnemonic, kind, operation)                   \
  void arm_##mnemonic(Translator& t, u32 n, u32 d, u32 m) {          \
    parallel(t, ParallelKind::kind, ParallelOp::operation, d, n, m); \
  }                                                                  \
  void thumb32_##mnemonic(Translator& t, u32 n, u32 d, u32 m) { arm_##mnemonic(t, n, d, m); }
#define HYPSIM_EXTEND(mnemonic, operation)                                                                 \
  void arm_##mnemonic(Translator& t, u32 d, u32 rotate, u32 m) { extend(t, Op::operation, rotate, d, m); } \
  void thumb32_##mnemonic(Translator& t, u32 d, u32 rotate, u32 m) { arm_##mnemonic(t, d, rotate, m); }
#define HYPSIM_EXTEND_ADD(mnemonic, operation)                          \
  void arm_##mnemonic(Translator& t, u32 n, u32 d, u32 rotate, u32 m) { \
    extend_add(t, Op::operation, rotate, d, n, m);                      \
  }                                                                     \
  void thumb32_##mnemonic(Translator& t, u32 n, u32 d, u32 rotate, u32 m) { arm_##mnemonic(t, n, d, rotate, m); }
#include "sim/cpu/translate/media.inc"

// ---- A32, packing, saturation, selection, sum of absolute differences

// PKHBT<c> <Rd>, <Rn>, <Rm>{, LSL #<imm>}; PKHTB<c> <Rd>, <Rn>, <Rm>{, ASR #<imm>}
void arm_PKH(Translator& t, u32 n, u32 d, u32 imm5, u32 tb, u32 m) { pack_halfwords(t, tb, imm5, d, n, m); }

// SEL<c> <Rd>, <Rn>, <Rm>
void arm_SEL(Translator& t, u32 n, u32 d, u32 m) { select_bytes(t, d, n, m); }

// SSAT<c> <Rd>, #<imm>, <Rn>{, <shift>}
void arm_SSAT(Translator& t, u32 sat, u32 d, u32 imm5, u32 asr, u32 n) {
  saturate(t, Helper::ssat, sat + 1, asr, imm5, d, n);
}

// SSAT16<c> <Rd>, #<imm>, <Rn>
void arm_SSAT16(Translator& t, u32 sat, u32 d, u32 n) { saturate16(t, Helper::ssat16, sat + 1, d, n); }

// USAT<c> <Rd>, #<imm5>, <Rn>{, <shift>}
void arm_USAT(Translator& t, u32 sat, u32 d, u32 imm5, u32 asr, u32 n) {
  saturate(t, Helper::usat, sat, asr, imm5, d, n);
}

// USAT16<c> <Rd>, #<imm4>, <Rn>
void arm_USAT16(Translator& t, u32 sat, u32 d, u32 n) { saturate16(t, Helper::usat16, sat, d, n); }

// USAD8<c> <Rd>, <Rn>, <Rm>
void arm_USAD8(Translator& t, u32 d, u32 m, u32 n) { absolute_differences(t, d, n, m); }

// USADA8<c> <Rd>, <Rn>, <Rm>, <Ra>
void arm_USADA8(Translator& t, u32 d, u32 a, u32 m, u32 n) { absolute_differences_accumulate(t, d, n, m, a); }

// ---- T16

// SXTH<c> <Rd>, <Rm>
void thumb16_SXTH(Translator& t, u32 m, u32 d) { extend(t, Op::Sxth, 0, d, m); }

// SXTB<c> <Rd>, <Rm>
void thumb16_SXTB(Translator& t, u32 m, u32 d) { extend(t, Op::Sxtb, 0, d, m); }

// UXTH<c> <Rd>, <Rm>
void thumb16_UXTH(Translator& t, u32 m, u32 d) { extend(t, Op::Uxth, 0, d, m); }

// UXTB<c> <Rd>, <Rm>
void thumb16_UXTB(Translator& t, u32 m, u32 d) { extend(t, Op::Uxtb, 0, d, m); }

// ---- T32

// QADD<c> <Rd>, <Rm>, <Rn>
void thumb32_QADD(Translator& t, u32 n, u32 d, u32 m) { saturating_add(t, 0, d, n, m); }

// QSUB<c> <Rd>, <Rm>, <Rn>
void thumb32_QSUB(Translator& t, u32 n, u32 d, u32 m) { saturating_add(t, 1, d, n, m); }

// QDADD<c> <Rd>, <Rm>, <Rn>
void thumb32_QDADD(Translator& t, u32 n, u32 d, u32 m) { saturating_add(t, 2, d, n, m); }

// QDSUB<c> <Rd>, <Rm>, <Rn>
void thumb32_QDSUB(Translator& t, u32 n, u32 d, u32 m) { saturating_add(t, 3, d, n, m); }

// PKHBT<c> <Rd>, <Rn>, <Rm>{, LSL #<imm>}; PKHTB<c> <Rd>, <Rn>, <Rm>{, ASR #<imm>}
void thumb32_PKH(Translator& t, u32 n, u32 imm5, u32 d, u32 tb, u32 m) { pack_halfwords(t, tb, imm5, d, n, m); }

// SEL<c> <Rd>, <Rn>, <Rm>
void thumb32_SEL(Translator& t, u32 n, u32 d, u32 m) { select_bytes(t, d, n, m); }

// SSAT<c> <Rd>, #<imm>, <Rn>{, <shift>}
void thumb32_SSAT(Translator& t, u32 asr, u32 n, u32 imm5, u32 d, u32 sat) {
  saturate(t, Helper::ssat, sat + 1, asr, imm5, d, n);
}

// SSAT16<c> <Rd>, #<imm>, <Rn>
void thumb32_SSAT16(Translator& t, u32 n, u32 d, u32 sat) { saturate16(t, Helper::ssat16, sat + 1, d, n); }

// USAT<c> <Rd>, #<imm5>, <Rn>{, <shift>}
void thumb32_USAT(Translator& t, u32 asr, u32 n, u32 imm5, u32 d, u32 sat) {
  saturate(t, Helper::usat, sat, asr, imm5, d, n);
}

// USAT16<c> <Rd>, #<imm4>, <Rn>
void thumb32_USAT16(Translator& t, u32 n, u32 d, u32 sat) { saturate16(t, Helper::usat16, sat, d, n); }

// USAD8<c> <Rd>, <Rn>, <Rm>
void thumb32_USAD8(Translator& t, u32 n, u32 d, u32 m) { absolute_differences(t, d, n, m); }

// USADA8<c> <Rd>, <Rn>, <Rm>, <Ra>
void thumb32_USADA8(Translator& t, u32 n, u32 a, u32 d, u32 m) { absolute_differences_accumulate(t, d, n, m, a); }

}  // namespace hypsim
