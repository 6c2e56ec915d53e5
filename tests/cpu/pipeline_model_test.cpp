// SPDX-License-Identifier: Apache-2.0
// The timing model's events one by one: caches, write buffer, barriers, prediction off; and a core that keeps time.
#include "sim/cpu/sysreg/pmu.h"
#include "tests/support/timed_machine.h"

namespace hypsim {
namespace {

using test::a15_timing;
using test::FlatMachine;
using test::StackChecker;
using test::TimedMachine;
using test::total_of;

constexpr u32 kRam = FlatMachine::kRam;

u64 in(const Clock& clock, Resource r) { return clock.stack[static_cast<unsigned>(r)]; }

struct Model : ::testing::Test {
  TimingConfig config = test::flat_dram();
  SharedMemoryTiming shared{config};
  TimingModel model{config, shared};
  Clock clock;
  const u32 dram = config.cycles_of_ns(config.dram_ns);
  const u32 noncacheable = config.cycles_of_ns(config.noncacheable_ns);

  template <class F>
  u64 cost(F event) {
    const u64 before = clock.now.value;
    event();
    EXPECT_EQ(total_of(clock.stack), clock.now.value);
    return clock.now.value - before;
  }
  u64 load(u64 pa, MemClass c = MemClass::Cacheable) {
    return cost([&] { model.load(clock, PhysAddr(pa), c); });
  }
  u64 store(u64 pa, MemClass c = MemClass::Cacheable) {
    return cost([&] { model.store(clock, PhysAddr(pa), c); });
  }
  u64 device_write(u64 bus) {
    return cost([&] { model.device_write(clock, Cycles(bus)); });
  }
  u64 device_read(u64 bus) {
    return cost([&] { model.device_read(clock, Cycles(bus)); });
  }
  u64 dsb() {
    return cost([&] { model.dsb(clock); });
  }
};

TEST_F(Model, LoadByLevel) {
  EXPECT_EQ(load(0x1000), config.l2_hit - 4 + dram);
  EXPECT_EQ(load(0x1000), 0u);
  // Two more lines of the same L1 set push it out; L2 keeps it.
  load(0x1000 + 16384);
  load(0x1000 + 32768);
  EXPECT_EQ(load(0x1000), config.l2_hit - 4);
  EXPECT_EQ(in(clock, Resource::L2), 4 * (config.l2_hit - 4));
  EXPECT_EQ(in(clock, Resource::Dram), u64{3} * dram);
}

TEST_F(Model, NonCacheableLoadsPayEachTime) {
  EXPECT_EQ(load(0x1000, MemClass::NonCacheable), noncacheable);
  EXPECT_EQ(load(0x1000, MemClass::NonCacheable), noncacheable);
  EXPECT_EQ(load(0x1000, MemClass::Device), noncacheable);
  EXPECT_EQ(model.pmu_event(0x04), 0u) << "no cache access";
  EXPECT_EQ(model.pmu_event(0x13), 3u) << "but memory accesses";
}

TEST_F(Model, TheWriteBufferHoldsItsEntries) {
  const u32 n = config.write_buffer_entries, issue = config.device_write_issue;
  for (u32 i = 0; i < n; ++i) EXPECT_EQ(device_write(1000), issue) << i;
  // The ninth enters when the first is done.
  EXPECT_EQ(device_write(1000), issue + 1000 - n * issue);
  // From here on one leaves each `issue` cycles: the burst before was one a cycle.
  EXPECT_EQ(device_write(1000), issue);
}

TEST_F(Model, WritesLeaveInOrder) {
  device_write(1000);
  device_write(1);  // done, but behind the first
  EXPECT_EQ(dsb(), 1000 - config.device_write_issue);
  EXPECT_EQ(in(clock, Resource::Barrier), 1000 - config.device_write_issue);
  EXPECT_EQ(dsb(), 0u);
}

TEST_F(Model, AShortWriteBehindALongOneDoesNotStall) {
  EXPECT_EQ(store(0x1000, MemClass::NonCacheable), 0u);
  EXPECT_EQ(store(0x2000), 0u) << "a cacheable store that misses";
  EXPECT_EQ(store(0x2000), 0u);
}

TEST_F(Model, DeviceReadsWaitForDeviceWritesOnly) {
  device_write(500);
  EXPECT_EQ(device_read(100), 500u + 100u);
  store(0x9000);  // misses: in the write buffer, but Normal memory
  EXPECT_EQ(device_read(100), 100u);
  store(0xA000, MemClass::NonCacheable);
  EXPECT_EQ(device_read(100), 100u);
  store(0xB000, MemClass::Device);  // Strongly-ordered RAM
  EXPECT_GE(device_read(100), 100u + noncacheable);
}

TEST_F(Model, StronglyOrderedRamIsOrdered) {
  store(0x1000, MemClass::Device);
  EXPECT_EQ(load(0x2000, MemClass::Device), u64{noncacheable} * 2);
}

TEST_F(Model, FetchPaysOncePerLine) {
  const auto fetch = [&](u64 pa, u32 bytes, bool cacheable = true) {
    return cost([&] { model.fetch(clock, PhysAddr(pa), bytes, cacheable); });
  };
  EXPECT_EQ(fetch(0x1000, 64), config.l2_hit - 4 + dram);
  EXPECT_EQ(fetch(0x1000, 32), 0u);
  EXPECT_EQ(fetch(0x1020, 64), config.l2_hit - 4 + dram) << "reaches into the next line";
  EXPECT_EQ(fetch(0x1000, 128), 0u);
  EXPECT_EQ(fetch(0x2000, 64, false), noncacheable);
  EXPECT_EQ(fetch(0x1000, 4, true), 0u);
  EXPECT_EQ(fetch(0x2000, 64, false), noncacheable) << "nothing kept it";
  EXPECT_EQ(in(clock, Resource::FetchMiss), clock.now.value);
}

TEST_F(Model, InstructionCacheMaintenance) {
  const auto fetch = [&] { return cost([&] { model.fetch(clock, PhysAddr(0x1000), 4, true); }); };
  fetch();
  model.invalidate_icache_line(PhysAddr(0x1000));
  EXPECT_EQ(fetch(), config.l2_hit - 4);
  model.invalidate_icache();
  EXPECT_EQ(fetch(), config.l2_hit - 4);
}

TEST_F(Model, DataCacheMaintenance) {
  load(0x1000);
  using Op = TimingModel::DcacheOp;
  const auto set_way = [&](u32 operand) { model.maintain_dcache_set_way(clock, operand, Op::CleanInvalidate); };
  model.maintain_dcache_line(clock, PhysAddr(0x1000), Op::Clean);
  EXPECT_EQ(load(0x1000), 0u) << "a clean keeps the line";
  model.maintain_dcache_line(clock, PhysAddr(0x1000), Op::CleanInvalidate);
  EXPECT_EQ(load(0x1000), config.l2_hit - 4 + dram);
  // by set and way, as DCISW takes it: way in the top bits, set from bit 6, level - 1 from bit 1
  const u32 set = 0x1000 >> 6 & 0xFF;
  for (u32 way = 0; way < 2; ++way) set_way(way << 31 | set << 6);
  EXPECT_EQ(load(0x1000), config.l2_hit - 4);
  for (u32 way = 0; way < 16; ++way) set_way(way << 28 | (0x1000 >> 6) << 6 | 1 << 1);
  EXPECT_EQ(load(0x1000), config.l2_hit - 4 + dram);
  set_way(7u << 1);  // no such level
}

TEST_F(Model, WalksGoThroughL2) {
  const auto walk = [&](bool cacheable, bool stage2) {
    return cost([&] { model.walk_read(clock, PhysAddr(0x3000), cacheable, stage2); });
  };
  EXPECT_EQ(walk(true, false), config.l2_hit + dram);
  EXPECT_EQ(walk(true, true), config.l2_hit);
  EXPECT_EQ(walk(false, false), noncacheable);
  EXPECT_EQ(in(clock, Resource::WalkStage2), config.l2_hit);
  EXPECT_EQ(cost([&] { model.tlb_miss(clock, false, false); }), config.tlb_l2_hit);
  EXPECT_EQ(cost([&] { model.tlb_miss(clock, true, true); }), config.walk_overhead);
  EXPECT_EQ(in(clock, Resource::TlbL2), config.tlb_l2_hit);
  EXPECT_EQ(model.pmu_event(0x02), 1u);
  EXPECT_EQ(model.pmu_event(0x05), 1u);
}

TEST_F(Model, WithoutPredictionTakenBranchesPay) {
  const auto branch = [&](u32 to) {
    return cost([&] { model.branch(clock, 0x8000, 0x8004, to, ir::BranchKind::Direct, false); });
  };
  EXPECT_EQ(branch(0x9000), 0u);
  model.enable_prediction(false);
  EXPECT_EQ(branch(0x9000), config.mispredict_penalty);
  EXPECT_EQ(branch(0x8004), 0u);
  model.enable_prediction(true);
  EXPECT_EQ(branch(0x9000), 0u);
}

TEST_F(Model, ExceptionsAndMaintenanceHaveTheirBuckets) {
  EXPECT_EQ(cost([&] { model.exception_entry(clock); }), config.exception_entry);
  EXPECT_EQ(cost([&] { model.exception_return(clock); }), config.exception_return);
  EXPECT_EQ(in(clock, Resource::Exception), config.exception_entry + config.exception_return);
  EXPECT_EQ(cost([&] { model.tlb_maintenance(clock, false); }), config.tlbi_issue) << "posted";
  EXPECT_EQ(cost([&] { model.tlb_maintenance(clock, true); }), config.tlbi_local) << "one at a time";
  EXPECT_EQ(dsb(), config.tlbi_broadcast - config.tlbi_issue);
  EXPECT_EQ(dsb(), 0u);
  EXPECT_EQ(in(clock, Resource::TlbMaintenance), config.tlbi_local + config.tlbi_broadcast);
  store(0x1000);
  const auto crossing = [&](auto access) {
    model.line_crossing();
    return cost([&] { (model.*access)(clock, PhysAddr(0x1000), MemClass::Cacheable, AccessSite{}); });
  };
  EXPECT_EQ(crossing(&TimingModel::load_translated), config.line_crossing);
  EXPECT_EQ(crossing(&TimingModel::store_translated), config.line_crossing);
  EXPECT_EQ(in(clock, Resource::L1d), 2 * config.line_crossing);
  EXPECT_EQ(model.pmu_event(0x09), 1u);
  EXPECT_EQ(model.pmu_event(0x0A), 1u);
  EXPECT_EQ(model.pmu_event(0xFF), 0u);
}

TEST_F(Model, PmuEventsFollowTheAccesses) {
  const auto count = [&](u32 event) { return model.pmu_event(event); };
  load(0x1000);
  load(0x1000);
  store(0x1000);
  store(0x7040);
  EXPECT_EQ(count(0x40), 2u) << "L1D reads";
  EXPECT_EQ(count(0x41), 2u) << "L1D writes";
  EXPECT_EQ(count(0x42), 1u);
  EXPECT_EQ(count(0x43), 1u);
  EXPECT_EQ(count(0x03), 2u) << "L1D refills";
  EXPECT_EQ(count(0x04), 4u) << "L1D accesses";
  EXPECT_EQ(count(0x16), 2u) << "L2 accesses";
  EXPECT_EQ(count(0x17), 2u) << "L2 refills";
  EXPECT_EQ(count(0x19), 2u) << "bus accesses";
  load(0x1000 + 16384);
  load(0x1000 + 32768);
  load(0x1000);
  EXPECT_EQ(count(0x16), 6u) << "the line that was written went back";
  EXPECT_EQ(count(0x17), 4u) << "the last hits L2";
  EXPECT_EQ(count(0x19), 4u);

  load(0x9000, MemClass::NonCacheable);
  store(0x9000, MemClass::Device);
  device_read(10);
  device_write(10);
  EXPECT_EQ(count(0x60), 4u + 2u) << "bus reads";
  EXPECT_EQ(count(0x61), 2u) << "bus writes";
  EXPECT_EQ(count(0x66), 5u + 2u) << "memory reads";
  EXPECT_EQ(count(0x67), 2u + 2u) << "memory writes";
  EXPECT_EQ(count(0x13), 11u);

  model.walk_read(clock, PhysAddr(0x1000), true, false);
  EXPECT_EQ(count(0x50), 6u) << "a walk reads L2";
  model.tlb_miss(clock, false, true, false);
  model.tlb_miss(clock, false, true, true);
  model.tlb_miss(clock, true, false);
  EXPECT_EQ(count(0x4C), 1u);
  EXPECT_EQ(count(0x4D), 1u);
  EXPECT_EQ(count(0x05), 2u);
  EXPECT_EQ(count(0x02), 1u);
}

// --- a core that keeps time ---------------------------------------------------------------------------------------

/// Cycles that `insns` instructions at kRam take.
u64 run_cycles(TimedMachine& t, u64 insns) {
  const u64 before = t.machine.core.now().value;
  t.machine.run(insns);
  return t.machine.core.now().value - before;
}

TEST(TimedCore, ResetStateIsUncachedAndUnpredicted) {
  // Everything off: a loop of two instructions refetches no line, but each taken branch costs a refill.
  TimedMachine t;
  t.machine.code({0xE2500001,    // subs r0, r0, #1
                  0x1AFFFFFD});  // bne
  t.machine.reg(0) = 1000;
  run_cycles(t, 2);
  EXPECT_EQ(run_cycles(t, 200), 100u * (1 + t.config.mispredict_penalty));
}

TEST(TimedCore, StronglyOrderedLoadsWithTheMmuOff) {
  TimedMachine t;
  t.machine.reg(1) = kRam + 0x8000;
  t.machine.code({0xE5912000,  // ldr r2, [r1]
                  0xE5912000, 0xE5912000, 0xEAFFFFFB});
  run_cycles(t, 4);
  EXPECT_EQ(run_cycles(t, 4), 3u * t.config.cycles_of_ns(t.config.noncacheable_ns) + 3 + t.config.mispredict_penalty);
}

TEST(TimedCore, AnAccessThatTrapsIsNotCharged) {
  // HCR.TID3 traps the read of ID_PFR0 in Non-secure SVC; the vector at HVBAR + 0x14 returns behind it.
  const auto trap_cost = [](u32 serial) {
    TimingConfig config = a15_timing();
    config.serial[static_cast<unsigned>(ir::TimingClass::SysRegRead)] = serial;
    TimedMachine t(1 << 20, config);
    auto& core = t.machine.core;
    core.state().sys.scr = 1u << scr::NS | 1u << scr::HCE;
    core.state().sys.hcr = 1u << hcr::TID3;
    core.state().sys.hvbar = kRam + 0x1000;
    core.state().sys.hsctlr |= 1u << sctlr::I;
    core.state_changed();
    t.machine.code({0xEE100F11});          // mrc p15, 0, r0, c0, c1, 0
    t.machine.code({0xEAFFFFFE}, 0x1014);  // b .
    t.machine.run(1);
    return core.now().value;
  };
  EXPECT_EQ(trap_cost(0), trap_cost(500));
}

TEST(TimedCore, ThePmuCountsWhatTheModelCharges) {
  // Six counters, set by the guest itself; what they read is what the events below made of them.
  TimedMachine t;
  constexpr u32 kEvents[] = {0x1C, 0x0B, 0x09, 0x0A, 0x13, 0x08};
  std::vector<u32> code;
  const auto mcr = [&](u32 rt, u32 opc1, u32 crn, u32 crm, u32 opc2) {
    code.push_back(0xEE000F10 | opc1 << 21 | crn << 16 | rt << 12 | opc2 << 5 | crm);
  };
  for (u32 n = 0; n < 6; ++n) {
    code.push_back(0xE3A00000 | n);           // mov r0, #n
    mcr(0, 0, 9, 12, 5);                      // PMSELR
    code.push_back(0xE3A00000 | kEvents[n]);  // mov r0, #event
    mcr(0, 0, 9, 13, 1);                      // PMXEVTYPER
  }
  code.push_back(0xE3A0003F);  // mov r0, #63
  mcr(0, 0, 9, 12, 1);         // PMCNTENSET
  code.push_back(0xE3A00003);  // mov r0, #3: E and P
  mcr(0, 0, 9, 12, 0);         // PMCR
  mcr(0, 0, 2, 0, 0);          // TTBR0
  mcr(0, 0, 2, 0, 1);          // TTBR1
  mcr(0, 0, 13, 0, 1);         // CONTEXTIDR
  code.push_back(0xE5912000);  // ldr r2, [r1]
  code.push_back(0xE5812000);  // str r2, [r1]
  code.push_back(0xEF000000);  // svc #0
  code.push_back(0xE3A00000);  // mov r0, #0
  mcr(0, 0, 9, 12, 0);         // PMCR: stop
  code.push_back(0xEAFFFFFE);
  for (u32 n = 0; n < code.size(); ++n) t.machine.bus.set_word(kRam + 4 * n, code[n]);
  t.machine.core.state().sys.vbar[Security::Secure] = kRam + 0x1000;
  t.machine.code({0xE1B0F00E}, 0x1008);  // movs pc, lr
  t.machine.core.state_changed();
  t.machine.core.set_pc(kRam);
  t.machine.reg(1) = kRam + 0x8000;
  EXPECT_EQ(t.machine.run(1000), StopReason::DeadLoop);
  const u32 expected[] = {2, 1, 1, 1, 2, 9};
  for (u32 n = 0; n < 6; ++n)
    EXPECT_EQ(sysreg::pmu_counter_value(t.machine.core.services(), n), expected[n]) << "event " << kEvents[n];
}

TEST(TimedCore, ConditionalInstructionsAtABlockEndAreNoBranches) {
  // 32 instructions fill a block; its last is a conditional addition.
  TimedMachine t;
  for (u32 i = 0; i < 64; ++i) t.machine.bus.set_word(kRam + 4 * i, i % 32 == 31 ? 0x12800001 : 0xE2811001);
  t.machine.bus.set_word(kRam + 256, 0xEAFFFFFE);
  t.machine.run(64);
  EXPECT_EQ(t.machine.core.timing_model()->pmu_event(0x12), 0u);
}

TEST(TimedCore, TheStackAddsUpAtEveryBlock) {
  TimedMachine t;
  StackChecker checker;
  t.machine.core.set_observer(&checker);
  t.machine.core.state().sys.vbar[Security::Secure] = kRam + 0x1000;
  t.machine.core.state_changed();
  t.machine.code({0xE3A00064,  // mov r0, #100
                  0xE28F1A02,  // add r1, pc, #0x2000
                  0xE8B100FC,  // ldmia r1!, {r2-r7}
                  0xE5812000,  // str r2, [r1]
                  0xEE104F10,  // mrc p15, 0, r4, c0, c0, 0
                  0xF57FF04F,  // dsb
                  0xEF000000,  // svc #0
                  0xE2500001,  // subs r0, r0, #1
                  0x1AFFFFF8,  // bne
                  0xEAFFFFFE});
  t.machine.code({0xE1B0F00E}, 0x1008);  // movs pc, lr
  EXPECT_EQ(t.machine.run(2000), StopReason::DeadLoop);
  EXPECT_GT(checker.checks(), 300u);
  const auto& stack = t.machine.core.cycle_stack();
  EXPECT_EQ(total_of(stack), t.machine.core.now().value);
  for (const Resource r :
       {Resource::Exception, Resource::SysReg, Resource::Barrier, Resource::Dram, Resource::FetchMiss})
    EXPECT_GT(stack[static_cast<unsigned>(r)], 0u) << static_cast<unsigned>(r);
}

}  // namespace
}  // namespace hypsim
