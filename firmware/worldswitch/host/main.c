// SPDX-License-Identifier: Apache-2.0
// The host kernel's start and end.
#include "board.h"
#include "cp15.h"
#include "kernel.h"

#define COMMAND_LINE_SIZE 256
#define FIQ_PATTERN 0xf1000000u

extern uint32_t boot_path;
static char command_line[COMMAND_LINE_SIZE];
static bool hyp_is_up;
static uint8_t hyp_stacks[CPU_COUNT][4096] __attribute__((aligned(4096)));  // the switch finds the bottom from SP

// Value of `key=` in the command line, up to the next blank; 0 when it is not there.
const char* find_option(const char* key) {
  for (const char* at = command_line; *at; at++) {
    if (at != command_line && at[-1] != ' ') {
      continue;
    }
    const char* k = key;
    const char* a = at;
    while (*k && *k == *a) {
      k++;
      a++;
    }
    if (!*k && *a == '=') {
      return a + 1;
    }
  }
  return 0;
}

static void no_hyp(void) {
  print("no Hyp mode: started in Non-secure SVC, and no secure monitor set HVBAR\n");
  semihost_exit(EXIT_STATUS_NO_HYP);
}

// Called from the exception vectors of the host: nothing there is expected.
void host_exception(uint32_t vector, uint32_t return_address) {
  if (!hyp_is_up) {
    no_hyp();
  }
  fail("host exception, vector %u, return address 0x%x", vector * 4, return_address);
}

static void print_boot_path(void) {
  static const char* const paths[] = {"", "Non-secure Hyp", "Secure SVC", "Non-secure SVC, monitor set HVBAR"};
  print("worldswitch %s: started in %s\n", flavour.name, paths[boot_path]);
}

void hyp_start(uint32_t cpu) {
  hyp_bring_up(hyp_page_table(), hyp_vectors, hyp_stacks[cpu] + sizeof hyp_stacks[cpu], flavour.vtcr);
}

void host_main(uint32_t path) {
  console_init();
  if (path == 0) {
    no_hyp();
  }
  hyp_start(0);
  hyp_is_up = true;
  print_boot_path();
  if (!semihost_command_line(command_line, sizeof command_line)) {
    command_line[0] = 0;
  }
  gic_init();
  host_fiq_fill(FIQ_PATTERN);
  flavour.boot();
  vms_create();
  run_rows();
  if (host_fiq_check(FIQ_PATTERN) != 0 || !flavour.host_intact()) {
    fail("the switches changed the host's own state");
  }
  print("worldswitch %s: done\n", flavour.name);
  semihost_exit(EXIT_STATUS_OK);
}
