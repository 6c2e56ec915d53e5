// SPDX-License-Identifier: Apache-2.0
// Small bare-metal programs for the MPCore tests. Each starts in Secure SVC with everything off and leaves what it saw in
// the words at RESULTS; it ends in WFI or a branch to itself with interrupts masked.
#define GICD    0x2c001000
#define GICC    0x2c002000
#define DEVICE  0x10000000
#define HOLE    0x30000000
#define RESULTS 0x80010000

    .syntax unified
    .arm
    .arch armv7ve
    .fpu neon-vfpv4
    .arch_extension sec
    .text

.macro const reg, value
    movw \reg, #:lower16:(\value)
    movt \reg, #:upper16:(\value)
.endm

.macro vectors table
    adr  r0, \table
    mcr  p15, 0, r0, c12, c0, 0         // VBAR
    isb
    const r11, RESULTS
.endm

// Distributor and CPU interface on, interrupt \id enabled.
.macro gic_on id
    const r8, GICD
    const r9, GICC
    mov  r0, #1
    str  r0, [r8]
    str  r0, [r9]
    mov  r0, #0xff
    str  r0, [r9, #4]
    mov  r0, #(1 << (\id % 32))
    str  r0, [r8, #(0x100 + \id / 32 * 4)]
    movw r0, #0x0101
    movt r0, #0x0101
    str  r0, [r8, #(0x800 + \id / 4 * 4)]
.endm

// The core's CPU interface on; the flags say whether it is core 0.
.macro cpu_interface_on
    const r8, GICD
    const r9, GICC
    mov  r0, #1
    str  r0, [r9]
    mov  r1, #0xff
    str  r1, [r9, #4]
    mrc  p15, 0, r0, c0, c0, 5
    ands r0, r0, #3
.endm

    .balign 32
table_halt:
    .rept 8
    b    .
    .endr
    .balign 32
table_main:
    b    .
    b    .
    b    .
    b    .
    b    on_data_abort
    b    .
    b    on_irq
    b    .

on_data_abort:
    mrc  p15, 0, r0, c5, c0, 0          // DFSR
    str  r0, [r11, #0]
    mrc  p15, 0, r0, c6, c0, 0          // DFAR
    str  r0, [r11, #4]
    str  lr, [r11, #8]
    b    .

// Records the acknowledged ID, the count and the interrupted loop's progress.
on_irq:
    ldr  r0, [r9, #0xc]
    str  r0, [r11, #0]
    mrrc p15, 0, r0, r1, c14
    str  r0, [r11, #4]
    str  r7, [r11, #8]
    b    .

    .global store_word
store_word:
    const r11, RESULTS
    const r0, 0x12345678
    str  r0, [r11]
    b    .

    .global read_hole
read_hole:
    vectors table_main
    const r1, HOLE
    .global read_hole_at
read_hole_at:
    ldr  r0, [r1, #0x24]
    b    .

    .global write_hole
write_hole:
    vectors table_main
    cpsie a
    const r1, HOLE
    str  r0, [r1, #0x24]
1:  add  r7, r7, #1
    b    1b

// The Secure physical timer, spinning with interrupts open.
    .global timer_spin
timer_spin:
    vectors table_main
    gic_on 29
    cpsie i
    mov  r0, #200
    mcr  p15, 0, r0, c14, c2, 0         // CNTP_TVAL
    mov  r0, #1
    mcr  p15, 0, r0, c14, c2, 1         // CNTP_CTL
    mrrc p15, 2, r2, r3, c14            // CNTP_CVAL
    str  r2, [r11, #12]
1:  add  r7, r7, #1
    b    1b

// The same, asleep. The interrupt stays masked: WFI ends all the same.
    .global timer_sleep
timer_sleep:
    vectors table_halt
    gic_on 29
    const r0, 1000000
    mcr  p15, 0, r0, c14, c2, 0
    mov  r0, #1
    mcr  p15, 0, r0, c14, c2, 1
    mrrc p15, 2, r2, r3, c14
    str  r2, [r11, #12]
    wfi
    mrrc p15, 0, r2, r3, c14            // CNTPCT
    str  r2, [r11, #4]
    b    .

// Turns the timer condition true by a write: the interrupt must come before the next few instructions.
    .global timer_now
timer_now:
    vectors table_main
    gic_on 29
    mov  r0, #1
    mcr  p15, 0, r0, c14, c2, 1         // enable; CVAL is 0, so it fires at once
    cpsie i
    add  r7, r7, #1
    b    .

// Asks the device for its interrupt in r6 nanoseconds and counts until it comes.
    .global device_spin
device_spin:
    vectors table_main
    gic_on 40
    cpsie i
    const r1, DEVICE
    const r6, 5000
    str  r6, [r1]
1:  add  r7, r7, #1
    b    1b

// The device raises its line as soon as it is written.
    .global device_now
device_now:
    vectors table_main
    gic_on 40
    cpsie i
    const r1, DEVICE
    mov  r6, #0
    str  r6, [r1]
1:  add  r7, r7, #1
    b    1b

    .global device_reads
device_reads:
    const r1, DEVICE
    const r11, RESULTS
    mrc  p15, 0, r2, c9, c13, 0
    ldr  r0, [r1, #8]
    str  r0, [r11]
    b    .

// A software interrupt from core 0 wakes core 1, which answers through memory and an event.
    .global sgi_pair
sgi_pair:
    const r11, RESULTS
    cpu_interface_on
    bne  2f
    mov  r0, #1
    str  r0, [r8]
    const r0, (1 << 17 | 5)              // to core 1, ID 5
    str  r0, [r8, #0xf00]
1:  wfe
    ldr  r0, [r11, #4]
    cmp  r0, #0
    beq  1b
    str  r0, [r11, #8]
    b    .
2:  wfi
    ldr  r0, [r9, #0xc]
    str  r0, [r11]
    mov  r0, #0x77
    str  r0, [r11, #4]
    dsb
    sev
    b    .

// Core 0 sleeps until core 1, after some thousand instructions, sends it a software interrupt.
    .global wake_first
wake_first:
    cpu_interface_on
    bne  1f
    mov  r0, #1
    str  r0, [r8]
    wfi
    ldr  r0, [r9, #0xc]
    const r11, RESULTS
    str  r0, [r11]
    b    .
1:  const r2, 12345
2:  subs r2, r2, #1
    bne  2b
    const r0, (1 << 16 | 6)              // to core 0, ID 6
    str  r0, [r8, #0xf00]
    b    .

// Every core adds 1 to one word 1000 times.
    .global count_together
count_together:
    const r11, RESULTS
    const r2, 1000
1:  ldrex r0, [r11]
    add  r0, r0, #1
    strex r1, r0, [r11]
    cmp  r1, #0
    bne  1b
    subs r2, r2, #1
    bne  1b
    b    .

// Core 1 stores, not exclusively, to a word between core 0's LDREX and STREX of it; the granule begins four bytes before.
// Then core 0 tries once more.
    .global store_between
store_between:
    const r11, RESULTS
    add  r10, r11, #4
    add  r9, r11, #0x80
    mov  r1, #1
    mrc  p15, 0, r0, c0, c0, 5
    ands r0, r0, #3
    bne  2f
    ldrex r2, [r10]
    str  r1, [r9]
1:  ldr  r0, [r9, #4]
    cmp  r0, #0
    beq  1b
    strex r0, r1, [r10]
    str  r0, [r11, #8]
    ldr  r0, [r10]
    str  r0, [r11, #12]
    ldrex r2, [r10]
    strex r0, r1, [r10]
    str  r0, [r11, #16]
    b    .
2:  ldr  r0, [r9]
    cmp  r0, #0
    beq  2b
    mov  r0, #0x55
    str  r0, [r10]
    str  r1, [r9, #4]
    b    .

// MMU, caches and prediction on; the first MB of RAM is itself, Normal write-back Shareable.
.macro mmu_on
    const r0, 0x80100000                 // the table
    const r1, 0x80011c0e                 // a section: S, TEX 1, C, B, full access
    add  r2, r0, #0x2000                 // entry 0x800
    str  r1, [r2]
    mcr  p15, 0, r0, c2, c0, 0           // TTBR0
    mov  r1, #1
    mcr  p15, 0, r1, c3, c0, 0           // DACR
    mcr  p15, 0, r1, c8, c7, 0           // TLBIALL
    mrc  p15, 0, r0, c1, c0, 0
    const r1, 0x1805                     // I, Z, C, M
    orr  r0, r0, r1
    dsb
    mcr  p15, 0, r0, c1, c0, 0
    isb
.endm

// Core 0 takes a reservation on the granule at r10 and waits while core 1 does one kind of store, then tries STREX: its
// status goes to RESULTS + 32 + 4 * kind. All kinds, 20 rounds, so that both cores have stored to the page before.
    .global stores_between
stores_between:
    mmu_on
    mrc  p15, 0, r0, c1, c0, 2
    orr  r0, r0, #(0xf << 20)            // CPACR: cp10, cp11
    mcr  p15, 0, r0, c1, c0, 2
    isb
    mov  r0, #(1 << 30)
    vmsr fpexc, r0
    const r11, RESULTS
    add  r10, r11, #0x400                // the granule
    add  r9, r11, #0x800                 // turn: core 1 may store; answer: it has
    mov  r8, #0                          // the number of the turn
    mrc  p15, 0, r0, c0, c0, 5
    ands r0, r0, #3
    mov  r7, #20
    bne  5f
1:  mov  r6, #0
2:  ldrex r2, [r10]
    add  r8, r8, #1
    str  r8, [r9]
3:  ldr  r0, [r9, #0x40]
    cmp  r0, r8
    bne  3b
    mov  r1, #0x66
    strex r0, r1, [r10]
    add  r1, r11, #32
    str  r0, [r1, r6, lsl #2]
    add  r6, r6, #1
    cmp  r6, #8
    bne  2b
    ldr  r0, [r11, #28]
    add  r0, r0, #1
    str  r0, [r11, #28]
    subs r7, r7, #1
    bne  1b
    b    .
5:  mov  r6, #0
6:  add  r8, r8, #1
7:  ldr  r0, [r9]
    cmp  r0, r8
    bne  7b
    sub  r4, r10, #4
    cmp  r6, #0
    ldreq r0, [r10]
    streq r0, [r10]
    cmp  r6, #1
    moveq r0, #0
    strbeq r0, [r10, #0x3f]
    cmp  r6, #2
    streq r0, [r10, #-4]
    cmp  r6, #3
    streq r0, [r10, #0x40]
    cmp  r6, #4
    stmeq r4, {r0, r1}
    cmp  r6, #5
    bne  8f
    sub  r4, r10, #8
    vst1.32 {d0, d1}, [r4]
8:  cmp  r6, #6
    streq r0, [r10, #-2]
    cmp  r6, #7
    bne  9f
    ldrex r1, [r10]
    strex r0, r1, [r10]
9:  dmb
    str  r8, [r9, #0x40]
    add  r6, r6, #1
    cmp  r6, #8
    bne  6b
    subs r7, r7, #1
    bne  5b
    b    .

// Core 1 calls a function, core 0 changes it and maintains the instruction caches of all, core 1 calls it again; twice.
    .global change_code
change_code:
    const r11, RESULTS
    add  r9, r11, #0x80
    const r10, 0x80020000                // where the function lies
    mrc  p15, 0, r0, c1, c0, 0
    orr  r0, r0, #(1 << 12)
    mcr  p15, 0, r0, c1, c0, 0          // SCTLR.I
    isb
    mrc  p15, 0, r0, c0, c0, 5
    ands r0, r0, #3
    mov  r4, #1
    bne  2f
    const r5, 0xe3a00000                 // mov r0, #0
    const r6, 0xe12fff1e                 // bx lr
    str  r6, [r10, #4]
1:  add  r5, r5, #1                     // mov r0, #r4
    str  r5, [r10]
    mcr  p15, 0, r10, c7, c11, 1        // DCCMVAU
    dsb
    mcr  p15, 0, r0, c7, c1, 0          // ICIALLUIS
    dsb
    str  r4, [r9]
3:  ldr  r0, [r9, #4]
    cmp  r0, r4
    bne  3b
    add  r4, r4, #1
    cmp  r4, #4
    bne  1b
    b    .
2:  ldr  r0, [r9]
    cmp  r0, r4
    bne  2b
    isb
    blx  r10
    str  r0, [r11], #4
    str  r4, [r9, #4]
    add  r4, r4, #1
    cmp  r4, #4
    bne  2b
    b    .

// Code that is not the core's own store: calls a function, asks for another by a flag, calls it before and after maintenance.
    .global changed_by_device
changed_by_device:
    const r11, RESULTS
    add  r9, r11, #0x80
    const r10, 0x80020000                // where the function lies
    mrc  p15, 0, r0, c1, c0, 0
    orr  r0, r0, #(1 << 12)
    mcr  p15, 0, r0, c1, c0, 0          // SCTLR.I
    const r5, 0xe3a00001                 // mov r0, #1
    const r6, 0xe12fff1e                 // bx lr
    str  r5, [r10]
    str  r6, [r10, #4]
    dsb
    mcr  p15, 0, r0, c7, c5, 0          // ICIALLU
    dsb
    isb
    blx  r10
    str  r0, [r11], #4
    mov  r4, #1
    str  r4, [r9]
1:  ldr  r0, [r9, #4]
    cmp  r0, #1
    bne  1b
    blx  r10
    str  r0, [r11], #4
    mcr  p15, 0, r0, c7, c5, 0
    dsb
    isb
    blx  r10
    str  r0, [r11], #4
    b    .

// MMU, caches and prediction on, then 4000 turns on a word: R4 is the distance between the words of two cores, R5 says what is
// done there.
    .global share_words
share_words:
    mmu_on
    mrc  p15, 0, r10, c0, c0, 5
    and  r10, r10, #3
    const r3, 0x80030000
    mla  r4, r4, r10, r3
    movw r2, #4000
    cmp  r5, #1
    blo  1f
    beq  2f
    cmp  r5, #3
    blo  3f
4:  ldrex r0, [r4]                      // 3: add 1 by exclusives
    add  r0, r0, #1
    strex r1, r0, [r4]
    cmp  r1, #0
    bne  4b
    subs r2, r2, #1
    bne  4b
    b    .
1:  ldr  r0, [r4]                       // 0: read
    add  r0, r0, #1
    subs r2, r2, #1
    bne  1b
    b    .
2:  str  r2, [r4]                       // 1: write
    subs r2, r2, #1
    bne  2b
    b    .
3:  ldr  r0, [r4]                       // 2: add 1
    add  r0, r0, #1
    str  r0, [r4]
    subs r2, r2, #1
    bne  3b
    b    .

    .global spin_forever
spin_forever:
1:  add  r7, r7, #1
    b    1b

    .global sleep_forever
sleep_forever:
    wfi
    b    sleep_forever

// Semihosting: a word to the console, wild pointers, then exit with 42.
    .global semihost
semihost:
    const r11, RESULTS
    mov  r0, #4
    adr  r1, text
    svc  #0x123456
    mov  r0, #5                         // SYS_WRITE with a block in the hole
    const r1, HOLE
    svc  #0x123456
    str  r0, [r11]
    mov  r0, #1                         // SYS_OPEN of a file
    adr  r1, open_file
    svc  #0x123456
    str  r0, [r11, #4]
    mov  r0, #1                         // SYS_OPEN of :tt
    adr  r1, open_tt
    svc  #0x123456
    str  r0, [r11, #8]
    const r1, RESULTS
    add  r1, r1, #0x40
    str  r0, [r1]
    adr  r2, text
    str  r2, [r1, #4]
    mov  r2, #3
    str  r2, [r1, #8]
    mov  r0, #5                         // SYS_WRITE of three bytes
    svc  #0x123456
    str  r0, [r11, #12]
    const r1, RESULTS
    add  r1, r1, #0x40
    add  r2, r11, #0x80
    str  r2, [r1]
    mov  r2, #32
    str  r2, [r1, #4]
    mov  r0, #0x15                      // SYS_GET_CMDLINE
    svc  #0x123456
    str  r0, [r11, #16]
    mov  r0, #0x99                      // no such operation
    svc  #0x123456
    str  r0, [r11, #20]
    mov  r0, #0x20                      // SYS_EXIT_EXTENDED
    adr  r1, exit_block
    svc  #0x123456
    b    .
    .balign 4
text:       .asciz "hypsim\n"
    .balign 4
name_file:  .ascii "/etc/passwd"
    .balign 4
name_tt:    .asciz ":tt"
    .balign 4
open_file:  .word name_file, 0, 11
open_tt:    .word name_tt, 4, 3
exit_block: .word 0x20026, 42

// Core 0 reserves the word at R10, says so, waits for an answer and stores. The others sleep.
    .global reserve_and_wait
reserve_and_wait:
    const r11, RESULTS
    add  r9, r11, #0x80
    mrc  p15, 0, r0, c0, c0, 5
    ands r0, r0, #3
1:  wfine
    bne  1b
    ldrex r1, [r10]
    mov  r4, #1
    str  r4, [r9]
2:  ldr  r0, [r9, #4]
    cmp  r0, #1
    bne  2b
    strex r2, r1, [r10]
    str  r2, [r11]
    b    .

// Every one of R7 cores calls the function at R10 three times thirty times, says what it got and waits for the others. Between the
// first two the host changes it, or core 0 by a store of halfword R5 to R8; between the last two core 0 does broadcast maintenance.
    .global call_changed
call_changed:
    const r11, RESULTS
    add  r9, r11, #0x80
    mrc  p15, 0, r0, c1, c0, 0
    orr  r0, r0, #(1 << 12)
    mcr  p15, 0, r0, c1, c0, 0          // SCTLR.I
    isb
    mrc  p15, 0, r6, c0, c0, 5
    and  r6, r6, #3
    add  r11, r11, r6, lsl #4           // results 4 * core and on
    add  r12, r9, r6, lsl #2            // flags: word of the core
    bl   call_30
    mov  r4, #1
    str  r4, [r12]
1:  ldr  r0, [r9, #0x20]                // go on
    cmp  r0, #1
    bne  1b
    cmp  r6, #0
    bne  2f
    cmp  r8, #0
    strhne r5, [r8]
    dsb
    str  r4, [r9, #0x24]
2:  ldr  r0, [r9, #0x24]
    cmp  r0, #1
    bne  2b
    bl   call_30
    mov  r4, #2
    str  r4, [r12]
    cmp  r6, #0
    bne  5f
    mov  r3, #0                         // all have called
3:  ldr  r0, [r9, r3, lsl #2]
    cmp  r0, #2
    bne  3b
    add  r3, r3, #1
    cmp  r3, r7
    bne  3b
    mcr  p15, 0, r0, c7, c1, 0          // ICIALLUIS
    dsb
    str  r4, [r9, #0x28]
5:  ldr  r0, [r9, #0x28]
    cmp  r0, #2
    bne  5b
    isb
    bl   call_30
    b    .
call_30:
    mov  r2, lr
    mov  r1, #30
1:  blx  r10
    subs r1, r1, #1
    bne  1b
    str  r0, [r11], #4
    bx   r2
