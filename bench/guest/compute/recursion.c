/* SPDX-License-Identifier: Apache-2.0
 * Doubly recursive Fibonacci numbers: calls, returns, pushes and pops. */
#include "bench_guest.h"

const char kBenchName[] = "recursion";
const uint32_t kBenchExpected = 10946; /* the 21st */
const uint32_t kBenchTurns = 2;

__attribute__((noinline, noclone, optimize("no-optimize-sibling-calls", "no-inline"))) static uint32_t fibonacci(
    uint32_t n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

uint32_t bench_turn(void) { return fibonacci(21); }
