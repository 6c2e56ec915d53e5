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
      {0b00000, 1u << 7 | 1u << 4},             // Strongly-ordered
      {0b00001, 1u << 7 | 3u << 4},             // Device
      {0b00010, 1u << 10 | 6u << 4 | 2u << 2},  // Write-Through
      {0b00011, 1u << 10 | 7u << 4 | 3u << 2},  // Write-Back, no allocate
      {0b00100, 1u << 7},                       // Non-cacheable
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

// The format belongs to the translation that is asked for; only ATS1C* by Hyp mode are always long. B3.13.2
TEST_F(AtTest, Formats) {
  constexpr AtOp kStage1[] = {AtOp::ATS1CPR, AtOp::ATS1CPW, AtOp::ATS1CUR, AtOp::ATS1CUW};
  constexpr AtOp kBoth[] = {AtOp::ATS12NSOPR, AtOp::ATS12NSOPW, AtOp::ATS12NSOUR, AtOp::ATS12NSOUW};
  s2_tables();
  for (u32 rest = 0; rest < 64; ++rest) {
    SCOPED_TRACE(rest);
    const bool eae = bit(rest, 0), vm = bit(rest, 1), dc = bit(rest, 2), mapped = bit(rest, 3),
               secure_eae = bit(rest, 4);
    regs = {};
    if (eae) {
      long_on();
    } else {
      short_on();
    }
    if (bit(rest, 5)) regs.sctlr[kNs] = 0;
    regs.ttbcr[kS] = secure_eae ? 1u << ttbcr::EAE : 0;
    stage2_on();
    regs.hcr = (vm ? 1u << hcr::VM : 0) | (dc ? 1u << hcr::DC : 0);
    const u32 va = mapped ? 0x0050'0000 : 0x7000'0000;
    section(0x0050'0000, 0x0100'0000);
    lmap(0x0050'0000, 0x0100'0000);
    const auto is_long = [&](AtOp op, Security issuer, bool from_hyp) {
      const AtResult r = at(op, va, issuer, from_hyp);
      EXPECT_FALSE(r.exception);
      EXPECT_EQ(bit(r.par, 11), r.long_format);
      return r.long_format;
    };
    for (const AtOp op : kStage1) {
      EXPECT_EQ(is_long(op, kNs, false), eae);
      EXPECT_TRUE(is_long(op, kNs, true));
      EXPECT_EQ(is_long(op, kS, false), secure_eae);
    }
    for (const AtOp op : kBoth) {
      EXPECT_EQ(is_long(op, kNs, true), eae || vm || dc);
      EXPECT_EQ(is_long(op, kS, false), eae || vm || dc);
    }
    for (const AtOp op : {AtOp::ATS1HR, AtOp::ATS1HW}) EXPECT_TRUE(is_long(op, kNs, true));
  }
}

// NOS is 0 for what is outer shareable and 1 for everything else, in either bank. B4.1.112
TEST_F(AtTest, NotOuterShareable) {
  for (const Security bank : {kNs, kS}) {
    short_on(bank);
    const auto nos = [&] { return bit(at(AtOp::ATS1CPR, 0, bank).par, 10); };
    const auto sh = [&] { return bit(at(AtOp::ATS1CPR, 0, bank).par, 7); };
    for (const bool s : {false, true}) {
      section(0, 0, sd::kApSection(3) | sd::kWbWaSection | (s ? 1u << 16 : 0));
      EXPECT_EQ(sh(), s);
      EXPECT_EQ(nos(), !s);
    }
    regs.sctlr[bank] |= 1u << sctlr::TRE;
    regs.mair1[bank] = 0xFFFF'FFFF;  // NMRR: everything is write-back
    for (u32 rest = 0; rest < 16; ++rest) {
      const bool s = bit(rest, 0), ns0 = bit(rest, 1), ns1 = bit(rest, 2), nos0 = bit(rest, 3);
      section(0, 0, sd::kApSection(3) | (s ? 1u << 16 : 0));
      regs.mair0[bank] = 2 | (ns0 ? 1u << 18 : 0) | (ns1 ? 1u << 19 : 0) | (nos0 ? 1u << 24 : 0);  // PRRR
      const bool shareable = s ? ns1 : ns0;
      EXPECT_EQ(sh(), shareable);
      EXPECT_EQ(nos(), !shareable || nos0);
    }
    for (const u32 type : {0u, 1u}) {  // Strongly-ordered, Device
      regs.mair0[bank] = type | 1u << 24;
      EXPECT_TRUE(sh());
      EXPECT_FALSE(nos());
    }
  }
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
