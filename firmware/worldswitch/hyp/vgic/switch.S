// SPDX-License-Identifier: Apache-2.0
// The world switch of 3.9: a function of Hyp, with list registers, virtual timer and lazy VFP.
#include "board.h"
#include "macros.inc"

#define GICH_HCR    0x000
#define GICH_VMCR   0x008
#define GICH_MISR   0x010
#define GICH_EISR0  0x020
#define GICH_EISR1  0x024
#define GICH_ELRSR0 0x030
#define GICH_ELRSR1 0x034
#define GICH_APR    0x0f0
#define GICH_LR0    0x100
#define VGIC_APR    (VCPU_VGIC + 28)
#define VGIC_LR0    (VCPU_VGIC + 32)
#define FPEXC_EN    (1 << 30)

    .syntax unified
    .arm
    .fpu neon
    .section .text.hyp, "ax"

// Exit code r0 = hyp_vcpu_run(vcpu r0), in Hyp, IRQs masked.
    .global hyp_vcpu_run
    .type hyp_vcpu_run, %function
hyp_vcpu_run:
phase abi.vcpu_run
    mcr     p15, 4, r0, c13, c0, 2      // HTPIDR

phase banked.save_host
    mrs     r2, ELR_hyp
    push    {r2}
    push    {r4-r12}
    mrs     r2, SP_usr
    push    {r2, lr}
    push_host_banks

