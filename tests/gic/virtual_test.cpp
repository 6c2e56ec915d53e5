// SPDX-License-Identifier: Apache-2.0
#include "tests/gic/gic_fixture.h"

namespace hypsim {
namespace {

constexpr u32 kPending = 1u << 28, kActive = 1u << 29, kGrp1 = 1u << 30, kHw = 1u << 31, kEoi = 1u << 19;
constexpr u32 prio(u32 level) { return level >> 3 << 23; }
constexpr u32 phys(u32 id) { return id << 10; }
constexpr u32 source(u32 core) { return core << 10; }

class Virtual : public GicFixture {
 protected:
  Virtual() {
    start_non_secure();
    set_gich(gich::HCR, 1);
    set_gich(gich::VMCR, 0xF84C0003);  // both groups on, lowest mask, binary points 2 and 3
  }
  void set_lr(unsigned n, u32 value, unsigned core = 0) { set_gich(gich::LR0 + 4 * n, value, core); }
  u32 lr(unsigned n, unsigned core = 0) { return gich(gich::LR0 + 4 * n, core); }
  bool maintenance(unsigned core = 0) { return bit(gicd(gicd::PPISR, S, core), 9); }
  u32 eoi_count() { return gich(gich::HCR) >> 27; }
};

TEST_F(Virtual, ResetValues) {
  gic.reset();
  EXPECT_EQ(gich(gich::HCR), 0u);
  EXPECT_EQ(gich(gich::VTR), 0x90000003u);
  EXPECT_EQ(gich(gich::VMCR), 0x004C0000u);
  EXPECT_EQ(gich(gich::MISR), 0u);
  EXPECT_EQ(gich(gich::EISR0), 0u);
  EXPECT_EQ(gich(gich::EISR1), 0u);
  EXPECT_EQ(gich(gich::ELRSR0), 0xFu);
  EXPECT_EQ(gich(gich::ELRSR1), 0u);
  EXPECT_EQ(gich(gich::APR), 0u);
  for (unsigned i = 0; i < 4; ++i) EXPECT_EQ(lr(i), 0u);
  EXPECT_EQ(gicv(gicc::CTLR), 0u);
  EXPECT_EQ(gicv(gicc::PMR), 0u);
  EXPECT_EQ(gicv(gicc::BPR), 2u);
  EXPECT_EQ(gicv(gicc::ABPR), 3u);
  EXPECT_EQ(gicv(gicc::IAR), 0x3FFu);
  EXPECT_EQ(gicv(gicc::RPR), 0xFFu);
  EXPECT_EQ(gicv(gicc::IIDR), 0x0002043Bu);
}

TEST_F(Virtual, WriteMasks) {
  set_gich(gich::HCR, ~0u);
  EXPECT_EQ(gich(gich::HCR), 0xF80000FFu);
  set_gich(gich::VMCR, ~0u);
  EXPECT_EQ(gich(gich::VMCR), 0xF8FC021Fu);
  set_gich(gich::VMCR, 0);
  EXPECT_EQ(gich(gich::VMCR), 0x004C0000u) << "binary points have minima";
  set_lr(3, ~0u);
  EXPECT_EQ(lr(3), 0xFF8FFFFFu);
  for (u32 offset : {gich::VTR, gich::MISR, gich::EISR0, gich::ELRSR0, gich::LR0 + 16}) {
    const u32 before = gich(offset);
    set_gich(offset, ~0u);
    EXPECT_EQ(gich(offset), before) << std::hex << offset;
  }
}

TEST_F(Virtual, GicvIsAViewOfVmcr) {
  set_gicv(gicc::CTLR, ~0u);
  EXPECT_EQ(gicv(gicc::CTLR), 0x21Fu);
  set_gicv(gicc::PMR, 0xA7);
  EXPECT_EQ(gicv(gicc::PMR), 0xA0u);
  set_gicv(gicc::BPR, 5);
  set_gicv(gicc::ABPR, 6);
  EXPECT_EQ(gich(gich::VMCR), 0x21Fu | 0xA0u << 24 | 5u << 21 | 6u << 18);
  set_gicv(gicc::BPR, 0);
  set_gicv(gicc::ABPR, 0);
  EXPECT_EQ(gicv(gicc::BPR), 2u);
  EXPECT_EQ(gicv(gicc::ABPR), 3u);
  set_gicv(gicc::APR0, 0x80);
  EXPECT_EQ(gich(gich::APR), 0x80u);
  EXPECT_EQ(gicv(gicc::APR0), 0x80u);
  EXPECT_EQ(gicv(gicc::RPR), 0x38u);
}

TEST_F(Virtual, ListRegisterLifeCycle) {
  set_lr(0, kPending | prio(0x80) | 40);
  EXPECT_TRUE(gic.lines(0).virq);
  EXPECT_FALSE(gic.lines(0).vfiq);
  EXPECT_FALSE(gic.lines(1).virq);
  EXPECT_EQ(gich(gich::ELRSR0), 0xEu);
  EXPECT_EQ(gicv(gicc::HPPIR), 40u);
  EXPECT_EQ(gicv(gicc::IAR), 40u);
  EXPECT_EQ(lr(0), kActive | prio(0x80) | 40);
  EXPECT_FALSE(gic.lines(0).virq);
  EXPECT_EQ(gich(gich::APR), 1u << 16);
  EXPECT_EQ(gicv(gicc::RPR), 0x80u);
  EXPECT_EQ(gicv(gicc::IAR), kSpurious);
  set_gicv(gicc::EOIR, 40);
  EXPECT_EQ(lr(0), prio(0x80) | 40);
  EXPECT_EQ(gich(gich::APR), 0u);
  EXPECT_EQ(gich(gich::ELRSR0), 0xFu);
  EXPECT_EQ(eoi_count(), 0u);
}

TEST_F(Virtual, PendingAndActiveWaitsForTheEnd) {
  set_lr(1, kPending | prio(0x80) | 41);
  EXPECT_EQ(gicv(gicc::IAR), 41u);
  set_lr(1, lr(1) | kPending);  // the hypervisor makes it pending again
  EXPECT_FALSE(gic.lines(0).virq);
  EXPECT_EQ(gicv(gicc::IAR), kSpurious);
  set_gicv(gicc::EOIR, 41);
  EXPECT_EQ(lr(1), kPending | prio(0x80) | 41);
  EXPECT_TRUE(gic.lines(0).virq);
  EXPECT_EQ(gicv(gicc::IAR), 41u);
}

TEST_F(Virtual, DisabledInterfaceSaysNothing) {
  set_lr(0, kPending | prio(0x80) | 40);
  set_gich(gich::HCR, 1u << gich::kUie);
  EXPECT_FALSE(gic.lines(0).virq);
  EXPECT_EQ(gicv(gicc::IAR), kSpurious);
  EXPECT_EQ(gicv(gicc::HPPIR), kSpurious);
  EXPECT_EQ(gich(gich::MISR), 1u << gich::kMisrU);
  EXPECT_FALSE(maintenance()) << "En gates the interrupt, not the status";
}

TEST_F(Virtual, PriorityMaskAndOrder) {
  set_lr(0, kPending | prio(0x90) | 50);
  set_lr(1, kPending | prio(0x40) | 51);
  set_lr(2, kPending | prio(0x40) | 49);
  set_gicv(gicc::PMR, 0x40);
  EXPECT_FALSE(gic.lines(0).virq);
  EXPECT_EQ(gicv(gicc::HPPIR), 51u);
  set_gicv(gicc::PMR, 0x48);
  EXPECT_EQ(gicv(gicc::IAR), 51u) << "of equals, the lowest list register";
  EXPECT_EQ(gicv(gicc::IAR), kSpurious);
  set_gicv(gicc::EOIR, 51);
  EXPECT_EQ(gicv(gicc::IAR), 49u);
}

TEST_F(Virtual, PreemptionByBinaryPoint) {
  set_gicv(gicc::BPR, 4);
  set_lr(0, kPending | prio(0x58) | 50);
  EXPECT_EQ(gicv(gicc::IAR), 50u);
  EXPECT_EQ(gicv(gicc::RPR), 0x40u);
  set_lr(1, kPending | prio(0x40) | 51);
  EXPECT_FALSE(gic.lines(0).virq);
  set_lr(2, kPending | prio(0x38) | 52);
  EXPECT_TRUE(gic.lines(0).virq);
  EXPECT_EQ(gicv(gicc::IAR), 52u);
  EXPECT_EQ(gich(gich::APR), 1u << 4 | 1u << 8);
  set_gicv(gicc::EOIR, 52);
  EXPECT_EQ(gicv(gicc::RPR), 0x40u);
  set_gicv(gicc::EOIR, 50);
  EXPECT_EQ(gicv(gicc::IAR), 51u);
}

TEST_F(Virtual, Group1UsesTheAliasedBinaryPoint) {
  set_gicv(gicc::CTLR, 7);  // AckCtl
  set_gicv(gicc::ABPR, 5);  // bits 7 to 5
  set_lr(0, kPending | kGrp1 | prio(0x58) | 50);
  EXPECT_EQ(gicv(gicc::IAR), 50u);
  EXPECT_EQ(gicv(gicc::RPR), 0x40u);
  set_gicv(gicc::EOIR, 50);
  set_gicv(gicc::CTLR, 7 | 1u << gich::kVmCbpr);
  set_lr(0, kPending | kGrp1 | prio(0x58) | 50);
  EXPECT_EQ(gicv(gicc::IAR), 50u);
  EXPECT_EQ(gicv(gicc::RPR), 0x58u) << "CBPR: the binary point of Group 0";
}

TEST_F(Virtual, GroupsAndLines) {
  set_gicv(gicc::CTLR, 3 | 1u << gich::kVmFiqEn);
  set_lr(0, kPending | prio(0x80) | 40);
  EXPECT_EQ(gic.lines(0), (Gic::CpuLines{.vfiq = true}));
  EXPECT_EQ(gicv(gicc::AIAR), kSpurious) << "the alias takes Group 1 alone";
  EXPECT_EQ(gicv(gicc::AHPPIR), kSpurious);
  set_lr(1, kPending | kGrp1 | prio(0x40) | 41);
  EXPECT_EQ(gic.lines(0), (Gic::CpuLines{.virq = true}));
  EXPECT_EQ(gicv(gicc::IAR), kSpuriousGroup1);
  EXPECT_EQ(gicv(gicc::HPPIR), kSpuriousGroup1);
  EXPECT_EQ(gicv(gicc::AHPPIR), 41u);
  EXPECT_EQ(gicv(gicc::AIAR), 41u);
  set_gicv(gicc::AEOIR, 41);
  EXPECT_EQ(lr(1) & (kPending | kActive), 0u);
  set_gicv(gicc::CTLR, 2);
  EXPECT_EQ(gic.lines(0), Gic::CpuLines{}) << "Group 0 is off";
  EXPECT_EQ(gicv(gicc::HPPIR), kSpurious);
}

TEST_F(Virtual, SgisCarryTheirSource) {
  set_lr(0, kPending | prio(0x80) | source(3) | 5);
  EXPECT_EQ(gicv(gicc::HPPIR), 0xC05u);
  EXPECT_EQ(gicv(gicc::IAR), 0xC05u);
  set_gicv(gicc::EOIR, 0xC05);
  EXPECT_EQ(gich(gich::ELRSR0), 0xFu);
  EXPECT_EQ(eoi_count(), 0u);
}

TEST_F(Virtual, SgisFromTwoSourcesAreTwoInterrupts) {
  set_lr(0, kActive | prio(0x80) | source(1) | 5);
  set_lr(1, kActive | prio(0x80) | source(2) | 5);
  set_gich(gich::APR, 1u << 16);
  set_gicv(gicc::EOIR, 0x805);
  EXPECT_EQ(lr(0) & kActive, kActive);
  EXPECT_EQ(lr(1) & kActive, 0u);
}

TEST_F(Virtual, HardwareLinkEndsThePhysicalInterrupt) {
  enable(40);
  set_target(40, 1);
  set_edge(40);
  set_gicc(gicc::CTLR, 1u << 9 | 1, NS);  // the hypervisor splits drop and deactivation
  gic.set_spi(40, true);
  EXPECT_EQ(gicc(gicc::IAR, NS), 40u);
  set_gicc(gicc::EOIR, 40, NS);
  EXPECT_TRUE(active(40));
  set_lr(2, kHw | kPending | prio(0x80) | phys(40) | 61);
  EXPECT_EQ(gicv(gicc::IAR), 61u) << "no source bits of a linked interrupt";
  gic.set_spi(40, false);
  gic.set_spi(40, true);
  EXPECT_FALSE(gic.lines(0).irq) << "still active";
  set_gicv(gicc::EOIR, 61);
  EXPECT_FALSE(active(40));
  EXPECT_TRUE(gic.lines(0).irq) << "the waiting edge is delivered";
  EXPECT_EQ(gich(gich::ELRSR0), 0xFu);
  EXPECT_EQ(gich(gich::EISR0), 0u) << "bit 19 belongs to the physical ID here";
}

TEST_F(Virtual, HardwareLinkToAPrivateInterruptIsThisCores) {
  for (unsigned core = 0; core < 2; ++core) {
    set_gicd(gicd::ISACTIVER, 1u << 27, S, core);
    set_lr(0, kHw | kActive | prio(0x80) | phys(27) | 27, core);
    set_gich(gich::HCR, 1, core);
    set_gich(gich::APR, 1u << 16, core);
  }
  set_gicv(gicc::EOIR, 27, 1);
  EXPECT_TRUE(active(27, 0));
  EXPECT_FALSE(active(27, 1));
}

TEST_F(Virtual, HardwareLinkStopsAtSecureInterruptsAndSgis) {
  set_gicd(gicd::IGROUPR + 4, ~(1u << 8));  // 40 is Secure
  set_gicd(gicd::ISACTIVER + 4, 1u << 8);
  set_gicd(gicd::ISACTIVER, 1u << 5);
  set_lr(0, kHw | kActive | prio(0x80) | phys(40) | 40);
  set_lr(1, kHw | kActive | prio(0x80) | phys(5) | 41);
  set_lr(2, kHw | kActive | prio(0x80) | phys(1000) | 42);
  for (u32 id : {40u, 41u, 42u}) set_gicv(gicc::EOIR, id);
  EXPECT_TRUE(active(40));
  EXPECT_TRUE(active(5));
  EXPECT_EQ(gich(gich::ELRSR0), 0xFu);
}

TEST_F(Virtual, EoiMode1DropsThenDeactivates) {
  set_gicv(gicc::CTLR, 3 | 1u << gich::kVem);
  set_gicd(gicd::ISACTIVER + 4, 1u << 8);
  set_lr(0, kHw | kPending | prio(0x80) | phys(40) | 40);
  EXPECT_EQ(gicv(gicc::IAR), 40u);
  set_gicv(gicc::EOIR, 40);
  EXPECT_EQ(gich(gich::APR), 0u);
  EXPECT_EQ(lr(0) & kActive, kActive);
  EXPECT_TRUE(active(40));
  set_gicv(gicc::DIR, 40);
  EXPECT_EQ(lr(0) & kActive, 0u);
  EXPECT_FALSE(active(40));
  EXPECT_EQ(eoi_count(), 0u);
  set_gicv(gicc::DIR, 77);
  EXPECT_EQ(eoi_count(), 1u);
}

TEST_F(Virtual, DirWithoutTheSplitDoesNothing) {
  set_lr(0, kActive | prio(0x80) | 40);
  set_gicv(gicc::DIR, 40);
  EXPECT_EQ(lr(0) & kActive, kActive);
  set_gicv(gicc::DIR, 41);
  EXPECT_EQ(eoi_count(), 0u);
}

TEST_F(Virtual, EoiCountCountsEndsWithoutAListRegister) {
  set_gicv(gicc::EOIR, 70);
  EXPECT_EQ(eoi_count(), 0u) << "nothing was active: no priority dropped";
  set_gich(gich::APR, 1u << 3 | 1u << 16);
  set_gicv(gicc::EOIR, 70);
  set_gicv(gicc::EOIR, 71);
  set_gicv(gicc::EOIR, 72);
  EXPECT_EQ(eoi_count(), 2u);
  EXPECT_EQ(gich(gich::APR), 0u);
  set_gich(gich::APR, 1u << 3);
  set_gicv(gicc::EOIR, 1023);
  EXPECT_EQ(gich(gich::APR), 1u << 3) << "spurious IDs end nothing";
  set_gich(gich::HCR, 1 | 31u << 27);
  set_gicv(gicc::EOIR, 70);
  EXPECT_EQ(eoi_count(), 0u) << "five bits";
}

TEST_F(Virtual, MaintenanceOnEoi) {
  set_lr(1, kPending | kEoi | prio(0x80) | 40);
  EXPECT_FALSE(maintenance());
  EXPECT_EQ(gicv(gicc::IAR), 40u);
  set_gicv(gicc::EOIR, 40);
  EXPECT_EQ(gich(gich::EISR0), 2u);
  EXPECT_EQ(gich(gich::ELRSR0), 0xDu) << "the hypervisor has not looked yet";
  EXPECT_EQ(gich(gich::MISR), 1u << gich::kMisrEoi);
  EXPECT_TRUE(maintenance());
  set_lr(1, 0);
  EXPECT_EQ(gich(gich::MISR), 0u);
  EXPECT_FALSE(maintenance());
}

TEST_F(Virtual, MaintenanceOnUnderflow) {
  set_lr(0, kPending | prio(0x80) | 40);
  set_lr(1, kActive | prio(0x80) | 41);
  set_gich(gich::HCR, 1 | 1u << gich::kUie);
  EXPECT_EQ(gich(gich::MISR), 0u);
  set_lr(1, 0);
  EXPECT_EQ(gich(gich::MISR), 1u << gich::kMisrU) << "one valid list register";
  set_lr(0, 0);
  EXPECT_EQ(gich(gich::MISR), 1u << gich::kMisrU) << "none";
  EXPECT_TRUE(maintenance());
}

TEST_F(Virtual, MaintenanceOnListRegisterNotPresent) {
  set_gich(gich::HCR, 1 | 1u << gich::kLrenpie);
  EXPECT_FALSE(maintenance());
  set_gich(gich::APR, 1u << 16);
  set_gicv(gicc::EOIR, 99);
  EXPECT_EQ(gich(gich::MISR), 1u << gich::kMisrLrenp);
  EXPECT_TRUE(maintenance());
  set_gich(gich::HCR, 1 | 1u << gich::kLrenpie);
  EXPECT_FALSE(maintenance());
}

TEST_F(Virtual, MaintenanceOnNoPending) {
  set_lr(0, kPending | prio(0x80) | 40);
  set_gich(gich::HCR, 1 | 1u << gich::kNpie);
  EXPECT_FALSE(maintenance());
  EXPECT_EQ(gicv(gicc::IAR), 40u);
  EXPECT_EQ(gich(gich::MISR), 1u << gich::kMisrNp);
  EXPECT_TRUE(maintenance());
  set_lr(0, lr(0) | kPending);
  EXPECT_TRUE(maintenance()) << "pending and active is a state of its own";
  set_lr(3, kPending | prio(0x80) | 43);
  EXPECT_FALSE(maintenance());
}

TEST_F(Virtual, CausesByTheStatesOfTwoListRegisters) {
  set_gich(gich::HCR, 1 | 1u << gich::kUie | 1u << gich::kNpie);
  for (u32 first = 0; first < 4; ++first)
    for (u32 second = 0; second < 4; ++second) {
      set_lr(0, first << 28 | prio(0x80) | 40);
      set_lr(2, second << 28 | prio(0x80) | 41);
      const bool underflow = first == 0 || second == 0, none_pending = first != 1 && second != 1;
      EXPECT_EQ(gich(gich::MISR), u32{underflow} << gich::kMisrU | u32{none_pending} << gich::kMisrNp)
          << first << " " << second;
      EXPECT_EQ(maintenance(), underflow || none_pending);
    }
}

TEST_F(Virtual, MaintenanceOnGroupEnables) {
  const unsigned enables[] = {gich::kVgrp0Eie, gich::kVgrp0Die, gich::kVgrp1Eie, gich::kVgrp1Die};
  const u32 control_that_raises[] = {1, 2, 2, 1};
  for (unsigned i = 0; i < 4; ++i) {
    set_gicv(gicc::CTLR, ~control_that_raises[i] & 3);
    set_gich(gich::HCR, 1 | 1u << enables[i]);
    EXPECT_EQ(gich(gich::MISR), 0u) << i;
    EXPECT_FALSE(maintenance());
    set_gicv(gicc::CTLR, control_that_raises[i]);
    EXPECT_EQ(gich(gich::MISR), 1u << (gich::kMisrVgrp0E + i));
    EXPECT_TRUE(maintenance());
  }
}

TEST_F(Virtual, MaintenanceIsPpi25) {
  set_gicd(gicd::ISENABLER, 1u << 25, NS);
  set_gich(gich::HCR, 1 | 1u << gich::kUie);
  EXPECT_TRUE(gic.lines(0).irq);
  EXPECT_FALSE(gic.lines(1).irq);
  EXPECT_EQ(gicc(gicc::IAR, NS), 25u);
  set_gich(gich::HCR, 0);
  set_gicc(gicc::EOIR, 25, NS);
  EXPECT_FALSE(gic.lines(0).irq);
}

TEST_F(Virtual, InterfacesBelongToTheirCores) {
  set_gich(gich::HCR, 1, 1);
  set_gich(gich::VMCR, 0xF84C0001, 1);
  set_lr(2, kPending | prio(0x10) | 33, 1);
  EXPECT_FALSE(gic.lines(0).virq);
  EXPECT_TRUE(gic.lines(1).virq);
  EXPECT_EQ(gicv(gicc::IAR, 0), kSpurious);
  EXPECT_EQ(gicv(gicc::IAR, 1), 33u);
}

TEST_F(Virtual, AliasesReachEveryCore) {
  const u32 alias1 = gich::kAliasBase + gich::kAliasStride;
  set_gich(alias1 + gich::LR0 + 12, kPending | prio(0x10) | 44, 0);
  set_gich(alias1 + gich::VMCR, 0xF84C0001, 0);
  set_gich(alias1 + gich::HCR, 1, 0);
  EXPECT_EQ(lr(3, 0), 0u);
  EXPECT_EQ(lr(3, 1), kPending | prio(0x10) | 44);
  EXPECT_EQ(gich(alias1 + gich::ELRSR0, 0), 7u);
  EXPECT_TRUE(gic.lines(1).virq);
  EXPECT_EQ(gich(gich::kAliasBase + gich::VTR, 1), 0x90000003u);
  EXPECT_EQ(gich(gich::kAliasBase + 5 * gich::kAliasStride + gich::VTR), 0u) << "there is no core 5";
}

class ManyListRegisters : public GicFixture {
 protected:
  ManyListRegisters() : GicFixture({.cores = 1, .spis = 32, .list_registers = 40}) {}
};

TEST_F(ManyListRegisters, SecondStatusWords) {
  EXPECT_EQ(gich(gich::VTR), 0x90000027u);
  EXPECT_EQ(gich(gich::ELRSR0), 0xFFFFFFFFu);
  EXPECT_EQ(gich(gich::ELRSR1), 0xFFu);
  set_gich(gich::LR0 + 4 * 33, kEoi | 40);
  EXPECT_EQ(gich(gich::EISR1), 2u);
  EXPECT_EQ(gich(gich::ELRSR1), 0xFDu);
}

}  // namespace
}  // namespace hypsim
