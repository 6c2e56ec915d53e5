// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/translate/thumbee.h"

#include <optional>

#include "sim/cpu/translate/address.h"
#include "sim/cpu/translate/load_store.h"

namespace hypsim {

using ir::BranchKind;
using ir::MicroOp;
using ir::Op;
using ir::Slot;
using ir::TimingClass;

namespace {

constexpr u32 kFrameBase = 9, kPoolBase = 10, kParameter = 8;

void change_state(Translator& t, bool enter) {
  if (t.in_it_block()) return t.unpredictable();
  t.timing(TimingClass::Nop);
  if (t.thumbee() == enter) return;
  t.call(Helper::set_thumbee, 0, 0, 0, 0, enter);
  t.end_block();
}

/// Handlers are 32 bytes each.
void branch_to_handler(Translator& t, u32 handler, bool link) {
  const Slot target = t.temp();
  t.call(Helper::handler_address, target, 0, 0, 0, handler << 5);
  if (link) t.emit(Op::MovI, ir::kLr, 0, 0, t.next_pc() | 1);
  t.branch_write_pc(target, link ? BranchKind::IndirectCall : BranchKind::Indirect);
}

bool touches_memory(const MicroOp& op) {
  switch (op.op) {
    case Op::Ld8:
    case Op::Ld8S:
    case Op::Ld16:
    case Op::Ld16S:
    case Op::Ld32:
    case Op::St8:
    case Op::St16:
    case Op::St32:
    case Op::LdM:
    case Op::StM: return true;
    case Op::Call:
    case Op::CallExit: break;
    default: return false;
  }
  switch (static_cast<Helper>(op.imm)) {
    case Helper::load_exclusive:
    case Helper::store_exclusive:
    case Helper::neon_load:
    case Helper::neon_store:
    case Helper::vfp_load:
    case Helper::vfp_store:
    case Helper::coproc_load:
    case Helper::coproc_store: return true;
    default: return false;
  }
}

/// The base register of an instruction that loads or stores. PUSH, POP and the other forms relative to SP or PC would
/// be UNPREDICTABLE with a base of zero: they are not checked.
std::optional<u32> base_register(u32 raw, unsigned length) {
  u32 n = 15;
  if (length == 4) {
    n = bits(raw, 19, 16);
  } else if (raw >> 13 == 3 || raw >> 12 == 5 || raw >> 12 == 8 || raw >> 9 == 0x64) {  // single, halfword, A9.5.5 E2
    n = bits(raw, 5, 3);
  } else if (raw >> 10 == 0x33) {  // to and from the frame
    n = kFrameBase;
  } else if (raw >> 8 == 0xCB) {
    n = kPoolBase;
  }
  if (n == 13 || n == 15) return std::nullopt;
  return n;
}

}  // namespace

// ENTERX: UNPREDICTABLE in Hyp mode, which has no ThumbEE state
void thumb32_ENTERX(Translator& t) {
  if (t.context().mode == Mode::Hyp) return t.unpredictable();
  change_state(t, true);
}

// LEAVEX
void thumb32_LEAVEX(Translator& t) { change_state(t, false); }

// STR Rt, [Rn, Rm, LSL #2]
void thumbee_STR_reg(Translator& t, u32 m, u32 n, u32 rt) { thumb32_STR_reg(t, n, rt, 2, m); }
// STRH Rt, [Rn, Rm, LSL #1]
void thumbee_STRH_reg(Translator& t, u32 m, u32 n, u32 rt) { thumb32_STRH_reg(t, n, rt, 1, m); }
// LDR Rt, [Rn, Rm, LSL #2]
void thumbee_LDR_reg(Translator& t, u32 m, u32 n, u32 rt) { thumb32_LDR_reg(t, n, rt, 2, m); }
// LDRH Rt, [Rn, Rm, LSL #1]
void thumbee_LDRH_reg(Translator& t, u32 m, u32 n, u32 rt) { thumb32_LDRH_reg(t, n, rt, 1, m); }
// LDRSH Rt, [Rn, Rm, LSL #1]
void thumbee_LDRSH_reg(Translator& t, u32 m, u32 n, u32 rt) { thumb32_LDRSH_reg(t, n, rt, 1, m); }

// HBP #imm, #HandlerID
void thumbee_HBP(Translator& t, u32 imm3, u32 handler) {
  if (!may_write_pc(t)) return t.unpredictable();
  t.emit(Op::MovI, t.reg(kParameter), 0, 0, imm3);
  branch_to_handler(t, handler, false);
}

// HB{L} #HandlerID
void thumbee_HB(Translator& t, u32 link, u32 handler) {
  if (!may_write_pc(t)) return t.unpredictable();
  branch_to_handler(t, handler, link != 0);
}

// HBLP #imm, #HandlerID
void thumbee_HBLP(Translator& t, u32 imm5, u32 handler) {
  if (!may_write_pc(t)) return t.unpredictable();
  t.emit(Op::MovI, t.reg(kParameter), 0, 0, imm5);
  branch_to_handler(t, handler, true);
}

// LDR Rt, [Rn, #-imm]
void thumbee_LDR_negative(Translator& t, u32 imm3, u32 n, u32 rt) {
  t.memory(Op::Ld32, t.reg(rt), t.reg(n), 0u - imm3 * 4, ir::kMemIsv);
}

// CHKA Rn, Rm
void thumbee_CHKA(Translator& t, u32 n, u32 m) {
  if (n == 15 || m == 13 || m == 15) return t.unpredictable();
  t.call_exit(Helper::check_array, 0, t.reg(n), t.reg(m), 0, t.pc_read() | 1);
  t.also_reads(1u << n | 1u << m);
}

// LDR Rt, [R10, #imm]
void thumbee_LDR_r10(Translator& t, u32 imm5, u32 rt) {
  t.memory(Op::Ld32, t.reg(rt), t.reg(kPoolBase), imm5 * 4, ir::kMemIsv);
}

// LDR Rt, [R9, #imm]
void thumbee_LDR_r9(Translator& t, u32 imm6, u32 rt) {
  t.memory(Op::Ld32, t.reg(rt), t.reg(kFrameBase), imm6 * 4, ir::kMemIsv);
}

// STR Rt, [R9, #imm]
void thumbee_STR_r9(Translator& t, u32 imm6, u32 rt) {
  t.memory(Op::St32, t.reg(rt), t.reg(kFrameBase), imm6 * 4, ir::kMemIsv);
}

void thumbee_null_check(Translator& t, std::vector<MicroOp>& ops, std::size_t first_op) {
  std::size_t at = first_op;
  while (at < ops.size() && !touches_memory(ops[at])) ++at;
  if (at == ops.size()) return;
  const std::optional<u32> n = base_register(t.raw(), t.length());
  if (!n) return;
  MicroOp check;
  check.op = Op::CallExit;
  check.a = t.reg(*n);
  check.imm = static_cast<u32>(Helper::null_check);
  check.imm2 = t.pc_read() | 1;
  check.insn = ops[at].insn;
  ops.insert(ops.begin() + static_cast<std::ptrdiff_t>(at), check);
}

}  // namespace hypsim
