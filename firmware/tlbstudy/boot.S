// SPDX-License-Identifier: Apache-2.0
// Non-secure Hyp to a guest at PL1 with both stages of translation on, on every core; and what the guest asks of Hyp.
#include "study.h"

#define HSCTLR_ON   0x30c5187d
#define SVC_MASKED  0x1d3
#define STACK_SIZE  4096

    .syntax unified
    .arm
    .arch_extension virt
    .arch_extension sec

// Measured: an operation of Hyp, its DSB and its ISB. r12 = the row.
.macro measured opc1, crm, opc2
    mov     r1, #0
    dbg     #1
    mcr     p15, \opc1, r1, c8, \crm, \opc2
    dsb
    isb
    dbg     #2
    eret
.endm

    .section .text.boot, "ax"
    .global _start
_start:
    ldr     r0, =make_tables            // with the MMU off, on the first core
    ldr     sp, =stacks + STACK_SIZE
    blx     r0
    .global secondary_start
secondary_start:
    ldr     r0, =hyp_vectors
    mcr     p15, 4, r0, c12, c0, 0      // HVBAR
    ldr     r0, =hyp_root
    mov     r1, #0
    mcrr    p15, 4, r0, r1, c2          // HTTBR
    ldr     r0, =MAIR0_VALUE
    mcr     p15, 4, r0, c10, c2, 0      // HMAIR0
    mcr     p15, 0, r0, c10, c2, 0      // MAIR0
    ldr     r0, =HTCR_VALUE
    mcr     p15, 4, r0, c2, c0, 2       // HTCR
    ldr     r0, =VTCR_VALUE
    mcr     p15, 4, r0, c2, c1, 2       // VTCR
    ldr     r0, =stage2_root
    ldr     r1, =(1 << 16)              // VMID 1
    mcrr    p15, 6, r0, r1, c2          // VTTBR
    ldr     r0, =guest_root
    ldr     r1, =(1 << 16)              // ASID 1
    mcrr    p15, 0, r0, r1, c2          // TTBR0
    ldr     r0, =TTBCR_VALUE
    mcr     p15, 0, r0, c2, c0, 2       // TTBCR
    mov     r1, #0
    mcr     p15, 4, r1, c8, c7, 0       // TLBIALLH
    mcr     p15, 4, r1, c8, c7, 4       // TLBIALLNSNH
    mcr     p15, 0, r1, c7, c5, 0       // ICIALLU
    dsb
    isb
    ldr     r0, =HSCTLR_ON
    mcr     p15, 4, r0, c1, c0, 0       // HSCTLR
    isb
    mov     r0, #1
    mcr     p15, 4, r0, c1, c1, 0       // HCR.VM
    ldr     r0, =0x00c5187d             // I, Z, C, M
    mcr     p15, 0, r0, c1, c0, 0       // SCTLR
    mrc     p15, 0, r0, c0, c0, 0
    mcr     p15, 4, r0, c0, c0, 0       // VPIDR
    mrc     p15, 0, r0, c0, c0, 5
    mcr     p15, 4, r0, c0, c0, 5       // VMPIDR
    ldr     r0, =SVC_MASKED
    msr     SPSR_cxsf, r0
    ldr     r0, =guest_start
    msr     ELR_hyp, r0
    eret

guest_start:
    mrc     p15, 0, r0, c0, c0, 5
    and     r0, r0, #3
    ldr     sp, =stacks + STACK_SIZE
    add     sp, sp, r0, lsl #12
    ldr     r1, =study_main
    cmp     r0, #0
    ldrne   r1, =secondary_main
    blx     r1
    b       .

    .balign 32
hyp_vectors:
    .rept 5
    b       .
    .endr
    b       hyp_call
    b       .
    b       .

// r0 = call, r1 = argument; r0-r1 are lost.
hyp_call:
    cmp     r0, #CALL_TLBIALLNSNHIS
    beq     1f
    bhi     2f
    measured 4, c7, 4                   // TLBIALLNSNH
1:  measured 4, c3, 4                   // TLBIALLNSNHIS
2:  cmp     r0, #CALL_ROLL_OVER
    beq     3f
    ldr     r0, =stage2_root            // CALL_SET_VMID
    lsl     r1, r1, #16
    mcrr    p15, 6, r0, r1, c2          // VTTBR
    isb
    eret
3:  mov     r1, #0
    dbg     #1
    dsb
    mcr     p15, 4, r1, c8, c3, 4       // TLBIALLNSNHIS
    mcr     p15, 0, r1, c7, c1, 0       // ICIALLUIS
    dsb
    isb
    dbg     #2
    eret

    .pool

    .bss
    .balign 4096
stacks:
    .space  4 * STACK_SIZE
