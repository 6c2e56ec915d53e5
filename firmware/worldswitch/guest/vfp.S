// SPDX-License-Identifier: Apache-2.0
    .syntax unified
    .arm
    .fpu neon
    .text

// vfp_enable(): coprocessors 10 and 11 for PL1, then FPEXC.EN.
    .global vfp_enable
    .type vfp_enable, %function
vfp_enable:
    mrc     p15, 0, r0, c1, c0, 2           // CPACR
    orr     r0, r0, #(0xf << 20)
    mcr     p15, 0, r0, c1, c0, 2
    isb
    mov     r0, #(1 << 30)
    vmsr    fpexc, r0
    bx      lr

// vfp_load(struct of 64 words), vfp_store(the same): d0-d31.
    .global vfp_load
    .type vfp_load, %function
vfp_load:
    vldm    r0!, {d0-d15}
    vldm    r0, {d16-d31}
    bx      lr

    .global vfp_store
    .type vfp_store, %function
vfp_store:
    vstm    r0!, {d0-d15}
    vstm    r0, {d16-d31}
    bx      lr

    .global vfp_read_fpscr
    .type vfp_read_fpscr, %function
vfp_read_fpscr:
    vmrs    r0, fpscr
    bx      lr

    .global vfp_write_fpscr
    .type vfp_write_fpscr, %function
vfp_write_fpscr:
    vmsr    fpscr, r0
    bx      lr
