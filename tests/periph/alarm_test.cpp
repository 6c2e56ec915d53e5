// SPDX-License-Identifier: Apache-2.0
// A device's alarm goes off in time, and leaves little in the kernel's queue.
#include "sim/periph/alarm.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <cstdint>
#include <vector>

namespace hypsim {
namespace {

using sc_core::sc_time;

sc_time ns(std::uint64_t n) { return sc_time(static_cast<double>(n), sc_core::SC_NS); }

/// A device with one register: when it wants to wake.
struct Sleeper : sc_core::sc_module {
  explicit Sleeper(sc_core::sc_module_name name) : sc_module(name) {
    SC_HAS_PROCESS(Sleeper);
    SC_METHOD(wake);
    sensitive << written << alarm.event();
    dont_initialize();
  }
  void wake() {
    ++wakes;
    if (wanted != sc_core::SC_ZERO_TIME && wanted <= sc_core::sc_time_stamp()) {
      met.push_back(sc_core::sc_time_stamp());
      wanted = sc_core::SC_ZERO_TIME;
    }
    if (wanted == sc_core::SC_ZERO_TIME)
      alarm.clear();
    else
      alarm.set(wanted);
  }
  void want(const sc_time& when) {
    wanted = when;
    written.notify(sc_core::SC_ZERO_TIME);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }

  sc_core::sc_event written;
  Alarm alarm;
  sc_time wanted;
  unsigned wakes = 0;
  std::vector<sc_time> met;
};

TEST(Alarm, GoesOffWhenItIsDueAndNeverElse) {
  Sleeper s("sleeper");
  s.want(ns(1000));
  sc_core::sc_start(ns(999));
  EXPECT_TRUE(s.met.empty());
  EXPECT_TRUE(s.alarm.comes_by(ns(1000)));
  EXPECT_FALSE(s.alarm.comes_by(ns(999)));
  s.want(ns(5000));  // later
  s.want(ns(3000));  // earlier
  sc_core::sc_start(ns(10'000));
  EXPECT_EQ(s.met, (std::vector<sc_time>{ns(3000)}));
  EXPECT_EQ(s.wakes, 4u) << "three times written, once due";
  s.want(ns(20'000));
  s.want(sc_core::SC_ZERO_TIME);
  sc_core::sc_start(ns(20'000));
  EXPECT_EQ(s.met.size(), 1u);
  EXPECT_EQ(s.wakes, 6u);
}

// Each moment lies before the last one: without a bound 24 bytes each stay until the first one's time.
TEST(Alarm, EverEarlierMomentsLeaveABoundedNumberBehind) {
  Sleeper s("sleeper");
  constexpr std::uint64_t kFar = 1'000'000'000'000, kTimes = 1'000'000;
  const std::size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
  for (std::uint64_t i = 0; i < kTimes; ++i) s.want(ns(kFar - i));
  EXPECT_LT(mallinfo2().uordblks + mallinfo2().hblkhd - before, 1u << 20);
  sc_core::sc_start(ns(kFar));
  EXPECT_EQ(s.met, (std::vector<sc_time>{ns(kFar - kTimes + 1)})) << "the one that counts is exact";
  EXPECT_LT(s.wakes, kTimes + 200);
}

TEST(Alarm, NearAndFarInTurnsLeaveABoundedNumberBehind) {
  Sleeper s("sleeper");
  constexpr std::uint64_t kFar = 1'000'000'000'000, kTimes = 300'000;
  const std::size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
  std::uint64_t now = 0;
  for (std::uint64_t i = 0; i < kTimes; ++i) {
    s.want(ns(kFar + i));
    s.want(ns(now + 10));
    now += 20;
    sc_core::sc_start(ns(20));
    ASSERT_EQ(s.met.size(), i + 1);
    ASSERT_EQ(s.met.back(), ns(now - 10));
  }
  EXPECT_LT(mallinfo2().uordblks + mallinfo2().hblkhd - before, (1u << 20) + kTimes * 2 * sizeof(sc_time));
}

// After the ones that were replaced have passed, all is as at first.
TEST(Alarm, PatienceEnds) {
  Sleeper s("sleeper");
  for (unsigned i = 0; i < 2 * Alarm::kMostReplaced; ++i) s.want(ns(1'000'000 - i));
  sc_core::sc_start(ns(2'000'000));
  ASSERT_EQ(s.met.size(), 1u);
  const unsigned wakes = s.wakes;
  s.want(ns(900'000'000));
  sc_core::sc_start(ns(900'000'000));
  EXPECT_EQ(s.met.back(), ns(900'000'000));
  EXPECT_EQ(s.wakes, wakes + 2);
}

}  // namespace
}  // namespace hypsim
