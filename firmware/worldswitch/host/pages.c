// SPDX-License-Identifier: Apache-2.0
#include "cp15.h"
#include "kernel.h"

#define PAGE_SIZE 4096u
#define PAGE_COUNT 384
#define CACHE_LINE 64u

static uint8_t pool[PAGE_COUNT][PAGE_SIZE] __attribute__((aligned(4096), section(".noinit")));
static uint32_t fresh;
static uint32_t free_pages[PAGE_COUNT];
static uint32_t free_count;

// A guest with its caches off, and its instruction fetches, must see what the host wrote.
void page_clean(uint32_t page) {
  for (uint32_t line = 0; line < PAGE_SIZE; line += CACHE_LINE) {
    write_dccimvac(page + line);
  }
  dsb();
  write_iciallu(0);
  dsb();
  isb();
}

uint32_t page_alloc(void) {
  uint32_t page;
  if (free_count > 0) {
    page = free_pages[--free_count];
  } else if (fresh < PAGE_COUNT) {
    page = (uint32_t)pool[fresh++];
  } else {
    fail("out of pages");
  }
  uint64_t* word = (uint64_t*)page;
  for (uint32_t i = 0; i < PAGE_SIZE / sizeof *word; i++) {
    word[i] = 0;
  }
  page_clean(page);
  return page;
}

void page_free(uint32_t page) { free_pages[free_count++] = page; }
