/* SPDX-License-Identifier: Apache-2.0
 * Runs the turns of an image, prints what came out, and ends the run by semihosting: 0 if every turn gave the expected
 * number. The command line is "program TURNS [PARAMETER]". */
#include "bench_guest.h"

#define SYS_WRITE0 0x04
#define SYS_GET_CMDLINE 0x15
#define SYS_EXIT 0x18
#define SYS_EXIT_EXTENDED 0x20
#define STOPPED_APPLICATION_EXIT 0x20026
#define STOPPED_RUN_TIME_ERROR 0x20023

void bench_main(void);
void bench_finish(int status);

uint32_t bench_parameter;
__attribute__((weak)) void bench_prepare(void) {}

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

/* The number at `text`; none if something else than a blank or the end stands behind its digits. */
static int parse_number(const char** text, uint32_t* value) {
  const char* p = *text;
  uint32_t result = 0;
  while (*p == ' ') ++p;
  const char* const first = p;
  for (; *p >= '0' && *p <= '9'; ++p) result = result * 10 + (uint32_t)(*p - '0');
  if (p == first || (*p != ' ' && *p != 0)) return 0;
  *text = p;
  *value = result;
  return 1;
}

/* Turns to be done; leaves the parameter where the image looks for it. */
static uint32_t read_command_line(void) {
  char line[80];
  uint32_t block[2] = {(uint32_t)line, sizeof line};
  if (semihost_call(SYS_GET_CMDLINE, block) != 0) return kBenchTurns;
  const char* p = line;
  while (*p && *p != ' ') ++p; /* the program */
  uint32_t turns = kBenchTurns;
  if (parse_number(&p, &turns)) parse_number(&p, &bench_parameter);
  return turns;
}

void bench_finish(int status) {
  uint32_t block[2] = {STOPPED_APPLICATION_EXIT, (uint32_t)status};
  semihost_call(SYS_EXIT_EXTENDED, block);
  semihost_call(SYS_EXIT, (const void*)(status == 0 ? STOPPED_APPLICATION_EXIT : STOPPED_RUN_TIME_ERROR));
}

void bench_main(void) {
  uint32_t wrong = 0, result = kBenchExpected, turns = read_command_line();
  bench_prepare();
  for (uint32_t turn = turns; turn != 0; --turn) {
    const uint32_t got = bench_turn();
    if (got == kBenchExpected) continue;
    result = got;
    wrong = 1;
  }
  print(kBenchName);
  print(": ");
  print_hex(result);
  print(wrong ? ", wrong\n" : ", ok\n");
  bench_finish((int)wrong);
}
