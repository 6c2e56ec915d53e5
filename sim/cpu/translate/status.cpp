// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/translate/status.h"

#include "sim/cpu/translate/translator.h"

namespace hypsim {

using ir::Slot;
using ir::TimingClass;

namespace {

constexpr u32 kFlagSlots = 1u << ir::kN | 1u << ir::kZ | 1u << ir::kC | 1u << ir::kV | 1u << ir::kQ | 1u << ir::kGe;

/// User and System mode have no SPSR. B9.3.8, B9.3.11
bool has_spsr(const Translator& t) { return t.context().mode != Mode::User && t.context().mode != Mode::System; }

void read_psr(Translator& t, u32 r, u32 d) {
  if (r != 0 && !has_spsr(t)) return t.unpredictable();
  t.call(r != 0 ? Helper::read_spsr : Helper::read_cpsr, t.reg(d));
  if (r == 0) t.also_reads(kFlagSlots);
  t.also_writes(1u << d);
  t.timing(TimingClass::StatusRead);
}

void write_psr(Translator& t, u32 r, u32 mask, Slot value) {
  if (mask == 0 || (r != 0 && !has_spsr(t))) return t.unpredictable();
  if (r != 0) {
    t.call(Helper::write_spsr, 0, value, 0, 0, mask);
  } else {
    t.call(Helper::write_cpsr, 0, value, 0, 0, mask);
    t.also_writes(kFlagSlots);
    // Bytes 0 and 1 hold the mode, the masks and E, on which the translation of what follows depends.
    if ((mask & 3) != 0) t.end_block();
  }
  if (value < 15) t.also_reads(1u << value);
  t.timing(TimingClass::StatusWrite);
}

void read_banked_register(Translator& t, u32 r, u32 sysm, u32 d) {
  t.call_exit(Helper::mrs_banked, t.reg(d), 0, 0, 0, sysm | r << 8);
  t.also_writes(1u << d);
  t.timing(TimingClass::StatusRead);
}

void write_banked_register(Translator& t, u32 r, u32 sysm, u32 n) {
  t.call_exit(Helper::msr_banked, 0, t.reg(n), 0, 0, sysm | r << 8);
  t.also_reads(1u << n);
  t.timing(TimingClass::StatusWrite);
}

/// B9.3.1 (CPS). At PL0 it does nothing.
void change_state(Translator& t, u32 imod, bool change_mode, u32 aif, u32 mode) {
  t.timing(TimingClass::StatusWrite);
  if (!t.context().privileged()) return;
  t.call(Helper::cps, 0, 0, 0, 0, mode | (change_mode ? 1u << 5 : 0) | aif << 6 | imod << 9);
  t.end_block();
}

void full_cps(Translator& t, u32 imod, u32 change_mode, u32 aif, u32 mode) {
  const bool changes_masks = (imod & 2) != 0;
  if (imod == 1 || (imod == 0 && change_mode == 0)) return t.unpredictable();
  if ((change_mode == 0 && mode != 0) || changes_masks != (aif != 0)) return t.unpredictable();
  change_state(t, imod, change_mode != 0, aif, mode);
}

}  // namespace

void any_MRS(Translator& t, u32 r, u32 d) {
  if (d == 15) return t.unpredictable();
  read_psr(t, r, d);
}

void arm_MSR_reg(Translator& t, u32 r, u32 mask, u32 n) {
  if (n == 15) return t.unpredictable();
  write_psr(t, r, mask, t.reg(n));
}

void thumb32_MSR_reg(Translator& t, u32 r, u32 n, u32 mask) {
  if (n == 15) return t.unpredictable();
  write_psr(t, r, mask, t.reg(n));
}

void arm_MSR_imm(Translator& t, u32 r, u32 mask, u32 imm12) {
  write_psr(t, r, mask, t.constant(ror32(imm12 & 0xFF, 2 * (imm12 >> 8))));
}

void any_MRS_banked(Translator& t, u32 r, u32 m1, u32 d, u32 m) {
  if (d == 15) return t.unpredictable();
  read_banked_register(t, r, m << 4 | m1, d);
}

void arm_MSR_banked(Translator& t, u32 r, u32 m1, u32 m, u32 n) {
  if (n == 15) return t.unpredictable();
  write_banked_register(t, r, m << 4 | m1, n);
}

void thumb32_MSR_banked(Translator& t, u32 r, u32 n, u32 m1, u32 m) {
  if (n == 15) return t.unpredictable();
  write_banked_register(t, r, m << 4 | m1, n);
}

// CPS{IE|ID} {AIF} {, #mode}
void any_CPS(Translator& t, u32 imod, u32 change_mode, u32 a, u32 i, u32 f, u32 mode) {
  if (t.in_it_block()) return t.unpredictable();
  full_cps(t, imod, change_mode, a << 2 | i << 1 | f, mode);
}

void thumb16_CPS(Translator& t, u32 disable, u32 a, u32 i, u32 f) {
  const u32 aif = a << 2 | i << 1 | f;
  if (aif == 0 || t.in_it_block()) return t.unpredictable();
  change_state(t, 2 | disable, false, aif, 0);
}

void any_SETEND(Translator& t, u32 e) {
  if (t.in_it_block()) return t.unpredictable();
  t.call(Helper::setend, 0, 0, 0, 0, e);
  t.timing(TimingClass::StatusWrite);
  t.end_block();
}

}  // namespace hypsim
