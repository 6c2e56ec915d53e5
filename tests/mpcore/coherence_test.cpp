// SPDX-License-Identifier: Apache-2.0
// What it costs that several cores use the same lines, on the whole MPCore: windows, both engines.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/mpcore/bench.h"

namespace hypsim {
namespace {

enum class What : u32 { Read, Write, Add, AddExclusive };

constexpr u32 kWindow = 38;  // TimingConfig::between_cores

/// Two cores work on words `distance` bytes apart.
Outcome share(What what, u32 distance, unsigned cores = 2, bool generate = false) {
  return run_program({.program = "share_words",
                      .cores = cores,
                      .window = kWindow,
                      .timed = true,
                      .generate_code = generate,
                      .before = [&](MpCore& mpcore) {
                        for (unsigned i = 0; i < mpcore.core_count(); ++i) {
                          mpcore.core(i).state().slot[4] = distance;
                          mpcore.core(i).state().slot[5] = static_cast<u32>(what);
                        }
                      }});
}
u64 slower(const Outcome& o) { return std::max(o.cycles[0], o.cycles[1]); }

TEST(Coherence, LinesThatAreWrittenByTwoCoresCostMoreThanPrivateOnes) {
  for (const What what : {What::Add, What::AddExclusive}) {
    const Outcome apart = share(what, 64), same_line = share(what, 4);
    EXPECT_EQ(same_line.reason, EndReason::Deadlock);
    RecordProperty("apart", std::to_string(slower(apart)));
    RecordProperty("same_line", std::to_string(slower(same_line)));
    // The additions are a chain through memory, and a load has its data from the store before it: that hides much.
    EXPECT_GT(slower(same_line), slower(apart) * 6 / 5) << "false sharing";
    // One core alone knows nothing of it.
    EXPECT_EQ(share(what, 64, 1).cycles[0], share(what, 4, 1).cycles[0]);
  }
}

TEST(Coherence, StoresAloneArePostedAndCostLess) {
  const Outcome apart = share(What::Write, 64), same_line = share(What::Write, 4);
  EXPECT_GE(slower(same_line), slower(apart));
  EXPECT_LT(slower(same_line), slower(apart) * 11 / 10) << "the store buffer hides it";
}

TEST(Coherence, ReadSharingIsFree) {
  const u64 apart = slower(share(What::Read, 64)), same = slower(share(What::Read, 0));
  EXPECT_NEAR(static_cast<double>(same), static_cast<double>(apart), 300) << "but for the first read";
}

TEST(Coherence, BothEnginesAgreeAndRunsRepeat) {
  for (const What what : {What::Read, What::Write, What::Add, What::AddExclusive})
    for (const u32 distance : {0u, 4u, 64u}) {
      const Outcome interpreted = share(what, distance);
      EXPECT_EQ(interpreted, share(what, distance, 2, true)) << static_cast<u32>(what) << ' ' << distance;
      EXPECT_EQ(interpreted, share(what, distance)) << static_cast<u32>(what) << ' ' << distance;
    }
}

}  // namespace
}  // namespace hypsim
