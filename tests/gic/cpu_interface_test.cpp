// SPDX-License-Identifier: Apache-2.0
#include "tests/gic/gic_fixture.h"

namespace hypsim {
namespace {

class CpuInterface : public GicFixture {
 protected:
  /// A pending shared interrupt for core 0.
  void raise(unsigned intid, u8 priority, bool group1 = false) {
    if (group1) set_group1(intid);
    set_priority(intid, priority);
    set_target(intid, 1);
    enable(intid);
    gic.set_spi(intid, true);
  }
  /// Acknowledges as `security` and takes the input down, as a handler that serves its device.
  u32 take(Security security = S) {
    const u32 iar = gicc(gicc::IAR, security);
    gic.set_spi(iar, false);
    return iar;
  }
};

TEST_F(CpuInterface, ResetValues) {
  EXPECT_EQ(gicc(gicc::CTLR), 0u);
  EXPECT_EQ(gicc(gicc::PMR), 0u);
  EXPECT_EQ(gicc(gicc::BPR), 2u);
  EXPECT_EQ(gicc(gicc::BPR, NS), 3u);
  EXPECT_EQ(gicc(gicc::ABPR), 3u);
  EXPECT_EQ(gicc(gicc::IAR), 0x3FFu);
  EXPECT_EQ(gicc(gicc::HPPIR), 0x3FFu);
  EXPECT_EQ(gicc(gicc::RPR), 0xFFu);
  EXPECT_EQ(gicc(gicc::RPR, NS), 0xFFu);
  EXPECT_EQ(gicc(gicc::IIDR), 0x0002043Bu);
}

TEST_F(CpuInterface, PriorityMask) {
  start_secure();
  raise(40, 0x80);
  set_gicc(gicc::PMR, 0x80);
  EXPECT_FALSE(gic.lines(0).irq) << "equal is masked";
  EXPECT_EQ(gicc(gicc::IAR), kSpurious);
  EXPECT_EQ(gicc(gicc::HPPIR), 40u) << "HPPIR does not look at the mask";
  set_gicc(gicc::PMR, 0x8F);
  EXPECT_EQ(gicc(gicc::PMR), 0x88u);
  EXPECT_TRUE(gic.lines(0).irq);
}

TEST_F(CpuInterface, NonSecureViewOfTheMask) {
  set_gicc(gicc::PMR, 0x40);
  set_gicc(gicc::PMR, 0xFF, NS);
  EXPECT_EQ(gicc(gicc::PMR), 0x40u) << "a Secure mask is out of reach";
  EXPECT_EQ(gicc(gicc::PMR, NS), 0u);
  set_gicc(gicc::PMR, 0x80);
  set_gicc(gicc::PMR, 0xA0, NS);
  EXPECT_EQ(gicc(gicc::PMR), 0xD0u);
  EXPECT_EQ(gicc(gicc::PMR, NS), 0xA0u);
}

TEST_F(CpuInterface, ControlViews) {
  set_gicc(gicc::CTLR, ~0u);
  EXPECT_EQ(gicc(gicc::CTLR), 0x7FFu);
  EXPECT_EQ(gicc(gicc::CTLR, NS), 0x261u);
  set_gicc(gicc::CTLR, 0, NS);
  EXPECT_EQ(gicc(gicc::CTLR), 0x7FFu & ~(1u << 1 | 1u << 7 | 1u << 8 | 1u << 10));
  EXPECT_EQ(gicc(gicc::CTLR, S, 1), 0u) << "banked by core";
}

TEST_F(CpuInterface, HighestPriorityThenLowestId) {
  start_secure();
  raise(50, 0x80);
  raise(60, 0x40);
  raise(45, 0x80);
  EXPECT_EQ(take(), 60u);
  EXPECT_EQ(gicc(gicc::RPR), 0x40u);
  set_gicc(gicc::EOIR, 60);
  EXPECT_EQ(gicc(gicc::RPR), 0xFFu);
  EXPECT_EQ(take(), 45u);
  set_gicc(gicc::EOIR, 45);
  EXPECT_EQ(take(), 50u);
}

TEST_F(CpuInterface, PreemptionNeedsAHigherGroupPriority) {
  start_secure();
  set_gicc(gicc::BPR, 4);  // group priority: bits 7 to 5
  raise(50, 0x58);
  EXPECT_EQ(take(), 50u);
  EXPECT_EQ(gicc(gicc::RPR), 0x40u);
  raise(51, 0x40);
  EXPECT_FALSE(gic.lines(0).irq) << "same group priority";
  EXPECT_EQ(gicc(gicc::IAR), kSpurious);
  raise(52, 0x38);
  EXPECT_TRUE(gic.lines(0).irq);
  EXPECT_EQ(take(), 52u);
  EXPECT_EQ(gicc(gicc::RPR), 0x20u);
  EXPECT_EQ(gicc(gicc::APR0), 1u << 4 | 1u << 8);
  set_gicc(gicc::EOIR, 52);
  EXPECT_EQ(gicc(gicc::RPR), 0x40u);
  EXPECT_FALSE(gic.lines(0).irq);
  set_gicc(gicc::EOIR, 50);
  EXPECT_EQ(take(), 51u);
}

TEST_F(CpuInterface, BinaryPointSevenForbidsPreemption) {
  start_secure();
  set_gicc(gicc::BPR, 7);
  raise(50, 0xF0);
  EXPECT_EQ(take(), 50u);
  raise(51, 0x00);
  EXPECT_FALSE(gic.lines(0).irq);
}

TEST_F(CpuInterface, Group1HasItsOwnBinaryPoint) {
  start_non_secure();
  set_gicc(gicc::BPR, 7, NS);  // splits above bit 7 of the Non-secure view: one group bit of the full priority
  EXPECT_EQ(gicc(gicc::ABPR), 7u);
  EXPECT_EQ(gicc(gicc::BPR), 2u);
  raise(50, 0xE0, true);
  EXPECT_EQ(take(NS), 50u);
  raise(51, 0x90, true);
  EXPECT_FALSE(gic.lines(0).irq);
  set_gicc(gicc::ABPR, 0);
  EXPECT_EQ(gicc(gicc::ABPR), 3u) << "the minimum";
  EXPECT_FALSE(gic.lines(0).irq) << "50 runs at group priority 0x80, as it was taken";
  set_gicc(gicc::EOIR, 50, NS);
  EXPECT_EQ(take(NS), 51u);
  EXPECT_EQ(gicc(gicc::RPR), 0x90u);
}

TEST_F(CpuInterface, CommonBinaryPoint) {
  set_gicc(gicc::CTLR, 1u << gicc::kCbpr);
  set_gicc(gicc::BPR, 4);
  EXPECT_EQ(gicc(gicc::BPR, NS), 5u);
  set_gicc(gicc::BPR, 6, NS);
  EXPECT_EQ(gicc(gicc::BPR), 4u);
  EXPECT_EQ(gicc(gicc::ABPR), 3u);
  set_gicc(gicc::BPR, 7);
  EXPECT_EQ(gicc(gicc::BPR, NS), 7u);
  set_gicc(gicc::BPR, 0);
  EXPECT_EQ(gicc(gicc::BPR), 2u) << "the minimum";
}

TEST_F(CpuInterface, AcknowledgeByGroupAndSecurity) {
  start_secure();
  raise(40, 0x80, true);
  EXPECT_EQ(gicc(gicc::IAR), kSpuriousGroup1) << "Secure without AckCtl";
  EXPECT_EQ(gicc(gicc::HPPIR), kSpuriousGroup1);
  EXPECT_EQ(gicc(gicc::AHPPIR), 40u);
  EXPECT_EQ(gicc(gicc::AIAR, NS), 0u) << "the aliases are Secure";
  EXPECT_EQ(gicc(gicc::AHPPIR, NS), 0u);
  EXPECT_EQ(gicc(gicc::ABPR, NS), 0u);
  EXPECT_EQ(gicc(gicc::AIAR), 40u);
  set_gicc(gicc::AEOIR, 40);
  EXPECT_FALSE(active(40));
  set_gicc(gicc::CTLR, 7);  // AckCtl
  EXPECT_EQ(gicc(gicc::IAR), 40u);
  set_gicc(gicc::EOIR, 40);
  EXPECT_EQ(gicc(gicc::IAR, NS), 40u);
  gic.set_spi(40, false);
  set_gicc(gicc::EOIR, 40, NS);

  raise(41, 0x80);
  EXPECT_EQ(gicc(gicc::IAR, NS), kSpurious) << "Group 0 is invisible";
  EXPECT_EQ(gicc(gicc::HPPIR, NS), kSpurious);
  EXPECT_EQ(gicc(gicc::AIAR), kSpurious);
  EXPECT_EQ(gicc(gicc::IAR), 41u);
  set_gicc(gicc::EOIR, 41, NS);
  EXPECT_TRUE(active(41)) << "nor can Non-secure end it";
  EXPECT_EQ(gicc(gicc::RPR), 0x80u);
  set_gicc(gicc::AEOIR, 41);
  EXPECT_TRUE(active(41));
  set_gicc(gicc::EOIR, 41);
  EXPECT_FALSE(active(41));
}

TEST_F(CpuInterface, FiqEnTurnsGroup0IntoFiq) {
  start_secure();
  raise(40, 0x80);
  EXPECT_EQ(gic.lines(0), (Gic::CpuLines{.irq = true}));
  set_gicc(gicc::CTLR, 1 | 2 | 8);
  EXPECT_EQ(gic.lines(0), (Gic::CpuLines{.fiq = true}));
  take();
  raise(41, 0x20, true);
  EXPECT_EQ(gic.lines(0), (Gic::CpuLines{.irq = true}));
}

TEST_F(CpuInterface, DisabledGroupIsNotSignalled) {
  start_secure();
  raise(40, 0x80);
  set_gicc(gicc::CTLR, 2);
  EXPECT_FALSE(gic.lines(0).irq);
  EXPECT_EQ(gicc(gicc::IAR), kSpurious);
  EXPECT_EQ(gicc(gicc::HPPIR), kSpurious);
}

TEST_F(CpuInterface, EoiModeSplitsDropAndDeactivation) {
  start_non_secure();
  set_gicc(gicc::CTLR, 1u << 9 | 1, NS);
  raise(40, 0x80, true);
  EXPECT_EQ(take(NS), 40u);
  raise(41, 0x80, true);
  EXPECT_FALSE(gic.lines(0).irq);
  set_gicc(gicc::EOIR, 40, NS);
  EXPECT_EQ(gicc(gicc::RPR), 0xFFu);
  EXPECT_TRUE(active(40));
  EXPECT_TRUE(gic.lines(0).irq) << "the running priority has dropped";
  EXPECT_EQ(take(NS), 41u);
  set_gicc(gicc::DIR, 40, NS);
  EXPECT_FALSE(active(40));
  EXPECT_TRUE(active(41));
  EXPECT_EQ(gicc(gicc::RPR), 0x80u) << "deactivation drops nothing";
}

TEST_F(CpuInterface, EoiModesOfTheTwoWorldsAreSeparate) {
  start_secure();
  set_gicc(gicc::CTLR, 3 | 1u << gicc::kEoiModeS);
  raise(40, 0x40);
  EXPECT_EQ(take(), 40u);
  set_gicc(gicc::EOIR, 40);
  EXPECT_TRUE(active(40));
  set_gicc(gicc::DIR, 40, NS);
  EXPECT_TRUE(active(40)) << "Group 0";
  set_gicc(gicc::DIR, 40);
  EXPECT_FALSE(active(40));
  raise(41, 0x80, true);
  EXPECT_EQ(take(NS), 41u);
  set_gicc(gicc::EOIR, 41, NS);
  EXPECT_FALSE(active(41)) << "EOImodeNS is 0";
}

TEST_F(CpuInterface, DeactivateWithoutTheSplitDoesNothing) {
  start_secure();
  raise(40, 0x40);
  EXPECT_EQ(take(), 40u);
  set_gicc(gicc::DIR, 40);
  EXPECT_TRUE(active(40));
}

TEST_F(CpuInterface, EndingSpuriousIdsDoesNothing) {
  start_secure();
  raise(40, 0x40);
  EXPECT_EQ(take(), 40u);
  for (u32 id : {1020u, 1022u, 1023u, 500u}) set_gicc(gicc::EOIR, id);
  EXPECT_EQ(gicc(gicc::RPR), 0x40u);
  EXPECT_TRUE(active(40));
}

TEST_F(CpuInterface, ActivePrioritiesByView) {
  start_secure();
  raise(40, 0xA0, true);
  EXPECT_EQ(take(NS), 40u);
  raise(41, 0x40);
  EXPECT_EQ(take(), 41u);
  EXPECT_EQ(gicc(gicc::APR0), 1u << 8);
  EXPECT_EQ(gicc(gicc::NSAPR0), 1u << 20);
  EXPECT_EQ(gicc(gicc::APR0, NS), 1u << 4) << "NSAPR0 31:16";
  EXPECT_EQ(gicc(gicc::NSAPR0, NS), 0u);
  EXPECT_EQ(gicc(gicc::RPR, NS), 0u) << "a Secure priority runs";
  set_gicc(gicc::EOIR, 41);
  EXPECT_EQ(gicc(gicc::RPR, NS), 0x40u);
  set_gicc(gicc::APR0, 0, NS);
  EXPECT_EQ(gicc(gicc::RPR), 0xFFu);
  set_gicc(gicc::NSAPR0, 1u << 31);
  EXPECT_EQ(gicc(gicc::RPR), 0xF8u);
}

TEST_F(CpuInterface, PeekAcknowledgesNothing) {
  start_secure();
  raise(40, 0x40);
  u32 value = 0;
  EXPECT_TRUE(gic.peek(Frame::CpuInterface, gicc::IAR, 4, 0, S, value));
  EXPECT_EQ(value, 40u);
  EXPECT_FALSE(active(40));
  EXPECT_TRUE(gic.lines(0).irq);
}

TEST_F(CpuInterface, LegacyInputsBypassADisabledInterface) {
  gic.set_legacy_nirq(0, true);
  EXPECT_EQ(gic.lines(0), (Gic::CpuLines{.irq = true}));
  gic.set_legacy_nfiq(0, true);
  EXPECT_EQ(gic.lines(0), (Gic::CpuLines{.irq = true, .fiq = true}));
  set_gicc(gicc::CTLR, 0x1E0);  // every bypass disabled
  EXPECT_EQ(gic.lines(0), Gic::CpuLines{});
  set_gicc(gicc::CTLR, 2);
  EXPECT_EQ(gic.lines(0), (Gic::CpuLines{.fiq = true})) << "Group 1 owns IRQ, nobody FIQ";
  gic.set_legacy_nfiq(0, false);
  EXPECT_EQ(gic.lines(0), Gic::CpuLines{});
}

TEST_F(CpuInterface, LegacyInputsAreInterruptsToo) {
  start_secure();
  set_gicd(gicd::ISENABLER, 1u << 31);
  gic.set_legacy_nirq(0, true);
  EXPECT_EQ(gicc(gicc::IAR), 31u);
}

// The outputs and the registers tell one story, whatever software does.
TEST_F(CpuInterface, LinesAgreeWithIarUnderRandomTraffic) {
  u64 state = 1;
  const auto random = [&state](u32 n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<u32>(state >> 33) % n;
  };
  start_secure();
  unsigned asserted = 0;
  for (unsigned step = 0; step < 200'000; ++step) {
    const unsigned core = random(2);
    const Security security = random(2) ? S : NS;
    u32 value = 0;
    switch (random(8)) {
      case 0: gic.set_spi(32 + random(64), random(2)); break;
      case 1: gic.set_ppi(core, 16 + random(16), random(2)); break;
      case 2: gic.write(Frame::Distributor, random(0x400) * 4, 4, core, security, random(~0u)); break;
      case 3: gic.write(Frame::CpuInterface, random(0x42) * 4, 4, core, security, random(~0u)); break;
      case 4: gic.write(Frame::HypControl, random(2) * 0x1000 + random(0x80) * 4, 4, core, NS, random(~0u)); break;
      case 5: gic.write(Frame::VirtualCpu, random(12) * 4, 4, core, NS, random(~0u)); break;
      case 6:
        gic.read(Frame::CpuInterface, gicc::IAR, 4, core, security, value);
        gic.write(Frame::CpuInterface, gicc::EOIR, 4, core, security, value);
        break;
      default:
        gic.read(Frame::VirtualCpu, gicc::IAR, 4, core, NS, value);
        gic.write(Frame::VirtualCpu, gicc::EOIR, 4, core, NS, value);
        break;
    }
    if (step % 64 == 0) {  // keep the machine awake
      set_gicd(gicd::CTLR, 3);
      set_gicc(gicc::PMR, 0xF8, S, core);
      set_gicc(gicc::CTLR, 0x1E3 | random(2) << 3, S, core);
      set_gicc(gicc::APR0, 0, S, core);
      set_gicc(gicc::NSAPR0, 0, S, core);
      set_gicd(gicd::ICACTIVER + 4, ~0u);
    }
    for (unsigned c = 0; c < 2; ++c) {
      const auto peek = [&](Frame frame, u32 offset) {
        u32 id = 0;
        EXPECT_TRUE(gic.peek(frame, offset, 4, c, S, id));
        return id;
      };
      const u32 bypass = gicc(gicc::CTLR, S, c) & 0x1E0;
      if (bypass == 0x1E0) {
        const bool shown =
            peek(Frame::CpuInterface, gicc::IAR) != kSpurious || peek(Frame::CpuInterface, gicc::AIAR) != kSpurious;
        EXPECT_EQ(gic.lines(c).irq || gic.lines(c).fiq, shown);
        EXPECT_FALSE(gic.lines(c).irq && gic.lines(c).fiq);
        asserted += shown;
      }
      const bool shown =
          peek(Frame::VirtualCpu, gicc::IAR) != kSpurious || peek(Frame::VirtualCpu, gicc::AIAR) != kSpurious;
      EXPECT_EQ(gic.lines(c).virq || gic.lines(c).vfiq, shown);
    }
    if (HasFailure()) FAIL() << "at step " << step;
  }
  EXPECT_GT(asserted, 1000u) << "the traffic must reach the interesting states";
}

}  // namespace
}  // namespace hypsim
