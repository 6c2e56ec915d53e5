// SPDX-License-Identifier: Apache-2.0
// The boot shim: what the secure boot ROM of a 2012 board did. Enters at reset in Secure SVC, gives the Non-secure world
// its coprocessors, interrupts and counter frequency, stays resident as the monitor, and enters an image in Non-secure Hyp
// or SVC. Position independent and read-only, so that it runs from flash and from anywhere in RAM (32-byte aligned).
#include "board.h"
#include "shim_params.h"

#define MODE_MON      0x16
#define PSR_AIF       0x1c0
#define PSR_MODE_SVC  0x13
#define PSR_MODE_HYP  0x1a
#define PSR_T         0x20
#define SCR_NS        (1 << 0)
#define SCR_FW        (1 << 4)
#define SCR_AW        (1 << 5)
#define SCR_HCE       (1 << 8)
#define NSACR_VALUE   0x00060c00  // cp10, cp11, NS_L2ERR, NS_SMP
#define ACTLR_SMP     (1 << 6)
#define SCTLR_RESET   0x00c50078
#define HSCTLR_RESET  0x30c50878
#define GICD_TYPER    0x004
#define GICD_IGROUPR  0x080
#define GICC_PMR      0x004

    .syntax unified
    .arm
    .section .shim, "ax"
    .balign 32
    .global shim_reset_vector
shim_reset_vector:
    b   shim_reset
    .rept 7
    b   .
    .endr

shim_monitor_vectors:
    b   .
    b   .
    b   shim_smc
    .rept 5
    b   .
    .endr

    .org shim_reset_vector + SHIM_PARAMS_OFFSET
    .global shim_params
shim_params:
    .word SHIM_MAGIC
    .word shim_default_entry
    .word SHIM_MODE_HYP
    .word 0, 0, 0
    .word BOARD_GICD_BASE
    .word BOARD_GICC_BASE
    .word BOARD_CNTFRQ

    .org shim_reset_vector + 0x80
    .global shim_reset
shim_reset:
    cpsid   aif
    mrc     p15, 0, r0, c0, c0, 5           // MPIDR: one core boots, the others wait
    tst     r0, #0xff
    bne     shim_park
    adr     r10, shim_params
    mrc     p15, 0, r0, c1, c0, 1           // ACTLR
    orr     r0, r0, #ACTLR_SMP
    mcr     p15, 0, r0, c1, c0, 1
    movw    r0, #:lower16:NSACR_VALUE
    movt    r0, #:upper16:NSACR_VALUE
    mcr     p15, 0, r0, c1, c1, 2           // NSACR
    ldr     r0, [r10, #SHIM_PARAM_CNTFRQ]
    cmp     r0, #0
    mcrne   p15, 0, r0, c14, c0, 0          // CNTFRQ
    bl      shim_gic_group1
    b       shim_enter_nonsecure

shim_park:
    wfi
    b       shim_park

// Every interrupt to group 1, and a priority mask that the Non-secure world can raise.
shim_gic_group1:
    ldr     r1, [r10, #SHIM_PARAM_GICD]
    cmp     r1, #0
    bxeq    lr
    ldr     r2, [r1, #GICD_TYPER]
    and     r2, r2, #0x1f                   // ITLinesNumber
    add     r1, r1, #GICD_IGROUPR
    mvn     r3, #0
1:  str     r3, [r1], #4
    subs    r2, r2, #1
    bpl     1b
    ldr     r1, [r10, #SHIM_PARAM_GICC]
    mov     r3, #0xff
    str     r3, [r1, #GICC_PMR]
    bx      lr

shim_enter_nonsecure:
    adr     r0, shim_monitor_vectors
    mcr     p15, 0, r0, c12, c0, 1          // MVBAR
    cps     #MODE_MON
    movw    r0, #(SCR_NS | SCR_FW | SCR_AW | SCR_HCE)
    mcr     p15, 0, r0, c1, c1, 0           // SCR: from here CP15 means the Non-secure bank
    isb
    movw    r0, #:lower16:SCTLR_RESET
    movt    r0, #:upper16:SCTLR_RESET
    mcr     p15, 0, r0, c1, c0, 0           // SCTLR
    movw    r0, #:lower16:HSCTLR_RESET
    movt    r0, #:upper16:HSCTLR_RESET
    mcr     p15, 4, r0, c1, c0, 0           // HSCTLR
    ldr     r0, [r10, #SHIM_PARAM_MODE]
    cmp     r0, #SHIM_MODE_SVC
    moveq   r3, #(PSR_AIF | PSR_MODE_SVC)
    movne   r3, #(PSR_AIF | PSR_MODE_HYP)
    bleq    shim_hyp_defaults
    ldr     lr, [r10, #SHIM_PARAM_ENTRY]
    tst     lr, #1
    orrne   r3, r3, #PSR_T
    bic     lr, lr, #1
    msr     spsr_cxsf, r3
    ldr     r0, [r10, #SHIM_PARAM_R0]
    ldr     r1, [r10, #SHIM_PARAM_R1]
    ldr     r2, [r10, #SHIM_PARAM_R2]
    isb
    movs    pc, lr

// An image that starts in SVC finds Hyp traps off and the counters open, as after a boot through Hyp.
shim_hyp_defaults:
    mov     r0, #0
    mcr     p15, 4, r0, c1, c1, 0           // HCR
    mcr     p15, 4, r0, c1, c1, 2           // HCPTR
    mcr     p15, 4, r0, c1, c1, 3           // HSTR
    mcrr    p15, 4, r0, r0, c14             // CNTVOFF
    mcrr    p15, 6, r0, r0, c2              // VTTBR
    mrc     p15, 0, r0, c9, c12, 0          // PMCR.N
    ubfx    r0, r0, #11, #5
    mcr     p15, 4, r0, c1, c1, 1           // HDCR.HPMN: all counters
    mov     r0, #3
    mcr     p15, 4, r0, c14, c1, 0          // CNTHCTL
    mrc     p15, 0, r0, c0, c0, 0
    mcr     p15, 4, r0, c0, c0, 0           // VPIDR
    mrc     p15, 0, r0, c0, c0, 5
    mcr     p15, 4, r0, c0, c0, 5           // VMPIDR
    bx      lr

shim_smc:
    cmp     r7, #SHIM_SMC_SET_HVBAR
    mvnne   r0, #0                          // SHIM_SMC_UNKNOWN
    movsne  pc, lr
    mcr     p15, 4, r0, c12, c0, 0          // HVBAR
    isb
    mov     r0, #0
    movs    pc, lr
