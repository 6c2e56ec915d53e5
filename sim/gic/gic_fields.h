// SPDX-License-Identifier: Apache-2.0
// Register offsets and fields of the GIC. ARM IHI 0048B chapters 4 and 5; identification values: ARM DDI 0438 8.3.
#pragma once

#include <bit>

#include "sim/base/bits.h"

namespace hypsim::gicd {
constexpr u32 CTLR = 0x000, TYPER = 0x004, IIDR = 0x008, IGROUPR = 0x080, ISENABLER = 0x100, ICENABLER = 0x180,
              ISPENDR = 0x200, ICPENDR = 0x280, ISACTIVER = 0x300, ICACTIVER = 0x380, IPRIORITYR = 0x400,
              ITARGETSR = 0x800, ICFGR = 0xC00, PPISR = 0xD00, SPISR = 0xD04, NSACR = 0xE00, SGIR = 0xF00,
              CPENDSGIR = 0xF10, SPENDSGIR = 0xF20, PIDR4 = 0xFD0;
constexpr u32 kBitmapBytes = 0x80;  // each of IGROUPR .. ICACTIVER

constexpr u32 kIidr = 0x0000043B;
constexpr u8 kIds[12] = {0x04, 0x00, 0x00, 0x00, 0x90, 0xB4,
                         0x2B, 0x00, 0x0D, 0xF0, 0x05, 0xB1};  // PIDR4-7, 0-3, CIDR0-3
}  // namespace hypsim::gicd

namespace hypsim::gicc {  // GICV has the same layout
constexpr u32 CTLR = 0x0000, PMR = 0x0004, BPR = 0x0008, IAR = 0x000C, EOIR = 0x0010, RPR = 0x0014, HPPIR = 0x0018,
              ABPR = 0x001C, AIAR = 0x0020, AEOIR = 0x0024, AHPPIR = 0x0028, APR0 = 0x00D0, NSAPR0 = 0x00E0,
              IIDR = 0x00FC, DIR = 0x1000;
constexpr u32 kIidr = 0x0002043B;

// GICC_CTLR, Secure view
constexpr unsigned kEnableGrp0 = 0, kEnableGrp1 = 1, kAckCtl = 2, kFiqEn = 3, kCbpr = 4, kFiqBypDisGrp0 = 5,
                   kIrqBypDisGrp0 = 6, kFiqBypDisGrp1 = 7, kIrqBypDisGrp1 = 8, kEoiModeS = 9, kEoiModeNs = 10;
}  // namespace hypsim::gicc

namespace hypsim::gich {
constexpr u32 HCR = 0x000, VTR = 0x004, VMCR = 0x008, MISR = 0x010, EISR0 = 0x020, EISR1 = 0x024, ELRSR0 = 0x030,
              ELRSR1 = 0x034, APR = 0x0F0, LR0 = 0x100;
constexpr u32 kAliasBase = 0x1000, kAliasStride = 0x200;

// GICH_HCR
constexpr unsigned kEn = 0, kUie = 1, kLrenpie = 2, kNpie = 3, kVgrp0Eie = 4, kVgrp0Die = 5, kVgrp1Eie = 6,
                   kVgrp1Die = 7, kEoiCountLow = 27;
constexpr u32 kHcrMask = 0xF80000FF;

// GICH_MISR
constexpr unsigned kMisrEoi = 0, kMisrU = 1, kMisrLrenp = 2, kMisrNp = 3, kMisrVgrp0E = 4, kMisrVgrp0D = 5,
                   kMisrVgrp1E = 6, kMisrVgrp1D = 7;

// GICH_VMCR
constexpr unsigned kVmGrp0En = 0, kVmGrp1En = 1, kVmAckCtl = 2, kVmFiqEn = 3, kVmCbpr = 4, kVem = 9;
constexpr u32 kVmcrControl = 0x0000021F;  // the bits that are GICV_CTLR
constexpr u32 kVmcrReset = 0x004C0000;

// GICH_LR
constexpr u32 kLrMask = 0xFF8FFFFF;
constexpr u32 kPendingState = 1;  // 2 is active, 3 pending and active, 0 invalid
constexpr unsigned kLrEoi = 19, kLrPending = 28, kLrActive = 29, kLrGrp1 = 30, kLrHw = 31;
constexpr u32 lr_id(u32 lr) { return bits(lr, 9, 0); }
constexpr u32 lr_physical_id(u32 lr) { return bits(lr, 19, 10); }
constexpr u32 lr_cpuid(u32 lr) { return bits(lr, 12, 10); }
constexpr u32 lr_state(u32 lr) { return bits(lr, 29, 28); }
constexpr u8 lr_priority(u32 lr) { return static_cast<u8>(bits(lr, 27, 23) << 3); }
}  // namespace hypsim::gich

namespace hypsim::gic {
constexpr u8 kPriorityMask = 0xF8;  // 32 levels
constexpr u8 kIdlePriority = 0xFF;
constexpr u8 kMinBpr = 2, kMinAbpr = 3;  // ARM DDI 0438 8.3.4
constexpr u32 kFirstReservedId = 1020;

/// The group priority bits of a priority under binary point `n` of GICC_BPR. ARM IHI 0048B 3.3.3
constexpr u8 group_mask(unsigned n) { return static_cast<u8>(0xFFu << (n + 1)); }

/// The lowest set bit of an active priorities register as a priority. ARM IHI 0048B 4.4.17
constexpr u8 running(u32 apr) { return apr == 0 ? kIdlePriority : static_cast<u8>(std::countr_zero(apr) << 3); }
}  // namespace hypsim::gic
