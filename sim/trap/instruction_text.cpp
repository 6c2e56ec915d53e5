// SPDX-License-Identifier: Apache-2.0
#include "sim/trap/instruction_text.h"

#include <fmt/format.h>

#include <string_view>

#include "sim/base/error.h"

namespace hypsim::trap {
namespace {

constexpr std::size_t kMaxText = 200;
constexpr std::size_t kShown = 60;  // characters of it in a message
constexpr std::string_view kPunctuation = ",[]{}()!^#+-<>|&~";

// Of the locale's letters none.
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_'; }
constexpr bool is_space(char c) { return c == ' ' || c == '\t'; }

/// Whether '.' at `at` is in a number or a data type (1.5, vadd.f32, b.w), or is the address of the instruction.
bool is_dot(std::string_view text, std::size_t at) {
  const char next = at + 1 < text.size() ? text[at + 1] : ' ';
  return is_word(next) ? is_word(text[at - 1]) : next != '.' && !is_word(text[at - 1]) && text[at - 1] != '.';
}

/// Whether ':' at `at` is before the alignment of an address, as in [r0:64].
bool is_alignment(std::string_view text, std::size_t at) {
  const std::size_t open = text.rfind('[', at), closed = text.rfind(']', at);
  const std::size_t next = text.find_first_not_of(" \t", at + 1);
  return open != text.npos && (closed == text.npos || closed < open) && next != text.npos && is_digit(text[next]);
}

bool is_instruction(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  if (text.empty() || text.size() > kMaxText || !is_letter(text.front())) return false;
  for (std::size_t at = 1; at < text.size(); ++at) {
    const char c = text[at];
    if (is_word(c) || is_space(c) || kPunctuation.find(c) != kPunctuation.npos) continue;
    if (c == '.' ? !is_dot(text, at) : c != ':' || !is_alignment(text, at)) return false;
  }
  return text.find("hypsim") == text.npos;  // the labels around it
}

}  // namespace

void check_instruction_text(const std::string& text, const std::string& where) {
  if (is_instruction(text)) return;
  std::string shown = text.substr(0, kShown);
  for (char& c : shown)
    if (c < ' ' || c > '~') c = '?';
  throw InputError(
      fmt::format("{}: \"{}{}\" is not one instruction; write assembler text such as \"mrc p15, 0, r0, c1, c0, 0\"",
                  where, shown, text.size() > kShown ? "..." : ""));
}

}  // namespace hypsim::trap
