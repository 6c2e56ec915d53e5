// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/translate/vfp_move.h"

#include "sim/cpu/translate/fp_check.h"

namespace hypsim {

using hyp::FpClass;
using ir::Slot;
using ir::TimingClass;
using ir::VfpLane;
using ir::VfpWords;

namespace {

constexpr u32 kFlagSlots = 1u << ir::kN | 1u << ir::kZ | 1u << ir::kC | 1u << ir::kV;

/// Access to the words of the register file below `end`: D16..D31 have a control of their own.
void check_words(Translator& t, u32 end) { check_fp(t, {end > 32 ? FpClass::VfpHighRegisters : FpClass::Vfp}); }

/// Index of the first word of a register operand.
u32 word_index(u32 high, u32 v, u32 dbl) { return dbl != 0 ? 2 * (high << 4 | v) : (v << 1 | high); }

void transfer_words(Translator& t, bool load, Slot address, const VfpWords& words) {
  u8 flags = ir::kMemAligned;
  if (t.context().big_endian) flags |= ir::kMemBigEndian;
  t.call_exit(load ? Helper::vfp_load : Helper::vfp_store, 0, address, 0, 0, words.pack()).aux = flags;
  t.timing(load ? TimingClass::VfpLoad : TimingClass::VfpStore);
  t.transfers(words.count);
}

Slot offset_from(Translator& t, Slot base, u32 offset) {
  if (offset == 0) return base;
  const Slot at = t.temp();
  t.emit(ir::Op::AddI, at, base, 0, offset);
  return at;
}

void one_register(Translator& t, bool load, u32 u, u32 dh, u32 n, u32 vd, u32 dbl, u32 imm8) {
  if (n == 15 && !load && t.thumb()) return t.unpredictable();
  const u32 first = word_index(dh, vd, dbl);
  const u32 count = dbl != 0 ? 2 : 1;
  check_words(t, first + count);
  const u32 offset = u != 0 ? imm8 * 4 : 0u - imm8 * 4;
  const Slot address = offset_from(t, t.read_aligned_pc(n), offset);
  transfer_words(t, load, address, {static_cast<u8>(first), static_cast<u8>(count), dbl != 0});
  if (n != 15) t.also_reads(1u << n);
}

/// An odd doubleword count is FLDMX or FSTMX: a word more of memory that holds nothing. A8.8.50
void many_registers(Translator& t, bool load, u32 p, u32 u, u32 dh, u32 w, u32 n, u32 vd, u32 dbl, u32 imm8) {
  if ((p == u && w == 1) || (p == 0 && u == 0)) return undefined_after_check(t, FpClass::Vfp);
  const u32 first = word_index(dh, vd, dbl);
  const u32 count = dbl != 0 ? imm8 & ~1u : imm8;
  const bool fits = count != 0 && count <= 32 && first + count <= (dbl != 0 ? 64u : 32u);
  if (!fits || (n == 15 && (w != 0 || t.thumb()))) return t.unpredictable();
  check_words(t, first + count);
  const u32 step = u != 0 ? imm8 * 4 : 0u - imm8 * 4;
  const Slot base = t.read_aligned_pc(n);
  const Slot address = offset_from(t, base, u != 0 ? 0 : step);
  transfer_words(t, load, address, {static_cast<u8>(first), static_cast<u8>(count), dbl != 0});
  if (w != 0) t.emit(ir::Op::AddI, base, base, 0, step);
  if (n != 15) t.also_reads(1u << n);
}

void write_word(Translator& t, u32 word, u32 rt) {
  t.call(Helper::vfp_write_lane, 0, t.reg(rt), 0, 0, VfpLane{static_cast<u8>(word * 4), 4, false}.pack());
  t.also_reads(1u << rt);
  t.timing(TimingClass::VfpMove);
}

void read_word(Translator& t, u32 word, u32 rt) {
  t.call(Helper::vfp_read_lane, t.reg(rt), 0, 0, 0, VfpLane{static_cast<u8>(word * 4), 4, false}.pack());
  t.also_writes(1u << rt);
  t.timing(TimingClass::VfpMove);
}

void move_two(Translator& t, bool to_core, u32 rt2, u32 rt, u32 first) {
  if (rt == 15 || rt2 == 15 || (to_core && rt == rt2)) return t.unpredictable();
  check_words(t, first + 2);
  const auto one = to_core ? &read_word : &write_word;
  one(t, first, rt);
  one(t, first + 1, rt2);
}

/// Size and byte offset of a scalar by opc1:opc2; size 0 is UNDEFINED. A8.8.342
VfpLane scalar(u32 opc1, u32 opc2, u32 d) {
  const u32 base = d * 8;
  if ((opc1 & 2) != 0) return {static_cast<u8>(base + ((opc1 & 1) << 2 | opc2)), 1, false};
  if ((opc2 & 1) != 0) return {static_cast<u8>(base + ((opc1 & 1) << 1 | opc2 >> 1) * 2), 2, false};
  if (opc2 == 0) return {static_cast<u8>(base + (opc1 & 1) * 4), 4, false};
  return {0, 0, false};
}

/// Bytes and halfwords are Advanced SIMD, words VFP.
void check_scalar(Translator& t, const VfpLane& lane) {
  if (lane.size == 4) {
    check_words(t, lane.offset / 4 + 1u);
  } else {
    check_fp(t, {FpClass::AdvancedSimd});
  }
}

/// System registers of VMRS and VMSR. ARM DDI 0406C B9.3.22
enum FpReg : u32 { kFpsid = 0, kFpscr = 1, kMvfr1 = 6, kMvfr0 = 7, kFpexc = 8 };

FpClass class_of_register(u32 reg) {
  switch (reg) {
    case kFpsid: return FpClass::VmrsFpsid;
    case kMvfr1:
    case kMvfr0: return FpClass::VmrsMvfr;
    case kFpexc: return FpClass::VmrsFpexc;
    default: return FpClass::Vfp;
  }
}

bool exists(u32 reg) { return reg == kFpsid || reg == kFpscr || reg == kMvfr1 || reg == kMvfr0 || reg == kFpexc; }

}  // namespace

void vfp_VLDR(Translator& t, u32 u, u32 dh, u32 n, u32 vd, u32 dbl, u32 imm8) {
  one_register(t, true, u, dh, n, vd, dbl, imm8);
}
void vfp_VSTR(Translator& t, u32 u, u32 dh, u32 n, u32 vd, u32 dbl, u32 imm8) {
  one_register(t, false, u, dh, n, vd, dbl, imm8);
}
void vfp_VLDM(Translator& t, u32 p, u32 u, u32 dh, u32 w, u32 n, u32 vd, u32 dbl, u32 imm8) {
  many_registers(t, true, p, u, dh, w, n, vd, dbl, imm8);
}
void vfp_VSTM(Translator& t, u32 p, u32 u, u32 dh, u32 w, u32 n, u32 vd, u32 dbl, u32 imm8) {
  many_registers(t, false, p, u, dh, w, n, vd, dbl, imm8);
}
void vfp_VPUSH(Translator& t, u32 dh, u32 vd, u32 dbl, u32 imm8) {
  many_registers(t, false, 1, 0, dh, 1, 13, vd, dbl, imm8);
}
void vfp_VPOP(Translator& t, u32 dh, u32 vd, u32 dbl, u32 imm8) {
  many_registers(t, true, 0, 1, dh, 1, 13, vd, dbl, imm8);
}

// VMOV Sn, Rt
void vfp_VMOV_to_single(Translator& t, u32 vn, u32 rt, u32 n) {
  if (rt == 15) return t.unpredictable();
  check_fp(t, {FpClass::Vfp});
  write_word(t, vn << 1 | n, rt);
}

// VMOV Rt, Sn
void vfp_VMOV_from_single(Translator& t, u32 vn, u32 rt, u32 n) {
  if (rt == 15) return t.unpredictable();
  check_fp(t, {FpClass::Vfp});
  read_word(t, vn << 1 | n, rt);
}

// VMOV{.size} Dd[x], Rt
void vfp_VMOV_to_scalar(Translator& t, u32 opc1, u32 vd, u32 rt, u32 d, u32 opc2) {
  const VfpLane lane = scalar(opc1, opc2, d << 4 | vd);
  if (lane.size == 0) return undefined_after_check(t, FpClass::Vfp);
  if (rt == 15) return t.unpredictable();
  check_scalar(t, lane);
  t.call(Helper::vfp_write_lane, 0, t.reg(rt), 0, 0, lane.pack());
  t.also_reads(1u << rt);
  t.timing(TimingClass::VfpMove);
}

// VMOV{.dt} Rt, Dn[x]
void vfp_VMOV_from_scalar(Translator& t, u32 u, u32 opc1, u32 vn, u32 rt, u32 n, u32 opc2) {
  VfpLane lane = scalar(opc1, opc2, n << 4 | vn);
  if (lane.size == 0 || (lane.size == 4 && u != 0)) return undefined_after_check(t, FpClass::Vfp);
  if (rt == 15) return t.unpredictable();
  lane.sign = u == 0 && lane.size != 4;
  check_scalar(t, lane);
  t.call(Helper::vfp_read_lane, t.reg(rt), 0, 0, 0, lane.pack());
  t.also_writes(1u << rt);
  t.timing(TimingClass::VfpMove);
}

// VMOV Sm, Sm1, Rt, Rt2
void vfp_VMOV_to_two_singles(Translator& t, u32 rt2, u32 rt, u32 m, u32 vm) {
  if ((vm << 1 | m) == 31) return t.unpredictable();
  move_two(t, false, rt2, rt, vm << 1 | m);
}

// VMOV Rt, Rt2, Sm, Sm1
void vfp_VMOV_from_two_singles(Translator& t, u32 rt2, u32 rt, u32 m, u32 vm) {
  if ((vm << 1 | m) == 31) return t.unpredictable();
  move_two(t, true, rt2, rt, vm << 1 | m);
}

// VMOV Dm, Rt, Rt2
void vfp_VMOV_to_double(Translator& t, u32 rt2, u32 rt, u32 m, u32 vm) {
  move_two(t, false, rt2, rt, 2 * (m << 4 | vm));
}
// VMOV Rt, Rt2, Dm
void vfp_VMOV_from_double(Translator& t, u32 rt2, u32 rt, u32 m, u32 vm) {
  move_two(t, true, rt2, rt, 2 * (m << 4 | vm));
}

// VMSR reg, Rt. The MVFRs are read-only, writes of the FPSID are ignored.
void vfp_VMSR(Translator& t, u32 reg, u32 rt) {
  if (!exists(reg)) return undefined_after_check(t, FpClass::Vfp);
  if (rt == 15 || reg == kMvfr0 || reg == kMvfr1) return t.unpredictable();
  check_fp(t, {class_of_register(reg), false, static_cast<u8>(rt), static_cast<u8>(reg)});
  if (reg != kFpsid) t.call(Helper::vmsr, 0, t.reg(rt), 0, 0, reg);
  t.also_reads(1u << rt);
  t.timing(TimingClass::VfpMove);
}

// VMRS Rt, reg; VMRS APSR_nzcv, FPSCR
void vfp_VMRS(Translator& t, u32 reg, u32 rt) {
  if (!exists(reg)) return undefined_after_check(t, FpClass::Vfp);
  const bool to_flags = rt == 15 && reg == kFpscr;
  if (rt == 15 && !to_flags) return t.unpredictable();
  check_fp(t, {class_of_register(reg), true, static_cast<u8>(rt), static_cast<u8>(reg)});
  if (to_flags) {
    t.call(Helper::vmrs_flags);
    t.also_writes(kFlagSlots);
  } else {
    t.call(Helper::vmrs, t.reg(rt), 0, 0, 0, reg);
    t.also_writes(1u << rt);
  }
  t.timing(TimingClass::VfpMove);
}

void vfp_unallocated(Translator& t) { undefined_after_check(t, FpClass::Vfp); }
void simd_unallocated(Translator& t) { undefined_after_check(t, FpClass::AdvancedSimd); }

}  // namespace hypsim
