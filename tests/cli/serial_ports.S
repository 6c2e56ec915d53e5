// SPDX-License-Identifier: Apache-2.0
// Prints "port N" on each of the four UARTs of vexpress-a15. With --args echo it then sends back what it is sent on the
// second of them, upper case bit cleared, until a '.' comes.
    .syntax unified
    .arch armv7ve
    .global _start
_start:
    ldr   sp, =0x80300000
    ldr   r4, =0x1c090000
    mov   r5, #'0'
1:  ldr   r0, =text
    strb  r5, [r0, #5]
    mov   r1, r4
    bl    puts
    add   r4, r4, #0x10000
    add   r5, r5, #1
    cmp   r5, #'4'
    bne   1b
    mov   r0, #0x15                     // SYS_GET_CMDLINE
    ldr   r1, =block
    svc   #0x123456
    ldr   r0, =line
    ldrb  r0, [r0]
    cmp   r0, #'e'
    bne   end
    ldr   r4, =0x1c0a0000
2:  ldr   r0, [r4, #0x18]
    tst   r0, #0x10                     // UARTFR.RXFE
    bne   2b
    ldrb  r0, [r4]
    bic   r1, r0, #0x20
    strb  r1, [r4]
    cmp   r0, #'.'
    bne   2b
end:
    mov   r0, #0x18
    ldr   r1, =0x20026
    svc   #0x123456

puts:
    ldrb  r2, [r0], #1
    cmp   r2, #0
    strbne r2, [r1]
    bne   puts
    bx    lr

    .data
block: .word line, 16
line:  .space 16
text:  .asciz "port N\n"
