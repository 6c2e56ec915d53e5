// SPDX-License-Identifier: Apache-2.0
#include "cp15.h"
#include "kernel.h"

#define SYS_GET_CMDLINE 0x15
#define SYS_EXIT 0x18
#define SYS_EXIT_EXTENDED 0x20
#define STOPPED_APPLICATION_EXIT 0x20026
#define STOPPED_RUN_TIME_ERROR 0x20023

static uint32_t semihost_call(uint32_t number, uint32_t argument) {
  register uint32_t r0 __asm__("r0") = number;
  register uint32_t r1 __asm__("r1") = argument;
  __asm__ volatile("svc #0x123456" : "+r"(r0) : "r"(r1) : "memory", "lr");
  return r0;
}

bool semihost_command_line(char* buffer, uint32_t size) {
  uint32_t block[2] = {(uint32_t)buffer, size};
  buffer[0] = 0;
  return semihost_call(SYS_GET_CMDLINE, (uint32_t)block) == 0;
}

void semihost_exit(int status) {
  uint32_t block[2] = {STOPPED_APPLICATION_EXIT, (uint32_t)status};
  semihost_call(SYS_EXIT_EXTENDED, (uint32_t)block);
  semihost_call(SYS_EXIT, status == 0 ? STOPPED_APPLICATION_EXIT : STOPPED_RUN_TIME_ERROR);
  irq_disable();
  for (;;) {
    wfi();
  }
}
