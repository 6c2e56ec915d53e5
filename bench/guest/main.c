/* SPDX-License-Identifier: Apache-2.0
 * Runs the turns of a compute loop, prints what came out, and ends the run by semihosting: 0 if every turn gave the
 * expected number. The command line is "[program] TURNS". */
#include "bench_guest.h"

#define SYS_WRITE0 0x04
#define SYS_GET_CMDLINE 0x15
#define SYS_EXIT 0x18
#define SYS_EXIT_EXTENDED 0x20
#define STOPPED_APPLICATION_EXIT 0x20026
#define STOPPED_RUN_TIME_ERROR 0x20023

void bench_main(void);

static uint32_t semihost_call(uint32_t number, const void* argument) {
  register uint32_t r0 __asm__("r0") = number;
  register const void* r1 __asm__("r1") = argument;
#ifdef __thumb__
  __asm__ volatile("svc #0xAB" : "+r"(r0) : "r"(r1) : "memory", "lr");
#else
  __asm__ volatile("svc #0x123456" : "+r"(r0) : "r"(r1) : "memory", "lr");
#endif
  return r0;
}

static void print(const char* text) { semihost_call(SYS_WRITE0, text); }

static void print_hex(uint32_t value) {
  char text[9];
  for (int i = 7; i >= 0; --i, value >>= 4) text[i] = "0123456789abcdef"[value & 15];
  text[8] = 0;
  print(text);
}

/* The last word of the command line, if it is a number. */
static uint32_t turns_wanted(void) {
  char line[80];
  uint32_t block[2] = {(uint32_t)line, sizeof line};
  if (semihost_call(SYS_GET_CMDLINE, block) != 0) return kBenchTurns;
  uint32_t value = 0;
  int digits = 0, clean = 1;
  for (const char* p = line; *p; ++p) {
    if (*p == ' ') {
      value = 0;
      digits = 0;
      clean = 1;
    } else if (*p >= '0' && *p <= '9') {
      value = value * 10 + (uint32_t)(*p - '0');
      ++digits;
    } else {
      clean = 0;
    }
  }
  return digits && clean ? value : kBenchTurns;
}

static void finish(int status) {
  uint32_t block[2] = {STOPPED_APPLICATION_EXIT, (uint32_t)status};
  semihost_call(SYS_EXIT_EXTENDED, block);
  semihost_call(SYS_EXIT, (const void*)(status == 0 ? STOPPED_APPLICATION_EXIT : STOPPED_RUN_TIME_ERROR));
}

void bench_main(void) {
  uint32_t wrong = 0, result = kBenchExpected;
  for (uint32_t turn = turns_wanted(); turn != 0; --turn) {
    const uint32_t got = bench_turn();
    if (got == kBenchExpected) continue;
    result = got;
    wrong = 1;
  }
  print(kBenchName);
  print(": ");
  print_hex(result);
  print(wrong ? ", wrong\n" : ", ok\n");
  finish((int)wrong);
}
