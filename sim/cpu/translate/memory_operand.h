// SPDX-License-Identifier: Apache-2.0
// What can be said of an instruction's addresses before it runs: how it names its memory, and whether it moves a base
// register by a constant. So the timing model can tell that a load reads what a store before it writes.
#pragma once

#include "sim/cpu/translate/block.h"

namespace hypsim {

/// Fills in `memory`, `computed`, `moved` and `moved_by` of `info`, whose micro-ops are those of `block` from
/// `first_op` on. `reads`, `writes` and `transfers` are known.
void note_memory_operand(const Block& block, std::size_t first_op, ir::InsnInfo& info);

}  // namespace hypsim
