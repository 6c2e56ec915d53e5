/* SPDX-License-Identifier: Apache-2.0
 * WFI of a guest that does not sleep: HCR.TWI, and Hyp goes on behind it. */
#include "traps.h"

#define TIMES 8192u

const char kBenchName[] = "wait";
const uint32_t kBenchExpected = TIMES;
const uint32_t kBenchTurns = 1;
const uint32_t kHcrBits = 1u << 13; /* TWI */

static volatile uint32_t waits;

void hyp_handler(Frame* frame) {
  (void)frame;
  const uint32_t hsr = read_hsr();
  if (HSR_EC(hsr) != EC_WFI) unexpected_trap();
  waits = waits + 1;
  skip_instruction(hsr);
}

uint32_t bench_turn(void) {
  waits = 0;
  for (uint32_t i = 0; i < TIMES; ++i) __asm__ volatile("wfi" : : : "memory");
  return waits;
}
