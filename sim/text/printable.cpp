// SPDX-License-Identifier: Apache-2.0
#include "sim/text/printable.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/types.h"

namespace hypsim::text {

namespace {

constexpr std::string_view kGap = "...";

u32 code_point(std::string_view sequence) {
  static constexpr u8 kFirstBits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  u32 code = static_cast<u8>(sequence[0]) & kFirstBits[sequence.size()];
  for (std::size_t i = 1; i < sequence.size(); ++i) code = code << 6 | (static_cast<u8>(sequence[i]) & 0x3F);
  return code;
}

/// What moves a cursor, ends a line, reverses what follows, or is no character at all.
bool is_harmful(u32 code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069) || (code & 0xFFFE) == 0xFFFE;
}

void escape(std::string& out, std::string_view bytes) {
  for (const char c : bytes) out += fmt::format("\\x{:02x}", static_cast<u8>(c));
}

}  // namespace

// Unicode 15.0, table 3-7.
std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const u8 first = static_cast<u8>(text[0]);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                             : first >> 4 == 0xE              ? 3
                             : first >= 0xF0 && first <= 0xF4 ? 4
                                                              : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((static_cast<u8>(text[i]) & 0xC0) != 0x80) return 0;
  const u8 second = static_cast<u8>(text[1]);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool beyond = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  return overlong || beyond ? 0 : length;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view sequence = text.substr(0, length == 0 ? 1 : length);
    if (length == 0 || is_harmful(code_point(sequence)))
      escape(out, sequence);
    else
      out += sequence;
    text.remove_prefix(sequence.size());
  }
  return out;
}

std::string shortened(std::string_view line, std::size_t most) {
  if (line.size() <= most) return std::string(line);
  const auto inside = [&](std::size_t at) { return (static_cast<u8>(line[at]) & 0xC0) == 0x80; };
  std::size_t front = (most - kGap.size() + 1) / 2, back = line.size() - (most - kGap.size()) / 2;
  while (front > 0 && inside(front)) --front;
  while (back < line.size() && inside(back)) ++back;
  return fmt::format("{}{}{}", line.substr(0, front), kGap, line.substr(back));
}

std::string shown(std::string_view text, std::size_t most) {
  // Of a long text no more is looked at than can be shown.
  const std::size_t front = std::min(text.size(), most), back = std::min(text.size() - front, most);
  std::string out;
  const auto add = [&out](std::string_view part) {
    for (const char c : part)
      if (c >= 0x20 && c < 0x7F)
        out += c;
      else
        escape(out, {&c, 1});
  };
  add(text.substr(0, front));
  add(text.substr(text.size() - back));
  return shortened(out, most);
}

}  // namespace hypsim::text
