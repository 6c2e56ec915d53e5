// SPDX-License-Identifier: Apache-2.0
// The translation table walker. ARM DDI 0406C B3.5.5, B3.6.6
#pragma once

#include "sim/mmu/descriptors.h"
#include "sim/mmu/mmu.h"
#include "sim/mmu/tlb.h"

namespace hypsim {

class Walker {
 public:
  /// Without caches and statistics (null) a walk has no effect but its reads: what probe() needs.
  Walker(const SystemRegisters& regs, WalkMemory& memory, WalkCache* walk_cache, IpaCache* ipa_cache, MmuStats* stats)
      : regs_(regs), memory_(memory), walk_cache_(walk_cache), ipa_cache_(ipa_cache), stats_(stats) {}

  /// Builds the entry for an access: stage 1 (or its absence), then, if `to_pa` and stage 2 is on, stage 2. With stage
  /// 2 to come, what stage 1 has against the access is found first; otherwise the checks are left to the caller. A
  /// returned fault leaves `entry` unusable.
  Fault resolve(const MmuAccess& access, bool to_pa, TlbEntry& entry);

  u8 reads_s1() const { return reads_s1_; }
  u8 reads_s2() const { return reads_s2_; }

 private:
  /// A table as the walker reads it: physical, with the attributes both stages give it.
  struct Table {
    u64 address = 0;
    MemAttr attr;
    bool stage2_device = false;  ///< stage 2 makes it other than Normal: HCR.PTW's business
  };
  /// What the tables above a stage-1 descriptor decided.
  struct Inherited {
    bool ns = false, no_write = false, no_user = false, xn = false, pxn = false;
    bool stage2_device = false;  ///< one of them was read from what stage 2 makes other than Normal memory
  };

  Fault stage1_short(u32 va, u32 ctx, TlbEntry& entry);
  Fault stage1_long(u32 va, u32 ctx, TlbEntry& entry);
  Fault short_second_level(u32 va, const Table& table, u8 domain, Inherited up, TlbEntry& entry);
  void short_leaf(const ShortLeaf& leaf, TlbEntry& entry) const;
  void long_leaf(const LongDescriptor& d, unsigned level, const Inherited& up, TlbEntry& entry) const;
  Fault stage2(u64 ipa, bool s1ptw, Stage2Leaf& leaf);
  /// Where a stage-1 descriptor address lies in physical memory.
  Fault locate(u64 address, const MemAttr& attr, u32 ctx, Table& out);
  bool read(u64 pa, unsigned size, const MemAttr& attr, Security security, bool is_stage2, bool big_endian, u64& value);
  /// Where the walk for `va` may start, or null: at its beginning.
  const WalkCacheEntry* cached_table(u32 va, u32 ctx);
  void remember(const WalkCacheEntry& entry);

  const SystemRegisters& regs_;
  WalkMemory& memory_;
  WalkCache* walk_cache_;
  IpaCache* ipa_cache_;
  MmuStats* stats_;
  u8 reads_s1_ = 0, reads_s2_ = 0;
};

}  // namespace hypsim
