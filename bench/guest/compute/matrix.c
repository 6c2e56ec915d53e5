/* SPDX-License-Identifier: Apache-2.0
 * Multiplication of square integer matrices: multiply-accumulate, loads in order and across rows. */
#include "bench_guest.h"

#define SIZE 48

const char kBenchName[] = "matrix";
const uint32_t kBenchExpected = 0x3FA85039;
const uint32_t kBenchTurns = 2;

static uint32_t a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE];

uint32_t bench_turn(void) {
  uint32_t state = 1;
  for (uint32_t i = 0; i < SIZE; ++i)
    for (uint32_t j = 0; j < SIZE; ++j) {
      a[i][j] = next_random(&state) >> 16;
      b[i][j] = next_random(&state) >> 16;
    }
  for (uint32_t i = 0; i < SIZE; ++i)
    for (uint32_t j = 0; j < SIZE; ++j) {
      uint32_t sum = 0;
      for (uint32_t k = 0; k < SIZE; ++k) sum += a[i][k] * b[k][j];
      c[i][j] = sum;
    }
  uint32_t sum = 0;
  for (uint32_t i = 0; i < SIZE; ++i)
    for (uint32_t j = 0; j < SIZE; ++j) sum = sum * 31 + c[i][j];
  return sum;
}
