// SPDX-License-Identifier: Apache-2.0
// A switch as hypervisors in assembly have it: one function whose size is known, labels behind it that have neither
// type nor size, in A32 and T32, parts that a compiler split off, literals among the code. Enters and leaves a guest
// four times; the row is named in the marker section.
    .syntax unified
    .arch armv7ve
    .arch_extension virt
    .global _start
    .section .text.init, "ax"
_start:
    ldr   r0, =vectors
    mcr   p15, 4, r0, c12, c0, 0        // HVBAR
    mov   r0, #0
    mcr   p15, 4, r0, c2, c1, 2         // VTCR
    ldr   sp, =0x40300000
    mov   r12, #7
    dbg   #1
    mov   r4, #4
    b     world_switch

    .section .text, "ax"
    .global hyp_panic
    .type hyp_panic, %function
hyp_panic:                              // 24 bytes, and never run
    .rept 5
    nop
    .endr
    b     hyp_panic
    .size hyp_panic, . - hyp_panic

    .global world_switch                // a label, as ENTRY() makes it
world_switch:
    ldr   r0, =0x1d3
    msr   spsr_cxsf, r0
    ldr   r0, =guest
    msr   elr_hyp, r0
    b     pool_end
literals:
    .word 0x12345678
    .ltorg
pool_end:
    bl    counted
    .thumb
    .thumb_func
thumb_helper_caller:
    nop
    eret

guest_trap:                             // T32, local, no type
    subs  r4, r4, #1
    beq   finished
    nop
    eret
finished:
    dbg   #2
    movs  r0, #0x18
    ldr   r1, =0x20026
    svc   #0xab
    .ltorg

    .arm
    .type counted, %function
counted:
    push  {lr}
inside:                                 // a label inside a function
    nop
    nop
    pop   {lr}
    ldr   pc, =thumb_helper_caller
    .ltorg
    .size counted, . - counted

    .balign 32
vectors:
    .rept 5
    b     .
    .endr
    ldr   pc, =guest_trap + 1
    b     .
    b     .
    .ltorg

    .section .text.guest, "ax"
guest:
    hvc   #3
    b     guest

    .section .hypsim.markers, "", %progbits
    .ascii "7 the_row\n"
