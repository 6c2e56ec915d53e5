// SPDX-License-Identifier: Apache-2.0
// Refills are charged to the round trip before them, by cause and VMID.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/profile/report.h"
#include "tests/profile/event_script.h"

namespace hypsim::profile::test {
namespace {

void trip(EventScript& s, u32 imm) {
  s.guest_to_hyp(hvc_hsr(imm));
  s.hyp(50);
  s.hyp_to_guest();
}

u64 misses(const Exit* exit, Refill r) { return exit->tail.misses[static_cast<unsigned>(r)]; }
u64 cycles(const Exit* exit, Refill r) { return exit->tail.cycles[static_cast<unsigned>(r)]; }

TEST(RefillTail, BelongsToTheTripBeforeIt) {
  EventScript s;
  s.vmid = 3;
  s.profile.follow_refills();
  s.guest(10);
  s.tail.add(Refill::L1i, 9, 99);  // before any switch
  trip(s, 1);
  s.tail.add(Refill::TlbL2, 4, 36);
  s.tail.add(Refill::WalkStage2, 8, 168);
  s.guest(10);
  trip(s, 2);
  s.tail.add(Refill::L1d, 1, 17);
  s.guest(10);
  trip(s, 1);
  s.tail.add(Refill::TlbL2, 1, 9);
  s.guest(10);
  s.finish();
  const Exit* first = s.trip(hvc_hsr(1), 3);
  EXPECT_EQ(misses(first, Refill::TlbL2), 5u);
  EXPECT_EQ(cycles(first, Refill::TlbL2), 45u);
  EXPECT_EQ(cycles(first, Refill::WalkStage2), 168u);
  EXPECT_EQ(misses(first, Refill::L1i), 0u);
  EXPECT_EQ(misses(first, Refill::L1d), 0u);
  EXPECT_EQ(misses(s.trip(hvc_hsr(2), 3), Refill::L1d), 1u);
  EXPECT_EQ(s.profile.causes()
                .at(cause_of({.kind = Exception::HypervisorCall, .to = Mode::Hyp, .hsr = hvc_hsr(1)}))
                .tail.misses,
            first->tail.misses);
}

TEST(RefillTail, IsInTheReportsOnlyIfItWasFollowed) {
  for (const bool follow : {true, false}) {
    EventScript s;
    if (follow) s.profile.follow_refills();
    EXPECT_EQ(s.profile.wants_refill_tail(), follow);
    s.guest(10);
    trip(s, 1);
    s.tail.add(Refill::Predictor, 2, 30);
    s.guest(10);
    trip(s, 1);
    s.finish();
    const auto json = to_json(s.profile);
    EXPECT_EQ(json["round_trips"][0].contains("refill_tail"), follow);
    EXPECT_EQ(to_text(s.profile).find("refill tail 15, predictor 1.0 for 15") != std::string::npos, follow)
        << to_text(s.profile);
    if (!follow) continue;
    EXPECT_EQ(json["round_trips"][0]["refill_tail"]["predictor"]["misses"], 2);
    EXPECT_EQ(json["round_trips"][0]["refill_tail"]["predictor"]["cycles"], 30);
    EXPECT_EQ(json["round_trips"][0]["refill_tail"]["tlb_l1"]["misses"], 0);
  }
}

}  // namespace
}  // namespace hypsim::profile::test
