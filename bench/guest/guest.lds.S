/* SPDX-License-Identifier: Apache-2.0 */
ENTRY(_start)
SECTIONS
{
  . = 0x40200000;
  .text : { *(.start) *(.text .text.*) *(.rodata .rodata.*) }
  .data : { *(.data .data.*) }
  .bss : { *(.bss .bss.* COMMON) }
  /DISCARD/ : { *(.ARM.exidx* .ARM.attributes .comment .note*) }
}
