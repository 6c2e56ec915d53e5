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
#define BOARD_SRAM_BASE 0x2e000000
#define BOARD_POWER_OFF 0x1c0100a4  // SYS_CFGCTRL: start, write, function shutdown
#define BOARD_POWER_OFF_VALUE 0xc0800000
#define BOARD_RESET 0x1c0100a4  // function reboot
#define BOARD_RESET_VALUE 0xc0900000
#define BOARD_FLAGS 0x1c010030  // SYS_FLAGS

#endif
