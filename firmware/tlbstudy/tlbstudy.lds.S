// SPDX-License-Identifier: Apache-2.0
#include "board.h"
OUTPUT_ARCH(arm)
ENTRY(_start)
SECTIONS
{
    . = BOARD_IMAGE_BASE;
    .text : { *(.text.boot) *(.text .text.*) }
    .rodata : { *(.rodata .rodata.*) }
    .data : { *(.data .data.*) }
    . = ALIGN(4096);
    .bss : { *(.bss .bss.* COMMON) }
    /DISCARD/ : { *(.ARM.exidx*) *(.comment) *(.note*) }
}
