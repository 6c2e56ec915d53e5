// SPDX-License-Identifier: Apache-2.0
// The place of a device that the board has and hypsim does not model: reads as zeros, or as ones where an empty bus
// would float high, and ignores writes. A driver that looks for an identification there finds none and gives up,
// instead of being stopped by an external abort.
#pragma once

#include "sim/base/bits.h"
#include "sim/base/clock.h"

namespace hypsim {

class Absent {
 public:
  static constexpr u32 kSize = 1u << 30;  ///< the largest there is: a window of a bus below 4 GB

  explicit Absent(bool ones = false) : value_(ones ? ~u32{0} : 0) {}
  void reset() {}
  /// False for an impossible size or alignment, as with any device.
  bool read(u32 offset, unsigned size, u32& value, Cycles) const {
    value = value_;
    return size <= 4 && (size & (size - 1)) == 0 && is_aligned(offset, size);
  }
  bool write(u32 offset, unsigned size, u32, Cycles now) const {
    u32 ignored;
    return read(offset, size, ignored, now);
  }

  void update(Cycles) {}
  bool irq() const { return false; }
  Cycles next_event(Cycles) const { return kNever; }

 private:
  u32 value_;
};

}  // namespace hypsim
