@ SPDX-License-Identifier: Apache-2.0
@ Boot, the vectors of all worlds, and the way into the code of a test and back. The suite itself runs in Hyp mode with the
@ MMU off; where it started in Secure state it brings a monitor of its own.
#include "board.h"
#include "engine.h"

        .syntax unified
        .arch armv7ve
        .arch_extension sec
        .arch_extension virt
        .arm

        .section .text.boot, "ax"
        .global _start
_start:
        cpsid   aif
        mrs     r0, cpsr
        and     r0, r0, #0x1f
        cmp     r0, #MODE_HYP
        beq     start_hyp
        ldr     r0, =probe_vectors
        mcr     p15, 0, r0, c12, c0, 0          @ VBAR
        isb
        mov     r4, #0
        mrc     p15, 0, r0, c1, c1, 0           @ SCR: UNDEFINED in Non-secure state
        cmp     r4, #0
        bne     no_hyp

        ldr     r0, =secure_vectors
        mcr     p15, 0, r0, c12, c0, 0          @ VBAR
        ldr     r0, =monitor_vectors
        mcr     p15, 0, r0, c12, c0, 1          @ MVBAR
        ldr     r0, =SCTLR_BASELINE
        mcr     p15, 0, r0, c1, c0, 0
        mrc     p15, 0, r0, c1, c0, 1           @ ACTLR.SMP
        orr     r0, r0, #0x40
        mcr     p15, 0, r0, c1, c0, 1
        ldr     r0, =NSACR_BASELINE
        mcr     p15, 0, r0, c1, c1, 2
