// SPDX-License-Identifier: Apache-2.0
// The world switch with the ABI of the 2012 patch. HVC in SVC raises the host to Hyp at the next instruction, with
// {LR_usr, SPSR} on the Hyp stack; HVC in Hyp lands on vector 0x08 and drops it to SVC again. Everything in between is
// mapped at the same address in both regimes.
#include "macros.inc"

    .syntax unified
    .arm
    .section .text.hyp, "ax"

// Exit code r0 = vcpu_enter(vcpu r0); called in SVC with IRQs masked.
    .global vcpu_enter
    .type vcpu_enter, %function
vcpu_enter:
    hvc     #0

phase banked.save_host
    mrs     r2, SP_usr
    push    {r2}
    push    {r4-r12}
    push_host_banks

phase cp15.save_host
    cp15_group_a mrc, mrrc
    push    {r2-r11}
    cp15_group_b mrc
    push    {r2-r12}

phase cp15.load_guest
    add     r12, r0, #VCPU_CP15_A
    ldm     r12, {r2-r11}
    cp15_group_a mcr, mcrr
    add     r12, r0, #VCPU_CP15_B
    ldm     r12, {r2-r12}
    cp15_group_b mcr
    push    {r0}

phase trapcfg.load_guest
    ldr     r1, [r0, #VCPU_VM]
    ldrd    r2, r3, [r1, #VM_VTTBR]
    mcrr    p15, 6, r2, r3, c2          // VTTBR
    ldr     r4, [r0, #VCPU_IRQ_LINES]
    mrc     p15, 4, r2, c1, c1, 0       // HCR
    move32  r3, V9_HCR_GUEST
    orr     r2, r2, r3
    orr     r2, r2, r4
    mcr     p15, 4, r2, c1, c1, 0
    mrc     p15, 4, r2, c1, c1, 3       // HSTR
    orr     r2, r2, #V9_HSTR_GUEST
    mcr     p15, 4, r2, c1, c1, 3
    ldr     r2, [r0, #VCPU_MIDR]
    mcr     p15, 4, r2, c0, c0, 0       // VPIDR
    ldr     r2, [r0, #VCPU_MPIDR]
    mcr     p15, 4, r2, c0, c0, 5       // VMPIDR

phase banked.load_guest
    ldr     r2, [r0, #VCPU_SP_USR]
    msr     SP_usr, r2
    ldr     lr, [r0, #VCPU_LR_USR]
    load_guest_banks r0

phase gp.load_guest
    ldr     r2, [r0, #VCPU_PC]
    msr     ELR_hyp, r2
    ldr     r2, [r0, #VCPU_CPSR]
    write_guest_spsr r2
    add     r0, r0, #VCPU_GP
    ldm     r0, {r0-r12}

phase abi.enter_guest
    clear_exclusive
    eret

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
phase abi.host_hvc
    sub     sp, sp, #8
    str     lr, [sp]
    mrs     lr, SPSR
    str     lr, [sp, #4]
    mrs     lr, ELR_hyp
    bx      lr

// Vector 0x08: HVC in Hyp. The frame of abi.host_hvc is all that is left on the stack.
phase abi.hyp_svc
    ldr     lr, [sp, #4]
    msr     SPSR_cxsf, lr
    ldr     lr, [sp], #8
    eret

phase abi.hyp_irq
    push    {r0-r2}
    mov     r0, #EXIT_IRQ
    b       gp.save_guest

phase abi.hyp_fiq
.if WS_DEFECT_FIQ_SELF_LOOP
    b       .
.else
    push    {r0-r2}
    mov     r0, #EXIT_FIQ
    b       gp.save_guest
.endif

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

phase handler.guest_exit
    ldr     r1, [sp, #12]               // vcpu
    str     r0, [r1, #VCPU_HSR]
    mov     r0, #EXIT_HVC

phase gp.save_guest
    ldr     r1, [sp, #12]               // vcpu
    add     r2, r1, #(VCPU_GP + 12)
    stm     r2, {r3-r12}
    pop     {r3-r5}
    add     r2, r1, #VCPU_GP
    stm     r2, {r3-r5}
    add     sp, sp, #4                  // the vcpu's own word
    mov     r2, r0
    mov     r0, r1
    mov     r1, r2                      // from here r0 = vcpu, r1 = exit code
    cmp     r1, #EXIT_HVC
    bne     banked.save_guest

phase handler.fault_address
    ldr     r2, [r0, #VCPU_HSR]
    lsr     r3, r2, #26
    cmp     r3, #HSR_EC_DABT
    cmpne   r3, #HSR_EC_IABT
    bne     banked.save_guest
    cmp     r3, #HSR_EC_DABT
    mrc     p15, 4, r3, c6, c0, 0       // HDFAR
    mrcne   p15, 4, r3, c6, c0, 2       // HIFAR
    streq   r3, [r0, #VCPU_HDFAR]
    strne   r3, [r0, #VCPU_HIFAR]
    read_hpfar handler.vanished
    str     r4, [r0, #VCPU_HPFAR]
    lsr     r3, r2, #26
    cmp     r3, #HSR_EC_DABT
    bne     banked.save_guest
    tst     r2, #(1 << HSR_ISV_BIT)
    bne     banked.save_guest

// No syndrome: the host reads the instruction, so it needs the IPA of the PC, and of the next page when a wide Thumb
// instruction straddles two.
phase handler.instruction_address
    mrs     r3, ELR_hyp
    mrrc    p15, 0, r6, r7, c7          // the guest's PAR
    mcr     p15, 0, r3, c7, c8, 0       // ATS1CPR
.if !WS_DEFECT_PAR_NO_ISB
    isb
.endif
    mrrc    p15, 0, r4, r5, c7
    lsr     r5, r3, #1
    bfi     r4, r5, #1, #11             // bit 0 stays: translation failed
    str     r4, [r0, #VCPU_PC_IPA]
.if WS_DEFECT_PAGE_END_MASK
    bfc     r3, #0, #12
    movw    r5, #0xffe
    cmp     r3, r5
.else
    ubfx    r5, r3, #1, #11
    movw    r8, #0x7ff
    cmp     r5, r8
.endif
    bne     1f
    add     r3, r3, #2
    mcr     p15, 0, r3, c7, c8, 0       // ATS1CPR
.if !WS_DEFECT_PAR_NO_ISB
    isb
.endif
    mrrc    p15, 0, r4, r5, c7
    lsr     r5, r3, #1
    bfi     r4, r5, #1, #11
    str     r4, [r0, #VCPU_PC_IPA2]
1:
.if !WS_DEFECT_PAR_NOT_PRESERVED
    mcrr    p15, 0, r6, r7, c7
.endif
    b       banked.save_guest

// Stage 1 stopped mapping the page between the fault and now: the guest repeats the access.
phase handler.vanished
    mvn     r2, #0
    str     r2, [r0, #VCPU_HPFAR]

phase banked.save_guest
    mrs     r2, ELR_hyp
    str     r2, [r0, #VCPU_PC]
    mrs     r2, SPSR
    str     r2, [r0, #VCPU_CPSR]
    save_fiq_bank_to r0
    read_bank svc, r2, r3, r4
    read_bank abt, r5, r6, r7
    read_bank und, r8, r9, r10
    add     r12, r0, #VCPU_SVC
    stm     r12!, {r2-r10}
    read_bank irq, r2, r3, r4
    stm     r12, {r2-r4}
    mrs     r2, SP_usr
    str     r2, [r0, #VCPU_SP_USR]
    str     lr, [r0, #VCPU_LR_USR]

phase trapcfg.load_host
    mrc     p15, 4, r2, c1, c1, 3       // HSTR
    bic     r2, r2, #V9_HSTR_GUEST
    mcr     p15, 4, r2, c1, c1, 3
    mrc     p15, 4, r2, c1, c1, 0       // HCR
    move32  r3, (V9_HCR_GUEST | HCR_VI | HCR_VF)
    bic     r2, r2, r3
    mcr     p15, 4, r2, c1, c1, 0
    mrc     p15, 0, r2, c0, c0, 0
    mcr     p15, 4, r2, c0, c0, 0       // VPIDR <- MIDR
    mrc     p15, 0, r2, c0, c0, 5
    mcr     p15, 4, r2, c0, c0, 5       // VMPIDR <- MPIDR
    mov     r2, #0
    mcrr    p15, 6, r2, r2, c2          // VTTBR: VMID 0

phase cp15.save_guest
    cp15_group_a mrc, mrrc
    add     r12, r0, #VCPU_CP15_A
    stm     r12, {r2-r11}
    cp15_group_b mrc
    push    {r1}
    add     r1, r0, #VCPU_CP15_B
    stm     r1, {r2-r12}
    pop     {r1}

phase cp15.load_host
    pop     {r2-r12}
    cp15_group_b mcr
    pop     {r2-r11}
    cp15_group_a mcr, mcrr

phase banked.load_host
    pop_host_banks
    pop     {r4-r12}
    pop     {r2}
    msr     SP_usr, r2
    mov     r0, r1

phase abi.leave_hyp
    clear_exclusive
    hvc     #0

// Back in SVC. A physical IRQ that ended the guest's run goes to the host's own handler as if it had hit SVC here.
phase abi.back_in_svc
    cmp     r0, #EXIT_IRQ
    bxne    lr
    sub     sp, sp, #16
    adr     r1, abi.backdoor_return
    mrs     r2, cpsr
    stm     sp, {r0, r1, r2}
    mov     r0, sp
    b       __irq_svc
phase abi.backdoor_return
    add     sp, sp, #16
    bx      lr

    .pool

// Table of the Hyp vectors. Exceptions that Hyp takes from itself are fatal: the host never comes back.
    .balign 32
phase abi.hyp_vectors
    b       .
    b       .
    b       abi.hyp_svc
    b       .
    b       .
    b       abi.hyp_hvc
    b       abi.hyp_irq
    b       abi.hyp_fiq

// tlb_flush_vmid(vm r0): every translation of this VM, on all cores of the inner shareable domain.
    .global tlb_flush_vmid
    .type tlb_flush_vmid, %function
tlb_flush_vmid:
    hvc     #0
phase tlb.flush_vmid
.if !WS_DEFECT_TLB_FLUSH_MISSING
.if !WS_DEFECT_TLB_FLUSH_NO_DSB
    dsb     ishst
.endif
    ldrd    r2, r3, [r0, #VM_VTTBR]
    mcrr    p15, 6, r2, r3, c2
    isb
    mov     r2, #0
    mcr     p15, 0, r2, c8, c3, 0       // TLBIALLIS: this VMID
    dsb     ish
    isb
    mcrr    p15, 6, r2, r2, c2
    isb
.endif
    hvc     #0
phase abi.tlb_flush_vmid_return
    bx      lr

// flush_vm_context(): the translations of every VMID and the instruction cache, on this core.
    .global flush_vm_context
    .type flush_vm_context, %function
flush_vm_context:
    hvc     #0
phase tlb.flush_vm_context
    mov     r0, #0
.if !WS_DEFECT_TLB_FLUSH_NO_DSB
    dsb     ishst
.endif
    mcr     p15, 4, r0, c8, c7, 4       // TLBIALLNSNH
    mcr     p15, 0, r0, c7, c5, 0       // ICIALLU
    dsb
    isb
    hvc     #0
phase abi.flush_vm_context_return
    bx      lr
