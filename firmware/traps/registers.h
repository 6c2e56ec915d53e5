// SPDX-License-Identifier: Apache-2.0
#ifndef TRAPS_REGISTERS_H
#define TRAPS_REGISTERS_H

#include "vector.h"

/// Every register of registers.def, and FPEXC, as each vector finds it.
void registers_baseline(void);
/// Registers of Hyp mode, of the GIC and banked core registers. Those of struct run are the runner's.
void register_write(enum reg reg, uint32_t value);
uint32_t register_read(enum reg reg);

void gic_start(void);
/// No interrupt pending or active, list registers empty, interface at its baseline.
void gic_baseline(void);

#endif
