// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/translate/data_processing.h"

#include "sim/cpu/translate/data_processing_common.h"

namespace hypsim {

using namespace data_processing;

namespace {

void data_reg(Translator& t, DataOp op, u32 s, u32 n, u32 d, u32 m, u32 type, u32 imm5) {
  emit_data_processing(t, op, s != 0, n, d, shifted_by_imm(m, type, imm5));
}

void move_reg(Translator& t, DataOp op, u32 s, u32 d, u32 m, u32 type, u32 imm5) {
  data_reg(t, op, s, 0, d, m, type, imm5);
}

void test_reg(Translator& t, DataOp op, u32 n, u32 m, u32 type, u32 imm5) { data_reg(t, op, 1, n, 0, m, type, imm5); }

// R15 in a register-shifted form is UNPREDICTABLE.
void data_rsr(Translator& t, DataOp op, u32 s, u32 n, u32 d, u32 m, u32 type, u32 rs) {
  if (n == 15 || d == 15 || m == 15 || rs == 15) return t.unpredictable();
  emit_data_processing(t, op, s != 0, n, d, Operand2::shifted_by_reg(m, type, rs));
}

void data_imm(Translator& t, DataOp op, u32 s, u32 n, u32 d, u32 rotate, u32 imm8) {
  emit_data_processing(t, op, s != 0, n, d, a32_expand_imm(rotate, imm8));
}

}  // namespace

// ---- A32: register

// AND{S}<c> <Rd>, <Rn>, <Rm>{, <shift>}
void arm_AND_reg(Translator& t, u32 s, u32 n, u32 d, u32 imm5, u32 type, u32 m) {
  data_reg(t, DataOp::And, s, n, d, m, type, imm5);
}

// EOR{S}<c> <Rd>, <Rn>, <Rm>{, <shift>}
void arm_EOR_reg(Translator& t, u32 s, u32 n, u32 d, u32 imm5, u32 type, u32 m) {
  data_reg(t, DataOp::Eor, s, n, d, m, type, imm5);
}

// SUB{S}<c> <Rd>, <Rn>, <Rm>{, <shift>}
void arm_SUB_reg(Translator& t, u32 s, u32 n, u32 d, u32 imm5, u32 type, u32 m) {
  data_reg(t, DataOp::Sub, s, n, d, m, type, imm5);
}

// RSB{S}<c> <Rd>, <Rn>, <Rm>{, <shift>}
void arm_RSB_reg(Translator& t, u32 s, u32 n, u32 d, u32 imm5, u32 type, u32 m) {
  data_reg(t, DataOp::Rsb, s, n, d, m, type, imm5);
}

// ADD{S}<c> <Rd>, <Rn>, <Rm>{, <shift>}
void arm_ADD_reg(Translator& t, u32 s, u32 n, u32 d, u32 imm5, u32 type, u32 m) {
  data_reg(t, DataOp::Add, s, n, d, m, type, imm5);
}

// ADC{S}<c> <Rd>, <Rn>, <Rm>{, <shift>}
void arm_ADC_reg(Translator& t, u32 s, u32 n, u32 d, u32 imm5, u32 type, u32 m) {
  data_reg(t, DataOp::Adc, s, n, d, m, type, imm5);
}

// SBC{S}<c> <Rd>, <Rn>, <Rm>{, <shift>}
void arm_SBC_reg(Translator& t, u32 s, u32 n, u32 d, u32 imm5, u32 type, u32 m) {
  data_reg(t, DataOp::Sbc, s, n, d, m, type, imm5);
}

// RSC{S}<c> <Rd>, <Rn>, <Rm>{, <shift>}
void arm_RSC_reg(Translator& t, u32 s, u32 n, u32 d, u32 imm5, u32 type, u32 m) {
  data_reg(t, DataOp::Rsc, s, n, d, m, type, imm5);
}

// TST<c> <Rn>, <Rm>{, <shift>}
void arm_TST_reg(Translator& t, u32 n, u32 imm5, u32 type, u32 m) { test_reg(t, DataOp::Tst, n, m, type, imm5); }

// TEQ<c> <Rn>, <Rm>{, <shift>}
void arm_TEQ_reg(Translator& t, u32 n, u32 imm5, u32 type, u32 m) { test_reg(t, DataOp::Teq, n, m, type, imm5); }

// CMP<c> <Rn>, <Rm>{, <shift>}
void arm_CMP_reg(Translator& t, u32 n, u32 imm5, u32 type, u32 m) { test_reg(t, DataOp::Cmp, n, m, type, imm5); }

// CMN<c> <Rn>, <Rm>{, <shift>}
void arm_CMN_reg(Translator& t, u32 n, u32 imm5, u32 type, u32 m) { test_reg(t, DataOp::Cmn, n, m, type, imm5); }

// ORR{S}<c> <Rd>, <Rn>, <Rm>{, <shift>}
void arm_ORR_reg(Translator& t, u32 s, u32 n, u32 d, u32 imm5, u32 type, u32 m) {
  data_reg(t, DataOp::Orr, s, n, d, m, type, imm5);
}

// MOV{S}<c> <Rd>, <Rm>
void arm_MOV_reg(Translator& t, u32 s, u32 d, u32 m) { move_reg(t, DataOp::Mov, s, d, m, 0, 0); }

// LSL{S}<c> <Rd>, <Rm>, #<imm5>
void arm_LSL_imm(Translator& t, u32 s, u32 d, u32 imm5, u32 m) { move_reg(t, DataOp::Mov, s, d, m, 0, imm5); }

// LSR{S}<c> <Rd>, <Rm>, #<imm5>
void arm_LSR_imm(Translator& t, u32 s, u32 d, u32 imm5, u32 m) { move_reg(t, DataOp::Mov, s, d, m, 1, imm5); }

// ASR{S}<c> <Rd>, <Rm>, #<imm5>
void arm_ASR_imm(Translator& t, u32 s, u32 d, u32 imm5, u32 m) { move_reg(t, DataOp::Mov, s, d, m, 2, imm5); }

// RRX{S}<c> <Rd>, <Rm>
void arm_RRX(Translator& t, u32 s, u32 d, u32 m) { move_reg(t, DataOp::Mov, s, d, m, 3, 0); }

// ROR{S}<c> <Rd>, <Rm>, #<imm5>
void arm_ROR_imm(Translator& t, u32 s, u32 d, u32 imm5, u32 m) { move_reg(t, DataOp::Mov, s, d, m, 3, imm5); }

// BIC{S}<c> <Rd>, <Rn>, <Rm>{, <shift>}
void arm_BIC_reg(Translator& t, u32 s, u32 n, u32 d, u32 imm5, u32 type, u32 m) {
  data_reg(t, DataOp::Bic, s, n, d, m, type, imm5);
}

// MVN{S}<c> <Rd>, <Rm>{, <shift>}
void arm_MVN_reg(Translator& t, u32 s, u32 d, u32 imm5, u32 type, u32 m) {
  move_reg(t, DataOp::Mvn, s, d, m, type, imm5);
}

// ---- A32: register-shifted register

// AND{S}<c> <Rd>, <Rn>, <Rm>, <type> <Rs>
void arm_AND_rsr(Translator& t, u32 s, u32 n, u32 d, u32 rs, u32 type, u32 m) {
  data_rsr(t, DataOp::And, s, n, d, m, type, rs);
}

// EOR{S}<c> <Rd>, <Rn>, <Rm>, <type> <Rs>
void arm_EOR_rsr(Translator& t, u32 s, u32 n, u32 d, u32 rs, u32 type, u32 m) {
  data_rsr(t, DataOp::Eor, s, n, d, m, type, rs);
}

// SUB{S}<c> <Rd>, <Rn>, <Rm>, <type> <Rs>
void arm_SUB_rsr(Translator& t, u32 s, u32 n, u32 d, u32 rs, u32 type, u32 m) {
  data_rsr(t, DataOp::Sub, s, n, d, m, type, rs);
}

// RSB{S}<c> <Rd>, <Rn>, <Rm>, <type> <Rs>
void arm_RSB_rsr(Translator& t, u32 s, u32 n, u32 d, u32 rs, u32 type, u32 m) {
  data_rsr(t, DataOp::Rsb, s, n, d, m, type, rs);
}

// ADD{S}<c> <Rd>, <Rn>, <Rm>, <type> <Rs>
void arm_ADD_rsr(Translator& t, u32 s, u32 n, u32 d, u32 rs, u32 type, u32 m) {
  data_rsr(t, DataOp::Add, s, n, d, m, type, rs);
}

// ADC{S}<c> <Rd>, <Rn>, <Rm>, <type> <Rs>
void arm_ADC_rsr(Translator& t, u32 s, u32 n, u32 d, u32 rs, u32 type, u32 m) {
  data_rsr(t, DataOp::Adc, s, n, d, m, type, rs);
}

// SBC{S}<c> <Rd>, <Rn>, <Rm>, <type> <Rs>
void arm_SBC_rsr(Translator& t, u32 s, u32 n, u32 d, u32 rs, u32 type, u32 m) {
  data_rsr(t, DataOp::Sbc, s, n, d, m, type, rs);
}

// RSC{S}<c> <Rd>, <Rn>, <Rm>, <type> <Rs>
void arm_RSC_rsr(Translator& t, u32 s, u32 n, u32 d, u32 rs, u32 type, u32 m) {
  data_rsr(t, DataOp::Rsc, s, n, d, m, type, rs);
}

// TST<c> <Rn>, <Rm>, <type> <Rs>
void arm_TST_rsr(Translator& t, u32 n, u32 rs, u32 type, u32 m) { data_rsr(t, DataOp::Tst, true, n, 0, m, type, rs); }

// TEQ<c> <Rn>, <Rm>, <type> <Rs>
void arm_TEQ_rsr(Translator& t, u32 n, u32 rs, u32 type, u32 m) { data_rsr(t, DataOp::Teq, true, n, 0, m, type, rs); }

// CMP<c> <Rn>, <Rm>, <type> <Rs>
void arm_CMP_rsr(Translator& t, u32 n, u32 rs, u32 type, u32 m) { data_rsr(t, DataOp::Cmp, true, n, 0, m, type, rs); }

// CMN<c> <Rn>, <Rm>, <type> <Rs>
void arm_CMN_rsr(Translator& t, u32 n, u32 rs, u32 type, u32 m) { data_rsr(t, DataOp::Cmn, true, n, 0, m, type, rs); }

// ORR{S}<c> <Rd>, <Rn>, <Rm>, <type> <Rs>
void arm_ORR_rsr(Translator& t, u32 s, u32 n, u32 d, u32 rs, u32 type, u32 m) {
  data_rsr(t, DataOp::Orr, s, n, d, m, type, rs);
}

// LSL{S}<c> <Rd>, <Rn>, <Rm>
void arm_LSL_reg(Translator& t, u32 s, u32 d, u32 m, u32 n) { data_rsr(t, DataOp::Mov, s, 0, d, n, 0, m); }

// LSR{S}<c> <Rd>, <Rn>, <Rm>
void arm_LSR_reg(Translator& t, u32 s, u32 d, u32 m, u32 n) { data_rsr(t, DataOp::Mov, s, 0, d, n, 1, m); }

// ASR{S}<c> <Rd>, <Rn>, <Rm>
void arm_ASR_reg(Translator& t, u32 s, u32 d, u32 m, u32 n) { data_rsr(t, DataOp::Mov, s, 0, d, n, 2, m); }

// ROR{S}<c> <Rd>, <Rn>, <Rm>
void arm_ROR_reg(Translator& t, u32 s, u32 d, u32 m, u32 n) { data_rsr(t, DataOp::Mov, s, 0, d, n, 3, m); }

// BIC{S}<c> <Rd>, <Rn>, <Rm>, <type> <Rs>
void arm_BIC_rsr(Translator& t, u32 s, u32 n, u32 d, u32 rs, u32 type, u32 m) {
  data_rsr(t, DataOp::Bic, s, n, d, m, type, rs);
}

// MVN{S}<c> <Rd>, <Rm>, <type> <Rs>
void arm_MVN_rsr(Translator& t, u32 s, u32 d, u32 rs, u32 type, u32 m) {
  data_rsr(t, DataOp::Mvn, s, 0, d, m, type, rs);
}

// ---- A32: immediate

// AND{S}<c> <Rd>, <Rn>, #<const>
void arm_AND_imm(Translator& t, u32 s, u32 n, u32 d, u32 rotate, u32 imm8) {
  data_imm(t, DataOp::And, s, n, d, rotate, imm8);
}

// EOR{S}<c> <Rd>, <Rn>, #<const>
void arm_EOR_imm(Translator& t, u32 s, u32 n, u32 d, u32 rotate, u32 imm8) {
  data_imm(t, DataOp::Eor, s, n, d, rotate, imm8);
}

// SUB{S}<c> <Rd>, <Rn>, #<const>
void arm_SUB_imm(Translator& t, u32 s, u32 n, u32 d, u32 rotate, u32 imm8) {
  data_imm(t, DataOp::Sub, s, n, d, rotate, imm8);
}

// RSB{S}<c> <Rd>, <Rn>, #<const>
void arm_RSB_imm(Translator& t, u32 s, u32 n, u32 d, u32 rotate, u32 imm8) {
  data_imm(t, DataOp::Rsb, s, n, d, rotate, imm8);
}

// ADD{S}<c> <Rd>, <Rn>, #<const>
void arm_ADD_imm(Translator& t, u32 s, u32 n, u32 d, u32 rotate, u32 imm8) {
  data_imm(t, DataOp::Add, s, n, d, rotate, imm8);
}

// ADC{S}<c> <Rd>, <Rn>, #<const>
void arm_ADC_imm(Translator& t, u32 s, u32 n, u32 d, u32 rotate, u32 imm8) {
  data_imm(t, DataOp::Adc, s, n, d, rotate, imm8);
}

// SBC{S}<c> <Rd>, <Rn>, #<const>
void arm_SBC_imm(Translator& t, u32 s, u32 n, u32 d, u32 rotate, u32 imm8) {
  data_imm(t, DataOp::Sbc, s, n, d, rotate, imm8);
}

// RSC{S}<c> <Rd>, <Rn>, #<const>
void arm_RSC_imm(Translator& t, u32 s, u32 n, u32 d, u32 rotate, u32 imm8) {
  data_imm(t, DataOp::Rsc, s, n, d, rotate, imm8);
}

// TST<c> <Rn>, #<const>
void arm_TST_imm(Translator& t, u32 n, u32 rotate, u32 imm8) { data_imm(t, DataOp::Tst, true, n, 0, rotate, imm8); }

// TEQ<c> <Rn>, #<const>
void arm_TEQ_imm(Translator& t, u32 n, u32 rotate, u32 imm8) { data_imm(t, DataOp::Teq, true, n, 0, rotate, imm8); }

// CMP<c> <Rn>, #<const>
void arm_CMP_imm(Translator& t, u32 n, u32 rotate, u32 imm8) { data_imm(t, DataOp::Cmp, true, n, 0, rotate, imm8); }

// CMN<c> <Rn>, #<const>
void arm_CMN_imm(Translator& t, u32 n, u32 rotate, u32 imm8) { data_imm(t, DataOp::Cmn, true, n, 0, rotate, imm8); }

// ORR{S}<c> <Rd>, <Rn>, #<const>
void arm_ORR_imm(Translator& t, u32 s, u32 n, u32 d, u32 rotate, u32 imm8) {
  data_imm(t, DataOp::Orr, s, n, d, rotate, imm8);
}

// MOV{S}<c> <Rd>, #<const>
void arm_MOV_imm(Translator& t, u32 s, u32 d, u32 rotate, u32 imm8) { data_imm(t, DataOp::Mov, s, 0, d, rotate, imm8); }

// BIC{S}<c> <Rd>, <Rn>, #<const>
void arm_BIC_imm(Translator& t, u32 s, u32 n, u32 d, u32 rotate, u32 imm8) {
  data_imm(t, DataOp::Bic, s, n, d, rotate, imm8);
}

// MVN{S}<c> <Rd>, #<const>
void arm_MVN_imm(Translator& t, u32 s, u32 d, u32 rotate, u32 imm8) { data_imm(t, DataOp::Mvn, s, 0, d, rotate, imm8); }

// ADR<c> <Rd>, <label>: after the PC
void arm_ADR_add(Translator& t, u32 d, u32 rotate, u32 imm8) { emit_adr(t, d, a32_expand_imm(rotate, imm8).imm); }

// ADR<c> <Rd>, <label>: before the PC
void arm_ADR_sub(Translator& t, u32 d, u32 rotate, u32 imm8) { emit_adr(t, d, 0u - a32_expand_imm(rotate, imm8).imm); }

// MOVW<c> <Rd>, #<imm16>
void arm_MOVW(Translator& t, u32 imm16, u32 d) { emit_movw(t, d, imm16); }

// MOVT<c> <Rd>, #<imm16>
void arm_MOVT(Translator& t, u32 imm16, u32 d) { emit_movt(t, d, imm16); }

}  // namespace hypsim
