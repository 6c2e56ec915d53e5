// SPDX-License-Identifier: Apache-2.0
// One loop a probe: R0 turns, R1 the address it works on, LR where it ends. What a turn costs is taken from runs of
// different lengths, so what stands round the loop does not matter.
    .syntax unified
    .arm
    .arch armv7ve
    .fpu neon-vfpv4
    .text

.macro probe name
    .align 6
    .global \name
\name:
1:
.endm

.macro again
    subs r0, r0, #1
    bne  1b
    bx   lr
.endm

    .global stop
stop:
    b    stop

probe empty
    again

probe chase
    .rept 8
    ldr  r1, [r1]
    .endr
    again

probe chase_multiple
    .rept 8
    ldm  r1, {r1-r4}
    .endr
    again

probe stream                            // independent loads, a line each
    .rept 8
    ldr  r2, [r1], #64
    .endr
    cmp  r1, r3
    subhs r1, r1, #65536
    again

probe scattered                         // independent loads of lines that a table at R3 names by their offsets
    mov  r5, r3
    add  r6, r3, #4096
2:
    .rept 8
    ldr  r4, [r5], #4
    ldr  r2, [r1, r4]
    .endr
    cmp  r5, r6
    bne  2b
    again

probe stream_and_work                   // the same with work that does not depend on the loads
    .rept 8
    ldr  r2, [r1], #64
    add  r4, r5, #1
    add  r6, r7, #1
    add  r8, r5, #1
    .endr
    cmp  r1, r3
    subhs r1, r1, #65536
    again

probe stream_and_sum                    // and with a sum of what was loaded
    .rept 8
    ldr  r2, [r1], #64
    add  r4, r4, r2
    .endr
    cmp  r1, r3
    subhs r1, r1, #65536
    again

probe stream_update                     // a load and a store of a line each: it leaves L1D Modified
    .rept 8
    ldr  r2, [r1]
    str  r3, [r1], #64
    .endr
    cmp  r1, r3
    subhs r1, r1, #65536
    again

