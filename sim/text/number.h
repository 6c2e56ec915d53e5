// SPDX-License-Identifier: Apache-2.0
// Numbers as people write them, on command lines and in files: one way for all.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/base/types.h"

namespace hypsim::text {

/// What is allowed, both ends included.
struct Range {
  u64 low = 0, high = ~u64{0};
};
/// What `width` bits hold.
constexpr Range bits(unsigned width) { return {0, width < 64 ? (u64{1} << width) - 1 : ~u64{0}}; }

/// A whole number: decimal digits, or 0x and hexadecimal digits; nothing else, before or behind. None if `text` is no
/// such number or passes 64 bits.
std::optional<u64> parse_number(std::string_view text);

/// The same. Throws InputError: `where`, what was found, the range, in which `unit` (may be empty) is named.
u64 number(std::string_view text, const std::string& where, Range range = {}, std::string_view unit = {});
/// Throws InputError if a number that was read is out of `range`; `hex`: how the message writes the range.
void check_range(u64 value, const std::string& where, Range range, std::string_view unit = {}, bool hex = false);

/// Bytes: a number, with KiB, MiB or GiB (or K, M, G) behind it or not.
u64 size(std::string_view text, const std::string& where, Range range = {});
/// "64KiB", "3GiB", "4097": the largest unit that gives a whole number.
std::string size_text(u64 bytes);

/// A length of time in seconds: "60", "1.5", "1.5s", "500ms", "2min". From 1 ms to a year.
double seconds(std::string_view text, const std::string& where);

}  // namespace hypsim::text
