// SPDX-License-Identifier: Apache-2.0
// How a guest in C ends the run: by semihosting, with an exit code.
#pragma once

// SYS_EXIT_EXTENDED
static __attribute__((noreturn)) void leave(int code) {
  unsigned parameters[2] = {0x20026, (unsigned)code};
  register unsigned r0 __asm__("r0") = 0x20;
  register unsigned* r1 __asm__("r1") = parameters;
  __asm__ volatile("svc #0x123456" : : "r"(r0), "r"(r1) : "memory");
  for (;;)
    ;
}
