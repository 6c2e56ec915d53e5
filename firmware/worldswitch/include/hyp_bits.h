// SPDX-License-Identifier: Apache-2.0
// Bits and values of the Hyp registers, named as in ARM DDI 0406C B4.1. Numbers only: C and assembly.
#ifndef WS_HYP_BITS_H
#define WS_HYP_BITS_H

#define HCR_VI 0x80
#define HCR_VF 0x40

#define HSR_EC_WFI 0x01
#define HSR_EC_CP15_32 0x03
#define HSR_EC_CP15_64 0x04
#define HSR_EC_CP_0_13 0x07
#define HSR_EC_HVC 0x12
#define HSR_EC_SMC 0x13
#define HSR_EC_IABT 0x20
#define HSR_EC_IABT_HYP 0x21
#define HSR_EC_DABT 0x24
#define HSR_EC_DABT_HYP 0x25
#define HSR_EC_COUNT 0x40
#define HSR_IL (1 << 25)
#define HSR_ISV_BIT 24
#define HSR_S1PTW 0x80
#define HSR_FSC_TYPE 0x3c
#define HSR_FSC_PERM 0x0c
#define HSR_FSC_TRANS 0x04
#define HSR_FSC_ACCESS 0x08

// MRC p15, 4, r0, c15, c0, 0 (CBAR into r0), a 32-bit instruction, with CV=1 and COND=always.
#define HSR_CBAR_READ_R0 0x0fe13c01

#define PSR_MODE_MASK 0x1f
#define PSR_USR 0x10
#define PSR_FIQ 0x11
#define PSR_IRQ 0x12
#define PSR_SVC 0x13
#define PSR_ABT 0x17
#define PSR_UND 0x1b
#define PSR_HYP 0x1a
#define PSR_T 0x20
#define PSR_F 0x40
#define PSR_I 0x80
#define PSR_A 0x100
#define PSR_E 0x200
#define PSR_GE 0x000f0000
#define PSR_J 0x01000000
#define PSR_IT 0x0600fc00
#define PSR_Q 0x08000000
#define PSR_N 0x80000000

// v9 (2012): TSC TSW TWI VM BSU=inner FB TAC AMO IMO FMO SWIO; HSTR traps c9 c10 c11 c12 c15.
#define V9_HCR_GUEST 0x0068263b
#define V9_HSTR_GUEST 0x9e00
// 3.9: + TWE TIDCP; HSTR traps c15; HCPTR TTA TCP11 TCP10; HDCR TPM TPMCR.
#define VGIC_HCR_GUEST 0x0078663b
#define VGIC_HSTR_GUEST 0x8000
#define VGIC_HCPTR_GUEST 0x00100c00
#define VGIC_HCPTR_TCP 0x00000c00
#define VGIC_HDCR_GUEST 0x60

#define HSCTLR_VALUE 0x30c5187d  // RES1 bits, M, C, I, CP15BEN
#define HTCR_RES1 0x80800000
#define TTBCR_EAE 0x80000000
#define TTBCR_EPD1 0x00800000
#define TCR_WBWA_IS 0x00003500  // SH0 inner shareable, ORGN0 = IRGN0 = write-back write-allocate
#define TCR_COPIED 0x00003f07   // what HTCR takes from the host's TTBCR
#define VTCR_RES1 0x80000000
#define VTCR_SL0_L1 0x00000040
#define VTCR_T0SZ_40BIT 0x18    // T0SZ = -8: 40-bit IPA, 1024 entries at level 1
#define MAIR0_VALUE 0x004404ff  // 0 normal write-back, 1 Device, 2 normal non-cacheable

#endif
