/* SPDX-License-Identifier: Apache-2.0
 * Tables of the trap mix: all memory flat for Hyp and at stage 2, but for the window. */
#include "traps.h"

#define TABLE 3u
#define BLOCK 1u
#define ACCESS_FLAG (1u << 10)
#define INNER_SHAREABLE (3u << 8)
#define DEVICE (1u << 2)
#define HYP_AP (1u << 6)
#define STAGE2_NORMAL (0xFu << 2 | 3u << 6)
#define STAGE2_DEVICE (1u << 2 | 3u << 6)
#define NEVER_EXECUTE (1ull << 54)
#define RAM 0x40000000u
#define PAGES_OF_TABLE 512u

void make_tables(void);
void bench_finish(int status);

uint64_t hyp_root[4] __attribute__((aligned(4096)));
uint64_t stage2_root[4] __attribute__((aligned(4096)));
uint64_t window_table[WINDOW_PAGES] __attribute__((aligned(4096)));
uint8_t data_pages[WINDOW_PAGES][PAGE_SIZE] __attribute__((aligned(4096)));
static uint64_t stage2_ram[512] __attribute__((aligned(4096)));

void make_tables(void) {
  hyp_root[0] = ACCESS_FLAG | HYP_AP | DEVICE | BLOCK | NEVER_EXECUTE;
  hyp_root[1] = RAM | ACCESS_FLAG | HYP_AP | INNER_SHAREABLE | BLOCK;
  stage2_root[0] = ACCESS_FLAG | STAGE2_DEVICE | BLOCK | NEVER_EXECUTE;
  stage2_root[1] = (uint32_t)stage2_ram | TABLE;
  for (uint32_t i = 0; i < 512; ++i)
    stage2_ram[i] = (RAM + (i << 21)) | ACCESS_FLAG | INNER_SHAREABLE | STAGE2_NORMAL | BLOCK;
  for (uint32_t i = 0; i < WINDOW_PAGES / PAGES_OF_TABLE; ++i)
    stage2_ram[((WINDOW - RAM) >> 21) + i] = (uint32_t)(window_table + PAGES_OF_TABLE * i) | TABLE;
  for (uint32_t i = 0; i < WINDOW_PAGES; ++i) window_table[i] = window_entry(i);
}

/* Semihosting works from Hyp as well. */
void unexpected_trap(void) { bench_finish(1); }
