// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/translate/branch.h"

namespace hypsim {

using ir::BranchKind;
using ir::Op;
using ir::Slot;
using ir::TimingClass;

namespace {

/// What LR gets from a call: in T32 bit 0 brings a later BX back to T32.
u32 return_address(const Translator& t) { return t.next_pc() | (t.thumb() ? 1u : 0u); }

void call_to(Translator& t, u32 target) {
  t.emit(Op::MovI, ir::kLr, 0, 0, return_address(t));
  t.branch_to(target, BranchKind::Call);
}

/// A call that changes the instruction set: `target` has bit 0 set to go to T32.
void exchange_call_to(Translator& t, u32 target) {
  t.emit(Op::MovI, ir::kLr, 0, 0, return_address(t));
  t.timing(TimingClass::Branch);
  t.bx_write_pc(t.constant(target), BranchKind::Call);
}

void branch_exchange(Translator& t, u32 m) {
  t.timing(TimingClass::BranchIndirect);
  t.bx_write_pc(t.read(m), m == ir::kLr ? BranchKind::Return : BranchKind::Indirect);
}

void branch_link_exchange(Translator& t, u32 m) {
  if (m == 15) return t.unpredictable();
  Slot target = t.reg(m);
  if (m == ir::kLr) {
    target = t.temp();
    t.emit(Op::Mov, target, ir::kLr);
  }
  t.emit(Op::MovI, ir::kLr, 0, 0, return_address(t));
  t.timing(TimingClass::BranchIndirect);
  t.bx_write_pc(target, BranchKind::IndirectCall);
}

void no_operation(Translator& t) { t.timing(TimingClass::Nop); }

void compare_and_branch(Translator& t, bool nonzero, u32 imm6, u32 n) {
  if (t.in_it_block()) return t.unpredictable();
  const u32 target = t.pc_read() + (imm6 << 1);
  t.emit(Op::SkipIfZero, 0, t.reg(n), 0, 1);
  if (nonzero) {
    t.branch_to(target);
    t.branch_to(t.next_pc(), BranchKind::Sequential);
  } else {
    t.branch_to(t.next_pc(), BranchKind::Sequential);
    t.branch_to(target);
  }
}

void table_branch(Translator& t, bool halfwords, u32 n, u32 m) {
  // Rn == 13 executes, as on QEMU.
  if (m == 13 || m == 15 || t.branch_misplaced()) return t.unpredictable();
  const Slot address = t.temp();
  const Slot offset = t.temp();
  const Slot base = t.read(n);
  if (halfwords) {
    t.emit(Op::LslI, address, t.reg(m), 0, 1);
    t.emit(Op::Add, address, base, address);
  } else {
    t.emit(Op::Add, address, base, t.reg(m));
  }
  t.memory(halfwords ? Op::Ld16 : Op::Ld8, offset, address, 0);
  t.emit(Op::LslI, offset, offset, 0, 1);
  t.emit(Op::AddI, offset, offset, 0, t.pc_read());
  t.branch_write_pc(offset, BranchKind::Indirect);
}

/// The offset of the long T32 branches: I1 = NOT(J1 EOR S), I2 = NOT(J2 EOR S). ARM DDI 0406C A8.8.18
u32 long_offset(u32 s, u32 imm10, u32 j1, u32 j2, u32 low12) {
  const u32 i1 = (j1 ^ s) ^ 1;
  const u32 i2 = (j2 ^ s) ^ 1;
  return static_cast<u32>(sign_extend(s << 24 | i1 << 23 | i2 << 22 | imm10 << 12 | low12, 25));
}

}  // namespace

// ---- A32

// B<c> <label>
void arm_B(Translator& t, u32 imm24) { t.branch_to(t.pc_read() + static_cast<u32>(sign_extend(imm24 << 2, 26))); }

// BL<c> <label>
void arm_BL_imm(Translator& t, u32 imm24) { call_to(t, t.pc_read() + static_cast<u32>(sign_extend(imm24 << 2, 26))); }

// BLX <label>
void arm_BLX_imm(Translator& t, u32 h, u32 imm24) {
  exchange_call_to(t, (t.pc_read() + static_cast<u32>(sign_extend(imm24 << 2 | h << 1, 26))) | 1);
}

// BLX<c> <Rm>
void arm_BLX_reg(Translator& t, u32 m) { branch_link_exchange(t, m); }

// BX<c> <Rm>
void arm_BX(Translator& t, u32 m) { branch_exchange(t, m); }

// NOP<c>
void arm_NOP(Translator& t) { no_operation(t); }

// Unallocated hints execute as NOP. ARM DDI 0406C A5.2.11
void arm_hint_unallocated(Translator& t, u32) { no_operation(t); }

// ---- T16

// B<c> <label>
void thumb16_B_cond(Translator& t, u32 cond, u32 imm8) {
  if (cond >= 14) return t.undefined();
  if (t.in_it_block()) return t.unpredictable();
  t.emit(Op::SkipUnless, 0, 0, 0, 1).c = static_cast<u8>(cond);
  t.branch_to(t.pc_read() + static_cast<u32>(sign_extend(imm8 << 1, 9)));
  t.branch_to(t.next_pc(), BranchKind::Sequential);
}

// B<c> <label>
void thumb16_B(Translator& t, u32 imm11) {
  if (t.branch_misplaced()) return t.unpredictable();
  t.branch_to(t.pc_read() + static_cast<u32>(sign_extend(imm11 << 1, 12)));
}

// BLX<c> <Rm>
void thumb16_BLX_reg(Translator& t, u32 m) {
  if (t.branch_misplaced()) return t.unpredictable();
  branch_link_exchange(t, m);
}

// BX<c> <Rm>
void thumb16_BX(Translator& t, u32 m) {
  if (t.branch_misplaced()) return t.unpredictable();
  branch_exchange(t, m);
}

// CBZ <Rn>, <label>
void thumb16_CBZ(Translator& t, u32 imm6, u32 n) { compare_and_branch(t, false, imm6, n); }

// CBNZ <Rn>, <label>
void thumb16_CBNZ(Translator& t, u32 imm6, u32 n) { compare_and_branch(t, true, imm6, n); }

// IT{<x>{<y>{<z>}}} <firstcond>
void thumb16_IT(Translator& t, u32 firstcond, u32 mask) {
  // ARM DDI 0406C A8.8.54: no condition 0b1111, no "else" of AL, no IT within an IT block.
  if (firstcond == 15 || (firstcond == 14 && std::popcount(mask) != 1) || t.in_it_block()) return t.unpredictable();
  t.set_itstate(static_cast<u8>(firstcond << 4 | mask));
  t.timing(TimingClass::Nop);
}

// NOP<c>
void thumb16_NOP(Translator& t) { no_operation(t); }

// Unallocated hints execute as NOP. ARM DDI 0406C A6.2.5
void thumb16_hint_unallocated(Translator& t, u32) { no_operation(t); }

// ---- T32

// B<c>.W <label>
void thumb32_B_cond(Translator& t, u32 s, u32 cond, u32 imm6, u32 j1, u32 j2, u32 imm11) {
  if (cond >= 14) return t.undefined();  // miscellaneous control space that no line claims
  if (t.in_it_block()) return t.unpredictable();
  const u32 offset = static_cast<u32>(sign_extend(s << 20 | j2 << 19 | j1 << 18 | imm6 << 12 | imm11 << 1, 21));
  t.emit(Op::SkipUnless, 0, 0, 0, 1).c = static_cast<u8>(cond);
  t.branch_to(t.pc_read() + offset);
  t.branch_to(t.next_pc(), BranchKind::Sequential);
}

// B<c>.W <label>
void thumb32_B(Translator& t, u32 s, u32 imm10, u32 j1, u32 j2, u32 imm11) {
  if (t.branch_misplaced()) return t.unpredictable();
  t.branch_to(t.pc_read() + long_offset(s, imm10, j1, j2, imm11 << 1));
}

// BL<c> <label>
void thumb32_BL_imm(Translator& t, u32 s, u32 imm10, u32 j1, u32 j2, u32 imm11) {
  if (t.branch_misplaced()) return t.unpredictable();
  call_to(t, t.pc_read() + long_offset(s, imm10, j1, j2, imm11 << 1));
}

// BLX<c> <label>
void thumb32_BLX_imm(Translator& t, u32 s, u32 imm10, u32 j1, u32 j2, u32 imm10_low) {
  if (t.thumbee()) return t.undefined();  // A9.1
  if (t.branch_misplaced()) return t.unpredictable();
  exchange_call_to(t, (t.pc_read() & ~3u) + long_offset(s, imm10, j1, j2, imm10_low << 2));
}

// TBB<c> [<Rn>, <Rm>]
void thumb32_TBB(Translator& t, u32 n, u32 m) { table_branch(t, false, n, m); }

// TBH<c> [<Rn>, <Rm>, LSL #1]
void thumb32_TBH(Translator& t, u32 n, u32 m) { table_branch(t, true, n, m); }

// NOP<c>.W
void thumb32_NOP(Translator& t) { no_operation(t); }

// Unallocated hints execute as NOP. ARM DDI 0406C A6.3.4
void thumb32_hint_unallocated(Translator& t, u32) { no_operation(t); }

}  // namespace hypsim
