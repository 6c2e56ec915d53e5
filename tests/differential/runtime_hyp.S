@ SPDX-License-Identifier: Apache-2.0
@ The layer above the runtime: Monitor and Hyp mode, with their MMUs off. It starts each sequence, records what Hyp and
@ Monitor mode take, and returns to the sequence as often as the test asks.

        .org    FUZZ_HYP - FUZZ_RAM
hyp_start:
        ldr     r0, =monitor_vectors
        mcr     p15, 0, r0, c12, c0, 1          @ MVBAR
        cps     #0x16
        mov     r0, #0xC00
        mcr     p15, 0, r0, c1, c1, 2           @ NSACR: coprocessors 10 and 11
        ldr     r0, =0x131
        mcr     p15, 0, r0, c1, c1, 0           @ SCR: NS, FW, AW, HCE
        isb
        ldr     r0, =hyp_vectors
        mcr     p15, 4, r0, c12, c0, 0          @ HVBAR
        ldr     r0, =0x80003540
        mcr     p15, 4, r0, c2, c1, 2           @ VTCR: level 1 first, Write-Back, Inner Shareable
        ldr     r0, =FUZZ_STAGE2
        mov     r1, #0
        mcrr    p15, 6, r0, r1, c2              @ VTTBR
        bl      controls_off
        @ The runtime enters and leaves sequences through Hyp mode.
        ldr     r0, =0xE1400070                 @ HVC #0
        ldr     r1, =enter
        str     r0, [r1]
        ldr     r1, =leave
        str     r0, [r1]
        dsb
        mov     r0, #0
        mcr     p15, 0, r0, c7, c5, 0           @ ICIALLU
        isb
        ldr     lr, =start_runtime
        mov     r0, #0x1DB
        msr     spsr_cxsf, r0
        movs    pc, lr

@ Spoils r2
controls_off:
        mrc     p15, 4, r2, c1, c1, 0
        tst     r2, #1                          @ VM
        tsteq   r2, #1 << 27                    @ TGE, which stands for SCTLR.M: QEMU keeps what it has translated
        mcrne   p15, 4, r2, c8, c7, 4           @ TLBIALLNSNH
        mov     r2, #0
        mcr     p15, 4, r2, c1, c1, 0           @ HCR
        mcr     p15, 4, r2, c1, c1, 3           @ HSTR
        mrc     p15, 4, r2, c1, c1, 1           @ HDCR
        and     r2, r2, #0x1F
        mcr     p15, 4, r2, c1, c1, 1
        ldr     r2, =0x33FF
        mcr     p15, 4, r2, c1, c1, 2           @ HCPTR
        isb
        bx      lr

