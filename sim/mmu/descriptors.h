// SPDX-License-Identifier: Apache-2.0
// Descriptors as fields: pure functions of the descriptor's value. ARM DDI 0406C B3.5, B3.6
#pragma once

#include "sim/base/system_registers.h"

namespace hypsim {

// ---- Short-descriptor format ----

/// First- and second-level descriptors that end a walk.
struct ShortLeaf {
  u64 base = 0;    ///< output address of the first byte
  u8 shift = 12;   ///< log2 of the size: 12, 16, 20 or 24
  u8 ap = 0;       ///< AP[2:0]
  u8 tex_c_b = 0;  ///< TEX[2:0]:C:B
  u8 domain = 0;   ///< sections only; 0 for supersections; pages have their table's
  bool s = false, ng = false, xn = false, pxn = false, ns = false;  // pxn and ns: sections only
};

struct ShortFirstLevel {
  enum class Kind : u8 { Invalid, Table, Leaf } kind = Kind::Invalid;
  u32 table = 0;     ///< Table: address of the second-level table
  u8 domain = 0;     ///< Table
  bool ns = false;   ///< Table
  bool pxn = false;  ///< Table
  ShortLeaf leaf;    ///< Leaf: section or supersection
};
ShortFirstLevel decode_short_first_level(u32 descriptor);

struct ShortSecondLevel {
  bool valid = false;
  ShortLeaf leaf;
};
ShortSecondLevel decode_short_second_level(u32 descriptor);

/// Where a short-descriptor walk starts.
struct ShortStart {
  bool disabled = false;  ///< TTBCR.PD0/PD1: translation fault, first level
  u32 descriptor_address = 0;
  u32 ttbr = 0;  ///< the TTBR used, for its walk attributes
};
ShortStart short_walk_start(u32 va, u32 ttbcr, u32 ttbr0, u32 ttbr1);
/// Attributes of the walk's accesses from TTBRn.{IRGN,RGN,S,NOS}.
MemAttr short_walk_attr(u32 ttbr);

// ---- Long-descriptor format ----

/// Where a long-descriptor walk starts, for either stage.
struct LongStart {
  bool fault = false;  ///< outside every region, or the region is disabled: translation fault, level 1
  u64 base = 0;        ///< of the first table (or of the concatenated tables)
  u8 level = 1;
  u8 start_bit = 31;  ///< highest input address bit that indexes the first table
  MemAttr walk_attr;
};
LongStart long_start_pl10(u32 va, u32 ttbcr, u64 ttbr0, u64 ttbr1);
LongStart long_start_hyp(u32 va, u32 htcr, u64 httbr);
LongStart long_start_stage2(u64 ipa, u32 vtcr, u64 vttbr);

/// log2 of what one descriptor of `level` maps: 30, 21 or 12.
constexpr unsigned long_level_shift(unsigned level) { return 39 - 9 * level; }

struct LongDescriptor {
  enum class Kind : u8 { Invalid, Table, Leaf } kind = Kind::Invalid;
  u64 base = 0;  ///< next table, or output address of the block or page
  // Table, stage 1
  bool ns_table = false, no_write = false, no_user = false, xn_table = false, pxn_table = false;
  // Leaf, stage 1
  u8 attr_index = 0;
  u8 ap = 0;  ///< AP[2:1] in bits 2:1
  u8 sh = 0;
  bool ns = false, af = false, ng = false, pxn = false, xn = false;
  // Leaf, stage 2 (sh, af and xn as above)
  u8 mem_attr = 0;
  bool readable = false, writable = false;
};
LongDescriptor decode_long(u64 descriptor, unsigned level);

}  // namespace hypsim
