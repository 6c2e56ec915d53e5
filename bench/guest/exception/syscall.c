/* SPDX-License-Identifier: Apache-2.0
 * System calls: SVC from User mode, a table of four calls, and back. */
#include "exceptions.h"

#define CALLS 8192u

const char kBenchName[] = "syscall";
const uint32_t kBenchExpected = CALLS;
const uint32_t kBenchTurns = 1;

static uint32_t kept;

static uint32_t exchange(uint32_t value) {
  const uint32_t before = kept;
  kept = value;
  return before;
}
static uint32_t add_one(uint32_t value) { return value + 1; }
static uint32_t negate(uint32_t value) { return -value; }
static uint32_t same(uint32_t value) { return value; }
static uint32_t (*const calls[])(uint32_t) = {same, add_one, negate, exchange};

void call_handler(Frame* frame, uint32_t number) { frame->r[0] = number < 5 ? calls[number - 1](frame->r[0]) : ~0u; }

static uint32_t call(uint32_t number, uint32_t argument) {
  register uint32_t r0 __asm__("r0") = argument;
  register uint32_t r7 __asm__("r7") = number;
  __asm__ volatile("svc #0" : "+r"(r0) : "r"(r7) : "memory");
  return r0;
}

static uint32_t work(void) {
  uint32_t value = 0;
  for (uint32_t i = 0; i < CALLS / 4; ++i) {
    call(4, value);                  /* keeps it */
    value = call(3, call(2, i)) + i; /* -1 */
    value += call(4, 0) + 5;         /* what was kept, and 4 */
  }
  return value;
}

void bench_prepare(void) { exceptions_on(); }
uint32_t bench_turn(void) { return run_in_user(work); }
