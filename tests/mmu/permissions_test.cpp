// SPDX-License-Identifier: Apache-2.0
// Truth tables of ARM DDI 0406C B3.7, driven through whole translations.
#include "tests/mmu/mmu_fixture.h"

namespace hypsim::test {
namespace {

struct Rw {
  const char* pl1;
  const char* pl0;
};
// Table B3-8: AP[2:0], SCTLR.AFE=0
constexpr Rw kApTable[8] = {{"", ""}, {"rw", ""}, {"rw", "r"}, {"rw", "rw"},
                            {"", ""}, {"r", ""},  {"r", "r"},  {"r", "r"}};
// Table B3-9: AP[2:1]
constexpr Rw kAp21Table[4] = {{"rw", ""}, {"rw", "rw"}, {"r", ""}, {"r", "r"}};

bool has(const char* s, char c) { return std::string_view(s).find(c) != std::string_view::npos; }

class PermissionTest : public MmuTest {
 protected:
  // Checks all six accesses to `va` against the rights of one table row.
  void expect(u32 va, const Rw& row, bool xn, bool pxn, u8 level, Regime regime = Regime::Pl10NonSecure) {
    const Security bank = regime == Regime::Pl10Secure ? kS : kNs;
    const bool wxn = bit(regs.sctlr[bank], sctlr::WXN), uwxn = bit(regs.sctlr[bank], sctlr::UWXN);
    for (const bool privileged : {true, false}) {
      const char* rights = privileged ? row.pl1 : row.pl0;
      bool executable = has(rights, 'r') && !xn;
      if (wxn && has(rights, 'w')) executable = false;
      if (privileged && (pxn || (uwxn && has(row.pl0, 'w')))) executable = false;
      const Translation r = rd(va, privileged, regime), w = wr(va, privileged, regime), x = ex(va, privileged, regime);
      EXPECT_EQ(r.ok(), has(rights, 'r'));
      EXPECT_EQ(w.ok(), has(rights, 'w'));
      EXPECT_EQ(x.ok(), executable);
      for (const Translation* t : {&r, &w, &x}) {
        EXPECT_EQ(t->allows_read(), r.ok());
        EXPECT_EQ(t->allows_write(), w.ok());
        EXPECT_EQ(t->allows_fetch(), x.ok());
        if (!t->ok()) {
          EXPECT_EQ(t->fault.kind, FaultKind::Permission);
          EXPECT_EQ(t->fault.level, level);
        }
      }
      const Translation c = mmu.translate(VirtAddr(va), AccessKind::CacheMaintenance, regime, privileged);
      EXPECT_TRUE(c.ok());
    }
  }
};

TEST_F(PermissionTest, ShortSectionsAndPages) {
  short_on();
  for (u32 combo = 0; combo < 16; ++combo) {
    const bool xn = bit(combo, 0), pxn = bit(combo, 1);
    regs.sctlr[kNs] = with_bits(1, sctlr::UWXN, sctlr::WXN, combo >> 2);
    for (u32 ap = 0; ap < 8; ++ap) {
      SCOPED_TRACE(::testing::Message() << "AP " << ap << " combo " << combo);
      flush_all();
      section(0, 0, sd::kApSection(ap) | (xn ? sd::kSectionXn : 0) | (pxn ? sd::kSectionPxn : 0));
      mem.set32(short_l1(0x0010'0000), 0);
      small(0x0010'0000, 0, sd::kApPage(ap) | (xn ? sd::kSmallXn : 0), pxn ? sd::kTablePxn : 0);
      expect(0, kApTable[ap], xn, pxn, 1);
      expect(0x0010'0000, kApTable[ap], xn, pxn, 2);
    }
  }
}

TEST_F(PermissionTest, ShortWithAccessFlag) {
  short_on();
  regs.sctlr[kNs] |= 1u << sctlr::AFE;
  for (u32 ap = 0; ap < 4; ++ap) {
    SCOPED_TRACE(ap);
    flush_all();
    section(0, 0, sd::kApSection(ap << 1 | 1));
    large(0x0020'0000, 0, sd::kApPage(ap << 1 | 1) | sd::kLargeXn);
    expect(0, kAp21Table[ap], false, false, 1);
    expect(0x0020'0000, kAp21Table[ap], true, false, 2);
  }
}

TEST_F(PermissionTest, LongBlocksAndPages) {
  for (const Regime regime : {Regime::Pl10NonSecure, Regime::Pl10Secure}) {
    const Security bank = regime == Regime::Pl10Secure ? kS : kNs;
    long_on(bank);
    for (u32 combo = 0; combo < 16; ++combo) {
      const bool xn = bit(combo, 0), pxn = bit(combo, 1);
      regs.sctlr[bank] = with_bits(1, sctlr::UWXN, sctlr::WXN, combo >> 2);
      for (u32 ap = 0; ap < 4; ++ap) {
        SCOPED_TRACE(::testing::Message() << "AP " << ap << " combo " << combo);
        flush_all();
        const u64 extra = ld::kAp(ap) | (xn ? ld::kXn : 0) | (pxn ? ld::kPxn : 0);
        lmap(0x4000'0000, 0, 1, extra);
        lmap(0x0000'3000, 0, 3, extra);
        expect(0x4000'0000, kAp21Table[ap], xn, pxn, 1, regime);
        expect(0x0000'3000, kAp21Table[ap], xn, pxn, 3, regime);
      }
    }
  }
}

// The A15 judges permissions at the access: these controls act without a TLBI.
TEST_F(PermissionTest, ControlsActOnCachedEntries) {
  short_on();
  section(0, 0);
  EXPECT_TRUE(ex(0).ok());
  const u64 reads = mem.log.size();
  regs.sctlr[kNs] |= 1u << sctlr::UWXN;
  EXPECT_FAULT(ex(0, true), Permission, 1);
  EXPECT_TRUE(ex(0, false).ok());
  regs.sctlr[kNs] = 1 | 1u << sctlr::WXN;
  EXPECT_FAULT(ex(0, false), Permission, 1);
  regs.sctlr[kNs] = 1;
  EXPECT_TRUE(ex(0).ok());
  regs.dacr[kNs] = 0;
  EXPECT_FAULT(ex(0), Domain, 1);
  regs.dacr[kNs] = 1;
  EXPECT_TRUE(ex(0).ok());
  EXPECT_EQ(mem.log.size(), reads);
}

// Maintenance by address wants a translation and nothing else. ARM DDI 0406C B3.12.3
TEST_F(PermissionTest, MaintenanceNeedsNone) {
  const auto maintained = [&](u32 va, bool privileged) {
    return mmu.translate(VirtAddr(va), AccessKind::CacheMaintenance, Regime::Pl10NonSecure, privileged);
  };
  short_on();
  stage2_on();
  s2_tables();
  for (const u32 dacr : {0u, 1u, 2u, 3u}) {
    for (u64 hap = 0; hap < 4; ++hap) {
      for (const bool from_tlb : {false, true}) {
        SCOPED_TRACE(::testing::Message() << "DACR " << dacr << " HAP " << hap << " from the TLB " << from_tlb);
        flush_all();
        regs.dacr[kNs] = dacr;
        section(0x0050'0000, 0x4000'0000, 0);  // AP 000
        s2map(0x4000'0000, 0x9000'0000, 2, ld::kHap(hap) | ld::kS2Normal | ld::kAf);
        if (from_tlb) maintained(0x0050'0000, true);
        for (const bool privileged : {false, true}) EXPECT_PA(maintained(0x0050'0040, privileged), 0x9000'0040);
        EXPECT_FAULT(maintained(0x0060'0000, true), Translation, 1);
      }
    }
  }
  section(0x0050'0000, 0x5000'0000);  // no stage 2
  flush_all();
  EXPECT_TRUE(maintained(0x0050'0000, true).fault.stage2);
  regs.sctlr[kNs] |= 1u << sctlr::AFE;
  section(0x0050'0000, 0x4000'0000, 0);
  flush_all();
  EXPECT_FAULT(maintained(0x0050'0000, true), AccessFlag, 1);
}

TEST_F(PermissionTest, Stage2Rights) {
  short_on();
  stage2_on();
  s2_tables();
  for (u64 hap = 0; hap < 4; ++hap) {
    for (const bool xn : {false, true}) {
      SCOPED_TRACE(::testing::Message() << "HAP " << hap << " XN " << xn);
      flush_all();
      section(0x0050'0000, 0x4000'0000);
      s2map(0x4000'0000, 0x9000'0000, 2, ld::kHap(hap) | ld::kS2Normal | ld::kAf | (xn ? ld::kXn : 0));
      const bool r = bit(hap, 0), w = bit(hap, 1), x = r && !xn;
      EXPECT_EQ(rd(0x0050'0000).ok(), r);
      EXPECT_EQ(wr(0x0050'0000).ok(), w);
      EXPECT_EQ(ex(0x0050'0000, false).ok(), x);
      const Translation t = rd(0x0050'0000);
      EXPECT_EQ(t.allows_write(), w);
      EXPECT_EQ(t.allows_fetch(), x);
    }
  }
}

}  // namespace
}  // namespace hypsim::test
