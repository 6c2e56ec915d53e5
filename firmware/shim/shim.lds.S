// SPDX-License-Identifier: Apache-2.0
#include "board.h"
OUTPUT_ARCH(arm)
ENTRY(shim_reset_vector)
shim_default_entry = BOARD_IMAGE_BASE;
SECTIONS
{
    . = BOARD_SHIM_BASE;
    .shim : { KEEP(*(.shim)) }
    /DISCARD/ : { *(.ARM.attributes) *(.comment) *(.note*) }
}
