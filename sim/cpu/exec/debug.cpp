// SPDX-License-Identifier: Apache-2.0
// Where a debugger stops a core. A stop shows the core exactly as it stands before an instruction, its time by the
// schedule of the block; what goes on afterwards is charged as if it had not been, since the cost of later accesses
// depends on when a block was charged.
#include "sim/cpu/core.h"

namespace hypsim {

void Core::set_debugger(DebugPort* port) {
  if (port == debugger_) return;
  debugger_ = port;
  lookaside_.clear();
}

void Core::debugger_changed_state(bool wakes) {
  debugger_moved_ = attention_ = contexts_stale_ = true;
  entering_vector_ = 0;  // where it stands now is no vector that an exception led to
  if (wakes) waiting_ = false;
}

/// Before instruction `insn` of the block; the micro-op that comes `next` may be a later one's.
bool Core::debug_before(const ir::MicroOp& next, unsigned insn) {
  if (debugger_ == nullptr) return true;
  ir::MicroOp op = next;
  op.insn = static_cast<u8>(insn);
  return !debugger_->stops_before(*this, insn_pc(op)) || debug_stop(op);
}

bool Core::debug_access(const DataAccess& access) {
  const ir::MicroOp& op = *access.op;
  if (!debugger_->stops_at_access(*this, insn_pc(op), access.va, access.size, access.write)) return true;
  if (!debug_stop(op)) return false;
  if (cut_ == Cut::None) cut_ = Cut::Trace;  // the user may step from here, or have set a breakpoint behind it
  return true;
}

bool Core::debug_stop(const ir::MicroOp& op) {
  const Clock clock = clock_;
  const u64 retired = retired_;
  const unsigned settled = settled_;
  // Not settle(): what is under way would see these instructions, and once only.
  if (op.insn > settled_) charge(op.insn, false);
  state_.pc() = insn_pc(op);
  synchronise_it_state(op);

  debugger_moved_ = false;
  debugger_->stop(*this);

  clock_ = clock;
  retired_ = retired;
  settled_ = settled;
  if (!debugger_moved_) return true;
  settle(op.insn);
  settled_ = op.insn + 1u;  // the instruction itself is not executed and not charged
  return false;
}

}  // namespace hypsim
