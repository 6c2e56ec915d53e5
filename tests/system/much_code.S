@ SPDX-License-Identifier: Apache-2.0
@ More code than is worth keeping: BYTES of it, run once at each of COPIES addresses a megabyte apart (COPIES > 0), or
@ TURNS times where it is. Each instruction adds a number to R0; what comes out must be SUM.
        .syntax unified
        .arch   armv7ve
        .arm
        .equ    CODE, 0x41000000
        .equ    TABLE, 0x40300000
        .equ    ALIASES, 0x50000000
        .global _start
_start: ldr     r4, =CODE
        ldr     r5, =BYTES
        ldr     r6, =0xE2800000         @ add r0, r0, #n
        mov     r7, #0
1:      and     r8, r7, #0xFF
        orr     r8, r8, r6
        str     r8, [r4], #4
        add     r7, r7, #1
        subs    r5, r5, #4
        bne     1b
        ldr     r8, =0xE12FFF1E         @ bx lr
        str     r8, [r4]

        ldr     r1, =TABLE              @ sections, each its own address; the copies above ALIASES
        mov     r2, #0
        ldr     r3, =0x11C0E            @ Normal, cacheable
2:      orr     r4, r3, r2, lsl #20
        str     r4, [r1, r2, lsl #2]
        add     r2, r2, #1
        cmp     r2, #4096
        bne     2b
        ldr     r2, =ALIASES >> 20
        ldr     r5, =COPIES
        ldr     r4, =CODE | 0x11C0E
3:      cmp     r5, #0
        beq     4f
        str     r4, [r1, r2, lsl #2]
        add     r2, r2, #1
        sub     r5, r5, #1
        b       3b
4:      mcr     p15, 0, r1, c2, c0, 0   @ TTBR0
        mov     r1, #1
        mcr     p15, 0, r1, c3, c0, 0   @ DACR
        mcr     p15, 0, r1, c8, c7, 0   @ TLBIALL
        mcr     p15, 0, r1, c7, c5, 0   @ ICIALLU
        dsb
        isb
        mrc     p15, 0, r1, c1, c0, 0   @ SCTLR: M, C, Z, I
        orr     r1, r1, #5
        orr     r1, r1, #0x1800
        mcr     p15, 0, r1, c1, c0, 0
        isb

        mov     r0, #0
        ldr     r4, =CODE
        ldr     r5, =TURNS
        ldr     r6, =COPIES
        cmp     r6, #0
        ldrne   r4, =ALIASES
        movne   r5, r6
5:      blx     r4
        cmp     r6, #0
        addne   r4, r4, #0x100000
        subs    r5, r5, #1
        bne     5b

        ldr     r1, =SUM
        cmp     r0, r1
        ldreq   r1, =0x20026            @ ADP_Stopped_ApplicationExit
        ldrne   r1, =0x20023            @ ADP_Stopped_RunTimeErrorUnknown
        mov     r0, #0x18               @ SYS_EXIT
        svc     #0x123456
        b       .
        .ltorg
