// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/state/cpu_state.h"

#include <algorithm>

namespace hypsim {

namespace {
constexpr unsigned index(Bank b) { return static_cast<unsigned>(b); }
/// Where a mode's LR lives: Hyp uses LR_usr. ARM DDI 0406C B1.3.2
constexpr Bank lr_bank(Mode m) { return m == Mode::Hyp ? Bank::User : bank_of(m); }
}  // namespace

u32 CpuState::cpsr() const {
  return nzcv() | (slot[ir::kQ] ? psr::Q : 0) | psr::it_field(itstate) | (jazelle ? psr::J : 0) |
         ((slot[ir::kGe] & 0xF) << 16) | (big_endian ? psr::E : 0) | (mask_a ? psr::A : 0) | (mask_i ? psr::I : 0) |
         (mask_f ? psr::F : 0) | (thumb ? psr::T : 0) | static_cast<u32>(mode);
}

void CpuState::set_cpsr(u32 value) {
  set_nzcv(value);
  slot[ir::kQ] = (value & psr::Q) ? 1 : 0;
  slot[ir::kGe] = bits(value, 19, 16);
  itstate = psr::itstate(value);
  jazelle = (value & psr::J) != 0;
  big_endian = (value & psr::E) != 0;
  mask_a = (value & psr::A) != 0;
  mask_i = (value & psr::I) != 0;
  mask_f = (value & psr::F) != 0;
  thumb = (value & psr::T) != 0;
  switch_mode(static_cast<Mode>(value & psr::M));
}

void CpuState::switch_mode(Mode m) {
  if (m == mode) return;
  bank_sp[index(bank_of(mode))] = slot[ir::kSp];
  bank_lr[index(lr_bank(mode))] = slot[ir::kLr];
  const bool was_fiq = mode == Mode::Fiq;
  const bool is_fiq = m == Mode::Fiq;
  if (was_fiq != is_fiq) {
    std::copy_n(slot + 8, 5, was_fiq ? fiq_r8_12 : usr_r8_12);
    std::copy_n(is_fiq ? fiq_r8_12 : usr_r8_12, 5, slot + 8);
  }
  mode = m;
  slot[ir::kSp] = bank_sp[index(bank_of(m))];
  slot[ir::kLr] = bank_lr[index(lr_bank(m))];
}

u32 CpuState::reg(unsigned n, Mode m) const { return const_cast<CpuState*>(this)->reg_ref(n, m); }
void CpuState::set_reg(unsigned n, Mode m, u32 value) { reg_ref(n, m) = value; }

u32& CpuState::reg_ref(unsigned n, Mode m) {
  if (n < 8) return slot[n];
  if (n < 13) {
    const bool current = (m == Mode::Fiq) == (mode == Mode::Fiq);
    if (current) return slot[n];
    return m == Mode::Fiq ? fiq_r8_12[n - 8] : usr_r8_12[n - 8];
  }
  if (n == 13) return bank_of(m) == bank_of(mode) ? slot[ir::kSp] : bank_sp[index(bank_of(m))];
  return lr_bank(m) == lr_bank(mode) ? slot[ir::kLr] : bank_lr[index(lr_bank(m))];
}

}  // namespace hypsim
