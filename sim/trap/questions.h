// SPDX-License-Identifier: Apache-2.0
// What an instruction asks of the trap rules, in order: read off its micro-ops, so that its decoding stands once.
#pragma once

#include <array>

#include "sim/cpu/core.h"
#include "sim/cpu/ir/helper.h"
#include "sim/trap/outcome.h"

namespace hypsim::trap {

/// One helper call that can refuse the instruction.
struct Question {
  Helper helper = Helper::undefined;
  u32 operand = 0;                   ///< MicroOp::imm2
  hyp::CoprocAccess access;          ///< of a coprocessor access
  const sysreg::Row* row = nullptr;  ///< of a CP14 or CP15 access; null: no such register
};

/// The questions of one instruction translated for one context.
struct Questions {
  static constexpr unsigned kMost = 4;
  Instruction instruction;
  u32 context = ~0u;  ///< BlockContext::key()
  Cond cond = Cond::AL;
  u8 count = 0;
  bool decoded = true;  ///< false: no line of the instruction tables matches
  std::array<Question, kMost> list;

  std::span<const Question> all() const { return {list.data(), count}; }
};

/// Translates `instruction` at `va`. A question beyond kMost is impossible: instructions ask at most two.
Questions ask(const Instruction& instruction, VirtAddr va, const BlockContext& context);

/// Whether `cond` holds with the flags of `nzcv` (bits 31:28). ARM DDI 0406C A8.3.1
bool condition_holds(Cond cond, u32 nzcv);

/// What the rules answer in the core's present state.
Ruling answer(Core& core, const Questions& questions, VirtAddr va);

}  // namespace hypsim::trap
