// SPDX-License-Identifier: Apache-2.0
// A board of 2011: firmware that hands over in Non-secure SVC with HVC disabled, and whose monitor knows no service.
// SCR_VALUE with SCD set does not even let the Non-secure world call it.
    .syntax unified
    .arch armv7ve
    .arch_extension sec
    .global _start
_start:
    adr   r0, monitor_vectors
    mcr   p15, 0, r0, c12, c0, 1        // MVBAR
    mrc   p15, 0, r0, c1, c1, 2         // NSACR: coprocessors 10 and 11
    orr   r0, r0, #0xC00
    mcr   p15, 0, r0, c1, c1, 2
    cps   #0x16
    ldr   r0, =SCR_VALUE                // NS, HCE clear
    mcr   p15, 0, r0, c1, c1, 0
    isb
    ldr   r0, =0x1D3                    // SVC, A, I and F masked
    msr   spsr_cxsf, r0
    ldr   lr, =IMAGE_ENTRY
    movs  pc, lr

    .balign 32
monitor_vectors:
    b     .                             // not used
    b     .
    b     monitor_call
    b     .
    b     .
    b     .
    b     .
    b     .
monitor_call:
    mvn   r0, #0                        // unknown function
    movs  pc, lr
