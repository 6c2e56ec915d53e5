// SPDX-License-Identifier: Apache-2.0
// One image for all command line tests: the semihosting command line says what it does.
//   (none) exit 0   e<digit> exit with it   l loop   w sleep for ever   v break the vectors   c print for ever
//   k sleep until the power key is pressed, print its GPIO lines   g set the watchdog and hang, h or sleep
//   d print R2 and the magic number it points to   p print the processor mode
    .syntax unified
    .arch armv7ve
    .arch_extension sec
    .global _start
_start:
    mov   r10, r2
    ldr   sp, =0x40400000
    mov   r0, #0x15
    ldr   r1, =cmdline_block
    svc   #0x123456
    ldr   r9, =cmdline
    ldrb  r0, [r9]
    cmp   r0, #'e'
    beq   exit_digit
    cmp   r0, #'l'
    beq   loop
    cmp   r0, #'w'
    beq   sleep
    cmp   r0, #'v'
    beq   break_vectors
    cmp   r0, #'c'
    beq   chatter
    cmp   r0, #'d'
    beq   device_tree
    cmp   r0, #'p'
    beq   print_mode
    cmp   r0, #'k'
    beq   power_key
    cmp   r0, #'g'
    beq   watchdog
    cmp   r0, #'h'
    beq   watchdog
    ldr   r0, =greeting
    bl    puts
    mov   r0, #0
    b     exit

exit_digit:
    ldrb  r0, [r9, #1]
    sub   r0, r0, #'0'
exit:
    ldr   r1, =exit_block
    str   r0, [r1, #4]
    mov   r0, #0x20
    svc   #0x123456
loop:
    add   r7, r7, #1
    b     loop
sleep:
    wfi
    b     sleep
break_vectors:
    ldr   r0, =0x3F000000
    mrs   r1, cpsr
    and   r1, r1, #0x1f
    cmp   r1, #0x1a
    mcreq p15, 4, r0, c12, c0, 0        // HVBAR
    mcrne p15, 0, r0, c12, c0, 0        // VBAR
    isb
    udf   #0
chatter:
    ldr   r0, =greeting
    bl    puts
    b     chatter
device_tree:
    ldr   r0, [r10]
    bl    print_hex
    mov   r0, #0
    b     exit
print_mode:
    mrs   r0, cpsr
    and   r0, r0, #0x1f
    bl    print_hex
    mov   r0, #0
    b     exit

// Line 3 of the PL061 is SPI 7, interrupt 39.
power_key:
    cpsid aif
    ldr   r4, =0x08000000               // GICD
    mov   r0, #0x80
    str   r0, [r4, #0x104]              // GICD_ISENABLER1
    mov   r0, #1
    strb  r0, [r4, #0x827]              // GICD_ITARGETSR
    str   r0, [r4]
    ldr   r5, =0x08010000               // GICC
    mov   r1, #0xf0
    str   r1, [r5, #4]
    str   r0, [r5]
    ldr   r6, =0x09030000               // PL061
    mov   r0, #8
    str   r0, [r6, #0x40c]              // GPIOIEV: rising
    str   r0, [r6, #0x410]              // GPIOIE
    wfi
    ldr   r0, [r5, #0xc]                // GICC_IAR
    ldr   r1, [r6, #0x418]              // GPIOMIS
    ldr   r2, [r6, #0x3fc]              // GPIODATA
    orr   r0, r0, r1, lsl #16
    orr   r0, r0, r2, lsl #24
    bl    print_hex
    mov   r0, #0
    b     exit

// An SP805 at the place that the test gave it: ten ticks to the interrupt, ten more to the reset.
watchdog:
    cpsid aif
    ldr   r4, =0x090c0000
    mov   r1, #10
    str   r1, [r4]
    mov   r1, #3
    str   r1, [r4, #8]
    cmp   r0, #'h'
    beq   sleep
hang:
    b     hang

puts:
    mov   r1, r0
    mov   r0, #4
    svc   #0x123456
    bx    lr

// R0 as eight digits and a newline
print_hex:
    ldr   r1, =digits
    mov   r2, #8
1:  ror   r0, r0, #28
    and   r3, r0, #15
    cmp   r3, #10
    addlt r3, r3, #'0'
    addge r3, r3, #('a' - 10)
    strb  r3, [r1], #1
    subs  r2, r2, #1
    bne   1b
    ldr   r0, =digits
    b     puts

    .data
cmdline_block: .word cmdline, 64
exit_block:    .word 0x20026, 0
cmdline:       .space 64
digits:        .ascii "00000000\n\0"
greeting:      .asciz "hello from the guest\n"
