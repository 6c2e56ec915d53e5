// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/statistics.h"

#include <gtest/gtest.h>

namespace hypsim::profile {
namespace {

TEST(Summary, OfNothingIsZero) {
  const Summary s = summarise({});
  EXPECT_EQ(s.count + s.min + s.median + s.p99 + s.max + s.total, 0u);
  EXPECT_EQ(s.mean(), 0.0);
}

TEST(Summary, OfOneValueIsThatValue) {
  const Summary s = summarise({7});
  EXPECT_EQ(s.count, 1u);
  for (const u64 v : {s.min, s.median, s.p99, s.max, s.total}) EXPECT_EQ(v, 7u);
}

TEST(Summary, NearestRankTakesTheLowerMiddleOfAnEvenCount) {
  EXPECT_EQ(summarise({10, 20}).median, 10u);
  EXPECT_EQ(summarise({30, 10, 20}).median, 20u);
  EXPECT_EQ(summarise({40, 30, 20, 10}).median, 20u);
}

TEST(Summary, The99thPercentileIsAValueThatOccurred) {
  Samples samples;
  for (u64 value = 1; value < 100; ++value) samples.add(value);
  EXPECT_EQ(summarise(samples).p99, 99u) << "of fewer than 100 values it is the largest";
  samples.add(100);
  EXPECT_EQ(summarise(samples).p99, 99u);
  EXPECT_EQ(summarise(samples).median, 50u);
  samples.add(1000);  // of 101, rank 100
  EXPECT_EQ(summarise(samples).p99, 100u);
  EXPECT_EQ(summarise({5, 1, 9}).p99, 9u);
}

TEST(Summary, DoesNotDependOnTheOrder) {
  const Summary a = summarise({5, 3, 9, 1}), b = summarise({1, 3, 5, 9});
  EXPECT_EQ(a.median, b.median);
  EXPECT_EQ(a.total, 18u);
  EXPECT_EQ(a.mean(), 4.5);
  EXPECT_EQ(a.min, 1u);
  EXPECT_EQ(a.max, 9u);
}

TEST(Summary, LongTimesFit) {
  const u64 hour = 1'700'000'000ull * 3600;
  const Summary s = summarise({hour, hour, hour});
  EXPECT_EQ(s.max, hour);
  EXPECT_EQ(s.total, 3 * hour);
}

TEST(Histogram, BinsAreExactForSmallNumbersAndAnEighthOfAPowerOfTwoAbove) {
  EXPECT_TRUE(histogram({}).empty());
  EXPECT_EQ(histogram({3, 3, 15, 0}), (std::vector<HistogramBin>{{0, 1, 1}, {3, 4, 2}, {15, 16, 1}}));
  EXPECT_EQ(histogram({16, 17, 18}), (std::vector<HistogramBin>{{16, 18, 2}, {18, 20, 1}}));
  EXPECT_EQ(histogram({1024, 1151, 1152}), (std::vector<HistogramBin>{{1024, 1152, 2}, {1152, 1280, 1}}));
  EXPECT_EQ(histogram({~u64{0} >> 1}).size(), 1u);
}

TEST(Histogram, EverySampleIsInOneBin) {
  Samples samples;
  for (u64 i = 0; i < 5000; ++i) samples.add(i * i % 70'001);
  u64 count = 0, last = 0;
  for (const HistogramBin& bin : histogram(samples)) {
    EXPECT_LT(bin.from, bin.to);
    EXPECT_GE(bin.from, last);
    last = bin.to;
    count += bin.count;
  }
  EXPECT_EQ(count, samples.count());
}

}  // namespace
}  // namespace hypsim::profile
