// SPDX-License-Identifier: Apache-2.0
#include "sim/mmu/attributes.h"
#include "sim/mmu/descriptors.h"

namespace hypsim {

// ARM DDI 0406C B3.5.1, first-level descriptor formats
ShortFirstLevel decode_short_first_level(u32 d) {
  ShortFirstLevel out;
  const u32 type = bits(d, 1, 0);
  if (type == 0b00) return out;
  if (type == 0b01) {
    out.kind = ShortFirstLevel::Kind::Table;
    out.table = d & mask32(31, 10);
    out.domain = static_cast<u8>(bits(d, 8, 5));
    out.ns = bit(d, 3);
    out.pxn = bit(d, 2);
    return out;
  }
  out.kind = ShortFirstLevel::Kind::Leaf;
  ShortLeaf& leaf = out.leaf;
  const bool super = bit(d, 18);
  if (super) {
    leaf.base = (d & mask32(31, 24)) | (u64{bits(d, 23, 20)} << 32) | (u64{bits(d, 8, 5)} << 36);
    leaf.shift = 24;
  } else {
    leaf.base = d & mask32(31, 20);
    leaf.shift = 20;
    leaf.domain = static_cast<u8>(bits(d, 8, 5));
  }
  leaf.ap = static_cast<u8>((bits(d, 15, 15) << 2) | bits(d, 11, 10));
  leaf.tex_c_b = static_cast<u8>((bits(d, 14, 12) << 2) | bits(d, 3, 2));
  leaf.ns = bit(d, 19);
  leaf.ng = bit(d, 17);
  leaf.s = bit(d, 16);
  leaf.xn = bit(d, 4);
  leaf.pxn = bit(d, 0);
  return out;
}

// ARM DDI 0406C B3.5.1, second-level descriptor formats
ShortSecondLevel decode_short_second_level(u32 d) {
  ShortSecondLevel out;
  const u32 type = bits(d, 1, 0);
  if (type == 0b00) return out;
  out.valid = true;
  ShortLeaf& leaf = out.leaf;
  const bool small = bit(type, 1);
  leaf.shift = small ? 12 : 16;
  leaf.base = d & (small ? mask32(31, 12) : mask32(31, 16));
  leaf.xn = small ? bit(d, 0) : bit(d, 15);
  const u32 tex = small ? bits(d, 8, 6) : bits(d, 14, 12);
  leaf.tex_c_b = static_cast<u8>((tex << 2) | bits(d, 3, 2));
  leaf.ap = static_cast<u8>((bits(d, 9, 9) << 2) | bits(d, 5, 4));
  leaf.ng = bit(d, 11);
  leaf.s = bit(d, 10);
  return out;
}

// ARM DDI 0406C B3.5.4, B3.5.5
ShortStart short_walk_start(u32 va, u32 ttbcr, u32 ttbr0, u32 ttbr1) {
  const unsigned n = bits(ttbcr, 2, 0);
  ShortStart out;
  if (n == 0 || (va >> (32 - n)) == 0) {
    out.disabled = bit(ttbcr, ttbcr::PD0);
    out.ttbr = ttbr0;
    out.descriptor_address = (ttbr0 & mask32(31, 14 - n)) | (bits(va, 31 - n, 20) << 2);
  } else {
    out.disabled = bit(ttbcr, ttbcr::PD1);
    out.ttbr = ttbr1;
    out.descriptor_address = (ttbr1 & mask32(31, 14)) | (bits(va, 31, 20) << 2);
  }
  return out;
}

// ARM DDI 0406C B4.1.154: IRGN[1:0] is TTBR<0>:TTBR<6>
MemAttr short_walk_attr(u32 ttbr) {
  const auto inner = static_cast<Cacheability>((bits(ttbr, 0, 0) << 1) | bits(ttbr, 6, 6));
  const auto outer = static_cast<Cacheability>(bits(ttbr, 4, 3));
  return normal_attr(inner, outer, bit(ttbr, 1), !bit(ttbr, 5));
}

}  // namespace hypsim
