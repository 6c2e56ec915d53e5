// SPDX-License-Identifier: Apache-2.0
// Advanced SIMD element and structure loads and stores. ARM DDI 0406C A7.7
#include "sim/cpu/translate/neon_common.h"

namespace hypsim {

using ir::NeonTransfer;
using ir::TimingClass;
using Kind = NeonTransfer::Kind;

namespace {

constexpr u8 narrow(u32 v) { return static_cast<u8>(v); }

/// Rm = 15: no writeback; 13: the base moves past what was transferred; else it moves by Rm.
void transfer(Translator& t, bool load, u32 d, u32 n, u32 m, const NeonTransfer& how) {
  const u32 last = d + u32{how.elements - 1u} * how.increment + how.registers - 1;
  if (last > 31 || n == 15) return t.unpredictable();
  check_simd(t);
  u8 flags = 0;
  if (t.context().big_endian) flags |= ir::kMemBigEndian;
  const ir::Slot base = t.reg(n);
  t.call_exit(load ? Helper::neon_load : Helper::neon_store, narrow(d), base, 0, 0, how.pack()).aux = flags;
  if (m == 13) t.emit(ir::Op::AddI, base, base, 0, how.bytes());
  if (m != 13 && m != 15) t.emit(ir::Op::Add, base, base, t.reg(m));
  t.also_reads(1u << n);
  t.timing(load ? TimingClass::VfpLoad : TimingClass::VfpStore);
  t.transfers((how.bytes() + 3) / 4);
}

/// Elements, their distance and the registers of each, by the type field (bits 11:8).
bool layout_of(u32 type, NeonTransfer& how) {
  const auto set = [&how](u8 elements, u8 increment, u8 registers) {
    how.elements = elements;
    how.increment = increment;
    how.registers = registers;
    return true;
  };
  switch (type) {
    case 0x0: return set(4, 1, 1);
    case 0x1: return set(4, 2, 1);
    case 0x2: return set(1, 1, 4);
    case 0x3: return set(2, 2, 2);
    case 0x4: return set(3, 1, 1);
    case 0x5: return set(3, 2, 1);
    case 0x6: return set(1, 1, 3);
    case 0x7: return set(1, 1, 1);
    case 0x8: return set(2, 1, 1);
    case 0x9: return set(2, 2, 1);
    case 0xA: return set(1, 1, 2);
    default: return false;
  }
}

/// The align field: 64, 128 or 256 bits, as far as so much is transferred.
bool alignment_allowed(const NeonTransfer& how, u32 align) {
  const u32 doublewords = u32{how.elements} * how.registers;
  if (doublewords % 2 != 0) return align < 2;  // one or three
  return doublewords == 4 || align < 3;
}

void multiple(Translator& t, bool load, u32 dh, u32 n, u32 vd, u32 size, u32 align, u32 m) {
  NeonTransfer how;
  if (!layout_of(bits(t.raw(), 11, 8), how) || !alignment_allowed(how, align) || (size == 3 && how.elements != 1))
    return simd_undefined(t);
  how.size = narrow(size);
  how.alignment = narrow(align == 0 ? 0 : 2 + align);
  transfer(t, load, d_register(dh, vd), n, m, how);
}

/// index_align: the lane from the top, then for halfwords and words whether registers are two apart, and the alignment.
bool lane_of(u32 ia, NeonTransfer& how) {
  const u32 elements = how.elements, size = how.size;
  how.lane = narrow(ia >> (size + 1));
  const u32 low = ia & ((2u << size) - 1);  // what is below the lane
  const bool spaced = size != 0 && bit(low, size) && elements > 1;
  how.increment = spaced ? 2 : 1;
  const u32 align = elements > 1 && size != 0 ? low & ((1u << size) - 1) : low;
  if (elements == 3) return align == 0;
  if (elements == 1) {  // as long as the element, or none
    if (align == 0) return true;
    how.alignment = narrow(size);
    return (size == 1 && align == 1) || (size == 2 && align == 3);
  }
  if (align == 0) return true;
  const u32 log2_elements = elements == 2 ? 1 : 2;
  if (elements == 4 && size == 2) {  // 64 or 128 bits
    how.alignment = narrow(align + 2);
    return align != 3;
  }
  how.alignment = narrow(size + log2_elements);
  return align == 1;
}

void lane(Translator& t, bool load, u32 dh, u32 n, u32 vd, u32 index_align, u32 m) {
  NeonTransfer how;
  how.kind = Kind::Lane;
  how.size = narrow(bits(t.raw(), 11, 10));
  how.elements = narrow(bits(t.raw(), 9, 8) + 1);
  if (!lane_of(index_align, how)) return simd_undefined(t);
  transfer(t, load, d_register(dh, vd), n, m, how);
}

}  // namespace

// VLD1-4, VST1-4 (multiple elements)
void neon_VLD_multiple(Translator& t, u32 dh, u32 n, u32 vd, u32 size, u32 align, u32 m) {
  multiple(t, true, dh, n, vd, size, align, m);
}
void neon_VST_multiple(Translator& t, u32 dh, u32 n, u32 vd, u32 size, u32 align, u32 m) {
  multiple(t, false, dh, n, vd, size, align, m);
}

// VLD1-4, VST1-4 (to and from one lane)
void neon_VLD_lane(Translator& t, u32 dh, u32 n, u32 vd, u32 index_align, u32 m) {
  lane(t, true, dh, n, vd, index_align, m);
}
void neon_VST_lane(Translator& t, u32 dh, u32 n, u32 vd, u32 index_align, u32 m) {
  lane(t, false, dh, n, vd, index_align, m);
}

// VLD1-4 (to all lanes)
void neon_VLD_all(Translator& t, u32 dh, u32 n, u32 vd, u32 size, u32 two, u32 a, u32 m) {
  NeonTransfer how;
  how.kind = Kind::All;
  how.elements = narrow(bits(t.raw(), 9, 8) + 1);
  const bool four_aligned_words = how.elements == 4 && size == 3 && a != 0;  // 32-bit elements at 128 bits
  if ((size == 3 && !four_aligned_words) || (how.elements == 3 && a != 0) || (how.elements == 1 && size == 0 && a != 0))
    return simd_undefined(t);
  how.size = narrow(size == 3 ? 2 : size);
  (how.elements == 1 ? how.registers : how.increment) = two != 0 ? 2 : 1;
  if (a != 0) {
    static constexpr u8 kLog2[] = {0, 0, 1, 0, 2};
    how.alignment = narrow(size == 3 ? 4 : how.elements == 4 && size == 2 ? 3 : size + kLog2[how.elements]);
  }
  transfer(t, true, d_register(dh, vd), n, m, how);
}

}  // namespace hypsim
