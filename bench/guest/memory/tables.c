/* SPDX-License-Identifier: Apache-2.0
 * Page tables at work: four address spaces, told apart by ASID, of 512 pages each (beyond the L2 TLB), and pages that
 * are mapped elsewhere and invalidated one by one. */
#include "bench_guest.h"

#define VA 0x90000000u
#define PAGES 512u
#define FRAMES 64u
#define SPACES 4u
#define REMAPPED 128u

const char kBenchName[] = "tables";
const uint32_t kBenchExpected =
    SPACES * PAGES / FRAMES * (FRAMES / 2 * (FRAMES - 1)) + REMAPPED / FRAMES * (FRAMES / 2 * (FRAMES - 1));
const uint32_t kBenchTurns = 2;

static uint32_t tables[PAGES] __attribute__((aligned(1024)));
static uint32_t frames[FRAMES][PAGE_SIZE / 4] __attribute__((aligned(4096)));

static void map(uint32_t page, uint32_t frame) {
  tables[page] = (uint32_t)frames[frame] | DESCRIPTOR_PAGE | NOT_GLOBAL;
}

static volatile const uint32_t* word_of(uint32_t page) { return (volatile const uint32_t*)(VA + PAGE_SIZE * page); }

static void set_asid(uint32_t asid) {
  __asm__ volatile("mcr p15, 0, %0, c13, c0, 1" : : "r"(asid) : "memory"); /* CONTEXTIDR */
  isb();
}

void bench_prepare(void) {
  for (uint32_t i = 0; i < FRAMES; ++i) frames[i][0] = i;
  for (uint32_t i = 0; i < PAGES; ++i) map(i, i % FRAMES);
  map_tables(VA, tables, PAGES / TABLE_ENTRIES);
}

uint32_t bench_turn(void) {
  uint32_t sum = 0;
  for (uint32_t asid = 1; asid <= SPACES; ++asid) {
    set_asid(asid);
    for (uint32_t i = 0; i < PAGES; ++i) sum += *word_of(i);
  }
  /* The last address space sees the pages move, and back. */
  for (uint32_t i = 0; i < REMAPPED; ++i) {
    map(i, (i + 1) % FRAMES);
    dsb();
    tlbi_mva((VA + PAGE_SIZE * i) | SPACES);
    dsb();
    isb();
    sum += *word_of(i);
    map(i, i % FRAMES);
    dsb();
    tlbi_mva((VA + PAGE_SIZE * i) | SPACES);
  }
  dsb();
  isb();
  return sum;
}
