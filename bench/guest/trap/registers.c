/* SPDX-License-Identifier: Apache-2.0
 * Trapped system registers: reads of ACTLR (HCR.TAC) and ID_PFR0 (HCR.TID3), writes of CONTEXTIDR (HCR.TVM), which Hyp
 * emulates. */
#include "traps.h"

#define TIMES 4096u
#define ACTLR_SEEN 0x41u
#define PFR0_SEEN 0x1131u
#define IS_READ 1u
/* Bits of the syndrome that name the register: opc2, opc1, CRn, CRm. */
#define REGISTER 0xFFC1Eu
#define NAMED(crn, opc1, crm, opc2) ((opc2) << 17 | (opc1) << 14 | (crn) << 10 | (crm) << 1)

const char kBenchName[] = "registers";
const uint32_t kBenchExpected = TIMES * (ACTLR_SEEN + PFR0_SEEN) + TIMES / 2 * (TIMES - 1);
const uint32_t kBenchTurns = 1;
const uint32_t kHcrBits = 1u << 21 | 1u << 18; /* TAC, TID3 */
/* Set by a hypercall, when the guest has switched its MMU on. */
#define HCR_TVM (1u << 26)

static uint32_t context_ids;

void hyp_handler(Frame* frame) {
  const uint32_t hsr = read_hsr();
  if (HSR_EC(hsr) == EC_HVC) {
    uint32_t hcr;
    __asm__ volatile("mrc p15, 4, %0, c1, c1, 0" : "=r"(hcr));
    __asm__ volatile("mcr p15, 4, %0, c1, c1, 0" : : "r"(hcr | HCR_TVM));
    return;
  }
  const uint32_t rt = hsr >> 5 & 0xF;
  if (HSR_EC(hsr) != EC_CP15 || rt > 3) unexpected_trap();
  switch (hsr & (REGISTER | IS_READ)) {
    case NAMED(1u, 0u, 0u, 1u) | IS_READ: frame->r[rt] = ACTLR_SEEN; break;
    case NAMED(0u, 0u, 1u, 0u) | IS_READ: frame->r[rt] = PFR0_SEEN; break;
    case NAMED(13u, 0u, 0u, 1u): context_ids += frame->r[rt]; break;
    default: unexpected_trap();
  }
  skip_instruction(hsr);
}

void bench_prepare(void) { hypercall(0); }

uint32_t bench_turn(void) {
  register uint32_t r0 __asm__("r0");
  register uint32_t r1 __asm__("r1");
  uint32_t sum = 0;
  context_ids = 0;
  for (uint32_t i = 0; i < TIMES; ++i) {
    r1 = i;
    __asm__ volatile("mrc p15, 0, %0, c1, c0, 1\n\tmcr p15, 0, %1, c13, c0, 1" : "=&r"(r0) : "r"(r1) : "memory");
    sum += r0;
    __asm__ volatile("mrc p15, 0, %0, c0, c1, 0" : "=r"(r0));
    sum += r0;
  }
  return sum + *(volatile uint32_t*)&context_ids;
}
