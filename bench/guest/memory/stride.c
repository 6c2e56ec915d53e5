/* SPDX-License-Identifier: Apache-2.0
 * Walks with a stride: every line of 4 MB (beyond the L2 cache), one line in each of 1024 pages (beyond the L2 TLB),
 * one line in each of 64 pages (beyond the L1 TLBs), and stores to 256 KB (beyond the L1 cache). */
#include "bench_guest.h"

#define LINE 16u /* words */
#define LINES 65536u
#define PAGE_LINES 65u /* a page and a line, so that not all of them fall into one set */
#define PAGES 1008u
#define FEW_PAGES 64u
#define FEW_LINES 4096u

const char kBenchName[] = "stride";
const uint32_t kBenchExpected = 3; /* all three sums are right */
const uint32_t kBenchTurns = 1;

static uint32_t words[LINES * LINE];
static volatile uint32_t targets[FEW_LINES * LINE];

void bench_prepare(void) {
  for (uint32_t i = 0; i < LINES; ++i) words[i * LINE] = i;
}

static uint32_t walk(uint32_t lines, uint32_t stride, uint32_t rounds) {
  uint32_t sum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    const volatile uint32_t* word = words;
    for (uint32_t i = 0; i < lines; ++i, word += stride * LINE) sum += *word;
  }
  return sum;
}

uint32_t bench_turn(void) {
  for (uint32_t i = 0; i < FEW_LINES; ++i) targets[i * LINE] = i;
  return (walk(LINES, 1, 1) == LINES / 2 * (LINES - 1)) +
         (walk(PAGES, PAGE_LINES, 32) == 32 * PAGE_LINES * (PAGES / 2 * (PAGES - 1))) +
         (walk(FEW_PAGES, PAGE_LINES, 512) == 512 * PAGE_LINES * (FEW_PAGES / 2 * (FEW_PAGES - 1)));
}
