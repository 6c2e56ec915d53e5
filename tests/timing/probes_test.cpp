// SPDX-License-Identifier: Apache-2.0
// The probes against what has been published, and what must hold of any timed run.
#include "tests/timing/probes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/timing/probe_machine.h"

namespace hypsim::test {
namespace {

const std::vector<Probe>& probes() {
  static const std::vector<Probe> all = run_probes(HYPSIM_PROBES);
  return all;
}

TEST(Probes, PublishedValuesAreMetWithinTenPerCent) {
  unsigned inputs = 0, compared = 0;
  for (const Probe& p : probes()) {
    RecordProperty(p.name, fmt::format("{:.2f}", p.model));
    if (p.evidence != Evidence::Compared && p.evidence != Evidence::Input) continue;
    ++(p.evidence == Evidence::Input ? inputs : compared);
    EXPECT_LE(std::abs(*p.error_permille()), 100) << p.name << ": " << p.model << " cycles, published " << *p.published;
  }
  EXPECT_EQ(inputs, 12u);
  EXPECT_EQ(compared, 6u);
}

TEST(Probes, CalibratedRowsAreWhatTheyWereSetTo) {
  const TimingConfig& c = a15_timing();
  for (const Probe& p : probes()) {
    if (p.name == "device read, GIC frame") {
      EXPECT_NEAR(p.model, c.gic_access, 1.5);
    } else if (p.name == "CP15 read") {
      EXPECT_NEAR(p.model, c.serial[static_cast<unsigned>(ir::TimingClass::SysRegRead)], 1.5);
    } else if (p.name == "HVC and ERET, nothing between") {
      EXPECT_NEAR(p.model, c.exception_entry + c.exception_return, 3);
    }
  }
}

TEST(Probes, KnownGapsAreStillThere) {
  // A gap that has closed belongs among the compared rows, and docs/timing.md wants a new sentence.
  for (const Probe& p : probes()) {
    if (p.evidence == Evidence::Gap) {
      EXPECT_GT(std::abs(*p.error_permille()), 100) << p.name;
    }
  }
}

TEST(Probes, TwoRunsAreEqual) { EXPECT_EQ(probe_table(run_probes(HYPSIM_PROBES)), probe_table(probes())); }

TEST(Probes, AClockEqualsItsStackWhereverItIsRead) {
  ProbeMachine machine(HYPSIM_PROBES, true);
  StackChecker checker;
  machine.observe(&checker);
  machine.ring({{ProbeMachine::kDense, ProbeMachine::kDense}});
  for (const char* probe : {"chase", "chase_multiple", "stream", "alu_chain", "udiv_chain", "branches", "call_return", "hypercall", "read_cp15",
                            "write_cp15", "isb_only", "dsb_only", "tlb_flush", "device_read", "device_write", "cold_walk"}) {
    const bool device = std::string(probe).starts_with("device");
    machine.run(probe, 50, device ? ProbeMachine::kDevice : ProbeMachine::kDense, ProbeMachine::kDense + 65536);
    EXPECT_EQ(total_of(machine.core().cycle_stack()), machine.core().now().value) << probe;
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(checker.checks(), 1000u);
}

TEST(Probes, TimeChangesNothingButTime) {
  ProbeMachine timed(HYPSIM_PROBES, true), functional(HYPSIM_PROBES, false);
  for (ProbeMachine* m : {&timed, &functional}) m->ring({{ProbeMachine::kDense, ProbeMachine::kDense}});
  for (const char* probe : {"chase", "stream", "alu_shift_register_chain", "mul_chain", "smull_chain", "sdiv_chain", "branches", "call_return",
                            "hypercall", "read_cp15", "write_cp15", "read_banked", "tlb_flush", "device_read", "device_write", "cold_walk"}) {
    const bool device = std::string(probe).starts_with("device");
    for (ProbeMachine* m : {&timed, &functional})
      m->run(probe, 77, device ? ProbeMachine::kDevice : ProbeMachine::kDense, probe == std::string("branches") ? 1 : ProbeMachine::kDense + 65536);
    const CpuState &a = timed.core().state(), &b = functional.core().state();
    for (unsigned n = 0; n < 16; ++n) EXPECT_EQ(a.slot[n], b.slot[n]) << probe << " R" << n;
    EXPECT_EQ(a.cpsr(), b.cpsr()) << probe;
    EXPECT_EQ(a.sys.hsr, b.sys.hsr) << probe;
    EXPECT_EQ(a.elr_hyp, b.elr_hyp) << probe;
    EXPECT_EQ(timed.core().retired(), functional.core().retired()) << probe;
  }
  EXPECT_EQ(functional.core().now().value, functional.core().retired());
  EXPECT_NE(timed.core().now().value, timed.core().retired());
  const auto* left = timed.ram().at(ProbeMachine::kRam, 48 << 20);
  const auto* right = functional.ram().at(ProbeMachine::kRam, 48 << 20);
  EXPECT_EQ(std::memcmp(left, right, 48 << 20), 0);
}

}  // namespace
}  // namespace hypsim::test
