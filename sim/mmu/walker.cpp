// SPDX-License-Identifier: Apache-2.0
#include "sim/mmu/walker.h"

#include <algorithm>

#include "sim/mmu/attributes.h"
#include "sim/mmu/permissions.h"

namespace hypsim {
namespace {

using namespace tlb_context;

constexpr u32 kWalkCacheContext = kIdentity | kAsid;

constexpr Security security_of(Regime regime) {
  return regime == Regime::Pl10Secure ? Security::Secure : Security::NonSecure;
}

Fault walk_fault(FaultKind kind, unsigned level, const TlbEntry& entry, bool domain_known) {
  Fault fault = stage1_fault(kind, entry);
  fault.level = static_cast<u8>(level);
  fault.domain_valid = domain_known && entry.uses_domain;
  if (!fault.domain_valid) fault.domain = 0;
  return fault;
}

Fault stage2_fault(FaultKind kind, unsigned level, u64 ipa, bool s1ptw) {
  Fault fault;
  fault.kind = kind;
  fault.level = static_cast<u8>(level);
  fault.stage2 = true;
  fault.s1ptw = s1ptw;
  fault.to_hyp = true;
  fault.ipa = IntermAddr(ipa);
  // ARM DDI 0406C B3.13.5: HPFAR is written for translation and access flag faults, and for every fault on a walk
  fault.ipa_valid = s1ptw || kind == FaultKind::Translation || kind == FaultKind::AccessFlag;
  return fault;
}

}  // namespace

bool Walker::read(u64 pa, unsigned size, const MemAttr& attr, Security security, bool is_stage2, bool big_endian,
                  u64& value) {
  ++(is_stage2 ? reads_s2_ : reads_s1_);
  if (stats_) ++(is_stage2 ? stats_->reads_s2 : stats_->reads_s1);
  if (!memory_.read_descriptor(PhysAddr(pa), size, attr, security, is_stage2, value)) return false;
  if (size == 4) value &= 0xFFFF'FFFFu;
  if (big_endian) value = size == 8 ? __builtin_bswap64(value) : __builtin_bswap32(static_cast<u32>(value));
  return true;
}

void Walker::remember(const WalkCacheEntry& entry) {
  if (walk_cache_) walk_cache_->insert(entry);
}

// ---- Stage 2 ----

Fault Walker::stage2(u64 ipa, bool s1ptw, Stage2Leaf& leaf) {
  const Vmid vmid(static_cast<u8>(bits(regs_.vttbr, 55, 48)));
  const u64 page = ipa >> kPageBits;
  // Addresses beyond VTCR's size are refused before anything cached is looked at.
  const LongStart start = long_start_stage2(ipa, regs_.vtcr, regs_.vttbr);
  if (start.fault) return stage2_fault(FaultKind::Translation, 1, ipa, s1ptw);
  if (ipa_cache_) {
    if (const Stage2Leaf* cached = ipa_cache_->find(page, vmid)) {
      if (stats_) ++stats_->ipa_cache_hits;
      leaf = *cached;
      return {};
    }
  }
  if (stats_) ++stats_->walks_s2;

  u64 table = start.base;
  unsigned level = start.level, top = start.start_bit;
  const u32 cache_context = u32{vmid.value} << kVmidShift;
  if (walk_cache_) {
    if (const WalkCacheEntry* cached = walk_cache_->find(true, page, cache_context)) {
      if (stats_) ++stats_->walk_cache_hits;
      table = cached->table;
      level = cached->next_level;
      top = long_level_shift(level) + 8;
    }
  }

  const bool big_endian = bit(regs_.hsctlr, sctlr::EE);
  for (;;) {
    const unsigned shift = long_level_shift(level);
    u64 value = 0;
    if (!read(table | (bits(ipa, top, shift) << 3), 8, start.walk_attr, Security::NonSecure, true, big_endian, value)) {
      return stage2_fault(FaultKind::SyncExternalOnWalk, level, ipa, s1ptw);
    }
    const LongDescriptor d = decode_long(value, level);
    if (d.kind == LongDescriptor::Kind::Invalid) return stage2_fault(FaultKind::Translation, level, ipa, s1ptw);
    if (d.kind == LongDescriptor::Kind::Table) {
      table = d.base;
      ++level;
      top = shift - 1;
      WalkCacheEntry e;
      e.table = table;
      e.input_page = page;
      e.context = cache_context;
      e.shift = static_cast<u8>(shift);
      e.next_level = static_cast<u8>(level);
      e.stage2 = true;
      remember(e);
      continue;
    }
    if (!d.af) return stage2_fault(FaultKind::AccessFlag, level, ipa, s1ptw);
    leaf.shift = static_cast<u8>(shift);
    leaf.level = static_cast<u8>(level);
    leaf.pa_page = d.base >> kPageBits;
    leaf.ipa_page = (page >> (shift - kPageBits)) << (shift - kPageBits);
    // ARM DDI 0406C B3.7.3: execution needs read permission as well
    leaf.rights = static_cast<u8>((d.readable ? kRightRead : 0) | (d.writable ? kRightWrite : 0) |
                                  (d.readable && !d.xn ? kRightFetch : 0));
    leaf.attr = decode_stage2(d.mem_attr, d.sh);
    if (ipa_cache_) ipa_cache_->insert(leaf, vmid);
    return {};
  }
}

Fault Walker::locate(u64 address, const MemAttr& attr, u32 ctx, Table& out) {
  out = {address, attr, false};
  if (!(ctx & kStage2)) return {};
  Stage2Leaf leaf;
  if (Fault fault = stage2(address, true, leaf)) return fault;
  const bool device = !leaf.attr.is_normal();
  // HCR.PTW: a walk must not touch memory that stage 2 makes Device. ARM DDI 0406C B4.1.65
  if (!(leaf.rights & kRightRead) || (device && bit(regs_.hcr, hcr::PTW))) {
    return stage2_fault(FaultKind::Permission, leaf.level, address, true);
  }
  out.address = (leaf.pa_page << kPageBits) | (address & mask64(leaf.shift - 1, 0));
  out.attr = combine_stages(attr, leaf.attr);
  out.stage2_device = device;
  return {};
}

/// A table that HCR.PTW has come to forbid is looked up again, and refused there.
const WalkCacheEntry* Walker::cached_table(u32 va, u32 ctx) {
  if (!walk_cache_) return nullptr;
  const WalkCacheEntry* found = walk_cache_->find(false, va >> kPageBits, ctx & kWalkCacheContext);
  if (!found || (found->stage2_device && bit(regs_.hcr, hcr::PTW))) return nullptr;
  if (stats_) ++stats_->walk_cache_hits;
  return found;
}

// ---- Stage 1, short descriptors ----

void Walker::short_leaf(const ShortLeaf& leaf, TlbEntry& entry) const {
  const Security bank = security_of(regime_of(entry.context));
  const u32 control = regs_.sctlr[bank];
  entry.ap = leaf.ap;
  entry.xn = leaf.xn;
  entry.global = !leaf.ng;
  entry.page_shift = entry.s1_shift = leaf.shift;
  entry.ipa_page = static_cast<u32>(leaf.base >> kPageBits);
  entry.attr = bit(control, sctlr::TRE)
                   ? decode_tex_remapped(leaf.tex_c_b & 7u, leaf.s, regs_.mair0[bank], regs_.mair1[bank])
                   : decode_tex(leaf.tex_c_b, leaf.s);
}

Fault Walker::short_second_level(u32 va, const Table& table, u8 domain, Inherited up, TlbEntry& entry) {
  const Security bank = security_of(regime_of(entry.context));
  entry.domain = domain;
  u64 value = 0;
  if (!read(table.address | (bits(va, 19, 12) << 2), 4, table.attr, bank, false, bit(regs_.sctlr[bank], sctlr::EE),
            value)) {
    return walk_fault(FaultKind::SyncExternalOnWalk, 2, entry, true);
  }
  const ShortSecondLevel d = decode_short_second_level(static_cast<u32>(value));
  if (!d.valid) return walk_fault(FaultKind::Translation, 2, entry, true);
  short_leaf(d.leaf, entry);
  entry.s1_level = 2;
  entry.pxn = up.pxn;
  entry.pa_security = bank == Security::Secure && !up.ns ? Security::Secure : Security::NonSecure;
  return access_flag_clear(entry) ? walk_fault(FaultKind::AccessFlag, 2, entry, true) : Fault{};
}

Fault Walker::stage1_short(u32 va, u32 ctx, TlbEntry& entry) {
  const Security bank = security_of(regime_of(ctx));
  entry.uses_domain = true;
  // TTBCR.PD0 and PD1 forbid the walk, wherever it would start.
  const ShortStart start =
      short_walk_start(va, regs_.ttbcr[bank], static_cast<u32>(regs_.ttbr0[bank]), static_cast<u32>(regs_.ttbr1[bank]));
  if (start.disabled) return walk_fault(FaultKind::Translation, 1, entry, false);
  if (const WalkCacheEntry* c = cached_table(va, ctx)) {
    Inherited up;
    up.ns = c->ns;
    up.pxn = c->pxn;
    return short_second_level(va, {c->table, c->table_attr, c->stage2_device}, c->domain, up, entry);
  }

  const MemAttr attr = short_walk_attr(start.ttbr);
  Table first;
  if (Fault fault = locate(start.descriptor_address, attr, ctx, first)) return fault;
  u64 value = 0;
  if (!read(first.address, 4, first.attr, bank, false, bit(regs_.sctlr[bank], sctlr::EE), value)) {
    return walk_fault(FaultKind::SyncExternalOnWalk, 1, entry, false);
  }
  const ShortFirstLevel d = decode_short_first_level(static_cast<u32>(value));
  if (d.kind == ShortFirstLevel::Kind::Invalid) return walk_fault(FaultKind::Translation, 1, entry, false);

  if (d.kind == ShortFirstLevel::Kind::Table) {
    Table second;
    if (Fault fault = locate(d.table, attr, ctx, second)) return fault;
    WalkCacheEntry e;
    e.table = second.address;
    e.table_attr = second.attr;
    e.stage2_device = first.stage2_device || second.stage2_device;
    e.input_page = va >> kPageBits;
    e.context = ctx & kWalkCacheContext;
    e.shift = 20;
    e.next_level = 2;
    e.domain = d.domain;
    e.ns = d.ns;
    e.pxn = d.pxn;
    remember(e);
    Inherited up;
    up.ns = d.ns;
    up.pxn = d.pxn;
    return short_second_level(va, second, d.domain, up, entry);
  }

  entry.domain = d.leaf.domain;
  short_leaf(d.leaf, entry);
  entry.s1_level = 1;
  entry.pxn = d.leaf.pxn;
  entry.pa_security = bank == Security::Secure && !d.leaf.ns ? Security::Secure : Security::NonSecure;
  return access_flag_clear(entry) ? walk_fault(FaultKind::AccessFlag, 1, entry, true) : Fault{};
}

// ---- Stage 1, long descriptors ----

void Walker::long_leaf(const LongDescriptor& d, unsigned level, const Inherited& up, TlbEntry& entry) const {
  const Regime regime = regime_of(entry.context);
  const Security bank = security_of(regime);
  const bool hyp = regime == Regime::Hyp;
  entry.s1_level = static_cast<u8>(level);
  entry.page_shift = entry.s1_shift = static_cast<u8>(long_level_shift(level));
  entry.ipa_page = static_cast<u32>(d.base >> kPageBits);
  entry.ap = static_cast<u8>(d.ap | 1 | (up.no_write ? 4 : 0));
  if (up.no_user) entry.ap &= static_cast<u8>(~2);
  entry.xn = d.xn || up.xn;
  entry.pxn = d.pxn || up.pxn;
  const bool secure_output = bank == Security::Secure && !up.ns && !d.ns;
  entry.pa_security = secure_output ? Security::Secure : Security::NonSecure;
  // Below a table marked Non-secure a Secure mapping is never global; Hyp has no ASIDs at all.
  entry.global = hyp || !(d.ng || (bank == Security::Secure && up.ns));
  entry.attr = hyp ? decode_mair(regs_.hmair0, regs_.hmair1, d.attr_index, d.sh)
                   : decode_mair(regs_.mair0[bank], regs_.mair1[bank], d.attr_index, d.sh);
}

Fault Walker::stage1_long(u32 va, u32 ctx, TlbEntry& entry) {
  const Regime regime = regime_of(ctx);
  const Security bank = security_of(regime);
  const LongStart start = regime == Regime::Hyp
                              ? long_start_hyp(va, regs_.htcr, regs_.httbr)
                              : long_start_pl10(va, regs_.ttbcr[bank], regs_.ttbr0[bank], regs_.ttbr1[bank]);
  if (start.fault) return walk_fault(FaultKind::Translation, 1, entry, false);

  unsigned level = start.level, top = start.start_bit;
  u64 base = start.base;  // of the table, before stage 2
  Table table;
  Inherited up;
  bool located = false;
  if (const WalkCacheEntry* c = cached_table(va, ctx)) {
    table = {c->table, c->table_attr, c->stage2_device};
    level = c->next_level;
    top = long_level_shift(level) + 8;
    up = {c->ns, c->no_write, c->no_user, c->xn, c->pxn, c->stage2_device};
    located = true;
  }

  const bool big_endian = bit(regime == Regime::Hyp ? regs_.hsctlr : regs_.sctlr[bank], sctlr::EE);
  for (;;) {
    const unsigned shift = long_level_shift(level);
    const u64 offset = u64{bits(va, top, shift)} << 3;
    if (!located) {
      if (Fault fault = locate(base | offset, start.walk_attr, ctx, table)) return fault;
    } else {
      table.address |= offset;
    }
    const Security side = bank == Security::Secure && !up.ns ? Security::Secure : Security::NonSecure;
    u64 value = 0;
    if (!read(table.address, 8, table.attr, side, false, big_endian, value)) {
      return walk_fault(FaultKind::SyncExternalOnWalk, level, entry, false);
    }
    const LongDescriptor d = decode_long(value, level);
    if (d.kind == LongDescriptor::Kind::Invalid) return walk_fault(FaultKind::Translation, level, entry, false);
    if (d.kind == LongDescriptor::Kind::Leaf) {
      long_leaf(d, level, up, entry);
      return d.af ? Fault{} : walk_fault(FaultKind::AccessFlag, level, entry, false);
    }

    up.stage2_device |= table.stage2_device;
    up.ns |= d.ns_table;
    up.no_write |= d.no_write;
    up.xn |= d.xn_table;
    if (regime != Regime::Hyp) {  // APTable[0] and PXNTable mean nothing to Hyp
      up.no_user |= d.no_user;
      up.pxn |= d.pxn_table;
    }
    // A table is one 4 KB page, so one stage-2 translation serves every descriptor in it.
    if (Fault fault = locate(d.base, start.walk_attr, ctx, table)) {
      // HPFAR names the page only, so the table's base reports the same as the descriptor's own address.
      return fault;
    }
    located = true;
    ++level;
    top = shift - 1;
    WalkCacheEntry e;
    e.table = table.address;
    e.table_attr = table.attr;
    e.stage2_device = up.stage2_device || table.stage2_device;
    e.input_page = va >> kPageBits;
    e.context = ctx & kWalkCacheContext;
    e.shift = static_cast<u8>(shift);
    e.next_level = static_cast<u8>(level);
    e.ns = up.ns;
    e.no_write = up.no_write;
    e.no_user = up.no_user;
    e.xn = up.xn;
    e.pxn = up.pxn;
    remember(e);
  }
}

// ---- Both stages ----

Fault Walker::resolve(const MmuAccess& access, bool to_pa, TlbEntry& entry) {
  const u32 ctx = access.ctx;
  const Regime regime = access.regime();
  const u32 page = access.page();
  entry = {};
  entry.context = ctx;

  if (ctx & kStage1) {
    if (stats_) ++stats_->walks_s1;
    const Fault fault = ctx & kLongFormat ? stage1_long(access.va, ctx, entry) : stage1_short(access.va, ctx, entry);
    if (fault) return fault;
  } else {
    entry.page_shift = 32;  // flat: stage 2, or the caller, gives it its size
    entry.ap = 3;
    entry.global = true;
    entry.attr =
        stage1_off_attr(access.kind == AccessKind::Fetch, (ctx & kIcache) != 0, (ctx & kDefaultCacheable) != 0);
    entry.pa_security = security_of(regime);
  }
  entry.s1_type = entry.attr.type;
  entry.context_mask = kIdentity | (entry.global ? 0 : kAsid) | (ctx & kStage1 ? 0 : kStage1Off);

  // Offset of the page inside the stage-1 page
  const u32 s1_offset = page & static_cast<u32>(mask64(entry.page_shift - 1u, 0) >> kPageBits);
  u32 ipa_page = entry.ipa_page | s1_offset;
  u32 pa_page = ipa_page;
  if (to_pa && (ctx & kStage2)) {
    evaluate_permissions(entry);
    if (Fault fault = check_stage1(entry, access)) return fault;
    Stage2Leaf leaf;
    const u64 ipa = (u64{ipa_page} << kPageBits) | (access.va & kPageMask);
    if (Fault fault = stage2(ipa, false, leaf)) return fault;
    const u32 leaf_mask = static_cast<u32>(mask64(leaf.shift - 1u, 0) >> kPageBits);
    pa_page = static_cast<u32>(leaf.pa_page) | (ipa_page & leaf_mask);
    entry.page_shift = std::min(entry.page_shift, leaf.shift);
    entry.s2_level = leaf.level;
    entry.s2_rights = leaf.rights;
    entry.attr = combine_stages(entry.attr, leaf.attr);
  }
  if (entry.page_shift == 32) entry.page_shift = kPageBits;
  if (!(ctx & kStage1)) entry.s1_shift = entry.page_shift;
  const u32 mask = static_cast<u32>(mask64(entry.page_shift - 1u, 0) >> kPageBits);
  entry.va_page = page & ~mask;
  entry.ipa_page = ipa_page & ~mask;
  entry.pa_page = pa_page & ~mask;
  evaluate_permissions(entry);
  return {};
}

}  // namespace hypsim
