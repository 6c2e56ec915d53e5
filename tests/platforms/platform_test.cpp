// SPDX-License-Identifier: Apache-2.0
// The builder: modules where the description says, memory that loaders can fill.
#include "platforms/platform.h"

#include <gtest/gtest.h>

#include "sim/base/error.h"

namespace hypsim {
namespace {

TEST(Platform, DevicesAnswerWhereTheDescriptionSays) {
  Platform platform("platform", load_platform("vexpress-a15"), {.functional = true});
  const u8 bytes[] = {1, 2, 3, 4};
  EXPECT_TRUE(platform.write_memory(0x80000000, bytes, 4));
  EXPECT_TRUE(platform.write_memory(0x10, bytes, 4)) << "the flash too";
  EXPECT_FALSE(platform.write_memory(0x1C090000, bytes, 4)) << "not a memory";
  EXPECT_FALSE(platform.write_memory(0x7FFFFFFE, bytes, 4)) << "half outside";
  EXPECT_EQ(platform.memories(false).size(), 1u);
  EXPECT_EQ(platform.memories(true).size(), 7u);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  MpCore& m = platform.mpcore();
  u32 value = 0;
  EXPECT_TRUE(m.debug_read(PhysAddr(0x80000000), &value, 4));
  EXPECT_EQ(value, 0x04030201u);
  EXPECT_TRUE(m.debug_read(PhysAddr(0x08000010), &value, 4));
  EXPECT_EQ(value, 0x04030201u) << "what is written at 0 is in the first bank";
  EXPECT_EQ(platform.description().home(0x10), 0x08000010u);
  EXPECT_EQ(platform.description().home(0x80000000), 0x80000000u);
  EXPECT_TRUE(m.debug_read(PhysAddr(0x80000004), &value, 4));
  EXPECT_EQ(value, 0u) << "zero from the start";
  EXPECT_TRUE(m.debug_read(PhysAddr(0x2C001004), &value, 4)) << "GICD_TYPER";
  EXPECT_EQ(value & 0x1F, 4u) << "128 shared interrupts";
  EXPECT_FALSE(m.debug_read(PhysAddr(0x1D000000), &value, 4)) << "a hole";
  EXPECT_EQ(platform.power_request(), PowerRequest::None);
  EXPECT_EQ(platform.timing(), nullptr);
}

TEST(Platform, TimedRunsNeedTimingData) {
  PlatformDescription p = load_platform("virt-a15");
  p.timing_file = "/no/such/file.json";
  EXPECT_THROW(Platform("a", p, {}), InputError);
  p.timing_file.clear();
  EXPECT_THROW(Platform("b", p, {}), InputError);
}

}  // namespace
}  // namespace hypsim
