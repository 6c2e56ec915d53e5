// SPDX-License-Identifier: Apache-2.0
// From the raw fields of an entry to what an access may do. ARM DDI 0406C B3.7
#pragma once

#include "sim/mmu/fault.h"
#include "sim/mmu/mmu.h"
#include "sim/mmu/tlb_entry.h"

namespace hypsim {

/// The right an access needs.
constexpr u8 needed_right(AccessKind kind) {
  switch (kind) {
    case AccessKind::Write: return kRightWrite;
    case AccessKind::Fetch: return kRightFetch;
    default: return kRightRead;
  }
}

/// Fills `perms` and `manager_perms` from the raw fields under the access controls of `entry.context`.
void evaluate_permissions(TlbEntry& entry);

/// Whether the entry takes an access flag fault: SCTLR.AFE makes AP[0] the access flag of short descriptors.
bool access_flag_clear(const TlbEntry& entry);

/// Rights of one privilege level, DACR and stage 2 included.
u8 effective_rights(const TlbEntry& entry, u32 dacr, bool privileged);

/// Stage 1's verdict: Domain, then Permission. SCR.SIF counts to stage 1.
Fault check_stage1(const TlbEntry& entry, u32 dacr, u8 need, bool privileged);

/// Stage 2's verdict on an access stage 1 allows; `ipa` is the address it translated.
Fault check_stage2(const TlbEntry& entry, u8 need, u64 ipa);

/// A stage-1 fault of `entry`'s regime.
Fault stage1_fault(FaultKind kind, const TlbEntry& entry);

}  // namespace hypsim
