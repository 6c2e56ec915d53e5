// SPDX-License-Identifier: Apache-2.0
// Guests that test where runs end, one a symbol, for --entry secure on virt-a15.
//   BUSY   branches, memory, undefined instructions, SVC, WFI and timer interrupts on every core, for ever
//   STORM  nothing but undefined instructions, vectors included
//   ABORTS nothing but data aborts, the handler's own included
//   WRITE  one semihosting call that writes 4 GB; SYS_WRITE0 of a string without an end, for ever, with STRING
//   FAR    sleeps until TICKS of the system counter, prints, sleeps until an alarm two seconds later
//   CHATTER prints for ever
    .syntax unified
    .arch armv7ve
    .global _start
    .equ GICD, 0x08000000
    .equ GICC, 0x08010000
    .equ UART, 0x09000000

.macro map_memory
    ldr   r0, =table
    mcr   p15, 0, r0, c2, c0, 0         // TTBR0
    mvn   r0, #0
    mcr   p15, 0, r0, c3, c0, 0         // DACR: manager
    mrc   p15, 0, r0, c1, c0, 0
    ldr   r1, =0x1805                   // SCTLR.{I,Z,C,M}
    orr   r0, r0, r1
    mcr   p15, 0, r0, c1, c0, 0
    isb
.endm

#ifdef BUSY
_start:
    ldr   r0, =vectors
    mcr   p15, 0, r0, c12, c0, 0        // VBAR
    map_memory
    ldr   r0, =GICD
    mov   r1, #3
    str   r1, [r0]
    ldr   r1, =1 << 27                  // the virtual timer
    str   r1, [r0, #0x100]
    ldr   r10, =GICC
    mov   r1, #0xff
    str   r1, [r10, #4]
    mov   r1, #7
    str   r1, [r10]
    mrc   p15, 0, r8, c0, c0, 5         // MPIDR
    and   r8, r8, #3
    ldr   r0, =data
    add   r8, r0, r8, lsl #12
    mov   r9, #90
    mcr   p15, 0, r9, c14, c3, 0        // CNTV_TVAL
    mov   r9, #1
    mcr   p15, 0, r9, c14, c3, 1        // CNTV_CTL
    cpsie i
again:
    mov   r7, #9
1:  ldr   r1, [r8, r7, lsl #6]
    tst   r7, #1
    addne r1, r1, r7
    mul   r2, r1, r7
    str   r2, [r8, r7, lsl #6]
    bl    leaf
    subs  r7, r7, #1
    bne   1b
    udf   #0
    svc   #0
    adds  r6, r6, #1
    tst   r6, #31
    bne   again
    wfi
    b     again
leaf:
    eor   r3, r2, r1, ror #7
    bx    lr
interrupt:
    ldr   r12, [r10, #0xc]              // GICC_IAR
    mov   r9, #90
    mcr   p15, 0, r9, c14, c3, 0
    str   r12, [r10, #0x10]             // GICC_EOIR
    subs  pc, lr, #4

    .balign 32
vectors:
    b     .
    movs  pc, lr
    movs  pc, lr
    b     .
    b     .
    b     .
    b     interrupt
    b     .
    .ltorg
#endif

#ifdef STORM
_start:
    ldr   r0, =vectors
    mcr   p15, 0, r0, c12, c0, 0
    udf   #0
    .balign 32
vectors:
    .rept 8
    udf   #0
    .endr
#endif

#ifdef ABORTS
_start:
    ldr   r0, =vectors
    mcr   p15, 0, r0, c12, c0, 0
    mrc   p15, 0, r0, c1, c0, 0
    orr   r0, r0, #2                    // SCTLR.A
    mcr   p15, 0, r0, c1, c0, 0
    isb
    ldr   r0, =0x40300001
    ldr   r1, [r0]
    .balign 32
vectors:
    .rept 8
    ldr   r1, [r0]
    .endr
#endif

#ifdef WRITE
_start:                                 // every megabyte is the one at 0x40300000, but for 1 to 2 GB
    map_memory
    ldr   r1, =open_console
    mov   r0, #1
    svc   #0x123456
    ldr   r1, =block
    str   r0, [r1]
#ifdef STRING
    ldr   r0, =0x80000000
    ldr   r1, =0x61616161
2:  str   r1, [r0], #4
    tst   r0, #0x100000
    beq   2b
1:  ldr   r1, =0x80000000
    mov   r0, #4
    svc   #0x123456
    b     1b
#else
    mov   r0, #5
    svc   #0x123456
    b     .
#endif
    .ltorg
name: .asciz ":tt"
    .balign 4
open_console: .word name, 4, 3
block: .word 0, 0, 0xfffffff0
#endif

#ifdef FAR
_start:
    ldr   r2, =ticks
    ldrd  r0, r1, [r2]
    mcrr  p15, 3, r0, r1, c14           // CNTV_CVAL
    mov   r0, #1
    mcr   p15, 0, r0, c14, c3, 1
    ldr   r0, =GICD
    mov   r1, #3
    str   r1, [r0]
    ldr   r1, =1 << 27
    str   r1, [r0, #0x100]
    ldr   r0, =GICC
    mov   r1, #0xff
    str   r1, [r0, #4]
    mov   r1, #7
    str   r1, [r0]
    wfi
    mov   r0, #0
    mcr   p15, 0, r0, c14, c3, 1
    ldr   r0, =0x09010000               // PL031: the second after the next
    ldr   r1, [r0]
    add   r1, r1, #2
    str   r1, [r0, #4]
    mov   r1, #1
    str   r1, [r0, #0x10]
    ldr   r0, =UART
    mov   r1, #'A'
    str   r1, [r0]
2:  wfi
    b     2b
    .ltorg
    .balign 8
ticks: .quad TICKS
#endif

#ifdef CHATTER
_start:
    ldr   r0, =UART
    mov   r1, #'Z'
1:  str   r1, [r0]
    b     1b
    .ltorg
#endif

    .data
    .balign 4096
data: .space 4 * 4096
    .balign 16384
table:                                  // short descriptors, identity: devices below 1 GB, RAM above
    .set  i, 0
    .rept 4096
#ifdef WRITE
    .if   i < 0x400 || i >= 0x800
    .word 0x40301c0e
    .else
    .word i << 20 | 0x1c0e
    .endif
#else
    .if   i < 0x400
    .word i << 20 | 0x0c06
    .else
    .word i << 20 | 0x1c0e
    .endif
#endif
    .set  i, i + 1
    .endr
