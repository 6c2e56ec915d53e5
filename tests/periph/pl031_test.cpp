// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/pl031.h"

#include "sim/base/error.h"
#include "tests/periph/device_driver.h"

namespace hypsim {
namespace {

constexpr u32 DR = 0x00, MR = 0x04, LR = 0x08, CR = 0x0C, IMSC = 0x10, RIS = 0x14, MIS = 0x18, ICR = 0x1C;

class Rtc : public testing::Test {
 protected:
  Pl031 rtc{{.core_hz = 1000}};
};

TEST_F(Rtc, RegisterList) {
  expect_sound_register_list(rtc);
  expect_primecell_id(rtc, 0x031);
  EXPECT_EQ(rd(rtc, 0xFE8), 0x14u) << "revision 1, whose RTCCR starts the clock and never stops it";
  for (u32 value : {0u, 1u, ~0u}) {
    wr(rtc, CR, value);
    EXPECT_EQ(rd(rtc, CR), 1u);
  }
  EXPECT_EQ(rd(rtc, DR, Cycles(2000)), 1'577'836'802u);
  EXPECT_THROW(Pl031({.core_hz = 0}), InputError);
}

TEST_F(Rtc, StartsAtAFixedDateAndCountsSimulatedSeconds) {
  EXPECT_EQ(rd(rtc, DR), 1'577'836'800u);  // 2020-01-01 00:00:00 UTC
  EXPECT_EQ(rd(rtc, DR, Cycles(999)), 1'577'836'800u);
  EXPECT_EQ(rd(rtc, DR, Cycles(1000)), 1'577'836'801u);
  Pl031 other({.core_hz = 1000, .start = 5});
  EXPECT_EQ(rd(other, DR, Cycles(3000)), 8u);
}

TEST_F(Rtc, LoadSetsTheTime) {
  wr(rtc, LR, 100, Cycles(5500));
  EXPECT_EQ(rd(rtc, LR, Cycles(5500)), 100u);
  EXPECT_EQ(rd(rtc, DR, Cycles(5999)), 100u);
  EXPECT_EQ(rd(rtc, DR, Cycles(6000)), 101u);
  rtc.reset();
  EXPECT_EQ(rd(rtc, DR), 1'577'836'800u);
}

TEST_F(Rtc, MatchInterruptIsExact) {
  wr(rtc, LR, 100);
  wr(rtc, MR, 110);
  EXPECT_EQ(rtc.next_event(Cycles(0)), kNever) << "masked";
  wr(rtc, IMSC, 1);
  expect_rise_at_next_event(rtc, Cycles(0), Cycles(10'000));
  EXPECT_EQ(rd(rtc, MIS, Cycles(10'000)), 1u);
  wr(rtc, ICR, 1, Cycles(10'001));
  EXPECT_FALSE(rtc.irq());
  EXPECT_EQ(rtc.next_event(Cycles(10'001)), Cycles(10'000 + (u64{1} << 32) * 1000)) << "a whole turn on";
}

TEST_F(Rtc, MatchIsNotMissedBetweenLooks) {
  wr(rtc, LR, 100);
  wr(rtc, MR, 103);
  EXPECT_EQ(rd(rtc, RIS, Cycles(50'000)), 1u);
  EXPECT_EQ(rd(rtc, MIS, Cycles(50'000)), 0u);
}

TEST_F(Rtc, MatchingNowRisesNow) {
  wr(rtc, IMSC, 1);
  wr(rtc, MR, 1'577'836'803, Cycles(3000));
  EXPECT_TRUE(rtc.irq());
  wr(rtc, ICR, 1, Cycles(3000));
  wr(rtc, LR, 1'577'836'803, Cycles(4000));
  EXPECT_TRUE(rtc.irq());
}

}  // namespace
}  // namespace hypsim