probe store_lines
    .rept 8
    str  r3, [r1, #8]
    add  r1, r1, #64
    .endr
    cmp  r1, r3
    subhs r1, r1, #65536
    again

probe store_lines_and_wait
    .rept 8
    str  r3, [r1, #8]
    dsb
    add  r1, r1, #64
    .endr
    again

probe chase_behind_key
    .rept 8
    ldr  r2, [r1, #4]
    ldr  r1, [r1]
    .endr
    again

probe pages                             // independent loads, a page and a line each
    .rept 8
    ldr  r2, [r1]
    add  r1, r1, #4096
    add  r1, r1, #64
    .endr
    cmp  r1, r3
    subhs r1, r1, #0x40000
    subhs r1, r1, #0x1000
    again

probe alu_chain
    .rept 24
    add  r1, r1, r2
    .endr
    again

probe alu_shift_chain
    .rept 24
    add  r1, r2, r1, lsl #3
    .endr
    again

probe alu_shift_register_chain
    .rept 12
    add  r1, r2, r1, lsl r3
    .endr
    again

probe alu_independent
    .rept 10
    add  r2, r1, #1
    add  r3, r1, #2
    add  r4, r1, #3
    .endr
    again

probe mul_chain
    .rept 16
    mul  r1, r1, r2
    .endr
    again

probe smull_chain
    .rept 16
    smull r1, r3, r1, r2
    .endr
    again

probe chain_through_blocks              // one chain, in another register in every block
    .rept 8
    mul  r1, r2, r3
    b    2f
    nop
2:  mul  r2, r1, r3
    b    2f
    nop
2:
    .endr
    again

probe chain_run_once                    // a chain of four blocks that begins anew each turn, all of it awaited
    mov  r2, #3
    .rept 4
    .rept 8
    mul  r2, r2, r3
    .endr
    b    2f
    nop
2:
    .endr
    mrc  p15, 0, r4, c0, c0, 0          // MIDR
    again

probe ring_of_three                     // a step: r1 to r2 to r4 to r1, of 1, 1 and 5 cycles
    .rept 6
    smull r5, r6, r4, r3
    mov  r4, r2
    mov  r2, r1
    add  r1, r5, #1
    .endr
    again

probe overlapping_turns                 // a chain of 12 cycles a turn that does not depend on the turn before
    ldr  r2, [r1]
    mul  r4, r2, r2
    mul  r5, r4, r4
    add  r6, r5, #1
    str  r6, [r1, #64]
    again

probe chain_and_work                    // a chain of 16 that begins anew each turn, then what does not depend on it
    mov  r2, #3
    .rept 16
    mul  r2, r2, r3
    .endr
    .rept 10
    add  r4, r1, #1
    add  r5, r1, #2
    add  r6, r1, #3
    .endr
    again

probe store_to_load                     // a chain through memory
    .rept 8
    str  r2, [r1, #8]
    ldr  r2, [r1, #8]
    .endr
    again

probe load_behind_store                 // a chain by order alone: the store's address is made of what was loaded
    .rept 8
    ldr  r2, [r1, #8]
    and  r2, r2, #0
    str  r3, [r1, r2]
    .endr
    again

probe misses_and_hits                   // a line from DRAM, and loads that hit behind it
    .rept 4
    ldr  r2, [r1], #64
    .rept 16
    ldr  r4, [pc]
    .endr
    .endr
    again

probe udiv_chain
    .rept 8
    udiv r1, r1, r2
    .endr
    again

probe sdiv_chain
    .rept 8
    sdiv r1, r1, r2
    .endr
    again

probe vadd_chain_f32
    .rept 8
    vadd.f32 s0, s0, s1
    .endr
    again

probe vmul_chain_f32
    .rept 8
    vmul.f32 s0, s0, s1
    .endr
    again

probe vmla_chain_f32
    .rept 8
    vmla.f32 s0, s2, s1
    .endr
    again

probe vdiv_chain_f32
    .rept 8
    vdiv.f32 s0, s0, s1
    .endr
    again

probe vsqrt_chain_f32
    .rept 8
    vsqrt.f32 s0, s0
    .endr
    again

probe vadd_chain_f64
    .rept 8
    vadd.f64 d0, d0, d1
    .endr
    again

probe vmul_chain_f64
    .rept 8
    vmul.f64 d0, d0, d1
    .endr
    again

probe vmla_chain_f64
    .rept 8
    vmla.f64 d0, d2, d1
    .endr
    again

probe vdiv_chain_f64
    .rept 8
    vdiv.f64 d0, d0, d1
    .endr
    again

probe vsqrt_chain_f64
    .rept 8
    vsqrt.f64 d0, d0
    .endr
    again

probe vadd_independent
    .rept 2
    vadd.f32 s2, s0, s1
    vadd.f32 s3, s0, s1
    vadd.f32 s4, s0, s1
    vadd.f32 s5, s0, s1
    vadd.f32 s6, s0, s1
    vadd.f32 s7, s0, s1
    vadd.f32 s8, s0, s1
    vadd.f32 s9, s0, s1
    vadd.f32 s10, s0, s1
    vadd.f32 s11, s0, s1
    .endr
    again

probe vmul_independent
    .rept 2
    vmul.f64 d2, d0, d1
    vmul.f64 d3, d0, d1
    vmul.f64 d4, d0, d1
    vmul.f64 d5, d0, d1
    vmul.f64 d6, d0, d1
    vmul.f64 d7, d0, d1
    vmul.f64 d8, d0, d1
    vmul.f64 d9, d0, d1
    vmul.f64 d10, d0, d1
    vmul.f64 d11, d0, d1
    .endr
    again

probe vmla_independent
    .rept 2
    vmla.f32 s2, s0, s1
    vmla.f32 s3, s0, s1
    vmla.f32 s4, s0, s1
    vmla.f32 s5, s0, s1
    vmla.f32 s6, s0, s1
    vmla.f32 s7, s0, s1
    vmla.f32 s8, s0, s1
    vmla.f32 s9, s0, s1
    vmla.f32 s10, s0, s1
    vmla.f32 s11, s0, s1
    .endr
    again

probe mla_chain
    .rept 16
    mla  r1, r2, r3, r1
    .endr
    again

probe mul_independent
    .rept 5
    mul  r4, r1, r2
    mul  r5, r1, r2
    mul  r6, r1, r2
    mul  r7, r1, r2
    .endr
    again

probe udiv_independent
    .rept 2
    udiv r4, r1, r2
    udiv r5, r1, r2
    udiv r6, r1, r2
    udiv r7, r1, r2
    .endr
    again

probe branches                          // R3 selects what the branch depends on: 1 a random bit, 0 nothing
    eor  r2, r2, r2, lsl #13
    eor  r2, r2, r2, lsr #17
    eor  r2, r2, r2, lsl #5
    tst  r2, r3
    beq  2f
    nop
2:
    again

probe call_return
    mov  r5, lr
3:
    bl   leaf
    bl   leaf
    bl   leaf
    bl   leaf
    subs r0, r0, #1
    bne  3b
    bx   r5
leaf:
    bx   lr

probe hypercall
    hvc  #0
    again

probe read_cp15
    .rept 8
    mrc  p15, 0, r2, c0, c0, 0          // MIDR
    .endr
    again

probe write_cp15
    .rept 8
    mcr  p15, 0, r2, c13, c0, 2         // TPIDRURW
    .endr
    again

probe read_banked
    .rept 8
    mrs  r2, SP_irq
    .endr
    again

probe isb_only
    .rept 8
    isb
    .endr
    again

probe dsb_only
    .rept 8
    dsb
    .endr
    again

probe dmb_only
    .rept 8
    dmb
    .endr
    again

probe tlb_flush
    .rept 8
    mcr  p15, 0, r2, c8, c7, 1          // TLBIMVA of a page nobody uses
    .endr
    again

probe device_read
    .rept 4
    ldr  r2, [r1]
    .endr
    again

probe device_write                      // few enough for the write buffer, then time to drain
    .rept 4
    str  r2, [r1]
    .endr
    dsb
    again

// R3: a line to throw out of the caches, R1: an address to walk for. Two lines of other rows are read before, so that the
// bank of the descriptor has another row open, as it has when the data of the walks lie anywhere.
probe cold_walk
    movw r4, #0xe000
    movt r4, #0x4013
    add  r5, r4, #0xf000
1:
    mcr  p15, 0, r3, c7, c14, 1         // DCCIMVAC
    mcr  p15, 0, r4, c7, c14, 1
    mcr  p15, 0, r5, c7, c14, 1
    dsb
    ldr  r2, [r4]
    dsb
    ldr  r2, [r5]
    dsb
    mcr  p15, 0, r1, c8, c7, 1          // TLBIMVA
    dsb
    isb
    ldr  r2, [r1]
    again

probe switch_and_touch                  // a hypercall, after R3 pages from R1 on, a line each
    mov  r4, r3
    mov  r5, r1
2:
    ldr  r2, [r5]
    add  r5, r5, #4096
    add  r5, r5, #64
    subs r4, r4, #1
    bne  2b
    hvc  #0
    again

    .macro vectors_with name, handler
    .align 5
    .global \name
\name:
    .rept 5
    b    .
    .endr
    b    \handler                       // 0x14
    .rept 2
    b    .
    .endr
    .endm

    .arch_extension virt
    vectors_with plain_vectors, hyp_plain
    vectors_with flush_vmid_vectors, hyp_flush_vmid
    vectors_with flush_all_vectors, hyp_flush_all
hyp_plain:
    eret
hyp_flush_vmid:                         // TLBIALL under another VMID
    mrrc p15, 6, r6, r7, c2             // VTTBR
    eor  r8, r7, #1 << 16
    mcrr p15, 6, r6, r8, c2
    isb
    mcr  p15, 0, r6, c8, c7, 0          // TLBIALL
    dsb
    mcrr p15, 6, r6, r7, c2
    isb
    eret
hyp_flush_all:
    mcr  p15, 4, r6, c8, c7, 4          // TLBIALLNSNH
    dsb
    isb
    eret

    .align 5
    .global hyp_vectors
hyp_vectors:
    .rept 5
    b    .
    .endr
    eret                                // 0x14: from a guest or the host
    .rept 2
    b    .
    .endr
