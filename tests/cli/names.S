// SPDX-License-Identifier: Apache-2.0
// A row, a phase and a function with names that names_test.py makes bad ones of.
    .syntax unified
    .arch armv7ve
    .global _start
_start:
    mov   r12, #1
    dbg   #1
    bl    phase_AA.part_BB
    dbg   #2
    mov   r0, #0x18
    ldr   r1, =0x20026
    svc   #0x123456

    .global phase_AA.part_BB
    .type phase_AA.part_BB, %function
phase_AA.part_BB:
    nop
    b     end
    .size phase_AA.part_BB, . - phase_AA.part_BB
    .type end, %function
end:
    bx    lr
    .size end, . - end

    .section .hypsim.markers
    .ascii "1 row_AA_BB\n"
