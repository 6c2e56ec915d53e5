// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sim/mmu/descriptors.h"
#include "tests/mmu/mmu_fixture.h"

namespace hypsim::test {
namespace {

class Stage2Test : public MmuTest {
 protected:
  void SetUp() override { stage2_on(); }
};

TEST_F(Stage2Test, AloneWithStage1Off) {
  s2map(0x4000'0000, 0x40'8000'0000, 1);
  s2map(0x8020'0000, 0x12'3440'0000, 2);
  s2map(0x8040'5000, 0x56'7890'1000, 3);
  EXPECT_PA(rd(0x4123'4567), 0x40'8123'4567);
  EXPECT_PA(rd(0x8021'2345), 0x12'3441'2345);
  const Translation t = rd(0x8040'5678);
  EXPECT_PA(t, 0x56'7890'1678);
  EXPECT_EQ(t.walk_reads_s1, 0);
  EXPECT_EQ(t.attr.type, MemType::StronglyOrdered);  // stage 1 off: data is Strongly-ordered
  EXPECT_EQ(ex(0x8040'5678).attr.type, MemType::Normal);
  EXPECT_EQ(rd(0x8040'5678).attr.type, MemType::StronglyOrdered);
  EXPECT_GT(mmu.l2_valid(), 0u);
}

TEST_F(Stage2Test, DefaultCacheable) {
  regs.hcr = 1u << hcr::DC;  // makes SCTLR.M 0 and HCR.VM 1
  short_on();
  s2map(0x4000'0000, 0x8000'0000, 1);
  const Translation t = rd(0x4000'0000);
  EXPECT_PA(t, 0x8000'0000);
  EXPECT_EQ(t.attr,
            (MemAttr{MemType::Normal, Cacheability::WriteBackAllocate, Cacheability::WriteBackAllocate, false, false}));
  EXPECT_FALSE(mmu.stage1_on(Regime::Pl10NonSecure));
  EXPECT_TRUE(mmu.stage2_on(Regime::Pl10NonSecure));
  EXPECT_FALSE(mmu.stage2_on(Regime::Hyp));
}

TEST_F(Stage2Test, FaultLevels) {
  s2map(0x8040'5000, 0x1000, 3);
  const Translation one = rd(0x4000'0ABC);
  EXPECT_FAULT(one, Translation, 1);
  EXPECT_TRUE(one.fault.stage2);
  EXPECT_TRUE(one.fault.to_hyp);
  EXPECT_TRUE(one.fault.ipa_valid);
  EXPECT_FALSE(one.fault.s1ptw);
  EXPECT_EQ(one.fault.ipa.value, 0x4000'0ABCu);
  EXPECT_EQ(hpfar_value(one.fault), 0x0040'0000u);
  EXPECT_FAULT(rd(0x8060'0000), Translation, 2);
  EXPECT_FAULT(rd(0x8040'6000), Translation, 3);
  put(kStage2, 0xC000'0000, 1, 0xC000'0000 | ld::kBlock | ld::kS2Rw | ld::kS2Normal);
  put(kStage2, 0x8080'0000, 2, ld::kBlock | ld::kS2Rw | ld::kS2Normal);
  put(kStage2, 0x8040'7000, 3, ld::kPage | ld::kS2Rw | ld::kS2Normal);
  EXPECT_FAULT(rd(0xC000'0000), AccessFlag, 1);
  EXPECT_FAULT(rd(0x8080'0000), AccessFlag, 2);
  const Translation af = rd(0x8040'7004);
  EXPECT_FAULT(af, AccessFlag, 3);
  EXPECT_TRUE(af.fault.ipa_valid);
  mem.aborts.insert(put(kStage2, 0x8040'8000, 3, 0));
  const Translation ea = rd(0x8040'8000);
  EXPECT_FAULT(ea, SyncExternalOnWalk, 3);
  EXPECT_TRUE(ea.fault.stage2);
  EXPECT_TRUE(ea.fault.to_hyp);
  EXPECT_FALSE(ea.fault.ipa_valid);
}

TEST_F(Stage2Test, PermissionFaultLeavesHpfarUnknown) {
  s2map(0x4000'0000, 0, 1, ld::kHap(1) | ld::kS2Normal | ld::kAf);
  s2map(0x8020'0000, 0, 2, ld::kHap(1) | ld::kS2Normal | ld::kAf);
  s2map(0x8040'0000, 0, 3, ld::kHap(1) | ld::kS2Normal | ld::kAf);
  EXPECT_FAULT(wr(0x4000'0000), Permission, 1);
  EXPECT_FAULT(wr(0x8020'0000), Permission, 2);
  const Translation t = wr(0x8040'0000);
  EXPECT_FAULT(t, Permission, 3);
  EXPECT_TRUE(t.fault.stage2);
  EXPECT_FALSE(t.fault.ipa_valid);
  EXPECT_EQ(t.fault.ipa.value, 0x8040'0000u);
}

// ARM DDI 0406C table B3-7: size of the input, first level, concatenation
TEST_F(Stage2Test, StartTable) {
  const LongStart l1 = long_start_stage2(0, 1u << 6, 0xFF'FFFF'FFFF);
  EXPECT_EQ(l1.level, 1);
  EXPECT_EQ(l1.base, 0xFF'FFFF'FFE0u);  // 4 entries
  const LongStart l1_40 = long_start_stage2(0xFF'0000'0000, 1u << 6 | 8, 0xFF'FFFF'FFFF);
  EXPECT_FALSE(l1_40.fault);
  EXPECT_EQ(l1_40.level, 1);
  EXPECT_EQ(l1_40.start_bit, 39);
  EXPECT_EQ(l1_40.base, 0xFF'FFFF'E000u);  // two concatenated 4 KB tables
  const LongStart l2 = long_start_stage2(0, 0, 0xFF'FFFF'FFFF);
  EXPECT_EQ(l2.level, 2);
  EXPECT_EQ(l2.base, 0xFF'FFFF'C000u);  // four concatenated tables for 32 bits
  const LongStart l2_34 = long_start_stage2(0x3'FFFF'FFFF, 0xE, 0xFF'FFFF'FFFF);  // T0SZ=-2
  EXPECT_FALSE(l2_34.fault);
  EXPECT_EQ(l2_34.base, 0xFF'FFFF'0000u);  // sixteen
  EXPECT_TRUE(long_start_stage2(0x4'0000'0000, 0xE, 0).fault);
  EXPECT_TRUE(long_start_stage2(0, 0xD, 0).fault);          // SL0=0 with T0SZ=-3
  EXPECT_TRUE(long_start_stage2(0, 1u << 6 | 2, 0).fault);  // SL0=1 with T0SZ=2
  EXPECT_TRUE(long_start_stage2(0, 2u << 6, 0).fault);      // SL0=2
  EXPECT_TRUE(long_start_stage2(0x8000'0000, 1, 0).fault);  // T0SZ=1: 31 bits
}

TEST_F(Stage2Test, ConcatenatedLevel1) {
  regs.vtcr = 1u << 6 | 8;  // 40-bit IPA, two level-1 tables
  long_on();
  put(kStage2, 0, 1, ld::kBlock | ld::kS2Rw | ld::kS2Normal | ld::kAf);  // the tables
  const u64 ipa = 0xC0'4000'0000;                                        // entry 0x301: in the second table
  mem.set64(kStage2 + 0x301 * 8, 0x77'4000'0000 | ld::kBlock | ld::kS2Rw | ld::kS2Normal | ld::kAf);
  lmap(0x0020'0000, ipa + 0x20'0000, 2);
  EXPECT_PA(rd(0x0020'1234), 0x77'4020'1234);
}

TEST_F(Stage2Test, ConcatenatedLevel2) {
  regs.vtcr = 0;  // 32-bit IPA from level 2: four tables, 16 KB aligned
  mem.set64(kStage2 + (0xC020'0000u >> 21) * 8, 0x11'0020'0000 | ld::kBlock | ld::kS2Rw | ld::kS2Normal | ld::kAf);
  const Translation t = rd(0xC030'0004);
  EXPECT_PA(t, 0x11'0030'0004);
  EXPECT_EQ(t.walk_reads_s2, 1);
  EXPECT_FAULT(rd(0x0000'0000), Translation, 2);
}

TEST_F(Stage2Test, BothStagesShort) {
  short_on();
  s2_tables();
  section(0x0050'0000, 0x4000'0000);
  s2map(0x4000'0000, 0x90'0000'0000, 2);
  const Translation t = rd(0x0051'2344);
  EXPECT_PA(t, 0x90'0001'2344);
  EXPECT_EQ(t.walk_reads_s1, 1);
  EXPECT_EQ(t.walk_reads_s2, 4);  // two for the descriptor's address, two for the output
  EXPECT_EQ(t.page_mask, 0xF'FFFFu);
  ASSERT_EQ(mem.log.size(), 5u);
  EXPECT_TRUE(mem.log[0].stage2);
  EXPECT_FALSE(mem.log[2].stage2);
  EXPECT_EQ(mem.log[2].pa, short_l1(0x0050'0000));
}

TEST_F(Stage2Test, BothStagesLongReadCounts) {
  regs.vtcr = 1u << 6;
  long_on();
  for (u64 a = 0; a < 0x0200'0000; a += 0x1000) s2map(a, a, 3);
  lmap(0x0020'1000, 0x4000'0000, 3);
  s2map(0x4000'0000, 0x9000'0000, 3);
  MmuConfig plain;
  plain.walk_cache = 0;
  Mmu bare(regs, mem, plain);
  const Translation t = bare.translate(VirtAddr(0x0020'1234), AccessKind::Read, Regime::Pl10NonSecure, true);
  EXPECT_PA(t, 0x9000'0234);
  EXPECT_EQ(t.walk_reads_s1, 3);
  EXPECT_EQ(t.walk_reads_s2, 12);  // 4 stage-2 walks of 3: the full nested walk of 15 reads
  EXPECT_EQ(bare.stats().walks_s2, 4u);
  // With the intermediate caches the next page needs its own two leaf reads only.
  rd(0x0020'1234);
  lmap(0x0020'2000, 0x4000'0000, 3);
  const Translation next = rd(0x0020'2234);
  EXPECT_EQ(next.walk_reads_s1, 1);
  EXPECT_EQ(next.walk_reads_s2, 1);
}

TEST_F(Stage2Test, IpaCache) {
  short_on();
  s2_tables();
  section(0x0050'0000, 0x4000'0000);
  section(0x0060'0000, 0x4010'0000);
  s2map(0x4000'0000, 0x9000'0000, 2);
  MmuConfig with;
  with.ipa_cache = 8;
  Mmu m(regs, mem, with);
  EXPECT_PA(m.translate(VirtAddr(0x0050'0000), AccessKind::Read, Regime::Pl10NonSecure, true), 0x9000'0000);
  const Translation t = m.translate(VirtAddr(0x0060'0000), AccessKind::Read, Regime::Pl10NonSecure, true);
  EXPECT_PA(t, 0x9010'0000);
  EXPECT_EQ(t.walk_reads_s2, 0);
  EXPECT_EQ(t.walk_reads_s1, 1);
  EXPECT_EQ(m.stats().ipa_cache_hits, 2u);
  // It is tagged by VMID, and goes with the VMID's TLBIALL, not with a TLBIMVA.
  m.maintain(make_tlb_maintenance(TlbOp::TLBIMVAA, 0x0060'0000, kNs, Vmid(1)));
  EXPECT_EQ(m.translate(VirtAddr(0x0060'0000), AccessKind::Read, Regime::Pl10NonSecure, true).walk_reads_s2, 0);
  m.maintain(make_tlb_maintenance(TlbOp::TLBIALL, 0, kNs, Vmid(1)));
  EXPECT_GT(m.translate(VirtAddr(0x0060'0000), AccessKind::Read, Regime::Pl10NonSecure, true).walk_reads_s2, 0);
  regs.vttbr = kStage2 | u64{2} << 48;
  EXPECT_GT(m.translate(VirtAddr(0x0060'0000), AccessKind::Read, Regime::Pl10NonSecure, true).walk_reads_s2, 0);
}

TEST_F(Stage2Test, WalkCacheKeepsTheAttributesOfTheTable) {
  short_on();
  s2_tables();
  regs.ttbr0[kNs] |= 0x8;  // RGN: outer WBWA
  small(0x0050'0000, 0x0100'0000);
  small(0x0050'1000, 0x0100'0000);
  rd(0x0050'0000);
  const auto first = std::find_if(mem.log.rbegin(), mem.log.rend(), [](const auto& r) { return !r.stage2; });
  ASSERT_NE(first, mem.log.rend());
  const MemAttr attr = first->attr;
  EXPECT_EQ(attr,
            (MemAttr{MemType::Normal, Cacheability::NonCacheable, Cacheability::WriteBackAllocate, false, false}));
  mem.log.clear();
  EXPECT_EQ(rd(0x0050'1000).walk_reads_s1, 1);
  const auto next = std::find_if(mem.log.begin(), mem.log.end(), [](const auto& r) { return !r.stage2; });
  ASSERT_NE(next, mem.log.end());
  EXPECT_EQ(next->attr, attr);
}

TEST_F(Stage2Test, WalkRefusedByStage2) {
  short_on();
  section(0x0050'0000, 0x4000'0000);
  const Translation t = rd(0x0050'0ABC);  // nothing maps the tables
  EXPECT_FAULT(t, Translation, 1);
  EXPECT_TRUE(t.fault.stage2);
  EXPECT_TRUE(t.fault.s1ptw);
  EXPECT_TRUE(t.fault.to_hyp);
  EXPECT_TRUE(t.fault.ipa_valid);
  EXPECT_EQ(hpfar_value(t.fault), (short_l1(0x0050'0000) >> 12) << 4);
  EXPECT_EQ(hsr_iss_data_abort(t.fault, false, false), 0x85u);
  // A table without read permission: permission fault on the walk, HPFAR valid all the same
  s2map(kShortL1, kShortL1, 2, ld::kHap(2) | ld::kS2Normal | ld::kAf);
  const Translation p = wr(0x0050'0000);
  EXPECT_FAULT(p, Permission, 2);
  EXPECT_TRUE(p.fault.s1ptw);
  EXPECT_TRUE(p.fault.ipa_valid);
  // Second-level table elsewhere: its page is reported
  s2map(0, 0, 2);
  short_l2(0x0070'0000);
  const u64 l2 = mem.get32(short_l1(0x0070'0000)) & ~0x3FFu;
  const Translation q = rd(0x0070'0000);
  EXPECT_TRUE(q.fault.s1ptw);
  EXPECT_EQ(hpfar_value(q.fault), (l2 >> 12) << 4);
  EXPECT_FAULT(q, Translation, 2);
}

TEST_F(Stage2Test, PtwForbidsWalksThroughDevice) {
  short_on();
  section(0x0050'0000, 0x4000'0000);
  s2map(0x4000'0000, 0x9000'0000, 2);
  s2map(0, 0, 2, ld::kS2Rw | ld::kS2Attr(1) | ld::kAf);
  EXPECT_TRUE(rd(0x0050'0000).ok());
  EXPECT_EQ(mem.log[2].attr.type, MemType::Device);  // the descriptor read has the combined type
  flush_all();
  regs.hcr |= 1u << hcr::PTW;
  const Translation t = rd(0x0050'0000);
  EXPECT_FAULT(t, Permission, 2);
  EXPECT_TRUE(t.fault.s1ptw);
  EXPECT_EQ(t.fault.ipa.value, short_l1(0x0050'0000));
  s2map(0, 0, 2);
  flush_all();
  EXPECT_TRUE(rd(0x0050'0000).ok());
}

TEST_F(Stage2Test, AttributesCombine) {
  short_on();
  s2_tables();
  section(0x0050'0000, 0x4000'0000);
  section(0x0060'0000, 0x4010'0000, sd::kApSection(3) | 1u << 2);  // Device
  s2map(0x4000'0000, 0x9000'0000, 2, ld::kS2Rw | ld::kAf | ld::kS2Attr(0xA) | ld::kSh(3));
  EXPECT_EQ(rd(0x0050'0000).attr,
            (MemAttr{MemType::Normal, Cacheability::WriteThrough, Cacheability::WriteThrough, true, false}));
  EXPECT_EQ(rd(0x0060'0000).attr.type, MemType::Device);
  flush_all();
  s2map(0x4000'0000, 0x9000'0000, 2, ld::kS2Rw | ld::kAf | ld::kS2Attr(1));
  const Translation t = rd(0x0050'0000);
  EXPECT_EQ(t.attr.type, MemType::Device);
  // Stage 2 made it Device: an unaligned access is Hyp's business
  EXPECT_EQ(unaligned(0x0050'0000).fault.kind, FaultKind::Alignment);
  EXPECT_TRUE(unaligned(0x0050'0000).fault.stage2);
  EXPECT_TRUE(unaligned(0x0050'0000).fault.to_hyp);
  EXPECT_FALSE(unaligned(0x0060'0000).fault.to_hyp);
}

TEST_F(Stage2Test, Stage1FaultsComeFirst) {
  short_on();
  s2_tables();
  section(0x0050'0000, 0x4000'0000, sd::kApSection(0b101));  // the IPA is unmapped
  const Translation w = wr(0x0050'0000);
  EXPECT_FAULT(w, Permission, 1);
  EXPECT_FALSE(w.fault.stage2);
  EXPECT_FALSE(w.fault.to_hyp);
  EXPECT_TRUE(rd(0x0050'0000).fault.stage2);
  regs.dacr[kNs] = 0;
  EXPECT_FAULT(rd(0x0050'0000), Domain, 1);
}

TEST_F(Stage2Test, TablesFollowHsctlrEe) {
  regs.hsctlr |= 1u << sctlr::EE;
  mem.set64(kStage2 + 8, __builtin_bswap64(0x9000'0000u | ld::kBlock | ld::kS2Rw | ld::kS2Normal | ld::kAf));
  // 1 GB alignment: 0x80000000 after masking
  EXPECT_PA(rd(0x4000'0010), 0x8000'0010);
}

TEST_F(Stage2Test, HypAndSecureIgnoreIt) {
  short_on(kS);
  section(0, 0x1000'0000);
  EXPECT_PA(rd(0x40, true, Regime::Pl10Secure), 0x1000'0040);
  hyp_on();
  lmap(0, 0x40'0000'0000, 1, ld::kAp(1), 0, kHypL1);
  EXPECT_PA(rd(0x40, true, Regime::Hyp), 0x40'0000'0040);
}

TEST_F(Stage2Test, TgeSwitchesStage1Off) {
  short_on();
  s2_tables();
  section(0x0050'0000, 0x4000'0000);
  s2map(0x4000'0000, 0x9000'0000, 2);
  EXPECT_PA(rd(0x0050'0000), 0x9000'0000);
  regs.hcr |= 1u << hcr::TGE;
  EXPECT_PA(rd(0x0050'0000, false), 0x0050'0000);
  regs.hcr &= ~(1u << hcr::TGE);
  EXPECT_PA(rd(0x0050'0000), 0x9000'0000);
}

}  // namespace
}  // namespace hypsim::test
