// SPDX-License-Identifier: Apache-2.0
// Where things stand in the bare machine that vectors run on. Virtual, intermediate and physical addresses are the
// same.
#pragma once

#include "sim/base/bits.h"

namespace hypsim::trap::layout {

constexpr u32 kRam = 0x40000000;  ///< RAM that vectors may use as they like; what lies outside aborts
constexpr u32 kRamBytes = 0x00100000;
/// The instruction ends this page, so that nothing behind it runs: its address is kCodeEnd less its length.
constexpr u32 kCodeEnd = 0x40001000;
constexpr u32 kReturn = 0x40002000;  ///< where LR and ELR_hyp point
constexpr u32 kData = 0x40010000;    ///< where R0 to R12 and SP point
constexpr u32 kVbarNs = 0x40080000;
constexpr u32 kVbarS = 0x40084000;
constexpr u32 kHvbar = 0x40088000;
constexpr u32 kMvbar = 0x4008C000;
constexpr u32 kTables = 0x3F000000;  ///< the identity maps; read-only
constexpr u32 kTablesBytes = 0x00010000;

constexpr u32 instruction_address(u32 length) { return kCodeEnd - length; }

}  // namespace hypsim::trap::layout
