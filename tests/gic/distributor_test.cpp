// SPDX-License-Identifier: Apache-2.0
#include "sim/base/error.h"
#include "tests/gic/gic_fixture.h"

namespace hypsim {
namespace {

using Distributor = GicFixture;

class Uniprocessor : public GicFixture {
 protected:
  Uniprocessor() : GicFixture({.cores = 1, .spis = 32}) {}
};

TEST_F(Distributor, Identification) {
  EXPECT_EQ(gicd(gicd::TYPER), 0x422u);  // 96 interrupts, 2 cores, Security Extensions
  EXPECT_EQ(gicd(gicd::IIDR), 0x0000043Bu);
  const u32 expected[12] = {4, 0, 0, 0, 0x90, 0xB4, 0x2B, 0, 0x0D, 0xF0, 0x05, 0xB1};
  for (unsigned i = 0; i < 12; ++i) EXPECT_EQ(gicd(gicd::PIDR4 + 4 * i, NS), expected[i]) << i;
}

TEST_F(Distributor, ResetValues) {
  EXPECT_EQ(gicd(gicd::CTLR), 0u);
  EXPECT_EQ(gicd(gicd::ISENABLER), 0xFFFFu) << "SGIs are always enabled";
  EXPECT_EQ(gicd(gicd::ISENABLER + 4), 0u);
  EXPECT_EQ(gicd(gicd::ICFGR), 0xAAAAAAAAu);
  EXPECT_EQ(gicd(gicd::ICFGR + 4), 0x55540000u);
  EXPECT_EQ(gicd(gicd::ICFGR + 8), 0x55555555u);
  EXPECT_EQ(gic.lines(0), Gic::CpuLines{});
}

TEST_F(Distributor, RejectsImpossibleConfigurations) {
  EXPECT_THROW(Gic({.cores = 9}), InputError);
  EXPECT_THROW(Gic({.cores = 0}), InputError);
  EXPECT_THROW(Gic({.cores = 1, .spis = 33}), InputError);
  EXPECT_THROW(Gic({.cores = 1, .spis = 992}), InputError);
  EXPECT_THROW(Gic({.cores = 1, .spis = 32, .list_registers = 65}), InputError);
}

TEST_F(Distributor, AccessSizes) {
  u32 value = 0;
  EXPECT_FALSE(gic.read(Frame::Distributor, gicd::ISENABLER, 1, 0, S, value));
  EXPECT_FALSE(gic.read(Frame::Distributor, gicd::ISENABLER + 2, 4, 0, S, value));
  EXPECT_FALSE(gic.read(Frame::Distributor, 0x1000, 4, 0, S, value));
  EXPECT_FALSE(gic.read(Frame::CpuInterface, gicc::PMR, 2, 0, S, value));
  EXPECT_FALSE(gic.write(Frame::Distributor, gicd::SGIR, 1, 0, S, 0));
  EXPECT_FALSE(gic.read(Frame::Distributor, 0, 4, 2, S, value)) << "there is no core 2";
  wr(Frame::Distributor, gicd::IPRIORITYR + 33, 0x58, S, 0, 1);
  EXPECT_EQ(gicd(gicd::IPRIORITYR + 32), 0x5800u);
  EXPECT_EQ(rd(Frame::Distributor, gicd::IPRIORITYR + 33, S, 0, 1), 0x58u);
  EXPECT_EQ(rd(Frame::Distributor, gicd::IPRIORITYR + 32, S, 0, 2), 0x5800u);
}

TEST_F(Distributor, ReservedOffsetsReadAsZeroAndIgnoreWrites) {
  for (u32 offset : {0x00Cu, 0x040u, 0x07Cu, 0xEFCu, 0xF30u, 0xFCCu, gicd::ISENABLER + 12, gicd::IPRIORITYR + 96}) {
    set_gicd(offset, ~0u);
    EXPECT_EQ(gicd(offset), 0u) << std::hex << offset;
  }
}

TEST_F(Distributor, PrioritiesHave32Levels) {
  set_gicd(gicd::IPRIORITYR + 32, 0xFF7F0301);
  EXPECT_EQ(gicd(gicd::IPRIORITYR + 32), 0xF8780000u);
}

TEST_F(Distributor, NonSecurePriorityIsTheLowerHalfShifted) {
  set_gicd(gicd::IGROUPR + 4, 0b1101);  // 32, 34, 35 in Group 1; 33 not
  set_gicd(gicd::IPRIORITYR + 32, 0xB0A00040, NS);
  EXPECT_EQ(gicd(gicd::IPRIORITYR + 32), 0xD8D000A0u) << "the Secure view of what Non-secure wrote";
  EXPECT_EQ(gicd(gicd::IPRIORITYR + 32, NS), 0xB0A00040u);
  set_priority(33, 0x20);
  EXPECT_EQ(gicd(gicd::IPRIORITYR + 32, NS), 0xB0A00040u) << "Group 0 reads as zero";
}

TEST_F(Distributor, NonSecureSeesGroup1Alone) {
  set_gicd(gicd::IGROUPR + 4, 1u << 1);  // 33
  EXPECT_EQ(gicd(gicd::IGROUPR + 4, NS), 0u);
  set_gicd(gicd::IGROUPR + 4, 0, NS);
  EXPECT_EQ(gicd(gicd::IGROUPR + 4), 2u) << "IGROUPR is Secure";
  for (u32 set : {gicd::ISENABLER, gicd::ISPENDR, gicd::ISACTIVER}) {
    set_gicd(set + 4, 3, NS);
    EXPECT_EQ(gicd(set + 4), 2u) << std::hex << set;
    set_gicd(set + 4, 3);
    EXPECT_EQ(gicd(set + 4, NS), 2u);
    set_gicd(set + 0x80 + 4, 3, NS);
    EXPECT_EQ(gicd(set + 4), 1u);
    set_gicd(set + 0x80 + 4, 3);
    EXPECT_EQ(gicd(set + 4), 0u);
  }
  set_gicd(gicd::ITARGETSR + 32, 0x0303, NS);
  EXPECT_EQ(gicd(gicd::ITARGETSR + 32), 0x0300u);
  set_gicd(gicd::ICFGR + 8, 0xF, NS);
  EXPECT_EQ(gicd(gicd::ICFGR + 8) & 0xF, 0xDu);
  EXPECT_EQ(gicd(gicd::ICFGR + 8, NS), 0xCu);
}

TEST_F(Distributor, ControlIsBankedByView) {
  set_gicd(gicd::CTLR, 1, NS);
  EXPECT_EQ(gicd(gicd::CTLR), 2u);
  EXPECT_EQ(gicd(gicd::CTLR, NS), 1u);
  set_gicd(gicd::CTLR, 1);
  EXPECT_EQ(gicd(gicd::CTLR, NS), 0u);
}

TEST_F(Distributor, NsacrOpensGroup0StepByStep) {
  set_gicd(gicd::NSACR + 8, 0b11'10'01'00);  // 32 to 35
  EXPECT_EQ(gicd(gicd::NSACR + 8, NS), 0u);
  set_gicd(gicd::ISPENDR + 4, 0xF, NS);
  EXPECT_EQ(gicd(gicd::ISPENDR + 4), 0b1110u);
  set_gicd(gicd::ICPENDR + 4, 0xF, NS);
  EXPECT_EQ(gicd(gicd::ISPENDR + 4), 0b0010u);
  set_gicd(gicd::ITARGETSR + 32, 0x01010101, NS);
  EXPECT_EQ(gicd(gicd::ITARGETSR + 32), 0x01000000u);
  set_gicd(gicd::ISENABLER + 4, 0xF, NS);
  EXPECT_EQ(gicd(gicd::ISENABLER + 4), 0u);
  set_gicd(gicd::NSACR + 4, ~0u);
  EXPECT_EQ(gicd(gicd::NSACR + 4), 0u) << "PPIs have no fields";
}

TEST_F(Distributor, PrivateInterruptsAreBanked) {
  set_gicd(gicd::ISENABLER, 1u << 27, S, 1);
  EXPECT_EQ(gicd(gicd::ISENABLER, S, 0), 0xFFFFu);
  EXPECT_EQ(gicd(gicd::ISENABLER, S, 1), 0x0800FFFFu);
  EXPECT_EQ(gicd(gicd::ITARGETSR, S, 0), 0x01010101u);
  EXPECT_EQ(gicd(gicd::ITARGETSR, S, 1), 0x02020202u);
  EXPECT_EQ(gicd(gicd::ITARGETSR + 24, S, 1), 0x02020200u) << "PPI 24 does not exist";
  set_gicd(gicd::ISENABLER, 1u << 24);
  EXPECT_EQ(gicd(gicd::ISENABLER), 0xFFFFu);
}

TEST_F(Uniprocessor, TargetsAreNotThere) {
  EXPECT_EQ(gicd(gicd::ITARGETSR), 0u);
  set_gicd(gicd::ITARGETSR + 32, ~0u);
  EXPECT_EQ(gicd(gicd::ITARGETSR + 32), 0u);
  start_secure();
  enable(40);
  gic.set_spi(40, true);
  EXPECT_TRUE(gic.lines(0).irq);
}

TEST_F(Distributor, LevelSensitiveFollowsTheLineAndTheLatch) {
  start_secure();
  enable(40);
  set_target(40, 1);
  gic.set_spi(40, true);
  EXPECT_TRUE(pending(40));
  EXPECT_TRUE(gic.lines(0).irq);
  set_gicd(gicd::ICPENDR + 4, 1u << 8);
  EXPECT_TRUE(pending(40)) << "the line still says so";
  gic.set_spi(40, false);
  EXPECT_FALSE(pending(40));
  EXPECT_FALSE(gic.lines(0).irq);

  set_gicd(gicd::ISPENDR + 4, 1u << 8);
  EXPECT_TRUE(gic.lines(0).irq);
  set_gicd(gicd::ICPENDR + 4, 1u << 8);
  EXPECT_FALSE(gic.lines(0).irq);

  set_gicd(gicd::ISPENDR + 4, 1u << 8);
  EXPECT_EQ(gicc(gicc::IAR), 40u);
  EXPECT_FALSE(pending(40)) << "acknowledging clears the latch";
  EXPECT_TRUE(active(40));
}

TEST_F(Distributor, LevelSensitiveActiveAndPendingReturnsAfterTheEnd) {
  start_secure();
  enable(40);
  set_target(40, 1);
  gic.set_spi(40, true);
  EXPECT_EQ(gicc(gicc::IAR), 40u);
  EXPECT_TRUE(active(40));
  EXPECT_TRUE(pending(40));
  EXPECT_FALSE(gic.lines(0).irq) << "active: not signalled again";
  set_gicc(gicc::EOIR, 40);
  EXPECT_FALSE(active(40));
  EXPECT_TRUE(gic.lines(0).irq);
}

TEST_F(Distributor, EdgeTriggeredLatchesTheRise) {
  start_secure();
  enable(41);
  set_target(41, 1);
  set_edge(41);
  gic.set_spi(41, true);
  gic.set_spi(41, false);
  EXPECT_TRUE(pending(41));
  EXPECT_EQ(gicc(gicc::IAR), 41u);
  EXPECT_FALSE(pending(41));
  gic.set_spi(41, true);
  EXPECT_TRUE(pending(41)) << "an edge while active";
  EXPECT_FALSE(gic.lines(0).irq);
  set_gicc(gicc::EOIR, 41);
  EXPECT_TRUE(gic.lines(0).irq);
  set_gicd(gicd::ICPENDR + 4, 1u << 9);
  EXPECT_FALSE(pending(41));
  EXPECT_FALSE(gic.lines(0).irq) << "a line that stays high is no new edge";
}

TEST_F(Distributor, InputStatusRegistersShowTheLines) {
  gic.set_ppi(1, 27, true);
  gic.set_spi(33, true);
  EXPECT_EQ(gicd(gicd::PPISR, S, 0), 0u);
  EXPECT_EQ(gicd(gicd::PPISR, S, 1), 1u << 11);
  EXPECT_EQ(gicd(gicd::PPISR, NS, 1), 0u);
  EXPECT_EQ(gicd(gicd::SPISR), 2u);
  gic.set_ppi(1, 24, true);
  gic.set_ppi(1, ppi::kMaintenance, true);
  EXPECT_EQ(gicd(gicd::PPISR, S, 1), 1u << 11) << "no such input";
}

TEST_F(Distributor, SharedInterruptsGoToTheirTargets) {
  start_secure();
  enable(50);
  gic.set_spi(50, true);
  EXPECT_FALSE(gic.lines(0).irq || gic.lines(1).irq);
  set_target(50, 2);
  EXPECT_FALSE(gic.lines(0).irq);
  EXPECT_TRUE(gic.lines(1).irq);
  set_target(50, 3);
  EXPECT_TRUE(gic.lines(0).irq && gic.lines(1).irq);
  EXPECT_EQ(gicc(gicc::IAR, S, 1), 50u);
  EXPECT_FALSE(gic.lines(0).irq) << "1-N: one core handles it";
  EXPECT_EQ(gicc(gicc::IAR, S, 0), kSpurious);
  set_gicc(gicc::EOIR, 50, S, 1);
  EXPECT_TRUE(gic.lines(0).irq && gic.lines(1).irq);
}

TEST_F(Distributor, SgisKeepTheirSources) {
  start_secure();
  set_gicd(gicd::SGIR, 0x00010005, S, 1);  // core 1 -> core 0
  set_gicd(gicd::SGIR, 0x00010005, S, 0);  // core 0 -> itself
  EXPECT_EQ(gicd(gicd::SPENDSGIR + 4), 0x0300u);
  EXPECT_EQ(gicc(gicc::IAR), 0x005u) << "the lowest source first";
  EXPECT_EQ(gicc(gicc::IAR), kSpurious);
  set_gicc(gicc::EOIR, 0x005);
  EXPECT_EQ(gicc(gicc::HPPIR), 0x405u);
  EXPECT_EQ(gicc(gicc::IAR), 0x405u);
  set_gicc(gicc::EOIR, 0x405);
  EXPECT_EQ(gicc(gicc::IAR), kSpurious);
}

TEST_F(Distributor, SgiTargetFilters) {
  set_gicd(gicd::SGIR, 0x01000003);  // all but self
  EXPECT_FALSE(pending(3, 0));
  EXPECT_TRUE(pending(3, 1));
  set_gicd(gicd::SGIR, 0x02FF0004);  // self
  EXPECT_TRUE(pending(4, 0));
  EXPECT_FALSE(pending(4, 1));
  set_gicd(gicd::SGIR, 0x03FF0006);  // reserved
  EXPECT_FALSE(pending(6, 0) || pending(6, 1));
}

TEST_F(Distributor, SgiPendingRegistersSetAndClear) {
  wr(Frame::Distributor, gicd::SPENDSGIR + 7, 3, S, 0, 1);
  EXPECT_TRUE(pending(7));
  wr(Frame::Distributor, gicd::CPENDSGIR + 7, 1, S, 0, 1);
  EXPECT_EQ(gicd(gicd::CPENDSGIR + 4), 0x02000000u);
  wr(Frame::Distributor, gicd::CPENDSGIR + 7, 2, S, 0, 1);
  EXPECT_FALSE(pending(7));
  set_gicd(gicd::ISPENDR, 0xFFFF);
  EXPECT_EQ(gicd(gicd::ISPENDR), 0u) << "SGIs are not pended through ISPENDR";
  wr(Frame::Distributor, gicd::SPENDSGIR + 7, 1, NS, 0, 1);
  EXPECT_FALSE(pending(7)) << "Group 0 is out of Non-secure reach";
}

TEST_F(Distributor, SgiGroupsAndSecurity) {
  set_group1(2, 0);                  // on core 0 alone
  set_gicd(gicd::SGIR, 0x00038002);  // Secure, NSATT = 1
  EXPECT_TRUE(pending(2, 0));
  EXPECT_FALSE(pending(2, 1));
  set_gicd(gicd::CPENDSGIR, 0x00010000);
  set_gicd(gicd::SGIR, 0x00030002);  // NSATT = 0
  EXPECT_FALSE(pending(2, 0));
  EXPECT_TRUE(pending(2, 1));
  set_gicd(gicd::SGIR, 0x00030002, NS);
  EXPECT_TRUE(pending(2, 0)) << "Non-secure requests reach Group 1";
  set_gicd(gicd::CPENDSGIR, 0x00010000, S, 1);
  EXPECT_FALSE(pending(2, 1));
  set_gicd(gicd::NSACR, 1u << 4, S, 1);
  set_gicd(gicd::SGIR, 0x00020002, NS);
  EXPECT_TRUE(pending(2, 1)) << "NSACR of the target opens Group 0";
}

TEST_F(Distributor, GroupEnablesGateForwarding) {
  start_secure();
  set_group1(45);
  for (unsigned id : {44u, 45u}) {
    enable(id);
    set_target(id, 1);
    gic.set_spi(id, true);
  }
  set_gicc(gicc::CTLR, 0xF);  // AckCtl, FIQEn
  set_gicd(gicd::CTLR, 2);
  EXPECT_EQ(gicc(gicc::HPPIR), 45u);
  set_gicd(gicd::CTLR, 1);
  EXPECT_EQ(gicc(gicc::HPPIR), 44u);
  set_gicd(gicd::CTLR, 0);
  EXPECT_EQ(gicc(gicc::HPPIR), kSpurious);
}

TEST_F(Distributor, LinesChangedNamesTheCores) {
  start_secure();
  enable(27, 1);
  gic.take_lines_changed();
  gic.set_ppi(0, 27, true);
  EXPECT_EQ(gic.take_lines_changed(), 0u) << "not enabled on core 0";
  gic.set_ppi(1, 27, true);
  EXPECT_EQ(gic.take_lines_changed(), 2u);
  EXPECT_EQ(gic.take_lines_changed(), 0u);
}

TEST_F(Distributor, ResetKeepsTheInputs) {
  start_secure();
  enable(40);
  gic.set_spi(40, true);
  gic.reset();
  EXPECT_EQ(gicd(gicd::CTLR), 0u);
  EXPECT_EQ(gicd(gicd::ISENABLER + 4), 0u);
  EXPECT_TRUE(pending(40));
}

}  // namespace
}  // namespace hypsim
