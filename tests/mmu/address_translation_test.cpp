// SPDX-License-Identifier: Apache-2.0
// PAR layouts: ARM DDI 0406C B4.1.112.
#include "tests/mmu/mmu_fixture.h"

namespace hypsim::test {
namespace {

class AtTest : public MmuTest {
 protected:
  AtResult at(AtOp op, u32 va, Security issuer = kNs, bool from_hyp = false) {
    return mmu.address_translate(op, VirtAddr(va), issuer, from_hyp);
  }
};

TEST_F(AtTest, ShortFormat) {
  short_on();
  section(0x0050'0000, 0x4000'0000, sd::kApSection(3) | sd::kWbWaSection | 1u << 16);
  const AtResult r = at(AtOp::ATS1CPR, 0x0051'2345);
  EXPECT_FALSE(r.long_format);
  // PA, NS, SH, inner WBWA 101, outer WBWA 01
  EXPECT_EQ(r.par, 0x4001'2000u | 1u << 9 | 1u << 7 | 5u << 4 | 1u << 2);
  EXPECT_EQ(r.walk_reads_s1, 1);
  EXPECT_EQ(mmu.l1_valid() + mmu.l2_valid(), 0u);
}

TEST_F(AtTest, ShortFormatAttributes) {
  short_on(kS);
  const struct {
    u32 tex_c_b, par;
  } rows[] = {
      {0b00000, 1u << 7 | 1u << 4},  // Strongly-ordered
      {0b00001, 1u << 7 | 3u << 4},  // Device
      {0b00010, 6u << 4 | 2u << 2},  // Write-Through
      {0b00011, 7u << 4 | 3u << 2},  // Write-Back, no allocate
      {0b00100, 1u << 7},            // Non-cacheable
  };
  for (const auto& r : rows) {
    section(0, 0x4000'0000, sd::kApSection(3) | bits(r.tex_c_b, 4, 2) << 12 | bits(r.tex_c_b, 1, 0) << 2);
    EXPECT_EQ(at(AtOp::ATS1CPR, 0, kS).par, 0x4000'0000u | r.par);
  }
}

TEST_F(AtTest, ShortFormatSupersection) {
  short_on();
  supersection(0x9000'0000, 0xAB'7700'0000, sd::kApSection(3));
  const u64 par = at(AtOp::ATS1CPR, 0x9012'3456).par;
  EXPECT_EQ(par & 3, 2u);
  EXPECT_EQ(bits(par, 31, 24), 0x77u);
  EXPECT_EQ(bits(par, 23, 16), 0xABu);
}

TEST_F(AtTest, ShortFormatFaultsAndPrivilege) {
  short_on();
  section(0x0050'0000, 0x4000'0000, sd::kApSection(0b010));  // PL0 read-only
  EXPECT_EQ(at(AtOp::ATS1CPR, 0x0060'0000).par, 1u | 0x05u << 1);
  EXPECT_EQ(at(AtOp::ATS1CPW, 0x0050'0000).par & 1, 0u);
  EXPECT_EQ(at(AtOp::ATS1CUR, 0x0050'0000).par & 1, 0u);
  EXPECT_EQ(at(AtOp::ATS1CUW, 0x0050'0000).par, 1u | 0x0Du << 1);
  regs.dacr[kNs] = 0;
  EXPECT_EQ(at(AtOp::ATS1CPR, 0x0050'0000).par, 1u | 0x09u << 1);
  // From Hyp the format is long whatever the guest uses
  EXPECT_EQ(at(AtOp::ATS1CPR, 0x0050'0000, kNs, true).par, 1u | 0x3Du << 1 | 1u << 11);
}

TEST_F(AtTest, LongFormat) {
  long_on();
  lmap(0x0050'0000, 0x12'3456'7000, 3, ld::kAp(1) | ld::kIndex(0) | ld::kSh(3));
  const AtResult r = at(AtOp::ATS1CPR, 0x0050'0123);
  EXPECT_TRUE(r.long_format);
  EXPECT_EQ(r.par, 0xFFull << 56 | 0x12'3456'7000 | 1u << 11 | 1u << 9 | 3u << 7);
  EXPECT_EQ(at(AtOp::ATS1CPR, 0x0060'0000).par, 1u | 0x06u << 1 | 1u << 11);  // translation fault, level 2
  EXPECT_EQ(at(AtOp::ATS1CPR, 0x0050'1000).par, 1u | 0x07u << 1 | 1u << 11);
}

TEST_F(AtTest, Stage1OnlyGivesTheIpa) {
  short_on();
  stage2_on();
  s2_tables();
  section(0x0050'0000, 0x4000'0000);
  s2map(0x4000'0000, 0x90'0000'0000, 2, ld::kHap(1) | ld::kAf | ld::kS2Attr(1));
  const AtResult guest = at(AtOp::ATS1CPW, 0x0050'3000);
  EXPECT_FALSE(guest.long_format);
  EXPECT_EQ(guest.par & mask64(31, 12), 0x4000'3000u);
  const AtResult hyp = at(AtOp::ATS1CPR, 0x0050'3000, kNs, true);
  EXPECT_EQ(hyp.par, 0xFFull << 56 | 0x4000'3000 | 1u << 11 | 1u << 9);
}

TEST_F(AtTest, BothStages) {
  short_on();
  stage2_on();
  s2_tables();
  section(0x0050'0000, 0x4000'0000);
  s2map(0x4000'0000, 0x90'0000'0000, 2, ld::kHap(1) | ld::kAf | ld::kS2Attr(1));
  const AtResult r = at(AtOp::ATS12NSOPR, 0x0050'3000, kNs, true);
  EXPECT_EQ(r.par, 0x04ull << 56 | 0x90'0000'3000 | 1u << 11 | 1u << 9 | 2u << 7);
  // stage-2 permission fault, level 2: FSTAGE
  EXPECT_EQ(at(AtOp::ATS12NSOPW, 0x0050'3000, kNs, true).par, 1u | 0x0Eu << 1 | 1u << 9 | 1u << 11);
  // the same from Secure state
  EXPECT_EQ(at(AtOp::ATS12NSOUR, 0x0050'3000, kS).par, r.par);
  section(0x0060'0000, 0x5000'0000);
  EXPECT_EQ(at(AtOp::ATS12NSOPR, 0x0060'0000, kNs, true).par, 1u | 0x06u << 1 | 1u << 9 | 1u << 11);
}

TEST_F(AtTest, RefusedWalks) {
  short_on();
  stage2_on();
  section(0x0050'0000, 0x4000'0000);  // stage 2 does not map the table
  const AtResult guest = at(AtOp::ATS1CPR, 0x0050'0000);
  EXPECT_EQ(guest.exception.kind, FaultKind::Translation);
  EXPECT_TRUE(guest.exception.s1ptw);
  EXPECT_TRUE(guest.exception.to_hyp);
  // Asked from Hyp it is an answer: S2WLK and FSTAGE
  const u64 expected = 1u | 0x05u << 1 | 1u << 8 | 1u << 9 | 1u << 11;
  for (const AtOp op : {AtOp::ATS1CPR, AtOp::ATS12NSOPR}) {
    const AtResult hyp = at(op, 0x0050'0000, kNs, true);
    EXPECT_FALSE(hyp.exception);
    EXPECT_EQ(hyp.par, expected);
  }
}

TEST_F(AtTest, ExternalAbortOnTheWalkIsAnException) {
  short_on();
  mem.aborts.insert(short_l1(0x0050'0000));
  for (const bool from_hyp : {false, true}) {
    const AtResult r = at(AtOp::ATS1CPR, 0x0050'0000, kNs, from_hyp);
    EXPECT_EQ(r.exception.kind, FaultKind::SyncExternalOnWalk);
    EXPECT_FALSE(r.exception.to_hyp);
  }
}

TEST_F(AtTest, HypRegime) {
  hyp_on();
  lmap(0x4000'0000, 0x40'4000'0000, 1, ld::kAp(3), 0, kHypL1);
  EXPECT_EQ(at(AtOp::ATS1HR, 0x4000'1000, kNs, true).par, 0xFFull << 56 | 0x40'4000'1000 | 1u << 11 | 1u << 9);
  EXPECT_EQ(at(AtOp::ATS1HW, 0x4000'1000, kNs, true).par, 1u | 0x0Du << 1 | 1u << 11);
  EXPECT_EQ(at(AtOp::ATS1HR, 0x8000'0000, kS).par, 1u | 0x05u << 1 | 1u << 11);
}

TEST_F(AtTest, MmuOff) {
  const AtResult r = at(AtOp::ATS1CPW, 0x8000'1234);
  EXPECT_EQ(r.par, 0x8000'1000u | 1u << 9 | 1u << 7 | 1u << 4);
  EXPECT_EQ(at(AtOp::ATS1CPW, 0x8000'1234, kS).par, 0x8000'1000u | 1u << 7 | 1u << 4);
}

// What a hypervisor does after a stage-2 permission fault: HPFAR is UNKNOWN, so it asks for the IPA and keeps PAR.
TEST_F(AtTest, AnswersComeFromTheTablesNotFromTheTlb) {
  short_on();
  small(0x0050'0000, 0x4000'0000);
  EXPECT_PA(rd(0x0050'0000), 0x4000'0000);
  mem.set32(short_l2(0x0050'0000), 0);
  EXPECT_PA(rd(0x0050'0000), 0x4000'0000);
  EXPECT_EQ(at(AtOp::ATS1CPR, 0x0050'0000).par, 1u | 0x07u << 1);
}

}  // namespace
}  // namespace hypsim::test
