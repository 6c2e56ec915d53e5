/* SPDX-License-Identifier: Apache-2.0
 * Traps to Hyp from a guest at PL1 behind stage-2 translation. An image says which bits of HCR it wants and brings the
 * handler. The data window lies at the same guest address and IPA, its pages are those of `data_pages`. */
#ifndef BENCH_TRAPS_H
#define BENCH_TRAPS_H

#ifndef __ASSEMBLER__
#include "bench_guest.h"

/* What the entry has stored of the guest. */
typedef struct {
  uint32_t r[4], r12, lr;
} Frame;

/* Added to HCR.VM. */
extern const uint32_t kHcrBits;
void hyp_handler(Frame* frame);

#define WINDOW 0x50000000u
#define WINDOW_PAGES 1024u
#define STAGE2_PAGE 0x7FFu /* Normal write-back, read and write, Inner Shareable, access flag, a page */

extern uint64_t stage2_root[4];
/* Last level of the window; all there at the start. */
extern uint64_t window_table[WINDOW_PAGES];
extern uint8_t data_pages[WINDOW_PAGES][PAGE_SIZE];

#define HSR_EC(hsr) ((hsr) >> 26)
#define EC_WFI 0x01u
#define EC_CP15 0x03u
#define EC_HVC 0x12u
#define EC_DATA_ABORT 0x24u

static inline uint32_t read_hsr(void) {
  uint32_t value;
  __asm__ volatile("mrc p15, 4, %0, c5, c2, 0" : "=r"(value));
  return value;
}

static inline uint64_t window_entry(uint32_t page) { return (uint32_t)data_pages[page] | STAGE2_PAGE; }

/* HVC with an argument, and the answer. */
static inline uint32_t hypercall(uint32_t argument) {
  register uint32_t r0 __asm__("r0") = argument;
  __asm__ volatile(".arch_extension virt\n\thvc #0" : "+r"(r0) : : "memory");
  return r0;
}

/* The guest goes on behind the instruction that trapped. */
static inline void skip_instruction(uint32_t hsr) {
  uint32_t pc;
  __asm__ volatile(".arch_extension virt\n\tmrs %0, elr_hyp" : "=r"(pc));
  pc += (hsr >> 25 & 1) != 0 ? 4 : 2;
  __asm__ volatile(".arch_extension virt\n\tmsr elr_hyp, %0" : : "r"(pc));
}

/* A trap that the image did not expect ends the run as wrong. */
void unexpected_trap(void);
#endif

/* Long descriptors; ARM DDI 0406C B3.6. Attribute 0 Normal write-back, 1 Device. */
#define MAIR0_VALUE 0x000004FF
#define HTCR_VALUE 0x80803500
#define VTCR_VALUE 0x80003540 /* from level 1, IPAs of 32 bits */
#define HSCTLR_VALUE 0x30C5187D

#endif
