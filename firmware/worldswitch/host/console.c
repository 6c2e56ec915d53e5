// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>

#include "board.h"
#include "cp15.h"
#include "kernel.h"

#define UART_DR 0x00
#define UART_FR 0x18
#define UART_LCRH 0x2c
#define UART_CR 0x30
#define UART_FR_TXFF (1u << 5)

void console_init(void) {
  mmio_write32(BOARD_UART_BASE + UART_LCRH, 0x70);  // 8n1, FIFOs
  mmio_write32(BOARD_UART_BASE + UART_CR, 0x301);   // UART, transmit, receive
}

static void put_char(char c) {
  while (mmio_read32(BOARD_UART_BASE + UART_FR) & UART_FR_TXFF) {
  }
  mmio_write32(BOARD_UART_BASE + UART_DR, (uint8_t)c);
}

static void put_string(const char* text) {
  while (*text) {
    put_char(*text++);
  }
}

static void put_number(uint32_t value, uint32_t base) {
  char digits[10];
  uint32_t count = 0;
  do {
    digits[count++] = "0123456789abcdef"[value % base];
    value /= base;
  } while (value != 0);
  while (count > 0) {
    put_char(digits[--count]);
  }
}

static void print_list(const char* format, va_list arguments) {
  for (; *format; format++) {
    if (*format != '%') {
      put_char(*format);
      continue;
    }
    switch (*++format) {
      case 's': put_string(va_arg(arguments, const char*)); break;
      case 'u': put_number(va_arg(arguments, uint32_t), 10); break;
      case 'x': put_number(va_arg(arguments, uint32_t), 16); break;
      default: put_char(*format); break;
    }
  }
}

void print(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  print_list(format, arguments);
  va_end(arguments);
}

void fail(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  print("FAILED: ");
  print_list(format, arguments);
  print("\n");
  va_end(arguments);
  semihost_exit(EXIT_STATUS_FAILED);
}
