/* SPDX-License-Identifier: Apache-2.0
 * Hypercalls: HVC, the syndrome looked at, and ERET. */
#include "traps.h"

#define CALLS 8192u

const char kBenchName[] = "hypercall";
const uint32_t kBenchExpected = CALLS;
const uint32_t kBenchTurns = 1;
const uint32_t kHcrBits = 0;

void hyp_handler(Frame* frame) {
  if (HSR_EC(read_hsr()) != EC_HVC) unexpected_trap();
  frame->r[0] += 1;
}

uint32_t bench_turn(void) {
  uint32_t value = 0;
  for (uint32_t i = 0; i < CALLS; ++i) value = hypercall(value);
  return value;
}
