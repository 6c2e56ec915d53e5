// SPDX-License-Identifier: Apache-2.0
// Each operation against a TLB holding one entry of every kind: what goes and what stays. ARM DDI 0406C table B4-13
#include <string>

#include "tests/mmu/mmu_fixture.h"

namespace hypsim::test {
namespace {

// The population, one letter each:
//   a  NS PL1&0, VMID 1, ASID 1, page A        e  NS PL1&0, VMID 2, ASID 1, page A
//   b  NS PL1&0, VMID 1, ASID 2, page A        s  Secure, ASID 1, page A
//   c  NS PL1&0, VMID 1, ASID 1, page B        t  Secure, global, page B
//   g  NS PL1&0, VMID 1, global, page G        h  Hyp, page A
//                                              i  Hyp, page B
constexpr u32 kA = 0x0050'0000, kB = 0x0060'0000, kG = 0x0070'0000;

class MaintenanceTest : public MmuTest {
 protected:
  static MmuConfig wide() {  // no capacity evictions: five of the items share a set
    MmuConfig c;
    c.l2_ways = 16;
    return c;
  }
  MaintenanceTest() : MmuTest(wide()) {}

  struct Item {
    char name;
    Regime regime;
    u8 vmid, asid;
    u32 va;
  };
  static constexpr Item kItems[] = {
      {'a', Regime::Pl10NonSecure, 1, 1, kA}, {'b', Regime::Pl10NonSecure, 1, 2, kA},
      {'c', Regime::Pl10NonSecure, 1, 1, kB}, {'g', Regime::Pl10NonSecure, 1, 1, kG},
      {'e', Regime::Pl10NonSecure, 2, 1, kA}, {'s', Regime::Pl10Secure, 0, 1, kA},
      {'t', Regime::Pl10Secure, 0, 1, kG},    {'h', Regime::Hyp, 0, 0, kA},
      {'i', Regime::Hyp, 0, 0, kB},
  };