@ The test's registers are in place, its PC and CPSR in LR_und and SPSR_und.
hyp_enter:
        ldr     r3, =FUZZ_PARAMETERS
        ldr     r2, [r3, #PARAM_INDEX]
        ldr     r3, =FUZZ_TESTS
        add     r3, r3, r2, lsl #7
        ldr     r2, [r3, #TEST_RESUME]
        lsr     r2, r2, #8
        str     r2, hyp_resumes
        mov     r2, #0
        mcrr    p15, 0, r2, r2, c7              @ PAR
        mcr     p15, 0, r2, c13, c0, 1          @ CONTEXTIDR
        mcr     p15, 0, r2, c13, c0, 2          @ TPIDRURW
        mcr     p15, 0, r2, c13, c0, 3          @ TPIDRURO
        mcr     p15, 0, r2, c13, c0, 4          @ TPIDRPRW
        mcr     p15, 2, r2, c0, c0, 0           @ CSSELR
        mcr     p15, 4, r2, c13, c0, 2          @ HTPIDR
        mcr     p15, 4, r2, c10, c2, 0          @ HMAIR0
        mcr     p15, 4, r2, c10, c2, 1          @ HMAIR1
        ldr     r2, [r3, #TEST_HSTR]
        mcr     p15, 4, r2, c1, c1, 3
        ldr     r2, [r3, #TEST_HCPTR]
        mcr     p15, 4, r2, c1, c1, 2
        mov     r2, #0
        mcr     p15, 4, r2, c6, c0, 0           @ HDFAR
        mcr     p15, 4, r2, c6, c0, 2           @ HIFAR
        mcr     p15, 4, r2, c6, c0, 4           @ HPFAR
        mcr     p15, 4, r2, c5, c2, 0           @ HSR
        mrs     r2, lr_und
        msr     elr_hyp, r2
        mrs     r2, spsr_und
        msr     spsr_cxsf, r2
        mov     sp, #0x5A
        ldr     r2, [r3, #TEST_HCR]
        mcr     p15, 4, r2, c1, c1, 0
        tst     r2, #1
        tsteq   r2, #1 << 27
        mcrne   p15, 4, r2, c8, c7, 4
        isb
        b       hyp_return

        .org    FUZZ_HYP - FUZZ_RAM + 0x200
hyp_vectors:
        b       .
        b       hyp_undefined
        b       hyp_svc
        b       hyp_prefetch_abort
        b       hyp_data_abort
        b       hyp_trap
        b       hyp_irq
        b       hyp_fiq
        .macro  take_hyp name, kind
hyp_\name:
        str     r0, hyp_saved
        mov     r0, #\kind
        b       hyp_common
        .endm
        take_hyp undefined, 9
        take_hyp svc, 10
        take_hyp prefetch_abort, 11
        take_hyp data_abort, 12
        take_hyp trap, 13
        take_hyp irq, 14
        take_hyp fiq, 15

hyp_common:
        str     r1, hyp_saved + 4
        str     r2, hyp_saved + 8
        str     r3, hyp_saved + 12
        str     r14, hyp_saved + 16             @ LR_usr
        mrs     r1, elr_hyp
        ldr     r2, =enter + 4
        cmp     r1, r2
        beq     hyp_enter
        ldr     r2, =leave + 4
        cmp     r1, r2
        bne     1f
        bl      controls_off
        b       hyp_return

1:      mrs     r2, spsr
        ldr     r3, =record
        str     r0, [r3, #REC_KIND]
        str     r1, [r3, #REC_LR]
        str     r2, [r3, #REC_SPSR]
        cmp     r0, #18
        mrcne   p15, 4, r0, c5, c2, 0
        moveq   r0, #0
        str     r0, [r3, #REC_HSR]
        mrc     p15, 4, r0, c6, c0, 0
        str     r0, [r3, #REC_HDFAR]
        mrc     p15, 4, r0, c6, c0, 2
        str     r0, [r3, #REC_HIFAR]
        mrc     p15, 4, r0, c6, c0, 4
        str     r0, [r3, #REC_HPFAR]
        str     sp, [r3, #REC_SP_HYP]

        ldr     r0, hyp_resumes
        subs    r0, r0, #1
        blo     hyp_end
        str     r0, hyp_resumes
        @ What came of it goes into the trace.
        ldr     r0, [r3, #REC_TRACE]
        add     r0, r1, r0, ror #7
        add     r0, r2, r0, ror #7
        ldr     r14, [r3, #REC_HSR]
        add     r0, r14, r0, ror #7
        ldr     r14, [r3, #REC_HPFAR]
        add     r0, r14, r0, ror #7
        ldr     r14, [r3, #REC_KIND]
        add     r0, r14, r0, ror #7
        str     r0, [r3, #REC_TRACE]
        @ Calls return behind themselves, trapped instructions are skipped, everything else ends.
        ldr     r0, [r3, #REC_HSR]
        cmp     r14, #18                        @ SMC
        beq     hyp_counted
        cmp     r14, #10                        @ SVC of Hyp mode
        beq     hyp_counted
        cmp     r14, #13
        bne     hyp_end
        lsr     r14, r0, #26
        cmp     r14, #0x11                      @ SVC under TGE
        beq     hyp_counted
        cmp     r14, #0x12                      @ HVC
        beq     hyp_counted
        cmp     r14, #0
        beq     hyp_end
        cmp     r14, #0x20
        bhs     hyp_end
        tst     r0, #1 << 25
        addeq   r1, r1, #2
        addne   r1, r1, #4
        ldr     r0, [r3, #REC_RETURNS]
        add     r0, r0, #24
        str     r0, [r3, #REC_RETURNS]
        msr     elr_hyp, r1
        advance_it r2, r0, r1
        msr     spsr_cxsf, r2
hyp_counted:
        ldr     r0, [r3, #REC_RETURNS]
        add     r0, r0, #66                     @ instructions of this handler
        str     r0, [r3, #REC_RETURNS]
hyp_return:
        ldr     r0, hyp_saved
        ldr     r1, hyp_saved + 4
        ldr     r2, hyp_saved + 8
        ldr     r3, hyp_saved + 12
        ldr     r14, hyp_saved + 16
        eret

@ The record continues in Undefined mode.
hyp_end:
        bl      controls_off
        ldr     r0, hyp_saved
        str     r0, [r3, #REC_R0]
        add     r0, r3, #(REC_R0 + 4)
        ldr     r1, hyp_saved + 4
        ldr     r2, hyp_saved + 8
        ldr     r3, hyp_saved + 12
        stm     r0, {r1-r7}
        ldr     r0, =record
        ldr     r1, [r0, #REC_SPSR]
        ldr     r14, =record_rest
        msr     elr_hyp, r14
        mov     r14, #0x1DB
        msr     spsr_cxsf, r14
        ldr     r14, hyp_saved + 16
        eret

monitor_smc:
        str     r0, hyp_saved
        mrs     r0, spsr
        str     r0, hyp_saved + 20
        str     lr, hyp_saved + 24
        ldr     lr, =hyp_after_smc
        ldr     r0, =0x1DA
        msr     spsr_cxsf, r0
        movs    pc, lr
hyp_after_smc:
        ldr     r0, hyp_saved + 24
        msr     elr_hyp, r0
        ldr     r0, hyp_saved + 20
        msr     spsr_cxsf, r0
        mov     r0, #18
        b       hyp_common

        .balign 32
monitor_vectors:
        b       .
        b       .
        b       monitor_smc
        b       .
        b       .
        b       .
        b       .
        b       .

hyp_saved:
        .word   0, 0, 0, 0, 0, 0, 0
hyp_resumes:
        .word   0
        .ltorg
