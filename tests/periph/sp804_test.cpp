// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/sp804.h"

#include "sim/base/error.h"
#include "tests/periph/device_driver.h"

namespace hypsim {
namespace {

constexpr u32 LOAD = 0x00, VALUE = 0x04, CONTROL = 0x08, INTCLR = 0x0C, RIS = 0x10, MIS = 0x14, BGLOAD = 0x18,
              SECOND = 0x20;
constexpr u32 kOneShot = 1, k32 = 2, kBy16 = 4, kBy256 = 8, kInt = 0x20, kPeriodic = 0x40, kEnable = 0x80;

class DualTimer : public testing::Test {
 protected:
  Sp804 timer{{.core_hz = 10'000'000, .clock_hz = 1'000'000}};  // ten cycles a tick
};

TEST_F(DualTimer, RegisterList) {
  expect_sound_register_list(timer);
  expect_primecell_id(timer, 0x804);
  EXPECT_EQ(rd(timer, CONTROL), 0x20u);
  EXPECT_EQ(rd(timer, VALUE), 0xFFFFu) << "16 bits of an all-ones count";
  EXPECT_THROW(Sp804({.clock_hz = 0}), InputError);
}

TEST_F(DualTimer, PeriodicInterruptIsExact) {
  wr(timer, LOAD, 100, Cycles(5));
  wr(timer, CONTROL, kEnable | kPeriodic | kInt | k32, Cycles(5));
  EXPECT_EQ(rd(timer, VALUE, Cycles(19)), 99u);
  expect_rise_at_next_event(timer, Cycles(19), Cycles(1000));
  EXPECT_EQ(rd(timer, VALUE, Cycles(1000)), 100u);
  EXPECT_EQ(timer.next_event(Cycles(1000)), kNever) << "the line is up";
  wr(timer, INTCLR, 1, Cycles(1005));
  EXPECT_FALSE(timer.irq());
  expect_rise_at_next_event(timer, Cycles(1005), Cycles(2000));
  wr(timer, INTCLR, 1, Cycles(25'505));
  EXPECT_EQ(rd(timer, VALUE, Cycles(25'505)), 50u);
  expect_rise_at_next_event(timer, Cycles(25'505), Cycles(26'000));
}

TEST_F(DualTimer, OneShotStopsAtZero) {
  wr(timer, CONTROL, kEnable | kOneShot | kInt | k32);
  wr(timer, LOAD, 3);
  expect_rise_at_next_event(timer, Cycles(0), Cycles(30));
  wr(timer, INTCLR, 0, Cycles(31));
  EXPECT_EQ(rd(timer, VALUE, Cycles(500)), 0u);
  EXPECT_EQ(timer.next_event(Cycles(500)), kNever);
  wr(timer, LOAD, 2, Cycles(500));
  expect_rise_at_next_event(timer, Cycles(500), Cycles(520));
}

// Every way out of a stopped one-shot timer. ARM DDI 0271 3.2.3
TEST_F(DualTimer, AStoppedOneShotGoesOnAsItsModeSays) {
  const struct {
    u32 mode;       // control bits, One Shot cleared
    u32 value;      // 30 ticks on
    u64 next_zero;  // ticks after the change
  } ways[] = {{k32 | kPeriodic, 70, 100}, {k32, 0u - 30, u64{1} << 32},        {kPeriodic, 70, 100},
              {0, 0x10000 - 30, 0x10000}, {k32 | kPeriodic | kBy16, 99, 1600}, {k32 | kBy256, ~0u, u64{256} << 32}};
  for (const auto& way : ways) {
    timer.reset();
    wr(timer, LOAD, 100);
    wr(timer, CONTROL, kEnable | kOneShot | kInt | k32);
    expect_rise_at_next_event(timer, Cycles(0), Cycles(1000));
    wr(timer, INTCLR, 0, Cycles(2000));
    EXPECT_EQ(rd(timer, VALUE, Cycles(5000)), 0u);
    wr(timer, CONTROL, kEnable | kInt | way.mode, Cycles(5000));
    const u64 elapsed = bit(way.mode, 3) ? 300 : 30;
    EXPECT_EQ(rd(timer, VALUE, Cycles(5000 + elapsed * 10)), way.value) << way.mode;
    EXPECT_EQ(rd(timer, RIS, Cycles(5000 + elapsed * 10)), 0u) << way.mode;
    expect_rise_at_next_event(timer, Cycles(5000 + elapsed * 10), Cycles(5000 + way.next_zero * 10));
  }
}

TEST_F(DualTimer, AStoppedOneShotStaysSoWhileTheBitIsSet) {
  wr(timer, LOAD, 5);
  wr(timer, CONTROL, kEnable | kOneShot | kInt | k32);
  expect_rise_at_next_event(timer, Cycles(0), Cycles(50));
  wr(timer, INTCLR, 0, Cycles(60));
  for (u32 control : {kOneShot | k32, kEnable | kOneShot | kInt | k32, kEnable | kOneShot | kPeriodic | kInt | k32}) {
    wr(timer, CONTROL, control, Cycles(100));
    EXPECT_EQ(rd(timer, VALUE, Cycles(9000)), 0u) << control;
    EXPECT_EQ(timer.next_event(Cycles(9000)), kNever) << control;
  }
  wr(timer, BGLOAD, 7, Cycles(9000));
  EXPECT_EQ(timer.next_event(Cycles(9000)), kNever) << "the background load starts nothing";
  wr(timer, CONTROL, kEnable | kPeriodic | kInt | k32, Cycles(9000));
  expect_rise_at_next_event(timer, Cycles(9000), Cycles(9070));
}

// A load of zero interrupts at once in every mode, when the timer runs. ARM DDI 0271 3.3.1
TEST_F(DualTimer, ALoadOfZeroInterruptsAtOnce) {
  for (u32 mode : {k32, k32 | kPeriodic, k32 | kOneShot, 0u, kPeriodic, kOneShot, k32 | kBy256 | kOneShot}) {
    for (u32 zero : {0u, 0xABC0000u}) {
      if (zero != 0 && (mode & k32)) continue;  // the upper half is not part of a 16-bit count
      timer.reset();
      wr(timer, CONTROL, kEnable | kInt | mode, Cycles(0));
      wr(timer, LOAD, 50, Cycles(0));
      wr(timer, LOAD, zero, Cycles(100));
      EXPECT_TRUE(timer.irq()) << mode << " running";
      timer.reset();
      wr(timer, LOAD, zero, Cycles(100));
      EXPECT_EQ(rd(timer, RIS, Cycles(1000)), 0u) << mode << " disabled";
      wr(timer, CONTROL, kEnable | kInt | mode, Cycles(1000));
      EXPECT_TRUE(timer.irq()) << mode << " enabled afterwards";
    }
  }
}

TEST_F(DualTimer, AfterALoadOfZero) {
  wr(timer, LOAD, 0);
  wr(timer, CONTROL, kEnable | kOneShot | kInt | k32);
  wr(timer, INTCLR, 0, Cycles(10));
  EXPECT_EQ(timer.next_event(Cycles(10)), kNever) << "a one-shot has fired";
  timer.reset();
  wr(timer, LOAD, 0);
  wr(timer, CONTROL, kEnable | kInt | k32);
  wr(timer, INTCLR, 0, Cycles(5));
  EXPECT_EQ(rd(timer, VALUE, Cycles(10)), ~0u) << "free-running";
  expect_rise_at_next_event(timer, Cycles(10), Cycles((u64{1} << 32) * 10));
  timer.reset();
  wr(timer, LOAD, 0);
  wr(timer, CONTROL, kEnable | kPeriodic | kInt | k32);
  wr(timer, INTCLR, 0, Cycles(5));
  expect_rise_at_next_event(timer, Cycles(5), Cycles(10));
  EXPECT_EQ(rd(timer, VALUE, Cycles(10)), 0u);
  wr(timer, BGLOAD, 20, Cycles(10));
  wr(timer, INTCLR, 0, Cycles(12));
  expect_rise_at_next_event(timer, Cycles(12), Cycles(210));
  timer.reset();
  wr(timer, LOAD, 20);
  wr(timer, CONTROL, kEnable | kPeriodic | kInt | k32);
  wr(timer, BGLOAD, 0, Cycles(5));
  expect_rise_at_next_event(timer, Cycles(5), Cycles(200));
  wr(timer, INTCLR, 0, Cycles(200));
  expect_rise_at_next_event(timer, Cycles(200), Cycles(210));
}

TEST_F(DualTimer, ControlWritesDoNotRestartThePrescaler) {
  wr(timer, LOAD, 10);
  wr(timer, CONTROL, kEnable | kPeriodic | k32 | kBy16);
  for (u64 now : {100, 200, 300}) wr(timer, CONTROL, kEnable | kPeriodic | kInt | k32 | kBy16, Cycles(now));
  expect_rise_at_next_event(timer, Cycles(300), Cycles(1600));
}

TEST_F(DualTimer, FreeRunningWraps16Bits) {
  wr(timer, CONTROL, kEnable | kInt);
  wr(timer, LOAD, 1);
  expect_rise_at_next_event(timer, Cycles(0), Cycles(10));
  wr(timer, INTCLR, 0, Cycles(10));
  EXPECT_EQ(rd(timer, VALUE, Cycles(20)), 0xFFFFu);
  expect_rise_at_next_event(timer, Cycles(20), Cycles(10 + 655'360));
}

TEST_F(DualTimer, Prescaler) {
  wr(timer, CONTROL, kEnable | kPeriodic | kInt | k32 | kBy16);
  wr(timer, LOAD, 10);
  EXPECT_EQ(rd(timer, VALUE, Cycles(159)), 10u);
  EXPECT_EQ(rd(timer, VALUE, Cycles(160)), 9u);
  expect_rise_at_next_event(timer, Cycles(160), Cycles(1600));
  wr(timer, INTCLR, 0, Cycles(1600));
  wr(timer, CONTROL, kEnable | kPeriodic | kInt | k32 | kBy256, Cycles(1600));
  expect_rise_at_next_event(timer, Cycles(1600), Cycles(1600 + 25'600));
}

TEST_F(DualTimer, BackgroundLoadTakesEffectAtTheNextPeriod) {
  wr(timer, CONTROL, kEnable | kPeriodic | kInt | k32);
  wr(timer, LOAD, 10);
  wr(timer, BGLOAD, 5, Cycles(50));
  EXPECT_EQ(rd(timer, VALUE, Cycles(50)), 5u);
  expect_rise_at_next_event(timer, Cycles(50), Cycles(100));
  wr(timer, INTCLR, 0, Cycles(100));
  expect_rise_at_next_event(timer, Cycles(100), Cycles(150));
}

TEST_F(DualTimer, MaskAndSecondTimer) {
  wr(timer, SECOND + CONTROL, kEnable | kPeriodic | k32);
  wr(timer, SECOND + LOAD, 4);
  EXPECT_EQ(timer.next_event(Cycles(0)), kNever);
  EXPECT_EQ(rd(timer, SECOND + RIS, Cycles(40)), 1u);
  EXPECT_EQ(rd(timer, SECOND + MIS, Cycles(40)), 0u);
  EXPECT_EQ(rd(timer, RIS, Cycles(40)), 0u);
  EXPECT_FALSE(timer.irq());
  wr(timer, SECOND + CONTROL, kEnable | kPeriodic | k32 | kInt, Cycles(41));
  EXPECT_TRUE(timer.irq());
  EXPECT_EQ(rd(timer, SECOND + MIS, Cycles(41)), 1u);
}

TEST_F(DualTimer, LaggingAccessesDoNotTurnTimeBack) {
  wr(timer, CONTROL, kEnable | kPeriodic | kInt | k32);
  wr(timer, LOAD, 100);
  EXPECT_EQ(rd(timer, VALUE, Cycles(500)), 50u);
  EXPECT_EQ(rd(timer, VALUE, Cycles(400)), 50u);
  expect_rise_at_next_event(timer, Cycles(400), Cycles(1000));
}

TEST_F(DualTimer, DisabledTimerHoldsItsCount) {
  wr(timer, LOAD, 77);
  EXPECT_EQ(rd(timer, VALUE, Cycles(5000)), 77u);
  wr(timer, CONTROL, kEnable | k32, Cycles(5000));
  EXPECT_EQ(rd(timer, VALUE, Cycles(5070)), 70u);
  wr(timer, CONTROL, k32, Cycles(5070));
  EXPECT_EQ(rd(timer, VALUE, Cycles(9999)), 70u);
}

}  // namespace
}  // namespace hypsim
