@ SPDX-License-Identifier: Apache-2.0
@ Hyp mode of the trap mix: tables, vectors, and traps switched on. Called by start.S in Hyp mode, MMU off; r0-r12 are lost.
#include "traps.h"
  .syntax unified
  .arm
  .arch_extension virt

  .text
  .global hyp_setup
  .type hyp_setup, %function
hyp_setup:
  mov r4, lr
  ldr sp, =hyp_stack
  bl make_tables
  ldr r0, =hyp_vectors
  mcr p15, 4, r0, c12, c0, 0       @ HVBAR
  ldr r0, =hyp_root
  mov r1, #0
  mcrr p15, 4, r0, r1, c2          @ HTTBR
  ldr r0, =MAIR0_VALUE
  mcr p15, 4, r0, c10, c2, 0       @ HMAIR0
  ldr r0, =HTCR_VALUE
  mcr p15, 4, r0, c2, c0, 2        @ HTCR
  ldr r0, =VTCR_VALUE
  mcr p15, 4, r0, c2, c1, 2        @ VTCR
  ldr r0, =stage2_root
  mov r1, #1 << 16
  mcrr p15, 6, r0, r1, c2          @ VTTBR: VMID 1
  mrc p15, 0, r0, c0, c0, 0
  mcr p15, 4, r0, c0, c0, 0        @ VPIDR
  mrc p15, 0, r0, c0, c0, 5
  mcr p15, 4, r0, c0, c0, 5        @ VMPIDR
  mov r1, #0
  mcr p15, 4, r1, c8, c7, 0        @ TLBIALLH
  mcr p15, 4, r1, c8, c7, 4        @ TLBIALLNSNH
  mcr p15, 0, r1, c7, c5, 0        @ ICIALLU
  dsb
  isb
  ldr r0, =HSCTLR_VALUE
  mcr p15, 4, r0, c1, c0, 0        @ HSCTLR
  isb
  ldr r0, =kHcrBits
  ldr r0, [r0]
  orr r0, r0, #1                   @ VM
  mcr p15, 4, r0, c1, c1, 0        @ HCR
  isb
  bx r4

  .balign 32
hyp_vectors:
  .rept 5
  b unexpected
  .endr
  b on_trap
  b unexpected
  b unexpected
on_trap:
  push {r0-r3, r12, lr}
  mov r0, sp
  bl hyp_handler
  pop {r0-r3, r12, lr}
  eret
unexpected:
  bl unexpected_trap
  .ltorg

  .bss
  .balign 8
  .space 4096
hyp_stack:
