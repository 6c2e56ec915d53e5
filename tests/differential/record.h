// SPDX-License-Identifier: Apache-2.0
// What the runtime writes down about a test.
#pragma once

#include <array>

#include "sim/base/bits.h"
#include "tests/differential/layout.h"

namespace hypsim::fuzz {

constexpr u32 kUndefined = 1, kSvc = 2, kPrefetchAbort = 3, kDataAbort = 4, kHypTrap = 13;

struct Record {
  std::array<u32, FUZZ_RECORD_SIZE / 4> words{};

  u32 at(u32 byte_offset) const { return words[byte_offset / 4]; }
  u32 kind() const { return at(REC_KIND); }
  u32 return_address() const { return at(REC_LR); }
  bool operator==(const Record& other) const {
    for (u32 i = 0; i < REC_END / 4; ++i)
      if (words[i] != other.words[i]) return false;
    return true;
  }
};

}  // namespace hypsim::fuzz