  void SetUp() override {
    short_on();
    short_on(kS);
    hyp_on();
    for (const u32 va : {kA, kB}) {
      small(va, va, sd::kApPage(3) | sd::kPageNg);
      lmap(va, va, 3, ld::kAp(1), 0, kHypL1);
    }
    small(kG, kG, sd::kApPage(3));
  }
  void select(const Item& i) {
    regs.vttbr = (regs.vttbr & mask64(39, 0)) | u64{i.vmid} << 48;
    regs.contextidr[kNs] = regs.contextidr[kS] = i.asid;
  }
  void populate() {
    for (const Item& i : kItems) {
      select(i);
      rd(i.va, true, i.regime);
      wr(i.va, true, i.regime);
      ex(i.va, true, i.regime);
    }
    ASSERT_EQ(mmu.l2_valid(), std::size(kItems));
  }
  // Letters of the entries that still hit for this kind of access.
  std::string survivors(AccessKind kind = AccessKind::Read) {
    std::string out;
    const Mmu::RawRead nothing = [](PhysAddr, unsigned, Security, u64&) { return false; };
    for (const Item& i : kItems) {
      select(i);
      if (mmu.probe(VirtAddr(i.va), kind, i.regime, true, nothing).hit != TlbLevel::Walk) out += i.name;
    }
    return out;
  }
  // Populates, performs the operation, and returns what is left.
  std::string after(TlbOp op, u32 rt = 0, Security issuer = kNs, u8 vmid = 1) {
    mmu.reset();
    populate();
    EXPECT_EQ(survivors(), "abcgesthi");
    const unsigned l1 = mmu.l1_valid(), l2 = mmu.l2_valid();
    const unsigned dropped = mmu.maintain(make_tlb_maintenance(op, rt, issuer, Vmid(vmid)));
    EXPECT_GE(dropped, l1 - mmu.l1_valid() + l2 - mmu.l2_valid());
    return survivors();
  }
};

TEST_F(MaintenanceTest, All) {
  for (const TlbOp op : {TlbOp::TLBIALL, TlbOp::TLBIALLIS}) {
    EXPECT_EQ(after(op), "esthi");
    EXPECT_EQ(after(op, 0, kNs, 2), "abcgsthi");
    EXPECT_EQ(after(op, 0, kNs, 9), "abcgesthi");
    EXPECT_EQ(after(op, 0, kS), "abcgehi");
  }
}

TEST_F(MaintenanceTest, Mva) {
  for (const TlbOp op : {TlbOp::TLBIMVA, TlbOp::TLBIMVAIS}) {
    EXPECT_EQ(after(op, kA | 1), "bcgesthi");
    EXPECT_EQ(after(op, kA | 2), "acgesthi");
    EXPECT_EQ(after(op, kA | 3), "abcgesthi");
    EXPECT_EQ(after(op, kG | 3), "abcesthi");  // global: any ASID names it
    EXPECT_EQ(after(op, kA | 1, kNs, 2), "abcgsthi");
    EXPECT_EQ(after(op, kA | 1, kS), "abcgethi");
    EXPECT_EQ(after(op, kG | 5, kS), "abcgeshi");
    EXPECT_EQ(after(op, (kA + 0x1000) | 1), "abcgesthi");
  }
}

TEST_F(MaintenanceTest, Asid) {
  for (const TlbOp op : {TlbOp::TLBIASID, TlbOp::TLBIASIDIS}) {
    EXPECT_EQ(after(op, 1), "bgesthi");  // global entries stay
    EXPECT_EQ(after(op, 2), "acgesthi");
    EXPECT_EQ(after(op, 1, kS), "abcgethi");
    EXPECT_EQ(after(op, 1, kNs, 2), "abcgsthi");
  }
}

TEST_F(MaintenanceTest, MvaAllAsids) {
  for (const TlbOp op : {TlbOp::TLBIMVAA, TlbOp::TLBIMVAAIS}) {
    EXPECT_EQ(after(op, kA | 9), "cgesthi");
    EXPECT_EQ(after(op, kG), "abcesthi");
    EXPECT_EQ(after(op, kA, kS), "abcgethi");
  }
}

TEST_F(MaintenanceTest, Hyp) {
  for (const TlbOp op : {TlbOp::TLBIALLH, TlbOp::TLBIALLHIS}) EXPECT_EQ(after(op), "abcgest");
  for (const TlbOp op : {TlbOp::TLBIMVAH, TlbOp::TLBIMVAHIS}) {
    EXPECT_EQ(after(op, kA), "abcgesti");
    EXPECT_EQ(after(op, kB | 0xFF), "abcgesth");
    EXPECT_EQ(after(op, kA, kS), "abcgesti");  // from Monitor mode with SCR.NS=1
  }
}

TEST_F(MaintenanceTest, NonSecureNonHyp) {
  for (const TlbOp op : {TlbOp::TLBIALLNSNH, TlbOp::TLBIALLNSNHIS}) {
    EXPECT_EQ(after(op), "sthi");
    EXPECT_EQ(after(op, 0, kS, 7), "sthi");
  }
}

// The separate forms reach their own L1 and the unified L2; the other side's L1 keeps its copy.
TEST_F(MaintenanceTest, InstructionAndDataForms) {
  EXPECT_EQ(after(TlbOp::ITLBIALL), "abcgesthi");
  EXPECT_EQ(survivors(AccessKind::Fetch), "esthi");
  EXPECT_EQ(mmu.l2_valid(), 5u);
  EXPECT_EQ(after(TlbOp::ITLBIMVA, kA | 1), "abcgesthi");
  EXPECT_EQ(survivors(AccessKind::Fetch), "bcgesthi");
  EXPECT_EQ(after(TlbOp::ITLBIASID, 1), "abcgesthi");
  EXPECT_EQ(survivors(AccessKind::Fetch), "bgesthi");
  EXPECT_EQ(after(TlbOp::DTLBIALL), "esthi");
  EXPECT_EQ(survivors(AccessKind::Write), "esthi");
  EXPECT_EQ(survivors(AccessKind::Fetch), "abcgesthi");
  EXPECT_EQ(after(TlbOp::DTLBIMVA, kG), "abcesthi");
  EXPECT_EQ(survivors(AccessKind::Fetch), "abcgesthi");
  EXPECT_EQ(after(TlbOp::DTLBIASID, 2), "acgesthi");
  EXPECT_EQ(survivors(AccessKind::Fetch), "abcgesthi");
}

TEST_F(MaintenanceTest, BroadcastFlag) {
  unsigned broadcasts = 0;
  for (unsigned i = 0; i < kTlbOpCount; ++i) {
    const TlbOpRow& row = tlb_op_row(static_cast<TlbOp>(i));
    EXPECT_EQ(static_cast<unsigned>(row.op), i);
    const std::string name = row.name;
    EXPECT_EQ(row.inner_shareable, name.size() > 2 && name.substr(name.size() - 2) == "IS") << name;
    broadcasts += row.inner_shareable;
  }
  EXPECT_EQ(broadcasts, 7u);
}

TEST_F(MaintenanceTest, BroadcastIsTheSameValueOnEveryCore) {
  mmu.reset();
  SystemRegisters other_regs = regs;
  Mmu other(other_regs, mem);
  const auto read_other = [&] { return other.translate(VirtAddr(kA), AccessKind::Read, Regime::Pl10NonSecure, true); };
  other_regs.vttbr = u64{1} << 48;
  other_regs.contextidr[kNs] = 1;
  read_other();
  other_regs.vttbr = 0;  // the other core has left the guest; its entries are still tagged with VMID 1
  const TlbMaintenance op = make_tlb_maintenance(TlbOp::TLBIALLIS, 0, kNs, Vmid(1));
  EXPECT_GT(other.maintain(op), 0u);
  other_regs.vttbr = u64{1} << 48;
  EXPECT_EQ(read_other().hit, TlbLevel::Walk);
}

// Any address in a large page names the whole page, also where L1 or stage 2 broke it up.
TEST_F(MaintenanceTest, MvaReachesEveryPieceOfALargePage) {
  section(0x0100'0000, 0x0100'0000, sd::kApSection(3));
  rd(0x0100'0000);
  rd(0x0105'0000);
  tlbi(TlbOp::TLBIMVAA, 0x010F'F000);
  EXPECT_EQ(rd(0x0105'0000).hit, TlbLevel::Walk);
  EXPECT_EQ(rd(0x0100'0000).hit, TlbLevel::L2);
  regs.vttbr = 0;
  stage2_on();
  for (u64 a = 0; a < 0x0200'0000; a += 0x1000) s2map(a, a, 3);
  rd(0x0100'0000);
  rd(0x0105'0000);
  EXPECT_EQ(rd(0x0105'0000).hit, TlbLevel::L1);
  tlbi(TlbOp::TLBIMVAA, 0x010F'F000);
  EXPECT_EQ(rd(0x0100'0000).hit, TlbLevel::Walk);
  EXPECT_EQ(rd(0x0105'0000).hit, TlbLevel::Walk);
}

TEST_F(MaintenanceTest, GuestOperationsDropStage2Results) {
  stage2_on(1);
  for (u64 a = 0; a < 0x0200'0000; a += 0x1000) s2map(a, a, 3);
  regs.contextidr[kNs] = 1;
  EXPECT_PA(rd(kA), kA);
  s2map(kA, 0x1'0000'0000, 3);
  EXPECT_PA(rd(kA), kA);
  tlbi(TlbOp::TLBIALLIS);
  EXPECT_PA(rd(kA), 0x1'0000'0000);
}

TEST_F(MaintenanceTest, CountsInStatistics) {
  mmu.reset();
  populate();
  const unsigned dropped = tlbi(TlbOp::TLBIALLH);
  EXPECT_GE(dropped, 8u);  // two pages in L2 and three L1 TLBs, and the tables above them
  EXPECT_EQ(mmu.stats().maintenance_ops, 1u);
  EXPECT_EQ(mmu.stats().maintenance_dropped, dropped);
  EXPECT_EQ(tlbi(TlbOp::TLBIALLH), 0u);
}

}  // namespace
}  // namespace hypsim::test
