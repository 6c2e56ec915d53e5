/* SPDX-License-Identifier: Apache-2.0
 * Primes by trial division, and signed quotients and remainders of random numbers: UDIV, SDIV, MLS. */
#include "bench_guest.h"

const char kBenchName[] = "division";
const uint32_t kBenchExpected = 1464657182u; /* 2262 primes below 20000, and the sum of the others */
const uint32_t kBenchTurns = 1;

static uint32_t primes_below(uint32_t end) {
  uint32_t primes = 1; /* 2 */
  for (uint32_t n = 3; n < end; n += 2) {
    uint32_t d = 3;
    while (d * d <= n && n % d != 0) d += 2;
    primes += d * d > n;
  }
  return primes;
}

uint32_t bench_turn(void) {
  uint32_t state = 1, sum = primes_below(20000);
  for (uint32_t i = 0; i < 4096; ++i) {
    const int32_t x = (int32_t)next_random(&state);
    int32_t y = (int32_t)(next_random(&state) >> 20) + 1;
    if ((i & 1) != 0) y = -y;
    sum += (uint32_t)(x / y) + (uint32_t)(x % y);
  }
  return sum;
}
