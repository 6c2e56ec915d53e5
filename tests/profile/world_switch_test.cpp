// SPDX-License-Identifier: Apache-2.0
// The accounting of world switches on made-up event streams. DESIGN "World-switch accounting"
#include "sim/profile/world_switch.h"

#include <gtest/gtest.h>

#include "tests/profile/event_script.h"

namespace hypsim::profile::test {
namespace {

constexpr u16 kCp15 = kFixedPhases, kBanked = kFixedPhases + 1;

void expect_adds_up(const EventScript& s) {
  u64 cores = 0;
  for (const Buckets& core : s.profile.core_buckets()) cores += sum(core);
  EXPECT_EQ(cores, s.profile.total_cycles());
  EXPECT_EQ(sum(s.profile.run_buckets()), s.profile.total_cycles());
  EXPECT_EQ(s.profile.unaccounted_cycles(), 0u) << "of the run, of a round trip or of a row";
  for (const auto& [key, exit] : s.profile.exits()) {
    const u64 total = exit.cycles.total();
    EXPECT_EQ(sum(exit.buckets), total);
    EXPECT_EQ(exit.exit_leg + exit.host + exit.entry_leg, total);
  }
  for (const auto& [id, row] : s.profile.rows()) EXPECT_EQ(sum(row.buckets), row.cycles.total());
}

/// Brings a made-up machine from reset into a guest of this VMID.
void start_guest(EventScript& s, u8 vmid) {
  s.secure(100);
  s.host(50);
  s.host_to_hyp();
  s.hyp(20);
  s.vmid = vmid;
  s.hyp_to_guest();
}

TEST(WorldSwitch, ARoundTripHandledInHyp) {
  EventScript s;
  start_guest(s, 1);
  s.guest(1000);
  s.guest_to_hyp(hvc_hsr(7));  // 15
  s.hyp(30);
  s.hyp_to_guest();  // 10
  s.guest(5);
  s.finish();
  const Exit* exit = s.trip(hvc_hsr(7), 1);
  ASSERT_NE(exit, nullptr);
  EXPECT_EQ(exit->cycles, Samples{55});
  EXPECT_EQ(exit->in_hyp_only, 1u);
  EXPECT_EQ(exit->exit_leg, 55u) << "one visit has no legs to tell apart";
  EXPECT_EQ(exit->host + exit->entry_leg + exit->vmid_changes, 0u);
  EXPECT_EQ(by_phase(exit->buckets), (std::map<u16, u64>{{kHyp, 30}, {kExceptionEntry, 15}, {kExceptionReturn, 10}}));
  EXPECT_EQ(by_resource(exit->buckets)[static_cast<unsigned>(Resource::Exception)], 25u);
  EXPECT_EQ(s.profile.exits().size(), 1u) << "the first entry into the guest ends no round trip";
  EXPECT_EQ(s.phase(kGuest), 1005u);
  EXPECT_EQ(s.phase(kSecure), 100u);
  EXPECT_EQ(s.profile.total_cycles(), s.now);
  expect_adds_up(s);
}

TEST(WorldSwitch, ARoundTripThroughTheHostHasThreeLegs) {
  EventScript s;
  start_guest(s, 1);
  s.guest(10);
  s.guest_to_hyp();   // 15, exit leg
  s.hyp(100, 0x100);  // cp15
  s.hyp(200, 0x200);  // banked
  s.hyp_to_host();    // 10
  s.host(1000);       // host
  s.host_user(300);
  s.host_to_hyp();   // 15, entry leg
  s.hyp(70, 0x104);  // cp15
  s.hyp(3, 0x300);   // no phase
  s.hyp_to_guest();  // 10
  s.finish();
  const Exit* exit = s.trip(hvc_hsr(0), 1);
  ASSERT_NE(exit, nullptr);
  EXPECT_EQ(exit->exit_leg, 325u);
  EXPECT_EQ(exit->host, 1300u);
  EXPECT_EQ(exit->entry_leg, 98u);
  EXPECT_EQ(exit->cycles, Samples{1723});
  EXPECT_EQ(exit->in_hyp_only, 0u);
  EXPECT_EQ(by_phase(exit->buckets), (std::map<u16, u64>{{kHostKernel, 1000},
                                                         {kHostUser, 300},
                                                         {kHyp, 3},
                                                         {kExceptionEntry, 30},
                                                         {kExceptionReturn, 20},
                                                         {kCp15, 170},
                                                         {kBanked, 200}}));
  expect_adds_up(s);
}

TEST(WorldSwitch, HypVisitsRunFromEntryToLeavingHyp) {
  EventScript s;
  s.host(10);
  s.host_to_hyp(hvc_hsr(3), 15);
  s.hyp(40);
  s.enter(Exception::HypervisorCall, Mode::Hyp, Mode::Hyp, false,
          hvc_hsr(9));  // an exception in Hyp is part of the visit
  s.hyp(5);
  s.leave(Mode::Hyp, Mode::Hyp, false, 10);  // and so is the return from it
  s.hyp(5);
  s.hyp_to_host(10);
  s.finish();
  ASSERT_EQ(s.profile.hyp_visits().size(), 1u);
  EXPECT_EQ(label(s.profile.hyp_visits().begin()->first), "HVC #0x3");
  EXPECT_EQ(s.profile.hyp_visits().begin()->second, Samples{15 + 40 + 15 + 5 + 10 + 5 + 10});
  EXPECT_TRUE(s.profile.exits().empty()) << "no guest was left";
}

TEST(WorldSwitch, TheV9ReturnByHvcInHypBelongsToItsLeg) {
  EventScript s;
  start_guest(s, 1);
  s.guest_to_hyp();
  s.hyp(100);
  s.enter(Exception::HypervisorCall, Mode::Hyp, Mode::Hyp, false, hvc_hsr(0));
  s.hyp_to_host();
  s.host(500);
  s.host_to_hyp();
  s.hyp(80);
  s.hyp_to_guest();
  const Exit* exit = s.trip(hvc_hsr(0), 1);
  ASSERT_NE(exit, nullptr);
  EXPECT_EQ(exit->exit_leg, 15u + 100 + 15 + 10);
  EXPECT_EQ(exit->host, 500u);
  EXPECT_EQ(exit->entry_leg, 15u + 80 + 10);
  ASSERT_EQ(s.profile.hyp_visits().size(), 1u);
  EXPECT_EQ(s.profile.hyp_visits().begin()->second, (Samples{45, 140, 105}));
}

TEST(WorldSwitch, AServiceOfHypToTheHostIsHostResidence) {
  EventScript s;
  start_guest(s, 1);
  s.guest_to_hyp();
  s.hyp(100);
  s.hyp_to_host();
  s.host(500);
  s.host_to_hyp(hvc_hsr(0x20));  // a TLB flush, say
  s.hyp(60);
  s.hyp_to_host();
  s.host(40);
  s.host_to_hyp();
  s.hyp(80);
  s.hyp_to_guest();
  const Exit* exit = s.trip(hvc_hsr(0), 1);
  ASSERT_NE(exit, nullptr);
  EXPECT_EQ(exit->exit_leg, 125u);
  EXPECT_EQ(exit->host, 500u + 15 + 60 + 10 + 40);
  EXPECT_EQ(exit->entry_leg, 105u);
  expect_adds_up(s);
}

TEST(WorldSwitch, AnotherVmAfterTheTrip) {
  EventScript s;
  start_guest(s, 1);
  for (const u8 next : {u8{2}, u8{2}, u8{1}}) {
    s.guest(10);
    s.guest_to_hyp();
    s.vmid = 0;
    s.hyp_to_host();
    s.host(100);
    s.host_to_hyp();
    s.vmid = next;
    s.hyp_to_guest();
  }
  const Exit* first = s.trip(hvc_hsr(0), 1);
  const Exit* second = s.trip(hvc_hsr(0), 2);
  ASSERT_TRUE(first != nullptr && second != nullptr);
  EXPECT_EQ(first->vmid_changes, 1u);
  EXPECT_EQ(first->vmid_after, (std::map<u8, u64>{{2, 1}}));
  EXPECT_EQ(second->vmid_changes, 1u);
  EXPECT_EQ(second->vmid_after, (std::map<u8, u64>{{1, 1}, {2, 1}}));
  const auto causes = s.profile.causes();
  ASSERT_EQ(causes.size(), 1u);
  const Exit& all = causes.begin()->second;
  EXPECT_EQ(all.cycles.count(), 3u);
  EXPECT_EQ(all.vmid_changes, 2u);
  EXPECT_EQ(all.exit_leg, first->exit_leg + second->exit_leg);
  EXPECT_EQ(sum(all.buckets.at(kHostKernel)), 300u);
}

TEST(WorldSwitch, TheCauseIsTheFirstOne) {
  EventScript s;
  start_guest(s, 1);
  s.guest_irq();
  s.hyp(10);
  s.hyp_to_host();
  s.enter(Exception::Irq, Mode::Supervisor, Mode::Irq, false);  // the host retakes the interrupt
  s.host(200);
  s.leave(Mode::Irq, Mode::Supervisor, false);
  s.host_to_hyp(hvc_hsr(1));
  s.hyp_to_guest();
  const Exit* exit = s.irq_trip(1);
  ASSERT_NE(exit, nullptr);
  EXPECT_EQ(s.profile.exits().size(), 1u);
  EXPECT_EQ(exit->host, 15u + 200 + 10) << "the host's own exceptions are its residence";
  expect_adds_up(s);
}

TEST(WorldSwitch, AGuestsOwnExceptionsAreNoExits) {
  EventScript s;
  start_guest(s, 1);
  s.enter(Exception::SupervisorCall, Mode::User, Mode::Supervisor, true);
  s.guest(50);
  s.leave(Mode::Supervisor, Mode::User, true);
  s.guest(50);
  s.finish();
  EXPECT_TRUE(s.profile.exits().empty());
  EXPECT_EQ(s.phase(kGuest), 100u);
  EXPECT_EQ(s.phase(kExceptionEntry), 15u + 15);
}

TEST(WorldSwitch, ACallToTheMonitorAndStraightBack) {
  EventScript s;
  start_guest(s, 1);
  s.enter(Exception::SecureMonitorCall, Mode::Supervisor, Mode::Monitor, true);
  s.secure(30);
  s.leave(Mode::Monitor, Mode::Supervisor, true);
  ASSERT_EQ(s.profile.exits().size(), 1u);
  const auto& [key, exit] = *s.profile.exits().begin();
  EXPECT_EQ(label(std::get<0>(key)), "SMC");
  EXPECT_EQ(exit.cycles, Samples{55});
  expect_adds_up(s);
}

TEST(WorldSwitch, TheMonitorMayLeadToTheHost) {
  EventScript s;
  start_guest(s, 1);
  s.enter(Exception::Fiq, Mode::Supervisor, Mode::Monitor, true);
  s.leave(Mode::Monitor, Mode::Supervisor, false, 10,
          Security::Secure);  // the Secure world's own code: still the exit leg
  s.secure(30);
  s.enter(Exception::SecureMonitorCall, Mode::Supervisor, Mode::Monitor, false);
  s.leave(Mode::Monitor, Mode::Supervisor, false);
  s.host(100);
  s.host_to_hyp();
  s.hyp_to_guest();
  ASSERT_EQ(s.profile.exits().size(), 1u);
  const Exit& exit = s.profile.exits().begin()->second;
  EXPECT_EQ(exit.in_hyp_only, 0u);
  EXPECT_EQ(exit.exit_leg, 15u + 10 + 30 + 15 + 10);
  EXPECT_EQ(exit.host, 100u);
  EXPECT_EQ(exit.entry_leg, 25u);
}

TEST(WorldSwitch, SleepInTheGuestIsNotPartOfTheExitThatEndsIt) {
  EventScript s;
  start_guest(s, 1);
  s.guest(10);
  s.spend(Resource::Idle, 5000);
  s.guest_irq();
  s.hyp(20);
  s.hyp_to_guest();
  s.finish();
  const Exit* exit = s.irq_trip(1);
  ASSERT_NE(exit, nullptr);
  EXPECT_EQ(exit->cycles, Samples{45});
  EXPECT_FALSE(exit->buckets.contains(kIdle));
  EXPECT_EQ(s.phase(kIdle), 5000u);
  EXPECT_EQ(s.resource(Resource::Idle), 5000u);
  expect_adds_up(s);
}

TEST(WorldSwitch, SleepOfTheHostBelongsToItsResidence) {
  EventScript s;
  start_guest(s, 1);
  s.guest_to_hyp(wfi_hsr());
  s.hyp_to_host();
  s.host(100);
  s.spend(Resource::Idle, 7000);
  s.enter(Exception::Irq, Mode::Supervisor, Mode::Irq, false);
  s.host(50);
  s.leave(Mode::Irq, Mode::Supervisor, false);
  s.spend(Resource::Idle, 300);
  s.host_to_hyp();
  s.hyp_to_guest();
  const Exit* exit = s.trip(wfi_hsr(), 1);
  ASSERT_NE(exit, nullptr);
  EXPECT_EQ(sum(exit->buckets.at(kIdle)), 7300u);
  EXPECT_EQ(exit->host, 100u + 7000 + 15 + 50 + 10 + 300);
  EXPECT_EQ(exit->entry_leg, 25u);
  expect_adds_up(s);
}

TEST(WorldSwitch, TimeWithoutABlockBelongsToWhatWasLeft) {
  EventScript s;
  start_guest(s, 1);
  s.guest(10);
  s.spend(Resource::WalkStage2, 90);  // a fetch that aborts: no block tells of it
  s.enter(Exception::PrefetchAbort, Mode::Supervisor, Mode::Hyp, true,
          static_cast<u32>(HsrEc::PrefetchAbortGuest) << 26 | 7);
  s.hyp(20);
  s.hyp_to_guest();
  s.finish();
  ASSERT_EQ(s.profile.exits().size(), 1u);
  EXPECT_EQ(s.profile.exits().begin()->second.cycles, Samples{45});
  EXPECT_EQ(s.phase(kGuest), 100u);
  expect_adds_up(s);
}

TEST(WorldSwitch, FunctionalModeTakesExceptionsInNoTime) {
  EventScript s;
  start_guest(s, 1);
  s.guest(10);
  s.guest_to_hyp(hvc_hsr(0), 0);
  s.hyp(20);
  s.hyp_to_guest(0);
  const Exit* exit = s.trip(hvc_hsr(0), 1);
  ASSERT_NE(exit, nullptr);
  EXPECT_EQ(exit->cycles, Samples{20});
  EXPECT_EQ(by_phase(exit->buckets), (std::map<u16, u64>{{kHyp, 20}}));
}

TEST(WorldSwitch, AnUnfinishedTripIsCountedAndLeftOut) {
  EventScript s;
  start_guest(s, 1);
  s.guest_to_hyp();
  s.hyp(20);
  s.hyp_to_host();
  s.host(100);
  s.spend(Resource::Base, 77);  // cut off in the middle of the host
  s.finish();
  EXPECT_TRUE(s.profile.exits().empty());
  EXPECT_EQ(s.profile.unfinished_trips(), 1u);
  EXPECT_EQ(s.profile.total_cycles(), s.now);
  EXPECT_EQ(s.phase(kHostKernel), 50u + 100 + 77);
  expect_adds_up(s);
}

TEST(WorldSwitch, LongTripsKeepTheirLength) {
  EventScript s;
  start_guest(s, 1);
  s.guest_to_hyp();
  s.hyp_to_host();
  s.host(10'000'000'000);
  s.host_to_hyp();
  s.hyp_to_guest();
  const Exit* exit = s.trip(hvc_hsr(0), 1);
  ASSERT_NE(exit, nullptr);
  EXPECT_EQ(exit->cycles, Samples{10'000'000'050});
  expect_adds_up(s);
}

TEST(WorldSwitch, CoresDoNotDisturbEachOther) {
  EventScript a;
  EventScript b(a.profile, 3);
  start_guest(a, 1);
  start_guest(b, 2);
  a.guest_to_hyp();
  b.guest(400);
  b.guest_to_hyp();
  a.hyp(10);
  b.hyp(90);
  b.hyp_to_guest();
  a.hyp_to_guest();
  a.finish();
  b.finish();
  EXPECT_EQ(a.trip(hvc_hsr(0), 1)->cycles, Samples{35});
  EXPECT_EQ(a.trip(hvc_hsr(0), 2, 3)->cycles, Samples{115});
  EXPECT_EQ(a.profile.total_cycles(), a.now + b.now) << "cycles of all cores";
  expect_adds_up(a);
}

TEST(WorldSwitch, TripsAreToldApartByCore) {
  EventScript a;
  EventScript b(a.profile, 1);
  start_guest(a, 1);
  start_guest(b, 1);
  a.guest_to_hyp();
  a.hyp(10);
  a.hyp_to_guest();
  b.guest_to_hyp();
  b.hyp(20);
  b.hyp_to_guest();
  a.finish();
  b.finish();
  ASSERT_EQ(a.profile.exits().size(), 2u);
  EXPECT_EQ(a.trip(hvc_hsr(0), 1, 0)->cycles, Samples{35});
  EXPECT_EQ(a.trip(hvc_hsr(0), 1, 1)->cycles, Samples{45});
  EXPECT_EQ(a.profile.causes().begin()->second.cycles.count(), 2u);
  const auto cores = a.profile.core_buckets();
  ASSERT_EQ(cores.size(), 2u);
  EXPECT_EQ(sum(cores[0]), a.now);
  EXPECT_EQ(sum(cores[1]), b.now);
  expect_adds_up(a);
}

TEST(WorldSwitch, ABucketIsAPhaseAndAResource) {
  EventScript s;
  start_guest(s, 1);
  s.guest_to_hyp();
  s.spend(Resource::SysReg, 70);
  s.spend(Resource::L1d, 8);
  s.hyp(4, 0x100);  // cp15
  s.spend(Resource::SysReg, 30);
  s.hyp(2, 0x200);  // banked
  s.hyp_to_guest();
  const Exit* exit = s.trip(hvc_hsr(0), 1);
  ASSERT_NE(exit, nullptr);
  const auto bucket = [&](u16 phase, Resource r) { return exit->buckets.at(phase)[static_cast<unsigned>(r)]; };
  EXPECT_EQ(bucket(kCp15, Resource::SysReg), 70u);
  EXPECT_EQ(bucket(kCp15, Resource::L1d), 8u);
  EXPECT_EQ(bucket(kCp15, Resource::Base), 4u);
  EXPECT_EQ(bucket(kBanked, Resource::SysReg), 30u);
  EXPECT_EQ(bucket(kBanked, Resource::Base), 2u);
  EXPECT_EQ(bucket(kExceptionEntry, Resource::Exception), 15u);
  expect_adds_up(s);
}

TEST(WorldSwitch, AStackThatDoesNotAddUpIsNoticed) {
  EventScript s;
  s.guest(10);
  s.now += 3;  // a clock that runs without its stack
  s.guest(10);
  EXPECT_EQ(s.profile.unaccounted_cycles(), 3u);
}

TEST(WorldSwitch, CodeIsCountedByBlockWhenAsked) {
  EventScript s;
  s.profile.count_code();
  start_guest(s, 1);
  s.guest(99);
  s.guest_to_hyp();
  s.spend(Resource::SysReg, 70);
  s.hyp(4, 0x100, 3);
  s.hyp(6, 0x100, 3);
  s.hyp_to_host();
  s.host(50, 7);
  const auto& code = s.profile.code().all();
  const CodeCount& block = code.at({kHypPc + 0x100, true});
  EXPECT_EQ(block.entries, 2u);
  EXPECT_EQ(block.insns, 6u);
  EXPECT_EQ(sum(block.cycles), 80u);
  EXPECT_EQ(block.cycles[static_cast<unsigned>(Resource::SysReg)], 70u);
  EXPECT_EQ(sum(code.at({kHostPc, false}).cycles), 100u) << "50 before the guest, 50 after";
  EXPECT_FALSE(code.contains({kGuestPc, false})) << "the guest's code is its own affair";
}

// --- rows bounded by markers -----------------------------------------------------------------------------------------

constexpr u32 kRow = 4;

TEST(Markers, ARowIsWhatLiesBetweenThem) {
  EventScript s;
  s.profile.name_row(kRow, "mmio_read_user");
  start_guest(s, 1);
  s.guest(100, 10);
  s.marker(1, kRow);
  s.guest(8, 2);
  s.guest_to_hyp();
  s.hyp(30, 0, 5);
  s.hyp_to_host();
  s.host(50, 7);
  s.host_user(60, 3);
  s.host_to_hyp();
  s.hyp(20, 0, 4);
  s.hyp_to_guest();
  s.guest(2, 1);
  s.marker(2, kRow);
  s.guest(100, 10);
  ASSERT_EQ(s.profile.rows().size(), 1u);
  const Row& row = s.profile.rows().at(kRow);
  EXPECT_EQ(row.name, "mmio_read_user");
  EXPECT_EQ(row.cycles, Samples{8 + 15 + 30 + 10 + 50 + 60 + 15 + 20 + 10 + 2});
  EXPECT_EQ(row.insns, Samples{2 + 5 + 7 + 3 + 4 + 1});
  EXPECT_EQ(row.host_insns, Samples{10});
  EXPECT_EQ(row.hyp_insns, Samples{9});
  EXPECT_EQ(by_phase(row.buckets), (std::map<u16, u64>{{kGuest, 10},
                                                       {kHostKernel, 50},
                                                       {kHostUser, 60},
                                                       {kHyp, 50},
                                                       {kExceptionEntry, 30},
                                                       {kExceptionReturn, 20}}));
  expect_adds_up(s);
}

TEST(Markers, ABeginAloneStartsAnew) {
  EventScript s;
  s.guest(5);
  s.marker(1, kRow);
  s.guest(1000);
  s.marker(1, kRow);
  s.guest(10);
  s.marker(2, kRow);
  EXPECT_EQ(s.profile.rows().at(kRow).cycles, Samples{10});
}

TEST(Markers, EndsWithoutTheirBeginAreIgnored) {
  EventScript s;
  s.guest(5);
  s.marker(2, kRow);
  s.marker(1, kRow);
  s.guest(7);
  s.marker(2, kRow + 1);  // another row's end
  s.guest(7);
  s.marker(2, kRow);
  s.marker(2, kRow);
  EXPECT_EQ(s.profile.rows().size(), 1u);
  EXPECT_EQ(s.profile.rows().at(kRow).cycles, Samples{14});
}

TEST(Markers, OtherOptionsMeanNothing) {
  EventScript s;
  for (const u32 option : {0u, 3u, 15u}) s.marker(option, kRow);
  s.marker(2, kRow);
  EXPECT_TRUE(s.profile.rows().empty());
}

TEST(Markers, ARowWithoutANameHasItsNumber) {
  EventScript s;
  s.marker(1, 77);
  s.guest(3);
  s.marker(2, 77);
  EXPECT_EQ(s.profile.rows().at(77).name, "row 77");
}

TEST(Markers, TheHostAndSecureCodeAreToldApart) {
  EventScript s;
  s.marker(1, kRow, false);
  s.host(10, 4);
  s.secure(10);
  s.hyp(10, 0, 2);
  s.marker(2, kRow, false);
  const Row& row = s.profile.rows().at(kRow);
  EXPECT_EQ(row.host_insns, Samples{4});
  EXPECT_EQ(row.hyp_insns, Samples{2});
  EXPECT_EQ(row.insns, Samples{7});
}

TEST(Markers, EachCoreHasItsOwnRegion) {
  EventScript a;
  EventScript b(a.profile, 1);
  a.marker(1, kRow);
  b.marker(1, kRow);
  a.guest(10);
  b.guest(30);
  b.marker(2, kRow);
  a.marker(2, kRow);
  EXPECT_EQ(a.profile.rows().at(kRow).cycles, (Samples{30, 10}));
}

}  // namespace
}  // namespace hypsim::profile::test
