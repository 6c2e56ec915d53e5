// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/phase_map.h"

#include <gtest/gtest.h>

namespace hypsim::profile {
namespace {

std::string hyp_phase(const PhaseMap& map, u32 pc) {
  return map.names()[map.phase_of(pc, Mode::Hyp, Security::NonSecure, false)];
}

TEST(PhaseMap, ASymbolReachesToTheNextOne) {
  PhaseMap map;
  map.add_symbol(0x200, "banked.save");
  map.add_symbol(0x100, "cp15.save");
  map.add_symbol(0x300, "panic");
  map.finish();
  EXPECT_EQ(hyp_phase(map, 0x100), "cp15");
  EXPECT_EQ(hyp_phase(map, 0x1FC), "cp15");
  EXPECT_EQ(hyp_phase(map, 0x200), "banked");
  EXPECT_EQ(hyp_phase(map, 0x300), "hyp") << "a symbol without a phase ends the reach of the one before";
  EXPECT_EQ(hyp_phase(map, 0xFC), "hyp") << "before every symbol";
  EXPECT_EQ(hyp_phase(map, 0xFFFFFFFC), "hyp");
}

TEST(PhaseMap, SymbolsOfOnePhaseShareIt) {
  PhaseMap map;
  map.add_symbol(0x100, "cp15.save_host");
  map.add_symbol(0x200, "cp15.load_guest");
  map.finish();
  EXPECT_EQ(map.phase_of(0x100, Mode::Hyp, Security::NonSecure, false),
            map.phase_of(0x200, Mode::Hyp, Security::NonSecure, false));
  EXPECT_EQ(std::count(map.names().begin(), map.names().end(), "cp15"), 1);
}

TEST(PhaseMap, AllTheRestOfANameIsTheWhat) {
  PhaseMap map;
  map.add_symbol(0x100, "vgic.save.lr0");
  map.finish();
  EXPECT_EQ(hyp_phase(map, 0x104), "vgic");
}

TEST(PhaseMap, OfSeveralNamesForAnAddressTheOneWithAPhaseCounts) {
  for (const bool reversed : {false, true}) {
    PhaseMap map;
    map.add_symbol(0x100, reversed ? "timer.save" : "save_timer");
    map.add_symbol(0x100, reversed ? "save_timer" : "timer.save");
    map.add_symbol(0x100, "alias");
    map.finish();
    EXPECT_EQ(hyp_phase(map, 0x100), "timer");
    EXPECT_EQ(hyp_phase(map, 0x180), "timer");
  }
}

TEST(PhaseMap, OfTwoPhasesForAnAddressTheFirstCounts) {
  PhaseMap map;
  map.add_symbol(0x100, "vfp.save");
  map.add_symbol(0x100, "gp.save");
  map.finish();
  EXPECT_EQ(hyp_phase(map, 0x100), "vfp");
}

TEST(PhaseMap, SuffixesOfCompilersAreNoPhases) {
  for (const char* name : {"handle_exit.constprop.0", "handle_exit.isra.3", "handle_exit.part.0", "handle_exit.cold",
                           "counter.1234", ".hidden", "odd.", "_GLOBAL__sub_I_main.cpp", "_GLOBAL__sub_I.00101_main.cc",
                           "run._omp_fn.0", "run.clone.2", "run.__uniq.77", "run.lto_priv.0", "odd..twice"}) {
    PhaseMap map;
    map.add_symbol(0x100, "cp15.save");
    map.add_symbol(0x200, name);
    map.finish();
    EXPECT_EQ(hyp_phase(map, 0x200), "hyp") << name;
    EXPECT_EQ(hyp_phase(map, 0x1FC), "cp15") << name;
  }
}

TEST(PhaseMap, PhasesByNameAreForHypModeAlone) {
  PhaseMap map;
  map.add_symbol(0x100, "cp15.save");
  map.finish();
  EXPECT_EQ(map.phase_of(0x100, Mode::Supervisor, Security::NonSecure, false), kHostKernel);
  EXPECT_EQ(map.phase_of(0x100, Mode::Irq, Security::NonSecure, false), kHostKernel);
  EXPECT_EQ(map.phase_of(0x100, Mode::User, Security::NonSecure, false), kHostUser);
  EXPECT_EQ(map.phase_of(0x100, Mode::Supervisor, Security::NonSecure, true), kGuest);
  EXPECT_EQ(map.phase_of(0x100, Mode::User, Security::NonSecure, true), kGuest);
  EXPECT_EQ(map.phase_of(0x100, Mode::Monitor, Security::Secure, false), kSecure);
  EXPECT_EQ(map.phase_of(0x100, Mode::User, Security::Secure, false), kSecure);
}

TEST(PhaseMap, EverySymbolCanBeAPhase) {
  PhaseMap map;
  map.use_symbols_as_phases();
  map.add_symbol(0x100, "do_trap");
  map.add_symbol(0x200, "leave_hypervisor");
  map.add_symbol(0x300, "cp15.save");
  map.finish();
  EXPECT_EQ(hyp_phase(map, 0x104), "do_trap");
  EXPECT_EQ(hyp_phase(map, 0x200), "leave_hypervisor");
  EXPECT_EQ(hyp_phase(map, 0x300), "cp15");
}

TEST(PhaseMap, PartsOfAFunctionAreTheFunctions) {
  PhaseMap map;
  map.use_symbols_as_phases();
  map.add_symbol(0x100, "run");
  map.add_symbol(0x200, "other");
  map.add_symbol(0x300, "run.cold");
  map.add_symbol(0x400, "run.isra.0.constprop.1");
  map.add_symbol(0x500, "nested.1234");
  map.finish();
  EXPECT_EQ(hyp_phase(map, 0x300), "run");
  EXPECT_EQ(hyp_phase(map, 0x400), "run");
  EXPECT_EQ(hyp_phase(map, 0x500), "nested.1234");
  EXPECT_EQ(map.names().size(), kFixedPhases + 3u);
}

TEST(PhaseMap, InAGapNothingHasAName) {
  for (const bool by_symbol : {false, true}) {
    PhaseMap map;
    if (by_symbol) map.use_symbols_as_phases();
    map.add_symbol(0x100, "gp.save");
    map.add_gap(0x180);
    map.add_gap(0x400);
    map.add_symbol(0x400, "vfp.save");
    map.add_gap(0x480);
    map.finish();
    EXPECT_EQ(hyp_phase(map, 0x17C), "gp");
    EXPECT_EQ(hyp_phase(map, 0x180), "hyp");
    EXPECT_EQ(hyp_phase(map, 0x400), "vfp") << "a gap that is none";
    EXPECT_EQ(hyp_phase(map, 0x40200000), "hyp") << "code at its load address";
  }
}

TEST(PhaseMap, ASymbolNamedAsAFixedPhaseIsAPhaseOfItsOwn) {
  PhaseMap map;
  map.add_symbol(0x100, "guest.enter");
  map.finish();
  EXPECT_GE(map.phase_of(0x100, Mode::Hyp, Security::NonSecure, false), kFixedPhases);
}

TEST(PhaseMap, WorksWithoutSymbols) {
  PhaseMap map;
  map.finish();
  EXPECT_EQ(hyp_phase(map, 0x1000), "hyp");
  EXPECT_EQ(map.names().size(), kFixedPhases);
}

}  // namespace
}  // namespace hypsim::profile
