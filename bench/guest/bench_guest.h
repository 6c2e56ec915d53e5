/* SPDX-License-Identifier: Apache-2.0
 * What an image brings: its name, and one turn of its work that returns a number known beforehand. */
#ifndef BENCH_GUEST_H
#define BENCH_GUEST_H

#include <stdint.h>

extern const char kBenchName[];
extern const uint32_t kBenchExpected;
/* Turns done when the command line names no number. */
extern const uint32_t kBenchTurns;

/* What the turns need and no turn changes; does nothing where an image has none. Runs even if there is no turn. */
void bench_prepare(void);
uint32_t bench_turn(void);

/* The number behind the turns on the command line; 0 if there is none. */
extern uint32_t bench_parameter;

/* Stage 1: short descriptors, one section an entry. */
extern uint32_t translation_table[4096];

/* The next number of a linear congruential sequence. */
static inline uint32_t next_random(uint32_t* state) {
  *state = *state * 1664525u + 1013904223u;
  return *state;
}

static inline void dsb(void) { __asm__ volatile("dsb" : : : "memory"); }
static inline void isb(void) { __asm__ volatile("isb" : : : "memory"); }
/* TLBIMVA; the ASID stands in bits 7:0. */
static inline void tlbi_mva(uint32_t mva) { __asm__ volatile("mcr p15, 0, %0, c8, c7, 1" : : "r"(mva) : "memory"); }

/* Short descriptors, ARM DDI 0406C B3.5.1: full access, Normal write-back, Shareable, domain 0. */
#define PAGE_SIZE 4096u
#define TABLE_ENTRIES 256u
#define DESCRIPTOR_TABLE 0x1u
#define DESCRIPTOR_PAGE 0x47Eu
#define NOT_GLOBAL 0x800u

/* The addresses from `va` on, in units of 1 MB, go through second-level tables. */
static inline void map_tables(uint32_t va, const uint32_t* tables, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    translation_table[(va >> 20) + i] = (uint32_t)(tables + TABLE_ENTRIES * i) | DESCRIPTOR_TABLE;
    dsb();
    tlbi_mva(va + (i << 20));
  }
  dsb();
  isb();
}

#endif
