// SPDX-License-Identifier: Apache-2.0
#include "tests/mmu/mmu_fixture.h"

namespace hypsim::test {
namespace {

constexpr MemAttr kWbWa{MemType::Normal, Cacheability::WriteBackAllocate, Cacheability::WriteBackAllocate, false,
                        false};

TEST_F(MmuTest, ShortSection) {
  short_on();
  section(0x8010'0000, 0x4560'0000);
  const Translation t = rd(0x8012'3456);
  EXPECT_PA(t, 0x4562'3456);
  EXPECT_EQ(t.attr, kWbWa);
  EXPECT_EQ(t.hit, TlbLevel::Walk);
  EXPECT_EQ(t.walk_reads_s1, 1);
  EXPECT_EQ(t.walk_reads_s2, 0);
  EXPECT_EQ(t.page_mask, 0xF'FFFFu);
  EXPECT_EQ(t.pa_security, kNs);
  ASSERT_EQ(mem.log.size(), 1u);
  EXPECT_EQ(mem.log[0].pa, kShortL1 + 0x801 * 4);
  EXPECT_EQ(mem.log[0].size, 4u);
}

TEST_F(MmuTest, ShortSupersectionReachesFortyBits) {
  short_on();
  supersection(0x9000'0000, 0xAB'7700'0000);
  EXPECT_PA(rd(0x9012'3456), 0xAB'7712'3456);
  EXPECT_PA(rd(0x90FF'FFFC), 0xAB'77FF'FFFC);
  // Bits 8:5 are address here, never a domain: the domain is 0.
  regs.dacr[kNs] = 0x1;
  EXPECT_TRUE(rd(0x9012'3456).ok());
  regs.dacr[kNs] = 0x5555'5554;
  EXPECT_FAULT(rd(0x9012'3456), Domain, 1);
}

TEST_F(MmuTest, ShortSmallAndLargePages) {
  short_on();
  small(0x0040'5000, 0x7777'7000);
  large(0x0051'0000, 0x6666'0000);
  const Translation t = rd(0x0040'5ABC);
  EXPECT_PA(t, 0x7777'7ABC);
  EXPECT_EQ(t.walk_reads_s1, 2);
  EXPECT_EQ(t.attr, kWbWa);
  const Translation l = rd(0x0051'CDEF);
  EXPECT_PA(l, 0x6666'CDEF);
  EXPECT_EQ(l.page_mask, 0xFFFFu);
  EXPECT_EQ(l.attr, kWbWa);
}

TEST_F(MmuTest, ShortTranslationFaults) {
  short_on();
  EXPECT_FAULT(rd(0x1234'5678), Translation, 1);
  short_l2(0x2000'0000, sd::kDomain(5));
  const Translation t = wr(0x2000'0004);
  EXPECT_FAULT(t, Translation, 2);
  EXPECT_EQ(t.fault.domain, 5);
  EXPECT_TRUE(t.fault.domain_valid);
  EXPECT_FALSE(t.fault.to_hyp);
  EXPECT_EQ(encode_fsr(t.fault, false, true, false), 0x857u);
  EXPECT_EQ(t.entry, nullptr);
}

TEST_F(MmuTest, ShortTtbcrSplit) {
  short_on();
  regs.ttbcr[kNs] = 2;  // TTBR0 below 1 GB, its table 4 KB
  regs.ttbr0[kNs] = 0x0018'1000;
  regs.ttbr1[kNs] = kShortL1;
  mem.set32(0x0018'1000 + 0x3FF * 4, 0x1000'0000 | sd::kSection | sd::kApSection(3));
  section(0x4000'0000, 0x2000'0000);
  section(0xFFF0'0000, 0x3000'0000);
  EXPECT_PA(rd(0x3FF0'0010), 0x1000'0010);
  EXPECT_PA(rd(0x4000'0010), 0x2000'0010);
  EXPECT_PA(rd(0xFFF0'0010), 0x3000'0010);
  flush_all();
  regs.ttbcr[kNs] |= 1u << ttbcr::PD0;
  EXPECT_FAULT(rd(0x3FF0'0010), Translation, 1);
  EXPECT_PA(rd(0x4000'0010), 0x2000'0010);
  flush_all();
  regs.ttbcr[kNs] = 2 | 1u << ttbcr::PD1;
  EXPECT_PA(rd(0x3FF0'0010), 0x1000'0010);
  EXPECT_FAULT(rd(0x4000'0010), Translation, 1);
}

TEST_F(MmuTest, ShortAccessFlag) {
  short_on();
  regs.sctlr[kNs] |= 1u << sctlr::AFE;
  section(0x0000'0000, 0, sd::kApSection(0b010) | sd::kDomain(3));
  small(0x0010'0000, 0x1000, sd::kApPage(0b010));
  const Translation t = rd(0);
  EXPECT_FAULT(t, AccessFlag, 1);
  EXPECT_EQ(t.fault.domain, 3);
  EXPECT_FAULT(rd(0x0010'0000), AccessFlag, 2);
  // It is no cached state: setting the flag in memory is enough.
  section(0x0000'0000, 0, sd::kApSection(0b011));
  EXPECT_TRUE(rd(0).ok());
  EXPECT_EQ(mmu.l2_valid(), 1u);
}

TEST_F(MmuTest, ShortDomains) {
  short_on();
  section(0, 0, sd::kApSection(0) | sd::kDomain(7) | sd::kSectionXn);
  small(0x0010'0000, 0x1000, sd::kApPage(0b101), sd::kDomain(8));
  EXPECT_FAULT(rd(0), Permission, 1);
  EXPECT_TRUE(rd(0x0010'0000).ok());
  EXPECT_FAULT(wr(0x0010'0000), Permission, 2);
  regs.dacr[kNs] = 3u << 14 | 3u << 16;  // Manager: nothing is checked, XN neither
  EXPECT_TRUE(rd(0, false).ok());
  EXPECT_TRUE(ex(0, false).ok());
  EXPECT_TRUE(wr(0x0010'0000, false).ok());
  regs.dacr[kNs] = 0;
  EXPECT_FAULT(rd(0), Domain, 1);
  const Translation t = rd(0x0010'0000);
  EXPECT_FAULT(t, Domain, 2);
  EXPECT_EQ(t.fault.domain, 8);
  regs.dacr[kNs] = 0xAAAA'AAAA;  // reserved: no access
  EXPECT_FAULT(rd(0), Domain, 1);
}

TEST_F(MmuTest, ShortExternalAbortOnWalk) {
  short_on();
  mem.aborts.insert(short_l1(0x5000'0000));
  EXPECT_FAULT(rd(0x5000'0000), SyncExternalOnWalk, 1);
  const u64 slot = short_l2(0x6000'0000, sd::kDomain(2));
  mem.aborts.insert(slot);
  const Translation t = rd(0x6000'0000);
  EXPECT_FAULT(t, SyncExternalOnWalk, 2);
  EXPECT_EQ(encode_fsr(t.fault, false, false, false), 0x2Eu);
  EXPECT_FALSE(t.fault.to_hyp);
}

TEST_F(MmuTest, ShortSecureNsBit) {
  short_on(kS);
  section(0x0000'0000, 0x1000'0000);
  section(0x0010'0000, 0x1010'0000, sd::kApSection(3) | sd::kSectionNs);
  small(0x0020'0000, 0x2000'0000, sd::kApPage(3), sd::kTableNs);
  small(0x0030'0000, 0x3000'0000);
  EXPECT_EQ(rd(0, true, Regime::Pl10Secure).pa_security, kS);
  EXPECT_EQ(rd(0x0010'0000, true, Regime::Pl10Secure).pa_security, kNs);
  EXPECT_EQ(rd(0x0020'0000, true, Regime::Pl10Secure).pa_security, kNs);
  EXPECT_EQ(rd(0x0030'0000, true, Regime::Pl10Secure).pa_security, kS);
  for (const auto& r : mem.log) EXPECT_EQ(r.security, kS);
  // SCR.SIF: no fetch from Non-secure memory, whatever the domain says
  EXPECT_TRUE(ex(0x0010'0000, true, Regime::Pl10Secure).ok());
  regs.scr |= 1u << scr::SIF;
  EXPECT_FAULT(ex(0x0010'0000, true, Regime::Pl10Secure), Permission, 1);
  EXPECT_TRUE(ex(0, true, Regime::Pl10Secure).ok());
  regs.dacr[kS] = 0xFFFF'FFFF;
  EXPECT_FAULT(ex(0x0010'0000, true, Regime::Pl10Secure), Permission, 1);
  EXPECT_TRUE(rd(0x0010'0000, true, Regime::Pl10Secure).ok());
}

TEST_F(MmuTest, ShortBigEndianTables) {
  short_on();
  regs.sctlr[kNs] |= 1u << sctlr::EE;
  mem.set32(short_l1(0x0070'0000), __builtin_bswap32(0x1110'0000 | sd::kSection | sd::kApSection(3)));
  EXPECT_PA(rd(0x0070'1234), 0x1110'1234);
}

TEST_F(MmuTest, ShortWalkAttributesComeFromTtbr) {
  short_on();
  section(0, 0);
  regs.ttbr0[kNs] = kShortL1 | 0x6A;  // IRGN=01 (bit 6), S, NOS, RGN=01
  rd(0);
  EXPECT_EQ(mem.log[0].attr,
            (MemAttr{MemType::Normal, Cacheability::WriteBackAllocate, Cacheability::WriteBackAllocate, true, false}));
}

TEST_F(MmuTest, ShortTexRemapUsesTheBankedRegisters) {
  short_on();
  regs.sctlr[kNs] |= 1u << sctlr::TRE;
  regs.mair0[kNs] = 0x1 << 14 | 0x2;  // PRRR: region 7 Device, region 0 Normal
  regs.mair0[kS] = 0;
  regs.mair1[kNs] = 0x2 | 0x3u << 16;  // NMRR: region 0 inner WT, outer WB no allocate
  section(0, 0, sd::kApSection(3));
  section(0x0010'0000, 0);
  EXPECT_EQ(rd(0).attr,
            (MemAttr{MemType::Normal, Cacheability::WriteThrough, Cacheability::WriteBackNoAllocate, false, false}));
  EXPECT_EQ(rd(0x0010'0000).attr.type, MemType::Device);
}

TEST_F(MmuTest, UnalignedAccessToDeviceMemory) {
  short_on();
  section(0, 0, sd::kApSection(3) | 1u << 2);  // TEX=000 C=0 B=1
  section(0x0010'0000, 0);
  for (const bool cached : {false, true}) {
    const Fault f = unaligned(0).fault;
    EXPECT_EQ(f.kind, FaultKind::Alignment) << cached;
    EXPECT_FALSE(f.to_hyp);
    EXPECT_FALSE(f.stage2);
    EXPECT_TRUE(rd(0).ok());
  }
  EXPECT_TRUE(unaligned(0x0010'0000).ok());
}

}  // namespace
}  // namespace hypsim::test
