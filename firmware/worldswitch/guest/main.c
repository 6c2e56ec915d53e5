// SPDX-License-Identifier: Apache-2.0
// A guest asks for rows and runs them until the host stops running it.
#include "cp15.h"
#include "guest.h"

volatile uint32_t undefined_seen, data_abort_seen, probe_resume, irqs_seen, fiqs_seen, last_irq, ipis_seen;
uint32_t vm_number;

static uint32_t hello(void) {
  register uint32_t r0 __asm__("r0");
  register uint32_t r1 __asm__("r1") = stage1_kind();
#ifdef __thumb__
  r0 = 1;
#else
  r0 = 0;
#endif
  __asm__ volatile("hvc #" STRINGIFY(HC_HELLO) : "+r"(r0), "+r"(r1) : : "memory");
  return r0;
}

static uint32_t next_row(uint32_t* iterations) {
  register uint32_t r0 __asm__("r0") = 0;
  register uint32_t r1 __asm__("r1") = 0;
  __asm__ volatile("hvc #" STRINGIFY(HC_NEXT) : "+r"(r0), "+r"(r1) : : "memory");
  *iterations = r1;
  return r0;
}

static void report(struct result result) {
  register uint32_t r0 __asm__("r0") = result.line;
  register uint32_t r1 __asm__("r1") = result.seen;
  register uint32_t r2 __asm__("r2") = result.expected;
  __asm__ volatile("hvc #" STRINGIFY(HC_DONE) : "+r"(r0), "+r"(r1), "+r"(r2) : : "memory");
}

void guest_main(void) {
  stage1_enable();
  vm_number = hello();
  guest_gic_init();
  for (;;) {
    uint32_t iterations;
    uint32_t row = next_row(&iterations);
    report(row < 32 ? run_measured(row, iterations) : run_check(row));
  }
}
