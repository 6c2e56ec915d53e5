// SPDX-License-Identifier: Apache-2.0
// Where cores stand when a run ends, for --entry secure on virt-a15: core 0 takes an SVC and an undefined instruction,
// then loops with an interrupt pending that it masks, core 1 waits for an event, core 2 for an interrupt, core 3 runs
// in the guest of a hypervisor (itself).
    .syntax unified
    .arch armv7ve
    .arch_extension sec
    .arch_extension virt
    .global _start
    .equ GICD, 0x08000000
    .equ GICC, 0x08010000
_start:
    ldr   r0, =vectors
    mcr   p15, 0, r0, c12, c0, 0        // VBAR
    mrc   p15, 0, r8, c0, c0, 5         // MPIDR
    and   r8, r8, #3
    cmp   r8, #1
    beq   listener
    cmp   r8, #2
    beq   sleeper
    cmp   r8, #3
    beq   hypervisor
caller:
    svc   #7
wrong:
    udf   #0
    ldr   r0, =GICC
    mov   r1, #0xff
    str   r1, [r0, #4]
    mov   r1, #1
    str   r1, [r0]
    ldr   r0, =GICD
    str   r1, [r0]
    mov   r1, #0x10000
    str   r1, [r0, #0xf00]              // GICD_SGIR: to itself
    dsb
masked:
    b     masked
    .type listener, %function
listener:
    wfe
    b     listener
sleeper:
    wfi
    b     sleeper

hypervisor:
    mrc   p15, 0, r0, c1, c1, 0
    orr   r0, r0, #0x100
    orr   r0, r0, #1                    // SCR.{HCE,NS}, for Hyp mode in a moment
    cps   #0x16
    mcr   p15, 0, r0, c1, c1, 0
    isb
    ldr   r0, =vectors
    mcr   p15, 4, r0, c12, c0, 0        // HVBAR
    mov   r0, #1
    mcr   p15, 4, r0, c1, c1, 0         // HCR.VM; stage 2 is never looked at: the guest's first fetch faults
    mov   r0, #0
    mov   r1, #0x50000                  // VTTBR: VMID 5
    mcrr  p15, 6, r0, r1, c2
    isb
    ldr   r0, =0x1d3
    msr   spsr_cxsf, r0
    ldr   lr, =guest
    movs  pc, lr
    .balign 32
vectors:
    b     .
    movs  pc, lr
    movs  pc, lr
    b     .
    b     .
faulted:
    b     faulted                       // Hyp trap: the stage-2 fault
    b     .
    b     .
guest:
    b     guest
