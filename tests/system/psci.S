// SPDX-License-Identifier: Apache-2.0
// Calls the firmware's PSCI and exits with 0, or with the number of the first step that went wrong. The semihosting command
// line is two letters, the conduit and the job:
//   s SMC, h HVC   c calls and cores   f vexpress flags   o power off   r reboot
// Needs two cores. The addresses come from the command line of the compiler.
    .syntax unified
    .arch armv7ve
    .arch_extension sec
    .arch_extension virt

.macro const reg, value
    movw \reg, #:lower16:(\value)
    movt \reg, #:upper16:(\value)
.endm

// Step \number: the call \function(r1, r2, r3) returns \result and changes nothing else.
.macro expect number, function, result
    mov   r10, #\number
    const r0, \function
    const r9, \result
    bl    checked_call
.endm

#define VERSION       0x84000000
#define CPU_SUSPEND   0x84000001
#define CPU_OFF       0x84000002
#define CPU_ON        0x84000003
#define AFFINITY_INFO 0x84000004
#define MIGRATE       0x84000005
#define INFO_TYPE     0x84000006
#define SYSTEM_OFF    0x84000008
#define SYSTEM_RESET  0x84000009
#define FEATURES      0x8400000a
#define SMCCC_VERSION 0x80000000
#define SMCCC_FEATURES 0x80000001

    .global _start
