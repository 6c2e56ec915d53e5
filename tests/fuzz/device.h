// SPDX-License-Identifier: Apache-2.0
// Drives a plain device by its registers and checks what its shell relies on (sim/periph/device_module.h).
#pragma once

#include "sim/base/clock.h"
#include "tests/fuzz/input.h"

namespace hypsim::fuzz {

/// What the line does between here and the next event: nothing. `device` is a copy.
template <class Device>
void check_quiet_until_next_event(Device device, Cycles now, u64 pick) {
  device.update(now);
  const bool line = device.irq();
  const Cycles next = device.next_event(now);
  check(next > now, "an event that is not in the future");
  const u64 span = next == kNever ? u64{1} << 40 : next.value - now.value - 1;
  device.update(Cycles(now.value + (span == 0 ? 0 : pick % (span + 1))));
  check(device.irq() == line, "the line moved without an event");
}

constexpr unsigned kMostSteps = 512;

/// Reads, writes and lets time pass as the input says. Offsets are those of registers more often than not.
template <class Device>
void drive_device(Device& device, Input& input) {
  const auto registers = Device::registers();
  Cycles now(0);
  for (unsigned step = 0; step < kMostSteps && !input.empty(); ++step) {
    const u8 action = input.byte();
    u32 offset = input.below(static_cast<u32>(registers.size()) + 1);
    offset = offset < registers.size() ? registers[offset].offset : input.half() % (2 * Device::kSize);
    static constexpr unsigned kSizes[] = {4, 4, 4, 4, 1, 2, 4, 3};
    const unsigned size = kSizes[action >> 2 & 7];
    u32 value = ~0u;
    switch (action & 3) {
      case 0:
        if (device.read(offset, size, value, now)) {
          u32 again = 0;
          Device copy = device;
          check(size >= 4 || value >> (8 * size) == 0, "a narrow read with more bits than its size");
          check(copy.read(offset, size, again, now), "a read is refused the second time");
        }
        break;
      case 1:
      case 2: device.write(offset, size, (action & 0x80) != 0 ? input.word() : input.byte(), now); break;
      case 3: {
        // Time passes: to the next event, or as far as the input says.
        const Cycles next = device.next_event(now);
        const unsigned scale = action >> 2 & 0x1F;
        u64 to = now.value + (u64{input.byte()} << scale);
        if ((action & 0x80) != 0 && next != kNever) to = next.value;
        now = Cycles(std::min(to, u64{1} << 62));
        break;
      }
    }
    if constexpr (std::is_copy_constructible_v<Device>) check_quiet_until_next_event(device, now, offset * 0x9E3779B9u);
    device.update(now);
  }
}

}  // namespace hypsim::fuzz
