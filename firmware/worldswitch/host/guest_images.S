// SPDX-License-Identifier: Apache-2.0
    .macro image name file
    .balign 4096
    .global \name, \name\()_end
\name:
    .incbin "\file"
\name\()_end:
    .endm

    .section .rodata.guests, "a"
    image guest_a32_image guest-a32.bin
    image guest_t32_image guest-t32.bin
    image guest_lpae_image guest-lpae.bin
    image guest_light_a_image guest-light-a.bin
    image guest_light_b_image guest-light-b.bin
