/* SPDX-License-Identifier: Apache-2.0
 * Fills and copies: 256 KB by blocks of eight words (LDM, STM), 32 KB by words and 16 KB by bytes. */
#include "bench_guest.h"

#define BLOCKS 8192u
#define WORDS 8192u
#define BYTES 16384u
#define FILL 0x01010101u

const char kBenchName[] = "copy";
const uint32_t kBenchExpected = FILL + FILL + FILL;
const uint32_t kBenchTurns = 1;

typedef struct {
  uint32_t words[8];
} Block;

static Block from[BLOCKS], to[BLOCKS];

__attribute__((noinline)) static void fill(uint32_t* words, uint32_t value, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) words[i] = value;
}

__attribute__((noinline)) static void copy_blocks(Block* target, const Block* source, uint32_t count) {
  for (; count != 0; --count) *target++ = *source++;
}

__attribute__((noinline)) static void copy_words(uint32_t* target, const uint32_t* source, uint32_t count) {
  for (; count != 0; --count) *target++ = *source++;
}

__attribute__((noinline)) static void copy_bytes(uint8_t* target, const uint8_t* source, uint32_t count) {
  for (; count != 0; --count) *target++ = *source++;
}

/* The last word of what was copied, if its neighbour was left alone. */
static uint32_t last(const Block* blocks, uint32_t words) {
  const uint32_t* word = blocks->words + words;
  return word[0] == 0 ? word[-1] : 0;
}

uint32_t bench_turn(void) {
  uint32_t result;
  fill(from->words, FILL, BLOCKS * 8 - 8);
  fill(to->words, 0, BLOCKS * 8);
  copy_words(to->words, from->words, WORDS);
  result = last(to, WORDS);
  copy_bytes((uint8_t*)(to + BLOCKS / 2), (const uint8_t*)(from + BLOCKS / 4), BYTES);
  result += last(to + BLOCKS / 2, BYTES / 4);
  copy_blocks(to, from, BLOCKS);
  return result + last(to, BLOCKS * 8 - 8);
}
