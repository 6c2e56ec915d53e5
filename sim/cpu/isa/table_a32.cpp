// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/isa/decode.h"
#include "sim/cpu/translate/families.h"

namespace hypsim::isa {

namespace {

std::vector<Line> lines(bool conditional) {
  static constexpr Line all[] = {
#define INST(function, name, bits) make_encoding<Translator, bits, &function>(#function, name, bits),
#include "sim/cpu/isa/a32.inc"
#undef INST
  };
  std::vector<Line> chosen;
  for (const Line& line : all) {
    if ((line.bits[0] == 'c') == conditional) chosen.push_back(line);
  }
  return chosen;
}

// Bits 27:20 and 7:4 tell nearly all A32 instructions apart. ARM DDI 0406C A5.1
constexpr u32 kHashBits = 0x0FF000F0;
u32 hash(u32 word) { return bits(word, 27, 20) << 4 | bits(word, 7, 4); }

}  // namespace

const Table& a32_conditional_table() {
  static const Table table(lines(true), kHashBits, &hash, 4096);
  return table;
}

const Table& a32_unconditional_table() {
  static const Table table(lines(false), kHashBits, &hash, 4096);
  return table;
}

}  // namespace hypsim::isa
