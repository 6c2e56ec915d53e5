// SPDX-License-Identifier: Apache-2.0
// Code that changes, as a guest of two cores meets it: exits with 0, or with the number of the first step that went wrong.
//   1-4  the second half of a T32 instruction across a page end, by each of four kinds of maintenance
//   5    the same, with the instruction cache off and an ISB
//   6-8  code that core 0 reads from the file "new.bin" while core 1 runs it: before it, after broadcast maintenance, and on core 0
    .syntax unified
    .arch armv7ve
    .arch_extension sec

.macro const reg, value
    movw \reg, #:lower16:(\value)
    movt \reg, #:upper16:(\value)
.endm

// The function answers \value, or the guest exits with \step.
.macro expect step, function, value
    mov   r10, #\step
    ldr   r0, =\function
    bl    call_40
    cmp   r0, #\value
    bne   exit
.endm

// The second half of MOVW R0, #n in memory becomes that of n = \value; then R0 is its address.
.macro second_half value
    ldr   r0, =across + 3
    mov   r1, #\value
    strh  r1, [r0, #-1]!
    mcr   p15, 0, r0, c7, c11, 1            // DCCMVAU
    dsb
.endm

.macro synchronise
    dsb
    mcr   p15, 0, r0, c7, c5, 6             // BPIALL
    dsb
    isb
.endm

    .global _start
_start:
    mrc   p15, 0, r0, c0, c0, 5
    ands  r0, r0, #3
    bne   core_1
    ldr   sp, =stack
    bl    cache_on
    expect 1, across, 1
    second_half 2
    mcr   p15, 0, r0, c7, c5, 1             // ICIMVAU of the second half
    synchronise
    expect 1, across, 2
    second_half 3
    ldr   r0, =across - 1
    mcr   p15, 0, r0, c7, c5, 1             // of the first half
    ldr   r0, =across + 3
    mcr   p15, 0, r0, c7, c5, 1             // and of the second
    synchronise
    expect 2, across, 3
    second_half 4
    mcr   p15, 0, r0, c7, c5, 0             // ICIALLU
    synchronise
    expect 3, across, 4
    second_half 5
    mcr   p15, 0, r0, c7, c1, 0             // ICIALLUIS
    synchronise
    expect 4, across, 5
    mrc   p15, 0, r0, c1, c0, 0
    bic   r0, r0, #0x1000
    mcr   p15, 0, r0, c1, c0, 0
    isb
    expect 5, across, 5
    second_half 6
    isb
    expect 5, across, 6
    bl    cache_on

    ldr   r0, =0x84000003                   // PSCI CPU_ON
    mov   r1, #1
    ldr   r2, =_start
    mov   r3, #0
    smc   #0
    ldr   r4, =seen
    mov   r10, #6
1:  ldr   r0, [r4]
    cmp   r0, #100                          // core 1 has called often
    blo   1b
    ldr   r0, [r4, #4]
    cmp   r0, #1
    bne   exit
    expect 6, function, 1
    mov   r0, #0x01                         // SYS_OPEN
    ldr   r1, =open_block
    svc   #0x123456
    ldr   r1, =read_block
    str   r0, [r1]
    mov   r0, #0x06                         // SYS_READ
    svc   #0x123456
    cmp   r0, #0
    bne   exit
    mov   r10, #7
    ldr   r0, =function
    mcr   p15, 0, r0, c7, c11, 1
    dsb
    mcr   p15, 0, r0, c7, c1, 0             // ICIALLUIS
    dsb
    isb
    ldr   r5, [r4]
    add   r5, r5, #100                      // calls that core 1 begins after it
1:  ldr   r0, [r4]
    cmp   r0, r5
    blo   1b
    ldr   r0, [r4, #4]
    cmp   r0, #2
    bne   exit
    expect 8, function, 2
    mov   r10, #0
exit:
    ldr   r1, =exit_block
    str   r10, [r1, #4]
    mov   r0, #0x20                         // SYS_EXIT_EXTENDED
    svc   #0x123456
    b     .

core_1:
    bl    cache_on
    ldr   r4, =seen
1:  ldr   r0, =function
    blx   r0
    str   r0, [r4, #4]
    ldr   r0, [r4]
    add   r0, r0, #1
    str   r0, [r4]
    isb
    b     1b

cache_on:
    mrc   p15, 0, r0, c1, c0, 0
    orr   r0, r0, #0x1000
    mcr   p15, 0, r0, c1, c0, 0
    mcr   p15, 0, r0, c7, c5, 0
    dsb
    isb
    bx    lr

// Calls the function at R0 forty times.
call_40:
    push  {r4, r5, r6, lr}
    mov   r4, r0
    mov   r5, #40
1:  blx   r4
    subs  r5, r5, #1
    bne   1b
    pop   {r4, r5, r6, pc}
    .ltorg

    .balign 4096
    .space 4094
    .thumb
    .thumb_func
across:
    movw  r0, #1
    bx    lr
    .arm
    .balign 4096
function:
    mov   r0, #1
    bx    lr

    .balign 4096
name:
    .asciz "new.bin"
    .balign 4
open_block:
    .word name, 1, 7                        // "rb"
read_block:
    .word 0, function, 8
exit_block:
    .word 0x20026, 0
seen:
    .word 0, 0                              // calls of core 1, and what the last one answered
    .space 1024
stack:
