/* SPDX-License-Identifier: Apache-2.0
 * What a compute loop brings: its name, and one turn of its work that returns a number known beforehand. */
#ifndef BENCH_GUEST_H
#define BENCH_GUEST_H

#include <stdint.h>

extern const char kBenchName[];
extern const uint32_t kBenchExpected;
/* Turns done when the command line names no number. */
extern const uint32_t kBenchTurns;

uint32_t bench_turn(void);

/* The next number of a linear congruential sequence. */
static inline uint32_t next_random(uint32_t* state) {
  *state = *state * 1664525u + 1013904223u;
  return *state;
}

#endif
