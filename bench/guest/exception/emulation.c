/* SPDX-License-Identifier: Apache-2.0
 * An instruction that the core does not have, emulated: UDF #n adds n to r0. */
#include "exceptions.h"

#define TIMES 8192u

const char kBenchName[] = "emulation";
const uint32_t kBenchExpected = TIMES * 7;
const uint32_t kBenchTurns = 1;

void undefined_handler(Frame* frame) {
  uint32_t spsr;
  __asm__ volatile("mrs %0, spsr" : "=r"(spsr));
  if ((spsr & 0x20) != 0) {
    const uint16_t code = *(const uint16_t*)(frame->pc - 2);
    if ((code & 0xFF00u) == 0xDE00u) frame->r[0] += code & 0xFFu;
  } else {
    const uint32_t code = *(const uint32_t*)(frame->pc - 4);
    if ((code & 0xFFF000F0u) == 0xE7F000F0u) frame->r[0] += (code >> 4 & 0xFFF0u) | (code & 0xFu);
  }
}

static uint32_t work(void) {
  register uint32_t r0 __asm__("r0") = 0;
  for (uint32_t i = 0; i < TIMES / 2; ++i) __asm__ volatile("udf #3\n\tudf #11" : "+r"(r0) : : "memory");
  return r0;
}

void bench_prepare(void) { exceptions_on(); }
uint32_t bench_turn(void) { return run_in_user(work); }
