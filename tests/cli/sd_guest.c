// SPDX-License-Identifier: Apache-2.0
// A polling driver for the card slot of vexpress-a15, for --entry secure. Copies the card's second block, each byte
// turned round, to its third, and says in its exit code what it met: 0 done, 1 no card, 2 a locked card, 3 and more an
// error. Both interrupts of the slot must come by.
#include "leave.h"

#define REG(address) (*(volatile unsigned*)(address))
#define MMC(offset) REG(0x1c050000 + (offset))
#define GICD 0x2c001000

enum {
  CMD_TIME_OUT = 1 << 2,
  CMD_FAIL = 1 << 0 | CMD_TIME_OUT,
  CMD_DONE = 1 << 6 | 1 << 7,
  DATA_FAIL = 1 << 1 | 1 << 3,
  DATA_END = 1 << 8
};

void* memset(void* to, int value, unsigned size) {
  for (unsigned i = 0; i < size; ++i) ((volatile char*)to)[i] = (char)value;
  return to;
}

static unsigned block[128];

/// kind: 0 no answer, 1 a short one, 3 a long one. 0 if there is none.
static int command(unsigned index, unsigned argument, unsigned kind) {
  MMC(0x38) = 0x7ff;
  MMC(0x08) = argument;
  MMC(0x0c) = index | kind << 6 | 1 << 10;
  unsigned status;
  do {
    status = MMC(0x34);
  } while ((status & (CMD_FAIL | CMD_DONE)) == 0);
  return (status & (index == 41 ? CMD_TIME_OUT : CMD_FAIL)) == 0;  // R3 has no CRC
}

static void data(unsigned from_card) {
  MMC(0x24) = 100000;
  MMC(0x28) = sizeof block;
  MMC(0x2c) = 1 | from_card << 1 | 9 << 4;
}

/// The line is up, or will be in a moment.
static void pending(unsigned spi, int code) {
  for (unsigned i = 0; i < 100000; ++i)
    if ((REG(GICD + 0x204) & 1u << spi) != 0) return;
  leave(code);
}

void run(void) {
  MMC(0x00) = 3;
  MMC(0x04) = 1 << 8 | 1 << 10;
  command(0, 0, 0);
  if (!command(8, 0x1aa, 1)) leave((REG(0x1c010048) & 1) == 0 ? 1 : 3);
  if ((REG(0x1c010048) & 1) == 0) leave(4);  // SYS_MCI: there is a card
  do {
    if (!command(55, 0, 1) || !command(41, 0x40ff8000, 1)) leave(5);
  } while ((MMC(0x14) & 1u << 31) == 0);
  const unsigned unit = (MMC(0x14) & 1 << 30) != 0 ? 1 : 512;
  if (!command(2, 0, 3) || !command(3, 0, 1)) leave(6);
  if (!command(7, MMC(0x14) & 0xffff0000, 1)) leave(7);

  MMC(0x3c) = DATA_END;
  MMC(0x40) = 1 << 21;
  data(1);
  if (!command(17, unit, 1)) leave(8);
  pending(10, 9);
  for (unsigned i = 0; i < 128;) {
    const unsigned status = MMC(0x34);
    if ((status & DATA_FAIL) != 0) leave(10);
    if ((status & 1 << 21) != 0) block[i++] = ~MMC(0x80);
  }
  while ((MMC(0x34) & DATA_END) == 0)
    ;
  pending(9, 11);
  if (!command(24, 2 * unit, 1)) leave(12);
  if ((MMC(0x14) & 1 << 26) != 0) leave((REG(0x1c010048) & 2) != 0 ? 2 : 13);
  data(0);
  for (unsigned i = 0; i < 128; ++i) MMC(0x80) = block[i];
  while ((MMC(0x34) & (DATA_END | DATA_FAIL)) == 0)
    ;
  leave((MMC(0x34) & DATA_FAIL) == 0 ? 0 : 14);
}

__attribute__((naked, section(".text.start"))) void _start(void) { __asm__ volatile("ldr sp, =0x80400000\n b run"); }
