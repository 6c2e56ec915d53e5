// SPDX-License-Identifier: Apache-2.0
#include "sim/mmu/descriptors.h"
#include "tests/mmu/mmu_fixture.h"

namespace hypsim::test {
namespace {

TEST_F(MmuTest, LongEveryLevel) {
  long_on();
  lmap(0x4000'0000, 0xC0'4000'0000, 1);
  lmap(0x0020'0000, 0x12'3460'0000, 2);
  lmap(0x0040'5000, 0x34'5678'9000, 3);
  const Translation one = rd(0x7654'3210);
  EXPECT_PA(one, 0xC0'7654'3210);
  EXPECT_EQ(one.walk_reads_s1, 1);
  EXPECT_EQ(one.page_mask, 0x3FFF'FFFFu);
  const Translation two = rd(0x0031'2344);
  EXPECT_PA(two, 0x12'3471'2344);
  EXPECT_EQ(two.walk_reads_s1, 2);
  tlbi(TlbOp::TLBIALL);
  const Translation three = rd(0x0040'5678);
  EXPECT_PA(three, 0x34'5678'9678);
  EXPECT_EQ(three.walk_reads_s1, 3);
  EXPECT_EQ(three.page_mask, 0xFFFu);
}

TEST_F(MmuTest, LongTranslationFaultLevels) {
  long_on();
  lmap(0x0040'5000, 0x1000, 3);
  EXPECT_FAULT(rd(0xC000'0000), Translation, 1);
  EXPECT_FAULT(rd(0x0060'0000), Translation, 2);
  EXPECT_FAULT(rd(0x0040'6000), Translation, 3);
  put(kLongL1, 0x0040'7000, 3, 0x1000 | ld::kBlock | ld::kAf);  // a block encoding is invalid at level 3
  EXPECT_FAULT(rd(0x0040'7000), Translation, 3);
  EXPECT_EQ(encode_fsr(rd(0x0040'7000).fault, true, false, false), 0x207u);
}

TEST_F(MmuTest, LongAccessFlagFaultLevels) {
  long_on();
  put(kLongL1, 0x4000'0000, 1, 0x4000'0000 | ld::kBlock);
  put(kLongL1, 0x0020'0000, 2, 0x0020'0000 | ld::kBlock);
  put(kLongL1, 0x0040'0000, 3, 0x0040'0000 | ld::kPage);
  EXPECT_FAULT(rd(0x4000'0000), AccessFlag, 1);
  EXPECT_FAULT(rd(0x0020'0000), AccessFlag, 2);
  EXPECT_FAULT(rd(0x0040'0000), AccessFlag, 3);
}

TEST_F(MmuTest, LongExternalAbortLevels) {
  long_on();
  mem.aborts.insert(put(kLongL1, 0x4000'0000, 1, 0));
  mem.aborts.insert(put(kLongL1, 0x0020'0000, 2, 0));
  mem.aborts.insert(put(kLongL1, 0x0040'0000, 3, 0));
  EXPECT_FAULT(rd(0x4000'0000), SyncExternalOnWalk, 1);
  EXPECT_FAULT(rd(0x0020'0000), SyncExternalOnWalk, 2);
  EXPECT_FAULT(rd(0x0040'0000), SyncExternalOnWalk, 3);
}

TEST_F(MmuTest, LongPermissionLevels) {
  long_on();
  lmap(0x4000'0000, 0, 1, ld::kAp(2));
  lmap(0x0020'0000, 0, 2, ld::kAp(2));
  lmap(0x0040'0000, 0, 3, ld::kAp(2));
  EXPECT_FAULT(wr(0x4000'0000), Permission, 1);
  EXPECT_FAULT(wr(0x0020'0000), Permission, 2);
  EXPECT_FAULT(wr(0x0040'0000), Permission, 3);
}

TEST_F(MmuTest, LongTwoRegions) {
  long_on();
  regs.ttbr1[kNs] = 0x0028'0000;
  regs.ttbcr[kNs] |= 1 | 2u << 16;  // TTBR0: low 2 GB; TTBR1: top 1 GB, first level 2
  lmap(0x4000'0000, 0x4000'0000, 1);
  mem.set64(0x0028'0000 + 8, 0x0060'0000 | ld::kBlock | ld::kAf);  // level-2 table of the top 1 GB
  EXPECT_PA(rd(0x4000'1000), 0x4000'1000);
  EXPECT_PA(rd(0xC020'1000), 0x0060'1000);
  EXPECT_FAULT(rd(0x8000'0000), Translation, 1);  // the gap between the regions
  flush_all();
  regs.ttbcr[kNs] |= 1u << ttbcr::EPD1;
  EXPECT_FAULT(rd(0xC020'1000), Translation, 1);
  EXPECT_TRUE(rd(0x4000'1000).ok());
  flush_all();
  regs.ttbcr[kNs] |= 1u << ttbcr::EPD0;
  EXPECT_FAULT(rd(0x4000'1000), Translation, 1);
}

TEST_F(MmuTest, LongTtbr1TakesTheRestWhenT1szIsZero) {
  long_on();
  regs.ttbr1[kNs] = 0x0028'0000;
  regs.ttbcr[kNs] |= 3;  // TTBR0: low 512 MB
  mem.set64(0x0028'0000 + 2 * 8, 0x8000'0000 | ld::kBlock | ld::kAf);
  mem.set64(kLongL1, 0x0 | ld::kBlock | ld::kAf);  // T0SZ=3 starts at level 2
  EXPECT_PA(rd(0x9000'0000), 0x9000'0000);
  EXPECT_PA(rd(0x0000'0040), 0x40);
}

TEST(LongStart, BaseAlignmentAndFirstLevel) {
  // ARM DDI 0406C table B3-6: the lowest base bit is 5-T0SZ at level 1, 14-T0SZ at level 2
  EXPECT_EQ(long_start_hyp(0, 0, 0xFF'FFFF'FFF8).base, 0xFF'FFFF'FFE0u);
  EXPECT_EQ(long_start_hyp(0, 1, 0xFF'FFFF'FFF8).base, 0xFF'FFFF'FFF0u);
  EXPECT_EQ(long_start_hyp(0, 2, 0xFF'FFFF'FFF8).level, 2);
  EXPECT_EQ(long_start_hyp(0, 2, 0xFF'FFFF'FFF8).base, 0xFF'FFFF'F000u);
  EXPECT_EQ(long_start_hyp(0, 7, 0xFF'FFFF'FFF8).base, 0xFF'FFFF'FF80u);
  EXPECT_TRUE(long_start_hyp(0x0200'0000, 7, 0).fault);
  EXPECT_FALSE(long_start_hyp(0x01FF'FFFF, 7, 0).fault);
}

TEST_F(MmuTest, LongHierarchicalAttributes) {
  long_on();
  const struct {
    u32 va;
    u64 table_extra;
  } rows[] = {
      {0x0000'0000, 0}, {0x4000'0000, ld::kApTable(1)}, {0x8000'0000, ld::kApTable(2)}, {0xC000'0000, ld::kXnTable}};
  for (const auto& r : rows) lmap(r.va, 0x1000, 3, ld::kAp(1), r.table_extra);
  EXPECT_TRUE(wr(0, false).ok());
  EXPECT_TRUE(ex(0, false).ok());
  EXPECT_FAULT(rd(0x4000'0000, false), Permission, 3);  // APTable[0]: no access from PL0
  EXPECT_TRUE(wr(0x4000'0000, true).ok());
  EXPECT_FAULT(wr(0x8000'0000, true), Permission, 3);  // APTable[1]: read-only
  EXPECT_TRUE(rd(0x8000'0000, false).ok());
  EXPECT_FAULT(ex(0xC000'0000, false), Permission, 3);
  flush_all();
  mem.words.clear();
  lmap(0, 0x1000, 3, ld::kAp(1), ld::kPxnTable);
  EXPECT_FAULT(ex(0, true), Permission, 3);
  EXPECT_TRUE(ex(0, false).ok());
  // and the same through the walk cache
  lmap(0x1000, 0x1000, 3, ld::kAp(1), ld::kPxnTable);
  const Translation t = ex(0x1000, true);
  EXPECT_EQ(t.walk_reads_s1, 1);
  EXPECT_FAULT(t, Permission, 3);
}

TEST_F(MmuTest, LongSecureNsTable) {
  long_on(kS);
  lmap(0x0000'0000, 0x1000, 3, ld::kAp(1));
  lmap(0x4000'0000, 0x1000, 3, ld::kAp(1), ld::kNsTable);
  lmap(0x8000'0000, 0x1000, 3, ld::kAp(1) | ld::kNs);
  EXPECT_EQ(rd(0, true, Regime::Pl10Secure).pa_security, kS);
  mem.log.clear();
  const Translation t = rd(0x4000'0000, true, Regime::Pl10Secure);
  EXPECT_EQ(t.pa_security, kNs);
  ASSERT_EQ(mem.log.size(), 3u);
  EXPECT_EQ(mem.log[0].security, kS);
  EXPECT_EQ(mem.log[1].security, kNs);  // below NSTable the tables are Non-secure
  EXPECT_EQ(mem.log[2].security, kNs);
  EXPECT_FALSE(t.entry->global);  // and nothing is global
  EXPECT_TRUE(rd(0, true, Regime::Pl10Secure).entry->global);
  EXPECT_EQ(rd(0x8000'0000, true, Regime::Pl10Secure).pa_security, kNs);
}

TEST_F(MmuTest, LongAttributesFromMairAndSh) {
  long_on();
  lmap(0x0000'0000, 0, 3, ld::kIndex(0) | ld::kSh(3));
  lmap(0x0000'1000, 0, 3, ld::kIndex(1));
  lmap(0x0000'2000, 0, 3, ld::kIndex(2));
  lmap(0x0000'3000, 0, 3, ld::kIndex(3) | ld::kContiguous);
  EXPECT_EQ(rd(0).attr,
            (MemAttr{MemType::Normal, Cacheability::WriteBackAllocate, Cacheability::WriteBackAllocate, true, false}));
  EXPECT_EQ(rd(0x1000).attr.type, MemType::Device);
  EXPECT_EQ(rd(0x2000).attr, (MemAttr{MemType::Normal, {}, {}, true, true}));
  EXPECT_EQ(rd(0x3000).attr.type, MemType::StronglyOrdered);
}

TEST_F(MmuTest, LongBigEndianTables) {
  long_on();
  regs.sctlr[kNs] |= 1u << sctlr::EE;
  mem.set64(kLongL1, __builtin_bswap64(0x40'0000'0000 | ld::kBlock | ld::kAf));
  EXPECT_PA(rd(0x1234), 0x40'0000'1234);
}

TEST_F(MmuTest, LongWalkAttributesComeFromTtbcr) {
  long_on();
  lmap(0, 0, 1);
  regs.ttbcr[kNs] |= 1u << 8 | 2u << 10 | 3u << 12;  // IRGN0 WBWA, ORGN0 WT, SH0 inner
  rd(0);
  EXPECT_EQ(mem.log[0].attr,
            (MemAttr{MemType::Normal, Cacheability::WriteBackAllocate, Cacheability::WriteThrough, true, false}));
  EXPECT_EQ(mem.log[0].size, 8u);
}

TEST_F(MmuTest, HypRegime) {
  hyp_on();
  lmap(0x0000'0000, 0x10'0000'0000, 1, ld::kAp(1), 0, kHypL1);
  lmap(0x4000'0000, 0x10'4000'0000, 1, ld::kAp(3), 0, kHypL1);
  lmap(0x8020'0000, 0x10'8000'0000, 2, ld::kAp(1) | ld::kXn, 0, kHypL1);
  lmap(0xC000'0000, 0x10'C000'0000, 1, ld::kAp(1) | ld::kPxn | ld::kNg | ld::kIndex(1), 0, kHypL1);
  EXPECT_PA(wr(0x1000, true, Regime::Hyp), 0x10'0000'1000);
  EXPECT_TRUE(ex(0x1000, true, Regime::Hyp).ok());
  EXPECT_FAULT(wr(0x4000'0000, true, Regime::Hyp), Permission, 1);
  EXPECT_TRUE(wr(0x4000'0000, true, Regime::Hyp).fault.to_hyp);
  EXPECT_FAULT(ex(0x8020'0000, true, Regime::Hyp), Permission, 2);
  EXPECT_TRUE(ex(0xC000'0000, true, Regime::Hyp).ok());  // no PXN in Hyp
  EXPECT_EQ(rd(0xC000'0000, true, Regime::Hyp).attr.type, MemType::Device);
  const Translation t = rd(0x8000'0000, true, Regime::Hyp);
  EXPECT_FAULT(t, Translation, 2);
  EXPECT_TRUE(t.fault.to_hyp);
  EXPECT_FALSE(t.fault.stage2);
  regs.hsctlr |= 1u << sctlr::WXN;
  EXPECT_FAULT(ex(0x1000, true, Regime::Hyp), Permission, 1);
  EXPECT_TRUE(ex(0x4000'0000, true, Regime::Hyp).ok());
  // Big-endian by HSCTLR.EE, not by SCTLR.EE
  tlbi(TlbOp::TLBIALLH);
  regs.sctlr[kNs] |= 1u << sctlr::EE;
  EXPECT_TRUE(rd(0x1000, true, Regime::Hyp).ok());
  tlbi(TlbOp::TLBIALLH);
  regs.hsctlr |= 1u << sctlr::EE;
  mem.set64(kHypL1, __builtin_bswap64(0x30'0000'0000 | ld::kBlock | ld::kAf | ld::kAp(1)));
  EXPECT_PA(rd(0x1000, true, Regime::Hyp), 0x30'0000'1000);
}

}  // namespace
}  // namespace hypsim::test
