/* SPDX-License-Identifier: Apache-2.0
 * Interrupts: a software-generated one that the core sends to itself, acknowledged and ended. */
#include "board.h"
#include "exceptions.h"

#define TIMES 4096u
#define NUMBER 1u
#define GICD_CTLR (*(volatile uint32_t*)BOARD_GICD_BASE)
#define GICD_ISENABLER0 (*(volatile uint32_t*)(BOARD_GICD_BASE + 0x100))
#define GICD_SGIR (*(volatile uint32_t*)(BOARD_GICD_BASE + 0xF00))
#define GICC_CTLR (*(volatile uint32_t*)BOARD_GICC_BASE)
#define GICC_PMR (*(volatile uint32_t*)(BOARD_GICC_BASE + 0x4))
#define GICC_IAR (*(volatile uint32_t*)(BOARD_GICC_BASE + 0xC))
#define GICC_EOIR (*(volatile uint32_t*)(BOARD_GICC_BASE + 0x10))
#define TO_MYSELF (2u << 24)

const char kBenchName[] = "interrupt";
const uint32_t kBenchExpected = TIMES;
const uint32_t kBenchTurns = 1;

static volatile uint32_t taken;

void interrupt_handler(Frame* frame) {
  (void)frame;
  const uint32_t acknowledged = GICC_IAR;
  if ((acknowledged & 0x3FF) == NUMBER) taken = taken + 1;
  GICC_EOIR = acknowledged;
}

static uint32_t work(void) {
  for (uint32_t i = 0; i < TIMES; ++i) {
    GICD_SGIR = TO_MYSELF | NUMBER;
    while (taken == i) {
    }
  }
  return taken;
}

void bench_prepare(void) {
  exceptions_on();
  GICD_ISENABLER0 = 1u << NUMBER;
  GICD_CTLR = 1;
  GICC_PMR = 0xF8;
  GICC_CTLR = 1;
}

uint32_t bench_turn(void) {
  taken = 0;
  return run_in_user(work);
}
