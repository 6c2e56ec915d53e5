// SPDX-License-Identifier: Apache-2.0
// A guest that makes hypsim remember things; entered in Hyp mode. The semihosting command line says which:
//   o  32,000 unknown semihosting operations, each another number
//   r  40,000 marked regions, each another row
//   s<digit>  that many times 100,000 marked regions of one row, of some thousand lengths
//   t<digit>  that many times 100,000 alarms of the clock, each a second before the last
//   c  3,000 hypercalls of a guest, each with another immediate
    .syntax unified
    .arch armv7ve
    .arch_extension virt
    .global _start
_start:
    ldr   sp, =0x40800000
    mov   r0, #0x15
    ldr   r1, =cmdline_block
    svc   #0x123456
    ldr   r9, =cmdline
    ldrb  r0, [r9]
    cmp   r0, #'o'
    beq   operations
    cmp   r0, #'r'
    beq   rows
    cmp   r0, #'s'
    beq   samples
    cmp   r0, #'t'
    beq   alarms
    cmp   r0, #'c'
    beq   causes
exit:
    mov   r0, #0x18
    ldr   r1, =0x20026
    svc   #0x123456
    b     .

operations:
    mov   r4, #0x1000
    ldr   r5, =32000
1:  mov   r0, r4
    mov   r1, #0
    svc   #0x123456
    add   r4, r4, #1
    subs  r5, r5, #1
    bne   1b
    b     exit

rows:
    mov   r12, #0
    ldr   r5, =40000
1:  dbg   #1
    nop
    dbg   #2
    add   r12, r12, #1
    subs  r5, r5, #1
    bne   1b
    b     exit

samples:
    ldrb  r5, [r9, #1]
    sub   r5, r5, #'0'
    ldr   r6, =100000
    mul   r5, r5, r6
    ldr   r7, =0x12345
    mov   r12, #1
1:  dbg   #1
    ubfx  r8, r7, #0, #12
    tst   r7, #0x3f000             // one in 64 is long
    movne r8, #1
2:  subs  r8, r8, #1
    bhi   2b
    dbg   #2
    lsrs  r7, r7, #1               // a linear feedback shift register
    ldr   r6, =0xA3000000
    eorcs r7, r7, r6
    subs  r5, r5, #1
    bne   1b
    b     exit

alarms:
    ldrb  r5, [r9, #1]
    sub   r5, r5, #'0'
    ldr   r6, =100000
    mul   r5, r5, r6
    ldr   r1, =0x09010000          // PL031
    ldr   r0, [r1]
    ldr   r2, =10000000
    add   r0, r0, r2
    mov   r2, #1
    str   r2, [r1, #0x10]          // RTCIMSC
1:  sub   r0, r0, #1
    str   r0, [r1, #4]             // RTCMR
    ldr   r2, [r1]
    subs  r5, r5, #1
    bne   1b
    b     exit

causes:
    ldr   r0, =vectors
    mcr   p15, 4, r0, c12, c0, 0   // HVBAR
    ldr   r0, =0x80000040          // VTCR: 32 bits of address, from level 1
    mcr   p15, 4, r0, c2, c1, 2
    ldr   r0, =stage2
    mov   r1, #0
    mcrr  p15, 6, r0, r1, c2       // VTTBR
    mov   r0, #1
    mcr   p15, 4, r0, c1, c1, 0    // HCR.VM
    isb
    ldr   r0, =guest
    msr   elr_hyp, r0
    mov   r0, #0xd3
    msr   spsr_hyp, r0
    eret
    .ltorg
guest:
    .set  number, 0
    .rept 3000
    hvc   #number
    .set  number, number + 1
    .endr
    b     exit

    .balign 32
vectors:
    b     .
    b     .
    b     .
    b     .
    b     .
    eret
    b     .
    b     .

    .balign 4096
stage2:
    .irp  gigabyte, 0, 0x40000000, 0x80000000, 0xc0000000
    .word \gigabyte + 0x7fd, 0
    .endr

    .data
cmdline_block:
    .word cmdline, 32
cmdline:
    .space 32
