// SPDX-License-Identifier: Apache-2.0
// Addresses of the boards the suite knows: numbers only, for C, the assembler and the linker script. A new board is a
// new branch here and a name in CMakeLists.txt.
#ifndef TRAPS_BOARD_H
#define TRAPS_BOARD_H

#if defined(TRAPS_BOARD_vexpress)  // Versatile Express V2P-CA15
#define BOARD_IMAGE_BASE 0x80200000
#define BOARD_UART_BASE 0x1c090000
#define BOARD_GICD_BASE 0x2c001000
#define BOARD_GICC_BASE 0x2c002000
#define BOARD_GICH_BASE 0x2c004000
#define BOARD_GICV_BASE 0x2c006000
#else  // QEMU's and hypsim's virt
#define BOARD_IMAGE_BASE 0x40200000
#define BOARD_UART_BASE 0x09000000
#define BOARD_GICD_BASE 0x08000000
#define BOARD_GICC_BASE 0x08010000
#define BOARD_GICH_BASE 0x08030000
#define BOARD_GICV_BASE 0x08040000
#endif

#endif
