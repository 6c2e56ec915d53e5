// SPDX-License-Identifier: Apache-2.0
// Advanced SIMD element and structure loads and stores. ARM DDI 0406C A7.7
#include "sim/cpu/core.h"
#include "sim/cpu/exec/neon_lanes.h"

namespace hypsim {

namespace {

using ir::NeonTransfer;
using Kind = NeonTransfer::Kind;

/// Where an element is in the register file.
struct Place {
  unsigned d;
  unsigned lane;
};

/// Calls `visit(place)` for each element in the order of memory; stops when it returns false.
template <class Visit>
bool for_each_element(const NeonTransfer& t, unsigned first, Visit visit) {
  const unsigned registers = t.kind == Kind::Multiple ? t.registers : 1;
  const unsigned lanes = t.kind == Kind::Multiple ? 8u >> t.size : 1;
  for (unsigned r = 0; r < registers; ++r) {
    for (unsigned i = 0; i < lanes; ++i) {
      for (unsigned e = 0; e < t.elements; ++e)
        if (!visit(Place{first + r + e * t.increment, t.kind == Kind::Lane ? t.lane : i})) return false;
    }
  }
  return true;
}

/// Consecutive elements of one register are the words of memory when these are aligned, whatever the element size, as
/// long as bytes keep their order.
NeonTransfer in_words(NeonTransfer t, u32 address, u8 flags) {
  const bool words = t.kind == Kind::Multiple && t.elements == 1 && t.size < 2 && is_aligned(address, 4) &&
                     (flags & ir::kMemBigEndian) == 0;
  if (words) t.size = 2;
  return t;
}

/// The alignment that the instruction asks for, and that of a doubleword element under SCTLR.A; smaller elements are
/// checked by their accesses. ARM DDI 0406C A3.2.1
bool aligned(Core& core, const NeonTransfer& t, u32 address, bool write, const ir::MicroOp& op) {
  if (!core.check_alignment(address, 1u << t.alignment, ir::kMemAligned, write, op)) return false;
  return t.size < 3 || core.check_alignment(address, 8, op.aux, write, op);
}

bool load_element(Core& core, u32 address, unsigned size, u64& value, const ir::MicroOp& op) {
  u32 word = 0;
  if (!core.load(address, size < 3 ? 1u << size : 4, op.aux, word, op)) return false;
  value = word;
  if (size < 3) return true;
  // A doubleword is two word accesses, the lower address first, which a fault of both names.
  u32 next = 0;
  if (!core.load(address + 4, 4, op.aux, next, op)) return false;
  value = (op.aux & ir::kMemBigEndian) != 0 ? value << 32 | next : u64{next} << 32 | value;
  return true;
}

bool store_element(Core& core, u32 address, unsigned size, u64 value, const ir::MicroOp& op) {
  if (size < 3) return core.store(address, 1u << size, op.aux, static_cast<u32>(value), op);
  const bool big_endian = (op.aux & ir::kMemBigEndian) != 0;
  return core.store(address, 4, op.aux, static_cast<u32>(big_endian ? value >> 32 : value), op) &&
         core.store(address + 4, 4, op.aux, static_cast<u32>(big_endian ? value : value >> 32), op);
}

}  // namespace

bool helper_neon_load(Core& core, const ir::MicroOp& op) {
  u32 address = core.slot(op.a);
  const NeonTransfer t = in_words(NeonTransfer::unpack(op.imm2), address, op.aux);
  if (!aligned(core, t, address, false, op)) return false;
  // No register changes unless all loads succeeded.
  u64 loaded[32];
  unsigned n = 0;
  const auto load = [&](Place) {
    const u32 at = address;
    address += 1u << t.size;
    return load_element(core, at, t.size, loaded[n++], op);
  };
  if (!for_each_element(t, op.d, load)) return false;
  CpuState& s = core.state();
  n = 0;
  for_each_element(t, op.d, [&](Place p) {
    const u64 value = loaded[n++];
    if (t.kind == Kind::All) {
      Lanes copies;
      for (unsigned i = 0; i < lane_count(t.size, false); ++i) copies.set(t.size, i, value);
      for (unsigned r = 0; r < t.registers; ++r) s.d[p.d + r] = copies.word[0];
    } else {
      Lanes v = read_lanes(s, p.d, false);
      v.set(t.size, p.lane, value);
      write_lanes(s, p.d, false, v);
    }
    return true;
  });
  return true;
}

bool helper_neon_store(Core& core, const ir::MicroOp& op) {
  u32 address = core.slot(op.a);
  const NeonTransfer t = in_words(NeonTransfer::unpack(op.imm2), address, op.aux);
  if (!aligned(core, t, address, true, op)) return false;
  const CpuState& s = core.state();
  return for_each_element(t, op.d, [&](Place p) {
    const u32 at = address;
    address += 1u << t.size;
    return store_element(core, at, t.size, read_lanes(s, p.d, false).get(t.size, p.lane), op);
  });
}

}  // namespace hypsim
