// SPDX-License-Identifier: Apache-2.0
// Machine code as text, by Capstone.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "sim/base/bits.h"

namespace hypsim::disasm {

struct Line {
  u32 length = 0;     ///< bytes: 2 or 4
  std::string bytes;  ///< as halfwords or a word, in the order in which the manual writes them
  std::string text;   ///< "mrc p15, #4, r0, c5, c2, #0"; ".word 0x..." for what is no instruction
};

class Disassembler {
 public:
  Disassembler();
  ~Disassembler();
  Disassembler(const Disassembler&) = delete;
  Disassembler& operator=(const Disassembler&) = delete;

  /// The instruction at `address`, whose bytes begin at `code`. `size` is at least 2, of A32 at least 4.
  Line at(u32 address, const u8* code, std::size_t size, bool thumb) const;

 private:
  struct Engines;
  std::unique_ptr<Engines> engines_;
};

}  // namespace hypsim::disasm
