// SPDX-License-Identifier: Apache-2.0
#include "sim/mmu/mmu.h"

#include <string>

#include "sim/base/error.h"
#include "sim/mmu/attributes.h"
#include "sim/mmu/permissions.h"
#include "sim/mmu/shadow.h"
#include "sim/mmu/tlb.h"
#include "sim/mmu/walker.h"

namespace hypsim {
namespace {

using namespace tlb_context;

constexpr unsigned kFlatEntries = 64;  // host bookkeeping only: no hardware structure answers with both stages off

constexpr Security security_of(Regime regime) {
  return regime == Regime::Pl10Secure ? Security::Secure : Security::NonSecure;
}

constexpr unsigned side_of(AccessKind kind) {
  return kind == AccessKind::Fetch ? 0 : kind == AccessKind::Write ? 2 : 1;
}

void require(bool good, const char* field, unsigned value, const char* remedy) {
  if (!good) throw InputError("tlb: " + std::string(field) + " = " + std::to_string(value) + ": " + remedy);
}

const MmuConfig& checked(const MmuConfig& c) {
  constexpr const char* kL1Remedy = "use 1 to 4096 entries";
  require(c.l1_instruction >= 1 && c.l1_instruction <= 4096, "l1_instruction", c.l1_instruction, kL1Remedy);
  require(c.l1_load >= 1 && c.l1_load <= 4096, "l1_load", c.l1_load, kL1Remedy);
  require(c.l1_store >= 1 && c.l1_store <= 4096, "l1_store", c.l1_store, kL1Remedy);
  require(c.l2_ways >= 1 && c.l2_ways <= 64, "l2_ways", c.l2_ways, "use 1 to 64 ways");
  const unsigned sets = c.l2 / c.l2_ways;
  require(c.l2 <= 65536 && sets >= 1 && sets * c.l2_ways == c.l2 && (sets & (sets - 1)) == 0, "l2", c.l2,
          "use l2_ways times a power of two, at most 65536 entries");
  require(c.walk_cache <= 1024, "walk_cache", c.walk_cache, "use 0 to 1024 entries");
  require(c.ipa_cache <= 1024, "ipa_cache", c.ipa_cache, "use 0 to 1024 entries");
  return c;
}

// The 4 KB entry for `page` broken off a larger one, its permissions judged under the controls of this access.
TlbEntry fracture(const TlbEntry& large, u32 page, u32 ctx) {
  TlbEntry e = large;
  const u32 offset = page - large.va_page;
  e.source_shift = large.page_shift;
  e.page_shift = kPageBits;
  e.va_page = page;
  e.pa_page += offset;
  e.ipa_page += offset;
  e.context = ctx;
  e.context_mask |= kAccessControls;
  e.valid = true;
  evaluate_permissions(e);
  return e;
}

// The entry of an access with both stages off.
TlbEntry flat_entry(u32 page, Regime regime, u32 ctx) {
  TlbEntry e;
  e.context = ctx;
  e.context_mask = kIdentity | kStage1Off | kAccessControls;
  e.va_page = e.pa_page = e.ipa_page = page;
  e.ap = 3;
  e.global = true;
  e.attr = stage1_off_attr((ctx & kFetch) != 0, (ctx & kIcache) != 0, false);
  e.s1_type = e.attr.type;
  e.pa_security = security_of(regime);
  e.valid = true;
  evaluate_permissions(e);
  return e;
}

Translation check(const TlbEntry& entry, const MmuAccess& access) {
  Translation t;
  t.entry = &entry;
  t.pa = PhysAddr((u64{entry.pa_page} << kPageBits) | (access.va & kPageMask));
  t.attr = entry.attr;
  t.pa_security = entry.pa_security;
  t.page_mask = (1u << entry.source_shift) - 1;
  t.rights = effective_rights(entry, access.dacr, access.privileged);
  if (access.aligned && (t.rights & access.need()) != 0) return t;
  t.fault = check_stage1(entry, access);
  if (!t.fault) t.fault = check_stage2(entry, access, (u64{entry.ipa_page} << kPageBits) | (access.va & kPageMask));
  return t;
}

// Walks by probe() read through the caller's function.
struct ProbeMemory final : WalkMemory {
  explicit ProbeMemory(const Mmu::RawRead& r) : raw(r) {}
  bool read_descriptor(PhysAddr pa, unsigned size, const MemAttr&, Security security, bool, u64& value) override {
    return raw(pa, size, security, value);
  }
  const Mmu::RawRead& raw;
};

}  // namespace

Mmu::Mmu(const SystemRegisters& regs, WalkMemory& memory, const MmuConfig& config)
    : regs_(regs),
      memory_(memory),
      l1_{std::make_unique<L1Tlb>(checked(config).l1_instruction), std::make_unique<L1Tlb>(config.l1_load),
          std::make_unique<L1Tlb>(config.l1_store)},
      flat_{std::make_unique<L1Tlb>(kFlatEntries), std::make_unique<L1Tlb>(kFlatEntries),
            std::make_unique<L1Tlb>(kFlatEntries)},
      l2_(std::make_unique<L2Tlb>(config.l2, config.l2_ways)),
      walk_cache_(std::make_unique<WalkCache>(config.walk_cache)),
      ipa_cache_(std::make_unique<IpaCache>(config.ipa_cache)) {}

Mmu::~Mmu() = default;

// ---- Controls ----

bool Mmu::stage1_on(Regime regime) const {
  if (regime == Regime::Hyp) return bit(regs_.hsctlr, sctlr::M);
  if (regime == Regime::Pl10Secure) return bit(regs_.sctlr[Security::Secure], sctlr::M);
  // HCR.TGE and HCR.DC make SCTLR.M behave as 0. ARM DDI 0406C B4.1.65
  return bit(regs_.sctlr[Security::NonSecure], sctlr::M) && !bit(regs_.hcr, hcr::TGE) && !bit(regs_.hcr, hcr::DC);
}

bool Mmu::stage2_on(Regime regime) const {
  return regime == Regime::Pl10NonSecure && (bit(regs_.hcr, hcr::VM) || bit(regs_.hcr, hcr::DC));
}

bool Mmu::long_format(Regime regime) const {
  return regime == Regime::Hyp || bit(regs_.ttbcr[security_of(regime)], ttbcr::EAE);
}

Vmid Mmu::current_vmid() const { return Vmid(static_cast<u8>(bits(regs_.vttbr, 55, 48))); }

Asid Mmu::current_asid(Regime regime) const {
  if (regime == Regime::Hyp) return Asid(0);
  const Security bank = security_of(regime);
  const u32 control = regs_.ttbcr[bank];
  if (!bit(control, ttbcr::EAE)) return Asid(static_cast<u8>(regs_.contextidr[bank]));
  const u64 ttbr = bit(control, ttbcr::A1) ? regs_.ttbr1[bank] : regs_.ttbr0[bank];
  return Asid(static_cast<u8>(bits(ttbr, 55, 48)));
}

u32 Mmu::dacr(Regime regime) const { return regs_.dacr[security_of(regime)]; }

u32 Mmu::context(Regime regime, bool fetch) const {
  const bool hyp = regime == Regime::Hyp;
  const u32 control = hyp ? regs_.hsctlr : regs_.sctlr[security_of(regime)];
  u32 ctx = static_cast<u32>(regime) << kRegimeShift;
  ctx |= u32{current_asid(regime).value} << kAsidShift;
  if (long_format(regime)) ctx |= kLongFormat;
  if (stage1_on(regime)) {
    ctx |= kStage1;
    if (bit(control, sctlr::WXN)) ctx |= kWxn;
    if (!hyp && bit(control, sctlr::AFE)) ctx |= kAfe;
    if (!hyp && bit(control, sctlr::UWXN)) ctx |= kUwxn;
  } else if (fetch) {
    ctx |= kFetch;
    if (bit(control, sctlr::I)) ctx |= kIcache;
  }
  if (regime == Regime::Pl10NonSecure) {
    // The A15 tags by VTTBR.VMID whether or not HCR.VM is set.
    ctx |= u32{current_vmid().value} << kVmidShift;
    if (stage2_on(regime)) ctx |= kStage2;
    if (bit(regs_.hcr, hcr::DC)) ctx |= kDefaultCacheable;
  } else if (regime == Regime::Pl10Secure && bit(regs_.scr, scr::SIF)) {
    ctx |= kSif;
  }
  return ctx;
}

// ---- Translation ----

Translation Mmu::translate(VirtAddr va, AccessKind kind, Regime regime, bool privileged, bool aligned) {
  const MmuAccess access{va.value, kind, context(regime, kind == AccessKind::Fetch), privileged, aligned, dacr(regime)};
  const u32 ctx = access.ctx, page = access.page();
  const unsigned side = side_of(kind);
  if (!(ctx & (kStage1 | kStage2))) {
    const TlbEntry* entry = flat_[side]->find(page, ctx);
    if (!entry) entry = &flat_[side]->insert(flat_entry(page, regime, ctx));
    return check(*entry, access);
  }
  Translation t;
  if (const TlbEntry* entry = l1_[side]->find(page, ctx)) {
    ++stats_.l1_hits[side];
    t = check(*entry, access);
  } else {
    ++stats_.l1_misses[side];
    t = fill(access);
  }
  stats_.faults += !t.ok();
  return t;
}

Translation Mmu::fill(const MmuAccess& access) {
  if (shadow_ && shadow_->following) return fill_both(access);
  return fill_from(access, memory_);
}

/// Fills the TLBs and their shadow, and says what the shadow would have needed.
Translation Mmu::fill_both(const MmuAccess& access) {
  RecordedMemory memory(memory_);
  Translation t = fill_from(access, memory);
  const u32 ctx = access.ctx, page = access.page();
  L1Tlb& l1 = shadow_->l1[side_of(access.kind)];
  t.shadowed = true;
  if (l1.find(page, ctx)) {
    t.unswitched = TlbLevel::L1;
  } else if (const TlbEntry* large = shadow_->l2.find(page, ctx)) {
    t.unswitched = TlbLevel::L2;
    l1.insert(fracture(*large, page, ctx));
  } else if (t.hit == TlbLevel::Walk) {
    memory.replay();
    Walker walker(regs_, memory, &shadow_->walk_cache, &shadow_->ipa_cache, nullptr);
    TlbEntry entry;
    const Fault fault = walker.resolve(access, true, entry);
    t.unswitched_reads_s1 = walker.reads_s1();
    t.unswitched_reads_s2 = walker.reads_s2();
    if (!fault) {
      shadow_->l2.insert(entry);
      l1.insert(fracture(entry, page, ctx));
    }
  } else if (const TlbEntry* found = l2_->find(page, ctx)) {
    // It came during the switch; without it there would have been a walk.
    shadow_->l2.insert(*found);
    l1.insert(fracture(*found, page, ctx));
  }
  return t;
}

Translation Mmu::fill_from(const MmuAccess& access, WalkMemory& memory) {
  const u32 ctx = access.ctx, page = access.page();
  L1Tlb& l1 = *l1_[side_of(access.kind)];
  Translation failed;
  if (const TlbEntry* large = l2_->find(page, ctx)) {
    ++stats_.l2_hits;
    const TlbEntry entry = fracture(*large, page, ctx);
    if (access_flag_clear(entry)) {
      failed.hit = TlbLevel::L2;
      failed.fault = stage1_fault(FaultKind::AccessFlag, entry);
      return failed;
    }
    Translation t = check(l1.insert(entry), access);
    t.hit = TlbLevel::L2;
    return t;
  }

  ++stats_.l2_misses;
  Walker walker(regs_, memory, walk_cache_.get(), ipa_cache_.get(), &stats_);
  TlbEntry entry;
  failed.fault = walker.resolve(access, true, entry);
  failed.hit = TlbLevel::Walk;
  failed.walk_reads_s1 = walker.reads_s1();
  failed.walk_reads_s2 = walker.reads_s2();
  if (failed.fault) return failed;
  l2_->insert(entry);
  Translation t = check(l1.insert(fracture(entry, page, ctx)), access);
  t.hit = TlbLevel::Walk;
  t.walk_reads_s1 = walker.reads_s1();
  t.walk_reads_s2 = walker.reads_s2();
  return t;
}

Translation Mmu::probe(VirtAddr va, AccessKind kind, Regime regime, bool privileged, const RawRead& read) const {
  const MmuAccess access{va.value, kind, context(regime, kind == AccessKind::Fetch), privileged, true, dacr(regime)};
  const u32 ctx = access.ctx, page = access.page();
  Translation t;
  TlbEntry entry;
  if (!(ctx & (kStage1 | kStage2))) {
    entry = flat_entry(page, regime, ctx);
  } else if (const TlbEntry* near = l1_[side_of(kind)]->find(page, ctx)) {
    entry = *near;
  } else if (const TlbEntry* large = l2_->find(page, ctx)) {
    entry = fracture(*large, page, ctx);
    t.hit = TlbLevel::L2;
  } else {
    ProbeMemory memory(read);
    Walker walker(regs_, memory, nullptr, nullptr, nullptr);
    t.fault = walker.resolve(access, true, entry);
    t.hit = TlbLevel::Walk;
    t.walk_reads_s1 = walker.reads_s1();
    t.walk_reads_s2 = walker.reads_s2();
    if (t.fault) return t;
    entry = fracture(entry, page, ctx);
  }
  if (access_flag_clear(entry)) {
    t.fault = stage1_fault(FaultKind::AccessFlag, entry);
    return t;
  }
  const TlbLevel hit = t.hit;
  const u8 reads_s1 = t.walk_reads_s1, reads_s2 = t.walk_reads_s2;
  t = check(entry, access);
  t.entry = nullptr;
  t.hit = hit;
  t.walk_reads_s1 = reads_s1;
  t.walk_reads_s2 = reads_s2;
  return t;
}

// ---- Maintenance ----

unsigned Mmu::maintain(const TlbMaintenance& op) {
  const TlbOpTarget target = tlb_op_row(op.op).target;
  const TlbMatcher match(op);
  unsigned dropped = 0;
  if (target != TlbOpTarget::Data) dropped += l1_[0]->maintain(match);
  if (target != TlbOpTarget::Instruction) dropped += l1_[1]->maintain(match) + l1_[2]->maintain(match);
  if (shadow_ && shadow_->following) shadow_->maintain(op);
  dropped += l2_->maintain(match) + walk_cache_->maintain(match) + ipa_cache_->maintain(match);
  ++stats_.maintenance_ops;
  stats_.maintenance_dropped += dropped;
  return dropped;
}

void Mmu::begin_switch() {
  if (!shadow_) {
    shadow_.reset(new TlbShadow{{*l1_[0], *l1_[1], *l1_[2]}, *l2_, *walk_cache_, *ipa_cache_});
    return;
  }
  for (unsigned side = 0; side < 3; ++side) shadow_->l1[side] = *l1_[side];
  shadow_->l2 = *l2_;
  shadow_->walk_cache = *walk_cache_;
  shadow_->ipa_cache = *ipa_cache_;
  shadow_->following = false;
}

void Mmu::end_switch() {
  if (shadow_) shadow_->following = true;
}

void Mmu::forget_switch() { shadow_.reset(); }

void Mmu::reset() {
  forget_switch();
  for (auto& tlb : l1_) tlb->clear();
  for (auto& tlb : flat_) tlb->clear();
  l2_->clear();
  walk_cache_->clear();
  ipa_cache_->clear();
  clear_stats();
}

unsigned Mmu::l1_valid() const { return l1_[0]->valid_count() + l1_[1]->valid_count() + l1_[2]->valid_count(); }
unsigned Mmu::l2_valid() const { return l2_->valid_count(); }

}  // namespace hypsim
