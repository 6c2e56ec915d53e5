// SPDX-License-Identifier: Apache-2.0
// Addresses of the Versatile Express A15 map. Read by C, by the assembler and by the linker scripts: numbers only.
#ifndef FIRMWARE_BOARD_H
#define FIRMWARE_BOARD_H

#define BOARD_RAM_BASE 0x80000000
#define BOARD_IMAGE_BASE 0x80200000
#define BOARD_SHIM_BASE 0x00000000
#define BOARD_UART_BASE 0x1c090000
#define BOARD_GICD_BASE 0x2c001000
#define BOARD_GICC_BASE 0x2c002000
#define BOARD_GICH_BASE 0x2c004000
#define BOARD_GICV_BASE 0x2c006000
#define BOARD_CNTFRQ 24000000

#endif
