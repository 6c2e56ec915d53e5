// SPDX-License-Identifier: Apache-2.0
// Outputs of a PL061 that turn the board off, or reboot it.
#include "sim/base/error.h"
#include "sim/periph/pl061.h"
#include "tests/periph/device_driver.h"

namespace hypsim {
namespace {

constexpr u32 DIR = 0x400;
constexpr u32 line(unsigned n) { return 1u << (n + 2); }  // GPIODATA of one line

Pl061Config with_outputs(std::optional<u8> power_off, std::optional<u8> reboot) {
  Pl061Config config;
  config.power_off = power_off;
  config.reboot = reboot;
  return config;
}

TEST(GpioPower, AnOutputThatGoesHighAsks) {
  for (const auto& [n, request] :
       {std::pair(0u, PowerRequest::Shutdown), {1u, PowerRequest::Reboot}, {2u, PowerRequest::None}}) {
    Pl061 gpio(with_outputs(0, 1));
    wr(gpio, line(n), 1u << n);
    EXPECT_EQ(gpio.power_request(), PowerRequest::None) << "an input takes no value";
    wr(gpio, DIR, 1u << n);
    EXPECT_EQ(gpio.power_request(), PowerRequest::None) << "it is low";
    wr(gpio, line(n), 0);
    EXPECT_EQ(gpio.power_request(), PowerRequest::None);
    wr(gpio, line(n), 1u << n);
    EXPECT_EQ(gpio.power_request(), request) << n;
    wr(gpio, line(n), 0);
    EXPECT_EQ(gpio.power_request(), request) << "it stays";
    gpio.reset();
    EXPECT_EQ(gpio.power_request(), PowerRequest::None);
  }
}

TEST(GpioPower, NobodyListensToOtherBlocks) {
  Pl061 gpio(with_outputs({}, {}));
  wr(gpio, DIR, 0xFF);
  wr(gpio, 0x3FC, 0xFF);
  EXPECT_EQ(gpio.power_request(), PowerRequest::None);
  EXPECT_THROW(Pl061(with_outputs(8, {})), InputError);
  EXPECT_THROW(Pl061(with_outputs({}, 9)), InputError);
}

}  // namespace
}  // namespace hypsim
