// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/pl061.h"

#include "sim/base/error.h"
#include "tests/periph/device_driver.h"

namespace hypsim {
namespace {

constexpr u32 DATA = 0x3FC, DIR = 0x400, IS = 0x404, IBE = 0x408, IEV = 0x40C, IE = 0x410, RIS = 0x414, MIS = 0x418,
              IC = 0x41C, AFSEL = 0x420;

/// The address that means just these lines.
constexpr u32 masked(u32 lines) { return lines << 2; }

TEST(Gpio, RegisterList) {
  Pl061 gpio({});
  expect_sound_register_list(gpio);
  expect_primecell_id(gpio, 0x061);
  wr(gpio, AFSEL, 0x1FF);
  EXPECT_EQ(rd(gpio, AFSEL), 0xFFu);
  EXPECT_THROW(Pl061({{{Cycles(1), 8, true}}}), InputError);
  EXPECT_THROW(Pl061({{{Cycles(2), 1, true}, {Cycles(1), 1, false}}}), InputError);
}

TEST(Gpio, AddressBitsMaskTheData) {
  Pl061 gpio({{{Cycles(0), 7, true}}});
  wr(gpio, DIR, 0x0F);
  wr(gpio, masked(0xFF), 0xFF);
  EXPECT_EQ(gpio.outputs(), 0x0F) << "inputs take nothing";
  wr(gpio, masked(0x05), 0x00);
  EXPECT_EQ(gpio.outputs(), 0x0A);
  EXPECT_EQ(rd(gpio, DATA), 0x8Au) << "line 7 is driven from outside";
  EXPECT_EQ(rd(gpio, masked(0x82)), 0x82u);
  EXPECT_EQ(rd(gpio, masked(0x05)), 0u);
  EXPECT_EQ(rd(gpio, 0x000), 0u) << "no line asked for";
  EXPECT_EQ(rd(gpio, masked(0x82), Cycles(0), 1), 0x82u);
  wr(gpio, DIR, 0x00);
  wr(gpio, DIR, 0x0F);
  EXPECT_EQ(gpio.outputs(), 0x0A) << "an output's value survives a time as input";
  gpio.reset();
  EXPECT_EQ(rd(gpio, DATA), 0x80u);
}

TEST(Gpio, EdgeInterrupts) {
  Pl061 gpio({{{Cycles(100), 3, true}, {Cycles(200), 3, false}, {Cycles(300), 3, true}, {Cycles(400), 3, false}}});
  wr(gpio, IEV, 0x08);
  wr(gpio, IE, 0x08);
  expect_rise_at_next_event(gpio, Cycles(0), Cycles(100));
  EXPECT_EQ(rd(gpio, RIS, Cycles(100)), 0x08u);
  wr(gpio, IC, 0x08, Cycles(110));
  EXPECT_FALSE(gpio.irq());
  EXPECT_EQ(rd(gpio, RIS, Cycles(250)), 0u) << "a falling edge was not asked for";
  wr(gpio, IEV, 0x00, Cycles(250));
  EXPECT_EQ(rd(gpio, RIS, Cycles(350)), 0u);
  expect_rise_at_next_event(gpio, Cycles(350), Cycles(400));
  EXPECT_EQ(gpio.next_event(Cycles(400)), kNever);
}

TEST(Gpio, BothEdgesAndTheMask) {
  Pl061 gpio({{{Cycles(10), 0, true}, {Cycles(20), 0, false}}});
  wr(gpio, IBE, 0x01);
  EXPECT_EQ(rd(gpio, RIS, Cycles(10)), 1u);
  EXPECT_EQ(rd(gpio, MIS, Cycles(10)), 0u);
  EXPECT_FALSE(gpio.irq());
  wr(gpio, IE, 0x01, Cycles(11));
  EXPECT_TRUE(gpio.irq());
  EXPECT_EQ(rd(gpio, MIS, Cycles(11)), 1u);
  wr(gpio, IC, 0x01, Cycles(12));
  expect_rise_at_next_event(gpio, Cycles(12), Cycles(20));
}

TEST(Gpio, LevelInterruptsFollowTheLine) {
  Pl061 gpio({{{Cycles(10), 2, true}, {Cycles(20), 2, false}}});
  wr(gpio, IEV, 0x04);
  wr(gpio, IS, 0x04);
  wr(gpio, IE, 0x04);
  expect_rise_at_next_event(gpio, Cycles(0), Cycles(10));
  wr(gpio, IC, 0x04, Cycles(11));
  EXPECT_TRUE(gpio.irq()) << "GPIOIC does not clear a level";
  gpio.update(Cycles(20));
  EXPECT_FALSE(gpio.irq());
  wr(gpio, IEV, 0x00, Cycles(21));
  EXPECT_TRUE(gpio.irq()) << "low is active now";
}

TEST(Gpio, AnOutputRaisesNothing) {
  Pl061 gpio({{{Cycles(10), 1, true}}});
  wr(gpio, DIR, 0x02);
  wr(gpio, IEV, 0x02);
  wr(gpio, IE, 0x02);
  wr(gpio, DATA, 0x02);
  gpio.update(Cycles(10));
  EXPECT_EQ(rd(gpio, RIS, Cycles(10)), 0u);
}

}  // namespace
}  // namespace hypsim
