// SPDX-License-Identifier: Apache-2.0
// Offsets of what assembly reads in struct vcpu and struct vm; vm.h asserts each of them.
#ifndef WS_LAYOUT_H
#define WS_LAYOUT_H

#define VCPU_MIDR 0x000
#define VCPU_MPIDR 0x004
#define VCPU_HSR 0x008
#define VCPU_HDFAR 0x00c
#define VCPU_HIFAR 0x010
#define VCPU_HPFAR 0x014
#define VCPU_PC_IPA 0x018
#define VCPU_PC_IPA2 0x01c
#define VCPU_IRQ_LINES 0x020
#define VCPU_HCR 0x024
#define VCPU_CP15_A 0x028  // SCTLR CPACR TTBCR DACR TTBR0(2) TTBR1(2) PRRR NMRR, then CSSELR
#define VCPU_CSSELR 0x050
#define VCPU_CP15_B 0x054  // CONTEXTIDR TPIDRURW TPIDRURO TPIDRPRW DFSR IFSR ADFSR AIFSR DFAR IFAR VBAR
#define VCPU_CP15_C 0x080  // CNTKCTL PAR(2) AMAIR0 AMAIR1
#define VCPU_GP 0x094      // r0-r12
#define VCPU_SP_USR 0x0c8
#define VCPU_LR_USR 0x0cc
#define VCPU_PC 0x0d0
#define VCPU_CPSR 0x0d4
#define VCPU_SVC 0x0d8  // SP LR SPSR
#define VCPU_ABT 0x0e4
#define VCPU_UND 0x0f0
#define VCPU_IRQ 0x0fc
#define VCPU_FIQ 0x108  // r8-r12 SP LR SPSR
#define VCPU_VM 0x128
#define VCPU_VGIC 0x12c  // HCR VMCR MISR EISR0 EISR1 ELRSR0 ELRSR1 APR LR0-3
#define VCPU_CNTV_CTL 0x15c
#define VCPU_CNTV_CVAL 0x160
#define VCPU_TIMER_ON 0x168
#define VCPU_HOST_VFP 0x16c
#define VCPU_VFP 0x170  // d0-d31, FPEXC, FPSCR
#define VCPU_SIZE 0x278

#define VM_VTTBR 0x000
#define VM_CNTVOFF 0x008

#define VFP_FPEXC 0x100

#define EXIT_RESET 0
#define EXIT_UNDEFINED 1
#define EXIT_SOFTWARE 2
#define EXIT_PREF_ABORT 3
#define EXIT_DATA_ABORT 4
#define EXIT_IRQ 5
#define EXIT_FIQ 6
#define EXIT_HVC 7

#endif
