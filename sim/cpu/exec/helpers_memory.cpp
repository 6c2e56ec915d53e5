// SPDX-License-Identifier: Apache-2.0
// Helpers of loads and stores that are more than their micro-ops can say.
#include <bit>

#include "sim/cpu/core.h"

namespace hypsim {

namespace {
constexpr unsigned kSctlrSw = 10;
/// SWP exists where SCTLR.SW enables it; HSCTLR has no such bit. ARM DDI 0406C B4.1.130
bool swap_enabled(const CpuState& s) { return !s.is_hyp() && bit(s.sys.sctlr[s.security()], kSctlrSw); }
}  // namespace

bool helper_load_exclusive(Core& core, const ir::MicroOp& op) {
  u32 low = 0;
  u32 high = 0;
  if (!core.load_exclusive(core.slot(op.a), op.imm2, low, high, op)) return false;
  core.slot(op.d) = low;
  if (op.imm2 == 8) core.slot(op.c) = high;
  return true;
}

bool helper_store_exclusive(Core& core, const ir::MicroOp& op) {
  u32 status = 1;
  if (!core.store_exclusive(core.slot(op.a), op.imm2, core.slot(op.b), core.slot(op.c), status, op)) return false;
  core.slot(op.d) = status;
  return true;
}

bool helper_clear_exclusive(Core& core, const ir::MicroOp&) {
  core.clear_exclusive();
  return true;
}

bool helper_swap(Core& core, const ir::MicroOp& op) {
  if (!swap_enabled(core.state())) {
    core.raise_undefined(op);
    return false;
  }
  const u32 address = core.slot(op.a);
  u32 loaded = 0;
  if (!core.load(address, op.imm2, op.aux, loaded, op)) return false;
  const u32 value = op.imm2 == 1 ? core.slot(op.b) & 0xFF : core.slot(op.b);
  if (!core.store(address, op.imm2, op.aux, value, op)) return false;
  core.slot(op.d) = loaded;
  return true;
}

bool helper_load_multiple_user(Core& core, const ir::MicroOp& op) {
  u32 values[15];
  u32 address = core.slot(op.a);
  for (u32 list = op.imm2; list != 0; list &= list - 1, address += 4) {
    if (!core.load(address, 4, op.aux, values[std::countr_zero(list)], op)) return false;
  }
  for (u32 list = op.imm2; list != 0; list &= list - 1) {
    const unsigned n = static_cast<unsigned>(std::countr_zero(list));
    core.state().set_reg(n, Mode::User, values[n]);
  }
  return true;
}

bool helper_store_multiple_user(Core& core, const ir::MicroOp& op) {
  u32 address = core.slot(op.a);
  for (u32 list = op.imm2; list != 0; list &= list - 1, address += 4) {
    const unsigned n = static_cast<unsigned>(std::countr_zero(list));
    const u32 value = n == 15 ? core.slot(op.b) : core.state().reg(n, Mode::User);
    if (!core.store(address, 4, op.aux, value, op)) return false;
  }
  return true;
}

}  // namespace hypsim
