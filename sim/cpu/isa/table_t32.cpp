// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/isa/decode.h"
#include "sim/cpu/translate/families.h"

namespace hypsim::isa {

namespace {
// ARM DDI 0406C A6.3: op1 and op2 are in bits 28:20; bit 15 parts branches from immediates, bits 7:6 register forms.
u32 hash(u32 word) { return bits(word, 28, 20) << 3 | bits(word, 15, 15) << 2 | bits(word, 7, 6); }
}  // namespace

const Table& t32_table() {
  static const Table table(
      {
#define INST(function, name, bits) make_encoding<Translator, bits, &function>(#function, name, bits),
#include "sim/cpu/isa/t32.inc"
#undef INST
      },
      0x1FF080C0, &hash, 4096);
  return table;
}

}  // namespace hypsim::isa
