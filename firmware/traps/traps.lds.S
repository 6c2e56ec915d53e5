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
    . = ALIGN(16384);
    __bss_start = .;
    .bss (NOLOAD) : { *(.bss .bss.* COMMON) }
    . = ALIGN(8);
    __bss_end = .;
    .noinit (NOLOAD) : { *(.noinit) *(.noinit.*) }
    ASSERT(. < BOARD_IMAGE_BASE + 0x600000, "the tables map eight megabytes, 2 MB below this")
    /DISCARD/ : { *(.ARM.exidx*) *(.comment) *(.note*) }
}
