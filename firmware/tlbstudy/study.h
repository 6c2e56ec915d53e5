// SPDX-License-Identifier: Apache-2.0
// Numbers for C and assembly.
#ifndef TLBSTUDY_H
#define TLBSTUDY_H

#define CALL_TLBIALLNSNH 0
#define CALL_TLBIALLNSNHIS 1
#define CALL_ROLL_OVER 2
#define CALL_SET_VMID 3

#define MAIR0_VALUE 0x000004ff  // 0 normal write-back, 1 Device
#define TCR_SHARED 0x00003500   // inner shareable, write-back
#define HTCR_VALUE (0x80800000 | TCR_SHARED)
#define TTBCR_VALUE (0x80800000 | TCR_SHARED)  // EAE, EPD1
#define VTCR_VALUE (0x80000040 | TCR_SHARED)   // from level 1, 32-bit IPA

// Rows: kind << 12 | operation << 4 | index of the number. scripts/tlb-study reads them.
#define KIND_OPERATION 1
#define KIND_REFILL 2
#define KIND_REMOTE 3
#define KIND_ROLL_OVER 4
#define KIND_ROUND_AFTER 5
#define KIND_ROUND_WARM 6
#define KIND_UNUSED 15

#endif
