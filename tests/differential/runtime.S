@ SPDX-License-Identifier: Apache-2.0
@ The program round the random sequences: runs each from its initial state and records what came of it. The same image
@ runs on hypsim and on QEMU. It lives in Undefined mode, whose R13 and R14 no sequence starts with.
#include "tests/differential/layout.h"

        .syntax unified
        .arch armv7ve
        .arch_extension sec
        .arch_extension virt
        .fpu neon-vfpv4
        .arm
        .text

#define KIND_UNDEFINED 1
#define KIND_SVC 2
#define KIND_PREFETCH_ABORT 3
#define KIND_DATA_ABORT 4
#define KIND_IRQ 6
#define KIND_FIQ 7

@ Moves the ITSTATE of a saved status past one instruction. ARM DDI 0406C A2.5.2
        .macro  advance_it psr, scratch, other
        ubfx    \scratch, \psr, #10, #6
        ubfx    \other, \psr, #25, #2
        orr     \scratch, \other, \scratch, lsl #2
        tst     \scratch, #7
        moveq   \scratch, #0
        and     \other, \scratch, #0xE0
        lsl     \scratch, \scratch, #1
        and     \scratch, \scratch, #0x1F
        orr     \scratch, \other, \scratch
        bfi     \psr, \scratch, #25, #2
        lsr     \scratch, \scratch, #2
        bfi     \psr, \scratch, #10, #6
        .endm

        .global _start
_start:
        ldr     r1, =FUZZ_PARAMETERS
        ldr     r0, [r1, #PARAM_LAYERED]
        cmp     r0, #0
        bne     hyp_start
start_runtime:
        cpsid   aif, #0x1b
        ldr     r0, =FUZZ_L1_TABLE
        mcr     p15, 0, r0, c2, c0, 0           @ TTBR0
        mov     r0, #0
        mcr     p15, 0, r0, c2, c0, 2           @ TTBCR
        mov     r0, #1
        mcr     p15, 0, r0, c3, c0, 0           @ DACR: domain 0 is a client
        ldr     r0, =vectors
        mcr     p15, 0, r0, c12, c0, 0          @ VBAR
        mov     r0, #0
        mcr     p15, 0, r0, c8, c7, 0           @ TLBIALL
        dsb
        isb
        ldr     r1, =FUZZ_PARAMETERS
        mrc     p15, 0, r0, c1, c0, 0           @ SCTLR
        ldr     r2, [r1, #PARAM_SCTLR_SET]
        orr     r0, r0, r2
        str     r0, [r1, #PARAM_SCTLR]
        mcr     p15, 0, r0, c1, c0, 0
        isb
        mov     r0, #0x00F00000
        mcr     p15, 0, r0, c1, c0, 2           @ CPACR: full access to CP10 and CP11
        isb

        @ What lies behind the region page ends every sequence that runs into it.
        ldr     r1, =FUZZ_PARAMETERS
        ldr     r1, [r1, #PARAM_REGION_PIECES]
        cmp     r1, #0
        beq     next_test
        ldr     r0, =FUZZ_REGION
        ldr     r1, =FUZZ_STUB_WORD
        mov     r2, r1
        mov     r3, r1
        mov     r4, r1
        mov     r5, #0x10000
1:      stm     r0!, {r1-r4}
        subs    r5, r5, #1
        bne     1b

next_test:
        ldr     r7, =FUZZ_PARAMETERS
        ldr     r1, [r7, #PARAM_INDEX]
        ldr     r2, [r7, #PARAM_COUNT]
        cmp     r1, r2
        bhs     finish

        @ The world a sequence finds: scratch page, VFP registers, fault registers, banks.
        ldr     r12, =FUZZ_TEMPLATE
        ldr     lr, =FUZZ_SCRATCH
        mov     r0, #128
1:      ldm     r12!, {r1-r6, r8, r9}
        stm     lr!, {r1-r6, r8, r9}
        subs    r0, r0, #1
        bne     1b
        ldr     r12, =FUZZ_REGION_TEMPLATE
        ldr     lr, =FUZZ_REGION
        ldr     r0, [r7, #PARAM_REGION_PIECES]
        cmp     r0, #0
        beq     2f
1:      ldm     r12!, {r1-r6, r8, r9}
        stm     lr!, {r1-r6, r8, r9}
        subs    r0, r0, #1
        bne     1b
2:      mov     r0, #0x40000000
        vmsr    fpexc, r0
        ldr     r0, =FUZZ_TEMPLATE
        vldm    r0!, {d0-d15}
        vldm    r0!, {d16-d31}
        mov     r0, #0
        mcr     p15, 0, r0, c5, c0, 0           @ DFSR
        mcr     p15, 0, r0, c5, c0, 1           @ IFSR
        mcr     p15, 0, r0, c6, c0, 0           @ DFAR
        mcr     p15, 0, r0, c6, c0, 2           @ IFAR
        clrex
        add     r0, r7, #PARAM_BANKS
        .macro  set_bank mode
        cps     #\mode
        ldm     r0!, {sp, lr}
        ldr     r1, [r0], #4
        msr     spsr_cxsf, r1
        .endm
        set_bank 0x13
        set_bank 0x17
        set_bank 0x12
        set_bank 0x11
        mov     r8, #8
        mov     r9, #9
        mov     r10, #10
        mov     r11, #11
        mov     r12, #12
        set_bank 0x1b
        cps     #0x1f
        ldm     r0!, {sp, lr}
        cps     #0x1b

        ldr     r0, =record + REC_TRACE
        mov     r1, #0
        mov     r2, #(REC_END - REC_TRACE) / 4
1:      str     r1, [r0], #4
        subs    r2, r2, #1
        bne     1b

        @ The test's own state
        ldr     r1, [r7, #PARAM_INDEX]
        ldr     r2, [r7, #PARAM_SCTLR]
        ldr     r7, =FUZZ_TESTS
        add     r7, r7, r1, lsl #7
        ldr     r1, [r7, #TEST_SCTLR]
        orr     r2, r2, r1
        mrc     p15, 0, r1, c1, c0, 0
        cmp     r1, r2
        mcrne   p15, 0, r2, c1, c0, 0
        ldr     r1, [r7, #TEST_FPSCR]
        vmsr    fpscr, r1
        ldr     r1, [r7, #TEST_DACR]
        mcr     p15, 0, r1, c3, c0, 0
        isb
        ldr     r1, [r7, #TEST_RESUME]
        and     r1, r1, #0xFF
        ldr     r2, =resumes_left
        str     r1, [r2]
        ldr     r1, [r7, #TEST_CPSR]
        and     r2, r1, #0x1f
        cmp     r2, #0x10
        cmpne   r2, #0x1a
        moveq   r2, #0x1f
        orr     r2, r2, #0xC0
        msr     cpsr_c, r2
        add     r3, r7, #32
        ldm     r3, {r8-r14}
        cps     #0x1b
        msr     spsr_cxsf, r1
        ldr     lr, [r7, #TEST_ENTRY]
        mov     sp, r7
        ldm     sp, {r0-r7}
        ldr     sp, =FUZZ_SCRATCH_VA + 0x1200
enter:  movs    pc, lr                          @ HVC where Hyp mode stands above

finish:
        ldr     r1, =open_block
        mov     r0, #1                          @ SYS_OPEN
        svc     #0x123456
        ldr     r1, =write_results
        str     r0, [r1]
        ldr     r2, [r7, #PARAM_COUNT]
        lsl     r2, r2, #8
        str     r2, [r1, #8]
        ldr     r2, =write_scratch
        str     r0, [r2]
        ldr     r3, =write_region
        str     r0, [r3]
        mov     r0, #5                          @ SYS_WRITE
        svc     #0x123456
        mov     r1, r2
        mov     r0, #5
        svc     #0x123456
        mov     r1, r3
        mov     r0, #5
        svc     #0x123456
        mov     r0, #0x18                       @ SYS_EXIT
        ldr     r1, =0x20026
        svc     #0x123456
        b       .
        .ltorg

        .org    0x800
vectors:
        b       .
        b       take_undefined
        b       take_svc
        b       take_prefetch_abort
        b       take_data_abort
        b       .
        b       take_irq
        b       take_fiq

        .macro  take name, kind
take_\name:
        str     r0, record + REC_R0
        mov     r0, #\kind
        str     r0, record + REC_KIND
        b       record_state
        .endm
        take    undefined, KIND_UNDEFINED
        take    svc, KIND_SVC
        take    prefetch_abort, KIND_PREFETCH_ABORT
        take    data_abort, KIND_DATA_ABORT
        take    irq, KIND_IRQ
        take    fiq, KIND_FIQ

@ What returns to the sequence: calls, virtual interrupts (once), UNDEFINED instructions (skipped), and aborts, after
@ domain 1 has been made a manager.
resume:
        sub     r0, r0, #1
        str     r0, resumes_left
        ldr     r0, =resume_saved
        stm     r0, {r1-r4}
        mrs     r1, spsr
        ldr     r3, record + REC_KIND
        mov     r2, #42                         @ instructions of this handler
        cmp     r3, #KIND_PREFETCH_ABORT
        cmpne   r3, #KIND_DATA_ABORT
        bne     1f
        mrc     p15, 0, r4, c3, c0, 0
        cmp     r4, #0xD
        beq     cannot_resume
        mov     r4, #0xD
        mcr     p15, 0, r4, c3, c0, 0
        isb
        cmp     r3, #KIND_PREFETCH_ABORT
        bne     3f
        tst     r1, #0x20
        bne     3f
        tst     lr, #2
        strne   lr, record + REC_ODD_TARGET
3:
        mov     r2, #50
1:      ldr     r4, record + REC_RETURNS
        add     r4, r4, r2
        str     r4, record + REC_RETURNS
        ldr     r2, record + REC_TRACE
        add     r2, r3, r2, ror #7
        add     r2, lr, r2, ror #7
        add     r2, r1, r2, ror #7
        str     r2, record + REC_TRACE
        cmp     r3, #KIND_PREFETCH_ABORT
        subeq   lr, lr, #4
        cmp     r3, #KIND_DATA_ABORT
        subeq   lr, lr, #8
        cmp     r3, #KIND_IRQ
        subhs   lr, lr, #4
        orrhs   r1, r1, #0xC0
        cmp     r3, #KIND_UNDEFINED
        bne     2f
        tst     r1, #0x20
        beq     2f
        ldr     r2, record + REC_RETURNS
        add     r2, r2, #19
        str     r2, record + REC_RETURNS
        ldrh    r4, [lr, #-2]
        lsr     r4, r4, #11
        cmp     r4, #0x1D
        addhs   lr, lr, #2
        advance_it r1, r2, r3
2:      msr     spsr_cxsf, r1
        ldr     r0, =resume_saved
        ldm     r0, {r1-r4}
        ldr     r0, record + REC_R0
        movs    pc, lr
cannot_resume:
        ldr     r0, =resume_saved
        ldm     r0, {r1-r4}
        b       leave

record_state:
        ldr     r0, resumes_left
        cmp     r0, #0
        bne     resume
leave:  nop                                     @ HVC where Hyp mode stands above
        ldr     r0, =record + REC_R0 + 4
        stm     r0, {r1-r7}
        sub     r0, r0, #(REC_R0 + 4)
        str     lr, [r0, #REC_LR]
        mrs     r1, spsr
        str     r1, [r0, #REC_SPSR]
record_rest:
        mrc     p15, 0, r2, c5, c0, 0
        str     r2, [r0, #REC_DFSR]
        mrc     p15, 0, r2, c6, c0, 0
        str     r2, [r0, #REC_DFAR]
        mrc     p15, 0, r2, c5, c0, 1
        str     r2, [r0, #REC_IFSR]
        mrc     p15, 0, r2, c6, c0, 2
        str     r2, [r0, #REC_IFAR]
        mov     r2, #1
        mcr     p15, 0, r2, c3, c0, 0
        isb
        and     r2, r1, #0x1f
        cmp     r2, #0x10
        cmpne   r2, #0x1a
        moveq   r2, #0x1f
        orr     r2, r2, #0xC0
        msr     cpsr_c, r2
        add     r3, r0, #(REC_R0 + 32)
        stm     r3, {r8-r14}
        add     r3, r0, #REC_BANKS
        cps     #0x1f
        stm     r3!, {r8-r14}
        cps     #0x11
        stm     r3!, {r8-r14}
        mrs     r1, spsr
        str     r1, [r3], #4
        .macro  save_bank mode
        cps     #\mode
        stm     r3!, {sp, lr}
        mrs     r1, spsr
        str     r1, [r3], #4
        .endm
        save_bank 0x13
        save_bank 0x17
        save_bank 0x12
        save_bank 0x1b

        ldr     sp, =record
        mov     r0, #0x40000000
        vmsr    fpexc, r0
        vmrs    r0, fpscr
        str     r0, [sp, #REC_FPSCR]
        ldr     r0, =vfp_save
        vstm    r0!, {d0-d15}
        vstm    r0!, {d16-d31}
        ldr     r0, =vfp_save
        mov     r1, #8
        mov     r2, #0
        bl      checksum
        str     r2, [sp, #REC_VFP]
        ldr     r0, =FUZZ_SCRATCH
        mov     r1, #128
        mov     r2, #0
        bl      checksum
        ldr     r0, =FUZZ_REGION
        ldr     r3, =FUZZ_PARAMETERS
        ldr     r1, [r3, #PARAM_REGION_PIECES]
        cmp     r1, #0
        blne    checksum
        str     r2, [sp, #REC_MEMORY]

        ldr     r7, =FUZZ_PARAMETERS
        ldr     r1, [r7, #PARAM_INDEX]
        add     r2, r1, #1
        str     r2, [r7, #PARAM_INDEX]
        ldr     r0, =FUZZ_RESULTS
        add     r0, r0, r1, lsl #8
        mov     r3, #8
1:      ldm     sp!, {r4-r11}
        stm     r0!, {r4-r11}
        subs    r3, r3, #1
        bne     1b
        b       next_test

@ r0 address, r1 number of 32-byte pieces, r2 sum so far and result
checksum:
        ldm     r0!, {r4-r11}
        add     r2, r4, r2, ror #7
        add     r2, r5, r2, ror #7
        add     r2, r6, r2, ror #7
        add     r2, r7, r2, ror #7
        add     r2, r8, r2, ror #7
        add     r2, r9, r2, ror #7
        add     r2, r10, r2, ror #7
        add     r2, r11, r2, ror #7
        subs    r1, r1, #1
        bne     checksum
        bx      lr
        .ltorg

@ Data has a page of its own, within reach of the PC-relative stores of the vectors.
        .org    FUZZ_DATA - FUZZ_RAM
record: .space  FUZZ_RECORD_SIZE
resumes_left:
        .word   0
resume_saved:
        .space  16
vfp_save:
        .space  256
open_block:
        .word   FUZZ_PARAMETERS + PARAM_FILE_NAME, 5, 11        @ mode "wb"
write_results:
        .word   0, FUZZ_RESULTS, 0
write_scratch:
        .word   0, FUZZ_SCRATCH, 0x1000
write_region:
        .word   0, FUZZ_REGION, 0x1000

#include "tests/differential/runtime_hyp.S"
