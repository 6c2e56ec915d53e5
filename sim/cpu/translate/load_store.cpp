// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/translate/load_store.h"

#include "sim/cpu/translate/address.h"

namespace hypsim {

using ir::BranchKind;
using ir::Op;
using ir::Slot;

namespace {

constexpr bool is_store(Op op) { return op == Op::St8 || op == Op::St16 || op == Op::St32; }
constexpr bool is_word(Op op) { return op == Op::Ld32 || op == Op::St32; }

Addressing imm_mode(u32 n, u32 p, u32 u, u32 w, u32 imm) {
  Addressing m;
  m.n = n;
  m.index = p != 0;
  m.add = u != 0;
  m.wback = p == 0 || w != 0;
  m.imm = imm;
  return m;
}

Addressing reg_mode(u32 n, u32 p, u32 u, u32 w, u32 rm, u32 type = 0, u32 imm5 = 0) {
  Addressing m = imm_mode(n, p, u, w, 0);
  m.by_register = true;
  m.m = rm;
  m.shift_type = type;
  m.shift_imm5 = imm5;
  return m;
}

/// Offset addressing without writeback.
Addressing offset_mode(u32 n, u32 u, u32 imm) { return imm_mode(n, 1, u, 0, imm); }

/// Every load and store of one register ends here.
void transfer(Translator& t, Op op, u32 rt, const Addressing& mode, bool unprivileged = false) {
  const bool store = is_store(op);
  if (rt == 15 && !is_word(op)) return t.unpredictable();
  if (mode.wback && (mode.n == 15 || mode.n == rt)) return t.unpredictable();
  if (mode.by_register && mode.m == 15) return t.unpredictable();
  if (unprivileged) {
    // ARM DDI 0406C A8.8.92: UNPREDICTABLE in Hyp mode.
    if (mode.n == 15 || (rt == 15 && !store) || t.context().mode == Mode::Hyp) return t.unpredictable();
  }
  if (rt == 15 && !store && !may_write_pc(t)) return t.unpredictable();

  u8 flags = unprivileged ? ir::kMemUnprivileged : 0;
  // The syndrome describes the transfer only for one register, not R15, without writeback. B3.13.6
  if (!mode.wback && rt != 15) flags |= ir::kMemIsv;

  Slot data = t.reg(rt);
  if (rt == 15) data = store ? t.constant(t.pc_read()) : t.temp();
  AddressEmitter address(t, mode);
  t.memory(op, data, address.address().base, address.address().offset, flags);
  address.commit();
  if (rt == 15 && !store) {
    const bool pop = mode.n == 13 && !mode.index && mode.add && !mode.by_register && mode.imm == 4;
    t.load_write_pc(data, pop ? BranchKind::Return : BranchKind::Indirect);
  }
}

void literal(Translator& t, Op op, u32 u, u32 rt, u32 imm) { transfer(t, op, rt, offset_mode(15, u, imm)); }

/// LDRD and STRD: word aligned, two words. The first loaded word waits for the second: both may fault, and the address
/// may depend on either register.
void transfer_dual(Translator& t, bool store, u32 rt, u32 rt2, const Addressing& mode) {
  if (rt == 15 || rt2 == 15) return t.unpredictable();
  if (mode.wback && (mode.n == 15 || mode.n == rt || mode.n == rt2)) return t.unpredictable();
  if (mode.by_register && (mode.m == 15 || (!store && (mode.m == rt || mode.m == rt2)))) return t.unpredictable();
  AddressEmitter address(t, mode);
  const auto [base, offset] = address.address();
  if (store) {
    t.memory(Op::St32, t.reg(rt), base, offset, ir::kMemAligned);
    t.memory(Op::St32, t.reg(rt2), base, offset + 4, ir::kMemAligned);
  } else {
    const Slot first = t.temp();
    t.memory(Op::Ld32, first, base, offset, ir::kMemAligned);
    t.memory(Op::Ld32, t.reg(rt2), base, offset + 4, ir::kMemAligned);
    t.emit(Op::Mov, t.reg(rt), first);
  }
  t.transfers(2);
  address.commit();
}

/// A32: Rt is even, and P=0 with W=1 is not an addressing mode. ARM DDI 0406C A8.8.72
void arm_dual(Translator& t, bool store, u32 rt, const Addressing& mode, u32 p, u32 w) {
  if ((rt & 1) != 0 || (p == 0 && w == 1)) return t.unpredictable();
  transfer_dual(t, store, rt, rt + 1, mode);
}

}  // namespace

// ---- A32, ARM DDI 0406C A5.3 and A5.2.8

void arm_LDR_imm(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 imm) {
  transfer(t, Op::Ld32, rt, imm_mode(n, p, u, w, imm));
}
void arm_LDRB_imm(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 imm) {
  transfer(t, Op::Ld8, rt, imm_mode(n, p, u, w, imm));
}
void arm_STR_imm(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 imm) {
  transfer(t, Op::St32, rt, imm_mode(n, p, u, w, imm));
}
void arm_STRB_imm(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 imm) {
  transfer(t, Op::St8, rt, imm_mode(n, p, u, w, imm));
}
void arm_LDRH_imm(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 imm) {
  transfer(t, Op::Ld16, rt, imm_mode(n, p, u, w, imm));
}
void arm_LDRSB_imm(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 imm) {
  transfer(t, Op::Ld8S, rt, imm_mode(n, p, u, w, imm));
}
void arm_LDRSH_imm(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 imm) {
  transfer(t, Op::Ld16S, rt, imm_mode(n, p, u, w, imm));
}
void arm_STRH_imm(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 imm) {
  transfer(t, Op::St16, rt, imm_mode(n, p, u, w, imm));
}
void arm_LDRD_imm(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 imm) {
  arm_dual(t, false, rt, imm_mode(n, p, u, w, imm), p, w);
}
void arm_STRD_imm(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 imm) {
  arm_dual(t, true, rt, imm_mode(n, p, u, w, imm), p, w);
}

void arm_LDR_reg(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 imm5, u32 type, u32 m) {
  transfer(t, Op::Ld32, rt, reg_mode(n, p, u, w, m, type, imm5));
}
void arm_LDRB_reg(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 imm5, u32 type, u32 m) {
  transfer(t, Op::Ld8, rt, reg_mode(n, p, u, w, m, type, imm5));
}
void arm_STR_reg(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 imm5, u32 type, u32 m) {
  transfer(t, Op::St32, rt, reg_mode(n, p, u, w, m, type, imm5));
}
void arm_STRB_reg(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 imm5, u32 type, u32 m) {
  transfer(t, Op::St8, rt, reg_mode(n, p, u, w, m, type, imm5));
}

void arm_LDRH_reg(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 m) {
  transfer(t, Op::Ld16, rt, reg_mode(n, p, u, w, m));
}
void arm_LDRSB_reg(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 m) {
  transfer(t, Op::Ld8S, rt, reg_mode(n, p, u, w, m));
}
void arm_LDRSH_reg(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 m) {
  transfer(t, Op::Ld16S, rt, reg_mode(n, p, u, w, m));
}
void arm_STRH_reg(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 m) {
  transfer(t, Op::St16, rt, reg_mode(n, p, u, w, m));
}
void arm_LDRD_reg(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 m) {
  arm_dual(t, false, rt, reg_mode(n, p, u, w, m), p, w);
}
void arm_STRD_reg(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 m) {
  arm_dual(t, true, rt, reg_mode(n, p, u, w, m), p, w);
}

void arm_LDRT_imm(Translator& t, u32 u, u32 n, u32 rt, u32 imm) {
  transfer(t, Op::Ld32, rt, imm_mode(n, 0, u, 0, imm), true);
}
void arm_LDRBT_imm(Translator& t, u32 u, u32 n, u32 rt, u32 imm) {
  transfer(t, Op::Ld8, rt, imm_mode(n, 0, u, 0, imm), true);
}
void arm_STRT_imm(Translator& t, u32 u, u32 n, u32 rt, u32 imm) {
  transfer(t, Op::St32, rt, imm_mode(n, 0, u, 0, imm), true);
}
void arm_STRBT_imm(Translator& t, u32 u, u32 n, u32 rt, u32 imm) {
  transfer(t, Op::St8, rt, imm_mode(n, 0, u, 0, imm), true);
}
void arm_LDRHT_imm(Translator& t, u32 u, u32 n, u32 rt, u32 imm) {
  transfer(t, Op::Ld16, rt, imm_mode(n, 0, u, 0, imm), true);
}
void arm_LDRSBT_imm(Translator& t, u32 u, u32 n, u32 rt, u32 imm) {
  transfer(t, Op::Ld8S, rt, imm_mode(n, 0, u, 0, imm), true);
}
void arm_LDRSHT_imm(Translator& t, u32 u, u32 n, u32 rt, u32 imm) {
  transfer(t, Op::Ld16S, rt, imm_mode(n, 0, u, 0, imm), true);
}
void arm_STRHT_imm(Translator& t, u32 u, u32 n, u32 rt, u32 imm) {
  transfer(t, Op::St16, rt, imm_mode(n, 0, u, 0, imm), true);
}

void arm_LDRT_reg(Translator& t, u32 u, u32 n, u32 rt, u32 imm5, u32 type, u32 m) {
  transfer(t, Op::Ld32, rt, reg_mode(n, 0, u, 0, m, type, imm5), true);
}
void arm_LDRBT_reg(Translator& t, u32 u, u32 n, u32 rt, u32 imm5, u32 type, u32 m) {
  transfer(t, Op::Ld8, rt, reg_mode(n, 0, u, 0, m, type, imm5), true);
}
void arm_STRT_reg(Translator& t, u32 u, u32 n, u32 rt, u32 imm5, u32 type, u32 m) {
  transfer(t, Op::St32, rt, reg_mode(n, 0, u, 0, m, type, imm5), true);
}
void arm_STRBT_reg(Translator& t, u32 u, u32 n, u32 rt, u32 imm5, u32 type, u32 m) {
  transfer(t, Op::St8, rt, reg_mode(n, 0, u, 0, m, type, imm5), true);
}
void arm_LDRHT_reg(Translator& t, u32 u, u32 n, u32 rt, u32 m) {
  transfer(t, Op::Ld16, rt, reg_mode(n, 0, u, 0, m), true);
}
void arm_LDRSBT_reg(Translator& t, u32 u, u32 n, u32 rt, u32 m) {
  transfer(t, Op::Ld8S, rt, reg_mode(n, 0, u, 0, m), true);
}
void arm_LDRSHT_reg(Translator& t, u32 u, u32 n, u32 rt, u32 m) {
  transfer(t, Op::Ld16S, rt, reg_mode(n, 0, u, 0, m), true);
}
void arm_STRHT_reg(Translator& t, u32 u, u32 n, u32 rt, u32 m) {
  transfer(t, Op::St16, rt, reg_mode(n, 0, u, 0, m), true);
}

// ---- T16, ARM DDI 0406C A6.2.4

void thumb16_LDR_lit(Translator& t, u32 rt, u32 imm8) { literal(t, Op::Ld32, 1, rt, imm8 * 4); }
void thumb16_LDR_sp(Translator& t, u32 rt, u32 imm8) { transfer(t, Op::Ld32, rt, offset_mode(13, 1, imm8 * 4)); }
void thumb16_STR_sp(Translator& t, u32 rt, u32 imm8) { transfer(t, Op::St32, rt, offset_mode(13, 1, imm8 * 4)); }

void thumb16_STR_reg(Translator& t, u32 m, u32 n, u32 rt) { transfer(t, Op::St32, rt, reg_mode(n, 1, 1, 0, m)); }
void thumb16_STRH_reg(Translator& t, u32 m, u32 n, u32 rt) { transfer(t, Op::St16, rt, reg_mode(n, 1, 1, 0, m)); }
void thumb16_STRB_reg(Translator& t, u32 m, u32 n, u32 rt) { transfer(t, Op::St8, rt, reg_mode(n, 1, 1, 0, m)); }
void thumb16_LDRSB_reg(Translator& t, u32 m, u32 n, u32 rt) { transfer(t, Op::Ld8S, rt, reg_mode(n, 1, 1, 0, m)); }
void thumb16_LDR_reg(Translator& t, u32 m, u32 n, u32 rt) { transfer(t, Op::Ld32, rt, reg_mode(n, 1, 1, 0, m)); }
void thumb16_LDRH_reg(Translator& t, u32 m, u32 n, u32 rt) { transfer(t, Op::Ld16, rt, reg_mode(n, 1, 1, 0, m)); }
void thumb16_LDRB_reg(Translator& t, u32 m, u32 n, u32 rt) { transfer(t, Op::Ld8, rt, reg_mode(n, 1, 1, 0, m)); }
void thumb16_LDRSH_reg(Translator& t, u32 m, u32 n, u32 rt) { transfer(t, Op::Ld16S, rt, reg_mode(n, 1, 1, 0, m)); }

void thumb16_STR_imm(Translator& t, u32 imm5, u32 n, u32 rt) { transfer(t, Op::St32, rt, offset_mode(n, 1, imm5 * 4)); }
void thumb16_LDR_imm(Translator& t, u32 imm5, u32 n, u32 rt) { transfer(t, Op::Ld32, rt, offset_mode(n, 1, imm5 * 4)); }
void thumb16_STRB_imm(Translator& t, u32 imm5, u32 n, u32 rt) { transfer(t, Op::St8, rt, offset_mode(n, 1, imm5)); }
void thumb16_LDRB_imm(Translator& t, u32 imm5, u32 n, u32 rt) { transfer(t, Op::Ld8, rt, offset_mode(n, 1, imm5)); }
void thumb16_STRH_imm(Translator& t, u32 imm5, u32 n, u32 rt) {
  transfer(t, Op::St16, rt, offset_mode(n, 1, imm5 * 2));
}
void thumb16_LDRH_imm(Translator& t, u32 imm5, u32 n, u32 rt) {
  transfer(t, Op::Ld16, rt, offset_mode(n, 1, imm5 * 2));
}

// ---- T32, ARM DDI 0406C A6.3.7 to A6.3.10

namespace {

/// What T32 asks beyond A32: stores have no base R15 and do not store R15.
bool thumb32_operands_ok(Translator& t, Op op, u32 n, u32 rt) {
  if (is_store(op) && n == 15) {
    t.undefined();
    return false;
  }
  if (is_store(op) && rt == 15) {
    t.unpredictable();
    return false;
  }
  return true;
}

void thumb32_imm12(Translator& t, Op op, u32 n, u32 rt, u32 imm12) {
  if (thumb32_operands_ok(t, op, n, rt)) transfer(t, op, rt, offset_mode(n, 1, imm12));
}

void thumb32_imm8(Translator& t, Op op, u32 n, u32 rt, u32 p, u32 u, u32 w, u32 imm8) {
  if (p == 0 && w == 0) return t.undefined();
  if (thumb32_operands_ok(t, op, n, rt)) transfer(t, op, rt, imm_mode(n, p, u, w, imm8));
}

void thumb32_reg(Translator& t, Op op, u32 n, u32 rt, u32 imm2, u32 m) {
  if (thumb32_operands_ok(t, op, n, rt)) transfer(t, op, rt, reg_mode(n, 1, 1, 0, m, 0, imm2));
}

void thumb32_unprivileged(Translator& t, Op op, u32 n, u32 rt, u32 imm8) {
  if (thumb32_operands_ok(t, op, n, rt)) transfer(t, op, rt, offset_mode(n, 1, imm8), true);
}

void thumb32_literal(Translator& t, Op op, u32 u, u32 rt, u32 imm12) {
  if (thumb32_operands_ok(t, op, 15, rt)) literal(t, op, u, rt, imm12);
}

/// U=0 and the upper bits of the offset are in the line's fixed bits.
void thumb32_literal_low(Translator& t, Op op, u32 rt) { thumb32_literal(t, op, 0, rt, bits(t.raw(), 11, 0)); }

}  // namespace

void thumb32_STR_imm12(Translator& t, u32 n, u32 rt, u32 imm12) { thumb32_imm12(t, Op::St32, n, rt, imm12); }
void thumb32_STRB_imm12(Translator& t, u32 n, u32 rt, u32 imm12) { thumb32_imm12(t, Op::St8, n, rt, imm12); }
void thumb32_STRH_imm12(Translator& t, u32 n, u32 rt, u32 imm12) { thumb32_imm12(t, Op::St16, n, rt, imm12); }
void thumb32_LDR_imm12(Translator& t, u32 n, u32 rt, u32 imm12) { thumb32_imm12(t, Op::Ld32, n, rt, imm12); }
void thumb32_LDRB_imm12(Translator& t, u32 n, u32 rt, u32 imm12) { thumb32_imm12(t, Op::Ld8, n, rt, imm12); }
void thumb32_LDRH_imm12(Translator& t, u32 n, u32 rt, u32 imm12) { thumb32_imm12(t, Op::Ld16, n, rt, imm12); }
void thumb32_LDRSB_imm12(Translator& t, u32 n, u32 rt, u32 imm12) { thumb32_imm12(t, Op::Ld8S, n, rt, imm12); }
void thumb32_LDRSH_imm12(Translator& t, u32 n, u32 rt, u32 imm12) { thumb32_imm12(t, Op::Ld16S, n, rt, imm12); }

void thumb32_STR_imm8(Translator& t, u32 n, u32 rt, u32 p, u32 u, u32 w, u32 imm8) {
  thumb32_imm8(t, Op::St32, n, rt, p, u, w, imm8);
}
void thumb32_STRB_imm8(Translator& t, u32 n, u32 rt, u32 p, u32 u, u32 w, u32 imm8) {
  thumb32_imm8(t, Op::St8, n, rt, p, u, w, imm8);
}
void thumb32_STRH_imm8(Translator& t, u32 n, u32 rt, u32 p, u32 u, u32 w, u32 imm8) {
  thumb32_imm8(t, Op::St16, n, rt, p, u, w, imm8);
}
void thumb32_LDR_imm8(Translator& t, u32 n, u32 rt, u32 p, u32 u, u32 w, u32 imm8) {
  thumb32_imm8(t, Op::Ld32, n, rt, p, u, w, imm8);
}
void thumb32_LDRB_imm8(Translator& t, u32 n, u32 rt, u32 p, u32 u, u32 w, u32 imm8) {
  thumb32_imm8(t, Op::Ld8, n, rt, p, u, w, imm8);
}
void thumb32_LDRH_imm8(Translator& t, u32 n, u32 rt, u32 p, u32 u, u32 w, u32 imm8) {
  thumb32_imm8(t, Op::Ld16, n, rt, p, u, w, imm8);
}
void thumb32_LDRSB_imm8(Translator& t, u32 n, u32 rt, u32 p, u32 u, u32 w, u32 imm8) {
  thumb32_imm8(t, Op::Ld8S, n, rt, p, u, w, imm8);
}
void thumb32_LDRSH_imm8(Translator& t, u32 n, u32 rt, u32 p, u32 u, u32 w, u32 imm8) {
  thumb32_imm8(t, Op::Ld16S, n, rt, p, u, w, imm8);
}

void thumb32_STR_reg(Translator& t, u32 n, u32 rt, u32 imm2, u32 m) { thumb32_reg(t, Op::St32, n, rt, imm2, m); }
void thumb32_STRB_reg(Translator& t, u32 n, u32 rt, u32 imm2, u32 m) { thumb32_reg(t, Op::St8, n, rt, imm2, m); }
void thumb32_STRH_reg(Translator& t, u32 n, u32 rt, u32 imm2, u32 m) { thumb32_reg(t, Op::St16, n, rt, imm2, m); }
void thumb32_LDR_reg(Translator& t, u32 n, u32 rt, u32 imm2, u32 m) { thumb32_reg(t, Op::Ld32, n, rt, imm2, m); }
void thumb32_LDRB_reg(Translator& t, u32 n, u32 rt, u32 imm2, u32 m) { thumb32_reg(t, Op::Ld8, n, rt, imm2, m); }
void thumb32_LDRH_reg(Translator& t, u32 n, u32 rt, u32 imm2, u32 m) { thumb32_reg(t, Op::Ld16, n, rt, imm2, m); }
void thumb32_LDRSB_reg(Translator& t, u32 n, u32 rt, u32 imm2, u32 m) { thumb32_reg(t, Op::Ld8S, n, rt, imm2, m); }
void thumb32_LDRSH_reg(Translator& t, u32 n, u32 rt, u32 imm2, u32 m) { thumb32_reg(t, Op::Ld16S, n, rt, imm2, m); }

void thumb32_STRT(Translator& t, u32 n, u32 rt, u32 imm8) { thumb32_unprivileged(t, Op::St32, n, rt, imm8); }
void thumb32_STRBT(Translator& t, u32 n, u32 rt, u32 imm8) { thumb32_unprivileged(t, Op::St8, n, rt, imm8); }
void thumb32_STRHT(Translator& t, u32 n, u32 rt, u32 imm8) { thumb32_unprivileged(t, Op::St16, n, rt, imm8); }
void thumb32_LDRT(Translator& t, u32 n, u32 rt, u32 imm8) { thumb32_unprivileged(t, Op::Ld32, n, rt, imm8); }
void thumb32_LDRBT(Translator& t, u32 n, u32 rt, u32 imm8) { thumb32_unprivileged(t, Op::Ld8, n, rt, imm8); }
void thumb32_LDRHT(Translator& t, u32 n, u32 rt, u32 imm8) { thumb32_unprivileged(t, Op::Ld16, n, rt, imm8); }
void thumb32_LDRSBT(Translator& t, u32 n, u32 rt, u32 imm8) { thumb32_unprivileged(t, Op::Ld8S, n, rt, imm8); }
void thumb32_LDRSHT(Translator& t, u32 n, u32 rt, u32 imm8) { thumb32_unprivileged(t, Op::Ld16S, n, rt, imm8); }

void thumb32_LDR_lit(Translator& t, u32 u, u32 rt, u32 imm12) { thumb32_literal(t, Op::Ld32, u, rt, imm12); }
void thumb32_LDRB_lit(Translator& t, u32 u, u32 rt, u32 imm12) { thumb32_literal(t, Op::Ld8, u, rt, imm12); }
void thumb32_LDRH_lit(Translator& t, u32 u, u32 rt, u32 imm12) { thumb32_literal(t, Op::Ld16, u, rt, imm12); }
void thumb32_LDRSB_lit(Translator& t, u32 u, u32 rt, u32 imm12) { thumb32_literal(t, Op::Ld8S, u, rt, imm12); }
void thumb32_LDRSH_lit(Translator& t, u32 u, u32 rt, u32 imm12) { thumb32_literal(t, Op::Ld16S, u, rt, imm12); }
void thumb32_LDR_lit_low(Translator& t, u32 rt, u32) { thumb32_literal_low(t, Op::Ld32, rt); }
void thumb32_LDRB_lit_low(Translator& t, u32 rt, u32) { thumb32_literal_low(t, Op::Ld8, rt); }
void thumb32_LDRH_lit_low(Translator& t, u32 rt, u32) { thumb32_literal_low(t, Op::Ld16, rt); }
void thumb32_LDRSB_lit_low(Translator& t, u32 rt, u32) { thumb32_literal_low(t, Op::Ld8S, rt); }
void thumb32_LDRSH_lit_low(Translator& t, u32 rt, u32) { thumb32_literal_low(t, Op::Ld16S, rt); }

namespace {
/// P=0 with W=0 is the space of the exclusives and table branches: what is left of it is UNDEFINED.
void thumb32_dual(Translator& t, bool store, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 rt2, u32 imm8) {
  if (p == 0 && w == 0) return t.undefined();
  if (store ? n == 15 : rt == rt2) return t.unpredictable();
  transfer_dual(t, store, rt, rt2, imm_mode(n, p, u, w, imm8 * 4));
}
}  // namespace

void thumb32_LDRD(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 rt2, u32 imm8) {
  thumb32_dual(t, false, p, u, w, n, rt, rt2, imm8);
}
void thumb32_STRD(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 rt, u32 rt2, u32 imm8) {
  thumb32_dual(t, true, p, u, w, n, rt, rt2, imm8);
}

}  // namespace hypsim
