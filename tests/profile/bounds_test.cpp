// SPDX-License-Identifier: Apache-2.0
// Whatever a guest does, a profile stays small: what exceeds each bound is summed up, and every cycle stays counted.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "sim/profile/listing.h"
#include "sim/profile/report.h"
#include "tests/profile/event_script.h"

namespace hypsim::profile::test {
namespace {

using Profile = WorldSwitchProfile;

// --- samples ---------------------------------------------------------------------------------------------------------

u64 rank(const std::vector<u64>& sorted, u64 percent) { return sorted[(percent * sorted.size() + 99) / 100 - 1]; }

void expect_summary(const std::vector<u64>& values, const std::string& what) {
  Samples samples;
  for (const u64 value : values) samples.add(value);
  std::vector<u64> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  const Summary s = summarise(samples);
  u64 total = 0;
  for (const u64 value : values) total += value;
  EXPECT_EQ(s.count, values.size()) << what;
  EXPECT_EQ(s.total, total) << what;
  EXPECT_EQ(s.min, sorted.front()) << what;
  EXPECT_EQ(s.max, sorted.back()) << what;
  for (const auto& [percentile, percent] : {std::pair{s.median, 50}, std::pair{s.p99, 99}}) {
    const double is = static_cast<double>(rank(sorted, static_cast<u64>(percent)));
    EXPECT_LE(std::abs(static_cast<double>(percentile) - is), kSamplesError * is) << what << ", p" << percent;
    if (s.exact) {
      EXPECT_EQ(percentile, rank(sorted, static_cast<u64>(percent))) << what;
    }
  }
  u64 in_bins = 0;
  for (const HistogramBin& bin : histogram(samples)) {
    const auto inside = [&](u64 value) { return value >= bin.from && value < bin.to; };
    EXPECT_EQ(static_cast<u64>(std::count_if(values.begin(), values.end(), inside)), bin.count) << what;
    in_bins += bin.count;
  }
  EXPECT_EQ(in_bins, values.size()) << what;
}

TEST(SamplesBound, PercentilesAreWithinOnePercentOfASortedList) {
  static_assert(kSamplesError < 0.01);
  std::mt19937_64 random(13);
  for (const u64 top : {300ull, 4'000ull, 100'000ull, 1ull << 40, 1ull << 62}) {
    for (const std::size_t count : {5u, 1024u, 1025u, 20'000u}) {
      std::vector<u64> even, skewed, two;
      for (std::size_t i = 0; i < count; ++i) {
        even.push_back(random() % top);
        skewed.push_back(random() % top >> random() % 60);
        two.push_back(i % 2 == 0 ? random() % 16 : top - random() % 300);
      }
      const std::string what = std::to_string(count) + " below " + std::to_string(top);
      expect_summary(even, "even, " + what);
      expect_summary(skewed, "skewed, " + what);
      expect_summary(two, "two heaps, " + what);
    }
  }
}

TEST(SamplesBound, FewValuesStayExactHoweverOftenTheyCome) {
  Samples samples;
  for (u64 i = 0; i < 1'000'000; ++i) samples.add(123'457 * (i % Samples::kMostExact));
  EXPECT_TRUE(samples.exact());
  EXPECT_EQ(summarise(samples).median, 123'457u * 511);
  samples.add(1);
  EXPECT_FALSE(samples.exact()) << "one value too many";
  EXPECT_EQ(samples.count(), 1'000'001u);
}

TEST(SamplesBound, TogetherIsAsOneByOne) {
  std::mt19937_64 random(31);
  Samples few, many, all_few, all;
  for (unsigned i = 0; i < 6000; ++i) {
    const u64 value = random() >> random() % 50;
    Samples& half = i < 500 ? few : many;
    half.add(value);
    all.add(value);
    if (i < 500) all_few.add(value);
  }
  Samples sum = few;
  sum.add(many);
  EXPECT_EQ(sum, all);
  Samples back = many;
  back.add(few);
  EXPECT_EQ(back, all);
  Samples empty;
  empty.add(few);
  EXPECT_EQ(empty, all_few);
  empty.add(Samples());
  EXPECT_EQ(empty, all_few);
}

TEST(SamplesBound, MoreSamplesThan32BitsCount) {
  Samples samples;
  for (u64 i = 0; i < 2000; ++i) samples.add(i * i);
  samples.add(~u64{0} >> 20);
  for (unsigned doubled = 0; doubled < 34; ++doubled) {
    const Samples copy = samples;
    samples.add(copy);
  }
  EXPECT_EQ(samples.count(), 2001ull << 34);
  u64 counted = 0;
  for (const HistogramBin& bin : histogram(samples)) counted += bin.count;
  EXPECT_EQ(counted, 2001ull << 34);
  EXPECT_NEAR(static_cast<double>(summarise(samples).median), 1e6, 1e4);
}

// --- rows, causes, visits --------------------------------------------------------------------------------------------

void region(EventScript& s, u32 row, u64 cycles) {
  s.marker(Profile::kBegin, row);
  s.guest(cycles);
  s.marker(Profile::kEnd, row);
}

TEST(ProfileBound, RowsBeyondTheMostAreOne) {
  EventScript s;
  s.profile.name_row(3, "three");
  constexpr u32 kRows = Profile::kMostRows + 5000;
  for (u32 row = 0; row < kRows; ++row) region(s, row, 10);
  region(s, 3, 30);
  s.finish();
  const auto& rows = s.profile.rows();
  ASSERT_EQ(rows.size(), Profile::kMostRows + 1);
  EXPECT_EQ(rows.at(3).name, "three");
  EXPECT_EQ(rows.at(3).cycles, (Samples{10, 30}));
  const Row& other = rows.at(Profile::kOtherRows);
  EXPECT_EQ(other.name, "other");
  EXPECT_EQ(other.cycles.count(), 5000u);
  EXPECT_EQ(sum(other.buckets), 50'000u);
  EXPECT_EQ(s.profile.unaccounted_cycles(), 0u);
  const auto json = to_json(s.profile);
  EXPECT_EQ(json["rows"].back()["name"], "other");
  EXPECT_EQ(json["rows"].back()["cycles"]["count"], 5000);
  EXPECT_NE(to_text(s.profile).find("Rows beyond the first 512 are one, \"other\"."), std::string::npos);
}

TEST(ProfileBound, CausesAndVisitsBeyondTheMostAreOneOfTheirCore) {
  EventScript s;
  s.hyp_to_guest();
  constexpr u32 kCauses = Profile::kMostExits + 300;
  for (u32 cause = 0; cause < kCauses; ++cause) {
    s.guest_to_hyp(hvc_hsr(cause));
    s.hyp(20);
    s.hyp_to_guest();
  }
  s.guest_to_hyp(hvc_hsr(5));
  s.hyp_to_guest();
  s.finish();
  ASSERT_EQ(s.profile.exits().size(), Profile::kMostExits + 1);
  EXPECT_EQ(s.trip(hvc_hsr(5), 0)->cycles.count(), 2u) << "what is known goes on by itself";
  EXPECT_EQ(s.trip(hvc_hsr(Profile::kMostExits), 0), nullptr);
  const Exit& other = s.profile.exits().at({kOtherCause, u8{0}, u8{0}});
  EXPECT_EQ(other.cycles.count(), 300u);
  EXPECT_EQ(sum(other.buckets), other.cycles.total());
  ASSERT_EQ(s.profile.hyp_visits().size(), Profile::kMostVisits + 1);
  EXPECT_EQ(s.profile.hyp_visits().at(kOtherCause).count(), kCauses - Profile::kMostVisits);
  EXPECT_EQ(s.profile.unaccounted_cycles(), 0u);
  EXPECT_EQ(label(kOtherCause), "other");
}

TEST(ProfileBound, PhasesOfAllRowsAndCausesHaveRoomForSoMany) {
  PhaseMap phases;
  constexpr u32 kNames = 2000;
  for (u32 i = 0; i < kNames; ++i) phases.add_symbol(kHypPc + 4 * i, "f" + std::to_string(i) + ".x");
  phases.finish();
  EventScript s(std::move(phases));
  s.hyp_to_guest();
  constexpr u32 kCauses = Profile::kMostPhases / kNames + 3;
  for (u32 cause = 0; cause < kCauses; ++cause) {
    s.guest_to_hyp(hvc_hsr(cause));
    for (u32 i = 0; i < kNames; ++i) s.hyp(2, 4 * i);
    s.hyp_to_guest();
  }
  s.finish();
  std::size_t kept = 0;
  for (const auto& [key, exit] : s.profile.exits()) {
    kept += exit.buckets.size();
    EXPECT_EQ(sum(exit.buckets), exit.cycles.total());
  }
  EXPECT_LE(kept, Profile::kMostPhases + kCauses);
  EXPECT_EQ(by_phase(s.trip(hvc_hsr(0), 0)->buckets).count(kOther), 0u);
  EXPECT_EQ(by_phase(s.trip(hvc_hsr(kCauses - 1), 0)->buckets), (std::map<u16, u64>{{kOther, 2 * kNames + 15 + 10}}));
  EXPECT_EQ(s.profile.unaccounted_cycles(), 0u);
}

TEST(ProfileBound, NamesOfPhasesBeyondTheMostAreOne) {
  PhaseMap phases;
  for (u32 i = 0; i < PhaseMap::kMostPhases + 100; ++i) phases.add_symbol(16 * i, "f" + std::to_string(i) + ".x");
  phases.finish();
  EXPECT_EQ(phases.names().size(), PhaseMap::kMostPhases);
  EXPECT_EQ(phases.phase_of(16, Mode::Hyp, Security::NonSecure, false), kFixedPhases + 1);
  EXPECT_EQ(phases.phase_of(16 * (PhaseMap::kMostPhases + 50), Mode::Hyp, Security::NonSecure, false), kOther);
}

// --- code and timeline -----------------------------------------------------------------------------------------------

TEST(ProfileBound, CodeBeyondTheFirstBlocksIsOne) {
  CodeCounts counts;
  for (u32 i = 0; i < CodeCounts::kMostPlaces + 1000; ++i) ++counts.at(4 * i, true).cycles[0];
  ++counts.at(0, true).cycles[0];
  EXPECT_EQ(counts.all().size(), CodeCounts::kMostPlaces);
  EXPECT_EQ(counts.at(0, true).cycles[0], 2u);
  EXPECT_EQ(counts.other().cycles[0], 1000u);
  const std::string note = make_listing(counts, {})["note"];
  EXPECT_NE(note.find("1000 cycles went to code beyond the first 131072 blocks."), std::string::npos) << note;
}

TEST(ProfileBound, TheTimelineSumsUpCausesBeyondTheMost) {
  Timeline t;
  constexpr u64 kTrips = Timeline::kMostShares + 3 * Timeline::kBins;
  for (u64 i = 0; i < kTrips; ++i) t.add({i, i + 1, 1, 0, Cause{static_cast<u32>(i)}, 0, 1, 1});
  std::size_t shares = 0;
  u64 trips = 0, other = 0;
  for (const Timeline::Bin& bin : t.bins()[0]) {
    shares += bin.trips.size();
    for (const auto& [cause, share] : bin.trips) {
      trips += share.trips;
      if (cause == kOtherCause) other += share.trips;
    }
  }
  EXPECT_LE(shares, Timeline::kMostShares + Timeline::kBins);
  EXPECT_EQ(trips, kTrips);
  EXPECT_EQ(other, kTrips - Timeline::kMostShares);
}

}  // namespace
}  // namespace hypsim::profile::test
