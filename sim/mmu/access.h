// SPDX-License-Identifier: Apache-2.0
// One access as the MMU judges it.
#pragma once

#include "sim/base/types.h"
#include "sim/mmu/tlb_entry.h"

namespace hypsim {

enum class AccessKind : u8 {
  Read,
  Write,
  Fetch,
  CacheMaintenance,  ///< by MVA; needs a translation but no permission, and goes through the load TLB
};

/// The right an access needs; 0 if none.
constexpr u8 needed_right(AccessKind kind) {
  switch (kind) {
    case AccessKind::Read: return kRightRead;
    case AccessKind::Write: return kRightWrite;
    case AccessKind::Fetch: return kRightFetch;
    case AccessKind::CacheMaintenance: return 0;
  }
  return 0;
}

struct MmuAccess {
  u32 va = 0;
  AccessKind kind = AccessKind::Read;
  u32 ctx = 0;  ///< tlb_context
  bool privileged = true;
  bool aligned = true;  ///< false: only Normal memory takes it. ARM DDI 0406C A3.2.1
  u32 dacr = 0;

  u32 page() const { return va >> kPageBits; }
  u8 need() const { return needed_right(kind); }
  Regime regime() const { return regime_of(ctx); }
};

}  // namespace hypsim
