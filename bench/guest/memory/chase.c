/* SPDX-License-Identifier: Apache-2.0
 * Follows pointers through 32768 lines of 2 MB in random order: every load waits for the one before it, and most miss
 * the caches and the TLBs. */
#include "bench_guest.h"

#define NODES 32768u

const char kBenchName[] = "chase";
const uint32_t kBenchExpected = NODES / 2 * (NODES - 1);
const uint32_t kBenchTurns = 2;

typedef struct Node {
  struct Node* next;
  uint32_t value;
  uint32_t unused[14];
} Node;

static Node nodes[NODES] __attribute__((aligned(64)));
static uint32_t order[NODES];

/* One cycle through all of them: Sattolo's shuffle. */
void bench_prepare(void) {
  uint32_t state = 5;
  for (uint32_t i = 0; i < NODES; ++i) order[i] = nodes[i].value = i;
  for (uint32_t i = NODES - 1; i != 0; --i) {
    const uint32_t j = (next_random(&state) >> 8) % i, swapped = order[i];
    order[i] = order[j];
    order[j] = swapped;
  }
  for (uint32_t i = 0; i < NODES; ++i) nodes[i].next = &nodes[order[i]];
}

uint32_t bench_turn(void) {
  const Node* node = nodes;
  uint32_t sum = 0;
  for (uint32_t i = 0; i < NODES; ++i, node = node->next) sum += node->value;
  return node == nodes ? sum : 0;
}
