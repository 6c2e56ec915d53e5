// SPDX-License-Identifier: Apache-2.0
// A guest for the debugger: each core adds to a counter of its own, the first one then waits for the second (if there is
// one) and leaves through semihosting. `quick` and `tail` are places for breakpoints in the middle of a block, `parked` is a loop
// that only a debugger enters and leaves.
        .syntax unified
        .arch armv7ve
        .text
        .arm
        .global _start
_start:
        mrc     p15, 0, r4, c0, c0, 5
        ands    r4, r4, #3
        ldr     sp, =stack_top
        sub     sp, sp, r4, lsl #8
        bne     secondary
        ldr     r6, =counters
        mov     r5, #0
        movw    r7, #5000
loop:
        ldr     r0, [r6]
        add     r0, r0, #1
        .global quick
quick:
        add     r1, r0, r0
        str     r0, [r6]
        str     r1, [r6, #4]
        add     r5, r5, #1
        .global tail
tail:
        cmp     r5, r7
        blo     loop
        bl      leaf
        adr     r1, exit_block
        movw    r0, #0x20               // SYS_EXIT_EXTENDED
        svc     #0x123456
        b       .

        .global leaf
leaf:
        push    {r4, lr}
        ldm     r6, {r2, r3}
        stm     r6, {r2, r3}
        ldrd    r2, r3, [r6]
        pop     {r4, pc}

secondary:
        ldr     r6, =counters
        add     r6, r6, r4, lsl #3
again:
        ldr     r0, [r6]
        add     r0, r0, #1
        str     r0, [r6]
        b       again

        .global parked
parked:
        add     r0, r0, #0
        b       parked

        .align  2
exit_block:
        .word   0x20026, 0              // ADP_Stopped_ApplicationExit, code 0
        .ltorg

        .bss
        .align  12
        .global counters
counters:
        .space  64
        .align  12
        .space  4096
stack_top:
