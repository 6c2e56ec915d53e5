// SPDX-License-Identifier: Apache-2.0
// Helpers of the VFP instructions that move data.
#include "sim/cpu/exec/fp_registers.h"
#include "sim/cpu/exec/helper_support.h"
#include "sim/cpu/ir/helper_operands.h"

namespace hypsim {

namespace {

// Cortex-A15 TRM (ARM DDI 0438I) 10.4
constexpr u32 kFpsidValue = 0x410430F0;
constexpr u32 kMvfr0Value = 0x10110222;
constexpr u32 kMvfr1Value = 0x11111111;
constexpr u32 kFpexcMask = 1u << 30;       // EN; no exceptional state: EX reads as zero
constexpr u32 kFpscrMask = 0xFFF7009F;     // no trapped exceptions
constexpr u32 kFpscrVectors = 0x00370000;  // STRIDE and LEN

/// The words of a D register stand in memory with the high one first when data are big-endian. ARM DDI 0406C A8.8.333
unsigned register_word(const ir::VfpWords& words, unsigned i, u8 mem_flags) {
  const bool swapped = words.doubles && (mem_flags & ir::kMemBigEndian) != 0;
  return words.first + (swapped ? i ^ 1u : i);
}

}  // namespace

bool helper_fp_check(Core& core, const ir::MicroOp& op) {
  const ir::FpOperand operand = ir::FpOperand::unpack(op.imm2);
  hyp::CoprocAccess access;
  access.cp = 10;
  access.read = operand.read;
  access.opc1 = 7;
  access.crn = operand.reg;
  access.rt = operand.rt;
  if (!permitted(core, hyp::decide_fp(operand.cls, access, core.situation()), op)) return false;
  if (operand.scalars_only && (core.state().sys.fpscr & kFpscrVectors) != 0) {
    core.raise_undefined(op);
    return false;
  }
  return true;
}

bool helper_vfp_load(Core& core, const ir::MicroOp& op) {
  const ir::VfpWords words = ir::VfpWords::unpack(op.imm2);
  u32 loaded[64];
  const u32 address = core.slot(op.a);
  for (unsigned i = 0; i < words.count; ++i) {
    if (!core.load(address + 4 * i, 4, op.aux, loaded[i], op)) return false;
  }
  for (unsigned i = 0; i < words.count; ++i) write_fp<u32>(core.state(), register_word(words, i, op.aux), loaded[i]);
  return true;
}

bool helper_vfp_store(Core& core, const ir::MicroOp& op) {
  const ir::VfpWords words = ir::VfpWords::unpack(op.imm2);
  const u32 address = core.slot(op.a);
  for (unsigned i = 0; i < words.count; ++i) {
    const u32 value = read_fp<u32>(core.state(), register_word(words, i, op.aux));
    if (!core.store(address + 4 * i, 4, op.aux, value, op)) return false;
  }
  return true;
}

bool helper_vfp_read_lane(Core& core, const ir::MicroOp& op) {
  const ir::VfpLane lane = ir::VfpLane::unpack(op.imm2);
  const unsigned width = lane.size * 8u;
  const u32 value = static_cast<u32>(core.state().d[lane.offset / 8] >> (lane.offset % 8 * 8) & mask64(width - 1, 0));
  core.slot(op.d) = lane.sign ? static_cast<u32>(sign_extend(value, width)) : value;
  return true;
}

bool helper_vfp_write_lane(Core& core, const ir::MicroOp& op) {
  const ir::VfpLane lane = ir::VfpLane::unpack(op.imm2);
  const unsigned lsb = lane.offset % 8 * 8u;
  u64& d = core.state().d[lane.offset / 8];
  d = with_bits64(d, lsb + lane.size * 8u - 1, lsb, core.slot(op.a));
  return true;
}

// Registers by their number in VMRS. ARM DDI 0406C B9.3.22
bool helper_vmrs(Core& core, const ir::MicroOp& op) {
  const SystemRegisters& sys = core.state().sys;
  u32& d = core.slot(op.d);
  switch (op.imm2) {
    case 0: d = kFpsidValue; break;
    case 1: d = sys.fpscr; break;
    case 6: d = kMvfr1Value; break;
    case 7: d = kMvfr0Value; break;
    default: d = sys.fpexc; break;
  }
  return true;
}

bool helper_vmrs_flags(Core& core, const ir::MicroOp&) {
  core.state().set_nzcv(core.state().sys.fpscr);
  return true;
}

bool helper_vmsr(Core& core, const ir::MicroOp& op) {
  SystemRegisters& sys = core.state().sys;
  const u32 value = core.slot(op.a);
  if (op.imm2 == 1) {
    sys.fpscr = value & kFpscrMask;
  } else {
    sys.fpexc = value & kFpexcMask;
  }
  return true;
}

}  // namespace hypsim
