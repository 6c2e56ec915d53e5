// SPDX-License-Identifier: Apache-2.0
// What the helpers of system instructions share.
#pragma once

#include "sim/cpu/core.h"

namespace hypsim {

/// Obeys a trap decision. True: the instruction executes; else the exception has been taken and the block is left.
inline bool permitted(Core& core, const hyp::Decision& decision, const ir::MicroOp& op) {
  switch (decision.action) {
    case hyp::Action::Execute: return true;
    case hyp::Action::Undefined: core.raise_undefined(op, decision); return false;
    case hyp::Action::HypTrap: core.raise_hyp_trap(decision, op); return false;
  }
  return true;
}

}  // namespace hypsim
