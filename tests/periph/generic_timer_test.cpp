// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/generic_timer.h"

#include <gtest/gtest.h>

#include "sim/base/error.h"

namespace hypsim {
namespace {

constexpr u64 kCore = 1'700'000'000, kCounter = 62'500'000;  // 136 cycles for 5 ticks
constexpr Cycles at(u64 n) { return Cycles(n); }

TEST(DerivedClock, IsExact) {
  const DerivedClock clock(5, 136);
  EXPECT_EQ(clock.ticks(at(27)), 0u);
  EXPECT_EQ(clock.ticks(at(28)), 1u);  // 27.2
  EXPECT_EQ(clock.ticks(at(54)), 1u);
  EXPECT_EQ(clock.ticks(at(55)), 2u);  // 54.4
  EXPECT_EQ(clock.ticks(at(136)), 5u);
  EXPECT_EQ(clock.after(at(0), 1), at(28));
  EXPECT_EQ(clock.after(at(28), 1), at(55));
  EXPECT_EQ(clock.after(at(54), 1), at(55));
}

TEST(DerivedClock, NeverDrifts) {
  const DerivedClock clock(24'000'000, 1'699'999'999);
  const u64 years = 1'699'999'999ull * 3600 * 24 * 365 * 100;
  EXPECT_EQ(clock.ticks(at(years)), 24'000'000ull * 3600 * 24 * 365 * 100);
  EXPECT_EQ(clock.ticks(at(years - 1)), 24'000'000ull * 3600 * 24 * 365 * 100 - 1);
}

TEST(DerivedClock, AfterIsTheFirstCycleOfTheTick) {
  for (const auto& [hz, core] : {std::pair<u64, u64>{kCounter, kCore}, {24'000'000, 999'999'937}, {7, 3}, {1, 1'000}}) {
    const DerivedClock clock(hz, core);
    for (u64 now : {0ull, 1ull, 135ull, 136ull, 1'000'003ull, 0x1234'5678'9ABCull}) {
      for (u64 delta : {1ull, 2ull, 1000ull, 123'456'789ull}) {
        const Cycles then = clock.after(at(now), delta);
        EXPECT_GE(clock.ticks(then), clock.ticks(at(now)) + delta);
        EXPECT_LT(clock.ticks(then - at(1)), clock.ticks(at(now)) + delta);
      }
    }
  }
}

TEST(DerivedClock, BeyondTheEndIsNever) {
  EXPECT_EQ(DerivedClock(1, 1000).after(at(0), ~u64{0}), kNever);
  EXPECT_EQ(DerivedClock(1, 1).after(at(5), ~u64{0}), kNever);
}

TEST(SystemCounter, RejectsZero) {
  EXPECT_THROW(SystemCounter(0, 1), InputError);
  EXPECT_THROW(SystemCounter(1, 0), InputError);
}

TEST(SystemCounter, EventStreamTransitions) {
  const SystemCounter counter(100, 1000);  // ten cycles a tick
  EXPECT_EQ(counter.next_transition(at(0), 2, true, 0), at(40));
  EXPECT_EQ(counter.next_transition(at(40), 2, true, 0), at(120));
  EXPECT_EQ(counter.next_transition(at(40), 2, false, 0), at(80));
  EXPECT_EQ(counter.next_transition(at(0), 2, true, 3), at(70));
  EXPECT_EQ(counter.next_transition(at(0), 2, false, 0), at(80)) << "zero now: a whole period on";
  EXPECT_EQ(counter.next_transition(at(0), 63, false, 0), kNever);
}

class Timer : public testing::Test {
 protected:
  /// At next_event the lines differ from now, one cycle earlier they do not.
  Cycles expect_exact_event(Cycles now) {
    const Cycles next = timer.next_event(now);
    if (next == kNever) return next;
    EXPECT_GT(next, now);
    EXPECT_EQ(timer.update(next - at(1)), timer.update(now)) << "at " << next.value - 1;
    EXPECT_NE(timer.update(next), timer.update(now)) << "at " << next.value;
    return next;
  }
  SystemCounter counter{kCounter, kCore};
  GenericTimer timer{counter};
};

TEST_F(Timer, ResetState) {
  EXPECT_EQ(timer.cntfrq(), kCounter);
  timer.set_cntfrq(24);
  timer.set_ctl(TimerId::Hyp, 1, at(0));
  timer.set_cntvoff(5, at(0));
  EXPECT_EQ(timer.cntfrq(), 24u);
  EXPECT_EQ(timer.cntpct(at(kCore)), kCounter) << "CNTFRQ is a note, not a control";
  timer.reset();
  EXPECT_EQ(timer.cntfrq(), kCounter);
  EXPECT_EQ(timer.cntvoff(), 0u);
  EXPECT_EQ(timer.ctl(TimerId::Hyp, at(0)), 0u);
  EXPECT_EQ(timer.next_event(at(0)), kNever);
  EXPECT_EQ(timer.update(at(kCore)), TimerLines{});
}

TEST_F(Timer, PpisOfTheCortexA15) {
  EXPECT_EQ(timer_ppi(TimerId::PhysSecure), 29u);
  EXPECT_EQ(timer_ppi(TimerId::PhysNonSecure), 30u);
  EXPECT_EQ(timer_ppi(TimerId::Virtual), 27u);
  EXPECT_EQ(timer_ppi(TimerId::Hyp), 26u);
}

TEST_F(Timer, EachTimerDrivesItsOwnLine) {
  for (unsigned i = 0; i < 4; ++i) {
    const TimerId id = static_cast<TimerId>(i);
    timer.reset();
    timer.set_cval(id, 1000, at(0));
    timer.set_ctl(id, 1, at(0));
    EXPECT_EQ(expect_exact_event(at(0)), at(27'200));
    TimerLines expected;
    expected.asserted[i] = true;
    EXPECT_EQ(timer.update(at(27'200)), expected);
    EXPECT_EQ(timer.ctl(id, at(27'199)), 1u);
    EXPECT_EQ(timer.ctl(id, at(27'200)), 5u);
    EXPECT_EQ(timer.cval(id), 1000u);
  }
}

TEST_F(Timer, MaskHidesTheLineNotTheStatus) {
  timer.set_cval(TimerId::Virtual, 0, at(0));
  timer.set_ctl(TimerId::Virtual, 3, at(0));
  EXPECT_EQ(timer.ctl(TimerId::Virtual, at(0)), 7u);
  EXPECT_EQ(timer.update(at(0)), TimerLines{});
  EXPECT_EQ(timer.next_event(at(0)), kNever);
  timer.set_ctl(TimerId::Virtual, 2, at(0));
  EXPECT_EQ(timer.ctl(TimerId::Virtual, at(0)), 2u) << "ISTATUS is 0 while disabled";
  timer.set_ctl(TimerId::Virtual, ~0u, at(0));
  EXPECT_EQ(timer.ctl(TimerId::Virtual, at(0)), 7u);
}

TEST_F(Timer, TvalIsASignedViewOfCval) {
  const Cycles now = at(kCore);  // CNTPCT = 62 500 000
  timer.set_tval(TimerId::PhysNonSecure, 100, now);
  EXPECT_EQ(timer.cval(TimerId::PhysNonSecure), kCounter + 100);
  EXPECT_EQ(timer.tval(TimerId::PhysNonSecure, now), 100u);
  EXPECT_EQ(timer.tval(TimerId::PhysNonSecure, at(kCore + 136 * 40)), static_cast<u32>(-100));
  timer.set_tval(TimerId::PhysNonSecure, static_cast<u32>(-5), now);
  EXPECT_EQ(timer.cval(TimerId::PhysNonSecure), kCounter - 5);
  timer.set_ctl(TimerId::PhysNonSecure, 1, now);
  EXPECT_TRUE(timer.update(now)[TimerId::PhysNonSecure]);
  EXPECT_EQ(timer.tval(TimerId::PhysNonSecure, now), 0xFFFFFFFBu);
}

TEST_F(Timer, VirtualOffsetMovesTheVirtualTimerAlone) {
  timer.set_cntvoff(400, at(0));
  EXPECT_EQ(timer.cntvct(at(27'200)), 600u);
  EXPECT_EQ(timer.cntpct(at(27'200)), 1000u);
  timer.set_tval(TimerId::Virtual, 10, at(27'200));
  EXPECT_EQ(timer.cval(TimerId::Virtual), 610u);
  timer.set_ctl(TimerId::Virtual, 1, at(27'200));
  EXPECT_EQ(expect_exact_event(at(27'200)), at(27'200 + 272));
  timer.set_cntvoff(0, at(27'200));
  EXPECT_TRUE(timer.update(at(27'200))[TimerId::Virtual]);
}

TEST_F(Timer, NegativeOffsetAndWrap) {
  timer.set_cntvoff(u64{0} - 5, at(0));  // CNTVCT starts at 5
  EXPECT_EQ(timer.cntvct(at(0)), 5u);
  timer.set_cntvoff(10, at(0));  // CNTVCT starts at 2^64 - 10
  timer.set_cval(TimerId::Virtual, ~u64{0}, at(0));
  timer.set_ctl(TimerId::Virtual, 1, at(0));
  const Cycles rise = expect_exact_event(at(0));
  EXPECT_EQ(rise, at(245));  // 9 ticks: 244.8 cycles
  EXPECT_TRUE(timer.update(rise)[TimerId::Virtual]);
  const Cycles fall = expect_exact_event(rise);
  EXPECT_EQ(fall, at(272)) << "the view wraps to zero, below the comparator";
  EXPECT_FALSE(timer.update(fall)[TimerId::Virtual]);
}

TEST_F(Timer, ComparatorZeroIsAlwaysMet) {
  timer.set_ctl(TimerId::PhysSecure, 1, at(0));
  EXPECT_TRUE(timer.update(at(0))[TimerId::PhysSecure]);
  EXPECT_EQ(timer.next_event(at(0)), kNever);
}

TEST_F(Timer, FarComparatorIsNever) {
  timer.set_cval(TimerId::PhysNonSecure, ~u64{0}, at(0));
  timer.set_ctl(TimerId::PhysNonSecure, 1, at(0));
  EXPECT_EQ(timer.next_event(at(0)), kNever);
}

TEST_F(Timer, NextEventIsTheEarliestOfAll) {
  timer.set_cval(TimerId::PhysNonSecure, 500, at(0));
  timer.set_cval(TimerId::Virtual, 300, at(0));
  timer.set_cval(TimerId::Hyp, 400, at(0));
  for (TimerId id : {TimerId::PhysNonSecure, TimerId::Virtual, TimerId::Hyp}) timer.set_ctl(id, 1, at(0));
  Cycles now = expect_exact_event(at(0));
  EXPECT_EQ(now, at(8160));
  now = expect_exact_event(now);
  EXPECT_EQ(now, at(10'880));
  now = expect_exact_event(now);
  EXPECT_EQ(now, at(13'600));
  EXPECT_EQ(timer.next_event(now), kNever);
}

TEST_F(Timer, EventsAreExactForRandomSettings) {
  u64 state = 42;
  const auto random = [&state](u64 n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 20) % n;
  };
  unsigned events = 0;
  for (unsigned round = 0; round < 20'000; ++round) {
    const SystemCounter odd(1 + random(100'000'000), 1 + random(3'000'000'000), state);
    GenericTimer subject(odd);
    const Cycles now = at(random(u64{1} << 40));
    subject.set_cntvoff(state, now);
    for (unsigned i = 0; i < 4; ++i) {
      const TimerId id = static_cast<TimerId>(i);
      subject.set_tval(id, static_cast<u32>(random(1 << 20)) - (1 << 19), now);
      subject.set_ctl(id, static_cast<u32>(random(4)), now);
    }
    const Cycles next = subject.next_event(now);
    if (next == kNever) continue;
    ++events;
    ASSERT_GT(next, now);
    ASSERT_EQ(subject.update(next - at(1)), subject.update(now)) << round;
    ASSERT_NE(subject.update(next), subject.update(now)) << round;
  }
  EXPECT_GT(events, 5000u);
}

TEST_F(Timer, GenerationTellsOfWrites) {
  const u32 before = timer.generation();
  EXPECT_EQ(timer.cval(TimerId::Hyp), 0u);
  EXPECT_EQ(timer.generation(), before);
  timer.set_cval(TimerId::Hyp, 1, at(0));
  timer.set_tval(TimerId::Hyp, 1, at(0));
  timer.set_ctl(TimerId::Hyp, 1, at(0));
  timer.set_cntvoff(1, at(0));
  EXPECT_EQ(timer.generation(), before + 4);
}

}  // namespace
}  // namespace hypsim
