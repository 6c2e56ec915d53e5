// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/sp805.h"

#include "sim/base/error.h"
#include "tests/periph/device_driver.h"

namespace hypsim {
namespace {

constexpr u32 LOAD = 0x000, VALUE = 0x004, CONTROL = 0x008, INTCLR = 0x00C, RIS = 0x010, MIS = 0x014, LOCK = 0xC00,
              ITCR = 0xF00, ITOP = 0xF04;
constexpr u32 kInterrupt = 1, kReset = 2;

class Watchdog : public testing::Test {
 protected:
  Sp805 dog{{.core_hz = 1000, .clock_hz = 100}};  // ten cycles a tick
};

TEST_F(Watchdog, RegisterList) {
  expect_sound_register_list(dog);
  expect_primecell_id(dog, 0x805);
  EXPECT_THROW(Sp805({.clock_hz = 0}), InputError);
  EXPECT_THROW(Sp805({.core_hz = 0}), InputError);
}

TEST_F(Watchdog, StandsAfterReset) {
  EXPECT_EQ(rd(dog, LOAD), 0xFFFFFFFFu);
  EXPECT_EQ(rd(dog, VALUE, Cycles(1000)), 0xFFFFFFFFu);
  EXPECT_EQ(rd(dog, CONTROL), 0u);
  EXPECT_EQ(rd(dog, LOCK), 0u);
  EXPECT_EQ(dog.next_event(Cycles(1000)), kNever);
  EXPECT_FALSE(dog.armed());
}

TEST_F(Watchdog, InterruptsThenResets) {
  wr(dog, LOAD, 5);
  wr(dog, CONTROL, kInterrupt | kReset, Cycles(100));
  EXPECT_TRUE(dog.armed());
  EXPECT_EQ(rd(dog, VALUE, Cycles(129)), 3u);
  expect_rise_at_next_event(dog, Cycles(129), Cycles(150));
  EXPECT_EQ(rd(dog, VALUE, Cycles(150)), 0u);
  EXPECT_EQ(rd(dog, VALUE, Cycles(160)), 5u) << "and on";
  EXPECT_EQ(dog.next_event(Cycles(160)), Cycles(210));
  dog.update(Cycles(209));
  EXPECT_EQ(dog.power_request(), PowerRequest::None);
  dog.update(Cycles(210));
  EXPECT_EQ(dog.power_request(), PowerRequest::Watchdog);
  EXPECT_EQ(dog.next_event(Cycles(210)), kNever);
  dog.reset();
  EXPECT_EQ(dog.power_request(), PowerRequest::None);
}

TEST_F(Watchdog, ClearingTheInterruptStartsAgain) {
  wr(dog, LOAD, 5);
  wr(dog, CONTROL, kInterrupt | kReset);
  EXPECT_EQ(rd(dog, RIS, Cycles(50)), 1u);
  wr(dog, INTCLR, 0, Cycles(70));
  EXPECT_FALSE(dog.irq());
  EXPECT_EQ(rd(dog, VALUE, Cycles(70)), 5u);
  EXPECT_EQ(dog.next_event(Cycles(70)), Cycles(120));
  wr(dog, LOAD, 100, Cycles(80));
  EXPECT_EQ(dog.next_event(Cycles(80)), Cycles(1080)) << "a new load acts at once";
  wr(dog, INTCLR, 0, Cycles(1000));
  dog.update(Cycles(1999));
  EXPECT_FALSE(dog.irq());
}

TEST_F(Watchdog, InterruptsAloneWithoutResetEnable) {
  wr(dog, LOAD, 2);
  wr(dog, CONTROL, kInterrupt);
  dog.update(Cycles(100'000));
  EXPECT_TRUE(dog.irq());
  EXPECT_EQ(dog.power_request(), PowerRequest::None);
  EXPECT_EQ(rd(dog, VALUE, Cycles(20)), rd(dog, VALUE, Cycles(100'000))) << "time does not run backwards";
  wr(dog, CONTROL, 0, Cycles(100'000));
  EXPECT_FALSE(dog.irq()) << "the enable masks";
  EXPECT_EQ(rd(dog, RIS, Cycles(100'000)), 1u);
  EXPECT_EQ(rd(dog, MIS, Cycles(100'000)), 0u);
}

TEST_F(Watchdog, ManyTurnsAtOnceComeToTheSameAsOneByOne) {
  Sp805 other({.core_hz = 1000, .clock_hz = 100});
  for (Sp805* d : {&dog, &other}) {
    wr(*d, LOAD, 6);
    wr(*d, CONTROL, kInterrupt);
  }
  for (u64 c = 0; c <= 1230; ++c) other.update(Cycles(c));
  EXPECT_EQ(rd(dog, VALUE, Cycles(1230)), rd(other, VALUE, Cycles(1230)));
  EXPECT_EQ(rd(dog, VALUE, Cycles(1230)), 2u) << "zero at tick 6, then every 7: tick 118 is zero, 119 is 6";
}

TEST_F(Watchdog, ALoadOfZeroFiresEveryTick) {
  wr(dog, LOAD, 0);
  wr(dog, CONTROL, kInterrupt | kReset);
  expect_rise_at_next_event(dog, Cycles(0), Cycles(10));
  dog.update(Cycles(20));
  EXPECT_EQ(dog.power_request(), PowerRequest::Watchdog);
}

TEST_F(Watchdog, TheLockForbidsWrites) {
  wr(dog, LOCK, 0);
  EXPECT_EQ(rd(dog, LOCK), 1u);
  wr(dog, LOAD, 5);
  EXPECT_EQ(rd(dog, LOAD), 0xFFFFFFFFu);
  EXPECT_FALSE(dog.write(1, 4, 0, Cycles(0)));
  wr(dog, LOCK, 0x1ACCE551);
  EXPECT_EQ(rd(dog, LOCK), 0u);
  wr(dog, LOAD, 5);
  EXPECT_EQ(rd(dog, LOAD), 5u);
}

TEST_F(Watchdog, TestModeDrivesTheOutputs) {
  wr(dog, ITOP, 2);
  EXPECT_FALSE(dog.irq());
  wr(dog, ITCR, 1);
  EXPECT_TRUE(dog.irq());
  wr(dog, ITOP, 1);
  EXPECT_FALSE(dog.irq());
  EXPECT_EQ(dog.power_request(), PowerRequest::Watchdog);
}

}  // namespace
}  // namespace hypsim
