// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/timeline.h"

#include <gtest/gtest.h>

namespace hypsim::profile {
namespace {

constexpr Cause kCause{42};

u64 cycles_of(const Timeline& t, u8 core, World world) {
  u64 all = 0;
  for (const Timeline::Bin& bin : t.bins()[core]) all += bin.cycles[static_cast<unsigned>(world)];
  return all;
}

Trip trip(u64 start, u64 length, u8 core = 0) { return {start, start + length, length, 0, kCause, core, 1, 1}; }

TEST(Timeline, ShortRunsKeepEverything) {
  Timeline t;
  t.spend(0, 100, World::Guest, 100);
  t.spend(0, 600, World::Hyp, 500);
  t.add(trip(100, 500));
  ASSERT_EQ(t.bins().size(), 1u);
  EXPECT_EQ(t.bin_width(), 256u);
  ASSERT_EQ(t.bins()[0].size(), 3u);
  EXPECT_EQ(t.bins()[0][0].cycles[static_cast<unsigned>(World::Guest)], 100u);
  EXPECT_EQ(t.bins()[0][0].cycles[static_cast<unsigned>(World::Hyp)], 156u) << "what crosses a border is split";
  EXPECT_EQ(t.bins()[0][1].cycles[static_cast<unsigned>(World::Hyp)], 256u);
  EXPECT_EQ(t.bins()[0][2].cycles[static_cast<unsigned>(World::Hyp)], 88u);
  EXPECT_EQ(t.bins()[0][0].trips.at(kCause).trips, 1u);
  EXPECT_EQ(t.bins()[0][0].trips.at(kCause).cycles, 500u);
  EXPECT_EQ(t.trips().size(), 1u);
  EXPECT_EQ(t.stride(), 1u);
}

TEST(Timeline, LongRunsAreFoldedAndLoseNoCycle) {
  Timeline t;
  u64 now = 0;
  constexpr u64 kTurns = 100'000;
  for (u64 i = 0; i < kTurns; ++i) {
    t.spend(1, now += 700, World::Guest, 700);
    t.spend(1, now += 300, World::Host, 300);
    t.add(trip(now - 300, 300, 1));
  }
  ASSERT_EQ(t.bins().size(), 2u);
  EXPECT_TRUE(t.bins()[0].empty());
  EXPECT_LE(t.bins()[1].size(), Timeline::kBins);
  EXPECT_GT(t.bins()[1].size(), Timeline::kBins / 2);
  EXPECT_EQ(cycles_of(t, 1, World::Guest), 700 * kTurns);
  EXPECT_EQ(cycles_of(t, 1, World::Host), 300 * kTurns);
  u64 trips = 0;
  for (const Timeline::Bin& bin : t.bins()[1])
    for (const auto& [cause, share] : bin.trips) trips += share.trips;
  EXPECT_EQ(trips, kTurns);
}

TEST(Timeline, ASampleOfTripsIsEvenAndBounded) {
  Timeline t;
  constexpr u64 kCount = 100'000;
  for (u64 i = 0; i < kCount; ++i) t.add(trip(i * 1000, 10));
  EXPECT_LE(t.trips().size(), Timeline::kMostTrips);
  EXPECT_EQ(t.stride(), 16u);
  ASSERT_EQ(t.trips().size(), kCount / 16);
  for (std::size_t i = 0; i < t.trips().size(); ++i) EXPECT_EQ(t.trips()[i].start, i * 16 * 1000);
}

TEST(Timeline, TheLongestTripsAreKept) {
  Timeline t;
  for (u64 i = 0; i < 50'000; ++i) t.add(trip(i * 1000, i == 31'337 ? 999 : i % 500));
  const std::vector<Trip> slowest = t.slowest();
  ASSERT_EQ(slowest.size(), Timeline::kSlowest);
  EXPECT_EQ(slowest[0].start, 31'337'000u);
  EXPECT_EQ(slowest[1].start, 499'000u) << "of equals the earlier";
  EXPECT_EQ(slowest[2].start, 999'000u);
}

TEST(Timeline, ALeapInTimeIsFolded) {
  Timeline t;
  t.spend(0, 10, World::Guest, 10);
  t.spend(0, 10'000'000'000, World::Idle, 9'999'999'990);
  EXPECT_LE(t.bins()[0].size(), Timeline::kBins);
  EXPECT_EQ(cycles_of(t, 0, World::Idle), 9'999'999'990u);
}

}  // namespace
}  // namespace hypsim::profile
