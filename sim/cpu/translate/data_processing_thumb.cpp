// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/translate/data_processing.h"

#include "sim/cpu/translate/data_processing_common.h"

namespace hypsim {

using namespace data_processing;

namespace {

/// The T16 forms set the flags outside IT blocks only; comparisons always do.
void t16_op(Translator& t, DataOp op, u32 n, u32 d, const Operand2& operand) {
  emit_data_processing(t, op, !t.in_it_block(), n, d, operand);
}

/// R15 as an operand of a T32 form is UNPREDICTABLE; so is SP in most, but there the processor just executes.
bool uses_pc(const Operand2& o) { return o.kind != Operand2::Kind::Immediate && o.m == 15; }

void t32_op(Translator& t, DataOp op, u32 s, u32 n, u32 d, const Operand2& operand) {
  if (n == 15 || d == 15 || uses_pc(operand)) return t.unpredictable();
  emit_data_processing(t, op, s != 0, n, d, operand);
}

void t32_move(Translator& t, DataOp op, u32 s, u32 d, const Operand2& operand) { t32_op(t, op, s, 0, d, operand); }

void t32_test(Translator& t, DataOp op, u32 n, const Operand2& operand) { t32_op(t, op, 1, n, 0, operand); }

void t32_shift_reg(Translator& t, u32 type, u32 s, u32 n, u32 d, u32 m) {
  if (n == 15 || d == 15 || m == 15) return t.unpredictable();
  emit_data_processing(t, DataOp::Mov, s != 0, 0, d, Operand2::shifted_by_reg(n, type, m));
}

}  // namespace

// ---- T16

// MOVS <Rd>, <Rm>: UNPREDICTABLE in an IT block, where it moves and leaves the flags
void thumb16_MOV_reg(Translator& t, u32 m, u32 d) { t16_op(t, DataOp::Mov, 0, d, Operand2::reg(m)); }

// LSLS <Rd>, <Rm>, #<imm5>
void thumb16_LSL_imm(Translator& t, u32 imm5, u32 m, u32 d) {
  t16_op(t, DataOp::Mov, 0, d, shifted_by_imm(m, 0, imm5));
}

// LSRS <Rd>, <Rm>, #<imm5>
void thumb16_LSR_imm(Translator& t, u32 imm5, u32 m, u32 d) {
  t16_op(t, DataOp::Mov, 0, d, shifted_by_imm(m, 1, imm5));
}

// ASRS <Rd>, <Rm>, #<imm5>
void thumb16_ASR_imm(Translator& t, u32 imm5, u32 m, u32 d) {
  t16_op(t, DataOp::Mov, 0, d, shifted_by_imm(m, 2, imm5));
}

// ADDS <Rd>, <Rn>, <Rm>
void thumb16_ADD_reg(Translator& t, u32 m, u32 n, u32 d) { t16_op(t, DataOp::Add, n, d, Operand2::reg(m)); }

// SUBS <Rd>, <Rn>, <Rm>
void thumb16_SUB_reg(Translator& t, u32 m, u32 n, u32 d) { t16_op(t, DataOp::Sub, n, d, Operand2::reg(m)); }

// ADDS <Rd>, <Rn>, #<imm3>
void thumb16_ADD_imm3(Translator& t, u32 imm3, u32 n, u32 d) {
  t16_op(t, DataOp::Add, n, d, Operand2::immediate(imm3));
}

// SUBS <Rd>, <Rn>, #<imm3>
void thumb16_SUB_imm3(Translator& t, u32 imm3, u32 n, u32 d) {
  t16_op(t, DataOp::Sub, n, d, Operand2::immediate(imm3));
}

// MOVS <Rd>, #<imm8>
void thumb16_MOV_imm(Translator& t, u32 d, u32 imm8) { t16_op(t, DataOp::Mov, 0, d, Operand2::immediate(imm8)); }

// CMP<c> <Rn>, #<imm8>
void thumb16_CMP_imm(Translator& t, u32 n, u32 imm8) { t16_op(t, DataOp::Cmp, n, 0, Operand2::immediate(imm8)); }

// ADDS <Rdn>, #<imm8>
void thumb16_ADD_imm8(Translator& t, u32 dn, u32 imm8) { t16_op(t, DataOp::Add, dn, dn, Operand2::immediate(imm8)); }

// SUBS <Rdn>, #<imm8>
void thumb16_SUB_imm8(Translator& t, u32 dn, u32 imm8) { t16_op(t, DataOp::Sub, dn, dn, Operand2::immediate(imm8)); }

// ANDS <Rdn>, <Rm>
void thumb16_AND_reg(Translator& t, u32 m, u32 dn) { t16_op(t, DataOp::And, dn, dn, Operand2::reg(m)); }

// EORS <Rdn>, <Rm>
void thumb16_EOR_reg(Translator& t, u32 m, u32 dn) { t16_op(t, DataOp::Eor, dn, dn, Operand2::reg(m)); }

// LSLS <Rdn>, <Rm>
void thumb16_LSL_reg(Translator& t, u32 m, u32 dn) {
  t16_op(t, DataOp::Mov, 0, dn, Operand2::shifted_by_reg(dn, 0, m));
}

// LSRS <Rdn>, <Rm>
void thumb16_LSR_reg(Translator& t, u32 m, u32 dn) {
  t16_op(t, DataOp::Mov, 0, dn, Operand2::shifted_by_reg(dn, 1, m));
}

// ASRS <Rdn>, <Rm>
void thumb16_ASR_reg(Translator& t, u32 m, u32 dn) {
  t16_op(t, DataOp::Mov, 0, dn, Operand2::shifted_by_reg(dn, 2, m));
}

// ADCS <Rdn>, <Rm>
void thumb16_ADC_reg(Translator& t, u32 m, u32 dn) { t16_op(t, DataOp::Adc, dn, dn, Operand2::reg(m)); }

// SBCS <Rdn>, <Rm>
void thumb16_SBC_reg(Translator& t, u32 m, u32 dn) { t16_op(t, DataOp::Sbc, dn, dn, Operand2::reg(m)); }

// RORS <Rdn>, <Rm>
void thumb16_ROR_reg(Translator& t, u32 m, u32 dn) {
  t16_op(t, DataOp::Mov, 0, dn, Operand2::shifted_by_reg(dn, 3, m));
}

// TST<c> <Rn>, <Rm>
void thumb16_TST_reg(Translator& t, u32 m, u32 n) { t16_op(t, DataOp::Tst, n, 0, Operand2::reg(m)); }

// RSBS <Rd>, <Rn>, #0
void thumb16_RSB_imm(Translator& t, u32 n, u32 d) { t16_op(t, DataOp::Rsb, n, d, Operand2::immediate(0)); }

// CMP<c> <Rn>, <Rm>
void thumb16_CMP_reg(Translator& t, u32 m, u32 n) { t16_op(t, DataOp::Cmp, n, 0, Operand2::reg(m)); }

// CMN<c> <Rn>, <Rm>
void thumb16_CMN_reg(Translator& t, u32 m, u32 n) { t16_op(t, DataOp::Cmn, n, 0, Operand2::reg(m)); }

// ORRS <Rdn>, <Rm>
void thumb16_ORR_reg(Translator& t, u32 m, u32 dn) { t16_op(t, DataOp::Orr, dn, dn, Operand2::reg(m)); }

// BICS <Rdn>, <Rm>
void thumb16_BIC_reg(Translator& t, u32 m, u32 dn) { t16_op(t, DataOp::Bic, dn, dn, Operand2::reg(m)); }

// MVNS <Rd>, <Rm>
void thumb16_MVN_reg(Translator& t, u32 m, u32 d) { t16_op(t, DataOp::Mvn, 0, d, Operand2::reg(m)); }

// ADD<c> <Rdn>, <Rm>: any registers
void thumb16_ADD_high(Translator& t, u32 dn, u32 m) {
  if (dn == 15 && (m == 15 || t.branch_misplaced())) return t.unpredictable();
  emit_data_processing(t, DataOp::Add, false, dn, dn, Operand2::reg(m));
}

// CMP<c> <Rn>, <Rm>: any registers but the PC
void thumb16_CMP_high(Translator& t, u32 n, u32 m) {
  if (n == 15 || m == 15) return t.unpredictable();
  emit_data_processing(t, DataOp::Cmp, true, n, 0, Operand2::reg(m));
}

// MOV<c> <Rd>, <Rm>: any registers
void thumb16_MOV_high(Translator& t, u32 d, u32 m) {
  if (d == 15 && t.branch_misplaced()) return t.unpredictable();
  emit_data_processing(t, DataOp::Mov, false, 0, d, Operand2::reg(m));
}

// ADR<c> <Rd>, <label>
void thumb16_ADR(Translator& t, u32 d, u32 imm8) { emit_adr(t, d, imm8 << 2); }

// ADD<c> <Rd>, SP, #<imm>
void thumb16_ADD_sp_imm(Translator& t, u32 d, u32 imm8) {
  emit_data_processing(t, DataOp::Add, false, 13, d, Operand2::immediate(imm8 << 2));
}

// ADD<c> SP, SP, #<imm>
void thumb16_ADD_sp_sp(Translator& t, u32 imm7) {
  emit_data_processing(t, DataOp::Add, false, 13, 13, Operand2::immediate(imm7 << 2));
}

// SUB<c> SP, SP, #<imm>
void thumb16_SUB_sp_sp(Translator& t, u32 imm7) {
  emit_data_processing(t, DataOp::Sub, false, 13, 13, Operand2::immediate(imm7 << 2));
}

// ---- T32: modified immediate

// AND{S}<c> <Rd>, <Rn>, #<const>
void thumb32_AND_imm(Translator& t, u32 imm12, u32 s, u32 n, u32 d) {
  t32_op(t, DataOp::And, s, n, d, thumb_expand_imm(imm12));
}

// TST<c> <Rn>, #<const>
void thumb32_TST_imm(Translator& t, u32 imm12, u32 n) { t32_test(t, DataOp::Tst, n, thumb_expand_imm(imm12)); }

// BIC{S}<c> <Rd>, <Rn>, #<const>
void thumb32_BIC_imm(Translator& t, u32 imm12, u32 s, u32 n, u32 d) {
  t32_op(t, DataOp::Bic, s, n, d, thumb_expand_imm(imm12));
}

// ORR{S}<c> <Rd>, <Rn>, #<const>
void thumb32_ORR_imm(Translator& t, u32 imm12, u32 s, u32 n, u32 d) {
  t32_op(t, DataOp::Orr, s, n, d, thumb_expand_imm(imm12));
}

// MOV{S}<c> <Rd>, #<const>
void thumb32_MOV_imm(Translator& t, u32 imm12, u32 s, u32 d) {
  t32_move(t, DataOp::Mov, s, d, thumb_expand_imm(imm12));
}

// ORN{S}<c> <Rd>, <Rn>, #<const>
void thumb32_ORN_imm(Translator& t, u32 imm12, u32 s, u32 n, u32 d) {
  t32_op(t, DataOp::Orn, s, n, d, thumb_expand_imm(imm12));
}

// MVN{S}<c> <Rd>, #<const>
void thumb32_MVN_imm(Translator& t, u32 imm12, u32 s, u32 d) {
  t32_move(t, DataOp::Mvn, s, d, thumb_expand_imm(imm12));
}

// EOR{S}<c> <Rd>, <Rn>, #<const>
void thumb32_EOR_imm(Translator& t, u32 imm12, u32 s, u32 n, u32 d) {
  t32_op(t, DataOp::Eor, s, n, d, thumb_expand_imm(imm12));
}

// TEQ<c> <Rn>, #<const>
void thumb32_TEQ_imm(Translator& t, u32 imm12, u32 n) { t32_test(t, DataOp::Teq, n, thumb_expand_imm(imm12)); }

// ADD{S}<c> <Rd>, <Rn>, #<const>
void thumb32_ADD_imm(Translator& t, u32 imm12, u32 s, u32 n, u32 d) {
  t32_op(t, DataOp::Add, s, n, d, thumb_expand_imm(imm12));
}

// CMN<c> <Rn>, #<const>
void thumb32_CMN_imm(Translator& t, u32 imm12, u32 n) { t32_test(t, DataOp::Cmn, n, thumb_expand_imm(imm12)); }

// ADC{S}<c> <Rd>, <Rn>, #<const>
void thumb32_ADC_imm(Translator& t, u32 imm12, u32 s, u32 n, u32 d) {
  t32_op(t, DataOp::Adc, s, n, d, thumb_expand_imm(imm12));
}

// SBC{S}<c> <Rd>, <Rn>, #<const>
void thumb32_SBC_imm(Translator& t, u32 imm12, u32 s, u32 n, u32 d) {
  t32_op(t, DataOp::Sbc, s, n, d, thumb_expand_imm(imm12));
}

// SUB{S}<c> <Rd>, <Rn>, #<const>
void thumb32_SUB_imm(Translator& t, u32 imm12, u32 s, u32 n, u32 d) {
  t32_op(t, DataOp::Sub, s, n, d, thumb_expand_imm(imm12));
}

// CMP<c> <Rn>, #<const>
void thumb32_CMP_imm(Translator& t, u32 imm12, u32 n) { t32_test(t, DataOp::Cmp, n, thumb_expand_imm(imm12)); }

// RSB{S}<c> <Rd>, <Rn>, #<const>
void thumb32_RSB_imm(Translator& t, u32 imm12, u32 s, u32 n, u32 d) {
  t32_op(t, DataOp::Rsb, s, n, d, thumb_expand_imm(imm12));
}

// ---- T32: plain binary immediate

// ADDW<c> <Rd>, <Rn>, #<imm12>
void thumb32_ADDW(Translator& t, u32 imm12, u32 n, u32 d) {
  t32_op(t, DataOp::Add, false, n, d, Operand2::immediate(imm12));
}

// SUBW<c> <Rd>, <Rn>, #<imm12>
void thumb32_SUBW(Translator& t, u32 imm12, u32 n, u32 d) {
  t32_op(t, DataOp::Sub, false, n, d, Operand2::immediate(imm12));
}

// ADR<c>.W <Rd>, <label>: after the PC
void thumb32_ADR_add(Translator& t, u32 imm12, u32 d) {
  if (d == 15) return t.unpredictable();
  emit_adr(t, d, imm12);
}

// ADR<c>.W <Rd>, <label>: before the PC
void thumb32_ADR_sub(Translator& t, u32 imm12, u32 d) {
  if (d == 15) return t.unpredictable();
  emit_adr(t, d, 0u - imm12);
}

// MOVW<c> <Rd>, #<imm16>
void thumb32_MOVW(Translator& t, u32 imm12, u32 imm4, u32 d) { emit_movw(t, d, imm4 << 12 | imm12); }

// MOVT<c> <Rd>, #<imm16>
void thumb32_MOVT(Translator& t, u32 imm12, u32 imm4, u32 d) { emit_movt(t, d, imm4 << 12 | imm12); }

// ---- T32: shifted register

// AND{S}<c> <Rd>, <Rn>, <Rm>{, <shift>}
void thumb32_AND_reg(Translator& t, u32 s, u32 n, u32 imm5, u32 d, u32 type, u32 m) {
  t32_op(t, DataOp::And, s, n, d, shifted_by_imm(m, type, imm5));
}

// TST<c> <Rn>, <Rm>{, <shift>}
void thumb32_TST_reg(Translator& t, u32 n, u32 imm5, u32 type, u32 m) {
  t32_test(t, DataOp::Tst, n, shifted_by_imm(m, type, imm5));
}

// BIC{S}<c> <Rd>, <Rn>, <Rm>{, <shift>}
void thumb32_BIC_reg(Translator& t, u32 s, u32 n, u32 imm5, u32 d, u32 type, u32 m) {
  t32_op(t, DataOp::Bic, s, n, d, shifted_by_imm(m, type, imm5));
}

// ORR{S}<c> <Rd>, <Rn>, <Rm>{, <shift>}
void thumb32_ORR_reg(Translator& t, u32 s, u32 n, u32 imm5, u32 d, u32 type, u32 m) {
  t32_op(t, DataOp::Orr, s, n, d, shifted_by_imm(m, type, imm5));
}

// MOV{S}<c>.W <Rd>, <Rm>
void thumb32_MOV_reg(Translator& t, u32 s, u32 d, u32 m) { t32_move(t, DataOp::Mov, s, d, Operand2::reg(m)); }

// LSL{S}<c>.W <Rd>, <Rm>, #<imm5>
void thumb32_LSL_imm(Translator& t, u32 s, u32 imm5, u32 d, u32 m) {
  t32_move(t, DataOp::Mov, s, d, shifted_by_imm(m, 0, imm5));
}

// LSR{S}<c>.W <Rd>, <Rm>, #<imm5>
void thumb32_LSR_imm(Translator& t, u32 s, u32 imm5, u32 d, u32 m) {
  t32_move(t, DataOp::Mov, s, d, shifted_by_imm(m, 1, imm5));
}

// ASR{S}<c>.W <Rd>, <Rm>, #<imm5>
void thumb32_ASR_imm(Translator& t, u32 s, u32 imm5, u32 d, u32 m) {
  t32_move(t, DataOp::Mov, s, d, shifted_by_imm(m, 2, imm5));
}

// RRX{S}<c> <Rd>, <Rm>
void thumb32_RRX(Translator& t, u32 s, u32 d, u32 m) { t32_move(t, DataOp::Mov, s, d, shifted_by_imm(m, 3, 0)); }

// ROR{S}<c>.W <Rd>, <Rm>, #<imm5>
void thumb32_ROR_imm(Translator& t, u32 s, u32 imm5, u32 d, u32 m) {
  t32_move(t, DataOp::Mov, s, d, shifted_by_imm(m, 3, imm5));
}

// ORN{S}<c> <Rd>, <Rn>, <Rm>{, <shift>}
void thumb32_ORN_reg(Translator& t, u32 s, u32 n, u32 imm5, u32 d, u32 type, u32 m) {
  t32_op(t, DataOp::Orn, s, n, d, shifted_by_imm(m, type, imm5));
}

// MVN{S}<c>.W <Rd>, <Rm>{, <shift>}
void thumb32_MVN_reg(Translator& t, u32 s, u32 imm5, u32 d, u32 type, u32 m) {
  t32_move(t, DataOp::Mvn, s, d, shifted_by_imm(m, type, imm5));
}

// EOR{S}<c> <Rd>, <Rn>, <Rm>{, <shift>}
void thumb32_EOR_reg(Translator& t, u32 s, u32 n, u32 imm5, u32 d, u32 type, u32 m) {
  t32_op(t, DataOp::Eor, s, n, d, shifted_by_imm(m, type, imm5));
}

// TEQ<c> <Rn>, <Rm>{, <shift>}
void thumb32_TEQ_reg(Translator& t, u32 n, u32 imm5, u32 type, u32 m) {
  t32_test(t, DataOp::Teq, n, shifted_by_imm(m, type, imm5));
}

// ADD{S}<c> <Rd>, <Rn>, <Rm>{, <shift>}
void thumb32_ADD_reg(Translator& t, u32 s, u32 n, u32 imm5, u32 d, u32 type, u32 m) {
  t32_op(t, DataOp::Add, s, n, d, shifted_by_imm(m, type, imm5));
}

// CMN<c> <Rn>, <Rm>{, <shift>}
void thumb32_CMN_reg(Translator& t, u32 n, u32 imm5, u32 type, u32 m) {
  t32_test(t, DataOp::Cmn, n, shifted_by_imm(m, type, imm5));
}

// ADC{S}<c> <Rd>, <Rn>, <Rm>{, <shift>}
void thumb32_ADC_reg(Translator& t, u32 s, u32 n, u32 imm5, u32 d, u32 type, u32 m) {
  t32_op(t, DataOp::Adc, s, n, d, shifted_by_imm(m, type, imm5));
}

// SBC{S}<c> <Rd>, <Rn>, <Rm>{, <shift>}
void thumb32_SBC_reg(Translator& t, u32 s, u32 n, u32 imm5, u32 d, u32 type, u32 m) {
  t32_op(t, DataOp::Sbc, s, n, d, shifted_by_imm(m, type, imm5));
}

// SUB{S}<c> <Rd>, <Rn>, <Rm>{, <shift>}
void thumb32_SUB_reg(Translator& t, u32 s, u32 n, u32 imm5, u32 d, u32 type, u32 m) {
  t32_op(t, DataOp::Sub, s, n, d, shifted_by_imm(m, type, imm5));
}

// CMP<c> <Rn>, <Rm>{, <shift>}
void thumb32_CMP_reg(Translator& t, u32 n, u32 imm5, u32 type, u32 m) {
  t32_test(t, DataOp::Cmp, n, shifted_by_imm(m, type, imm5));
}

// RSB{S}<c> <Rd>, <Rn>, <Rm>{, <shift>}
void thumb32_RSB_reg(Translator& t, u32 s, u32 n, u32 imm5, u32 d, u32 type, u32 m) {
  t32_op(t, DataOp::Rsb, s, n, d, shifted_by_imm(m, type, imm5));
}

// ---- T32: register

// LSL{S}<c>.W <Rd>, <Rn>, <Rm>
void thumb32_LSL_reg(Translator& t, u32 s, u32 n, u32 d, u32 m) { t32_shift_reg(t, 0, s, n, d, m); }

// LSR{S}<c>.W <Rd>, <Rn>, <Rm>
void thumb32_LSR_reg(Translator& t, u32 s, u32 n, u32 d, u32 m) { t32_shift_reg(t, 1, s, n, d, m); }

// ASR{S}<c>.W <Rd>, <Rn>, <Rm>
void thumb32_ASR_reg(Translator& t, u32 s, u32 n, u32 d, u32 m) { t32_shift_reg(t, 2, s, n, d, m); }

// ROR{S}<c>.W <Rd>, <Rn>, <Rm>
void thumb32_ROR_reg(Translator& t, u32 s, u32 n, u32 d, u32 m) { t32_shift_reg(t, 3, s, n, d, m); }

}  // namespace hypsim
