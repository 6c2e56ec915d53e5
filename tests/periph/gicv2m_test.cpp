// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/gicv2m.h"

#include "tests/periph/device_driver.h"

namespace hypsim {
namespace {

constexpr u32 TYPER = 0x008, SETSPI = 0x040;

class Frame : public testing::Test {
 protected:
  std::vector<unsigned> pulsed;
  GicV2m frame{{.first_spi = 48, .spis = 64}, [this](unsigned spi) { pulsed.push_back(spi); }};
};

TEST_F(Frame, RegisterList) {
  expect_sound_register_list(frame);
  EXPECT_EQ(rd(frame, TYPER), 80u << 16 | 64) << "interrupt IDs";
  EXPECT_EQ(rd(frame, SETSPI), 0u);
  EXPECT_FALSE(frame.irq());
  EXPECT_EQ(frame.next_event(Cycles(0)), kNever);
}

TEST_F(Frame, PassesOnItsOwnInterruptsAlone) {
  for (u32 id : {0u, 31u, 32u, 79u, 80u, 143u, 144u, 1023u}) wr(frame, SETSPI, id);
  EXPECT_TRUE(pulsed.empty()) << "not within the store";
  frame.update(Cycles(1));
  EXPECT_EQ(pulsed, (std::vector<unsigned>{48, 111}));
  frame.update(Cycles(2));
  EXPECT_EQ(pulsed.size(), 2u);
  wr(frame, SETSPI, 80);
  wr(frame, SETSPI, 80);
  frame.update(Cycles(3));
  EXPECT_EQ(pulsed.size(), 3u) << "an edge that is pending is one";
}

}  // namespace
}  // namespace hypsim
