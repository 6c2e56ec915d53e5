// SPDX-License-Identifier: Apache-2.0
// The global exclusive monitor of the cluster. ARM DDI 0406C A3.4.2
#pragma once

#include <array>

#include "sim/base/types.h"

namespace hypsim {

constexpr unsigned kMaxCores = 4;

/// One reservation a core, on an exclusives reservation granule of 64 bytes (CTR.ERG of the Cortex-A15). Any store of
/// another observer to the granule ends it, whatever the value. A core's own plain stores do not, as its local monitor
/// does not see them either (IMPLEMENTATION DEFINED).
///
/// Who tells the monitor of stores: those that a core does in generated code or through its look-aside are not
/// announced. So while a core that is not running holds a reservation, the others keep its page out of their
/// look-asides (Core::watch_stores).
class ExclusiveMonitor {
 public:
  static constexpr u64 kGranule = 64;

  void mark(unsigned core, PhysAddr pa) { reservations_[core] = {true, pa.value / kGranule}; }
  bool marked(unsigned core) const { return reservations_[core].valid; }
  /// The address of the core's last mark, to the granule.
  PhysAddr address(unsigned core) const { return PhysAddr(reservations_[core].granule * kGranule); }

  /// `size` bytes at `pa` are stored to by core `by`, or by another observer if it is no core's number.
  void store(unsigned by, PhysAddr pa, u64 size) {
    const u64 first = pa.value / kGranule, last = (pa.value + size - 1) / kGranule;
    for (unsigned core = 0; core < kMaxCores; ++core) {
      Reservation& r = reservations_[core];
      if (core != by && first <= r.granule && r.granule <= last) r.valid = false;
    }
  }
  /// Whether the exclusive store of `core` to `pa` passes. It uses up the core's reservation; the caller reports the
  /// store.
  bool check(unsigned core, PhysAddr pa) {
    Reservation& own = reservations_[core];
    const bool passes = own.valid && own.granule == pa.value / kGranule;
    own.valid = false;
    return passes;
  }

 private:
  struct Reservation {
    bool valid = false;
    u64 granule = 0;
  };
  std::array<Reservation, kMaxCores> reservations_{};
};

}  // namespace hypsim
