// SPDX-License-Identifier: Apache-2.0
// What the TLBs hold, under which tags, and when a stamp moves.
#include "sim/mmu/tlb.h"
#include "sim/base/error.h"
#include "tests/mmu/mmu_fixture.h"

namespace hypsim::test {
namespace {

TEST_F(MmuTest, LevelsAnswerInTurn) {
  short_on();
  section(0x0050'0000, 0x4000'0000);
  EXPECT_EQ(rd(0x0050'0000).hit, TlbLevel::Walk);
  EXPECT_EQ(rd(0x0050'0FFC).hit, TlbLevel::L1);
  EXPECT_EQ(rd(0x0050'1000).hit, TlbLevel::L2);  // the same section, another 4 KB
  EXPECT_EQ(wr(0x0050'0000).hit, TlbLevel::L2);  // stores have their own L1
  EXPECT_EQ(ex(0x0050'0000).hit, TlbLevel::L2);
  EXPECT_EQ(wr(0x0050'0000).hit, TlbLevel::L1);
  EXPECT_EQ(mmu.l1_valid(), 4u);
  EXPECT_EQ(mmu.l2_valid(), 1u);
  const MmuStats& s = mmu.stats();
  EXPECT_EQ(s.l1_hits[0] + s.l1_hits[1] + s.l1_hits[2], 2u);
  EXPECT_EQ(s.l1_misses[1], 2u);
  EXPECT_EQ(s.l2_hits, 3u);
  EXPECT_EQ(s.l2_misses, 1u);
  EXPECT_EQ(s.walks_s1, 1u);
  EXPECT_EQ(s.reads_s1, 1u);
}

TEST_F(MmuTest, StaleEntriesPersistWithoutTlbi) {
  short_on();
  small(0x0050'0000, 0x4000'0000);
  EXPECT_PA(rd(0x0050'0000), 0x4000'0000);
  small(0x0050'0000, 0x7000'0000);
  EXPECT_PA(rd(0x0050'0000), 0x4000'0000);
  EXPECT_PA(wr(0x0050'0000), 0x4000'0000);  // from L2
  mem.set32(short_l2(0x0050'0000), 0);
  EXPECT_PA(ex(0x0050'0000), 0x4000'0000);
  EXPECT_GT(tlbi(TlbOp::TLBIMVAA, 0x0050'0000), 0u);
  EXPECT_FAULT(rd(0x0050'0000), Translation, 2);
}

TEST_F(MmuTest, RefusedPermissionIsCachedToo) {
  short_on();
  small(0x0050'0000, 0x4000'0000, sd::kApPage(0b101));
  EXPECT_FAULT(wr(0x0050'0000), Permission, 2);
  small(0x0050'0000, 0x4000'0000, sd::kApPage(0b011));
  EXPECT_FAULT(wr(0x0050'0000), Permission, 2);
  tlbi(TlbOp::TLBIMVA, 0x0050'0000);
  EXPECT_TRUE(wr(0x0050'0000).ok());
}

TEST_F(MmuTest, TranslationFaultsAreNotCached) {
  short_on();
  EXPECT_FAULT(rd(0x0050'0000), Translation, 1);
  section(0x0050'0000, 0x4000'0000);
  EXPECT_TRUE(rd(0x0050'0000).ok());
}

TEST_F(MmuTest, AsidsSelectEntries) {
  short_on();
  regs.contextidr[kNs] = 0x1205;
  small(0x0050'0000, 0x4000'0000, sd::kApPage(3) | sd::kPageNg);
  small(0x0060'0000, 0x6000'0000, sd::kApPage(3));  // global
  EXPECT_PA(rd(0x0050'0000), 0x4000'0000);
  EXPECT_PA(rd(0x0060'0000), 0x6000'0000);
  small(0x0050'0000, 0x5000'0000, sd::kApPage(3) | sd::kPageNg);
  small(0x0060'0000, 0x7000'0000, sd::kApPage(3));
  regs.contextidr[kNs] = 0x1206;
  EXPECT_PA(rd(0x0050'0000), 0x5000'0000);
  EXPECT_EQ(rd(0x0060'0000).hit, TlbLevel::L1);  // any ASID
  EXPECT_PA(rd(0x0060'0000), 0x6000'0000);
  regs.contextidr[kNs] = 0xFF05;  // PROCID does not matter
  EXPECT_PA(rd(0x0050'0000), 0x4000'0000);
}

TEST_F(MmuTest, LongFormatAsidComesFromTtbr) {
  long_on();
  lmap(0x0050'0000, 0x4000'0000, 3, ld::kAp(1) | ld::kNg);
  regs.ttbr0[kNs] = kLongL1 | u64{7} << 48;
  regs.ttbr1[kNs] = u64{9} << 48;
  regs.contextidr[kNs] = 3;
  EXPECT_EQ(mmu.current_asid(Regime::Pl10NonSecure), Asid(7));
  EXPECT_PA(rd(0x0050'0000), 0x4000'0000);
  regs.ttbr0[kNs] = kLongL1 | u64{8} << 48;
  EXPECT_EQ(rd(0x0050'0000).hit, TlbLevel::Walk);
  regs.ttbcr[kNs] |= 1u << ttbcr::A1;
  EXPECT_EQ(mmu.current_asid(Regime::Pl10NonSecure), Asid(9));
  EXPECT_EQ(rd(0x0050'0000).hit, TlbLevel::Walk);
  regs.ttbr1[kNs] = u64{7} << 48;
  EXPECT_EQ(rd(0x0050'0000).hit, TlbLevel::L1);
}

TEST_F(MmuTest, VmidsSelectEntriesEvenGlobalOnes) {
  short_on();
  stage2_on(1);
  s2_tables();
  small(0x0050'0000, 0x0100'0000);
  EXPECT_TRUE(rd(0x0050'0000).ok());
  EXPECT_EQ(rd(0x0050'0000).hit, TlbLevel::L1);
  stage2_on(2);
  EXPECT_EQ(rd(0x0050'0000).hit, TlbLevel::Walk);
  stage2_on(1);
  EXPECT_EQ(rd(0x0050'0000).hit, TlbLevel::L1);
  // Back to the host: stage 2 off, VMID 0
  regs.hcr = 0;
  regs.vttbr = 0;
  EXPECT_EQ(rd(0x0050'0000).hit, TlbLevel::Walk);
}

TEST_F(MmuTest, VmidTagsApplyWithStage2Off) {
  short_on();
  section(0, 0);
  EXPECT_EQ(rd(0).hit, TlbLevel::Walk);
  regs.vttbr = u64{5} << 48;
  EXPECT_EQ(rd(0).hit, TlbLevel::Walk);
  regs.vttbr = 0;
  EXPECT_EQ(rd(0).hit, TlbLevel::L1);
}

TEST_F(MmuTest, RegimesAndSecurityAreApart) {
  short_on();
  short_on(kS);
  hyp_on();
  section(0, 0x1000'0000);
  lmap(0, 0x40'0000'0000, 1, ld::kAp(1), 0, kHypL1);
  EXPECT_EQ(rd(0).hit, TlbLevel::Walk);
  EXPECT_EQ(rd(0, true, Regime::Pl10Secure).hit, TlbLevel::Walk);
  EXPECT_EQ(rd(0, true, Regime::Hyp).hit, TlbLevel::Walk);
  EXPECT_EQ(rd(0).pa_security, kNs);
  EXPECT_EQ(rd(0, true, Regime::Pl10Secure).pa_security, kS);
  EXPECT_PA(rd(0, true, Regime::Hyp), 0x40'0000'0000);
  EXPECT_EQ(mmu.l2_valid(), 3u);
}

TEST_F(MmuTest, FlatMapping) {
  const Translation d = rd(0x8000'1234);
  EXPECT_PA(d, 0x8000'1234);
  EXPECT_EQ(d.attr.type, MemType::StronglyOrdered);
  EXPECT_EQ(d.hit, TlbLevel::L1);
  EXPECT_EQ(d.pa_security, kNs);
  EXPECT_EQ(rd(0x8000'1000, true, Regime::Pl10Secure).pa_security, kS);
  EXPECT_EQ(rd(0x8000'1000).entry, d.entry);
  const Translation x = ex(0x8000'1234);
  EXPECT_EQ(x.attr, (MemAttr{MemType::Normal, {}, {}, true, true}));
  regs.sctlr[kNs] |= 1u << sctlr::I;
  EXPECT_EQ(ex(0x8000'1234).attr.inner, Cacheability::WriteThrough);
  EXPECT_TRUE(ex(0x8000'1234, false).allows_write());
  EXPECT_EQ(mmu.l1_valid() + mmu.l2_valid(), 0u);  // takes no TLB capacity
  regs.hsctlr = 1u << sctlr::I;
  EXPECT_EQ(ex(0x10, true, Regime::Hyp).attr.inner, Cacheability::WriteThrough);
}

TEST_F(MmuTest, TurningTheMmuOnDoesNotHitFlatEntries) {
  EXPECT_PA(rd(0x0050'0000), 0x0050'0000);
  short_on();
  section(0x0050'0000, 0x4000'0000);
  EXPECT_PA(rd(0x0050'0000), 0x4000'0000);
  regs.sctlr[kNs] = 0;
  EXPECT_PA(rd(0x0050'0000), 0x0050'0000);
  regs.sctlr[kNs] = 1;
  EXPECT_EQ(rd(0x0050'0000).hit, TlbLevel::L1);  // and the TLB kept its entry meanwhile
  // Stage-2 entries of a guest with its stage 1 off do not answer once it is on
  regs.sctlr[kNs] = 0;
  stage2_on();
  s2_tables();
  EXPECT_PA(rd(0x0050'0000), 0x0050'0000);
  s2map(0x4000'0000, 0x9000'0000, 2);
  regs.sctlr[kNs] = 1;
  EXPECT_PA(rd(0x0050'0000), 0x9000'0000);
}

TEST_F(MmuTest, StampsFollowTheLifeOfAnEntry) {
  short_on();
  for (u32 i = 0; i < 64; ++i) small(0x0050'0000 + i * 0x1000, 0x4000'0000 + i * 0x1000);
  const Translation t = rd(0x0050'0000);
  const u32* stamp = &t.entry->stamp;
  const u32 before = *stamp;
  for (u32 i = 0; i < 32; ++i) rd(0x0050'0000);  // hits keep no state
  wr(0x0050'0000);
  ex(0x0050'0000);
  EXPECT_EQ(*stamp, before);
  for (u32 i = 1; i < 32; ++i) rd(0x0050'0000 + i * 0x1000);
  EXPECT_EQ(*stamp, before);  // 32 entries, all in use
  rd(0x0050'0000);            // a hit does not save it: first in, first out
  rd(0x0052'0000);
  EXPECT_NE(*stamp, before);
  const Translation again = rd(0x0050'0000);
  EXPECT_EQ(again.hit, TlbLevel::L2);
  const u32 held = again.entry->stamp;
  tlbi(TlbOp::TLBIMVA, 0x0051'0000);
  EXPECT_EQ(again.entry->stamp, held);
  tlbi(TlbOp::TLBIMVA, 0x0050'0000);
  EXPECT_NE(again.entry->stamp, held);
}

TEST_F(MmuTest, FlatStampsSurviveTlbiAndDieByReplacement) {
  const Translation t = rd(0);
  const u32 before = t.entry->stamp;
  tlbi(TlbOp::TLBIALL);
  EXPECT_EQ(t.entry->stamp, before);
  for (u32 i = 1; i <= 64; ++i) rd(i << 12);
  EXPECT_NE(t.entry->stamp, before);
  EXPECT_PA(rd(0), 0);
}

TEST_F(MmuTest, ResetInvalidatesAndMovesStamps) {
  short_on();
  section(0, 0);
  const Translation t = rd(0);
  const u32 before = t.entry->stamp;
  mmu.reset();
  EXPECT_NE(t.entry->stamp, before);
  EXPECT_EQ(mmu.l1_valid() + mmu.l2_valid(), 0u);
  EXPECT_EQ(rd(0).hit, TlbLevel::Walk);
  EXPECT_EQ(rd(0).walk_reads_s1, 0);
}

TEST_F(MmuTest, L2HasFourWays) {
  short_on();
  for (u32 i = 0; i < 5; ++i) small(i << 19, 0x4000'0000 + (i << 12));  // 128 sets of 4 KB: all in set 0
  for (u32 i = 0; i < 5; ++i) EXPECT_EQ(rd(i << 19).hit, TlbLevel::Walk);
  EXPECT_EQ(mmu.l2_valid(), 4u);
  EXPECT_EQ(wr(1u << 19).hit, TlbLevel::L2);
  EXPECT_EQ(wr(0).hit, TlbLevel::Walk);  // the first one was replaced
}

TEST_F(MmuTest, L2HoldsEverySize) {
  short_on();
  small(0x0010'0000, 0x1000'0000);
  large(0x0020'0000, 0x2000'0000);
  section(0x0030'0000, 0x3000'0000);
  supersection(0x0400'0000, 0x0400'0000);
  hyp_on();
  lmap(0x0020'0000, 0x5020'0000, 2, ld::kAp(1), 0, kHypL1);
  lmap(0x4000'0000, 0x8000'0000, 1, ld::kAp(1), 0, kHypL1);
  for (const u32 va : {0x0010'0000u, 0x0020'0000u, 0x0030'0000u, 0x0400'0000u}) rd(va);
  for (const u32 va : {0x0020'0000u, 0x4000'0000u}) rd(va, true, Regime::Hyp);
  EXPECT_EQ(mmu.l2_valid(), 6u);
  EXPECT_EQ(wr(0x0010'0FFF).hit, TlbLevel::L2);
  EXPECT_EQ(wr(0x0020'FFFF).hit, TlbLevel::L2);
  EXPECT_EQ(wr(0x003F'FFFF).hit, TlbLevel::L2);
  EXPECT_PA(wr(0x04FF'F123), 0x04FF'F123);
  EXPECT_EQ(wr(0x0400'1000).hit, TlbLevel::L2);
  EXPECT_EQ(wr(0x003F'F000, true, Regime::Hyp).hit, TlbLevel::L2);
  EXPECT_EQ(wr(0x7FFF'F000, true, Regime::Hyp).hit, TlbLevel::L2);
  EXPECT_PA(wr(0x7FFF'F004, true, Regime::Hyp), 0xBFFF'F004);
}

TEST_F(MmuTest, WalkCacheSkipsTheFirstLevel) {
  short_on();
  small(0x0050'0000, 0x4000'0000);
  small(0x0050'1000, 0x4000'1000);
  EXPECT_EQ(rd(0x0050'0000).walk_reads_s1, 2);
  EXPECT_EQ(rd(0x0050'1000).walk_reads_s1, 1);
  EXPECT_EQ(mmu.stats().walk_cache_hits, 1u);
  // A new table behind the same first-level slot is not seen before the MVA is invalidated, under any ASID.
  mem.set32(short_l1(0x0050'0000), 0);
  small(0x0050'2000, 0x4000'2000);
  EXPECT_FAULT(rd(0x0050'2000), Translation, 2);
  tlbi(TlbOp::TLBIMVA, 0x0050'2000 | 77);
  EXPECT_PA(rd(0x0050'2000), 0x4000'2000);
  // Another ASID walks for itself
  regs.contextidr[kNs] = 9;
  small(0x0050'3000, 0x4000'3000);
  EXPECT_EQ(rd(0x0050'3000).walk_reads_s1, 2);
}

TEST_F(MmuTest, WalkCacheKeepsTheSecurityOfTheTable) {
  short_on(kS);
  small(0x0020'0000, 0x2000'0000, sd::kApPage(3), sd::kTableNs);
  small(0x0020'1000, 0x2000'1000, sd::kApPage(3), sd::kTableNs);
  EXPECT_EQ(rd(0x0020'0000, true, Regime::Pl10Secure).pa_security, kNs);
  const Translation t = rd(0x0020'1000, true, Regime::Pl10Secure);
  EXPECT_EQ(t.walk_reads_s1, 1);
  EXPECT_EQ(t.pa_security, kNs);
}

TEST_F(MmuTest, WalkCacheKeepsWhatLongTablesDecided) {
  long_on(kS);
  regs.ttbcr[kS] |= 1u << 8;  // IRGN0 WBWA
  lmap(0x0020'0000, 0x2000'0000, 3, ld::kAp(1), ld::kNsTable);
  lmap(0x0020'1000, 0x2000'1000, 3, ld::kAp(1), ld::kNsTable);
  EXPECT_EQ(rd(0x0020'0000, true, Regime::Pl10Secure).pa_security, kNs);
  const MemAttr attr = mem.log.back().attr;
  EXPECT_EQ(attr.inner, Cacheability::WriteBackAllocate);
  const Translation t = rd(0x0020'1000, true, Regime::Pl10Secure);
  EXPECT_EQ(t.walk_reads_s1, 1);
  EXPECT_EQ(t.pa_security, kNs);
  EXPECT_EQ(mem.log.back().security, kNs);
  EXPECT_EQ(mem.log.back().attr, attr);
}

TEST_F(MmuTest, AccessFlagEnableActsOnCachedEntries) {
  short_on();
  section(0, 0, sd::kApSection(0b010));
  EXPECT_TRUE(rd(0).ok());
  regs.sctlr[kNs] |= 1u << sctlr::AFE;
  EXPECT_FAULT(rd(0), AccessFlag, 1);
}

TEST_F(MmuTest, ContextTellsWhatTheLookAsideMustKnow) {
  short_on();
  const u32 base = mmu.context(Regime::Pl10NonSecure, false);
  regs.contextidr[kNs] = 4;
  EXPECT_NE(mmu.context(Regime::Pl10NonSecure, false), base);
  regs.contextidr[kNs] = 0;
  EXPECT_EQ(mmu.context(Regime::Pl10NonSecure, false), base);
  EXPECT_EQ(mmu.context(Regime::Pl10NonSecure, true), base);
  for (const unsigned b : {sctlr::M, sctlr::AFE, sctlr::WXN, sctlr::UWXN}) {
    regs.sctlr[kNs] ^= 1u << b;
    EXPECT_NE(mmu.context(Regime::Pl10NonSecure, false), base);
    regs.sctlr[kNs] ^= 1u << b;
  }
  for (const unsigned b : {hcr::VM, hcr::DC, hcr::TGE}) {
    regs.hcr ^= 1u << b;
    EXPECT_NE(mmu.context(Regime::Pl10NonSecure, false), base);
    regs.hcr ^= 1u << b;
  }
  EXPECT_NE(mmu.context(Regime::Hyp, false), base);
  EXPECT_NE(mmu.context(Regime::Pl10Secure, false), base);
}

TEST_F(MmuTest, ProbeChangesNothing) {
  short_on();
  small(0x0050'0000, 0x4000'0000, sd::kApPage(0b001));
  const Mmu::RawRead raw = [this](PhysAddr pa, unsigned size, Security, u64& v) {
    return mem.fetch(pa.value, size, v);
  };
  const Mmu& view = mmu;
  const Translation t = view.probe(VirtAddr(0x0050'0123), AccessKind::Read, Regime::Pl10NonSecure, true, raw);
  EXPECT_PA(t, 0x4000'0123);
  EXPECT_EQ(t.entry, nullptr);
  EXPECT_EQ(t.hit, TlbLevel::Walk);
  EXPECT_TRUE(mem.log.empty());
  EXPECT_EQ(mmu.l1_valid() + mmu.l2_valid(), 0u);
  EXPECT_EQ(mmu.stats().reads_s1, 0u);
  const Translation p = view.probe(VirtAddr(0x0050'0123), AccessKind::Read, Regime::Pl10NonSecure, false, raw);
  EXPECT_FAULT(p, Permission, 2);
  EXPECT_EQ(p.pa.value, 0x4000'0123u);
  EXPECT_FAULT(view.probe(VirtAddr(0x0060'0000), AccessKind::Read, Regime::Pl10NonSecure, true, raw), Translation, 1);
  rd(0x0050'0000);
  small(0x0050'0000, 0x7000'0000);  // stale for the core, so stale for the probe
  EXPECT_PA(view.probe(VirtAddr(0x0050'0004), AccessKind::Read, Regime::Pl10NonSecure, true, raw), 0x4000'0004);
  EXPECT_PA(view.probe(VirtAddr(0x0050'0004), AccessKind::Write, Regime::Pl10NonSecure, true, raw), 0x4000'0004);
  regs.sctlr[kNs] = 0;
  EXPECT_PA(view.probe(VirtAddr(0x0050'0004), AccessKind::Fetch, Regime::Pl10NonSecure, true, raw), 0x0050'0004);
}

TEST(MmuConfigTest, ImpossibleSizesAreRefused) {
  SystemRegisters regs;
  FlatMemory mem;
  const auto refused = [&](auto change) {
    MmuConfig c;
    change(c);
    EXPECT_THROW(Mmu(regs, mem, c), InputError);
  };
  refused([](MmuConfig& c) { c.l1_load = 0; });
  refused([](MmuConfig& c) { c.l1_instruction = 100000; });
  refused([](MmuConfig& c) { c.l2_ways = 0; });
  refused([](MmuConfig& c) { c.l2 = 500; });
  refused([](MmuConfig& c) { c.l2 = 3; });
  refused([](MmuConfig& c) { c.ipa_cache = 5000; });
  MmuConfig small;
  small.l1_instruction = small.l1_load = small.l1_store = small.l2 = small.l2_ways = 1;
  small.walk_cache = 0;
  EXPECT_NO_THROW(Mmu(regs, mem, small));
}

}  // namespace
}  // namespace hypsim::test
