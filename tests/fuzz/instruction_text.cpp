// SPDX-License-Identifier: Apache-2.0
// Text on its way to the assembler: what passes is one statement that begins with a mnemonic, judged here by other
// means.
#include "sim/trap/instruction_text.h"

#include <cctype>

#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const hypsim::u8* data, std::size_t size) {
  using namespace hypsim;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (!fuzz::accepts([&] { trap::check_instruction_text(text, "input"); })) return 0;
  fuzz::check(text.find_first_of("\n\r\v\f;@=\"'\\`$%?") == std::string::npos,
              "a character of another statement: " + text);
  fuzz::check(text.find("/*") == std::string::npos && text.find("//") == std::string::npos, "a comment: " + text);
  const std::size_t first = text.find_first_not_of(" \t");
  fuzz::check(first != std::string::npos && std::isalpha(static_cast<unsigned char>(text[first])),
              "no mnemonic: " + text);
  // ".incbin" and its like: a point that does not stand inside a word.
  const auto in_word = [&text](std::size_t at) {
    return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) || text[at] == '_');
  };
  for (std::size_t at = text.find('.'); at != std::string::npos; at = text.find('.', at + 1))
    fuzz::check(!in_word(at + 1) || in_word(at - 1), "a directive: " + text);
  // A label ends in a colon; one inside brackets is an alignment.
  for (std::size_t at = text.find(':'); at != std::string::npos; at = text.find(':', at + 1))
    fuzz::check(text.rfind('[', at) != std::string::npos, "a label: " + text);
  return 0;
}
