// SPDX-License-Identifier: Apache-2.0
// The boot shim: what the secure boot ROM of a 2012 board did. Enters at reset in Secure SVC, gives the Non-secure world
// its coprocessors, interrupts and counter frequency, stays resident as the monitor, and enters an image in Non-secure Hyp
// or SVC. Position independent and read-only, so that it runs from flash and from anywhere in RAM (32-byte aligned).
// Here: reset and the way into the Non-secure world. psci.inc: the monitor's services.
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
#define ACTLR_IBE     (1 << 0)    // ICIALLU and ICIMVAU reach the branch predictor: kernels rely on firmware for it
#define ACTLR_SMP     (1 << 6)
#define SCTLR_RESET   0x00c50078
#define HSCTLR_RESET  0x30c50878
#define GICD_CTLR     0x000
#define GICD_TYPER    0x004
#define GICD_IGROUPR  0x080
#define GICC_CTLR     0x000
#define GICC_PMR      0x004

// The monitor's memory: a word that says it is set up, then a record and a stack for each core.
#define SRAM_READY          0x000
#define SRAM_RECORDS        0x010
#define RECORD_SHIFT        4
#define RECORD_STATE        0x0   // one of CORE_*
#define RECORD_ENTRY        0x4
#define RECORD_CONTEXT      0x8
#define SRAM_STACKS         0x100
#define STACK_SHIFT         8
#define CORE_ON             0     // the first three as AFFINITY_INFO answers them
#define CORE_OFF            1
#define CORE_ON_PENDING     2     // chosen by a CPU_ON that is still writing the record
#define CORE_START          3     // the record is complete
#define MAX_CORES           4

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
    .word BOARD_SRAM_BASE
    .word BOARD_POWER_OFF, BOARD_POWER_OFF_VALUE
    .word BOARD_RESET, BOARD_RESET_VALUE
    .word BOARD_FLAGS

    .org shim_reset_vector + 0x80
// The Hyp vectors where the image starts in SVC and Hyp is nobody's: an HVC is answered as the SMC it stands for.
shim_hyp_vectors:
    .rept 5
    b   .
    .endr
    b   shim_hvc
    .rept 2
    b   .
    .endr

    .global shim_reset
