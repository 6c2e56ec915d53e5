// SPDX-License-Identifier: Apache-2.0
// The instruction tables, for the translator, the disassembler, the tests and the fuzzer.
#pragma once

#include "sim/cpu/isa/encoding.h"

namespace hypsim {

class Translator;

namespace isa {

using Line = Encoding<Translator>;
using Table = DecodeTable<Translator>;

/// A32 lines with a condition field, and those of the space cond == 0b1111, which no conditional line matches.
const Table& a32_conditional_table();
const Table& a32_unconditional_table();
const Table& t16_table();
/// What ThumbEE state has in place of T16: all of 1100 xxxx xxxx xxxx is here or UNDEFINED, the rest is as in T16.
const Table& thumbee16_table();
/// Words have the first halfword in bits 31:16.
const Table& t32_table();

/// The line that decodes a word, or null where nothing is allocated: the guest sees UNDEFINED. A line may still turn
/// UNDEFINED or UNPREDICTABLE field values away when it translates.
const Line* find_a32(u32 word);
const Line* find_t16(u32 halfword);
const Line* find_thumbee16(u32 halfword);
const Line* find_t32(u32 word);

}  // namespace isa
}  // namespace hypsim
