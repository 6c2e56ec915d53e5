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
    b       unexpected_fiq

start:
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

// An access or instruction under test: leave a trace, go on after it. It is four bytes long in both instruction sets.
undefined:
    push    {r0, r1}
    ldr     r0, =undefined_seen
    str     lr, [r0]
    mrs     r1, spsr
    tst     r1, #PSR_T
    addne   lr, lr, #2                      // LR is the instruction + 2 in T32, + 4 in A32
    pop     {r0, r1}
    movs    pc, lr

data_abort:
    push    {r0, r1}
    ldr     r0, =data_abort_seen
    str     lr, [r0]
    pop     {r0, r1}
    subs    pc, lr, #4                      // LR is the instruction + 8

irq:
    sub     lr, lr, #4
    push    {r0-r3, r12, lr}
    mov     r0, #0
    ldr     r1, =irq_handler
    blx     r1
    ldm     sp!, {r0-r3, r12, pc}^

unexpected_reset:
    mov     r0, #0x00
    b       unexpected
unexpected_svc:
    mov     r0, #0x08
    b       unexpected
unexpected_prefetch_abort:
    mov     r0, #0x0c
    b       unexpected
unexpected_fiq:
    mov     r0, #0x1c
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
