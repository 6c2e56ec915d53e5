// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/vexpress_sysregs.h"

#include "sim/base/error.h"
#include "tests/periph/device_driver.h"

namespace hypsim {
namespace {

constexpr u32 CFGDATA = 0xA0, CFGCTRL = 0xA4, CFGSTAT = 0xA8;
constexpr u32 command(u32 function, bool write, u32 device = 0) {
  return 1u << 31 | static_cast<u32>(write) << 30 | function << 20 | device;
}

class Sysregs : public testing::Test {
 protected:
  VexpressSysregs regs{{.core_hz = 48'000'000}};
};

TEST_F(Sysregs, RegisterList) {
  expect_sound_register_list(regs);
  EXPECT_EQ(rd(regs, 0x00), 0x1190F500u);
  EXPECT_EQ(rd(regs, 0x84), 0x14000237u);
  EXPECT_FALSE(regs.irq());
  EXPECT_EQ(regs.next_event(Cycles(0)), kNever);
  EXPECT_THROW(VexpressSysregs({.core_hz = 0}), InputError);
}

TEST_F(Sysregs, CountersFollowCoreTime) {
  EXPECT_EQ(rd(regs, 0x5C, Cycles(48'000'001)), 24'000'000u);
  EXPECT_EQ(rd(regs, 0x24, Cycles(48'000'000)), 100u);
}

TEST_F(Sysregs, FlagsSetAndClear) {
  wr(regs, 0x30, 0x0F);
  wr(regs, 0x30, 0x10);
  EXPECT_EQ(rd(regs, 0x30), 0x1Fu);
  wr(regs, 0x34, 0x03);
  EXPECT_EQ(rd(regs, 0x30), 0x1Cu);
  wr(regs, 0x38, 0xF0);
  wr(regs, 0x3C, 0x30);
  regs.reset();
  EXPECT_EQ(rd(regs, 0x30), 0u);
  EXPECT_EQ(rd(regs, 0x38), 0xC0u) << "non-volatile";
}

TEST_F(Sysregs, SwitchesAndLeds) {
  wr(regs, 0x04, 0x1FF);
  wr(regs, 0x08, 0xA5);
  EXPECT_EQ(rd(regs, 0x04), 0xFFu);
  EXPECT_EQ(rd(regs, 0x08), 0xA5u);
}

TEST_F(Sysregs, OscillatorsAreReadAndSet) {
  wr(regs, CFGCTRL, command(1, false, 2));
  EXPECT_EQ(rd(regs, CFGSTAT), 1u);
  EXPECT_EQ(rd(regs, CFGDATA), 50'000'000u);
  wr(regs, CFGDATA, 40'000'000);
  wr(regs, CFGCTRL, command(1, true, 2));
  wr(regs, CFGDATA, 0);
  wr(regs, CFGCTRL, command(1, false, 2));
  EXPECT_EQ(rd(regs, CFGDATA), 40'000'000u);
  EXPECT_EQ(rd(regs, CFGCTRL), command(1, false, 2) & 0x7FFFFFFFu) << "the start bit clears itself";
}

TEST_F(Sysregs, UnknownCommandsFail) {
  wr(regs, CFGCTRL, command(4, false));
  EXPECT_EQ(rd(regs, CFGSTAT), 3u);
  wr(regs, CFGCTRL, command(1, false, 16));
  EXPECT_EQ(rd(regs, CFGSTAT), 3u);
  wr(regs, CFGSTAT, 0);
  wr(regs, CFGCTRL, 4u << 20);
  EXPECT_EQ(rd(regs, CFGSTAT), 0u) << "no start bit, no command";
}

TEST_F(Sysregs, PowerRequests) {
  using Request = PowerRequest;
  wr(regs, CFGCTRL, command(8, false));
  EXPECT_EQ(regs.power_request(), Request::None) << "a read asks for nothing";
  wr(regs, CFGCTRL, command(8, true));
  EXPECT_EQ(regs.power_request(), Request::Shutdown);
  wr(regs, CFGCTRL, command(9, true));
  EXPECT_EQ(regs.power_request(), Request::Reboot);
  regs.reset();
  EXPECT_EQ(regs.power_request(), Request::None);
}

}  // namespace
}  // namespace hypsim
