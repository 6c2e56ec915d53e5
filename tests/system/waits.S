// SPDX-License-Identifier: Apache-2.0
// Waits for events and interrupts with interrupts masked; entered in Hyp mode with every mask set. The semihosting
// command line says which:
//   h  Hyp mode: the physical timer's interrupt pending, the event stream on
//   g  a guest: a virtual interrupt pending by HCR.VI, the event stream on
//   n  as h, without the event stream: nothing ends the wait
//   u  as h, the interrupt unmasked: it ends the wait
// Prints "early" or "slept" for WFE, then for WFI: whether the wait took a quarter of the stream's period.
    .syntax unified
    .arch armv7ve
    .arch_extension virt
    .set  GICD, 0x08000000
    .set  GICC, 0x08010000
    .set  PERIOD, 16384                 // ticks: CNTHCTL.EVNTI = 13, at each rise of that bit

    .global _start
_start:
    ldr   sp, =0x40800000
    ldr   r0, =vectors
    mcr   p15, 4, r0, c12, c0, 0        // HVBAR
    mov   r0, #0x15
    ldr   r1, =cmdline_block
    svc   #0x123456
    ldr   r0, =cmdline
    ldrb  r9, [r0]
    cmp   r9, #'n'
    movne r0, #4
    moveq r0, #0
    orr   r0, r0, #3
    orr   r0, r0, #13 << 4
    mcr   p15, 4, r0, c14, c1, 0        // CNTHCTL: EVNTEN, EVNTI
    cmp   r9, #'g'
    beq   guest_case

    ldr   r4, =GICD
    mov   r0, #1
    str   r0, [r4]
    mov   r0, #1 << 26
    str   r0, [r4, #0x100]
    ldr   r4, =GICC
    mov   r0, #0xf8
    str   r0, [r4, #4]
    mov   r0, #1
    str   r0, [r4]
    mov   r0, #0
    mov   r1, #0
    mcrr  p15, 6, r0, r1, c14           // CNTHP_CVAL: in the past
    mov   r0, #1
    mcr   p15, 4, r0, c14, c2, 1        // CNTHP_CTL
    isb
    dsb
    cmp   r9, #'u'
    beq   unmasked_case
    bl    waits
exit:
    mov   r0, #0x18
    ldr   r1, =0x20026
    svc   #0x123456
    b     .

// The interrupt comes inside the wait: not before.
unmasked_case:
    mrrc  p15, 0, r0, r1, c14
    ldr   r2, =20000
    adds  r0, r0, r2
    adc   r1, r1, #0
    mcrr  p15, 6, r0, r1, c14
    mov   r0, #3
    mcr   p15, 4, r0, c14, c1, 0        // no event stream
    isb
    cpsie i
    sev
    wfe
1:  wfe
    b     1b

guest_case:
    mov   r0, #0x90                     // HCR: VI, IMO
    mcr   p15, 4, r0, c1, c1, 0
    ldr   r0, =guest
    msr   elr_hyp, r0
    mov   r0, #0xd3
    msr   spsr_hyp, r0
    eret
guest:
    ldr   sp, =0x40700000
    bl    waits
    b     exit

// At an edge of the stream: WFE, then WFI.
waits:
    push  {r4-r8, lr}
    sev
    wfe                                 // the event register is clear
    wfe                                 // an edge, or what should not end it
    mrrc  p15, 0, r4, r5, c14           // CNTPCT
    wfe
    bl    verdict
    mrrc  p15, 0, r4, r5, c14
    wfi
    bl    verdict
    pop   {r4-r8, pc}

verdict:
    mrrc  p15, 0, r0, r1, c14
    sub   r0, r0, r4
    cmp   r0, #PERIOD / 4
    ldrlo r1, =early
    ldrhs r1, =slept
    mov   r0, #4
    svc   #0x123456
    bx    lr

irq:
    ldr   r1, =interrupted
    mov   r0, #4
    svc   #0x123456
    b     exit

    .balign 32
vectors:
    .rept 6
    b     .
    .endr
    b     irq
    b     .
    .ltorg

cmdline_block:
    .word cmdline, 64
early:
    .asciz "early\n"
slept:
    .asciz "slept\n"
interrupted:
    .asciz "interrupted\n"
    .balign 4
cmdline:
    .space 64
