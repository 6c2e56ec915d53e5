// SPDX-License-Identifier: Apache-2.0
// An interrupt from one VCPU to the other: written to GICD_SGIR here, acknowledged and ended there, seen by a word of
// memory.
#include "cp15.h"
#include "guest.h"

#define SGIR_TO_CPU1 (2u << 16)

struct result run_ipi(uint32_t n) {
  (void)n;
  uint32_t before = ipis_seen;
  register uint32_t r0 __asm__("r0") = SGIR_TO_CPU1 | GUEST_IPI;
  register uint32_t r1 __asm__("r1") = GUEST_GICD_IPA + GUEST_GICD_SGIR;
  register volatile uint32_t* r2 __asm__("r2") = &ipis_seen;
  register uint32_t r3 __asm__("r3") = before;
  register uint32_t r12 __asm__("r12") = ROW_ipi;
  __asm__ volatile(
      "dbg #1\n\t"
      "str" WIDE
      " r0, [r1]\n"
      "1:\tldr" WIDE
      " r0, [r2]\n\t"
      "cmp r0, r3\n\t"
      "beq 1b\n\t"
      "dbg #2"
      : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3), "+r"(r12)
      :
      : "memory", "cc");
  EXPECT(r0, before + 1);
  return PASSED;
}

// The second VCPU.
void second_main(void) {
  stage1_enter();
  guest_gic_init();
  irq_enable();
  HYPERCALL(HC_SECOND_READY, 0);
  for (;;) {
  }
}
