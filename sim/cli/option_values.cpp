// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/option_values.h"

#include <fmt/format.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cctype>

#include "sim/text/printable.h"

namespace hypsim {

namespace {

bool same_but_for_case(const std::string& a, const std::string& b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

CLI::Validator one_of(std::vector<std::string> words) {
  return CLI::Validator(
      [words = std::move(words)](std::string& value) {
        std::string all;
        for (const std::string& word : words) {
          if (value == word) return std::string();
          if (same_but_for_case(value, word)) return fmt::format("\"{}\" is written {}", text::shown(value), word);
          all += (all.empty() ? "" : ", ") + word;
        }
        return fmt::format("\"{}\" is none of {}", text::shown(value), all);
      },
      "");
}

CLI::Validator file_name() {
  return CLI::Validator([](std::string& value) { return value.empty() ? "names no file" : std::string(); }, "");
}

}  // namespace hypsim
