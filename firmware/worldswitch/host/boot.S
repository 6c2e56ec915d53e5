// SPDX-License-Identifier: Apache-2.0
// From reset (Secure SVC), NS Hyp or NS SVC to the host kernel in NS SVC with HVBAR on the bring-up vectors.
#include "hyp_bits.h"
#include "shim_params.h"

#define HSCTLR_RESET  0x30c50878
#define SVC_STACK     8192
#define SMALL_STACK   512

    .syntax unified
    .arm
    .section .text.boot, "ax"
    .global _start
_start:
    ldr     r10, =start_kernel
    b       start

// The second core, by PSCI: in the mode in which the first came.
    .global secondary_start
    .type secondary_start, %function
secondary_start:
    ldr     r10, =start_second_kernel

start:
    mrs     r0, cpsr
    and     r0, r0, #PSR_MODE_MASK
    cmp     r0, #PSR_HYP
    beq     start_hyp
    ldr     r0, =probe_vectors
    mcr     p15, 0, r0, c12, c0, 0          // VBAR
    isb
    mov     r4, #0
    mrc     p15, 0, r0, c1, c1, 0           // SCR: UNDEFINED in Non-secure state
    cmp     r4, #0
    bne     start_svc
    mov     r1, #2
    bl      set_boot_path
    b       shim_reset

start_hyp:
    mov     r1, #1
    bl      set_boot_path
    movw    r0, #:lower16:HSCTLR_RESET
    movt    r0, #:upper16:HSCTLR_RESET
    mcr     p15, 4, r0, c1, c0, 0           // HSCTLR
    ldr     r0, =abi.hyp_init_vectors
    mcr     p15, 4, r0, c12, c0, 0          // HVBAR
    mov     r0, #0
    mcr     p15, 4, r0, c1, c1, 0           // HCR
    mcr     p15, 4, r0, c1, c1, 2           // HCPTR
    mcr     p15, 4, r0, c1, c1, 3           // HSTR
    mcrr    p15, 4, r0, r0, c14             // CNTVOFF
    mcrr    p15, 6, r0, r0, c2              // VTTBR
    mrc     p15, 0, r0, c9, c12, 0          // PMCR.N
    ubfx    r0, r0, #11, #5
    mcr     p15, 4, r0, c1, c1, 1           // HDCR.HPMN: all counters are the host's
    mrc     p15, 4, r0, c14, c1, 0          // CNTHCTL
    orr     r0, r0, #3
    mcr     p15, 4, r0, c14, c1, 0
    mrc     p15, 0, r0, c0, c0, 0
    mcr     p15, 4, r0, c0, c0, 0           // VPIDR
    mrc     p15, 0, r0, c0, c0, 5
    mcr     p15, 4, r0, c0, c0, 5           // VMPIDR
    movw    r0, #(PSR_A | PSR_I | PSR_F | PSR_SVC)
    msr     SPSR_cxsf, r0
    msr     ELR_hyp, r10
    eret

// No Hyp at boot: a monitor of 2012 set HVBAR when asked. Any failure leaves boot_path 0. The HVC afterwards is taken by
// the bring-up vectors, or is UNDEFINED when SCR.HCE stayed clear, which the probe in the kernel notices.
start_svc:
    ldr     r7, =SHIM_SMC_SET_HVBAR
    ldr     r0, =abi.hyp_init_vectors
    mov     r4, #0
    smc     #0
    cmp     r4, #0
    bxne    r10
    cmp     r0, #0
    bxne    r10
    mov     r1, #3
    bl      set_boot_path
    bx      r10

// The first of the paths counts: a secure start comes through start_hyp as well.
set_boot_path:
    ldr     r0, =boot_path
    ldr     r2, [r0]
    cmp     r2, #0
    streq   r1, [r0]
    bx      lr

// Stacks of all modes, SVC last; vectors; a known SCTLR.
.macro enter_kernel stacks
    cpsid   aif, #PSR_IRQ
    ldr     sp, =irq_\stacks
    cps     #PSR_ABT
    ldr     sp, =abt_\stacks
    cps     #PSR_UND
    ldr     sp, =und_\stacks
    cps     #PSR_FIQ
    ldr     sp, =fiq_\stacks
    cps     #PSR_SVC
    ldr     sp, =svc_\stacks
    ldr     r0, =host_vectors
    mcr     p15, 0, r0, c12, c0, 0          // VBAR
    ldr     r0, =0x00c50078
    mcr     p15, 0, r0, c1, c0, 0           // SCTLR: MMU and caches off, high vectors off
    mov     r0, #0
    mcr     p15, 0, r0, c7, c5, 0           // ICIALLU
    mcr     p15, 0, r0, c7, c5, 6           // BPIALL
    isb
.endm

start_second_kernel:
    enter_kernel second_stack
    bl      mmu_on
    bl      secondary_main
    b       .

start_kernel:
    enter_kernel stack_top
    bl      mmu_enable
    ldr     r0, =__bss_start
    ldr     r1, =__bss_end
    mov     r2, #0
1:  cmp     r0, r1
    strlo   r2, [r0], #4
    blo     1b
    ldr     r0, =boot_path
    ldr     r0, [r0]
    bl      host_main
    b       .

    .balign 32
probe_vectors:
    b       .
    b       probe_undefined
    .rept 6
    b       .
    .endr
probe_undefined:
    mov     r4, #1
    movs    pc, lr                          // the next A32 instruction

    .pool

    .data
    .global boot_path
boot_path:
    .word   0

    .section .noinit, "aw", %nobits
    .balign 16
    .space  SVC_STACK
svc_stack_top:
    .space  SMALL_STACK
irq_stack_top:
    .space  SMALL_STACK
abt_stack_top:
    .space  SMALL_STACK
und_stack_top:
    .space  SMALL_STACK
fiq_stack_top:
    .space  SVC_STACK
svc_second_stack:
    .space  SMALL_STACK
irq_second_stack:
    .space  SMALL_STACK
abt_second_stack:
    .space  SMALL_STACK
und_second_stack:
    .space  SMALL_STACK
fiq_second_stack:
