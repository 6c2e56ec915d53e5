// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/isa/decode.h"
#include "sim/cpu/translate/families.h"

namespace hypsim::isa {

namespace {
// ARM DDI 0406C A6.2
u32 hash(u32 halfword) { return bits(halfword, 15, 6); }
}  // namespace

const Table& t16_table() {
  static const Table table(
      {
#define INST(function, name, bits) make_encoding<Translator, bits, &function>(#function, name, bits),
#include "sim/cpu/isa/t16.inc"
#undef INST
      },
      0xFFC0, &hash, 1024);
  return table;
}

const Table& thumbee16_table() {
  static const Table table(
      {
#define INST(function, name, bits) make_encoding<Translator, bits, &function>(#function, name, bits),
#include "sim/cpu/isa/thumbee16.inc"
#undef INST
      },
      0xFFC0, &hash, 1024);
  return table;
}

}  // namespace hypsim::isa
