// SPDX-License-Identifier: Apache-2.0
// Data processing: immediate, register and register-shifted operands; ADR, MOVW, MOVT; shifts. ARM DDI 0406C A4.4.1,
// A4.4.2. The bodies are thin: data_processing_common.h holds the semantics.
#pragma once

#include "sim/cpu/translate/translator.h"

namespace hypsim {

// A32, register
void arm_AND_reg(Translator& t, u32 s, u32 n, u32 d, u32 imm5, u32 type, u32 m);
void arm_EOR_reg(Translator& t, u32 s, u32 n, u32 d, u32 imm5, u32 type, u32 m);
void arm_SUB_reg(Translator& t, u32 s, u32 n, u32 d, u32 imm5, u32 type, u32 m);
void arm_RSB_reg(Translator& t, u32 s, u32 n, u32 d, u32 imm5, u32 type, u32 m);
void arm_ADD_reg(Translator& t, u32 s, u32 n, u32 d, u32 imm5, u32 type, u32 m);
void arm_ADC_reg(Translator& t, u32 s, u32 n, u32 d, u32 imm5, u32 type, u32 m);
void arm_SBC_reg(Translator& t, u32 s, u32 n, u32 d, u32 imm5, u32 type, u32 m);
void arm_RSC_reg(Translator& t, u32 s, u32 n, u32 d, u32 imm5, u32 type, u32 m);
void arm_TST_reg(Translator& t, u32 n, u32 imm5, u32 type, u32 m);
void arm_TEQ_reg(Translator& t, u32 n, u32 imm5, u32 type, u32 m);
void arm_CMP_reg(Translator& t, u32 n, u32 imm5, u32 type, u32 m);
void arm_CMN_reg(Translator& t, u32 n, u32 imm5, u32 type, u32 m);
void arm_ORR_reg(Translator& t, u32 s, u32 n, u32 d, u32 imm5, u32 type, u32 m);
void arm_MOV_reg(Translator& t, u32 s, u32 d, u32 m);
void arm_LSL_imm(Translator& t, u32 s, u32 d, u32 imm5, u32 m);
void arm_LSR_imm(Translator& t, u32 s, u32 d, u32 imm5, u32 m);
void arm_ASR_imm(Translator& t, u32 s, u32 d, u32 imm5, u32 m);
void arm_RRX(Translator& t, u32 s, u32 d, u32 m);
void arm_ROR_imm(Translator& t, u32 s, u32 d, u32 imm5, u32 m);
void arm_BIC_reg(Translator& t, u32 s, u32 n, u32 d, u32 imm5, u32 type, u32 m);
void arm_MVN_reg(Translator& t, u32 s, u32 d, u32 imm5, u32 type, u32 m);

// A32, register-shifted register
void arm_AND_rsr(Translator& t, u32 s, u32 n, u32 d, u32 rs, u32 type, u32 m);
void arm_EOR_rsr(Translator& t, u32 s, u32 n, u32 d, u32 rs, u32 type, u32 m);
void arm_SUB_rsr(Translator& t, u32 s, u32 n, u32 d, u32 rs, u32 type, u32 m);
void arm_RSB_rsr(Translator& t, u32 s, u32 n, u32 d, u32 rs, u32 type, u32 m);
void arm_ADD_rsr(Translator& t, u32 s, u32 n, u32 d, u32 rs, u32 type, u32 m);
void arm_ADC_rsr(Translator& t, u32 s, u32 n, u32 d, u32 rs, u32 type, u32 m);
void arm_SBC_rsr(Translator& t, u32 s, u32 n, u32 d, u32 rs, u32 type, u32 m);
void arm_RSC_rsr(Translator& t, u32 s, u32 n, u32 d, u32 rs, u32 type, u32 m);
void arm_TST_rsr(Translator& t, u32 n, u32 rs, u32 type, u32 m);
void arm_TEQ_rsr(Translator& t, u32 n, u32 rs, u32 type, u32 m);
void arm_CMP_rsr(Translator& t, u32 n, u32 rs, u32 type, u32 m);
void arm_CMN_rsr(Translator& t, u32 n, u32 rs, u32 type, u32 m);
void arm_ORR_rsr(Translator& t, u32 s, u32 n, u32 d, u32 rs, u32 type, u32 m);
void arm_LSL_reg(Translator& t, u32 s, u32 d, u32 m, u32 n);
void arm_LSR_reg(Translator& t, u32 s, u32 d, u32 m, u32 n);
void arm_ASR_reg(Translator& t, u32 s, u32 d, u32 m, u32 n);
void arm_ROR_reg(Translator& t, u32 s, u32 d, u32 m, u32 n);
void arm_BIC_rsr(Translator& t, u32 s, u32 n, u32 d, u32 rs, u32 type, u32 m);
void arm_MVN_rsr(Translator& t, u32 s, u32 d, u32 rs, u32 type, u32 m);

// A32, immediate
void arm_AND_imm(Translator& t, u32 s, u32 n, u32 d, u32 rotate, u32 imm8);
void arm_EOR_imm(Translator& t, u32 s, u32 n, u32 d, u32 rotate, u32 imm8);
void arm_SUB_imm(Translator& t, u32 s, u32 n, u32 d, u32 rotate, u32 imm8);
void arm_RSB_imm(Translator& t, u32 s, u32 n, u32 d, u32 rotate, u32 imm8);
void arm_ADD_imm(Translator& t, u32 s, u32 n, u32 d, u32 rotate, u32 imm8);
void arm_ADC_imm(Translator& t, u32 s, u32 n, u32 d, u32 rotate, u32 imm8);
void arm_SBC_imm(Translator& t, u32 s, u32 n, u32 d, u32 rotate, u32 imm8);
void arm_RSC_imm(Translator& t, u32 s, u32 n, u32 d, u32 rotate, u32 imm8);
void arm_TST_imm(Translator& t, u32 n, u32 rotate, u32 imm8);
void arm_TEQ_imm(Translator& t, u32 n, u32 rotate, u32 imm8);
void arm_CMP_imm(Translator& t, u32 n, u32 rotate, u32 imm8);
void arm_CMN_imm(Translator& t, u32 n, u32 rotate, u32 imm8);
void arm_ORR_imm(Translator& t, u32 s, u32 n, u32 d, u32 rotate, u32 imm8);
void arm_MOV_imm(Translator& t, u32 s, u32 d, u32 rotate, u32 imm8);
void arm_BIC_imm(Translator& t, u32 s, u32 n, u32 d, u32 rotate, u32 imm8);
void arm_MVN_imm(Translator& t, u32 s, u32 d, u32 rotate, u32 imm8);
void arm_ADR_add(Translator& t, u32 d, u32 rotate, u32 imm8);
void arm_ADR_sub(Translator& t, u32 d, u32 rotate, u32 imm8);
void arm_MOVW(Translator& t, u32 imm16, u32 d);
void arm_MOVT(Translator& t, u32 imm16, u32 d);

// T16
void thumb16_MOV_reg(Translator& t, u32 m, u32 d);
void thumb16_LSL_imm(Translator& t, u32 imm5, u32 m, u32 d);
void thumb16_LSR_imm(Translator& t, u32 imm5, u32 m, u32 d);
void thumb16_ASR_imm(Translator& t, u32 imm5, u32 m, u32 d);
void thumb16_ADD_reg(Translator& t, u32 m, u32 n, u32 d);
void thumb16_SUB_reg(Translator& t, u32 m, u32 n, u32 d);
void thumb16_ADD_imm3(Translator& t, u32 imm3, u32 n, u32 d);
void thumb16_SUB_imm3(Translator& t, u32 imm3, u32 n, u32 d);
void thumb16_MOV_imm(Translator& t, u32 d, u32 imm8);
void thumb16_CMP_imm(Translator& t, u32 n, u32 imm8);
void thumb16_ADD_imm8(Translator& t, u32 dn, u32 imm8);
void thumb16_SUB_imm8(Translator& t, u32 dn, u32 imm8);
void thumb16_AND_reg(Translator& t, u32 m, u32 dn);
void thumb16_EOR_reg(Translator& t, u32 m, u32 dn);
void thumb16_LSL_reg(Translator& t, u32 m, u32 dn);
void thumb16_LSR_reg(Translator& t, u32 m, u32 dn);
void thumb16_ASR_reg(Translator& t, u32 m, u32 dn);
void thumb16_ADC_reg(Translator& t, u32 m, u32 dn);
void thumb16_SBC_reg(Translator& t, u32 m, u32 dn);
void thumb16_ROR_reg(Translator& t, u32 m, u32 dn);
void thumb16_TST_reg(Translator& t, u32 m, u32 n);
void thumb16_RSB_imm(Translator& t, u32 n, u32 d);
void thumb16_CMP_reg(Translator& t, u32 m, u32 n);
void thumb16_CMN_reg(Translator& t, u32 m, u32 n);
void thumb16_ORR_reg(Translator& t, u32 m, u32 dn);
void thumb16_BIC_reg(Translator& t, u32 m, u32 dn);
void thumb16_MVN_reg(Translator& t, u32 m, u32 d);
void thumb16_ADD_high(Translator& t, u32 dn, u32 m);
void thumb16_CMP_high(Translator& t, u32 n, u32 m);
void thumb16_MOV_high(Translator& t, u32 d, u32 m);
void thumb16_ADR(Translator& t, u32 d, u32 imm8);
void thumb16_ADD_sp_imm(Translator& t, u32 d, u32 imm8);
void thumb16_ADD_sp_sp(Translator& t, u32 imm7);
void thumb16_SUB_sp_sp(Translator& t, u32 imm7);

// T32, modified immediate
void thumb32_AND_imm(Translator& t, u32 imm12, u32 s, u32 n, u32 d);
void thumb32_TST_imm(Translator& t, u32 imm12, u32 n);
void thumb32_BIC_imm(Translator& t, u32 imm12, u32 s, u32 n, u32 d);
void thumb32_ORR_imm(Translator& t, u32 imm12, u32 s, u32 n, u32 d);
void thumb32_MOV_imm(Translator& t, u32 imm12, u32 s, u32 d);
void thumb32_ORN_imm(Translator& t, u32 imm12, u32 s, u32 n, u32 d);
void thumb32_MVN_imm(Translator& t, u32 imm12, u32 s, u32 d);
void thumb32_EOR_imm(Translator& t, u32 imm12, u32 s, u32 n, u32 d);
void thumb32_TEQ_imm(Translator& t, u32 imm12, u32 n);
void thumb32_ADD_imm(Translator& t, u32 imm12, u32 s, u32 n, u32 d);
void thumb32_CMN_imm(Translator& t, u32 imm12, u32 n);
void thumb32_ADC_imm(Translator& t, u32 imm12, u32 s, u32 n, u32 d);
void thumb32_SBC_imm(Translator& t, u32 imm12, u32 s, u32 n, u32 d);
void thumb32_SUB_imm(Translator& t, u32 imm12, u32 s, u32 n, u32 d);
void thumb32_CMP_imm(Translator& t, u32 imm12, u32 n);
void thumb32_RSB_imm(Translator& t, u32 imm12, u32 s, u32 n, u32 d);

// T32, plain binary immediate
void thumb32_ADDW(Translator& t, u32 imm12, u32 n, u32 d);
void thumb32_SUBW(Translator& t, u32 imm12, u32 n, u32 d);
void thumb32_ADR_add(Translator& t, u32 imm12, u32 d);
void thumb32_ADR_sub(Translator& t, u32 imm12, u32 d);
void thumb32_MOVW(Translator& t, u32 imm12, u32 imm4, u32 d);
void thumb32_MOVT(Translator& t, u32 imm12, u32 imm4, u32 d);

// T32, shifted register
void thumb32_AND_reg(Translator& t, u32 s, u32 n, u32 imm5, u32 d, u32 type, u32 m);
void thumb32_TST_reg(Translator& t, u32 n, u32 imm5, u32 type, u32 m);
void thumb32_BIC_reg(Translator& t, u32 s, u32 n, u32 imm5, u32 d, u32 type, u32 m);
void thumb32_ORR_reg(Translator& t, u32 s, u32 n, u32 imm5, u32 d, u32 type, u32 m);
void thumb32_MOV_reg(Translator& t, u32 s, u32 d, u32 m);
void thumb32_LSL_imm(Translator& t, u32 s, u32 imm5, u32 d, u32 m);
void thumb32_LSR_imm(Translator& t, u32 s, u32 imm5, u32 d, u32 m);
void thumb32_ASR_imm(Translator& t, u32 s, u32 imm5, u32 d, u32 m);
void thumb32_RRX(Translator& t, u32 s, u32 d, u32 m);
void thumb32_ROR_imm(Translator& t, u32 s, u32 imm5, u32 d, u32 m);
void thumb32_ORN_reg(Translator& t, u32 s, u32 n, u32 imm5, u32 d, u32 type, u32 m);
void thumb32_MVN_reg(Translator& t, u32 s, u32 imm5, u32 d, u32 type, u32 m);
void thumb32_EOR_reg(Translator& t, u32 s, u32 n, u32 imm5, u32 d, u32 type, u32 m);
void thumb32_TEQ_reg(Translator& t, u32 n, u32 imm5, u32 type, u32 m);
void thumb32_ADD_reg(Translator& t, u32 s, u32 n, u32 imm5, u32 d, u32 type, u32 m);
void thumb32_CMN_reg(Translator& t, u32 n, u32 imm5, u32 type, u32 m);
void thumb32_ADC_reg(Translator& t, u32 s, u32 n, u32 imm5, u32 d, u32 type, u32 m);
void thumb32_SBC_reg(Translator& t, u32 s, u32 n, u32 imm5, u32 d, u32 type, u32 m);
void thumb32_SUB_reg(Translator& t, u32 s, u32 n, u32 imm5, u32 d, u32 type, u32 m);
void thumb32_CMP_reg(Translator& t, u32 n, u32 imm5, u32 type, u32 m);
void thumb32_RSB_reg(Translator& t, u32 s, u32 n, u32 imm5, u32 d, u32 type, u32 m);

// T32, register
void thumb32_LSL_reg(Translator& t, u32 s, u32 n, u32 d, u32 m);
void thumb32_LSR_reg(Translator& t, u32 s, u32 n, u32 d, u32 m);
void thumb32_ASR_reg(Translator& t, u32 s, u32 n, u32 d, u32 m);
void thumb32_ROR_reg(Translator& t, u32 s, u32 n, u32 d, u32 m);

}  // namespace hypsim
