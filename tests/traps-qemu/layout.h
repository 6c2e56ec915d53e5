// SPDX-License-Identifier: Apache-2.0
// What the host and replay.c agree on: plain words in memory.
#pragma once

#define CROSS_HEADER 0x42000000    // count of cases, then the name of the result file
#define CROSS_SETTINGS 0x42010000  // settings of control registers, 64 bytes each
#define CROSS_CASES 0x42100000
#define CROSS_RESULTS 0x45000000
#define CROSS_RAM 0x40000000
#define CROSS_RAM_SIZE 0x08000000
#define CROSS_IMAGE 0x40200000
#define CROSS_MAX_CASES 1000000
#define CROSS_PAIRS 8

#include <stdint.h>

/// What R3, which a write takes its value from, holds.
enum CrossValue { kLiteral, kPl1Vectors, kSecureVectors, kMonitorVectors, kHypVectors };

struct CrossHeader {
  uint32_t count;
  char file[60];
};
struct CrossSetting {
  struct {
    uint32_t reg, value;  // enum reg of the suite; R_END ends the list
  } pair[CROSS_PAIRS];
};
struct CrossCase {
  uint32_t insn;
  uint32_t r3;
  uint16_t setting;
  uint8_t mode;        // bit number of USR ... MON
  uint8_t thumb;       // the slot holds T32
  uint8_t value;       // enum CrossValue
  uint8_t monitor_ns;  // SCR.NS in Monitor mode
  uint8_t unused[2];
};
struct CrossResult {
  uint32_t vector;          // 0: the case did not run
  uint32_t return_address;  // relative to the code
  uint32_t cpsr, spsr, hsr;
  uint32_t unused[3];
};
