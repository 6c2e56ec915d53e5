/* SPDX-License-Identifier: Apache-2.0
 * CRC-32 (IEEE 802.3) bit by bit and by table: shifts, exclusive or, byte loads. */
#include "bench_guest.h"

#define LENGTH 16384

const char kBenchName[] = "crc";
const uint32_t kBenchExpected = 0xCBF43926; /* of "123456789" */
const uint32_t kBenchTurns = 2;

static uint32_t table[256];
static uint8_t data[LENGTH];

static uint32_t crc_bitwise(const uint8_t* bytes, uint32_t length) {
  uint32_t crc = ~0u;
  for (uint32_t i = 0; i < length; ++i) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0xEDB88320u : 0);
  }
  return ~crc;
}

static uint32_t crc_by_table(const uint8_t* bytes, uint32_t length) {
  uint32_t crc = ~0u;
  for (uint32_t i = 0; i < length; ++i) crc = table[(crc ^ bytes[i]) & 0xFF] ^ (crc >> 8);
  return ~crc;
}

uint32_t bench_turn(void) {
  static const uint8_t check[] = "123456789";
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0xEDB88320u : 0);
    table[i] = crc;
  }
  uint32_t state = 3;
  for (uint32_t i = 0; i < LENGTH; ++i) data[i] = (uint8_t)(next_random(&state) >> 24);
  if (crc_bitwise(data, LENGTH) != crc_by_table(data, LENGTH)) return 0;
  return crc_by_table(check, 9);
}
