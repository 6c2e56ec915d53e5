// SPDX-License-Identifier: Apache-2.0
// Branches that only a trained predictor gets right, and in each round instruction cache maintenance, for --entry secure.
// The semihosting command line: '0' or '1', which is written to ACTLR.IBE; then 'a' ICIALLU, 'm' ICIMVAU, 'n' neither.
    .syntax unified
    .arch armv7ve
    .global _start
_start:
    mov   r0, #0x15
    ldr   r1, =cmdline_block
    svc   #0x123456
    ldr   r4, =cmdline
    ldrb  r5, [r4]
    ldrb  r6, [r4, #1]
    mrc   p15, 0, r0, c1, c0, 1
    bfi   r0, r5, #0, #1                    // ACTLR.IBE
    mcr   p15, 0, r0, c1, c0, 1
    mrc   p15, 0, r0, c1, c0, 0
    orr   r0, r0, #0x1800                   // SCTLR.{I,Z,C,M}: without the MMU nothing is predicted
    orr   r0, r0, #0x5
    ldr   r1, =0x40400000                   // sections of write-back memory, each where it is
    mcr   p15, 0, r1, c2, c0, 0             // TTBR0
    ldr   r2, =0xc0e
2:  str   r2, [r1], #4
    adds  r2, r2, #0x100000
    bcc   2b
    mvn   r1, #0
    mcr   p15, 0, r1, c3, c0, 0             // DACR: manager
    dsb
    mcr   p15, 0, r0, c1, c0, 0
    isb
    mov   r7, #500
    ldr   r8, =leaves
round:
    mov   r9, #0
1:  add   r0, r8, r9, lsl #3
    blx   r0
    add   r9, r9, #1
    cmp   r9, #8
    bne   1b
    mov   r0, #0
    cmp   r6, #'a'
    mcreq p15, 0, r0, c7, c5, 0
    cmp   r6, #'m'
    mcreq p15, 0, r8, c7, c5, 1
    isb
    subs  r7, r7, #1
    bne   round
    mov   r0, #0x18
    ldr   r1, =0x20026
    svc   #0x123456
    .balign 32
leaves:
    .rept 8
    nop
    bx    lr
    .endr
    .ltorg
cmdline_block: .word cmdline, 16
cmdline:       .space 16
