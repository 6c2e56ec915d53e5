// SPDX-License-Identifier: Apache-2.0
// The probes against what has been published, and what must hold of any timed run.
#include "tests/timing/probes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

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
  EXPECT_EQ(inputs, 26u);
  EXPECT_EQ(compared, 7u);
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

TEST(Probes, EveryMeasuredRowIsComparedOrSaysWhyNot) {
  for (const Probe& p : probes()) {
    EXPECT_GT(p.model, 0.0) << p.name;
    EXPECT_EQ(p.published.has_value(),
              p.evidence != Evidence::None && (p.evidence != Evidence::Calibrated || p.name.starts_with("HVC")))
        << p.name;
  }
}

/// Cycles of `turns` turns on a machine that has run nothing yet.
u64 cycles_of(const char* probe, u32 turns, u32 r1, u32 r3, const TimingConfig& timing = a15_timing()) {
  ProbeMachine machine(HYPSIM_PROBES, true, timing);
  return machine.run(probe, turns, r1, r3).cycles;
}

TEST(Probes, MissesOverlapWithinBuffersAndWindow) {
  const auto stream = [](u32 buffers, u32 window) {
    TimingConfig timing = a15_timing();
    timing.fill_buffers = buffers;
    timing.window = window;
    return static_cast<double>(cycles_of("stream", 4096, ProbeMachine::kLarge, ~0u, timing)) / (4096 * 8);
  };
  const TimingConfig& t = a15_timing();
  const double latency =
      t.l2_hit + t.cycles_of_ns(t.dram_ns) - t.cycles_of_ps(t.dram_activate) - t.cycles_of_ps(t.dram_precharge);
  EXPECT_NEAR(stream(1, 128), latency, 2);
  EXPECT_NEAR(stream(2, 128), latency / 2, 2);
  EXPECT_NEAR(stream(6, 128), latency / 6, 2);
  // A window of one instruction waits for each load. What it cannot hide, it waits for at the next block.
  EXPECT_GT(stream(6, 1), stream(6, 128));
  EXPECT_GT(stream(32, 16), stream(32, 128));
}

TEST(Probes, TimeUnderAMissIsNotLost) {
  // 24 additions a turn that have nothing to do with the loads run while a line comes: DRAM hides them.
  const u64 alone = cycles_of("stream", 2048, ProbeMachine::kLarge, ~0u);
  const u64 with_work = cycles_of("stream_and_work", 2048, ProbeMachine::kLarge, ~0u);
  EXPECT_LT(with_work, alone + alone / 20);
  // A chain through the loaded values is no longer than the loads.
  const u64 summed = cycles_of("stream_and_sum", 2048, ProbeMachine::kLarge, ~0u);
  EXPECT_LT(summed, alone + alone / 20);
}

TEST(Probes, AStoreToALineOnItsWayIsDoneWhenItComes) {
  // It occupies the write buffer until then, and no longer however long it waited for its entry.
  const TimingConfig timing = flat_dram();
  const u64 loads = cycles_of("stream", 4096, ProbeMachine::kLarge, ~0u, timing);
  const u64 with_stores = cycles_of("stream_update", 4096, ProbeMachine::kLarge, ~0u, timing);
  EXPECT_LT(with_stores, loads + loads / 20);
}

TEST(Probes, StoresThatMissShareTheFillBuffers) {
  const auto stores = [](u32 buffers) {
    TimingConfig timing = flat_dram();
    timing.fill_buffers = buffers;
    timing.write_buffer_entries = 64;
    return static_cast<double>(cycles_of("store_lines", 4096, ProbeMachine::kLarge, ~0u, timing)) / (4096 * 8);
  };
  const double latency = a15_timing().l2_hit + a15_timing().cycles_of_ns(a15_timing().dram_ns);
  EXPECT_NEAR(stores(1), latency, 5);
  EXPECT_NEAR(stores(6), latency / 6, 2);
}

TEST(Probes, TwoCoresFightForALine) {
  const auto row = [](const char* name) {
    for (const Probe& p : probes())
      if (p.name == name) return p.model;
    ADD_FAILURE() << name;
    return 0.0;
  };
  const TimingConfig& t = a15_timing();
  EXPECT_NEAR(row("load to use, another core has written the line"), t.l2_hit + t.intervention, 1);
  EXPECT_NEAR(row("store and DSB, another core has read the line, on top"), t.upgrade, 2);
}

TEST(Probes, APointerBehindAnotherWordOfItsLineIsLateToo) {
  // key at offset 4 is read first and brings the line; the pointer at offset 0 comes with it, not before.
  const auto list = [](const char* probe) {
    ProbeMachine machine(HYPSIM_PROBES, true);
    std::vector<ProbeMachine::Place> places;
    for (u32 i = 0; i < 1024; ++i) places.push_back({ProbeMachine::kDense + i * 64, ProbeMachine::kDense + i * 64});
    machine.ring(places);
    return machine.slope(probe, 512, ProbeMachine::kDense) / 8;
  };
  EXPECT_NEAR(list("chase_behind_key"), list("chase"), 0.5);
}

/// What world switches of a guest that uses `pages` pages cost, and what the guest lost by them, a switch.
struct SwitchCost {
  double cycles;
  RefillTail tail;
};
SwitchCost cost_of_switch(const char* vectors, u32 pages) {
  struct Tail final : Observer {
    bool wants_refill_tail() const override { return true; }
    void exception(const Moment& m, const ExceptionEvent&) override {
      ++switches;
      if (m.tail != nullptr) tail = *m.tail;
    }
    RefillTail tail;
    u64 switches = 0;
  } observer;
  ProbeMachine machine(HYPSIM_PROBES, true);
  machine.enter_guest(vectors);
  machine.observe(&observer);
  constexpr u32 kTurns = 256;
  machine.run("switch_and_touch", kTurns, ProbeMachine::kPages, pages);
  const RefillTail before = observer.tail;
  const u64 cycles = machine.run("switch_and_touch", kTurns, ProbeMachine::kPages, pages).cycles;
  SwitchCost cost{static_cast<double>(cycles) / kTurns, observer.tail};
  for (unsigned r = 0; r < kRefills; ++r) {
    cost.tail.misses[r] = (cost.tail.misses[r] - before.misses[r] + kTurns / 2) / kTurns;
    cost.tail.cycles[r] = (cost.tail.cycles[r] - before.cycles[r] + kTurns / 2) / kTurns;
  }
  return cost;
}
u64 misses(const SwitchCost& c, Refill r) { return c.tail.misses[static_cast<unsigned>(r)]; }
u64 tail_cycles(const SwitchCost& c) { return std::accumulate(c.tail.cycles.begin(), c.tail.cycles.end(), u64{0}); }

TEST(RefillTail, AFlushOfAnotherVmidLeavesTheGuestItsEntriesAFlushOfAllDoesNot) {
  constexpr u32 kUsed = 24;
  const SwitchCost plain = cost_of_switch("plain_vectors", kUsed),
                   by_vmid = cost_of_switch("flush_vmid_vectors", kUsed),
                   all = cost_of_switch("flush_all_vectors", kUsed);
  EXPECT_EQ(tail_cycles(plain), 0u);
  EXPECT_EQ(misses(by_vmid, Refill::TlbL2), 0u);
  EXPECT_LT(tail_cycles(by_vmid), 50u);
  EXPECT_EQ(misses(all, Refill::TlbL2), kUsed + 1) << "the pages and the code";
  EXPECT_GT(misses(all, Refill::WalkStage1), kUsed);
  EXPECT_GT(misses(all, Refill::WalkStage2), 0u);
  EXPECT_EQ(misses(all, Refill::L1d), 0u) << "a TLB flush takes no lines";
  // The tail is where the difference in total cost is: the flush itself is cheaper by instructions.
  const double extra = all.cycles - by_vmid.cycles;
  EXPECT_GT(extra, 0.0);
  EXPECT_GT(static_cast<double>(tail_cycles(all)), extra * 0.9);
}

TEST(RefillTail, GrowsWithWhatTheGuestUses) {
  const SwitchCost few = cost_of_switch("flush_all_vectors", 4), many = cost_of_switch("flush_all_vectors", 400);
  EXPECT_EQ(misses(few, Refill::TlbL2), 5u);
  EXPECT_NEAR(static_cast<double>(misses(many, Refill::TlbL2)), 401, 4) << "a full set of the L2 TLB loses some anyway";
  // More than L1 holds: those are missed without the switch too, in L1, and are not charged to it.
  const SwitchCost no_flush = cost_of_switch("plain_vectors", 400);
  EXPECT_EQ(tail_cycles(no_flush), 0u);
}

TEST(RefillTail, KeepingItChangesNoCycle) {
  const auto cycles = [](bool keep) {
    struct Plain final : Observer {
      explicit Plain(bool k) : keep(k) {}
      bool wants_refill_tail() const override { return keep; }
      bool keep;
    } observer(keep);
    ProbeMachine machine(HYPSIM_PROBES, true);
    machine.enter_guest("flush_all_vectors");
    machine.observe(&observer);
    return machine.run("switch_and_touch", 500, ProbeMachine::kPages, 40).cycles;
  };
  EXPECT_EQ(cycles(true), cycles(false));
}

TEST(Probes, TwoRunsAreEqual) { EXPECT_EQ(probe_table(run_probes(HYPSIM_PROBES)), probe_table(probes())); }

TEST(Probes, AClockEqualsItsStackWhereverItIsRead) {
  ProbeMachine machine(HYPSIM_PROBES, true);
  StackChecker checker;
  machine.observe(&checker);
  machine.ring({{ProbeMachine::kDense, ProbeMachine::kDense}});
  for (const char* probe :
       {"chase",          "chase_multiple",   "stream",     "alu_chain", "udiv_chain",     "branches",
        "call_return",    "hypercall",        "read_cp15",  "pages",     "vmla_chain_f32", "vdiv_chain_f64",
        "stream_and_sum", "chase_behind_key", "write_cp15", "isb_only",  "dsb_only",       "tlb_flush",
        "device_read",    "device_write",     "cold_walk"}) {
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
  for (const char* probe :
       {"chase", "stream", "alu_shift_register_chain", "mul_chain", "pages", "vmla_chain_f64", "stream_and_work",
        "smull_chain", "sdiv_chain", "branches", "call_return", "hypercall", "read_cp15", "write_cp15", "read_banked",
        "tlb_flush", "device_read", "device_write", "cold_walk"}) {
    const bool device = std::string(probe).starts_with("device");
    for (ProbeMachine* m : {&timed, &functional})
      m->run(probe, 77, device ? ProbeMachine::kDevice : ProbeMachine::kDense,
             probe == std::string("branches") ? 1 : ProbeMachine::kDense + 65536);
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
