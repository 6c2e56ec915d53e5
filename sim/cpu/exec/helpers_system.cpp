// SPDX-License-Identifier: Apache-2.0
// Helpers of exception, status and hint instructions.
#include "sim/cpu/exec/helper_support.h"

namespace hypsim {

bool helper_undefined(Core& core, const ir::MicroOp& op) {
  core.raise_undefined(op);
  return false;
}

bool helper_svc(Core& core, const ir::MicroOp& op) {
  const u32 semihosting = core.state().thumb ? 0xAB : 0x123456;
  if (core.has_semihosting() && op.imm2 == semihosting && core.semihosting_call(op)) return true;
  const u16 imm = static_cast<u16>(op.imm2);
  if (permitted(core, hyp::decide_svc(imm, core.situation()), op)) core.raise_call(Exception::SupervisorCall, imm, op);
  return false;
}

bool helper_hvc(Core& core, const ir::MicroOp& op) {
  const u16 imm = static_cast<u16>(op.imm2);
  if (permitted(core, hyp::decide_hvc(imm, core.situation()), op)) core.raise_call(Exception::HypervisorCall, imm, op);
  return false;
}

bool helper_smc(Core& core, const ir::MicroOp& op) {
  if (permitted(core, hyp::decide_smc(core.situation()), op)) core.raise_call(Exception::SecureMonitorCall, 0, op);
  return false;
}

bool helper_bkpt(Core& core, const ir::MicroOp& op) {
  if (core.has_semihosting() && core.state().thumb && op.imm2 == 0xAB && core.semihosting_call(op)) return true;
  core.raise_prefetch_abort_debug(op);
  return false;
}

// ARM DDI 0406C B9.3.2
bool helper_eret(Core& core, const ir::MicroOp& op) {
  CpuState& s = core.state();
  core.return_from_exception(s.is_hyp() ? s.elr_hyp : s.slot[ir::kLr], s.current_spsr(), op);
  return false;
}

bool helper_exception_return_alu(Core& core, const ir::MicroOp& op) {
  CpuState& s = core.state();
  if (s.mode == Mode::Hyp || s.mode == Mode::User || s.mode == Mode::System) {
    core.raise_undefined(op);
  } else {
    core.return_from_exception(s.slot[op.a], s.current_spsr(), op);
  }
  return false;
}

bool helper_exception_return_pair(Core& core, const ir::MicroOp& op) {
  core.return_from_exception(core.slot(op.a), core.slot(op.b), op);
  return false;
}

// ARM DDI 0406C B9.3.16
bool helper_srs(Core& core, const ir::MicroOp& op) {
  CpuState& s = core.state();
  const Mode stack = static_cast<Mode>(op.imm2 & psr::M);
  const bool index = bit(op.imm2, 8);
  const bool add = bit(op.imm2, 9);
  const u32 base = s.reg(13, stack);
  const u32 address = (add ? base : base - 8) + (index == add ? 4 : 0);
  if (!core.store(address, 4, op.aux, s.slot[ir::kLr], op)) return false;
  if (!core.store(address + 4, 4, op.aux, s.current_spsr(), op)) return false;
  if (bit(op.imm2, 10)) s.set_reg(13, stack, add ? base + 8 : base - 8);
  return true;
}

// Execution state bits but E read as zero. ARM DDI 0406C B9.3.8
bool helper_read_cpsr(Core& core, const ir::MicroOp& op) {
  core.slot(op.d) = core.state().cpsr() & 0xF8FF03DF;
  return true;
}

bool helper_read_spsr(Core& core, const ir::MicroOp& op) {
  core.slot(op.d) = core.state().current_spsr();
  return true;
}

bool helper_write_cpsr(Core& core, const ir::MicroOp& op) {
  cpsr_write_by_instruction(core.state(), core.slot(op.a), op.imm2, false);
  if ((op.imm2 & 3) != 0) core.state_changed();
  return true;
}

bool helper_write_spsr(Core& core, const ir::MicroOp& op) {
  spsr_write_by_instruction(core.state(), core.slot(op.a), op.imm2);
  return true;
}

bool helper_mrs_banked(Core& core, const ir::MicroOp& op) {
  u32 value = 0;
  if (!read_banked(core.state(), op.imm2 & 0x1F, bit(op.imm2, 8), value)) {
    core.raise_undefined(op);
    return false;
  }
  core.slot(op.d) = value;
  return true;
}

bool helper_msr_banked(Core& core, const ir::MicroOp& op) {
  if (write_banked(core.state(), op.imm2 & 0x1F, bit(op.imm2, 8), core.slot(op.a))) return true;
  core.raise_undefined(op);
  return false;
}

bool helper_cps(Core& core, const ir::MicroOp& op) {
  u32 cpsr = core.state().cpsr();
  const u32 masks = bits(op.imm2, 8, 6) << 6;
  switch (bits(op.imm2, 10, 9)) {
    case 2: cpsr &= ~masks; break;
    case 3: cpsr |= masks; break;
    default: break;
  }
  if (bit(op.imm2, 5)) cpsr = (cpsr & ~psr::M) | (op.imm2 & psr::M);
  cpsr_write_by_instruction(core.state(), cpsr, 0xF, false);
  core.state_changed();
  return true;
}

bool helper_setend(Core& core, const ir::MicroOp& op) {
  core.state().big_endian = op.imm2 != 0;
  core.state_changed();
  return true;
}

bool helper_wfi(Core& core, const ir::MicroOp& op) {
  const bool suspends = core.wfi_would_suspend();
  if (!permitted(core, hyp::decide_wfi_wfe(false, suspends, core.situation()), op)) return false;
  if (suspends) core.enter_wfi(op);
  return true;
}

bool helper_wfe(Core& core, const ir::MicroOp& op) {
  if (!permitted(core, hyp::decide_wfi_wfe(true, core.wfe_would_suspend(), core.situation()), op)) return false;
  core.enter_wfe(op);
  return true;
}

bool helper_sev(Core& core, const ir::MicroOp&) {
  core.send_event();
  return true;
}

bool helper_marker(Core& core, const ir::MicroOp& op) {
  core.marker(op.imm2);
  return true;
}

bool helper_bxj_check(Core& core, const ir::MicroOp& op) {
  return permitted(core, hyp::decide_bxj(static_cast<u8>(op.imm2), core.situation()), op);
}

bool helper_set_thumbee(Core& core, const ir::MicroOp& op) {
  core.state().jazelle = op.imm2 != 0;
  core.state_changed();
  return true;
}

namespace {
/// The handlers of the checks lie below TEEHBR. ARM DDI 0406C A9.1.2, A9.4.1
bool call_check_handler(Core& core, u32 link, u32 below) {
  CpuState& s = core.state();
  s.slot[ir::kLr] = link;
  s.itstate = 0;
  s.pc() = (s.sys.teehbr & ~3u) - below;
  return false;
}
}  // namespace

bool helper_null_check(Core& core, const ir::MicroOp& op) {
  return core.state().slot[op.a] != 0 || call_check_handler(core, op.imm2, 4);
}

bool helper_check_array(Core& core, const ir::MicroOp& op) {
  const u32* slot = core.state().slot;
  return slot[op.a] > slot[op.b] || call_check_handler(core, op.imm2, 8);
}

bool helper_handler_address(Core& core, const ir::MicroOp& op) {
  core.state().slot[op.d] = (core.state().sys.teehbr & ~3u) + op.imm2;
  return true;
}

// DSB: nothing is reordered here, so only its time remains: it waits for the write buffer. ARM DDI 0406C A3.8.3
bool helper_dsb(Core& core, const ir::MicroOp&) {
  core.drain_writes();
  return true;
}

bool helper_isb(Core& core, const ir::MicroOp&) {
  core.synchronise_code();
  return true;
}

}  // namespace hypsim
