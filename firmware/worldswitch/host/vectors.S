// SPDX-License-Identifier: Apache-2.0
// The host's PL1 exceptions, and the way to the PL0 process and back.
#include "hyp_bits.h"

    .syntax unified
    .arm
    .text
    .balign 32
    .global host_vectors
host_vectors:
    b       .
    b       host_undefined
    b       host_svc
    b       host_prefetch_abort
    b       host_data_abort
    b       .
    b       host_irq
    b       .

// r0 -> {r0, return address, CPSR} of the interrupted code; SVC mode, IRQs masked. Also the v9 switch's back door.
    .global __irq_svc
    .type __irq_svc, %function
__irq_svc:
    sub     sp, sp, #8                      // return address, CPSR
    push    {r0-r12, lr}
    ldm     r0, {r1-r3}
    str     r1, [sp]
    str     r2, [sp, #56]
    str     r3, [sp, #60]
    mov     r4, sp
    bic     sp, sp, #7
    bl      irq_handler
    mov     sp, r4
    pop     {r0-r12, lr}
    rfeia   sp!

host_irq:
    sub     lr, lr, #4
    str     r0, [sp, #-12]
    str     lr, [sp, #-8]
    mrs     r0, spsr
    str     r0, [sp, #-4]
    sub     r0, sp, #12
    cps     #PSR_SVC
    b       __irq_svc

// SVC from the PL0 process ends user_call. From SVC mode it is a semihosting call that nobody answered.
host_svc:
    push    {r1, r2}
    mrs     r1, spsr
    and     r1, r1, #PSR_MODE_MASK
    cmp     r1, #PSR_USR
    pop     {r1, r2}
    mvnne   r0, #0
    movsne  pc, lr
    cpsie   i
    pop     {r4-r11, pc}

// user_call(entry, stack): runs the PL0 process until its SVC; its r0 is the result.
    .global user_call
    .type user_call, %function
user_call:
    push    {r4-r11, lr}
    cpsid   i                               // SPSR and LR must survive until the return to User mode
    msr     SP_usr, r1
    mov     r1, #PSR_USR
    msr     spsr_cxsf, r1
    movs    pc, r0

host_undefined:
    mov     r0, #1
    b       host_crash
host_prefetch_abort:
    mov     r0, #3
    b       host_crash
host_data_abort:
    mov     r0, #4
host_crash:
    mov     r1, lr
    cps     #PSR_SVC
    bl      host_exception
    b       .

// Pattern in the banks that the host does not use, so that a switch that loses them is seen.
    .global host_fiq_fill
    .type host_fiq_fill, %function
host_fiq_fill:
    msr     R8_fiq, r0
    add     r0, r0, #1
    msr     R9_fiq, r0
    add     r0, r0, #1
    msr     R10_fiq, r0
    add     r0, r0, #1
    msr     R11_fiq, r0
    add     r0, r0, #1
    msr     R12_fiq, r0
    bx      lr

// host_fiq_check(first): 0 when the pattern is whole.
    .global host_fiq_check
    .type host_fiq_check, %function
host_fiq_check:
    mrs     r1, R8_fiq
    mrs     r2, R12_fiq
    subs    r1, r1, r0
    sub     r2, r2, r0
    subs    r2, r2, #4
    orr     r0, r1, r2
    bx      lr
