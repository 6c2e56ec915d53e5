// SPDX-License-Identifier: Apache-2.0
// JSON files that users write or keep: read in one way, whatever they are for.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "sim/base/error.h"

namespace hypsim::text {

constexpr std::size_t kMostJsonLevels = 64;   ///< arrays and objects inside one another
constexpr std::size_t kLongestMessage = 280;  ///< bytes of a message about a file

/// What differs between kinds of files.
struct JsonRules {
  bool comments = false;              ///< /* */ and // count as white space
  std::size_t largest = 16u << 20;    ///< bytes of the file
  std::size_t longest_string = 4096;  ///< bytes of a string or key
};

/// Reads a file. Throws InputError: one line with the file, where in it, what is wrong.
///
/// Refused is, beyond what is no JSON: text that is not UTF-8 (a byte order mark of UTF-8 in front is skipped), an
/// empty file, nesting beyond kMostJsonLevels, a key that stands twice in an object, a character NUL, an integer beyond
/// 64 bits, a number beyond what a double holds, and -0.
nlohmann::ordered_json read_json(const std::string& file, const JsonRules& rules = {});
/// The same from text; `file` is its name in messages.
nlohmann::ordered_json parse_json(std::string_view text, const std::string& file, const JsonRules& rules = {});

/// The pointer (RFC 6901) of a member of the object, or an element of the array, that `pointer` names.
std::string pointer_to(const std::string& pointer, std::string_view key);
std::string pointer_to(const std::string& pointer, std::size_t index);

/// A value in words and at most `most` characters: "fast", 17, an object of 3 keys.
std::string in_words(const nlohmann::ordered_json& value, std::size_t most = 60);

/// The error for `what` at `pointer`; a message that would pass kLongestMessage is shortened.
InputError json_error(const std::string& file, const std::string& pointer, const std::string& what);

}  // namespace hypsim::text
