// SPDX-License-Identifier: Apache-2.0
// MRS and MSR (Banked register). ARM DDI 0406C B9.2.3, B9.3.9.
#include <optional>

#include "sim/cpu/state/exceptions.h"

namespace hypsim {
namespace {

/// What a (SYSm, R) pair names.
struct BankedRegister {
  enum class Kind : u8 { General, Spsr, ElrHyp } kind;
  Mode mode;
  u8 number = 0;  ///< of a general register
};

constexpr u8 kSpNumber = 13, kLrNumber = 14;

/// The mode whose SP, LR or SPSR SYSm<4:1> names, from 0b10000 up.
std::optional<Mode> mode_of_sysm(u32 sysm) {
  switch (sysm >> 1) {
    case 0b1000: return Mode::Irq;
    case 0b1001: return Mode::Supervisor;
    case 0b1010: return Mode::Abort;
    case 0b1011: return Mode::Undefined;
    case 0b1110: return Mode::Monitor;
    case 0b1111: return Mode::Hyp;
    default: return std::nullopt;
  }
}

std::optional<BankedRegister> decode(u32 sysm, bool r) {
  using Kind = BankedRegister::Kind;
  if (r) {
    if (sysm == 0b01110) return BankedRegister{Kind::Spsr, Mode::Fiq};
    const auto mode = mode_of_sysm(sysm);
    if (!mode || (sysm & 1)) return std::nullopt;
    return BankedRegister{Kind::Spsr, *mode};
  }
  if (sysm < 0b10000) {
    const u8 number = static_cast<u8>(8 + (sysm & 7));
    if (number > kLrNumber) return std::nullopt;
    return BankedRegister{Kind::General, sysm & 8 ? Mode::Fiq : Mode::User, number};
  }
  const auto mode = mode_of_sysm(sysm);
  if (!mode) return std::nullopt;
  const bool sp = sysm & 1;
  if (*mode == Mode::Hyp && !sp) return BankedRegister{Kind::ElrHyp, Mode::Hyp};
  return BankedRegister{Kind::General, *mode, sp ? kSpNumber : kLrNumber};
}

/// BankedRegisterAccessValid() and SPSRAccessValid(): what they call UNPREDICTABLE is refused, with one exception: Hyp
/// mode reaches SPSR_hyp, as hypervisors that ran on A15 silicon rely on.
bool accessible(const BankedRegister& b, const CpuState& s) {
  using Kind = BankedRegister::Kind;
  if (s.mode == Mode::User) return false;
  switch (b.mode) {
    case Mode::User:
      if (b.number < kSpNumber) return s.mode == Mode::Fiq;  // else they are the current R8-R12
      if (b.number == kSpNumber) return s.mode != Mode::System;
      return s.mode != Mode::System && s.mode != Mode::Hyp;  // Hyp mode's own LR is LR_usr
    case Mode::Monitor: return s.security() == Security::Secure && s.mode != Mode::Monitor;
    case Mode::Hyp:
      if (s.mode == Mode::Monitor) return true;
      return s.mode == Mode::Hyp && (b.kind == Kind::ElrHyp || b.kind == Kind::Spsr);
    default: return s.mode != b.mode;
  }
}

u32 spsr_index(Mode m) { return static_cast<u32>(bank_of(m)); }

std::optional<BankedRegister> find(const CpuState& state, u32 sysm, bool r) {
  const auto banked = decode(sysm & 0x1F, r);
  return banked && accessible(*banked, state) ? banked : std::nullopt;
}

}  // namespace

bool read_banked(const CpuState& state, u32 sysm, bool r, u32& value) {
  const auto banked = find(state, sysm, r);
  if (!banked) return false;
  switch (banked->kind) {
    case BankedRegister::Kind::General: value = state.reg(banked->number, banked->mode); break;
    case BankedRegister::Kind::Spsr: value = state.spsr[spsr_index(banked->mode)]; break;
    case BankedRegister::Kind::ElrHyp: value = state.elr_hyp; break;
  }
  return true;
}

bool write_banked(CpuState& state, u32 sysm, bool r, u32 value) {
  const auto banked = find(state, sysm, r);
  if (!banked) return false;
  switch (banked->kind) {
    case BankedRegister::Kind::General: state.set_reg(banked->number, banked->mode, value); break;
    case BankedRegister::Kind::Spsr: state.spsr[spsr_index(banked->mode)] = value; break;
    case BankedRegister::Kind::ElrHyp: state.elr_hyp = value; break;
  }
  return true;
}

}  // namespace hypsim