#ifndef TRAPS_NO_GIC
        @ Every interrupt but SGI 8 is Non-secure; SGI 8 is the FIQ.
        ldr     r0, =BOARD_GICD_BASE
        mvn     r1, #0x100
        str     r1, [r0, #0x80]                 @ GICD_IGROUPR0
        mvn     r1, #0
        add     r2, r0, #0x84
        add     r3, r0, #0x100
1:      str     r1, [r2], #4
        cmp     r2, r3
        blo     1b
        mov     r1, #0
        str     r1, [r0, #0x408]                @ GICD_IPRIORITYR: SGI 8 highest
        mov     r1, #0x100
        str     r1, [r0, #0x100]                @ GICD_ISENABLER0
        mov     r1, #3
        str     r1, [r0]                        @ GICD_CTLR: both groups
        ldr     r0, =BOARD_GICC_BASE
        mov     r1, #0xff
        str     r1, [r0, #4]                    @ GICC_PMR
        mov     r1, #0x0b                       @ both groups, group 0 as FIQ
        str     r1, [r0]                        @ GICC_CTLR
#endif
        ldr     r0, =have_monitor
        mov     r1, #1
        str     r1, [r0]
        cpsid   aif, #MODE_MON
        ldr     sp, =record_monitor
        ldr     r0, =SCR_BASELINE
        mcr     p15, 0, r0, c1, c1, 0           @ SCR
        isb
        mov     r0, #(PSR_AIF | MODE_HYP)
        msr     spsr_cxsf, r0
        ldr     lr, =start_hyp
        movs    pc, lr

start_hyp:
        ldr     r0, =hyp_vectors
        mcr     p15, 4, r0, c12, c0, 0          @ HVBAR
        ldr     r0, =HSCTLR_BASELINE
        orr     r0, r0, #0x1000                 @ I
        mcr     p15, 4, r0, c1, c0, 0           @ HSCTLR
        mov     r0, #0
        mcr     p15, 4, r0, c1, c1, 0           @ HCR
        mcr     p15, 4, r0, c1, c1, 2           @ HCPTR
        isb
        ldr     sp, =stack_top
        ldr     r0, =__bss_start
        ldr     r1, =__bss_end
        mov     r2, #0
1:      cmp     r0, r1
        strlo   r2, [r0], #4
        blo     1b
        b       suite_main

no_hyp:
        ldr     sp, =stack_top
        ldr     r0, =no_hyp_text
        b       bail_out

        .balign 32
probe_vectors:
        b       .
        b       1f
        .rept   6
        b       .
        .endr
1:      mov     r4, #1
        movs    pc, lr                          @ the next A32 instruction

        .pool
no_hyp_text:
        .asciz  "started in Non-secure SVC; the suite needs Hyp or Secure SVC"

@ ---------------------------------------------------------------------------------------------------- into a test
        .text
        .global engine_run
engine_run:
        push    {r4-r11, lr}
        ldr     r0, =run
        str     sp, [r0, #RUN_SP]
        mov     r1, #1
        str     r1, [r0, #RUN_ACTIVE]
        ldr     r1, =record_pl1
        .irp    mode, svc, abt, und, irq, fiq
        msr     SP_\mode, r1
        .endr
        ldr     lr, =(LR_PATTERN + MODE_USR)
        ldr     r3, =user_stack
        msr     SP_usr, r3
        ldr     sp, =record_hyp
        ldr     r1, =have_monitor
        ldr     r1, [r1]
        cmp     r1, #0
        beq     1f
enter_by_monitor:
        smc     #0
entered_by_monitor:
        b       .
1:      ldr     r1, [r0, #RUN_CPSR]
        msr     spsr_cxsf, r1
        ldr     r1, [r0, #RUN_PC]
        msr     ELR_hyp, r1
        ldm     r0, {r0-r12}
        eret

@ ---------------------------------------------------------------------------------------------------- and back
@ In Hyp mode, out of an exception to Hyp or back from the monitor.
engine_exit:
        cpsid   aif
        ldr     r4, =run
        mov     r0, #0
        str     r0, [r4, #RUN_ACTIVE]
        ldr     sp, [r4, #RUN_SP]
        ldr     r0, =have_monitor
        ldr     r0, [r0]
        cmp     r0, #0
        beq     1f
restore_by_monitor:
        smc     #0                              @ SCR and NSACR as they were
restored_by_monitor:
1:      pop     {r4-r11, pc}

        .macro  vector_table name, prefix
        .balign 32
\name:
        b       .
        b       \prefix\()_04
        b       \prefix\()_08
        b       \prefix\()_0c
        b       \prefix\()_10
        b       \prefix\()_14
        b       \prefix\()_18
        b       \prefix\()_1c
        .endm
        .macro  entries prefix, world, common
        .irp    offset, 04, 08, 0c, 10, 14, 18, 1c
\prefix\()_\offset:
        stm     sp, {r0-r12}
        ldr     r1, =(\world + 0x\offset)
        b       \common
        .endr
        .endm

        .global pl1_vectors, hyp_vectors, secure_vectors, monitor_vectors
        vector_table pl1_vectors, pl1
        vector_table secure_vectors, secure
        vector_table monitor_vectors, monitor
        vector_table hyp_vectors, hyp

@ SP of every mode points to the record of its world; the return address decides at Hyp and in the monitor who calls.
handlers_start:
        entries pl1, WORLD_PL1, pl1_common
        entries secure, WORLD_SECURE, pl1_common
pl1_common:
        mov     r0, sp
        str     r1, [r0, #REC_VECTOR]
        mrs     r2, cpsr
        str     r2, [r0, #REC_CPSR]
        str     lr, [r0, #REC_RETURN]
        mrs     r2, spsr
        str     r2, [r0, #REC_SPSR]
        ldr     r4, =run
        str     r0, [r4, #RUN_TAKEN]
        ldr     r5, [r4, #RUN_EXIT_BY_SMC]
        cmp     r5, #0
        bne     1f
        hvc     #0
1:      smc     #0
        b       .
handlers_end:
        .pool

        entries hyp, WORLD_HYP, hyp_common
hyp_common:
        mov     r0, sp
        str     r1, [r0, #REC_VECTOR]
        mrs     r3, cpsr
        str     r3, [r0, #REC_CPSR]
        mrs     r2, ELR_hyp
        str     r2, [r0, #REC_RETURN]
        mrs     r3, spsr
        str     r3, [r0, #REC_SPSR]
        ldr     r4, =run
        ldr     r5, [r4, #RUN_ACTIVE]
        cmp     r5, #0
        beq     1f
        ldr     r6, =handlers_start
        ldr     r7, =handlers_end
        cmp     r2, r6
        cmphs   r7, r2
        bhi     engine_exit
        str     r0, [r4, #RUN_TAKEN]
        b       engine_exit
1:      sub     sp, sp, #64
        b       engine_unexpected
        .pool

        entries monitor, WORLD_MON, monitor_common
monitor_common:
        mov     r0, sp
        ldr     r4, =run
        cmp     r1, #(WORLD_MON + 8)
        bne     1f
        ldr     r6, =entered_by_monitor
        cmp     lr, r6
        beq     monitor_enter
        ldr     r6, =restored_by_monitor
        cmp     lr, r6
        beq     monitor_restore
        ldr     r6, =handlers_start
        ldr     r7, =handlers_end
        cmp     lr, r6
        cmphs   r7, lr
        bhi     monitor_exit
1:      str     r1, [r0, #REC_VECTOR]
        mrs     r2, cpsr
        str     r2, [r0, #REC_CPSR]
        str     lr, [r0, #REC_RETURN]
        mrs     r2, spsr
        str     r2, [r0, #REC_SPSR]
        str     r0, [r4, #RUN_TAKEN]
monitor_exit:
        ldr     lr, =engine_exit
        mov     r0, #(PSR_AIF | MODE_HYP)
        msr     spsr_cxsf, r0
        ldr     r0, =NSACR_BASELINE
        ldr     r1, =SCR_BASELINE
        b       monitor_leave
monitor_enter:
        ldr     lr, [r4, #RUN_PC]
        ldr     r0, [r4, #RUN_CPSR]
        msr     spsr_cxsf, r0
        ldr     r0, [r4, #RUN_NSACR]
        ldr     r1, [r4, #RUN_SCR]
        mcr     p15, 0, r0, c1, c1, 2           @ NSACR
        mcr     p15, 0, r1, c1, c1, 0           @ SCR
        isb
#ifndef TRAPS_NO_GIC
        ldr     r0, [r4, #RUN_SGI]
        cmp     r0, #0
        ldrne   r1, =(BOARD_GICD_BASE + 0xf00)
        strne   r0, [r1]                        @ GICD_SGIR
        dsb
#endif
        ldm     r4, {r0-r12}
        movs    pc, lr
monitor_restore:
#ifndef TRAPS_NO_GIC
        ldr     r0, =(BOARD_GICD_BASE + 0xf18)
        mov     r1, #1
        str     r1, [r0]                        @ GICD_CPENDSGIR of SGI 8, from this core
#endif
        ldr     r0, =NSACR_BASELINE
        ldr     r1, =SCR_BASELINE
monitor_leave:
        mcr     p15, 0, r0, c1, c1, 2           @ NSACR
        mcr     p15, 0, r1, c1, c1, 0           @ SCR
        isb
        ldr     r4, =run
        movs    pc, lr
        .pool

        .global semihost
semihost:
        push    {r4, lr}
        svc     #0x123456
        pop     {r4, pc}

        .data
        .balign 4
        .global have_monitor
have_monitor:
        .word   0

        .section .noinit, "aw", %nobits
        .balign 64
record_pl1:
        .space  REC_SIZE
record_hyp:
        .space  REC_SIZE
record_monitor:
        .space  REC_SIZE
        .space  64
user_stack:
        .balign 64
        .space  8192
stack_top:
        .space  REC_SIZE                        @ of an exception in the suite itself