phase vgic.load
    move32  r1, BOARD_GICH_BASE
    add     r12, r0, #VCPU_VGIC
    ldr     r2, [r12]
    ldr     r3, [r12, #4]
    ldr     r4, [r0, #VGIC_APR]
    str     r2, [r1, #GICH_HCR]
    str     r3, [r1, #GICH_VMCR]
    str     r4, [r1, #GICH_APR]
    add     r12, r0, #VGIC_LR0
    ldm     r12, {r2-r5}
    str     r2, [r1, #GICH_LR0]
    str     r3, [r1, #(GICH_LR0 + 4)]
    str     r4, [r1, #(GICH_LR0 + 8)]
    str     r5, [r1, #(GICH_LR0 + 12)]

phase timer.load
    mrc     p15, 4, r2, c14, c1, 0      // CNTHCTL: the physical timer is the host's, its counter is open
    bic     r2, r2, #2
    orr     r2, r2, #1
    mcr     p15, 4, r2, c14, c1, 0
    ldr     r2, [r0, #VCPU_TIMER_ON]
    cmp     r2, #0
    beq     cp15.save_host
    ldr     r1, [r0, #VCPU_VM]
    ldrd    r2, r3, [r1, #VM_CNTVOFF]
    mcrr    p15, 4, r2, r3, c14         // CNTVOFF
    add     r12, r0, #VCPU_CNTV_CVAL
    ldrd    r2, r3, [r12]
    mcrr    p15, 3, r2, r3, c14         // CNTV_CVAL
.if !WS_DEFECT_TIMER_NO_ISB
    isb
.endif
    ldr     r2, [r0, #VCPU_CNTV_CTL]
    and     r2, r2, #3
    mcr     p15, 0, r2, c14, c3, 1      // CNTV_CTL

phase cp15.save_host
    cp15_group_a mrc, mrrc
    cp15_csselr mrc
    push    {r2-r12}
    cp15_group_b mrc
    push    {r2-r12}
    cp15_group_c mrc, mrrc
    push    {r2-r6}

phase cp15.load_guest
    add     r12, r0, #VCPU_CP15_A
    ldm     r12, {r2-r12}
    cp15_group_a mcr, mcrr
    cp15_csselr mcr
    add     r12, r0, #VCPU_CP15_B
    ldm     r12, {r2-r12}
    cp15_group_b mcr
    add     r12, r0, #VCPU_CP15_C
    ldm     r12, {r2-r6}
    cp15_group_c mcr, mcrr

// FPEXC.EN=1, so that the guest's first use meets the trap of HCPTR and not an UNDEFINED.
phase vfp.arm
    vmrs    r2, fpexc
    push    {r2}
    orr     r2, r2, #FPEXC_EN
    vmsr    fpexc, r2

phase trapcfg.load_guest
    ldr     r2, [r0, #VCPU_HCR]
    ldr     r3, [r0, #VCPU_IRQ_LINES]
    orr     r2, r2, r3
    mcr     p15, 4, r2, c1, c1, 0       // HCR
    mrc     p15, 4, r2, c1, c1, 3       // HSTR
    orr     r2, r2, #VGIC_HSTR_GUEST
    mcr     p15, 4, r2, c1, c1, 3
    mrc     p15, 4, r2, c1, c1, 2       // HCPTR
    move32  r3, VGIC_HCPTR_GUEST
    orr     r2, r2, r3
    mcr     p15, 4, r2, c1, c1, 2
    mrc     p15, 4, r2, c1, c1, 1       // HDCR
    orr     r2, r2, #VGIC_HDCR_GUEST
    mcr     p15, 4, r2, c1, c1, 1
    ldr     r2, [r0, #VCPU_MIDR]
    mcr     p15, 4, r2, c0, c0, 0       // VPIDR
    ldr     r2, [r0, #VCPU_MPIDR]
    mcr     p15, 4, r2, c0, c0, 5       // VMPIDR
    ldr     r1, [r0, #VCPU_VM]
    ldrd    r2, r3, [r1, #VM_VTTBR]
    mcrr    p15, 6, r2, r3, c2          // VTTBR

phase banked.load_guest
    load_guest_banks r0
    ldr     r2, [r0, #VCPU_PC]
    msr     ELR_hyp, r2
    ldr     r2, [r0, #VCPU_CPSR]
    write_guest_spsr r2
    ldr     r2, [r0, #VCPU_SP_USR]
    msr     SP_usr, r2
    ldr     lr, [r0, #VCPU_LR_USR]

phase gp.load_guest
    add     r0, r0, #VCPU_GP
    ldm     r0, {r0-r12}

phase abi.enter_guest
    clear_exclusive
    eret

// r0 = exit code, r1 = vcpu; the guest's r0-r2 on the stack.
phase gp.save_guest
    add     r2, r1, #(VCPU_GP + 12)
    stm     r2, {r3-r12}
    pop     {r3-r5}
    add     r2, r1, #VCPU_GP
    stm     r2, {r3-r5}
    mov     r2, r0
    mov     r0, r1
    mov     r1, r2                      // from here r0 = vcpu, r1 = exit code

phase banked.save_guest
    mrs     r2, SP_usr
    str     r2, [r0, #VCPU_SP_USR]
    str     lr, [r0, #VCPU_LR_USR]
    mrs     r2, ELR_hyp
    str     r2, [r0, #VCPU_PC]
    mrs     r2, SPSR
    str     r2, [r0, #VCPU_CPSR]
    read_bank svc, r2, r3, r4
    read_bank abt, r5, r6, r7
    read_bank und, r8, r9, r10
    add     r12, r0, #VCPU_SVC
    stm     r12!, {r2-r10}
    read_bank irq, r2, r3, r4
    stm     r12, {r2-r4}
    save_fiq_bank_to r0

phase trapcfg.load_host
    mov     r2, #0
    mcrr    p15, 6, r2, r2, c2          // VTTBR: VMID 0
    mrc     p15, 4, r3, c1, c1, 3       // HSTR
    bic     r3, r3, #VGIC_HSTR_GUEST
    mcr     p15, 4, r3, c1, c1, 3
    mrc     p15, 4, r3, c1, c1, 1       // HDCR
    bic     r3, r3, #VGIC_HDCR_GUEST
    mcr     p15, 4, r3, c1, c1, 1
    mrc     p15, 4, r4, c1, c1, 2       // HCPTR
    move32  r3, VGIC_HCPTR_GUEST
    bic     r3, r4, r3
    mcr     p15, 4, r3, c1, c1, 2
    tst     r4, #VGIC_HCPTR_TCP
    bne     vfp.restore_fpexc           // the guest made no use of VFP

phase vfp.switch_to_host
    isb
    add     r3, r0, #VCPU_VFP
    bl      .Lvfp_save
    ldr     r3, [r0, #VCPU_HOST_VFP]
    bl      .Lvfp_load

phase vfp.restore_fpexc
    pop     {r2}
    vmsr    fpexc, r2

phase trapcfg.load_host_ids
    mov     r2, #0
    mcr     p15, 4, r2, c1, c1, 0       // HCR
    mrc     p15, 0, r2, c0, c0, 0
    mcr     p15, 4, r2, c0, c0, 0       // VPIDR <- MIDR
    mrc     p15, 0, r2, c0, c0, 5
    mcr     p15, 4, r2, c0, c0, 5       // VMPIDR <- MPIDR

phase cp15.save_guest
    cp15_group_a mrc, mrrc
    cp15_csselr mrc
    push    {r1}
    add     r1, r0, #VCPU_CP15_A
    stm     r1, {r2-r12}
    cp15_group_b mrc
    add     r1, r0, #VCPU_CP15_B
    stm     r1, {r2-r12}
    cp15_group_c mrc, mrrc
    add     r1, r0, #VCPU_CP15_C
    stm     r1, {r2-r6}
    pop     {r1}

phase cp15.load_host
    pop     {r2-r6}
    cp15_group_c mcr, mcrr
    pop     {r2-r12}
    cp15_group_b mcr
    pop     {r2-r12}
    cp15_group_a mcr, mcrr
    cp15_csselr mcr

phase timer.save
    ldr     r2, [r0, #VCPU_TIMER_ON]
    cmp     r2, #0
    beq     1f
    mrc     p15, 0, r2, c14, c3, 1      // CNTV_CTL
    and     r3, r2, #3
    str     r3, [r0, #VCPU_CNTV_CTL]
    bic     r2, r2, #1
    mcr     p15, 0, r2, c14, c3, 1
.if !WS_DEFECT_TIMER_NO_ISB
    isb
.endif
    mrrc    p15, 3, r2, r3, c14         // CNTV_CVAL
    add     r12, r0, #VCPU_CNTV_CVAL
    strd    r2, r3, [r12]
.if !WS_DEFECT_CNTVOFF_LEFT
    mov     r2, #0
    mcrr    p15, 4, r2, r2, c14         // CNTVOFF
.endif
1:  mrc     p15, 4, r2, c14, c1, 0      // CNTHCTL
    orr     r2, r2, #3
    mcr     p15, 4, r2, c14, c1, 0

phase vgic.save
    move32  r12, BOARD_GICH_BASE
    ldr     r2, [r12, #GICH_HCR]
    ldr     r3, [r12, #GICH_VMCR]
    ldr     r4, [r12, #GICH_MISR]
    ldr     r5, [r12, #GICH_EISR0]
    ldr     r6, [r12, #GICH_EISR1]
    ldr     r7, [r12, #GICH_ELRSR0]
    ldr     r8, [r12, #GICH_ELRSR1]
    ldr     r9, [r12, #GICH_APR]
    add     r10, r0, #VCPU_VGIC
    stm     r10!, {r2-r9}
.if !WS_DEFECT_GICH_HCR_LEFT
    mov     r2, #0
    str     r2, [r12, #GICH_HCR]
.endif
    ldr     r2, [r12, #GICH_LR0]
    ldr     r3, [r12, #(GICH_LR0 + 4)]
    ldr     r4, [r12, #(GICH_LR0 + 8)]
    ldr     r5, [r12, #(GICH_LR0 + 12)]
    stm     r10, {r2-r5}

phase banked.load_host
    pop_host_banks
    pop     {r2, lr}
    msr     SP_usr, r2
    pop     {r4-r12}
    pop     {r2}
    msr     ELR_hyp, r2
    mov     r0, r1

phase abi.vcpu_return
    clear_exclusive
    bx      lr

// EC 0x07: the registers become the guest's, and the instruction is repeated. r0-r2 on the stack.
phase vfp.first_use
    push    {r3, r4, lr}
    mrc     p15, 4, r2, c1, c1, 2       // HCPTR
    bic     r2, r2, #VGIC_HCPTR_TCP
    mcr     p15, 4, r2, c1, c1, 2
    isb
    mrc     p15, 4, r0, c13, c0, 2      // HTPIDR
    ldr     r3, [r0, #VCPU_HOST_VFP]
    bl      .Lvfp_save
    add     r3, r0, #VCPU_VFP
    bl      .Lvfp_load
    pop     {r3, r4, lr}
    pop     {r0-r2}
    eret

// Both: r3 = struct vfp_state, clobber r2-r4. VFPv4 never sets FPEXC.EX, so there is no FPINST to keep.
.Lvfp_save:
    vmrs    r2, fpexc
    add     r4, r3, #VFP_FPEXC
    str     r2, [r4], #4
    orr     r2, r2, #FPEXC_EN
    vmsr    fpexc, r2
    vmrs    r2, fpscr
    str     r2, [r4]
    vstm    r3!, {d0-d15}
    vstm    r3, {d16-d31}
    bx      lr
.Lvfp_load:
    add     r4, r3, #VFP_FPEXC
    vldm    r3!, {d0-d15}
    vldm    r3, {d16-d31}
    ldr     r2, [r4, #4]
    vmsr    fpscr, r2
    ldr     r2, [r4]
    vmsr    fpexc, r2
    bx      lr
