/* SPDX-License-Identifier: Apache-2.0
 * Data aborts: the handler maps the page, the instruction runs again. A system call then takes all pages away. */
#include "exceptions.h"

#define VA 0x90000000u
#define PAGES 256u
#define ROUNDS 8u
#define TRANSLATION_FAULT_PAGE 0x7u
#define TAKE_AWAY 1u

const char kBenchName[] = "fixup";
const uint32_t kBenchExpected = ROUNDS * PAGES;
const uint32_t kBenchTurns = 1;

static uint32_t table[TABLE_ENTRIES] __attribute__((aligned(1024)));
static uint32_t frame_of_all[PAGE_SIZE / 4] __attribute__((aligned(4096)));

void abort_handler(Frame* frame) {
  uint32_t dfsr, dfar;
  __asm__ volatile("mrc p15, 0, %0, c5, c0, 0\n\tmrc p15, 0, %1, c6, c0, 0" : "=r"(dfsr), "=r"(dfar));
  if ((dfsr & 0xF) != TRANSLATION_FAULT_PAGE) frame->pc += 1u << 30; /* nothing is there: ends in another abort */
  table[dfar >> 12 & 0xFF] = (uint32_t)frame_of_all | DESCRIPTOR_PAGE;
  dsb();
  isb();
}

void call_handler(Frame* frame, uint32_t number) {
  (void)frame;
  if (number != TAKE_AWAY) return;
  for (uint32_t i = 0; i < PAGES; ++i) {
    table[i] = 0;
    dsb();
    tlbi_mva(VA + PAGE_SIZE * i);
  }
  dsb();
  isb();
}

static uint32_t work(void) {
  register uint32_t r7 __asm__("r7") = TAKE_AWAY;
  for (uint32_t round = 0; round < ROUNDS; ++round) {
    for (uint32_t i = 0; i < PAGES; ++i) ++*(volatile uint32_t*)(VA + PAGE_SIZE * i);
    __asm__ volatile("svc #0" : : "r"(r7) : "r0", "memory");
  }
  return frame_of_all[0];
}

void bench_prepare(void) {
  exceptions_on();
  map_tables(VA, table, 1);
}

uint32_t bench_turn(void) {
  frame_of_all[0] = 0;
  return run_in_user(work);
}
