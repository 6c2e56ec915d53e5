// SPDX-License-Identifier: Apache-2.0
#include "sim/text/number.h"

#include <fmt/format.h>

#include <charconv>

#include "sim/base/error.h"
#include "sim/text/printable.h"

namespace hypsim::text {

namespace {

constexpr u64 kYear = 365 * 24 * 3600;

struct Unit {
  std::string_view name;
  unsigned shift;
};
constexpr Unit kSizes[] = {{"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"K", 10}, {"M", 20}, {"G", 30}};

bool is_hex(std::string_view text) { return text.starts_with("0x") || text.starts_with("0X"); }

struct Read {
  std::optional<u64> value;
  bool too_large = false;
};

Read read(std::string_view text) {
  const std::string_view digits = is_hex(text) ? text.substr(2) : text;
  u64 value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, is_hex(text) ? 16 : 10);
  if (digits.empty() || end != digits.data() + digits.size()) return {};
  if (error == std::errc::result_out_of_range) return {std::nullopt, true};
  if (error != std::errc()) return {};
  return {value};
}

std::string bound(u64 value, bool hex) { return hex ? fmt::format("{:#x}", value) : fmt::format("{}", value); }

std::string behind(std::string_view unit) { return unit.empty() ? std::string() : fmt::format(" {}", unit); }

InputError out_of_range(std::string_view value, const std::string& where, const std::string& low,
                        const std::string& high, std::string_view unit) {
  return InputError(
      fmt::format("{}: {} is out of range; give {} to {}{}", where, shown(value, 40), low, high, behind(unit)));
}

}  // namespace

std::optional<u64> parse_number(std::string_view text) { return read(text).value; }

void check_range(u64 value, const std::string& where, Range range, std::string_view unit, bool hex) {
  if (value < range.low || value > range.high)
    throw out_of_range(bound(value, hex), where, bound(range.low, hex), bound(range.high, hex), unit);
}

u64 number(std::string_view text, const std::string& where, Range range, std::string_view unit) {
  const Read found = read(text);
  const bool hex = is_hex(text);
  if (found.too_large || (found.value && (*found.value < range.low || *found.value > range.high)))
    throw out_of_range(text, where, bound(range.low, hex), bound(range.high, hex), unit);
  if (!found.value)
    throw InputError(fmt::format("{}: \"{}\" is not a whole number; give {} to {}{}, in decimal or as 0x...", where,
                                 shown(text, 40), range.low, range.high, behind(unit)));
  return *found.value;
}

u64 size(std::string_view text, const std::string& where, Range range) {
  std::string_view digits = text;
  unsigned shift = 0;
  for (const Unit& unit : kSizes) {
    if (!text.ends_with(unit.name)) continue;
    digits.remove_suffix(unit.name.size());
    shift = unit.shift;
    break;
  }
  const Read found = read(digits);
  if (!found.value && !found.too_large)
    throw InputError(fmt::format("{}: \"{}\" is no size; write for example 4096, 0x1000, 64KiB, 512MiB or 1GiB", where,
                                 shown(text, 40)));
  const bool fits = found.value && *found.value <= ~u64{0} >> shift;
  const u64 bytes = fits ? *found.value << shift : 0;
  if (!fits || bytes < range.low || bytes > range.high)
    throw out_of_range(text, where, size_text(range.low), size_text(range.high), {});
  return bytes;
}

std::string size_text(u64 bytes) {
  for (const Unit& unit : {kSizes[2], kSizes[1], kSizes[0]})
    if (bytes != 0 && bytes % (u64{1} << unit.shift) == 0) return fmt::format("{}{}", bytes >> unit.shift, unit.name);
  return fmt::format("{}", bytes);
}

double seconds(std::string_view text, const std::string& where) {
  struct Scale {
    std::string_view name;
    double seconds;
  };
  std::string_view digits = text;
  double scale = 1;
  for (const Scale& unit : {Scale{"ms", 1e-3}, Scale{"min", 60}, Scale{"s", 1}}) {
    if (!text.ends_with(unit.name)) continue;
    digits.remove_suffix(unit.name.size());
    scale = unit.seconds;
    break;
  }
  double value = 0;
  // Plain digits and one point: no sign, no exponent, no infinity.
  const bool plain = !digits.empty() && digits.find_first_not_of("0123456789.") == digits.npos && digits[0] != '.';
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed);
  if (!plain || end != digits.data() + digits.size() || digits.back() == '.')
    throw InputError(
        fmt::format("{}: \"{}\" is no time; write for example 60, 1.5, 500ms or 10min", where, shown(text, 40)));
  value *= scale;
  if (error != std::errc() || value < 1e-3 || value > static_cast<double>(kYear))
    throw out_of_range(text, where, "0.001", fmt::format("{}", kYear), "seconds");
  return value;
}

}  // namespace hypsim::text
