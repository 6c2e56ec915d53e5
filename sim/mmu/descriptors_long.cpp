// SPDX-License-Identifier: Apache-2.0
#include "sim/mmu/attributes.h"
#include "sim/mmu/descriptors.h"

namespace hypsim {
namespace {

// IRGN at bit lo, ORGN at lo+2, SH at lo+4, as in TTBCR, HTCR and VTCR.
MemAttr walk_attr(u32 control, unsigned lo) {
  return normal_attr_sh(static_cast<Cacheability>(bits(control, lo + 1, lo)),
                        static_cast<Cacheability>(bits(control, lo + 3, lo + 2)), bits(control, lo + 5, lo + 4));
}

// Region of 2^(32-size) bytes that starts a stage-1 walk at level 1 or 2. ARM DDI 0406C B3.6.5
LongStart stage1_start(unsigned size, u64 ttbr, MemAttr attr) {
  LongStart out;
  out.level = size < 2 ? 1 : 2;
  const unsigned low = 9u * out.level - size - 4;
  out.base = ttbr & mask64(39, low);
  out.start_bit = static_cast<u8>(31 - size);
  out.walk_attr = attr;
  return out;
}

}  // namespace

// ARM DDI 0406C B3.6.4
LongStart long_start_pl10(u32 va, u32 ttbcr, u64 ttbr0, u64 ttbr1) {
  const unsigned t0sz = bits(ttbcr, 2, 0), t1sz = bits(ttbcr, 18, 16);
  const bool in_ttbr1 = t1sz != 0 && (va >> (32 - t1sz)) == (1u << t1sz) - 1;
  const bool in_ttbr0 = !in_ttbr1 && (t0sz == 0 || (va >> (32 - t0sz)) == 0);
  if (in_ttbr0) {
    LongStart out = stage1_start(t0sz, ttbr0, walk_attr(ttbcr, 8));
    out.fault = bit(ttbcr, ttbcr::EPD0);
    return out;
  }
  if (in_ttbr1 || t1sz == 0) {  // T1SZ=0: everything above the TTBR0 region
    LongStart out = stage1_start(t1sz, ttbr1, walk_attr(ttbcr, 24));
    out.fault = bit(ttbcr, ttbcr::EPD1);
    return out;
  }
  LongStart out;
  out.fault = true;
  return out;
}

LongStart long_start_hyp(u32 va, u32 htcr, u64 httbr) {
  const unsigned t0sz = bits(htcr, 2, 0);
  LongStart out = stage1_start(t0sz, httbr, walk_attr(htcr, 8));
  out.fault = t0sz != 0 && (va >> (32 - t0sz)) != 0;
  return out;
}

// ARM DDI 0406C B3.6.6: T0SZ is signed; up to 16 first tables stand one after the other (concatenated)
LongStart long_start_stage2(u64 ipa, u32 vtcr, u64 vttbr) {
  const int t0sz = sign_extend(bits(vtcr, 3, 0), 4);
  const unsigned sl0 = bits(vtcr, 7, 6);
  const unsigned input_bits = static_cast<unsigned>(32 - t0sz);
  LongStart out;
  // A first level that does not fit the input size is UNPREDICTABLE; chosen: nothing is mapped.
  if (sl0 > 1 || (sl0 == 0 && t0sz < -2) || (sl0 == 1 && t0sz > 1)) {
    out.fault = true;
    return out;
  }
  out.level = static_cast<u8>(2 - sl0);
  out.start_bit = static_cast<u8>(input_bits - 1);
  const int low = 14 - t0sz - 9 * static_cast<int>(sl0);
  out.base = vttbr & mask64(39, static_cast<unsigned>(low));
  out.walk_attr = walk_attr(vtcr, 8);
  out.fault = input_bits < 40 && (ipa >> input_bits) != 0;
  return out;
}

// ARM DDI 0406C B3.6.1, B3.6.2
LongDescriptor decode_long(u64 d, unsigned level) {
  LongDescriptor out;
  if (!bit(d, 0)) return out;
  const bool table_or_page = bit(d, 1);
  if (level == 3 && !table_or_page) return out;
  if (level < 3 && table_or_page) {
    out.kind = LongDescriptor::Kind::Table;
    out.base = d & mask64(39, 12);
    out.ns_table = bit(d, 63);
    out.no_write = bit(d, 62);  // APTable[1]
    out.no_user = bit(d, 61);   // APTable[0]
    out.xn_table = bit(d, 60);
    out.pxn_table = bit(d, 59);
    return out;
  }
  out.kind = LongDescriptor::Kind::Leaf;
  out.base = d & mask64(39, long_level_shift(level));
  out.xn = bit(d, 54);
  out.pxn = bit(d, 53);
  out.ng = bit(d, 11);
  out.af = bit(d, 10);
  out.sh = static_cast<u8>(bits(d, 9, 8));
  out.ap = static_cast<u8>(bits(d, 7, 6) << 1);
  out.ns = bit(d, 5);
  out.attr_index = static_cast<u8>(bits(d, 4, 2));
  out.mem_attr = static_cast<u8>(bits(d, 5, 2));
  out.readable = bit(d, 6);
  out.writable = bit(d, 7);
  return out;
}

}  // namespace hypsim
