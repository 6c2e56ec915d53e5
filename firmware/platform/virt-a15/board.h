// SPDX-License-Identifier: Apache-2.0
// Addresses of the `virt` map. Read by C, by the assembler and by the linker scripts: numbers only.
#ifndef FIRMWARE_BOARD_H
#define FIRMWARE_BOARD_H

#define BOARD_RAM_BASE 0x40000000
#define BOARD_IMAGE_BASE 0x40200000
#define BOARD_SHIM_BASE 0x00000000
#define BOARD_UART_BASE 0x09000000
#define BOARD_GICD_BASE 0x08000000
#define BOARD_GICC_BASE 0x08010000
#define BOARD_GICH_BASE 0x08030000
#define BOARD_GICV_BASE 0x08040000
#define BOARD_CNTFRQ 62500000
#define BOARD_SRAM_BASE 0x0e000000
#define BOARD_POWER_OFF 0
#define BOARD_POWER_OFF_VALUE 0
#define BOARD_RESET 0
#define BOARD_RESET_VALUE 0
#define BOARD_FLAGS 0

#endif
