// SPDX-License-Identifier: Apache-2.0
// Strongly-ordered data, and instructions through the cache all the same.
#include "cp15.h"
#include "guest.h"

#define SCTLR_ON (1u << 12 | 1u << 11)  // I Z

uint32_t stage1_kind(void) { return 0; }

void stage1_enter(void) {
  write_sctlr(read_sctlr() | SCTLR_ON);
  isb();
}

void stage1_enable(void) { stage1_enter(); }
