@ SPDX-License-Identifier: Apache-2.0
@ The program round the test instructions. Each test is "bl prologue; instruction; bl epilogue": the prologue loads FPSCR,
@ R4-R6 and all D registers, the epilogue stores them and the scratch memory. The same image runs on hypsim and on QEMU.
@ R9: next inputs, R10: next results, R11: exception taken.
#include "tests/fp/layout.h"

        .syntax unified
        .arch armv7ve
        .fpu neon-vfpv4
        .arm
        .text

        .global _start
_start:
        b       setup
        b       prologue
        b       epilogue
        b       finish

setup:
        cpsid   aif, #0x13
        ldr     r0, =FP_L1_TABLE                @ flat sections: Normal write-back memory, full access
        ldr     r1, =0x00001C0E
        mov     r2, #0x1000
        orr     r3, r1, #0x44000000
        mov     r4, #0
1:      str     r4, [r0], #4
        subs    r2, r2, #1
        bne     1b
        ldr     r0, =FP_L1_TABLE + 0x1100
        mov     r2, #FP_RAM_SIZE >> 20
1:      str     r3, [r0], #4
        add     r3, r3, #0x100000
        subs    r2, r2, #1
        bne     1b
        ldr     r0, =FP_L1_TABLE
        mcr     p15, 0, r0, c2, c0, 0           @ TTBR0
        mov     r0, #0
        mcr     p15, 0, r0, c2, c0, 2           @ TTBCR
        mcr     p15, 0, r0, c8, c7, 0           @ TLBIALL
        mov     r0, #1
        mcr     p15, 0, r0, c3, c0, 0           @ DACR
        ldr     r0, =vectors
        mcr     p15, 0, r0, c12, c0, 0          @ VBAR
        dsb
        isb
        ldr     r1, =FP_PARAMETERS
        ldr     r2, [r1, #PARAM_SCTLR_SET]
        mrc     p15, 0, r0, c1, c0, 0           @ SCTLR
        orr     r0, r0, r2
        orr     r0, r0, #1
        mcr     p15, 0, r0, c1, c0, 0
        mov     r0, #0x00F00000
        mcr     p15, 0, r0, c1, c0, 2           @ CPACR
        isb
        mov     r0, #0x40000000
        vmsr    fpexc, r0
        ldr     r9, =FP_INPUTS
        ldr     r10, =FP_RESULTS
        ldr     r2, [r1, #PARAM_THUMB]
        ldr     r0, =FP_TESTS
        orr     r0, r0, r2
        bx      r0

prologue:
        ldm     r9!, {r0, r4, r5, r6, r8}
        vldm    r8!, {d0-d15}
        vldm    r8, {d16-d31}
        mov     r11, #EXCEPTION_NONE
        vmsr    fpscr, r0
        bx      lr

epilogue:
        vmrs    r0, fpscr
        stm     r10!, {r0, r4, r5, r6, r11}
        add     r10, r10, #4
        vstm    r10!, {d0-d15}
        vstm    r10!, {d16-d31}
        ldr     r7, =FP_SCRATCH
        vldm    r7, {d0-d7}
        vstm    r10!, {d0-d7}
        ldr     r8, =FP_SCRATCH_TEMPLATE
        vldm    r8, {d0-d7}
        vstm    r7, {d0-d7}
        bx      lr

finish:
        ldr     r1, =FP_RESULTS
        sub     r2, r10, r1
        ldr     r3, =write_block
        str     r2, [r3, #8]
        mov     r0, #0x01                       @ SYS_OPEN
        ldr     r1, =open_block
        svc     0x123456
        ldr     r3, =write_block
        str     r0, [r3]
        mov     r0, #0x05                       @ SYS_WRITE
        ldr     r1, =write_block
        svc     0x123456
        mov     r0, #0x18                       @ SYS_EXIT
        ldr     r1, =0x20026                    @ ADP_Stopped_ApplicationExit
        svc     0x123456
1:      b       1b

        .balign 32
vectors:
        b       .
        b       undefined
        b       .
        b       .
        b       data_abort
        b       .
        b       .
        b       .

@ All test instructions are four bytes long: execution goes on behind them.
undefined:
        mov     r11, #EXCEPTION_UNDEFINED
        mrs     r7, spsr
        tst     r7, #0x20
        addne   lr, lr, #2
        movs    pc, lr
data_abort:
        mov     r11, #EXCEPTION_DATA_ABORT
        subs    pc, lr, #4

        .balign 4
open_block:
        .word   file_name, 5, 11                @ "wb"
write_block:
        .word   0, FP_RESULTS, 0
file_name:
        .asciz  "results.bin"
        .balign 4
        .ltorg
