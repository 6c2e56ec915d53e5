// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/translate/hint.h"

#include "sim/cpu/translate/translator.h"

namespace hypsim {

using ir::TimingClass;

namespace {

void preload(Translator& t, u32 n) {
  if (n != 15) t.also_reads(1u << n);
  t.timing(TimingClass::Preload);
}

void preload_reg(Translator& t, u32 n, u32 m) {
  if (m == 15) return t.unpredictable();
  t.also_reads(1u << m);
  preload(t, n);
}

void wait(Translator& t, Helper helper) {
  t.call_exit(helper);
  t.timing(TimingClass::WaitHint);
  t.end_block();
}

}  // namespace

// YIELD: there is no other thread to yield to.
void any_YIELD(Translator& t) { t.timing(TimingClass::Nop); }
void any_WFE(Translator& t) { wait(t, Helper::wfe); }
void any_WFI(Translator& t) { wait(t, Helper::wfi); }

void any_SEV(Translator& t) {
  t.call(Helper::sev);
  t.timing(TimingClass::WaitHint);
  t.end_block();
}

// The block ends, so that the marker carries the time of its own instruction.
void any_DBG(Translator& t, u32 option) {
  t.call_exit(Helper::marker, 0, 0, 0, 0, option);
  t.timing(TimingClass::Nop);
  t.end_block();
}

void arm_PLD_imm(Translator& t, u32, u32 n, u32) { preload(t, n); }
void arm_PLD_reg(Translator& t, u32, u32 n, u32, u32, u32 m) { preload_reg(t, n, m); }
void arm_PLI_imm(Translator& t, u32, u32 n, u32) { preload(t, n); }
void arm_PLI_reg(Translator& t, u32, u32 n, u32, u32, u32 m) { preload_reg(t, n, m); }
void arm_memory_hint(Translator& t) { t.timing(TimingClass::Nop); }
void thumb32_PLD_imm(Translator& t, u32 n, u32) { preload(t, n); }
void thumb32_PLD_reg(Translator& t, u32 n, u32, u32 m) { preload_reg(t, n, m); }
void thumb32_PLI_imm(Translator& t, u32 n, u32) { preload(t, n); }
void thumb32_PLI_reg(Translator& t, u32 n, u32, u32 m) { preload_reg(t, n, m); }
void thumb32_preload_lit(Translator& t, u32, u32) { preload(t, 15); }
void thumb32_preload_lit_low(Translator& t, u32) { preload(t, 15); }
void thumb32_memory_hint(Translator& t) { t.timing(TimingClass::Nop); }

}  // namespace hypsim
