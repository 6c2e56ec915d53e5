// SPDX-License-Identifier: Apache-2.0
// Runs the cases that the host has laid into memory, with the engine of firmware/traps, and writes what came of each
// into a file of the host.
#include "tests/traps-qemu/layout.h"

#include "registers.h"

#define SYS_OPEN 0x01
#define SYS_CLOSE 0x02
#define SYS_WRITE 0x05
#define SYS_EXIT 0x18
#define SYS_EXIT_EXTENDED 0x20
#define APPLICATION_EXIT 0x20026
#define WRITE_BINARY 5
#define UDF_A32 0xe7f000f0u
#define UDF_T16 0xde00de00u
#define WFE_A32 0xe320f002u
#define WFE_T16 0xbf20u
#define SLOT_WORDS 8

struct run run;
uint32_t test_slot[SLOT_WORDS] __attribute__((aligned(4096)));
extern const uint32_t pl1_vectors[], secure_vectors[], monitor_vectors[], hyp_vectors[];

static void leave(uint32_t status) {
  uint32_t block[2] = {APPLICATION_EXIT, status};
  semihost(SYS_EXIT_EXTENDED, block);
  for (;;) {
  }
}
void bail_out(const char* reason) {
  (void)reason;
  for (;;) {
    leave(3);
  }
}
void engine_unexpected(const struct record* record) {
  (void)record;
  for (;;) {
    leave(4);
  }
}

static uint32_t value_of(const struct CrossCase* c) {
  switch (c->value) {
    case kPl1Vectors: return (uint32_t)pl1_vectors;
    case kSecureVectors: return (uint32_t)secure_vectors;
    case kMonitorVectors: return (uint32_t)monitor_vectors;
    case kHypVectors: return (uint32_t)hyp_vectors;
    default: return c->r3;
  }
}

static void lay_out(const struct CrossCase* c) {
  const uint32_t filler = c->thumb ? UDF_T16 : UDF_A32;
  const bool wide = !c->thumb || c->insn > 0xffff;
  const uint32_t first = !c->thumb ? c->insn : wide ? c->insn << 16 | c->insn >> 16 : (filler << 16 | c->insn);
  test_slot[0] = first;
  for (uint32_t i = 1; i < SLOT_WORDS; i++) {
    test_slot[i] = filler;
  }
  // The way here is an exception return, which has set the event register: the first WFE clears it, the second would
  // wait.
  if (c->insn == WFE_A32) {
    test_slot[1] = first;
  }
  if (c->insn == WFE_T16) {
    test_slot[0] = WFE_T16 << 16 | WFE_T16;
  }
  __asm__ volatile("dsb; mcr p15, 0, %0, c7, c5, 0; mcr p15, 0, %0, c7, c5, 6; dsb; isb" ::"r"(0) : "memory");
}

static void run_case(const struct CrossCase* c, struct CrossResult* result) {
  static const uint8_t modes[KINDS_OF_MODE] = {MODE_USR, MODE_FIQ, MODE_IRQ, MODE_SVC, MODE_ABT, MODE_UND,
                                               MODE_SYS, MODE_HYP, MODE_SVC, MODE_USR, MODE_MON};
  const bool secure = (SECURE_MODES >> c->mode & 1) != 0;
  registers_baseline();
  run.cpsr = modes[c->mode] | PSR_AIF | (c->thumb ? PSR_T : 0);
  run.scr = secure && !c->monitor_ns ? SCR_BASELINE & ~SCR_NS : SCR_BASELINE;
  run.nsacr = NSACR_BASELINE;
  const struct CrossSetting* setting = (const struct CrossSetting*)CROSS_SETTINGS + c->setting;
  for (uint32_t i = 0; i < CROSS_PAIRS && setting->pair[i].reg != R_END; i++) {
    if (setting->pair[i].reg == R_NSACR) {
      run.nsacr = setting->pair[i].value;
    } else {
      register_write((enum reg)setting->pair[i].reg, setting->pair[i].value);
    }
  }
  for (uint32_t i = 0; i < 13; i++) {
    run.r[i] = 0;
  }
  run.r[1] = (uint32_t)(test_slot + SLOT_WORDS - 2);
  run.r[3] = value_of(c);
  run.exit_by_smc = secure;
  run.pc = (uint32_t)test_slot;
  lay_out(c);
  engine_run();
  const struct record* t = run.taken;
  result->vector = t->vector;
  result->return_address = t->return_address - (uint32_t)test_slot;
  result->cpsr = t->cpsr;
  result->spsr = t->spsr;
  result->hsr = register_read(R_HSR);
}

void suite_main(void) {
  const struct CrossHeader* header = (const struct CrossHeader*)CROSS_HEADER;
  const struct CrossCase* cases = (const struct CrossCase*)CROSS_CASES;
  struct CrossResult* results = (struct CrossResult*)CROSS_RESULTS;
  for (uint32_t i = 0; i < header->count; i++) {
    run_case(&cases[i], &results[i]);
  }
  uint32_t length = 0;
  while (header->file[length]) {
    length++;
  }
  uint32_t open[3] = {(uint32_t)header->file, WRITE_BINARY, length};
  const uint32_t handle = semihost(SYS_OPEN, open);
  uint32_t write[3] = {handle, CROSS_RESULTS, header->count * sizeof(struct CrossResult)};
  semihost(SYS_WRITE, write);
  uint32_t close[1] = {handle};
  semihost(SYS_CLOSE, close);
  for (;;) {
    leave(0);
  }
}
