// SPDX-License-Identifier: Apache-2.0
// A guest's start at GUEST_RAM_IPA and its exception vectors. Always A32; the C part is whatever the guest is built as.
#include "guest_machine.h"
#include "hyp_bits.h"

    .syntax unified
    .arm
    .section .text.boot, "ax"
    .global _start
_start:
    b       start
    .balign 32
guest_vectors:
    b       unexpected_reset
    b       undefined
    b       unexpected_svc
    b       unexpected_prefetch_abort
    b       data_abort
    b       .
    b       irq
    b       fiq

start:
    mrc     p15, 0, r0, c0, c0, 5           // MPIDR
    ands    r0, r0, #0xff
    bne     start_second
    cps     #PSR_ABT
    ldr     sp, =abt_stack
    cps     #PSR_UND
    ldr     sp, =und_stack
    cps     #PSR_IRQ
    ldr     sp, =irq_stack
    cps     #PSR_SVC
    ldr     sp, =svc_stack
    ldr     r0, =guest_vectors
    mcr     p15, 0, r0, c12, c0, 0          // VBAR
    isb
    ldr     r0, =guest_main
    blx     r0
    b       .

// The second VCPU has nothing but its interrupts.
start_second:
    cps     #PSR_IRQ
    ldr     sp, =second_irq_stack
    cps     #PSR_SVC
    ldr     sp, =second_svc_stack
    ldr     r0, =guest_vectors
    mcr     p15, 0, r0, c12, c0, 0          // VBAR
    isb
    ldr     r0, =second_main
    blx     r0
    b       .

// An instruction under test: leave a trace of LR, go on where the test says. LR itself may be what is wrong.
undefined:
    push    {r0, r1}
    ldr     r0, =undefined_seen
    mov     r1, #0x04
    b       probed
data_abort:
    push    {r0, r1}
    ldr     r0, =data_abort_seen
    mov     r1, #0x10
probed:
    str     lr, [r0]
    ldr     lr, =probe_resume
    ldr     lr, [lr]
    cmp     lr, #0
    moveq   r0, r1
    beq     unexpected
    pop     {r0, r1}
    movs    pc, lr

irq:
    sub     lr, lr, #4
    push    {r0-r3, r12, lr}
    mov     r0, #0
    ldr     r1, =irq_handler
    blx     r1
    ldm     sp!, {r0-r3, r12, pc}^

// In FIQ mode across an exit: r8-r10 must be the banked ones afterwards.
fiq:
    ldr     r8, =fiqs_seen
    ldr     r9, [r8]
    hvc     #HC_LOWER_FIQ
    add     r9, r9, #1
    str     r9, [r8]
    subs    pc, lr, #4

unexpected_reset:
    mov     r0, #0x00
    b       unexpected
unexpected_svc:
    mov     r0, #0x08
    b       unexpected
unexpected_prefetch_abort:
    mov     r0, #0x0c
unexpected:
    mov     r1, lr
    hvc     #HC_WARN
    b       .

    .pool

    .bss
    .balign 8
    .space  256
abt_stack:
    .space  256
und_stack:
    .space  512
irq_stack:
    .space  4096
svc_stack:
    .space  512
second_irq_stack:
    .space  1024
second_svc_stack:
