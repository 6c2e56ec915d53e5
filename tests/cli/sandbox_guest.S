// SPDX-License-Identifier: Apache-2.0
// Makes a file by semihosting, reads it back and prints it; ends with 0 if all of that went well.
    .syntax unified
    .arch armv7ve
    .global _start
    .type _start, %function
_start:
    ldr   r0, =open_to_write
    bl    open_file
    mov   r5, r0
    ldr   r1, =block
    ldr   r2, =text
    mov   r3, #text_size
    stm   r1, {r0, r2, r3}
    mov   r0, #5                        // SYS_WRITE
    bl    semihosting
    cmp   r0, #0
    bne   failed
    bl    close_file
    ldr   r0, =open_to_read
    bl    open_file
    mov   r5, r0
    ldr   r1, =block
    ldr   r2, =buffer
    mov   r3, #text_size
    stm   r1, {r0, r2, r3}
    mov   r0, #6                        // SYS_READ
    bl    semihosting
    cmp   r0, #0
    bne   failed
    bl    close_file
    ldr   r1, =buffer
    mov   r0, #4                        // SYS_WRITE0
    bl    semihosting
    mov   r1, #0
    b     end
failed:
    mov   r1, #1
end:
    ldr   r0, =block
    ldr   r2, =0x20026                  // ADP_Stopped_ApplicationExit
    stm   r0, {r2}
    str   r1, [r0, #4]
    mov   r1, r0
    mov   r0, #0x20                     // SYS_EXIT_EXTENDED
    bl    semihosting

open_file:
    mov   r4, lr
    mov   r1, r0
    mov   r0, #1                        // SYS_OPEN
    bl    semihosting
    cmn   r0, #1
    beq   failed
    bx    r4

close_file:
    mov   r4, lr
    ldr   r1, =block
    str   r5, [r1]
    mov   r0, #2                        // SYS_CLOSE
    bl    semihosting
    cmp   r0, #0
    bne   failed
    bx    r4

semihosting:
    svc   #0x123456
    bx    lr
    .size _start, . - _start
    .ltorg

    .align 2
open_to_write: .word name, 4, name_size  // "w"
open_to_read:  .word name, 0, name_size  // "r"
name:   .asciz "made.txt"
    .equ  name_size, . - name - 1
text:   .ascii "written and read\n"
    .equ  text_size, . - text
    .align 2
block:  .space 12
buffer: .space 64
