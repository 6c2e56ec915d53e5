// SPDX-License-Identifier: Apache-2.0
// Exception return, and writes of the CPSR and SPSR by instructions. ARM DDI 0406C B1.3.3, B1.8.10.
#include "sim/cpu/state/exceptions.h"

namespace hypsim {
namespace {

/// Whether an instruction may make `m` the current mode. Where the manual says UNPREDICTABLE, the mode stays as it is
/// and the other fields are written. ARM DDI 0406C B1.3.1, CPSRWriteByInstr()
bool mode_change_allowed(const CpuState& s, u32 m, bool exception_return) {
  if (!is_valid_mode(m)) return false;
  const Mode to = static_cast<Mode>(m);
  if (to == s.mode) return true;
  if (to == Mode::Monitor) return s.security() == Security::Secure;
  if (to == Mode::Hyp) return s.mode == Mode::Monitor && s.sys.scr_ns();
  return s.mode != Mode::Hyp || exception_return;  // Hyp mode is left by exception return alone
}

void write_execution_state(CpuState& s, u32 value) {
  // The A15 has the trivial Jazelle implementation: J without T is not kept. IT has a meaning in T32 and ThumbEE alone,
  // and none once its last four bits are zero.
  s.thumb = (value & psr::T) != 0;
  s.jazelle = s.thumb && (value & psr::J) != 0;
  const u8 it = psr::itstate(value);
  s.itstate = s.thumb && (it & 0xF) != 0 ? it : 0;
}

constexpr u32 mask_of_bytes(u32 byte_mask) {
  return (byte_mask & 1 ? 0xFFu : 0) | (byte_mask & 2 ? 0xFF00u : 0) | (byte_mask & 4 ? 0xFF0000u : 0) |
         (byte_mask & 8 ? 0xFF000000u : 0);
}

}  // namespace

void cpsr_write_by_instruction(CpuState& state, u32 value, u32 byte_mask, bool exception_return) {
  const bool privileged = state.privileged();
  const bool nmfi = bit(state.sys.sctlr[state.security()], sctlr::NMFI);

  if (byte_mask & 8) {
    state.set_nzcv(value);
    state.slot[ir::kQ] = (value & psr::Q) ? 1 : 0;
  }
  if (byte_mask & 4) state.slot[ir::kGe] = bits(value, 19, 16);
  if (byte_mask & 2) {
    state.big_endian = (value & psr::E) != 0;
    // SCR.AW and FW guard the masks only without the Virtualization Extensions: here they act when an exception is
    // taken (hyp::decide_async).
    if (privileged) state.mask_a = (value & psr::A) != 0;
  }
  if (exception_return && byte_mask == 0xF) write_execution_state(state, value);
  if ((byte_mask & 1) && privileged) {
    state.mask_i = (value & psr::I) != 0;
    if (!nmfi || (value & psr::F) == 0) state.mask_f = (value & psr::F) != 0;
    if (mode_change_allowed(state, value & psr::M, exception_return))
      state.switch_mode(static_cast<Mode>(value & psr::M));
  }
  // Hyp mode has no ThumbEE state: a return there that asks for it is UNPREDICTABLE and gets T32. ARM DDI 0406C A2.10
  if (state.mode == Mode::Hyp) state.jazelle = false;
}

// User and System mode have no SPSR: UNPREDICTABLE, nothing is written. The mode field is stored as it is; an illegal
// one is met by the exception return.
void spsr_write_by_instruction(CpuState& state, u32 value, u32 byte_mask) {
  if (state.mode == Mode::User || state.mode == Mode::System) return;
  const u32 mask = mask_of_bytes(byte_mask) & ~0x00F00000u;  // bits 23:20 are reserved
  u32& spsr = state.current_spsr();
  spsr = (spsr & ~mask) | (value & mask);
}

ReturnEvent exception_return(CpuState& state, u32 target, u32 cpsr) {
  ReturnEvent event{};
  event.from = state.mode;
  cpsr_write_by_instruction(state, cpsr, 0xF, true);
  event.target = target & (state.thumb ? ~1u : ~3u);  // BranchWritePC()
  state.pc() = event.target;
  state.event_register = true;  // ARM DDI 0406C B1.8.13
  event.to = state.mode;
  event.to_security = state.security();
  event.to_guest = event.to_security == Security::NonSecure && event.to != Mode::Hyp && bit(state.sys.hcr, hcr::VM);
  return event;
}

}  // namespace hypsim
