// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/jit/liveness.h"

namespace hypsim::jit {

namespace {

using ir::Op;

constexpr u64 kVisible = (u64{1} << ir::kT0) - 1;

constexpr u64 slot_bit(bool used, ir::Slot s) { return used ? u64{1} << s : 0; }

bool may_leave(Op op) {
  return (op >= Op::Ld8 && op <= Op::StM) || op == Op::Call || op == Op::CallExit || op == Op::Goto ||
         op == Op::GotoInd || op == Op::GotoX;
}

}  // namespace

std::vector<u64> live_after(const Block& block) {
  const std::size_t n = block.ops.size();
  std::vector<u64> live(n), before(n + 1, kVisible);
  for (std::size_t i = n; i-- > 0;) {
    const ir::MicroOp& op = block.ops[i];
    const ir::OpInfo info = ir::op_info(op.op);
    u64 after = before[i + 1];
    u64 reads = info.reads_flags | slot_bit(info.reads_a, op.a) | slot_bit(info.reads_b, op.b) |
                slot_bit(info.reads_c, op.c) | slot_bit(info.reads_d, op.d);
    const u64 writes = info.writes_flags | slot_bit(info.writes_d, op.d) | slot_bit(info.writes_c, op.c);
    if (op.op == Op::SkipUnless) reads |= ir::condition_flags(static_cast<Cond>(op.c));
    if (op.op == Op::SkipUnless || op.op == Op::SkipIfZero) after |= before[std::min<std::size_t>(n, i + 1 + op.imm)];
    // Helpers name temporaries, and sometimes other things, in any of their fields.
    if (op.op == Op::Call || op.op == Op::CallExit) {
      for (const ir::Slot s : {op.a, op.b, op.c, op.d}) reads |= slot_bit(s < ir::kSlots, s);
    }
    live[i] = after;
    before[i] = (after & ~writes) | reads | (may_leave(op.op) ? kVisible : 0);
  }
  return live;
}

}  // namespace hypsim::jit
