// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/translate/load_store_multiple.h"

#include <bit>

#include "sim/cpu/translate/address.h"
#include "sim/cpu/translate/exception.h"

namespace hypsim {

using ir::BranchKind;
using ir::Op;
using ir::Slot;
using ir::TimingClass;

namespace {

u32 count_of(u32 list) { return static_cast<u32>(std::popcount(list)); }

/// The lowest address transferred: IA, IB, DA, DB.
Slot start_address(Translator& t, u32 p, u32 u, u32 n, u32 count) {
  u32 offset = 0;
  if (u != 0) {
    offset = p != 0 ? 4 : 0;
  } else {
    offset = 0u - 4 * count + (p != 0 ? 0 : 4);
  }
  const Slot base = t.reg(n);
  if (offset == 0) return base;
  const Slot start = t.temp();
  t.emit(Op::AddI, start, base, 0, offset);
  return start;
}

void write_back(Translator& t, u32 u, u32 n, u32 count) {
  t.emit(Op::AddI, t.reg(n), t.reg(n), 0, u != 0 ? 4 * count : 0u - 4 * count);
}

u8 memory_flags(const Translator& t) {
  return static_cast<u8>(ir::kMemAligned | (t.context().big_endian ? ir::kMemBigEndian : 0));
}

/// Loads of `list`; a loaded PC is left in kLoadedPc. A base register that is loaded keeps the loaded value.
void emit_load(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 list) {
  const u32 count = count_of(list);
  const Slot start = start_address(t, p, u, n, count);
  t.timing(TimingClass::LoadMultiple);
  t.memory(Op::LdM, 0, start, list, ir::kMemAligned);
  t.transfers(count);
  if (w != 0 && !bit(list, n)) write_back(t, u, n, count);
}

void load_multiple(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 list) {
  if (n == 15 || list == 0) return t.unpredictable();
  const bool loads_pc = bit(list, 15);
  if (loads_pc && !may_write_pc(t)) return t.unpredictable();
  emit_load(t, p, u, w, n, list);
  if (loads_pc) t.load_write_pc(ir::kLoadedPc, n == 13 ? BranchKind::Return : BranchKind::Indirect);
}

/// A base register in the list is stored with its old value, whatever its place (UNKNOWN unless it is the lowest).
void store_multiple(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 list) {
  if (n == 15 || list == 0) return t.unpredictable();
  const u32 count = count_of(list);
  const u32 without_pc = list & 0x7FFF;
  const Slot start = start_address(t, p, u, n, count);
  t.timing(TimingClass::StoreMultiple);
  if (without_pc != 0) t.memory(Op::StM, 0, start, without_pc, ir::kMemAligned);
  if (bit(list, 15)) {
    const Slot pc = t.constant(t.pc_read());  // PCStoreValue
    t.memory(Op::St32, pc, start, 4 * (count - 1), ir::kMemAligned);
  }
  t.transfers(count);
  if (w != 0) write_back(t, u, n, count);
}

/// User-bank forms: UNDEFINED in Hyp mode, UNPREDICTABLE in User and System mode. B9.3.6, B9.3.17
bool user_bank_allowed(Translator& t, u32 n, u32 list) {
  const Mode mode = t.context().mode;
  if (mode == Mode::Hyp) {
    t.undefined();
    return false;
  }
  if (n == 15 || list == 0 || mode == Mode::User || mode == Mode::System) {
    t.unpredictable();
    return false;
  }
  return true;
}

}  // namespace

void arm_LDM(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 list) { load_multiple(t, p, u, w, n, list); }
void arm_STM(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 list) { store_multiple(t, p, u, w, n, list); }

// LDM{mode} Rn, {list}^
void arm_LDM_user(Translator& t, u32 p, u32 u, u32 n, u32 list) {
  if (!user_bank_allowed(t, n, list)) return;
  const Slot start = start_address(t, p, u, n, count_of(list));
  t.call_exit(Helper::load_multiple_user, 0, start, 0, 0, list).aux = memory_flags(t);
  t.timing(TimingClass::LoadMultiple);
  t.transfers(count_of(list));
  t.also_reads(1u << n);
  t.also_writes(list);
}

// STM{mode} Rn, {list}^
void arm_STM_user(Translator& t, u32 p, u32 u, u32 n, u32 list) {
  if (!user_bank_allowed(t, n, list)) return;
  const Slot start = start_address(t, p, u, n, count_of(list));
  const Slot pc = bit(list, 15) ? t.constant(t.pc_read()) : Slot{0};
  t.call_exit(Helper::store_multiple_user, 0, start, pc, 0, list).aux = memory_flags(t);
  t.timing(TimingClass::StoreMultiple);
  t.transfers(count_of(list));
  t.also_reads(1u << n | (list & 0x7FFF));
}

// LDM{mode} Rn{!}, {list, PC}^
void arm_LDM_exception_return(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 list) {
  if (n == 15) return t.unpredictable();
  if (!exception_return_allowed(t)) return;
  emit_load(t, p, u, w, n, list | 0x8000);
  return_to_spsr(t, ir::kLoadedPc);
}

// PUSH {list}
void thumb16_PUSH(Translator& t, u32 m, u32 list) { store_multiple(t, 1, 0, 1, 13, list | m << 14); }
// POP {list}
void thumb16_POP(Translator& t, u32 p, u32 list) { load_multiple(t, 0, 1, 1, 13, list | p << 15); }
// STM Rn!, {list}
void thumb16_STM(Translator& t, u32 n, u32 list) { store_multiple(t, 0, 1, 1, n, list); }
// LDM Rn{!}, {list}: writes back when Rn is not loaded
void thumb16_LDM(Translator& t, u32 n, u32 list) { load_multiple(t, 0, 1, bit(list, n) ? 0 : 1, n, list); }

namespace {
// One register is UNPREDICTABLE. Android 11 to 13 shipped code that relies on what the A32 forms do.
void thumb32_load(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 list) {
  if ((list & 0xC000) == 0xC000) return t.unpredictable();
  load_multiple(t, p, u, w, n, list);
}
void thumb32_store(Translator& t, u32 p, u32 u, u32 w, u32 n, u32 list) {
  if (w != 0 && bit(list, n)) return t.unpredictable();
  store_multiple(t, p, u, w, n, list);
}
}  // namespace

void thumb32_LDM(Translator& t, u32 w, u32 n, u32 p, u32 m, u32 low) {
  thumb32_load(t, 0, 1, w, n, p << 15 | m << 14 | low);
}
void thumb32_LDMDB(Translator& t, u32 w, u32 n, u32 p, u32 m, u32 low) {
  thumb32_load(t, 1, 0, w, n, p << 15 | m << 14 | low);
}
void thumb32_STM(Translator& t, u32 w, u32 n, u32 m, u32 low) { thumb32_store(t, 0, 1, w, n, m << 14 | low); }
void thumb32_STMDB(Translator& t, u32 w, u32 n, u32 m, u32 low) { thumb32_store(t, 1, 0, w, n, m << 14 | low); }

}  // namespace hypsim
