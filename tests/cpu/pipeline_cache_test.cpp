// SPDX-License-Identifier: Apache-2.0
// Cache tags: hits, replacement, maintenance, determinism.
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "sim/cpu/pipeline/cache.h"

namespace hypsim {
namespace {

PhysAddr line(u64 n) { return PhysAddr(n << CacheTags::kLineBits); }

TEST(CacheTags, ALineIsSixtyFourBytes) {
  CacheTags cache(32768, 2, Replacement::Lru);
  EXPECT_FALSE(cache.access(PhysAddr(0x1000)));
  EXPECT_TRUE(cache.access(PhysAddr(0x103F)));
  EXPECT_FALSE(cache.access(PhysAddr(0x1040)));
  EXPECT_EQ(cache.sets(), 256u);
}

TEST(CacheTags, LeastRecentlyUsedLineGoes) {
  CacheTags cache(4 * 64, 4, Replacement::Lru);  // one set
  for (u64 n = 0; n < 4; ++n) EXPECT_FALSE(cache.access(line(n)));
  EXPECT_TRUE(cache.access(line(0)));  // now 1 is the oldest
  EXPECT_FALSE(cache.access(line(9)));
  EXPECT_FALSE(cache.contains(line(1)));
  for (const u64 n : {0, 2, 3, 9}) EXPECT_TRUE(cache.contains(line(n))) << n;
  // 0, 9 were used after 2 and 3
  EXPECT_FALSE(cache.access(line(10)));
  EXPECT_FALSE(cache.contains(line(2)));
}

TEST(CacheTags, LinesOfOtherSetsDoNotEvict) {
  CacheTags cache(32768, 2, Replacement::Lru);
  cache.access(line(5));
  for (u64 n = 0; n < 256; ++n)
    if (n != 5) {
      cache.access(line(n));
      cache.access(line(n + 256));
      cache.access(line(n + 512));
    }
  EXPECT_TRUE(cache.contains(line(5)));
}

TEST(CacheTags, AnInvalidatedWayIsFilledFirst) {
  for (const Replacement policy : {Replacement::Lru, Replacement::Random}) {
    CacheTags cache(4 * 64, 4, policy);
    for (u64 n = 0; n < 4; ++n) cache.access(line(n));
    cache.invalidate(line(2));
    EXPECT_FALSE(cache.contains(line(2)));
    cache.access(line(7));
    for (const u64 n : {0, 1, 3, 7}) EXPECT_TRUE(cache.contains(line(n))) << n;
  }
}

TEST(CacheTags, SetWayLoopEmptiesTheCache) {
  CacheTags cache(32768, 2, Replacement::Lru);
  for (u64 n = 0; n < 512; ++n) cache.access(line(n));
  for (u32 way = 0; way < cache.ways(); ++way)
    for (u32 set = 0; set < cache.sets(); ++set) cache.invalidate(cache.at_set_way(set, way).pa);
  for (u64 n = 0; n < 512; ++n) EXPECT_FALSE(cache.contains(line(n)));
}

TEST(CacheTags, OnlyTheLastLineOfASetThatIsModifiedWasJustWritten) {
  CacheTags cache(4 * 64, 4, Replacement::Lru);  // one set
  for (u64 n = 0; n < 2; ++n) {
    cache.access(line(n));
    EXPECT_FALSE(cache.just_written(line(n))) << "Exclusive";
    cache.set_state(line(n), LineState::Modified);
    EXPECT_TRUE(cache.just_written(line(n)));
  }
  EXPECT_FALSE(cache.just_written(line(0)));
  cache.access(line(0));
  EXPECT_TRUE(cache.just_written(line(0)));
  cache.await(line(0));
  EXPECT_FALSE(cache.just_written(line(0))) << "on its way";
  EXPECT_TRUE(cache.coming(line(0)));
  cache.arrived(line(0));
  EXPECT_TRUE(cache.just_written(line(0)));
  cache.set_state(line(0), LineState::Shared);
  EXPECT_FALSE(cache.just_written(line(0)));
  cache.set_state(line(0), LineState::Modified);
  cache.invalidate(line(0));
  EXPECT_FALSE(cache.just_written(line(0)));
  EXPECT_TRUE(cache.modified(line(1))) << "the other is what it was";
}

TEST(CacheTags, AMissTellsWhatItReplaced) {
  CacheTags cache(2 * 64, 2, Replacement::Lru);
  cache.access(line(1));
  cache.access(line(2));
  EXPECT_FALSE(cache.take_victim().valid) << "there was room";
  cache.set_state(line(1), LineState::Modified);
  cache.access(line(3));
  const CacheTags::Victim victim = cache.take_victim();
  EXPECT_TRUE(victim.valid);
  EXPECT_EQ(victim.pa, line(1));
  EXPECT_EQ(victim.state, LineState::Modified);
  EXPECT_FALSE(cache.take_victim().valid) << "once";
  EXPECT_EQ(cache.state(line(3)), LineState::Exclusive);
}

TEST(CacheTags, InvalidateAll) {
  CacheTags cache(32768, 2, Replacement::Lru);
  cache.access(line(1));
  cache.invalidate_all();
  EXPECT_FALSE(cache.contains(line(1)));
}

std::vector<bool> random_run() {
  CacheTags cache(16 * 64, 16, Replacement::Random);
  std::vector<bool> hits;
  u32 x = 1;
  for (unsigned i = 0; i < 5000; ++i) {
    x = x * 1664525 + 1013904223;
    hits.push_back(cache.access(line(x >> 27)));  // 32 lines in 16 ways
  }
  return hits;
}

TEST(CacheTags, RandomReplacementIsTheSameEachTimeAndSpreads) {
  EXPECT_EQ(random_run(), random_run());
  // Each way is a victim sooner or later: after many misses none of the first sixteen lines is left.
  CacheTags cache(16 * 64, 16, Replacement::Random);
  for (u64 n = 0; n < 16; ++n) cache.access(line(n));
  for (u64 n = 16; n < 16 + 200; ++n) cache.access(line(n));
  unsigned left = 0;
  for (u64 n = 0; n < 16; ++n) left += cache.contains(line(n)) ? 1 : 0;
  EXPECT_EQ(left, 0u);
}

TEST(CacheTags, FortyBitAddressesAreTold) {
  CacheTags cache(32768, 2, Replacement::Lru);
  cache.access(PhysAddr(0x40001000));
  EXPECT_FALSE(cache.contains(PhysAddr(0x8040001000)));
}

}  // namespace
}  // namespace hypsim
