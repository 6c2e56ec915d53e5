// SPDX-License-Identifier: Apache-2.0
// Which slots still matter after each micro-op of a block.
#pragma once

#include <vector>

#include "sim/cpu/ir/op_info.h"
#include "sim/cpu/translate/block.h"

namespace hypsim::jit {

/// live[i]: bit s is set if the value of slot s after micro-op i may be read. All but the temporaries count as read
/// where the block may be left: at its ends, and by whatever may take an exception.
std::vector<u64> live_after(const Block& block);

}  // namespace hypsim::jit
