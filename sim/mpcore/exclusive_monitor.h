// SPDX-License-Identifier: Apache-2.0
// The global exclusive monitor of the cluster. ARM DDI 0406C A3.4.2
#pragma once

#include <array>

#include "sim/base/types.h"

namespace hypsim {

constexpr unsigned kMaxCores = 4;

/// One reservation a core, on an exclusives reservation granule of 64 bytes (CTR.ERG of the Cortex-A15). Plain stores
/// of the cores go straight to memory, so the monitor compares: a reservation keeps the doubleword that was there when
/// it was made, and holds only while memory still has it. A store that leaves the same value is not noticed.
class ExclusiveMonitor {
 public:
  static constexpr u64 kGranule = 64;

  void mark(unsigned core, PhysAddr pa, u64 doubleword) { reservations_[core] = {true, pa, doubleword}; }
  void clear(unsigned core) { reservations_[core].valid = false; }
  /// The address that the check must compare, aligned for the doubleword.
  static PhysAddr doubleword_address(PhysAddr pa) { return PhysAddr(pa.value & ~u64{7}); }
  /// The address of the core's last mark.
  PhysAddr marked(unsigned core) const { return reservations_[core].pa; }
  /// Whether `core` may store to `pa`, when the doubleword at the marked address now reads `doubleword`. The store that
  /// follows a true answer ends every reservation on the granule.
  bool check(unsigned core, PhysAddr pa, u64 doubleword) {
    const Reservation own = reservations_[core];
    reservations_[core].valid = false;
    if (!own.valid || granule(own.pa) != granule(pa) || own.doubleword != doubleword) return false;
    for (auto& other : reservations_)
      if (granule(other.pa) == granule(own.pa)) other.valid = false;
    return true;
  }

 private:
  struct Reservation {
    bool valid = false;
    PhysAddr pa{};
    u64 doubleword = 0;
  };
  static u64 granule(PhysAddr pa) { return pa.value / kGranule; }
  std::array<Reservation, kMaxCores> reservations_{};
};

}  // namespace hypsim
