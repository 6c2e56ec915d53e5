// SPDX-License-Identifier: Apache-2.0
// Kernel, then the PL0 process in a 2 MB block of its own (the host's stage-1 tables map it for User mode), then memory
// that nobody clears.
#include "board.h"
OUTPUT_ARCH(arm)
ENTRY(_start)
shim_default_entry = _start;
SECTIONS
{
    . = BOARD_IMAGE_BASE;
    .text : {
        *(.text.boot)
        . = ALIGN(32);
        KEEP(*(.shim))
        *(EXCLUDE_FILE(*user_process*) .text EXCLUDE_FILE(*user_process*) .text.*)
    }
    .rodata : { *(EXCLUDE_FILE(*user_process*) .rodata EXCLUDE_FILE(*user_process*) .rodata.*) }
    .data : { *(EXCLUDE_FILE(*user_process*) .data EXCLUDE_FILE(*user_process*) .data.*) }
    . = ALIGN(8);
    __bss_start = .;
    .bss (NOLOAD) : { *(EXCLUDE_FILE(*user_process*) .bss EXCLUDE_FILE(*user_process*) .bss.* COMMON) }
    . = ALIGN(8);
    __bss_end = .;
    .noinit (NOLOAD) : { *(.noinit) *(.noinit.*) }
    ASSERT(. < BOARD_IMAGE_BASE + 0x400000, "kernel too big")

    . = BOARD_IMAGE_BASE + 0x400000;
    __user_start = .;
    .user : { *user_process*(.text .text.* .rodata .rodata.* .data .data.* .bss .bss.*) }
    . = ALIGN(4096);
    __user_end = . + 0x4000;
    __user_stack_top = __user_end;

    .hypsim.markers 0 : { KEEP(*(.hypsim.markers)) }
    /DISCARD/ : { *(.ARM.exidx*) *(.comment) *(.note*) }
}
