// SPDX-License-Identifier: Apache-2.0
// The NOR flash of vexpress-a15, for --entry secure with semihosting: the first bank at 0x08000000 and again at 0, the
// second at 0x0c000000. Its exit code is 0, or says what was not so.
#include "leave.h"

#define REG(address) (*(volatile unsigned*)(address))
#define BLOCK 0x40000

enum { READY = 0x00800080 };

static void query(unsigned bank, int code) {
  REG(bank + 0x55 * 4) = 0x00980098;
  const int found = REG(bank + 0x10 * 4) == 0x00510051 && REG(bank + 0x12 * 4) == 0x00590059;
  const unsigned size = REG(bank + 0x27 * 4) & 0xff;
  REG(bank) = 0x00ff00ff;
  if (!found || 2u << size != 0x04000000) leave(code);
}

static void erase(unsigned address) {
  REG(address) = 0x00200020;
  REG(address) = 0x00d000d0;
  while ((REG(address) & READY) != READY)
    ;
  REG(address) = 0x00ff00ff;
}

static void program(unsigned address, unsigned value) {
  REG(address) = 0x00400040;
  REG(address) = value;
  while ((REG(address) & READY) != READY)
    ;
  REG(address) = 0x00ff00ff;
}

/// A function that returns `value`, written at `address`.
static void place(unsigned address, unsigned value) {
  erase(address);
  program(address, 0xe3a00000 | value);  // mov r0, #value
  program(address + 4, 0xe12fff1e);      // bx lr
  __asm__ volatile("dsb\n mcr p15, 0, %0, c7, c5, 0\n dsb\n isb" : : "r"(0) : "memory");
}

static unsigned call(unsigned address) { return ((unsigned (*)(void))address)(); }

void run(void) {
  query(0x08000000, 1);
  query(0x00000000, 2);
  query(0x0c000000, 3);

  const unsigned high = 0x08000000 + 3 * BLOCK, low = 3 * BLOCK, second = 0x0c000000 + 3 * BLOCK;
  erase(high);
  program(high + 16, 0x12345678);
  if (REG(high + 16) != 0x12345678 || REG(low + 16) != 0x12345678) leave(4);
  if (REG(high + 20) != 0xffffffff) leave(5);
  erase(second);
  program(second + 16, 0x9abcdef0);
  if (REG(second + 16) != 0x9abcdef0 || REG(high + 16) != 0x12345678) leave(6);

  // Code that is changed through one of its places is another at both.
  for (unsigned i = 1; i < 5; ++i) {
    place(i % 2 ? high : low, i);
    for (unsigned j = 0; j < 100; ++j)
      if (call(low) != i || call(high) != i) leave(7);
  }
  leave(0);
}

__attribute__((naked, section(".text.start"))) void _start(void) { __asm__ volatile("ldr sp, =0x80400000\n b run"); }
