// SPDX-License-Identifier: Apache-2.0
// Trapped MCR and MRC of coprocessor 15.
#include "guest_machine.h"
#include "kernel.h"

enum behaviour { CONSTANT, CONTEXT };

struct cp15_row {
  uint8_t opc1, crn, crm, opc2;
  enum behaviour behaviour;
  uint32_t value;  // CONSTANT: reads as this, ignores writes; CONTEXT: offset in struct vcpu
};

static const struct cp15_row rows[] = {
    {0, 1, 0, 1, CONSTANT, GUEST_ACTLR},                         // ACTLR
    {1, 9, 0, 2, CONSTANT, GUEST_L2CTLR},                        // L2CTLR
    {1, 9, 0, 3, CONSTANT, 0},                                   // L2ECTLR
    {0, 10, 2, 0, CONTEXT, offsetof(struct vcpu, cp15_a.prrr)},  // PRRR, MAIR0
    {0, 10, 2, 1, CONTEXT, offsetof(struct vcpu, cp15_a.nmrr)},  // NMRR, MAIR1
    {0, 10, 3, 0, CONSTANT, 0},                                  // AMAIR0
    {0, 10, 3, 1, CONSTANT, 0},                                  // AMAIR1
    {0, 12, 0, 0, CONTEXT, offsetof(struct vcpu, cp15_b.vbar)},  // VBAR
    {4, 15, 0, 0, CONSTANT, 0},                                  // CBAR
};

static const struct cp15_row* find(uint32_t opc1, uint32_t crn, uint32_t crm, uint32_t opc2) {
  static const struct cp15_row performance_monitor = {0, 9, 12, 0, CONSTANT, 0};
  for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const struct cp15_row* row = &rows[i];
    if (row->opc1 == opc1 && row->crn == crn && row->crm == crm && row->opc2 == opc2) {
      return row;
    }
  }
  return crn == 9 && opc1 == 0 && crm >= 12 && crm <= 14 ? &performance_monitor : 0;
}

int emulate_cp15(struct vm* vm) {
  struct vcpu* vcpu = &vm->vcpu;
  uint32_t hsr = vcpu->hsr;
  const struct cp15_row* row = find(hsr >> 14 & 7, hsr >> 10 & 0xf, hsr >> 1 & 0xf, hsr >> 17 & 7);
  if (!row) {
    guest_inject_undefined(vcpu);
    return 1;
  }
  uint32_t* context = (uint32_t*)((uint8_t*)vcpu + row->value);
  uint32_t* rt = guest_register(vcpu, hsr >> 5 & 0xf);
  if (hsr & 1) {
    *rt = row->behaviour == CONTEXT ? *context : row->value;
  } else if (row->behaviour == CONTEXT) {
    *context = *rt;
  }
  guest_skip(vcpu);
  return 1;
}
