@ SPDX-License-Identifier: Apache-2.0
@ The way into an image: Hyp mode is left for Supervisor, through hyp_setup where the image has that; the MMU maps all memory
@ to itself, RAM write-back cacheable, and the caches and the branch predictor are on. Runs on hypsim and on QEMU alike.
  .syntax unified
  .arm

  .equ CPSR_MODE, 0x1F
  .equ MODE_HYP, 0x1A
  .equ MODE_SVC_MASKED, 0x1D3      @ A, I, F masked, Supervisor
  .equ SCTLR_M_C_Z_I, 0x1805

  @ Short-descriptor sections, ARM DDI 0406C B3.5.1: AP = 11 (full access), domain 0
  .equ SECTION_RAM, 0x11C0E        @ Normal write-back write-allocate (TEX=001, C=B=1), Shareable
  .equ SECTION_DEVICE, 0x00C12     @ Device is Strongly-ordered here, XN
  .equ FIRST_RAM_SECTION, 0x400

  .section .start, "ax"
  .global _start
_start:
  mrs r0, cpsr
  and r1, r0, #CPSR_MODE
  cmp r1, #MODE_HYP
  bne in_supervisor
  .weak hyp_setup
  bl hyp_setup                     @ a NOP where there is none
  ldr r0, =MODE_SVC_MASKED
  msr spsr_cxsf, r0
  adr r0, in_supervisor
  msr elr_hyp, r0
  eret
in_supervisor:
  ldr sp, =stack_top

  ldr r0, =translation_table
  mov r1, #0
1:
  cmp r1, #FIRST_RAM_SECTION
  ldrlo r2, =SECTION_DEVICE
  ldrhs r2, =SECTION_RAM
  orr r2, r2, r1, lsl #20
  str r2, [r0, r1, lsl #2]
  add r1, r1, #1
  cmp r1, #0x1000
  blo 1b

  orr r0, r0, #0x4A                @ walks: inner and outer write-back, shareable
  mov r1, #0
  mcr p15, 0, r1, c2, c0, 2        @ TTBCR: short descriptors, TTBR0 for everything
  mcr p15, 0, r0, c2, c0, 0        @ TTBR0
  mov r0, #1
  mcr p15, 0, r0, c3, c0, 0        @ DACR: domain 0 is a client
  mcr p15, 0, r1, c8, c7, 0        @ TLBIALL
  mcr p15, 0, r1, c7, c5, 0        @ ICIALLU
  dsb
  isb
  mrc p15, 0, r0, c1, c0, 0
  ldr r2, =SCTLR_M_C_Z_I
  orr r0, r0, r2
  mcr p15, 0, r0, c1, c0, 0
  isb

  bl bench_main
1:
  wfi
  b 1b
  .ltorg

  .bss
  .balign 0x4000
  .global translation_table
translation_table:
  .space 0x4000
  .space 0x4000
stack_top:
