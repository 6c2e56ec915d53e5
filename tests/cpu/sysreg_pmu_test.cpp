// SPDX-License-Identifier: Apache-2.0
// The performance monitors: counting by difference, filters, HDCR's split of the counters, overflow.
#include "tests/cpu/sysreg_fixture.h"

namespace hypsim {
namespace {

using sysreg::Access;

class PmuTest : public SysregTest {
 protected:
  const hyp::CoprocAccess pmcr = mrc(0, 9, 12, 0), cntenset = mrc(0, 9, 12, 1), cntenclr = mrc(0, 9, 12, 2),
                          ovsr = mrc(0, 9, 12, 3), swinc = mrc(0, 9, 12, 4), selr = mrc(0, 9, 12, 5),
                          ccntr = mrc(0, 9, 13, 0), xevtyper = mrc(0, 9, 13, 1), xevcntr = mrc(0, 9, 13, 2),
                          userenr = mrc(0, 9, 14, 0), intenset = mrc(0, 9, 14, 1), intenclr = mrc(0, 9, 14, 2),
                          ovsset = mrc(0, 9, 14, 3), hdcr = mrc(4, 1, 1, 1);

  void program(unsigned counter, u32 type) {
    write(selr, counter);
    write(xevtyper, type);
  }
  u64 counter(unsigned n) {
    write(selr, n);
    return read(xevcntr);
  }
};

TEST_F(PmuTest, CycleCounterCountsWhileEnabled) {
  guest();
  core.cycles = 100;
  EXPECT_EQ(read(ccntr), 0u);
  write(cntenset, 1u << 31);
  core.cycles = 200;
  EXPECT_EQ(read(ccntr), 0u) << "PMCR.E is clear";
  write(pmcr, 1);
  core.cycles = 250;
  EXPECT_EQ(read(ccntr), 50u);
  EXPECT_TRUE(last.ends_block);
  write(ccntr, 1000);
  core.cycles = 260;
  EXPECT_EQ(read(ccntr), 1010u);
  write(cntenclr, 1u << 31);
  core.cycles = 400;
  EXPECT_EQ(read(ccntr), 1010u);
  write(pmcr, 1 | 4);
  EXPECT_EQ(read(ccntr), 0u);
  EXPECT_EQ(read(pmcr), 0x410F3001u) << "C reads as zero";
}

TEST_F(PmuTest, DividerCountsEvery64Cycles) {
  guest();
  core.cycles = 6400;
  write(cntenset, 1u << 31);
  write(pmcr, 1);
  core.cycles = 6410;
  write(pmcr, 1 | 8);
  core.cycles = 6410 + 64 * 5;
  EXPECT_EQ(read(ccntr), 10u + 5);
}

TEST_F(PmuTest, EventCounters) {
  guest();
  program(0, 0x08);
  program(1, 0x03);
  program(2, 0x11);
  write(cntenset, 0x7);
  core.insns = 10;
  core.events[3] = 1000;
  write(pmcr, 1);
  core.insns = 25;
  core.events[3] = 1007;
  core.cycles = 33;
  EXPECT_EQ(counter(0), 15u);
  EXPECT_EQ(counter(1), 7u);
  EXPECT_EQ(counter(2), 33u);
  EXPECT_EQ(counter(3), 0u);
  program(1, 0x04);  // another event: the count stays, nothing is added for the change
  EXPECT_EQ(counter(1), 7u);
  core.events[4] = 2;
  EXPECT_EQ(counter(1), 9u);
  write(pmcr, 1 | 2);
  EXPECT_EQ(counter(0), 0u);
  write(selr, 0);
  write(xevcntr, 77);
  core.insns += 3;
  EXPECT_EQ(read(xevcntr), 80u);
}

TEST_F(PmuTest, SoftwareIncrement) {
  guest();
  program(0, 0x00);
  program(1, 0x08);
  write(cntenset, 3);
  write(swinc, 3);
  EXPECT_EQ(counter(0), 0u);
  write(pmcr, 1);
  write(swinc, 3);
  write(swinc, 1);
  EXPECT_EQ(counter(0), 2u);
  EXPECT_EQ(counter(1), 0u);
  write(selr, 0);
  write(xevcntr, 0xFFFFFFFF);
  write(swinc, 1);
  EXPECT_EQ(read(ovsr), 1u);
}

TEST_F(PmuTest, HpmnHidesCountersFromGuests) {
  hyp_mode();
  write(hdcr, 4);
  program(5, 0x11);
  write(cntenset, 0x3F | 1u << 31);
  write(pmcr, 1);
  EXPECT_EQ(bits<u64>(read(pmcr), 15, 11), 6u);
  guest();
  EXPECT_EQ(bits<u64>(read(pmcr), 15, 11), 4u);
  EXPECT_EQ(read(cntenset), 0x8000000Fu);
  write(cntenclr, 0xFFFFFFFF);
  hyp_mode();
  EXPECT_EQ(read(cntenset), 0x30u);
  EXPECT_EQ(counter(5), 0u) << "HPME is clear: the Hyp counters stand still";
  guest();
  write(selr, 5);
  write(xevcntr, 9);
  EXPECT_EQ(read(xevcntr), 0u);
  hyp_mode();
  EXPECT_EQ(counter(5), 0u);
}

TEST_F(PmuTest, HpmeRunsHypCountersWithoutPmcrE) {
  hyp_mode();
  program(5, 0x11 | 1u << 27);  // NSH: in Hyp as well
  program(0, 0x11 | 1u << 27);
  write(cntenset, 0x21);
  core.cycles = 10;
  write(hdcr, 4 | 1u << 7);
  core.cycles = 25;
  EXPECT_EQ(counter(5), 15u);
  EXPECT_EQ(counter(0), 0u);
  write(hdcr, 4);
  core.cycles = 99;
  EXPECT_EQ(counter(5), 15u);
  // A guest's PMCR.P leaves Hyp's counters alone.
  guest();
  write(pmcr, 2);
  hyp_mode();
  EXPECT_EQ(counter(5), 15u);
  write(pmcr, 2);
  EXPECT_EQ(counter(5), 0u);
}

TEST_F(PmuTest, FiltersByMode) {
  struct Case {
    u32 filters;
    bool user_ns, pl1_ns, hyp, secure;
  };
  const Case cases[] = {
      {0, true, true, false, true},
      {1u << 31, true, false, false, false},            // P
      {1u << 30, false, true, false, true},             // U
      {1u << 27, true, true, true, true},               // NSH
      {1u << 31 | 1u << 29, true, true, false, false},  // P, NSK
      {1u << 29, true, false, false, true},             // NSK alone: Secure PL1 only
      {1u << 28, false, true, false, true},             // NSU alone
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.filters);
    core.cycles = 0;
    sysreg::reset(core);
    secure();
    write(selr, 31);  // PMCCFILTR
    write(xevtyper, c.filters | 0xFF);
    EXPECT_EQ(read(xevtyper), c.filters);
    write(cntenset, 1u << 31);
    write(pmcr, 1);
    u64 expected = 0;
    const auto spend = [&](Mode mode, bool ns, bool counts, u64 cycles) {
      enter(mode, ns);
      sysreg::pmu_refresh(core);
      core.cycles += cycles;
      expected += counts ? cycles : 0;
      EXPECT_EQ(sysreg::pmu_counter_value(core, Pmu::kCycleIndex), expected);
    };
    spend(Mode::User, true, c.user_ns, 1);
    spend(Mode::Irq, true, c.pl1_ns, 10);
    spend(Mode::Hyp, true, c.hyp, 100);
    spend(Mode::Supervisor, false, c.secure, 1000);
    spend(Mode::Monitor, true, c.secure, 10000);
    sysreg::pmu_refresh(core);
    EXPECT_EQ(core.cpu.pmu.mode_sensitive, c.filters != 1u << 27);
  }
}

TEST_F(PmuTest, OverflowRaisesAndLowersTheInterrupt) {
  guest();
  write(ccntr, 0xFFFFFF00);
  write(cntenset, 1u << 31);
  write(intenset, 1u << 31);
  write(pmcr, 1);
  EXPECT_TRUE(core.cpu.pmu.irq_armed);
  EXPECT_EQ(sysreg::pmu_cycles_to_overflow(core), 0x100u);
  core.cycles = 0xFF;
  sysreg::pmu_refresh(core);
  EXPECT_TRUE(core.pmu_levels.empty());
  core.cycles = 0x100;
  sysreg::pmu_refresh(core);
  EXPECT_EQ(core.pmu_levels, std::vector<bool>{true});
  EXPECT_EQ(read(ovsr), 1u << 31);
  EXPECT_EQ(read(ccntr), 0u);
  write(ovsr, 1u << 31);
  EXPECT_EQ(core.pmu_levels, (std::vector<bool>{true, false}));
  write(ovsset, 1u << 31);
  EXPECT_EQ(core.pmu_levels.size(), 3u);
  write(intenclr, 1u << 31);
  EXPECT_EQ(core.pmu_levels, (std::vector<bool>{true, false, true, false}));
  EXPECT_EQ(sysreg::pmu_cycles_to_overflow(core), ~u64{0});
}

TEST_F(PmuTest, OverflowIsSeenWithoutARefresh) {
  guest();
  write(ccntr, 0xFFFFFFF0);
  write(cntenset, 1u << 31);
  write(pmcr, 1);
  core.cycles = 0x20;
  EXPECT_EQ(read(ovsr), 1u << 31);
  EXPECT_EQ(read(ccntr), 0x10u);
}

TEST_F(PmuTest, DividedCounterOverflowsAtAPeriodsEnd) {
  guest();
  core.cycles = 32;
  write(cntenset, 1u << 31);
  write(intenset, 1u << 31);
  write(ccntr, 0xFFFFFFFE);
  write(pmcr, 1 | 8);
  const u64 to_go = sysreg::pmu_cycles_to_overflow(core);
  EXPECT_EQ(to_go, 2 * 64 - 32u);
  core.cycles += to_go - 1;
  EXPECT_EQ(read(ovsr), 0u);
  core.cycles += 1;
  EXPECT_EQ(read(ovsr), 1u << 31);
}

TEST_F(PmuTest, PmuserenrOpensThePmuToPl0) {
  guest_user();
  for (const auto& a : {pmcr, cntenset, ovsr, selr, ccntr, xevtyper, ovsset, mrc(0, 9, 12, 6)}) {
    EXPECT_EQ(try_read(a), Access::Undefined);
  }
  EXPECT_EQ(read(userenr), 0u);
  EXPECT_EQ(try_write(userenr, 1), Access::Undefined);
  guest();
  write(userenr, 1);
  guest_user();
  for (const auto& a : {pmcr, cntenset, ovsr, selr, ccntr, xevtyper, ovsset, mrc(0, 9, 12, 6)}) {
    EXPECT_EQ(try_read(a), Access::Done);
  }
  EXPECT_EQ(try_write(swinc, 1), Access::Done);
  EXPECT_EQ(try_read(intenset), Access::Undefined);
  EXPECT_EQ(try_write(intenclr, 1), Access::Undefined);
}

}  // namespace
}  // namespace hypsim
