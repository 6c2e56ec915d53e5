// SPDX-License-Identifier: Apache-2.0
#include "sim/mmu/attributes.h"

#include <algorithm>

namespace hypsim {
namespace {

// A nibble of a MAIR byte with its transient and read-allocate hints dropped: the A15 ignores both.
Cacheability mair_nibble(u32 nibble) {
  const bool write_allocate = bit(nibble, 0);
  if (nibble == 0b0100 || nibble == 0) return Cacheability::NonCacheable;
  if (nibble < 0b0100) return Cacheability::WriteThrough;
  if (nibble >= 0b1000 && nibble < 0b1100) return Cacheability::WriteThrough;
  return write_allocate ? Cacheability::WriteBackAllocate : Cacheability::WriteBackNoAllocate;
}

u32 to_mair_nibble(Cacheability c) {
  switch (c) {
    case Cacheability::NonCacheable: return 0b0100;
    case Cacheability::WriteThrough: return 0b1010;
    case Cacheability::WriteBackNoAllocate: return 0b1110;
    case Cacheability::WriteBackAllocate: return 0b1111;
  }
  return 0b0100;
}

// Two-bit cacheability of stage 2: 01 Non-cacheable, 10 Write-Through, 11 Write-Back.
Cacheability stage2_cacheability(u32 field) {
  switch (field) {
    case 0b10: return Cacheability::WriteThrough;
    case 0b11: return Cacheability::WriteBackAllocate;
    default: return Cacheability::NonCacheable;
  }
}

Cacheability weaker(Cacheability s1, Cacheability s2) {
  if (s1 == Cacheability::NonCacheable || s2 == Cacheability::NonCacheable) return Cacheability::NonCacheable;
  if (s1 == Cacheability::WriteThrough || s2 == Cacheability::WriteThrough) return Cacheability::WriteThrough;
  return s1;  // the allocation hints are stage 1's
}

}  // namespace

MemAttr normal_attr(Cacheability inner, Cacheability outer, bool shareable, bool outer_shareable) {
  const bool uncached = inner == Cacheability::NonCacheable && outer == Cacheability::NonCacheable;
  return {MemType::Normal, inner, outer, shareable || uncached, (shareable && outer_shareable) || uncached};
}

MemAttr strongly_ordered_attr() { return {MemType::StronglyOrdered, {}, {}, true, true}; }
MemAttr device_attr() { return {MemType::Device, {}, {}, true, true}; }

MemAttr normal_attr_sh(Cacheability inner, Cacheability outer, u32 sh) {
  return normal_attr(inner, outer, sh != 0, sh == 0b10);
}

MemAttr decode_tex(u32 tex_c_b, bool s) {
  if (bit(tex_c_b, 4)) {  // TEX[2]: outer in TEX[1:0], inner in C:B
    return normal_attr(static_cast<Cacheability>(bits(tex_c_b, 1, 0)), static_cast<Cacheability>(bits(tex_c_b, 3, 2)),
                       s, s);
  }
  switch (tex_c_b) {
    case 0b00001:
    case 0b01000: return device_attr();  // with LPAE every Device region is shareable
    case 0b00010: return normal_attr(Cacheability::WriteThrough, Cacheability::WriteThrough, s, s);
    case 0b00011: return normal_attr(Cacheability::WriteBackNoAllocate, Cacheability::WriteBackNoAllocate, s, s);
    case 0b00100: return normal_attr(Cacheability::NonCacheable, Cacheability::NonCacheable, s, s);
    case 0b00111: return normal_attr(Cacheability::WriteBackAllocate, Cacheability::WriteBackAllocate, s, s);
    default: return strongly_ordered_attr();  // 0b00000, and the reserved encodings by choice
  }
}

MemAttr decode_tex_remapped(u32 n, bool s, u32 prrr, u32 nmrr) {
  switch (bits(prrr, 2 * n + 1, 2 * n)) {
    case 0b01: return device_attr();
    case 0b10: {
      const bool shareable = bit(prrr, s ? 19 : 18);    // NS1, NS0
      const bool outer_shareable = !bit(prrr, 24 + n);  // NOSn
      return normal_attr(static_cast<Cacheability>(bits(nmrr, 2 * n + 1, 2 * n)),
                         static_cast<Cacheability>(bits(nmrr, 2 * n + 17, 2 * n + 16)), shareable, outer_shareable);
    }
    default: return strongly_ordered_attr();  // 0b00, and 0b11 by choice
  }
}

MemAttr decode_mair(u32 mair0, u32 mair1, u32 attr_index, u32 sh) {
  const u32 reg = bit(attr_index, 2) ? mair1 : mair0;
  const u32 attr = bits(reg >> (8 * (attr_index & 3)), 7, 0);
  const u32 outer = bits(attr, 7, 4), inner = bits(attr, 3, 0);
  if (outer == 0) return inner == 0b0100 ? device_attr() : strongly_ordered_attr();
  return normal_attr_sh(mair_nibble(inner), mair_nibble(outer), sh);
}

MemAttr decode_stage2(u32 mem_attr, u32 sh) {
  const u32 outer = bits(mem_attr, 3, 2), inner = bits(mem_attr, 1, 0);
  if (outer == 0) return inner == 0 ? strongly_ordered_attr() : device_attr();
  return normal_attr_sh(stage2_cacheability(inner), stage2_cacheability(outer), sh);
}

MemAttr combine_stages(const MemAttr& s1, const MemAttr& s2) {
  if (!s1.is_normal() || !s2.is_normal()) {
    return std::min(s1.type, s2.type) == MemType::StronglyOrdered ? strongly_ordered_attr() : device_attr();
  }
  return normal_attr(weaker(s1.inner, s2.inner), weaker(s1.outer, s2.outer), s1.shareable || s2.shareable,
                     s1.outer_shareable || s2.outer_shareable);
}

MemAttr stage1_off_attr(bool fetch, bool instruction_cache_on, bool default_cacheable) {
  if (default_cacheable) {
    return normal_attr(Cacheability::WriteBackAllocate, Cacheability::WriteBackAllocate, false, false);
  }
  if (!fetch) return strongly_ordered_attr();
  const Cacheability c = instruction_cache_on ? Cacheability::WriteThrough : Cacheability::NonCacheable;
  return normal_attr(c, c, false, false);
}

u32 encode_mair(const MemAttr& attr) {
  if (attr.type == MemType::StronglyOrdered) return 0x00;
  if (attr.type == MemType::Device) return 0x04;
  return (to_mair_nibble(attr.outer) << 4) | to_mair_nibble(attr.inner);
}

u32 encode_sh(const MemAttr& attr) { return !attr.shareable ? 0b00 : attr.outer_shareable ? 0b10 : 0b11; }

}  // namespace hypsim
