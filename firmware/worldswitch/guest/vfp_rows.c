// SPDX-License-Identifier: Apache-2.0
#include "guest.h"

#define WORDS 64u
#define FPSCR_FLAGS(n) ((n) << 28)

void vfp_enable(void);
void vfp_load(const uint32_t* words);
void vfp_store(uint32_t* words);
uint32_t vfp_read_fpscr(void);
void vfp_write_fpscr(uint32_t value);

static uint32_t pattern(uint32_t i) { return 0xf0000000u + (vm_number << 16) + i; }

static void load_pattern(void) {
  uint32_t words[WORDS];
  for (uint32_t i = 0; i < WORDS; i++) {
    words[i] = pattern(i);
  }
  vfp_enable();
  vfp_load(words);
  vfp_write_fpscr(FPSCR_FLAGS(vm_number + 1));
}

static struct result expect_pattern(void) {
  uint32_t words[WORDS];
  vfp_store(words);
  for (uint32_t i = 0; i < WORDS; i++) {
    EXPECT(words[i], pattern(i));
  }
  EXPECT(vfp_read_fpscr(), FPSCR_FLAGS(vm_number + 1));
  return PASSED;
}

// After an exit the registers are the host's again: the first use brings the guest's back.
struct result run_vfp_first_use(uint32_t iterations) {
  load_pattern();
  for (uint32_t n = 0; n < iterations; n++) {
    HYPERCALL(HC_PING, 0);
    EXPECT(MEASURE(ROW_vfp_first_use, ".fpu neon\n\tvmov r0, s0", 0, 0), pattern(0));
  }
  return expect_pattern();
}

struct result check_vfp_context(void) {
  load_pattern();
  for (uint32_t i = 0; i < 3; i++) {
    HYPERCALL(HC_YIELD, 0);
    struct result result = expect_pattern();
    if (result.line) {
      return result;
    }
  }
  return PASSED;
}
