// SPDX-License-Identifier: Apache-2.0
// What a flash at address 0 holds, entered at reset: says where it runs and in which state, finds the device tree at
// `TREE`, and does the job in the word at 0x41000000: 0 exits, 1 and 2 drive the secure GPIO's outputs 0 and 1 high.
  .syntax unified
  .arch armv7-a
  .arch_extension sec
  .text
  .globl _start
_start:
  adr r4, _start          // address
  mrs r5, cpsr
  and r5, r5, #0x1F       // mode
  mrc p15, 0, r6, c1, c1, 0  // SCR, which the Non-secure world may not read
  ldr r7, =TREE
  ldr r8, [r7]            // the magic number, big-endian
  ldr sp, =0x40800000
  mov r0, #'@'
  bl put
  mov r0, r4
  bl hex
  mov r0, r5
  bl hex
  mov r0, r6
  bl hex
  rev r0, r8
  bl hex
  mov r0, #10
  bl put
  ldr r0, =0x41000000
  ldr r0, [r0]
  cmp r0, #0
  beq done
  ldr r1, =0x090B0000
  mov r2, #3
  str r2, [r1, #0x400]    // both are outputs
  cmp r0, #1
  moveq r2, #1
  movne r2, #2
  str r2, [r1, #0x3FC]
  dsb
1: wfi
  b 1b
done:
  mov r0, #0x18
  ldr r1, =0x20026
  svc 0x123456

hex:
  push {r4, r5, lr}
  mov r4, r0
  mov r5, #28
1: lsr r0, r4, r5
  and r0, r0, #15
  cmp r0, #10
  addlt r0, r0, #'0'
  addge r0, r0, #'a' - 10
  bl put
  subs r5, r5, #4
  bpl 1b
  mov r0, #' '
  bl put
  pop {r4, r5, pc}
put:
  ldr r1, =0x09000000
  str r0, [r1]
  bx lr
  .ltorg
