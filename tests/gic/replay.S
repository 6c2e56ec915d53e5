@ SPDX-License-Identifier: Apache-2.0
@ Replays a list of word accesses on real or simulated hardware, in the mode it is started in, and writes what the reads
@ gave into a file of the host by semihosting. The list stands at 0x41000000: {operation, address, value}, operation 0
@ ends it, 1 reads, 2 writes. The results gather at 0x42000000; the name of the file stands at 0x40FF0000.
  .arch armv7-a
  .arm
  .text
  .globl _start
_start:
  ldr   r5, =0x41000000
  ldr   r6, =0x42000000
  mov   r7, r6
next:
  ldmia r5!, {r0, r1, r2}
  cmp   r0, #0
  beq   finish
  cmp   r0, #1
  strne r2, [r1]
  bne   next
  ldr   r2, [r1]
  str   r2, [r7], #4
  b     next

finish:
  adr   r1, parameters
  mov   r0, #0x01           @ SYS_OPEN: name, mode "wb", length of the name
  ldr   r2, =0x40FF0000
  str   r2, [r1]
  mov   r3, #5
  str   r3, [r1, #4]
  mov   r4, #0
length:
  ldrb  r3, [r2, r4]
  cmp   r3, #0
  addne r4, r4, #1
  bne   length
  str   r4, [r1, #8]
  svc   0x123456
  adr   r1, parameters
  str   r0, [r1]
  str   r6, [r1, #4]
  sub   r3, r7, r6
  str   r3, [r1, #8]
  mov   r0, #0x05           @ SYS_WRITE: handle, data, length
  svc   0x123456
  mov   r0, #0x02           @ SYS_CLOSE: handle
  svc   0x123456
  mov   r0, #0x18           @ SYS_EXIT
  ldr   r1, =0x20026
  svc   0x123456
  b     .

  .ltorg
parameters:
  .word 0, 0, 0
