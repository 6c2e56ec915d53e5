// SPDX-License-Identifier: Apache-2.0
// Register groups of the switch and the defects that change them. r0 and r1 are never touched: they hold the vcpu and the
// exit code. Group A is r2-r11 (r12 for CSSELR), group B r2-r12, group C r2-r6.
#ifndef WS_HYP_MACROS_H
#define WS_HYP_MACROS_H

#include "defects.h"
#include "hyp_bits.h"
#include "layout.h"

// A symbol that begins a phase. The profiler charges every instruction up to the next one to the part before the dot.
.macro phase name
    .global \name
    .type \name, %function
\name:
.endm

.macro move32 reg, value
    movw    \reg, #:lower16:(\value)
    movt    \reg, #:upper16:(\value)
.endm

.macro clear_exclusive
.if !WS_DEFECT_NO_CLREX
    clrex
.endif
.endm

.macro cp15_group_a op, op64
    \op     p15, 0, r2, c1, c0, 0       // SCTLR
    \op     p15, 0, r3, c1, c0, 2       // CPACR
    \op     p15, 0, r4, c2, c0, 2       // TTBCR
    \op     p15, 0, r5, c3, c0, 0       // DACR
    \op64   p15, 0, r6, r7, c2          // TTBR0
    \op64   p15, 1, r8, r9, c2          // TTBR1
    \op     p15, 0, r10, c10, c2, 0     // PRRR, MAIR0
    \op     p15, 0, r11, c10, c2, 1     // NMRR, MAIR1
.endm

.macro cp15_csselr op
    \op     p15, 2, r12, c0, c0, 0      // CSSELR
.endm

.macro cp15_group_b op
    \op     p15, 0, r2, c13, c0, 1      // CONTEXTIDR
    \op     p15, 0, r3, c13, c0, 2      // TPIDRURW
    \op     p15, 0, r4, c13, c0, 3      // TPIDRURO
    \op     p15, 0, r5, c13, c0, 4      // TPIDRPRW
    \op     p15, 0, r6, c5, c0, 0       // DFSR
    \op     p15, 0, r7, c5, c0, 1       // IFSR
    \op     p15, 0, r8, c5, c1, 0       // ADFSR
    \op     p15, 0, r9, c5, c1, 1       // AIFSR
    \op     p15, 0, r10, c6, c0, 0      // DFAR
    \op     p15, 0, r11, c6, c0, 2      // IFAR
    \op     p15, 0, r12, c12, c0, 0     // VBAR
.endm

.macro cp15_group_c op, op64
    \op     p15, 0, r2, c14, c1, 0      // CNTKCTL
    \op64   p15, 0, r3, r4, c7          // PAR
    \op     p15, 0, r5, c10, c3, 0      // AMAIR0
    \op     p15, 0, r6, c10, c3, 1      // AMAIR1
.endm

.macro read_bank mode, first, second, third
    mrs     \first, SP_\mode
    mrs     \second, LR_\mode
    mrs     \third, SPSR_\mode
.endm

.macro write_bank mode, first, second, third
    msr     SP_\mode, \first
    msr     LR_\mode, \second
    msr     SPSR_\mode, \third
.endm

.macro read_fiq_bank
    mrs     r2, R8_fiq
    mrs     r3, R9_fiq
    mrs     r4, R10_fiq
    mrs     r5, R11_fiq
    mrs     r6, R12_fiq
    mrs     r7, SP_fiq
    mrs     r8, LR_fiq
    mrs     r9, SPSR_fiq
.endm

.macro write_fiq_bank
    msr     R8_fiq, r2
    msr     R9_fiq, r3
    msr     R10_fiq, r4
    msr     R11_fiq, r5
    msr     R12_fiq, r6
    msr     SP_fiq, r7
    msr     LR_fiq, r8
    msr     SPSR_fiq, r9
.endm

.macro save_fiq_bank_to vcpu
.if !WS_DEFECT_FIQ_BANK_NOT_SAVED
    read_fiq_bank
    add     r12, \vcpu, #VCPU_FIQ
    stm     r12, {r2-r9}
.endif
.endm

.macro push_host_banks
    read_bank svc, r2, r3, r4
    push    {r2-r4}
    read_bank abt, r2, r3, r4
    push    {r2-r4}
    read_bank und, r2, r3, r4
    push    {r2-r4}
    read_bank irq, r2, r3, r4
    push    {r2-r4}
    read_fiq_bank
    push    {r2-r9}
.endm

.macro pop_host_banks
    pop     {r2-r9}
    write_fiq_bank
    pop     {r2-r4}
    write_bank irq, r2, r3, r4
    pop     {r2-r4}
    write_bank und, r2, r3, r4
    pop     {r2-r4}
    write_bank abt, r2, r3, r4
    pop     {r2-r4}
    write_bank svc, r2, r3, r4
.endm

// svc, abt, und, irq lie one after the other in struct vcpu.
.macro load_guest_banks vcpu
    add     r12, \vcpu, #VCPU_SVC
    ldm     r12!, {r2-r10}
    write_bank svc, r2, r3, r4
    write_bank abt, r5, r6, r7
    write_bank und, r8, r9, r10
    ldm     r12!, {r2-r4}
    write_bank irq, r2, r3, r4
    ldm     r12, {r2-r9}
    write_fiq_bank
.endm

// The faulting IPA of a data or prefetch abort. HPFAR is UNKNOWN after a permission fault that is not of a stage-1 walk
// (ARM DDI 0406C B3.13.5): the address is translated again. Branches to \vanished when stage 1 no longer maps it.
// In: r0 = vcpu, r2 = HSR, r3 = HDFAR or HIFAR. Out: r4 = HPFAR format. Clobbers r5-r7.
.macro read_hpfar vanished
.if WS_DEFECT_HPFAR_UNCONDITIONAL
    mrc     p15, 4, r4, c6, c0, 4       // HPFAR
.else
    tst     r2, #HSR_S1PTW
    bne     1f
    and     r5, r2, #HSR_FSC_TYPE
    cmp     r5, #HSR_FSC_PERM
    bne     1f
    mrrc    p15, 0, r6, r7, c7          // the guest's PAR
    mcr     p15, 0, r3, c7, c8, 0       // ATS1CPR
.if !WS_DEFECT_PAR_NO_ISB
    isb
.endif
    mrrc    p15, 0, r4, r5, c7
    mcrr    p15, 0, r6, r7, c7
    tst     r4, #1
    bne     \vanished
    bfc     r4, #0, #12
    lsr     r4, r4, #8
    bfi     r4, r5, #24, #8             // PAR[39:32]
    b       2f
1:  mrc     p15, 4, r4, c6, c0, 4       // HPFAR
2:
.endif
.endm

#endif
