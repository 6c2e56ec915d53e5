// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/isa/decode.h"

#include "sim/cpu/translate/translator.h"

namespace hypsim::isa {

const Line* find_a32(u32 word) {
  return (word >> 28 == 0xF ? a32_unconditional_table() : a32_conditional_table()).find(word);
}

const Line* find_t16(u32 halfword) { return t16_table().find(halfword); }

const Line* find_thumbee16(u32 halfword) {
  const Line* line = thumbee16_table().find(halfword);
  return line != nullptr || halfword >> 12 == 0xC ? line : find_t16(halfword);
}

const Line* find_t32(u32 word) { return t32_table().find(word); }

namespace {
void translate(Translator& t, const Line* line, u32 word) {
  if (line != nullptr) {
    line->translate(t, word);
  } else {
    t.undefined();
  }
}
}  // namespace

void translate_a32(Translator& t, u32 word) { translate(t, find_a32(word), word); }
void translate_t16(Translator& t, u32 halfword) { translate(t, find_t16(halfword), halfword); }
void translate_thumbee16(Translator& t, u32 halfword) { translate(t, find_thumbee16(halfword), halfword); }
void translate_t32(Translator& t, u32 word) { translate(t, find_t32(word), word); }

}  // namespace hypsim::isa
