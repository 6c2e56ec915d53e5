// SPDX-License-Identifier: Apache-2.0
// From the raw fields of an entry to what an access may do. ARM DDI 0406C B3.7
#pragma once

#include "sim/mmu/access.h"
#include "sim/mmu/fault.h"
#include "sim/mmu/tlb_entry.h"

namespace hypsim {

/// Fills `perms` and `manager_perms` from the raw fields under the access controls of `entry.context`.
void evaluate_permissions(TlbEntry& entry);

/// Whether the entry takes an access flag fault: SCTLR.AFE makes AP[0] the access flag of short descriptors.
bool access_flag_clear(const TlbEntry& entry);

/// Rights of one privilege level, DACR and stage 2 included.
u8 effective_rights(const TlbEntry& entry, u32 dacr, bool privileged);

/// Stage 1's verdict: alignment by the type that stage 1 gives, then Domain, then Permission. SCR.SIF counts to
/// stage 1. ARM DDI 0406C B3.12.3
Fault check_stage1(const TlbEntry& entry, const MmuAccess& access);

/// Stage 2's verdict on an access stage 1 allows, in the same order; `ipa` is the address it translated.
Fault check_stage2(const TlbEntry& entry, const MmuAccess& access, u64 ipa);

/// A stage-1 fault of `entry`'s regime.
Fault stage1_fault(FaultKind kind, const TlbEntry& entry);

}  // namespace hypsim
