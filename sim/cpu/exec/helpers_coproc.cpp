// SPDX-License-Identifier: Apache-2.0
// Helpers of coprocessor instructions: the system register table does the work.
#include "sim/cpu/exec/helper_support.h"
#include "sim/cpu/ir/helper_operands.h"
#include "sim/cpu/sysreg/table.h"

namespace hypsim {

namespace {

/// Performs the access; false if an exception was taken instead.
bool perform(Core& core, const hyp::CoprocAccess& access, u64& value, const ir::MicroOp& op) {
  const sysreg::AccessResult result = sysreg::access(core.services(), sysreg::find(access), access, value);
  switch (result.access) {
    case sysreg::Access::Done: return true;
    case sysreg::Access::Undefined: core.raise_undefined(op, result.decision); return false;
    case sysreg::Access::HypTrap: core.raise_hyp_trap(result.decision, op); return false;
    case sysreg::Access::Aborted: return false;
  }
  return false;
}

}  // namespace

bool helper_coproc_read(Core& core, const ir::MicroOp& op) {
  const hyp::CoprocAccess access = ir::unpack_coproc(op.imm2);
  u64 value = 0;
  if (!perform(core, access, value, op)) return false;
  if (access.rt == 15) {
    core.state().set_nzcv(static_cast<u32>(value));
  } else {
    core.slot(op.d) = static_cast<u32>(value);
  }
  return true;
}

bool helper_coproc_write(Core& core, const ir::MicroOp& op) {
  u64 value = core.slot(op.a);
  return perform(core, ir::unpack_coproc(op.imm2), value, op);
}

bool helper_coproc_read_two(Core& core, const ir::MicroOp& op) {
  u64 value = 0;
  if (!perform(core, ir::unpack_coproc(op.imm2), value, op)) return false;
  core.slot(op.d) = static_cast<u32>(value);
  core.slot(op.c) = static_cast<u32>(value >> 32);
  return true;
}

bool helper_coproc_write_two(Core& core, const ir::MicroOp& op) {
  u64 value = u64{core.slot(op.b)} << 32 | core.slot(op.a);
  return perform(core, ir::unpack_coproc(op.imm2), value, op);
}

bool helper_coproc_load(Core& core, const ir::MicroOp& op) {
  const hyp::CoprocAccess access = ir::unpack_coproc(op.imm2);
  // UNDEFINED and traps come before the load.
  if (!permitted(core, sysreg::decide(core.services(), sysreg::find(access), access), op)) return false;
  u32 loaded = 0;
  if (!core.load(core.slot(op.a), 4, op.aux, loaded, op)) return false;
  u64 value = loaded;
  return perform(core, access, value, op);
}

bool helper_coproc_store(Core& core, const ir::MicroOp& op) {
  u64 value = 0;
  if (!perform(core, ir::unpack_coproc(op.imm2), value, op)) return false;
  return core.store(core.slot(op.a), 4, op.aux, static_cast<u32>(value), op);
}

bool helper_coproc_absent(Core& core, const ir::MicroOp& op) {
  const hyp::CoprocAccess access = ir::unpack_coproc(op.imm2);
  const bool system = access.cp == 14 || access.cp == 15;
  const hyp::Decision decision =
      system ? hyp::decide_cp14_cp15(access, hyp::TrapGroup::None, hyp::Allowed::No, core.situation())
             : hyp::decide_other_coproc(access, core.situation());
  if (permitted(core, decision, op)) core.raise_undefined(op);
  return false;
}

}  // namespace hypsim
