// SPDX-License-Identifier: Apache-2.0
// The MPCore over TLM-2.0: time, interrupts, aborts, several cores, and the ways a run ends.
#include <gtest/gtest.h>

#include "sim/base/error.h"
#include "sim/mpcore/exclusive_monitor.h"
#include "tests/mpcore/bench.h"

namespace hypsim {
namespace {

constexpr u64 kWindows[] = {1, 17, 100, 10'000, 1'000'000};

TEST(MpCore, StoresReachMemoryAndABranchToItselfEndsTheRun) {
  const Outcome o = run_program({.program = "store_word"});
  EXPECT_EQ(o.reason, EndReason::Deadlock);
  EXPECT_EQ(o.results[0], 0x12345678u);
}

TEST(MpCore, SleepWithoutAnEventEndsTheRun) {
  EXPECT_EQ(run_program({.program = "sleep_forever"}).reason, EndReason::Deadlock);
  EXPECT_EQ(run_program({.program = "sleep_forever", .cores = 4}).reason, EndReason::Deadlock);
}

TEST(MpCore, AReadOfAHoleAbortsAtTheInstruction) {
  const Outcome o = run_program({.program = "read_hole"});
  EXPECT_EQ(o.results[0] & 0x40F, 0x008u);  // synchronous external abort, ARM DDI 0406C B3.13.3
  EXPECT_EQ(o.results[1], 0x30000024u);
  EXPECT_EQ(o.results[2], program_address("read_hole_at") + 8);
}

TEST(MpCore, AWriteToAHoleAbortsLater) {
  const Outcome o = run_program({.program = "write_hole"});
  EXPECT_EQ(o.results[0] & 0x40F, 0x406u);  // asynchronous external abort
}

TEST(MpCore, AnInterruptOfItsOwnTimerIsNeverLate) {
  const Outcome first = run_program({.program = "timer_spin", .window = kWindows[0]});
  EXPECT_EQ(first.results[0], 29u);
  EXPECT_GE(first.results[1], first.results[3]);      // not before CVAL
  EXPECT_LE(first.results[1], first.results[3] + 1);  // 20 cycles a tick: the handler reads the count within one
  for (u64 window : kWindows) {
    const Outcome o = run_program({.program = "timer_spin", .window = window});
    EXPECT_EQ(o.results, first.results) << "window " << window;
    EXPECT_EQ(o.pc[0], first.pc[0]);
  }
}

TEST(MpCore, ATimerThatIsDueWhenItIsEnabledFiresAtOnce) {
  for (u64 window : kWindows) {
    const Outcome o = run_program({.program = "timer_now", .window = window});
    EXPECT_EQ(o.results[0], 29u);
    EXPECT_EQ(o.results[2], 0u) << "taken before the instruction after CPSIE ran";
  }
}

TEST(MpCore, SleepSkipsToTheTimer) {
  for (u64 window : {u64{100}, u64{1'000'000}}) {
    const Outcome o = run_program({.program = "timer_sleep", .window = window});
    EXPECT_GE(o.results[1], o.results[3]);
    EXPECT_LE(o.results[1], o.results[3] + 1);
    EXPECT_LT(o.insns[0], 100u);
    EXPECT_GT(o.cycles[0], 20'000'000u);
  }
}

TEST(MpCore, ADevicesInterruptComesWhenItIsDue) {
  const Outcome first = run_program({.program = "device_spin", .window = 1});
  EXPECT_EQ(first.results[0], 40u);
  // 5 us are 5000 cycles of one instruction, two to a turn.
  EXPECT_NEAR(first.results[2], 2500, 2);
  for (u64 window : kWindows)
    EXPECT_EQ(run_program({.program = "device_spin", .window = window}).results, first.results) << window;
}

TEST(MpCore, ADeviceThatInterruptsAtOnceIsSeenAtOnce) {
  for (u64 window : kWindows) {
    const Outcome o = run_program({.program = "device_now", .window = window});
    EXPECT_EQ(o.results[0], 40u);
    EXPECT_LE(o.results[2], 1u) << window;
  }
}

TEST(MpCore, TimedReadsBlockForTheBusAndFunctionalOnesDoNot) {
  const Outcome functional = run_program({.program = "device_reads"});
  EXPECT_EQ(functional.results[0], 0x5Au);
  EXPECT_LT(functional.cycles[0], 100u);
  const Outcome timed = run_program({.program = "device_reads", .timed = true});
  EXPECT_EQ(timed.results[0], 0x5Au);
  EXPECT_GE(timed.cycles[0], 1000u);
}

TEST(MpCore, TimedRunsDoNotDependOnTheWindow) {
  const Outcome first = run_program({.program = "timer_spin", .window = 1, .timed = true});
  EXPECT_EQ(first.results[0], 29u);
  for (u64 window : kWindows)
    EXPECT_EQ(run_program({.program = "timer_spin", .window = window, .timed = true}).results, first.results) << window;
}

TEST(MpCore, ASoftwareInterruptWakesAnotherCoreAndAnEventAnswers) {
  for (u64 window : {u64{50}, u64{10'000}}) {
    const Outcome o = run_program({.program = "sgi_pair", .cores = 2, .window = window});
    EXPECT_EQ(o.results[0], 5u);  // ID 5 from core 0
    EXPECT_EQ(o.results[2], 0x77u);
    EXPECT_EQ(o.reason, EndReason::Deadlock);
  }
}

TEST(MpCore, ASleeperWakesWhenTheInterruptIsSentWhateverTheWindow) {
  const Outcome first = run_program({.program = "wake_first", .cores = 2, .window = 1});
  EXPECT_EQ(first.results[0], 0x406u);  // ID 6 from core 1
  EXPECT_NEAR(first.cycles[0], first.cycles[1], 10);
  for (u64 window : kWindows)
    EXPECT_EQ(run_program({.program = "wake_first", .cores = 2, .window = window}), first) << window;
}

TEST(MpCore, ExclusivesAreAtomicAcrossCores) {
  for (u64 window : {u64{1}, u64{7}, u64{1'000}})
    for (unsigned cores : {2u, 4u})
      EXPECT_EQ(run_program({.program = "count_together", .cores = cores, .window = window}).results[0], 1000 * cores)
          << window;
}

TEST(MpCore, AStoreOfAnotherCoreEndsAReservation) {
  for (u64 window : kWindows) {
    const Outcome o = run_program({.program = "store_between", .cores = 2, .window = window});
    EXPECT_EQ(o.results[2], 1u) << "STREX fails, window " << window;
    EXPECT_EQ(o.results[3], 0x55u);
    EXPECT_EQ(o.results[4], 0u) << "and succeeds next time";
  }
}

// Results 8 and on: the status of core 0's STREX after each kind of store that core 1 did since the LDREX.
TEST(MpCore, AnyStoreToTheGranuleEndsAReservationWhateverItsValue) {
  struct Case {
    const char* store;
    u32 status;
  };
  constexpr Case kCases[] = {{"the same value again", 1},
                             {"a byte at the granule's end", 1},
                             {"the word before the granule", 0},
                             {"the word behind it", 0},
                             {"a store multiple that reaches in", 1},
                             {"VST1 that reaches in", 1},
                             {"an unaligned word that reaches in", 1},
                             {"a STREX that passes", 1}};
  for (const bool timed : {false, true})
    for (const bool generated : {false, true})
      for (const u64 window : {u64{1}, u64{60}, u64{10'000}}) {
        const Outcome o = run_program({.program = "stores_between",
                                       .cores = 2,
                                       .window = window,
                                       .max_insns = 20'000'000,
                                       .timed = timed,
                                       .generate_code = generated});
        for (unsigned i = 0; i < std::size(kCases); ++i)
          EXPECT_EQ(o.results[8 + i], kCases[i].status)
              << kCases[i].store << ", window " << window << ", timed " << timed;
        EXPECT_EQ(o.results[7], 20u) << "rounds";
      }
}

TEST(MpCore, CodeThatAnotherCoreChangedIsSeenAfterMaintenance) {
  for (u64 window : kWindows)
    for (bool timed : {false, true}) {
      const Outcome o = run_program(
          {.program = "change_code", .cores = 2, .window = window, .max_insns = 20'000'000, .timed = timed});
      EXPECT_EQ(o.results[0], 1u);
      EXPECT_EQ(o.results[1], 2u) << "window " << window;
      EXPECT_EQ(o.results[2], 3u) << "window " << window;
    }
}

/// The host's pointer to a word of RAM, as a bus master has it.
u32* host_word(MpCore& mpcore, u64 address) {
  tlm::tlm_generic_payload payload;
  payload.set_address(address);
  tlm::tlm_dmi dmi;
  EXPECT_TRUE(mpcore.socket->get_direct_mem_ptr(payload, dmi));
  return reinterpret_cast<u32*>(dmi.get_dmi_ptr() + (address - dmi.get_start_address()));
}

TEST(MpCore, CodeThatADeviceChangedIsSeenAfterMaintenance) {
  const auto change_on_demand = [](MpCore& mpcore) {
    mpcore.set_poll([&mpcore] {
      constexpr u64 kFunction = 0x80020000, kFlags = kResults + 0x80;
      u32* flags = host_word(mpcore, kFlags);
      if (flags[0] != 1 || flags[1] == 1) return;
      *host_word(mpcore, kFunction) = 0xE3A00002;  // MOV R0, #2
      mpcore.memory_written(PhysAddr(kFunction), 4);
      flags[1] = 1;
    });
  };
  for (unsigned cores : {1u, 2u}) {
    const Outcome o = run_program({.program = "changed_by_device", .cores = cores, .before = change_on_demand});
    EXPECT_EQ(o.results[0], 1u);
    EXPECT_EQ(o.results[1], 1u) << "the instruction cache has the old code";
    EXPECT_EQ(o.results[2], 2u);
  }
}

TEST(MpCore, RunsRepeat) {
  const RunSetup setup{.program = "count_together", .cores = 3, .window = 13};
  EXPECT_EQ(run_program(setup), run_program(setup));
}

TEST(MpCore, Limits) {
  const Outcome insns = run_program({.program = "spin_forever", .max_insns = 12'345});
  EXPECT_EQ(insns.reason, EndReason::InsnLimit);
  EXPECT_EQ(insns.insns[0], 12'345u);
  const Outcome cycles = run_program({.program = "spin_forever", .max_insns = 0, .max_cycles = 54'321});
  EXPECT_EQ(cycles.reason, EndReason::CycleLimit);
  EXPECT_EQ(cycles.cycles[0], 54'321u);
}

TEST(MpCore, TheEndCanBeRequestedFromOutside) {
  RunSetup setup{.program = "spin_forever", .max_insns = 0};
  setup.before = [](MpCore& m) {
    m.set_poll([&m] {
      if (m.retired() > 100'000) m.request_end();
    });
  };
  const Outcome o = run_program(setup);
  EXPECT_EQ(o.reason, EndReason::Requested);
  EXPECT_LT(o.insns[0], 200'000u);
}

TEST(MpCore, AnIdleHookMayBringNews) {
  RunSetup setup{.program = "timer_sleep"};
  unsigned calls = 0;
  setup.before = [&calls](MpCore& m) {
    m.set_idle_hook([&calls] { return ++calls < 3; });
    m.set_poll([&calls, &m] {
      if (calls == 2) m.request_end();
    });
  };
  EXPECT_EQ(run_program(setup).reason, EndReason::Requested);
}

TEST(MpCore, DebugAccessSeesMemoryAndGicWithoutSideEffects) {
  RunSetup setup{.program = "spin_forever", .max_insns = 0};
  setup.before = [](MpCore& m) {
    m.set_poll([&m] {
      u32 value = 0xCAFE;
      bool ok = m.debug_write(PhysAddr(kResults), &value, 4);
      value = 0;
      ok = ok && m.debug_read(PhysAddr(kResults), &value, 4) && value == 0xCAFE;
      ok = ok && m.debug_read(PhysAddr(0x2C00200C), &value, 4) && value == 1023;  // GICC_IAR: spurious
      ok = ok && !m.debug_read(PhysAddr(0x30000000), &value, 4);
      ok = ok && !m.debug_write(PhysAddr(0x2C001000), &value, 4);
      value = ok ? 1 : 2;
      m.debug_write(PhysAddr(kResults + 4), &value, 4);
      m.request_end();
    });
  };
  const Outcome o = run_program(setup);
  EXPECT_EQ(o.results[0], 0xCAFEu);
  EXPECT_EQ(o.results[1], 1u);
}

TEST(MpCore, ImpossibleConfigurationsAreRefused) {
  MpCoreConfig config;
  config.cores = 5;
  EXPECT_THROW(MpCore("a", config), InputError);
  config.cores = 0;
  EXPECT_THROW(MpCore("b", config), InputError);
  config.cores = 1;
  config.clock_hz = 0;
  EXPECT_THROW(MpCore("c", config), InputError);
}

TEST(Semihosting, ConsoleCommandLineErrorsAndExit) {
  const Outcome o = run_program({.program = "semihost", .semihosting = true, .arguments = "one two"});
  EXPECT_EQ(o.reason, EndReason::Semihosting);
  EXPECT_EQ(o.exit_code, 42u);
  EXPECT_STREQ(o.console, "hypsim\nhyp");
  EXPECT_EQ(o.results[0], ~0u) << "a block that cannot be read";
  EXPECT_EQ(o.results[1], ~0u) << "files are refused";
  EXPECT_EQ(o.results[2], 1u) << "first handle";
  EXPECT_EQ(o.results[3], 0u) << "all bytes written";
  EXPECT_EQ(o.results[4], 0u);
  EXPECT_STREQ(reinterpret_cast<const char*>(&o.results[0x80 / 4]), "one two");
  EXPECT_EQ(o.results[5], ~0u) << "an operation that does not exist";
}

TEST(ExclusiveMonitor, OneGranuleOneReservation) {
  ExclusiveMonitor m;
  EXPECT_FALSE(m.check(0, PhysAddr(0x1000))) << "never marked";
  m.mark(0, PhysAddr(0x1000));
  EXPECT_TRUE(m.check(0, PhysAddr(0x103C))) << "same 64 bytes";
  EXPECT_FALSE(m.check(0, PhysAddr(0x1000))) << "used up";
  m.mark(0, PhysAddr(0x1000));
  EXPECT_FALSE(m.check(0, PhysAddr(0x1040))) << "another granule";
  EXPECT_FALSE(m.check(0, PhysAddr(0x1000))) << "and that attempt used it up";
}

TEST(ExclusiveMonitor, AStoreEndsTheReservationsOfOthersOnItsGranules) {
  struct Case {
    unsigned by;
    u64 pa, size;
    bool keeps;
  };
  for (const Case& c : {Case{1, 0x1000, 4, false}, Case{1, 0x103F, 1, false}, Case{1, 0x0FFF, 2, false},
                        Case{1, 0x0FFC, 4, true}, Case{1, 0x1040, 64, true}, Case{1, 0x0800, 0x1000, false},
                        Case{0, 0x1000, 4, true}, Case{kMaxCores, 0x1020, 8, false}}) {
    ExclusiveMonitor m;
    m.mark(0, PhysAddr(0x1010));
    m.store(c.by, PhysAddr(c.pa), c.size);
    EXPECT_EQ(m.marked(0), c.keeps) << std::hex << c.pa;
    EXPECT_EQ(m.check(0, PhysAddr(0x1010)), c.keeps) << std::hex << c.pa;
  }
}

TEST(CycleClock, ConvertsExactlyAndAgreesWithTheDevices) {
  for (u64 hz : {u64{1'700'000'000}, u64{1'000'000'000}, u64{999'999'937}}) {
    const CycleClock clock(hz);
    for (u64 c : {0ull, 1ull, 7ull, 1'000'003ull, 3'000'000'000'001ull}) {
      EXPECT_EQ(clock.cycle_at(clock.time(Cycles(c))), Cycles(c));
      EXPECT_EQ(clock.cycle_at(clock.time(Cycles(c)) + sc_core::sc_time::from_value(1)), Cycles(c + 1));
    }
  }
  EXPECT_EQ(CycleClock(1'000'000'000).time(kNever), sc_core::sc_max_time());
  EXPECT_EQ(CycleClock(1'000'000'000).cycle_at(sc_core::sc_max_time()), kNever);
}

}  // namespace
}  // namespace hypsim
