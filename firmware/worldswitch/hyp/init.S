// SPDX-License-Identifier: Apache-2.0
// Hyp before the switch: the vectors that boot installs answer one HVC from SVC, which brings the Hyp regime up.
#include "macros.inc"

    .syntax unified
    .arm
    .section .text.hyp_init, "ax"
    .balign 32
phase abi.hyp_init_vectors
    .rept 5
    b       .
    .endr
    b       abi.hyp_init
    b       .
    b       .

// r0 = HTTBR, r1 = HVBAR, r2 = Hyp stack, r3 = VTCR.
phase abi.hyp_init
    mov     sp, r2
    mov     r2, #0
    mcrr    p15, 4, r0, r2, c2          // HTTBR
    mrc     p15, 0, r0, c10, c2, 0
    mcr     p15, 4, r0, c10, c2, 0      // HMAIR0 <- MAIR0
    mrc     p15, 0, r0, c10, c2, 1
    mcr     p15, 4, r0, c10, c2, 1      // HMAIR1 <- MAIR1
    mrc     p15, 0, r0, c2, c0, 2       // TTBCR
    move32  r2, TCR_COPIED
    and     r0, r0, r2
    move32  r2, HTCR_RES1
    orr     r0, r0, r2
    mcr     p15, 4, r0, c2, c0, 2       // HTCR
    mcr     p15, 4, r3, c2, c1, 2       // VTCR
    mcr     p15, 4, r0, c8, c7, 0       // TLBIALLH
    dsb
    isb
    move32  r0, HSCTLR_VALUE
    mcr     p15, 4, r0, c1, c0, 0       // HSCTLR
    isb
    mcr     p15, 4, r1, c12, c0, 0      // HVBAR
    isb
    eret

// hyp_bring_up(httbr, hvbar, stack, vtcr), from SVC.
    .global hyp_bring_up
    .type hyp_bring_up, %function
hyp_bring_up:
    hvc     #0
    bx      lr
