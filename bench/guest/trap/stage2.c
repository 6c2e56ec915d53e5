/* SPDX-License-Identifier: Apache-2.0
 * Stage-2 faults: Hyp maps the page that HPFAR names, the guest's instruction runs again. A hypercall then takes the
 * pages away and flushes the VM's TLB entries. */
#include "traps.h"

#define PAGES 256u
#define ROUNDS 8u
#define STAGE2_TRANSLATION_FAULT 0x07u /* at the third level */

const char kBenchName[] = "stage2";
const uint32_t kBenchExpected = ROUNDS * PAGES;
const uint32_t kBenchTurns = 1;
const uint32_t kHcrBits = 0;

static void take_away(void) {
  for (uint32_t i = 0; i < PAGES; ++i) window_table[i] = 0;
  dsb();
  __asm__ volatile("mcr p15, 0, %0, c8, c7, 0" : : "r"(0) : "memory"); /* TLBIALL, of this VMID */
  dsb();
  isb();
}

void hyp_handler(Frame* frame) {
  const uint32_t hsr = read_hsr();
  (void)frame;
  if (HSR_EC(hsr) == EC_HVC) {
    take_away();
    return;
  }
  if (HSR_EC(hsr) != EC_DATA_ABORT || (hsr & 0x3F) != STAGE2_TRANSLATION_FAULT) unexpected_trap();
  uint32_t hpfar;
  __asm__ volatile("mrc p15, 4, %0, c6, c0, 4" : "=r"(hpfar));
  const uint32_t page = ((hpfar << 8) - WINDOW) >> 12;
  if (page >= PAGES) unexpected_trap();
  window_table[page] = window_entry(page);
  dsb();
  isb();
}

uint32_t bench_turn(void) {
  uint32_t right = 0;
  for (uint32_t round = 0; round < ROUNDS; ++round) {
    hypercall(0);
    for (uint32_t i = 0; i < PAGES; ++i) right += ++*(volatile uint32_t*)(WINDOW + PAGE_SIZE * i) == round + 1;
  }
  for (uint32_t i = 0; i < PAGES; ++i) *(volatile uint32_t*)(WINDOW + PAGE_SIZE * i) = 0;
  return right;
}
