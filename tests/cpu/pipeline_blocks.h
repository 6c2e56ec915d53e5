// SPDX-License-Identifier: Apache-2.0
// Blocks for the tests of the pipeline, from A32 words.
#pragma once

#include <initializer_list>

#include "sim/cpu/translate/translator.h"

namespace hypsim {

/// The block of these words, which ends where translation says.
inline Block block_of(std::initializer_list<u32> words) {
  Block block;
  Translator translator(block, VirtAddr(0x8000), {});
  for (const u32 w : words)
    if (!translator.translate_insn(w, 4)) break;
  translator.finish();
  return block;
}

}  // namespace hypsim
