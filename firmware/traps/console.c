// SPDX-License-Identifier: Apache-2.0
// Where the output goes: semihosting, or a PL011. TRAPS_CONSOLE_UART makes the PL011 the default;
// TRAPS_NO_SEMIHOSTING leaves semihosting out, for hardware.
#include "console.h"

#include <stdarg.h>

#include "board.h"
#include "engine.h"

#define SYS_WRITE0 0x04
#define SYS_GET_CMDLINE 0x15
#define SYS_EXIT 0x18
#define SYS_EXIT_EXTENDED 0x20
#define APPLICATION_EXIT 0x20026
#define RUN_TIME_ERROR 0x20023

#define UART_DATA (*(volatile uint32_t*)BOARD_UART_BASE)
#define UART_FLAGS (*(volatile uint32_t*)(BOARD_UART_BASE + 0x18))
#define UART_CONTROL (*(volatile uint32_t*)(BOARD_UART_BASE + 0x30))
#define UART_FULL (1u << 5)
#define UART_ENABLE 0x101u

#ifdef TRAPS_CONSOLE_UART
static bool by_uart = true;
#else
static bool by_uart = false;
#endif
static char command_line[256];
static char line[512];
static uint32_t used;

bool same_word(const char* text, const char* word) {
  while (*word && *text == *word) {
    text++;
    word++;
  }
  return !*word && (!*text || *text == ' ');
}

const char* option(const char* key) {
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

void console_init(void) {
#ifndef TRAPS_NO_SEMIHOSTING
  uint32_t block[2] = {(uint32_t)command_line, sizeof command_line};
  if (semihost(SYS_GET_CMDLINE, block) != 0) {
    command_line[0] = 0;
  }
#endif
  const char* console = option("console");
  if (console) {
    by_uart = same_word(console, "uart");
  }
  if (by_uart) {
    UART_CONTROL = UART_ENABLE;
  }
}

static void flush(void) {
  line[used] = 0;
#ifndef TRAPS_NO_SEMIHOSTING
  if (!by_uart) {
    semihost(SYS_WRITE0, line);
    used = 0;
    return;
  }
#endif
  for (uint32_t i = 0; i < used; i++) {
    while (UART_FLAGS & UART_FULL) {
    }
    UART_DATA = (uint8_t)line[i];
  }
  used = 0;
}

static void put(char c) {
  line[used++] = c;
  if (c == '\n' || used == sizeof line - 1) {
    flush();
  }
}

static void put_text(const char* text) {
  while (*text) {
    put(*text++);
  }
}

static void put_decimal(uint32_t value) {
  char digits[11];
  uint32_t n = 0;
  do {
    digits[n++] = (char)('0' + value % 10);
    value /= 10;
  } while (value);
  while (n) {
    put(digits[--n]);
  }
}

static void put_hexadecimal(uint32_t value) {
  int shift = 28;
  while (shift && !(value >> shift & 15)) {
    shift -= 4;
  }
  put_text("0x");
  for (; shift >= 0; shift -= 4) {
    put("0123456789abcdef"[value >> shift & 15]);
  }
}

void print(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  for (; *format; format++) {
    if (*format != '%') {
      put(*format);
      continue;
    }
    switch (*++format) {
      case 's': put_text(va_arg(arguments, const char*)); break;
      case 'u': put_decimal(va_arg(arguments, uint32_t)); break;
      default: put_hexadecimal(va_arg(arguments, uint32_t)); break;
    }
  }
  va_end(arguments);
}

void leave(int status) {
#ifndef TRAPS_NO_SEMIHOSTING
  uint32_t block[2] = {APPLICATION_EXIT, (uint32_t)status};
  semihost(SYS_EXIT_EXTENDED, block);
  semihost(SYS_EXIT, (void*)(status == 0 ? APPLICATION_EXIT : RUN_TIME_ERROR));
#else
  (void)status;
#endif
  for (;;) {
    __asm__ volatile("wfi");
  }
}

void bail_out(const char* reason) {
  print("Bail out! %s\n", reason);
  leave(3);
}

void engine_unexpected(const struct record* record) {
  print("Bail out! an exception in the suite itself: vector %x, return address %x, SPSR %x\n", record->vector,
        record->return_address, record->spsr);
  leave(3);
}
