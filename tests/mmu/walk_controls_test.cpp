// SPDX-License-Identifier: Apache-2.0
// Controls that forbid a walk are looked at whatever the intermediate caches hold. ARM DDI 0406C B3.10.1, B4.1.153
#include "tests/mmu/mmu_fixture.h"

namespace hypsim::test {
namespace {

constexpr u32 kLow = 0x0050'0000, kHigh = 0x9050'0000;  // of TTBR0 and of TTBR1
constexpr u64 kOther = 0x0060'0000;                     // the tables of TTBR1

class WalkControls : public MmuTest {
 protected:
  static MmuConfig with_ipa_cache() {
    MmuConfig config;
    config.ipa_cache = 8;
    return config;
  }
  WalkControls() : MmuTest(with_ipa_cache()) {}

  /// Two pages, one of which has been read, and a section or block, under either TTBR.
  void short_tables() {
    short_on();
    regs.ttbcr[kNs] = 1;  // TTBR0 for the lower 2 GB
    regs.ttbr1[kNs] = kShortL1;
    for (const u32 va : {kLow, kHigh}) {
      small(va, 0x4000'0000);
      small(va + 0x1000, 0x4000'1000);
      section(va + 0x10'0000, 0x4010'0000);
      EXPECT_PA(rd(va), 0x4000'0000);
    }
  }
  void long_tables() {
    long_on();
    regs.ttbcr[kNs] = 1u << ttbcr::EAE | 1u << 16 | 1;  // T1SZ = T0SZ = 1
    regs.ttbr1[kNs] = kOther;
    for (const u32 va : {kLow, kHigh}) {
      const u64 root = va == kLow ? kLongL1 : kOther;
      const u32 at = va & 0x7FFF'FFFF;
      lmap(at, 0x4000'0000, 3, ld::kAp(1), 0, root);
      lmap(at + 0x1000, 0x4000'1000, 3, ld::kAp(1), 0, root);
      lmap(at + 0x40'0000, 0x4040'0000, 2, ld::kAp(1), 0, root);
      EXPECT_PA(rd(va), 0x4000'0000);
    }
  }
  /// With `control` set the page that is in the TLB is found, and everything else of its half has no translation.
  void forbids(unsigned control, u32 va, u32 block, u64 block_pa) {
    SCOPED_TRACE(::testing::Message() << "TTBCR bit " << control);
    const u32 other = va ^ kLow ^ kHigh;
    const u32 before = regs.ttbcr[kNs];
    EXPECT_PA(rd(va), 0x4000'0000);
    regs.ttbcr[kNs] |= 1u << control;
    const std::size_t reads = mem.log.size();
    EXPECT_PA(rd(va), 0x4000'0000);
    for (const u32 absent : {va + 0x1000, va + block}) {
      EXPECT_FAULT(rd(absent), Translation, 1);
      EXPECT_FAULT(wr(absent), Translation, 1);
      EXPECT_FAULT(ex(absent), Translation, 1);
      EXPECT_EQ(mmu.address_translate(AtOp::ATS1CPR, VirtAddr(absent), kNs, false).par & 1, 1u);
      EXPECT_EQ(mmu.address_translate(AtOp::ATS12NSOPR, VirtAddr(absent), kNs, true).par & 1, 1u);
    }
    EXPECT_EQ(mmu.address_translate(AtOp::ATS1CPR, VirtAddr(va), kNs, false).par & 1, 1u) << "fills and asks no TLB";
    EXPECT_EQ(mem.log.size(), reads) << "no walk at all";
    EXPECT_PA(rd(other + 0x1000), 0x4000'1000);
    regs.ttbcr[kNs] = before;
    EXPECT_PA(rd(va + 0x1000), 0x4000'1000);
    EXPECT_PA(rd(va + block), block_pa);
  }
};

TEST_F(WalkControls, ShortFormat) {
  short_tables();
  forbids(ttbcr::PD0, kLow, 0x10'0000, 0x4010'0000);
  flush_all();
  forbids(ttbcr::PD1, kHigh, 0x10'0000, 0x4010'0000);
}

TEST_F(WalkControls, LongFormat) {
  long_tables();
  forbids(ttbcr::EPD0, kLow, 0x40'0000, 0x4050'0000);
  flush_all();
  forbids(ttbcr::EPD1, kHigh, 0x40'0000, 0x4050'0000);
}

// What lies outside both regions has no translation, cached or not; Hyp's region likewise.
TEST_F(WalkControls, Sizes) {
  long_tables();
  regs.ttbcr[kNs] = 1u << ttbcr::EAE | 2u << 16 | 1;  // the upper region: 1 GB
  EXPECT_FAULT(rd(kHigh + 0x1000), Translation, 1);
  hyp_on();
  lmap(kHigh, 0x4000'0000, 3, ld::kAp(1), 0, kHypL1);
  lmap(kHigh + 0x1000, 0x4000'1000, 3, ld::kAp(1), 0, kHypL1);
  EXPECT_PA(rd(kHigh, true, Regime::Hyp), 0x4000'0000);
  regs.htcr = 1;
  EXPECT_FAULT(rd(kHigh + 0x1000, true, Regime::Hyp), Translation, 1);
}

TEST_F(WalkControls, Stage2Sizes) {
  short_on();
  stage2_on();
  s2_tables();
  section(kLow, 0x9000'0000);
  section(kLow + 0x10'0000, 0x9000'0000);
  s2map(0x9000'0000, 0xA000'0000, 2);
  EXPECT_PA(rd(kLow), 0xA000'0000);
  regs.vtcr |= 1;  // T0SZ = 1: IPAs of 31 bits
  const Translation t = rd(kLow + 0x10'0000);
  EXPECT_FAULT(t, Translation, 1);
  EXPECT_TRUE(t.fault.stage2);
  EXPECT_EQ(t.fault.ipa.value, 0x9000'0000u);
}

// HCR.PTW forbids tables in memory that stage 2 makes Device, at every level of the walk.
TEST_F(WalkControls, TablesInDeviceMemory) {
  for (const bool is_long : {false, true}) {
    for (unsigned level = 1; level <= (is_long ? 3u : 2u); ++level) {
      SCOPED_TRACE(::testing::Message() << (is_long ? "long" : "short") << " level " << level);
      flush_all();
      mem.words.clear();
      next_table = 0x0100'0000;
      regs.hcr = 0;
      stage2_on();
      u64 tables[4]{};
      if (is_long) {
        long_on();
        const u64 leaf = 0x0090'0000 | ld::kPage | ld::kAf | ld::kAp(1) | ld::kNs;
        tables[1] = kLongL1;
        tables[3] = put(kLongL1, kLow, 3, leaf) & ~u64{0xFFF};
        put(kLongL1, kLow + 0x1000, 3, leaf);
        u64 d = 0;
        mem.fetch(kLongL1 + 8 * (kLow >> 30), 8, d);
        tables[2] = d & mask64(39, 12);
      } else {
        short_on();
        regs.ttbcr[kNs] = 0;
        small(kLow, 0x0090'0000);
        small(kLow + 0x1000, 0x0090'0000);
        tables[1] = kShortL1;
        tables[2] = short_l2(kLow) & ~u64{0xFFF};
      }
      for (u64 a = 0; a < 0x0200'0000; a += 0x1000) s2map(a, a, 3);
      for (u64 a = 0; a < 0x4000; a += 0x1000) {
        if (a != 0 && tables[level] != kShortL1) break;
        s2map(tables[level] + a, tables[level] + a, 3, ld::kS2Rw | ld::kS2Attr(1) | ld::kAf);
      }
      EXPECT_PA(rd(kLow), 0x0090'0000);
      regs.hcr |= 1u << hcr::PTW;
      EXPECT_PA(rd(kLow), 0x0090'0000);
      const Translation refused = rd(kLow + 0x1000);
      EXPECT_FAULT(refused, Permission, 3);
      EXPECT_TRUE(refused.fault.s1ptw);
      EXPECT_EQ(refused.fault.ipa.value >> 14, tables[level] >> 14);
      regs.hcr &= ~(1u << hcr::PTW);
      EXPECT_PA(rd(kLow + 0x1000), 0x0090'0000);
    }
  }
}

}  // namespace
}  // namespace hypsim::test
