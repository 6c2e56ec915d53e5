// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/translate/exclusive.h"

#include "sim/cpu/translate/translator.h"

namespace hypsim {

using ir::Op;
using ir::Slot;
using ir::TimingClass;

namespace {

constexpr bool bad_reg(u32 n) { return n == 13 || n == 15; }

u8 endian_flag(const Translator& t) { return t.context().big_endian ? ir::kMemBigEndian : 0; }

Slot offset_base(Translator& t, u32 n, u32 offset) {
  if (offset == 0) return t.reg(n);
  const Slot address = t.temp();
  t.emit(Op::AddI, address, t.reg(n), 0, offset);
  return address;
}

/// `rt2` is used by the doubleword form alone. Helper operands: d and c receive the words, a is the address.
void load_exclusive(Translator& t, unsigned size, u32 n, u32 offset, u32 rt, u32 rt2 = 0) {
  if (n == 15 || rt == 15 || (size == 8 && rt2 == 15)) return t.unpredictable();
  const Slot address = offset_base(t, n, offset);
  t.call_exit(Helper::load_exclusive, t.reg(rt), address, 0, t.reg(rt2), size).aux = endian_flag(t);
  t.also_reads(1u << n);
  t.also_writes(1u << rt | (size == 8 ? 1u << rt2 : 0));
  t.timing(TimingClass::Exclusive);
  t.transfers(size == 8 ? 2 : 1);
}

/// Helper operands: d receives the status, a is the address, b and c are the words.
void store_exclusive(Translator& t, unsigned size, u32 n, u32 offset, u32 d, u32 rt, u32 rt2 = 0) {
  const bool dual = size == 8;
  if (d == 15 || n == 15 || rt == 15 || (dual && rt2 == 15)) return t.unpredictable();
  if (d == n || d == rt || (dual && d == rt2)) return t.unpredictable();
  const Slot address = offset_base(t, n, offset);
  t.call_exit(Helper::store_exclusive, t.reg(d), address, t.reg(rt), t.reg(rt2), size).aux = endian_flag(t);
  t.also_reads(1u << n | 1u << rt | (dual ? 1u << rt2 : 0));
  t.also_writes(1u << d);
  t.timing(TimingClass::Exclusive);
  t.transfers(dual ? 2 : 1);
}

/// SWP and SWPB: the helper looks at SCTLR.SW. ARM DDI 0406C A8.8.229
void swap(Translator& t, unsigned size, u32 n, u32 rt, u32 rt2) {
  if (rt == 15 || rt2 == 15 || n == 15 || n == rt || n == rt2) return t.unpredictable();
  u8 flags = endian_flag(t);
  if (size == 4) flags |= ir::kMemAligned;
  t.call_exit(Helper::swap, t.reg(rt), t.reg(n), t.reg(rt2), 0, size).aux = flags;
  t.also_reads(1u << n | 1u << rt2);
  t.also_writes(1u << rt);
  t.timing(TimingClass::Exclusive);
  t.transfers(2);
}

}  // namespace

void arm_LDREX(Translator& t, u32 n, u32 rt) { load_exclusive(t, 4, n, 0, rt); }
void arm_LDREXB(Translator& t, u32 n, u32 rt) { load_exclusive(t, 1, n, 0, rt); }
void arm_LDREXH(Translator& t, u32 n, u32 rt) { load_exclusive(t, 2, n, 0, rt); }

void arm_LDREXD(Translator& t, u32 n, u32 rt) {
  if ((rt & 1) != 0 || rt == 14) return t.unpredictable();
  load_exclusive(t, 8, n, 0, rt, rt + 1);
}

void arm_STREX(Translator& t, u32 n, u32 d, u32 rt) { store_exclusive(t, 4, n, 0, d, rt); }
void arm_STREXB(Translator& t, u32 n, u32 d, u32 rt) { store_exclusive(t, 1, n, 0, d, rt); }
void arm_STREXH(Translator& t, u32 n, u32 d, u32 rt) { store_exclusive(t, 2, n, 0, d, rt); }

void arm_STREXD(Translator& t, u32 n, u32 d, u32 rt) {
  if ((rt & 1) != 0 || rt == 14) return t.unpredictable();
  store_exclusive(t, 8, n, 0, d, rt, rt + 1);
}

void arm_SWP(Translator& t, u32 n, u32 rt, u32 rt2) { swap(t, 4, n, rt, rt2); }
void arm_SWPB(Translator& t, u32 n, u32 rt, u32 rt2) { swap(t, 1, n, rt, rt2); }

void thumb32_LDREX(Translator& t, u32 n, u32 rt, u32 imm8) {
  if (bad_reg(rt)) return t.unpredictable();
  load_exclusive(t, 4, n, imm8 * 4, rt);
}

void thumb32_LDREXB(Translator& t, u32 n, u32 rt) {
  if (bad_reg(rt)) return t.unpredictable();
  load_exclusive(t, 1, n, 0, rt);
}

void thumb32_LDREXH(Translator& t, u32 n, u32 rt) {
  if (bad_reg(rt)) return t.unpredictable();
  load_exclusive(t, 2, n, 0, rt);
}

void thumb32_LDREXD(Translator& t, u32 n, u32 rt, u32 rt2) {
  if (bad_reg(rt) || bad_reg(rt2) || rt == rt2) return t.unpredictable();
  load_exclusive(t, 8, n, 0, rt, rt2);
}

void thumb32_STREX(Translator& t, u32 n, u32 rt, u32 d, u32 imm8) {
  if (bad_reg(d) || bad_reg(rt)) return t.unpredictable();
  store_exclusive(t, 4, n, imm8 * 4, d, rt);
}

void thumb32_STREXB(Translator& t, u32 n, u32 rt, u32 d) {
  if (bad_reg(d) || bad_reg(rt)) return t.unpredictable();
  store_exclusive(t, 1, n, 0, d, rt);
}

void thumb32_STREXH(Translator& t, u32 n, u32 rt, u32 d) {
  if (bad_reg(d) || bad_reg(rt)) return t.unpredictable();
  store_exclusive(t, 2, n, 0, d, rt);
}

void thumb32_STREXD(Translator& t, u32 n, u32 rt, u32 rt2, u32 d) {
  if (bad_reg(d) || bad_reg(rt) || bad_reg(rt2)) return t.unpredictable();
  store_exclusive(t, 8, n, 0, d, rt, rt2);
}

void any_CLREX(Translator& t) {
  t.call(Helper::clear_exclusive);
  t.timing(TimingClass::Exclusive);
}

}  // namespace hypsim
