// SPDX-License-Identifier: Apache-2.0
// The host's own VFP registers: filled at boot, compared at the end.
    .syntax unified
    .arm
    .fpu neon
    .text

    .global host_vfp_load
    .type host_vfp_load, %function
host_vfp_load:
    vldm    r0!, {d0-d15}
    vldm    r0, {d16-d31}
    bx      lr

    .global host_vfp_store
    .type host_vfp_store, %function
host_vfp_store:
    vstm    r0!, {d0-d15}
    vstm    r0, {d16-d31}
    bx      lr

    .global host_vfp_enable
    .type host_vfp_enable, %function
host_vfp_enable:
    mrc     p15, 0, r0, c1, c0, 2           // CPACR
    orr     r0, r0, #(0xf << 20)
    mcr     p15, 0, r0, c1, c0, 2
    isb
    mov     r0, #(1 << 30)
    vmsr    fpexc, r0
    bx      lr
