/* SPDX-License-Identifier: Apache-2.0
 * Quicksort of random words: unpredictable branches, recursion, loads and stores. */
#include "bench_guest.h"

#define COUNT 8192

const char kBenchName[] = "quicksort";
const uint32_t kBenchExpected = 1;
const uint32_t kBenchTurns = 1;

static uint32_t data[COUNT];

static void sort(int32_t low, int32_t high) {
  while (low < high) {
    const uint32_t pivot = data[(low + high) >> 1];
    int32_t i = low, j = high;
    while (i <= j) {
      while (data[i] < pivot) ++i;
      while (data[j] > pivot) --j;
      if (i <= j) {
        const uint32_t swapped = data[i];
        data[i++] = data[j];
        data[j--] = swapped;
      }
    }
    sort(low, j);
    low = i;
  }
}

uint32_t bench_turn(void) {
  uint32_t state = 7, sum = 0;
  for (uint32_t i = 0; i < COUNT; ++i) sum += data[i] = next_random(&state);
  sort(0, COUNT - 1);
  for (uint32_t i = 0; i < COUNT; ++i) {
    sum -= data[i];
    if (i != 0 && data[i - 1] > data[i]) return 0;
  }
  return sum == 0;
}
