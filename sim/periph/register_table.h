// SPDX-License-Identifier: Apache-2.0
// A peripheral is a list of registers: offset, name, one line of text, what reading and writing does.
#pragma once

#include <span>

#include "sim/base/types.h"

namespace hypsim {

/// One 32-bit register of `Device`. A missing `read` reads as zero, a missing `write` ignores the value.
template <class Device>
struct DeviceRegister {
  u32 offset;
  const char* name;
  const char* description;
  u32 (Device::*read)(Cycles now);
  void (Device::*write)(u32 value, Cycles now);
};

/// Reads of 1, 2 or 4 aligned bytes: a narrow one takes its lane of the word. Offsets outside the list read as zero.
/// False for an impossible size or alignment.
template <class Device>
bool read_register(Device& device, std::span<const DeviceRegister<Device>> table, u32 offset, unsigned size, u32& value,
                   Cycles now) {
  if ((size != 1 && size != 2 && size != 4) || !is_aligned(offset, size)) return false;
  value = 0;
  for (const auto& row : table) {
    if (row.offset != (offset & ~3u)) continue;
    const u32 word = row.read ? (device.*row.read)(now) : 0;
    const unsigned low = (offset & 3) * 8;
    value = bits(word, low + size * 8 - 1, low);
    break;
  }
  return true;
}

/// Writes of 1, 2 or 4 aligned bytes. The registers of these devices have their fields in the low bytes and no byte
/// strobes: a narrow write stores zero in the other bytes, and one above the low byte lane is ignored.
template <class Device>
bool write_register(Device& device, std::span<const DeviceRegister<Device>> table, u32 offset, unsigned size, u32 value,
                    Cycles now) {
  if ((size != 1 && size != 2 && size != 4) || !is_aligned(offset, size)) return false;
  for (const auto& row : table) {
    if (row.offset != offset) continue;
    if (row.write) (device.*row.write)(bits(value, size * 8 - 1, 0), now);
    break;
  }
  return true;
}

}  // namespace hypsim
