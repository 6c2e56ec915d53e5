// SPDX-License-Identifier: Apache-2.0
    .syntax unified
    .arm
    .text
    .global page_end_load
    .type page_end_load, %function
page_end_load:
    ldr     r0, [r1], #4
    bx      lr
