// SPDX-License-Identifier: Apache-2.0
#include "macros.inc"

    .syntax unified
    .arm
    .section .text.hyp, "ax"

// hyp_tlb_flush_vmid(vm r0), in Hyp: every translation of this VM, on all cores of the inner shareable domain.
    .global hyp_tlb_flush_vmid
    .type hyp_tlb_flush_vmid, %function
hyp_tlb_flush_vmid:
phase tlb.flush_vmid
.if !WS_DEFECT_TLB_FLUSH_MISSING
.if !WS_DEFECT_TLB_FLUSH_NO_DSB
    dsb     ishst
.endif
    ldrd    r2, r3, [r0, #VM_VTTBR]
    mcrr    p15, 6, r2, r3, c2          // VTTBR
    isb
    mov     r2, #0
    mcr     p15, 0, r2, c8, c3, 0       // TLBIALLIS: this VMID
    dsb     ish
    isb
    mcrr    p15, 6, r2, r2, c2
    isb
.endif
    bx      lr

// hyp_flush_vm_context(), in Hyp: every VMID and the instruction caches, on all cores.
    .global hyp_flush_vm_context
    .type hyp_flush_vm_context, %function
hyp_flush_vm_context:
phase tlb.flush_vm_context
    mov     r0, #0
.if !WS_DEFECT_TLB_FLUSH_NO_DSB
    dsb     ishst
.endif
    mcr     p15, 4, r0, c8, c3, 4       // TLBIALLNSNHIS
    mcr     p15, 0, r0, c7, c1, 0       // ICIALLUIS
    dsb     ish
    isb
    bx      lr
