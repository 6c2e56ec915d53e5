// SPDX-License-Identifier: Apache-2.0
// What the compiler may call by itself.
#include <stddef.h>
#include <stdint.h>

void* memset(void* to, int value, size_t size) {
  uint8_t* byte = to;
  while (size-- > 0) {
    *byte++ = (uint8_t)value;
  }
  return to;
}

void* memcpy(void* restrict to, const void* restrict from, size_t size) {
  uint8_t* out = to;
  const uint8_t* in = from;
  while (size-- > 0) {
    *out++ = *in++;
  }
  return to;
}
