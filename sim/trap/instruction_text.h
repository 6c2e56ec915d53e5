// SPDX-License-Identifier: Apache-2.0
// What may be handed to an assembler as the text of one instruction.
#pragma once

#include <string>

namespace hypsim::trap {

/// Throws InputError that begins with `where` unless `text` is a mnemonic and operands of UAL: words, numbers, and the
/// punctuation of registers, lists, addresses and offsets. No label, directive, macro, string, comment, assignment or
/// second statement, whatever the assembler would make of it.
void check_instruction_text(const std::string& text, const std::string& where);

}  // namespace hypsim::trap