shim_reset:
    cpsid   aif
    adr     r10, shim_params
    mrc     p15, 0, r0, c1, c0, 1           // ACTLR
    orr     r0, r0, #(ACTLR_SMP | ACTLR_IBE)
    mcr     p15, 0, r0, c1, c0, 1
    movw    r0, #:lower16:NSACR_VALUE
    movt    r0, #:upper16:NSACR_VALUE
    mcr     p15, 0, r0, c1, c1, 2           // NSACR
    ldr     r0, [r10, #SHIM_PARAM_CNTFRQ]
    cmp     r0, #0
    mcrne   p15, 0, r0, c14, c0, 0          // CNTFRQ
    adr     r0, shim_monitor_vectors
    mcr     p15, 0, r0, c12, c0, 1          // MVBAR
    cps     #MODE_MON
    movw    r0, #(SCR_NS | SCR_FW | SCR_AW | SCR_HCE)
    mcr     p15, 0, r0, c1, c1, 0           // SCR: from here CP15 means the Non-secure bank
    isb
    bl      shim_core_number
    ldr     r1, [r10, #SHIM_PARAM_SRAM]
    cmp     r1, #0
    addne   r1, r1, #(SRAM_STACKS + (1 << STACK_SHIFT))
    addne   r1, r1, r0, lsl #STACK_SHIFT
    mov     sp, r1                          // 0: the monitor has no memory
    cmp     r0, #0                          // one core boots, the others wait
    bne     shim_secondary

    bl      shim_gic_group1
    ldr     r1, [r10, #SHIM_PARAM_SRAM]
    cmp     r1, #0
    blne    shim_set_up_sram
    ldr     r4, [r10, #SHIM_PARAM_ENTRY]
    ldr     r5, [r10, #SHIM_PARAM_R0]
    ldr     r6, [r10, #SHIM_PARAM_R1]
    ldr     r7, [r10, #SHIM_PARAM_R2]
    b       shim_enter_nonsecure

// r0 = this core's number.
shim_core_number:
    mrc     p15, 0, r0, c0, c0, 5           // MPIDR.Aff0
    and     r0, r0, #0xff
    bx      lr

// r1 = the monitor's memory: every core but this one is off.
shim_set_up_sram:
    mov     r0, #CORE_OFF
    mov     r2, #(MAX_CORES - 1)
    add     r3, r1, #SRAM_RECORDS
1:  str     r0, [r3, r2, lsl #RECORD_SHIFT]
    subs    r2, r2, #1
    bne     1b
    mov     r0, #CORE_ON
    str     r0, [r3]
    dmb
    ldr     r0, [r10, #SHIM_PARAM_MAGIC]
    str     r0, [r1, #SRAM_READY]
    dsb
    sev
    bx      lr

// Every interrupt to group 1, and a priority mask that the Non-secure world can raise. Group 0 is on for the monitor.
shim_gic_group1:
    ldr     r1, [r10, #SHIM_PARAM_GICD]
    cmp     r1, #0
    bxeq    lr
    mov     r3, #1
    str     r3, [r1, #GICD_CTLR]
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

// From Monitor mode to r4 with r0-r2 = r5-r7, in the state that reset would leave.
shim_enter_nonsecure:
    movw    r0, #:lower16:SCTLR_RESET
    movt    r0, #:upper16:SCTLR_RESET
    mcr     p15, 0, r0, c1, c0, 0           // SCTLR
    movw    r0, #:lower16:HSCTLR_RESET
    movt    r0, #:upper16:HSCTLR_RESET
    mcr     p15, 4, r0, c1, c0, 0           // HSCTLR
    isb
    mov     r0, #0
    mcr     p15, 4, r0, c1, c1, 0           // HCR
    mcr     p15, 4, r0, c1, c1, 2           // HCPTR
    mcr     p15, 4, r0, c1, c1, 3           // HSTR
    mcrr    p15, 4, r0, r0, c14             // CNTVOFF
    mcrr    p15, 6, r0, r0, c2              // VTTBR
    mcr     p15, 0, r0, c14, c2, 1          // CNTP_CTL
    mcr     p15, 0, r0, c14, c3, 1          // CNTV_CTL
    mcr     p15, 4, r0, c14, c2, 1          // CNTHP_CTL
    mrc     p15, 0, r0, c9, c12, 0          // PMCR.N
    ubfx    r0, r0, #11, #5
    mcr     p15, 4, r0, c1, c1, 1           // HDCR.HPMN: all counters
    mov     r0, #3
    mcr     p15, 4, r0, c14, c1, 0          // CNTHCTL: the counters and timers are open to PL1
    mrc     p15, 0, r0, c0, c0, 0
    mcr     p15, 4, r0, c0, c0, 0           // VPIDR
    mrc     p15, 0, r0, c0, c0, 5
    mcr     p15, 4, r0, c0, c0, 5           // VMPIDR
    mcr     p15, 4, r0, c8, c7, 4           // TLBIALLNSNH
    mcr     p15, 4, r0, c8, c7, 0           // TLBIALLH
    mcr     p15, 0, r0, c7, c5, 0           // ICIALLU
    dsb
    ldr     r0, [r10, #SHIM_PARAM_MODE]
    cmp     r0, #SHIM_MODE_SVC
    movne   r3, #(PSR_AIF | PSR_MODE_HYP)
    moveq   r3, #(PSR_AIF | PSR_MODE_SVC)
    adreq   r0, shim_hyp_vectors
    mcreq   p15, 4, r0, c12, c0, 0          // HVBAR
    tst     r4, #1
    orrne   r3, r3, #PSR_T
    bic     lr, r4, #1
    msr     spsr_cxsf, r3
    mov     r0, r5
    mov     r1, r6
    mov     r2, r7
    isb
    movs    pc, lr

#include "psci.inc"
