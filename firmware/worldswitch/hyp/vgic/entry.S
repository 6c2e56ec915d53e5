// SPDX-License-Identifier: Apache-2.0
// Hyp vectors and the call ABI of 3.9: HVC from the host with r0 = function, r1-r3 = arguments; r0 = -1 asks for HVBAR.
#include "macros.inc"

    .syntax unified
    .arm
    .section .text.hyp, "ax"

// uint32_t hyp_call(function r0, r1, r2, r3), in SVC.
    .global hyp_call
    .type hyp_call, %function
hyp_call:
    hvc     #0
    bx      lr

// Vector 0x14. Only an HVC under VMID 0 is the host's.
phase abi.hyp_hvc
    push    {r0-r2}
    mrc     p15, 4, r0, c5, c2, 0       // HSR
    lsr     r1, r0, #26
    cmp     r1, #HSR_EC_HVC
    bne     handler.guest_trap
    mrrc    p15, 6, r1, r2, c2          // VTTBR
    ubfx    r2, r2, #16, #8
    cmp     r2, #0
    bne     handler.guest_trap
    pop     {r0-r2}
phase abi.host_call
    cmn     r0, #1
    mrceq   p15, 4, r0, c12, c0, 0      // HVBAR
    beq     abi.host_return
    push    {lr}
    mrs     lr, SPSR
    push    {lr}
    mov     lr, r0
    mov     r0, r1
    mov     r1, r2
    mov     r2, r3
    blx     lr
    pop     {lr}
    msr     SPSR_cxsf, lr
    pop     {lr}
phase abi.host_return
    eret

// What Hyp answers itself: CBAR reads as zero. Anything unusual (an IT block, a condition) goes to the host.
phase handler.guest_trap
    move32  r1, HSR_CBAR_READ_R0
    cmp     r0, r1
    bne     handler.guest_exit
    mrs     r1, SPSR
    move32  r2, PSR_IT
    tst     r1, r2
    bne     handler.guest_exit
    mrs     r0, ELR_hyp
    add     r0, r0, #4
    msr     ELR_hyp, r0
    pop     {r0-r2}
    mov     r0, #0
    eret

// r0 = HSR, r1-r2 scratch, all three on the stack.
phase handler.guest_exit
    lsr     r2, r0, #26
    cmp     r2, #HSR_EC_CP_0_13
    beq     vfp.first_use
    mrc     p15, 4, r1, c13, c0, 2      // HTPIDR: the vcpu
    str     r0, [r1, #VCPU_HSR]
    cmp     r2, #HSR_EC_DABT
    cmpne   r2, #HSR_EC_IABT
    mov     r0, #EXIT_HVC
    bne     gp.save_guest

phase handler.fault_address
    push    {r3-r7}
    mov     r0, r1
    cmp     r2, #HSR_EC_DABT
    ldr     r2, [r0, #VCPU_HSR]
    mrc     p15, 4, r3, c6, c0, 0       // HDFAR
    mrcne   p15, 4, r3, c6, c0, 2       // HIFAR
    streq   r3, [r0, #VCPU_HDFAR]
    strne   r3, [r0, #VCPU_HIFAR]
    read_hpfar handler.vanished
    str     r4, [r0, #VCPU_HPFAR]
    mov     r1, r0
    mov     r0, #EXIT_HVC
    pop     {r3-r7}
    b       gp.save_guest

// Stage 1 stopped mapping the page between the fault and now: the guest repeats the access at once.
phase handler.vanished
    pop     {r3-r7}
    pop     {r0-r2}
    eret

phase abi.hyp_irq
    push    {r0-r2}
    mov     r0, #EXIT_IRQ
    mrc     p15, 4, r1, c13, c0, 2      // HTPIDR
    b       gp.save_guest

phase abi.hyp_fiq
.if WS_DEFECT_FIQ_SELF_LOOP
    b       .
.else
    push    {r0-r2}
    mov     r0, #EXIT_FIQ
    mrc     p15, 4, r1, c13, c0, 2
    b       gp.save_guest
.endif

// Table of the Hyp vectors. Exceptions that Hyp takes from itself are fatal: the host never comes back.
    .balign 32
phase abi.hyp_vectors
    b       .
    b       .
    b       .
    b       .
    b       .
    b       abi.hyp_hvc
    b       abi.hyp_irq
    b       abi.hyp_fiq
