// SPDX-License-Identifier: Apache-2.0
// Word accesses to a plain device.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "sim/base/clock.h"

namespace hypsim {

template <class Device>
u32 rd(Device& device, u32 offset, Cycles now = Cycles(0), unsigned size = 4) {
  u32 value = 0;
  EXPECT_TRUE(device.read(offset, size, value, now));
  return value;
}

template <class Device>
void wr(Device& device, u32 offset, u32 value, Cycles now = Cycles(0), unsigned size = 4) {
  EXPECT_TRUE(device.write(offset, size, value, now));
}

/// The line must be low one cycle before `next_event` and high at it.
template <class Device>
void expect_rise_at_next_event(Device& device, Cycles now, Cycles expected) {
  const Cycles next = device.next_event(now);
  EXPECT_EQ(next.value, expected.value);
  device.update(next - Cycles(1));
  EXPECT_FALSE(device.irq()) << "one cycle before";
  device.update(next);
  EXPECT_TRUE(device.irq());
}

/// What holds for every register list: rows have distinct offsets inside the frame, names and descriptions, and at
/// least one direction; impossible accesses are refused; what is not listed reads as zero.
template <class Device>
void expect_sound_register_list(Device& device) {
  std::set<u32> offsets;
  for (const auto& row : Device::registers()) {
    EXPECT_TRUE(offsets.insert(row.offset).second) << row.name;
    EXPECT_LT(row.offset, Device::kSize);
    EXPECT_EQ(row.offset % 4, 0u);
    EXPECT_FALSE(std::string(row.name).empty());
    EXPECT_FALSE(std::string(row.description).empty()) << row.name;
    EXPECT_TRUE(row.read != nullptr || row.write != nullptr) << row.name;
  }
  u32 value = 1;
  EXPECT_FALSE(device.read(2, 4, value, Cycles(0)));
  EXPECT_FALSE(device.read(0, 8, value, Cycles(0)));
  EXPECT_FALSE(device.write(1, 2, value, Cycles(0)));
  for (u32 offset = 0; offset < Device::kSize; offset += 4) {
    if (offsets.contains(offset)) continue;
    wr(device, offset, ~0u);
    EXPECT_EQ(rd(device, offset), 0u) << std::hex << offset;
  }
}

/// The eight identification registers at the end of a PrimeCell.
template <class Device>
void expect_primecell_id(Device& device, u32 part) {
  EXPECT_EQ(rd(device, 0xFE0) | (rd(device, 0xFE4) & 0xF) << 8, part);
  const u32 expected[] = {0x0D, 0xF0, 0x05, 0xB1};
  for (unsigned i = 0; i < 4; ++i) EXPECT_EQ(rd(device, 0xFF0 + 4 * i), expected[i]);
}

}  // namespace hypsim
