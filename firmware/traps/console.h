// SPDX-License-Identifier: Apache-2.0
#ifndef TRAPS_CONSOLE_H
#define TRAPS_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

void console_init(void);
/// Value of `key=` in the command line; 0 if it is not there.
const char* option(const char* key);
bool same_word(const char* text, const char* word);  ///< up to a blank

/// %s, %u (decimal), %x (hexadecimal, with 0x).
void print(const char* format, ...);
void leave(int status) __attribute__((noreturn));

#endif