_start:
    ldr   sp, =STACK
    mov   r0, #0x15
    ldr   r1, =cmdline_block
    svc   #0x123456
    ldr   r4, =cmdline
    ldrb  r11, [r4]                         // the conduit, for call
    ldrb  r0, [r4, #1]
    cmp   r0, #'o'
    const r0, SYSTEM_OFF
    beq   call
    ldrb  r0, [r4, #1]
    cmp   r0, #'r'
    const r0, SYSTEM_RESET
    beq   call
    ldrb  r0, [r4, #1]
    cmp   r0, #'f'
    beq   start_by_flags

    expect 1, VERSION, 0x10000
    expect 2, INFO_TYPE, 2
    expect 3, MIGRATE, -1
    expect 4, 0x8400000b, -1
    expect 5, SMCCC_VERSION, 0x10001
    const r1, 0x80008000
    expect 6, SMCCC_FEATURES, -1
    const r1, SMCCC_VERSION
    expect 50, SMCCC_FEATURES, 0
    const r1, SMCCC_FEATURES
    expect 51, SMCCC_FEATURES, 0
    const r1, VERSION
    expect 52, SMCCC_FEATURES, -1
    const r1, CPU_ON
    expect 7, FEATURES, 0
    const r1, SMCCC_VERSION
    expect 8, FEATURES, 0
    const r1, MIGRATE
    expect 9, FEATURES, -1
    const r1, 0x8400001f
    expect 10, FEATURES, -1

    mov   r10, #53
    mrc   p15, 0, r0, c1, c0, 1
    and   r0, r0, #0x41
    cmp   r0, #0x41                         // ACTLR.{SMP,IBE}
    bne   fail

    mov   r1, #0
    mov   r2, #0
    expect 11, AFFINITY_INFO, 0
    mov   r2, #1
    expect 12, AFFINITY_INFO, 0
    mov   r2, #2
    expect 13, AFFINITY_INFO, -2
    mov   r1, #1
    mov   r2, #0
    expect 14, AFFINITY_INFO, 1
    mov   r1, #4
    expect 15, AFFINITY_INFO, -2
    ldr   r2, =secondary
    expect 16, CPU_ON, -2
    const r1, 0x80000001
    expect 17, CPU_ON, -2
    mov   r1, #0
    expect 18, CPU_ON, -4

// Core 1 once in A32, once in T32; each time it goes off again.
    mov   r1, #1
    const r3, 0x12345678
    expect 20, CPU_ON, 0
    mov   r10, #21
    bl    await_secondary
    expect 22, CPU_ON, -4
    bl    release_secondary
    ldr   r2, =secondary_thumb
    const r3, 0x87654321
    expect 23, CPU_ON, 0
    mov   r10, #24
    bl    await_secondary
    bl    release_secondary

// Suspension ends when the physical timer's interrupt is pending: enabled there, masked here.
    bl    arm_timer
    const r1, 0x04000000
    expect 30, CPU_SUSPEND, -2
    mov   r1, #0
    expect 31, CPU_SUSPEND, 0
    mov   r10, #32
    bl    timer_pending
    bl    arm_timer
    mov   r1, #0x10000                      // power down: goes on at r2
    ldr   r2, =woken
    const r3, 0xcafe
    const r0, CPU_SUSPEND
    mov   r10, #33
    bl    call
    b     fail
woken:
    const r3, 0xcafe
    cmp   r0, r3
    bne   fail_34
    mov   r10, #0
    b     fail

// r1 = 1, r3 = context: waits for the secondary's report and checks context and mode.
await_secondary:
    ldr   r4, =report
1:  ldr   r5, [r4]
    cmp   r5, #0
    beq   1b
    ldr   r5, [r4, #4]
    cmp   r5, r3
    bne   fail
    ldr   r5, [r4, #12]
    and   r5, r5, #0x41                     // ACTLR.{SMP,IBE}
    cmp   r5, #0x41
    bne   fail
    ldr   r5, [r4, #8]
    mrs   r6, cpsr
    eor   r5, r5, r6
    tst   r5, #0x1f                         // the same mode as ours
    bne   fail
    bx    lr

// Lets the secondary call CPU_OFF and waits until it is off.
release_secondary:
    push  {r2, lr}
    mov   r5, #0
    str   r5, [r4]
1:  const r0, AFFINITY_INFO
    mov   r2, #0
    bl    call
    cmp   r0, #1
    bne   1b
    pop   {r2, pc}

    .balign 4
    .thumb_func
secondary_thumb:
    .thumb
    bx    pc
    nop
    .arm
    .type secondary, %function
secondary:
    ldr   r4, =report
    str   r0, [r4, #4]
    mrs   r1, cpsr
    str   r1, [r4, #8]
    mrc   p15, 0, r1, c1, c0, 1
    str   r1, [r4, #12]
    dmb
    mov   r0, #1
    str   r0, [r4]
1:  ldr   r0, [r4]
    cmp   r0, #0
    bne   1b
    const r0, CPU_OFF
    mov   r11, #'s'
    bl    call
    b     .

arm_timer:
    const r4, GICD
    const r5, (1 << 30)                     // interrupt ID 30
    str   r5, [r4, #0x100]
    mov   r5, #1
    str   r5, [r4]
    const r4, GICC
    str   r5, [r4]
    mov   r6, #0xff
    str   r6, [r4, #4]
    const r6, 100000
    mcr   p15, 0, r6, c14, c2, 0            // CNTP_TVAL
    mcr   p15, 0, r5, c14, c2, 1            // CNTP_CTL
    isb
    bx    lr
timer_pending:
    mrc   p15, 0, r5, c14, c2, 1
    tst   r5, #4                            // ISTATUS
    beq   fail
    bx    lr

// The way of the Versatile Express: an address in the flags, and an interrupt.
start_by_flags:
    mov   r10, #40
    const r4, GICD
    mov   r5, #1
    str   r5, [r4]
    const r4, FLAGS
    ldr   r5, =flagged
    str   r5, [r4]
    const r4, GICD
    const r5, 0x00020000                    // SGI 0 to core 1
    ldr   r6, =report
    dsb
1:  str   r5, [r4, #0xf00]                  // again and again: core 1 may not have got as far as to listen
    ldr   r7, [r6]
    cmp   r7, #0
    beq   1b
    mov   r10, #0
    b     fail
flagged:
    ldr   r4, =report
    mov   r0, #1
    str   r0, [r4]
    b     .

call:
    cmp   r11, #'h'
    beq   1f
    smc   #0
    bx    lr
1:  hvc   #0
    bx    lr

// r9 = what the call must return; r1-r14 must be left as they are.
checked_call:
    push  {r1-r12, lr}
    mov   r4, #0x44
    mov   r7, #0x77
    mvn   r12, #0
    mov   r6, sp
    bl    call
    cmp   r0, r9
    bne   fail
    cmp   sp, r6
    cmpeq r4, #0x44
    cmpeq r7, #0x77
    cmneq r12, #1
    bne   fail
    pop   {r4-r6}
    cmp   r1, r4
    cmpeq r2, r5
    cmpeq r3, r6
    bne   fail
    pop   {r4-r12, pc}

fail_34:
    mov   r10, #34
// Exits with r10.
fail:
    ldr   r1, =exit_block
    str   r10, [r1, #4]
    mov   r0, #0x20
    svc   #0x123456
    b     .

    .ltorg
    .balign 4
cmdline_block: .word cmdline, 16
exit_block:    .word 0x20026, 0
report:        .word 0, 0, 0, 0
cmdline:       .space 16
