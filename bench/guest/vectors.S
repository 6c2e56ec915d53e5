@ SPDX-License-Identifier: Apache-2.0
@ The vectors of PL1, and the way into User mode and back.
  .syntax unified
  .arm

  .equ MODE_USR_OPEN, 0x10
  .equ MODE_SVC, 0x13
  .equ MODE_IRQ, 0x12
  .equ MODE_ABT, 0x17
  .equ MODE_UND, 0x1B
  .equ MODE_SYS, 0x1F
  .equ THUMB, 0x20

  .text
@ Stores the frame, calls a handler, goes on where the frame says.
.macro entry handler, correction
  .if \correction
  sub lr, lr, #\correction
  .endif
  push {r0-r3, r12, lr}
  mov r0, sp
  bl \handler
  ldm sp!, {r0-r3, r12, pc}^
.endm

  .balign 32
vectors:
  b .
  b on_undefined
  b on_call
  b .
  b on_abort
  b .
  entry interrupt_handler, 4

on_undefined:
  entry undefined_handler, 0
on_abort:
  entry abort_handler, 8
on_call:
  cmp r7, #0
  popeq {r4-r11, pc}               @ the work is done: back to who called run_in_user
  push {r0-r3, r12, lr}
  mov r0, sp
  mov r1, r7
  bl call_handler
  ldm sp!, {r0-r3, r12, pc}^

  .global exceptions_on
  .type exceptions_on, %function
exceptions_on:
  ldr r0, =vectors
  mcr p15, 0, r0, c12, c0, 0       @ VBAR
  cps #MODE_UND
  ldr sp, =undefined_stack
  cps #MODE_ABT
  ldr sp, =abort_stack
  cps #MODE_IRQ
  ldr sp, =interrupt_stack
  cps #MODE_SVC
  isb
  bx lr

  .global run_in_user
  .type run_in_user, %function
run_in_user:
  push {r4-r11, lr}
  cps #MODE_SYS
  ldr sp, =user_stack
  ldr lr, =work_done
  cps #MODE_SVC
  tst r0, #1
  mov r1, #MODE_USR_OPEN
  orrne r1, r1, #THUMB
  msr spsr_cxsf, r1
  bic lr, r0, #1
  movs pc, lr
work_done:
  mov r7, #0
  svc #0
  .ltorg

  .bss
  .balign 8
  .space 1024
undefined_stack:
  .space 1024
abort_stack:
  .space 1024
interrupt_stack:
  .space 4096
user_stack:
