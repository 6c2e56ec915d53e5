// SPDX-License-Identifier: Apache-2.0
// The pieces of the table and the shorthand that they share. Included by the row files alone.
#pragma once

#include "sim/cpu/sysreg/table.h"

namespace hypsim::sysreg {

using Regs = SystemRegisters;
using hyp::TrapGroup;

std::span<const Row> rows_c0_id();
std::span<const Row> rows_c1_control();
std::span<const Row> rows_c2_c3_translation();
std::span<const Row> rows_c5_c6_faults();
std::span<const Row> rows_c7_maintenance();
std::span<const Row> rows_c8_tlb();
std::span<const Row> rows_c9_pmu();
std::span<const Row> rows_c10_attributes();
std::span<const Row> rows_c12_c13();
std::span<const Row> rows_c14_timer();
std::span<const Row> rows_c15_implementation();
std::span<const Row> rows_cp14_debug();
std::span<const Row> rows_cp14_thumbee_jazelle();

/// VTTBR.VMID.
constexpr Vmid vmid_of(const SystemRegisters& regs) { return Vmid(static_cast<u8>(bits(regs.vttbr, 55, 48))); }

/// HCR.FB turns local maintenance by Non-secure PL1 into Inner Shareable maintenance. ARM DDI 0406C B1.14.4
inline bool forced_broadcast(const Call& call) { return call.view == kPl1Ns && bit(call.regs().hcr, hcr::FB); }

}  // namespace hypsim::sysreg
