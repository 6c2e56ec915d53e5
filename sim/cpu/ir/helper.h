// SPDX-License-Identifier: Apache-2.0
// Helpers: what is too rare or too wide for a micro-op of its own. helpers_alu.inc, helpers_fp.inc and
// helpers_system.inc list them;
// each line HELPER(name) declares bool helper_<name>(Core&, const ir::MicroOp&).
//
// A helper reads its operands through the slots that the micro-op names and returns true to go on with the next
// micro-op, false to leave the block: then the PC slot holds the address to go on at (raising an exception sets it).
// A helper called by Op::Call always returns true.
#pragma once

#include "sim/cpu/ir/micro_op.h"

namespace hypsim {

class Core;

#define HELPER(name) bool helper_##name(Core& core, const ir::MicroOp& op);
#include "sim/cpu/ir/helpers_alu.inc"
#include "sim/cpu/ir/helpers_fp.inc"
#include "sim/cpu/ir/helpers_system.inc"
#undef HELPER

enum class Helper : u32 {
#define HELPER(name) name,
#include "sim/cpu/ir/helpers_alu.inc"
#include "sim/cpu/ir/helpers_fp.inc"
#include "sim/cpu/ir/helpers_system.inc"
#undef HELPER
  Count
};

using HelperFunction = bool (*)(Core&, const ir::MicroOp&);
extern const HelperFunction kHelpers[];
const char* helper_name(Helper h);

}  // namespace hypsim
