// SPDX-License-Identifier: Apache-2.0
// Two IT blocks whose first instruction traps. T32, whatever the rest of the guest is.
#include "hyp_bits.h"

    .syntax unified
    .thumb
    .text
// uint64_t status_across_traps(uint32_t psr): bits 31:8 of the argument, with a condition LT, go into the CPSR. Behind
// the traps r0 has a bit for each instruction that was executed, r1 is the CPSR.
    .global status_across_traps
    .type status_across_traps, %function
    .thumb_func
status_across_traps:
    mrs     r12, CPSR
    msr     CPSR_fsx, r0
    mov.w   r0, #0
    itett   lt
    mrclt   p15, 0, r3, c1, c0, 1       // ACTLR: leaves with ITSTATE 0b10110111, comes back with 0b10101110
    orrge   r0, r0, #1
    orrlt   r0, r0, #2
    orrlt   r0, r0, #4
    ittee   le
    mrcle   p15, 0, r3, c1, c0, 1       // 0b11011001, and back 0b11010010
    orrle   r0, r0, #8
    orrgt   r0, r0, #16
    orrgt   r0, r0, #32
    mrs     r1, CPSR
    msr     CPSR_x, r12
    bx      lr
