/* SPDX-License-Identifier: Apache-2.0
 * The sieve of Eratosthenes over a byte array: strided stores, one short loop. */
#include "bench_guest.h"

#define LIMIT 65536

const char kBenchName[] = "sieve";
const uint32_t kBenchExpected = 6542; /* primes below 2^16 */
const uint32_t kBenchTurns = 2;

static uint8_t composite[LIMIT];

uint32_t bench_turn(void) {
  uint32_t primes = 0;
  for (uint32_t i = 0; i < LIMIT; ++i) composite[i] = 0;
  for (uint32_t i = 2; i < LIMIT; ++i) {
    if (composite[i]) continue;
    ++primes;
    for (uint32_t j = i + i; j < LIMIT; j += i) composite[j] = 1;
  }
  return primes;
}
