// SPDX-License-Identifier: Apache-2.0
// A wide instruction whose halves lie in two pages.
    .syntax unified
    .thumb
    .text
    .balign 4096
    .space  4094
    .global page_end_load
    .type page_end_load, %function
    .thumb_func
page_end_load:
    ldr.w   r0, [r1], #4
    bx      lr
