// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/translate/coprocessor.h"

#include "sim/cpu/ir/helper_operands.h"
#include "sim/cpu/sysreg/table.h"
#include "sim/cpu/translate/address.h"

namespace hypsim {

using hyp::CoprocAccess;
using hyp::CoprocForm;
using ir::Slot;
using ir::TimingClass;

namespace {

constexpr u32 kFlagSlots = 1u << ir::kN | 1u << ir::kZ | 1u << ir::kC | 1u << ir::kV;

constexpr bool is_system(u32 cp) { return cp == 14 || cp == 15; }
constexpr bool is_fp(u32 cp) { return cp == 10 || cp == 11; }
constexpr u8 narrow(u32 v) { return static_cast<u8>(v); }

CoprocAccess move_access(bool read, u32 opc1, u32 crn, u32 rt, u32 cp, u32 opc2, u32 crm) {
  CoprocAccess a;
  a.cp = narrow(cp);
  a.form = CoprocForm::Mcr;
  a.read = read;
  a.opc1 = narrow(opc1);
  a.crn = narrow(crn);
  a.crm = narrow(crm);
  a.opc2 = narrow(opc2);
  a.rt = narrow(rt);
  return a;
}

CoprocAccess move_two_access(bool read, u32 rt2, u32 rt, u32 cp, u32 opc1, u32 crm) {
  CoprocAccess a = move_access(read, opc1, 0, rt, cp, 0, crm);
  a.form = CoprocForm::Mcrr;
  a.rt2 = narrow(rt2);
  return a;
}

CoprocAccess transfer_access(bool read, u32 p, u32 u, u32 w, u32 n, u32 crd, u32 cp, u32 imm8) {
  CoprocAccess a;
  a.cp = narrow(cp);
  a.form = CoprocForm::Ldc;
  a.read = read;
  a.crn = narrow(crd);
  a.rt = narrow(n);
  a.imm8 = narrow(imm8);
  a.add = u != 0;
  a.addressing = narrow(p << 1 | w | (n == 15 ? 4 : 0));  // literal forms, HSR.ISS bits 3:1
  return a;
}

/// A coprocessor that the A15 does not have, or an operation that CP14 and CP15 do not have: a trap or UNDEFINED.
void absent(Translator& t, const CoprocAccess& a) {
  t.call_exit(Helper::coproc_absent, 0, 0, 0, 0, ir::pack_coproc(a));
  t.timing(TimingClass::ExceptionCall);
  t.never_returns();
}

/// The unconditional encodings reach no register of CP14 and CP15 and no FP instruction. A8.8.98, A8.8.107
void absent_unconditional(Translator& t, const CoprocAccess& a) {
  if (is_system(a.cp) || is_fp(a.cp)) return t.undefined();
  absent(t, a);
}

/// Rows that only hold a value may be written amid a block; all other writes end it. Reads that depend on time end it
/// as well.
bool ends_block(const sysreg::Row* row, bool read) {
  if (row == nullptr) return true;
  if (read) return (row->flags & sysreg::kReadEndsBlock) != 0;
  return row->changes != 0 || row->flags != 0 || row->on_write != nullptr;
}

/// CP15 barriers. ARM DDI 0406C B4.2.5
bool cp15_operation(const CoprocAccess& a, u32 crm, u32 opc2) {
  return a.cp == 15 && a.form == CoprocForm::Mcr && a.opc1 == 0 && a.crn == 7 && a.crm == crm && a.opc2 == opc2;
}

TimingClass timing_of(const sysreg::Row* row, const CoprocAccess& a) {
  if (a.read) return TimingClass::SysRegRead;
  if (row != nullptr && sysreg::is_tlb_maintenance(row)) return TimingClass::TlbMaintenance;
  if (row != nullptr && sysreg::is_cache_maintenance(row)) return TimingClass::CacheMaintenance;
  if (cp15_operation(a, 5, 4)) return TimingClass::Isb;
  if (cp15_operation(a, 10, 4)) return TimingClass::Dsb;
  if (cp15_operation(a, 10, 5)) return TimingClass::Dmb;
  return TimingClass::SysRegWrite;
}

void system_access(Translator& t, Helper helper, const CoprocAccess& a, Slot d, Slot ra, Slot b, Slot c) {
  const sysreg::Row* row = sysreg::find(a);
  t.call_exit(helper, d, ra, b, c, ir::pack_coproc(a));
  const TimingClass timing = timing_of(row, a);
  if (timing == TimingClass::Dsb) t.call_exit(Helper::dsb);
  if (timing == TimingClass::Isb) t.call(Helper::isb);
  t.timing(timing);
  if (ends_block(row, a.read)) t.end_block();
}

/// MRC to R15 sets the flags.
void move(Translator& t, const CoprocAccess& a) {
  if (!is_system(a.cp)) return is_fp(a.cp) ? t.undefined() : absent(t, a);
  if (a.rt == 15 && !a.read) return t.unpredictable();
  const Slot rt = a.rt == 15 ? t.temp() : t.reg(a.rt);
  if (a.read) {
    system_access(t, Helper::coproc_read, a, rt, 0, 0, 0);
    t.also_writes(a.rt == 15 ? kFlagSlots : 1u << a.rt);
  } else {
    system_access(t, Helper::coproc_write, a, 0, rt, 0, 0);
    t.also_reads(1u << a.rt);
  }
}

void move_two(Translator& t, const CoprocAccess& a) {
  if (!is_system(a.cp)) return is_fp(a.cp) ? t.undefined() : absent(t, a);
  if (a.rt == 15 || a.rt2 == 15 || (a.read && a.rt == a.rt2)) return t.unpredictable();
  const u32 both = 1u << a.rt | 1u << a.rt2;
  if (a.read) {
    system_access(t, Helper::coproc_read_two, a, t.reg(a.rt), 0, 0, t.reg(a.rt2));
    t.also_writes(both);
  } else {
    system_access(t, Helper::coproc_write_two, a, 0, t.reg(a.rt), t.reg(a.rt2), 0);
    t.also_reads(both);
  }
}

/// LDC and STC. CP14 has one register for them: LDC writes DBGDTRTXint, STC reads DBGDTRRXint. A8.8.55, C11.11.28
void transfer(Translator& t, bool load, u32 p, u32 u, u32 d, u32 w, u32 n, u32 crd, u32 cp, u32 imm8) {
  if (p == 0 && u == 0 && w == 0) return t.undefined();  // with D=1 it is MCRR or MRRC
  if (is_fp(cp)) return t.undefined();
  const CoprocAccess a = transfer_access(!load, p, u, w, n, crd, cp, imm8);
  if (cp != 14 || crd != 5 || d != 0) return absent(t, a);
  if (n == 15 && (w != 0 || (!load && t.thumb()))) return t.unpredictable();
  Addressing mode;
  mode.n = n;
  mode.index = p != 0;
  mode.add = u != 0;
  mode.wback = w != 0;
  mode.imm = imm8 * 4;
  AddressEmitter address(t, mode);
  const auto [base, offset] = address.address();
  Slot at = base;
  if (offset != 0) {
    at = t.temp();
    t.emit(ir::Op::AddI, at, base, 0, offset);
  }
  u8 flags = ir::kMemAligned;
  if (t.context().big_endian) flags |= ir::kMemBigEndian;
  t.call_exit(load ? Helper::coproc_load : Helper::coproc_store, 0, at, 0, 0, ir::pack_coproc(a)).aux = flags;
  address.commit();
  if (n != 15) t.also_reads(1u << n);
  t.timing(load ? TimingClass::SysRegWrite : TimingClass::SysRegRead);
  t.transfers(1);
  t.end_block();
}

}  // namespace

// MCR{2} coproc, opc1, Rt, CRn, CRm, opc2
void any_MCR(Translator& t, u32 opc1, u32 crn, u32 rt, u32 cp, u32 opc2, u32 crm) {
  move(t, move_access(false, opc1, crn, rt, cp, opc2, crm));
}
void any_MRC(Translator& t, u32 opc1, u32 crn, u32 rt, u32 cp, u32 opc2, u32 crm) {
  move(t, move_access(true, opc1, crn, rt, cp, opc2, crm));
}
void any_MCR2(Translator& t, u32 opc1, u32 crn, u32 rt, u32 cp, u32 opc2, u32 crm) {
  absent_unconditional(t, move_access(false, opc1, crn, rt, cp, opc2, crm));
}
void any_MRC2(Translator& t, u32 opc1, u32 crn, u32 rt, u32 cp, u32 opc2, u32 crm) {
  absent_unconditional(t, move_access(true, opc1, crn, rt, cp, opc2, crm));
}

// MCRR{2} coproc, opc1, Rt, Rt2, CRm
void any_MCRR(Translator& t, u32 rt2, u32 rt, u32 cp, u32 opc1, u32 crm) {
  move_two(t, move_two_access(false, rt2, rt, cp, opc1, crm));
}
void any_MRRC(Translator& t, u32 rt2, u32 rt, u32 cp, u32 opc1, u32 crm) {
  move_two(t, move_two_access(true, rt2, rt, cp, opc1, crm));
}
void any_MCRR2(Translator& t, u32 rt2, u32 rt, u32 cp, u32 opc1, u32 crm) {
  absent_unconditional(t, move_two_access(false, rt2, rt, cp, opc1, crm));
}
void any_MRRC2(Translator& t, u32 rt2, u32 rt, u32 cp, u32 opc1, u32 crm) {
  absent_unconditional(t, move_two_access(true, rt2, rt, cp, opc1, crm));
}

namespace {
CoprocAccess operation_access(u32 opc1, u32 crn, u32 cp, u32 opc2, u32 crm) {
  CoprocAccess a = move_access(false, opc1, crn, 0, cp, opc2, crm);
  a.form = CoprocForm::Cdp;
  return a;
}
}  // namespace

// CDP{2} coproc, opc1, CRd, CRn, CRm, opc2
void any_CDP(Translator& t, u32 opc1, u32 crn, u32, u32 cp, u32 opc2, u32 crm) {
  if (is_fp(cp)) return t.undefined();
  absent(t, operation_access(opc1, crn, cp, opc2, crm));
}
void any_CDP2(Translator& t, u32 opc1, u32 crn, u32, u32 cp, u32 opc2, u32 crm) {
  absent_unconditional(t, operation_access(opc1, crn, cp, opc2, crm));
}

// LDC{2}{L} coproc, CRd, [Rn...]
void any_LDC(Translator& t, u32 p, u32 u, u32 d, u32 w, u32 n, u32 crd, u32 cp, u32 imm8) {
  transfer(t, true, p, u, d, w, n, crd, cp, imm8);
}
void any_STC(Translator& t, u32 p, u32 u, u32 d, u32 w, u32 n, u32 crd, u32 cp, u32 imm8) {
  transfer(t, false, p, u, d, w, n, crd, cp, imm8);
}

void any_LDC2(Translator& t, u32 p, u32 u, u32, u32 w, u32 n, u32 crd, u32 cp, u32 imm8) {
  if (p == 0 && u == 0 && w == 0) return t.undefined();
  absent_unconditional(t, transfer_access(false, p, u, w, n, crd, cp, imm8));
}
void any_STC2(Translator& t, u32 p, u32 u, u32, u32 w, u32 n, u32 crd, u32 cp, u32 imm8) {
  if (p == 0 && u == 0 && w == 0) return t.undefined();
  absent_unconditional(t, transfer_access(true, p, u, w, n, crd, cp, imm8));
}

}  // namespace hypsim
