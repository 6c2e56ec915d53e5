// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/power.h"

#include "tests/periph/device_driver.h"

namespace hypsim {
namespace {

TEST(Power, CommandsAreRemembered) {
  PowerController power;
  expect_sound_register_list(power);
  EXPECT_EQ(power.power_request(), PowerRequest::None);
  wr(power, PowerController::kCommand, 3);
  EXPECT_EQ(power.power_request(), PowerRequest::None) << "no such command";
  wr(power, PowerController::kCommand, PowerController::kShutdown);
  EXPECT_EQ(power.power_request(), PowerRequest::Shutdown);
  wr(power, PowerController::kCommand, PowerController::kReboot);
  EXPECT_EQ(power.power_request(), PowerRequest::Reboot);
  EXPECT_EQ(rd(power, PowerController::kCommand), 0u);
  power.reset();
  EXPECT_EQ(power.power_request(), PowerRequest::None);
  EXPECT_FALSE(power.irq());
  EXPECT_EQ(power.next_event(Cycles(0)), kNever);
}

}  // namespace
}  // namespace hypsim
