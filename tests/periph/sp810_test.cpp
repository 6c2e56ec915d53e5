// SPDX-License-Identifier: Apache-2.0
// The system controller, and the places of devices that are not there.
#include "sim/periph/sp810.h"

#include "sim/periph/absent.h"
#include "tests/periph/device_driver.h"

namespace hypsim {
namespace {

constexpr u32 CTRL = 0x000, PEREN = 0x024, PERDIS = 0x028, PERCLKEN = 0x02C, PERSTAT = 0x030;

TEST(SystemController, RegisterList) {
  Sp810 controller;
  expect_sound_register_list(controller);
  expect_primecell_id(controller, 0x810);
}

TEST(SystemController, ModesChangeAtOnce) {
  Sp810 controller;
  EXPECT_EQ(rd(controller, CTRL), 0x9u) << "DOZE";
  wr(controller, CTRL, 0x4);
  EXPECT_EQ(rd(controller, CTRL), 0x24u) << "NORMAL";
  wr(controller, CTRL, 0x2);
  EXPECT_EQ(rd(controller, CTRL), 0x12u) << "SLOW";
  wr(controller, CTRL, 0x0);
  EXPECT_EQ(rd(controller, CTRL), 0x0u) << "SLEEP";
}

TEST(SystemController, KeepsTheClocksOfTheTimers) {
  Sp810 controller;
  wr(controller, CTRL, 1u << 15 | 1u << 17 | 1u << 19 | 1u << 21 | 1);
  EXPECT_EQ(rd(controller, CTRL), 0x002A8009u);
  controller.reset();
  EXPECT_EQ(rd(controller, CTRL), 0x9u);
}

TEST(SystemController, PeripheralClocks) {
  Sp810 controller;
  wr(controller, PERDIS, 0xF0);
  EXPECT_EQ(rd(controller, PERCLKEN), 0xFFFFFF0Fu);
  wr(controller, PEREN, 0x10);
  EXPECT_EQ(rd(controller, PERSTAT), 0xFFFFFF1Fu);
}

TEST(Absent, ReadsAsZeroAndIgnoresWrites) {
  Absent nothing;
  wr(nothing, 0xFF0, ~0u);
  EXPECT_EQ(rd(nothing, 0xFF0), 0u) << "no PrimeCell";
  EXPECT_EQ(rd(nothing, 0x3, Cycles(0), 1), 0u);
  EXPECT_EQ(rd(nothing, Absent::kSize - 2, Cycles(0), 2), 0u);
  u32 value = 0;
  EXPECT_FALSE(nothing.read(2, 4, value, Cycles(0)));
  EXPECT_FALSE(nothing.read(0, 3, value, Cycles(0)));
  EXPECT_FALSE(nothing.write(0, 8, value, Cycles(0)));
  EXPECT_FALSE(nothing.irq());
  EXPECT_EQ(nothing.next_event(Cycles(0)), kNever);
}

}  // namespace
}  // namespace hypsim
