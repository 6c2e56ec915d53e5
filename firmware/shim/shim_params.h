// SPDX-License-Identifier: Apache-2.0
// The parameter block of the boot shim: words at a fixed offset from the shim's first byte. A loader that places
// shim.bin under another image fills them in; the words a loader leaves alone keep the board's values.
#ifndef FIRMWARE_SHIM_PARAMS_H
#define FIRMWARE_SHIM_PARAMS_H

#define SHIM_PARAMS_OFFSET 0x40
#define SHIM_MAGIC 0x4d485348  // "HSHM", little-endian

#define SHIM_PARAM_MAGIC 0x00
#define SHIM_PARAM_ENTRY 0x04  // address to enter; bit 0 set enters in Thumb state
#define SHIM_PARAM_MODE 0x08   // one of SHIM_MODE_*
#define SHIM_PARAM_R0 0x0c     // r0-r2 as the Linux boot protocol wants them: 0, machine type, DTB
#define SHIM_PARAM_R1 0x10
#define SHIM_PARAM_R2 0x14
#define SHIM_PARAM_GICD 0x18  // 0: no GIC to set up, and so no secondary cores
#define SHIM_PARAM_GICC 0x1c
#define SHIM_PARAM_CNTFRQ 0x20  // Hz; 0: leave CNTFRQ alone
#define SHIM_PARAM_SRAM 0x24    // SHIM_SRAM_SIZE bytes of the monitor's own; 0: none, and so no PSCI
#define SHIM_PARAM_OFF 0x28     // storing the word SHIM_PARAM_OFF_VALUE there turns the power off; 0: cannot
#define SHIM_PARAM_OFF_VALUE 0x2c
#define SHIM_PARAM_RESET 0x30  // the same for a reboot
#define SHIM_PARAM_RESET_VALUE 0x34
#define SHIM_PARAM_FLAGS 0x38  // a parked core that finds an address in this word goes there; 0: none
#define SHIM_PARAM_SIZE 0x3c

#define SHIM_MODE_HYP 0
#define SHIM_MODE_SVC 1

#define SHIM_SRAM_SIZE 0x1000

// Services of the monitor by SMC #0 beside PSCI: r7 = function, r0 = argument; the result comes back in r0.
#define SHIM_SMC_SET_HVBAR 0xfffffff0  // r0: a 32-byte-aligned address
#define SHIM_SMC_UNKNOWN 0xffffffff

#endif
