// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/translate/jazelle.h"

#include "sim/cpu/translate/address.h"

namespace hypsim {

// BXJ Rm: BX, unless HSTR.TJDBX traps it. A8.8.28
void any_BXJ(Translator& t, u32 m) {
  if (m == 15 || !may_write_pc(t)) return t.unpredictable();
  t.call_exit(Helper::bxj_check, 0, 0, 0, 0, m);
  t.timing(ir::TimingClass::BranchIndirect);
  t.bx_write_pc(t.reg(m), m == 14 ? ir::BranchKind::Return : ir::BranchKind::Indirect);
}

}  // namespace hypsim
