// SPDX-License-Identifier: Apache-2.0
#include "sim/text/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <unordered_set>
#include <vector>

#include "sim/host/input_file.h"
#include "sim/text/number.h"
#include "sim/text/printable.h"

namespace hypsim::text {

namespace {

using nlohmann::ordered_json;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kLongestName = 120;    // of a file, in a message
constexpr std::size_t kLongestPointer = 80;  // in a message

/// "line 3, column 5" of a byte of the text.
std::string place_of(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, std::min(at, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t start = before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1;
  return fmt::format("line {}, column {}", line, before.size() - start + 1);
}

/// Builds the value while the library reads, and stops at the first thing that is refused.
class Builder final : public nlohmann::json_sax<ordered_json> {
 public:
  Builder(std::string_view text, const std::string& file, const JsonRules& rules)
      : text_(text), file_(file), rules_(rules) {}

  ordered_json take() { return std::move(root_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override {
    if (value == 0) fail("-0 is no number here; write 0");
    return add(value);
  }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t& written) override {
    if (written.find_first_of(".eE") == written.npos)
      fail(fmt::format("{} passes 64 bits; write a smaller number", shown(written, 40)));
    const bool zero = written.substr(0, written.find_first_of("eE")).find_first_of("123456789") == written.npos;
    if (value == 0 && (!zero || std::signbit(value)))
      fail(fmt::format("{} is no number here; write 0", shown(written, 40)));
    return add(value);
  }
  bool string(string_t& value) override {
    check(value, "the string");
    return add(std::move(value));
  }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override { return open(ordered_json::object()); }
  bool start_array(std::size_t) override { return open(ordered_json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& value) override {
    Level& level = levels_.back();
    check(value, "the key");
    if (!level.keys.insert(value).second)
      throw json_error(file_, levels_.size() == 1 ? "top level" : container(),
                       fmt::format("the key \"{}\" stands twice; remove one", shown(value)));
    level.key = std::move(value);
    level.has_key = true;
    return true;
  }

  bool parse_error(std::size_t position, const std::string& token, const nlohmann::detail::exception& error) override {
    constexpr int kNumberOverflow = 406;
    if (error.id == kNumberOverflow)
      fail(fmt::format("{} passes what a number may be; write a smaller one", shown(token, 40)));
    const std::size_t at = position == 0 ? 0 : position - 1;
    // The library's token may begin with what it took before.
    const std::size_t before = token.empty() ? 0 : token.substr(0, token.size() - 1).find_last_of(" \t\r\n,:[]{}") + 1;
    const std::string_view found = std::string_view(token).substr(before);
    if (!rules_.comments && found.starts_with('/')) throw syntax(at, "a comment", "JSON has none");
    throw syntax(at,
                 found.empty() || at >= text_.size() ? "the end of the file" : fmt::format("\"{}\"", shown(found, 30)),
                 "expected " + expected());
  }

 private:
  struct Level {
    ordered_json* value;
    std::unordered_set<std::string> keys;
    std::string key;
    bool has_key = false;
  };

  std::string_view text_;
  const std::string& file_;
  const JsonRules& rules_;
  ordered_json root_;
  bool done_ = false;
  std::vector<Level> levels_;

  InputError syntax(std::size_t at, const std::string& found, const std::string& why) const {
    return json_error(
        file_, container(),
        fmt::format("{}: is not JSON: found {}, {}; correct the syntax there", place_of(text_, at), found, why));
  }
  std::string expected() const {
    if (levels_.empty()) return done_ ? "the end of the file" : "a value";
    if (levels_.back().value->is_array()) return "a value, \",\" or \"]\"";
    return levels_.back().has_key ? "\":\" and a value" : "a key in quotes, \",\" or \"}\"";
  }
  /// Where the innermost open array or object stands.
  std::string container() const {
    std::string pointer;
    for (std::size_t i = 0; i + 1 < levels_.size(); ++i) pointer = member(pointer, levels_[i], 1);
    return pointer;
  }
  /// Where the value stands that comes next.
  std::string here() const { return levels_.empty() ? "" : member(container(), levels_.back(), 0); }
  static std::string member(const std::string& pointer, const Level& level, std::size_t back) {
    return level.value->is_array() ? pointer_to(pointer, level.value->size() - back) : pointer_to(pointer, level.key);
  }

  [[noreturn]] void fail(const std::string& what) const { throw json_error(file_, here(), what); }
  void check(const std::string& value, const char* what) const {
    if (value.size() > rules_.longest_string)
      fail(fmt::format("{} has {} bytes; write at most {}", what, value.size(), rules_.longest_string));
    if (value.find('\0') != value.npos) fail(fmt::format("{} has a character NUL; remove it", what));
  }

  template <typename Value>
  ordered_json* place(Value&& value) {
    if (levels_.empty()) return &(root_ = std::forward<Value>(value));
    Level& level = levels_.back();
    if (level.value->is_array()) return &level.value->emplace_back(std::forward<Value>(value));
    level.has_key = false;
    // The key is new: no look-up, which would take quadratic time in all.
    return &level.value->get_ref<ordered_json::object_t&>().emplace_back(level.key, std::forward<Value>(value)).second;
  }
  template <typename Value>
  bool add(Value&& value) {
    place(std::forward<Value>(value));
    done_ = levels_.empty();
    return true;
  }
  bool open(ordered_json container) {
    if (levels_.size() == kMostJsonLevels)
      fail(fmt::format("is nested deeper than {} levels; make it flatter", kMostJsonLevels));
    levels_.push_back({place(std::move(container)), {}, {}, false});
    return true;
  }
  bool close() {
    levels_.pop_back();
    done_ = levels_.empty();
    return true;
  }
};

void check_encoding(std::string_view text, const std::string& file) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    throw json_error(file, "", "is UTF-16; save it as UTF-8");
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text.substr(at));
    if (length == 0)
      throw json_error(file, "",
                       fmt::format("{}: the byte {:#04x} is not UTF-8; save the file as UTF-8", place_of(text, at),
                                   static_cast<u8>(text[at])));
    at += length;
  }
}

}  // namespace

ordered_json parse_json(std::string_view text, const std::string& file, const JsonRules& rules) {
  if (text.size() > rules.largest)
    throw InputError(fmt::format("{}: is larger than {}", printable(file), size_text(rules.largest)));
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  check_encoding(text, file);
  if (text.find_first_not_of(" \t\r\n") == text.npos)
    throw json_error(file, "", "is empty; write the file, or name another");
  Builder builder(text, file, rules);
  ordered_json::sax_parse(text.begin(), text.end(), &builder, ordered_json::input_format_t::json, true, rules.comments);
  return builder.take();
}

ordered_json read_json(const std::string& file, const JsonRules& rules) {
  return parse_json(host::read_text(file, rules.largest), file, rules);
}

std::string pointer_to(const std::string& pointer, std::string_view key) {
  std::string out = pointer + '/';
  for (const char c : key) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}
std::string pointer_to(const std::string& pointer, std::size_t index) { return fmt::format("{}/{}", pointer, index); }

std::string in_words(const ordered_json& value, std::size_t most) {
  const auto counted = [&](const char* container, const char* one, const char* many) {
    return value.empty() ? fmt::format("an empty {}", container)
                         : fmt::format("an {} of {} {}", container, value.size(), value.size() == 1 ? one : many);
  };
  if (value.is_object()) return counted("object", "key", "keys");
  if (value.is_array()) return counted("array", "value", "values");
  if (value.is_string()) return fmt::format("\"{}\"", shown(value.get_ref<const std::string&>(), most - 2));
  return value.dump();
}

InputError json_error(const std::string& file, const std::string& pointer, const std::string& what) {
  const std::string head = fmt::format("{}: {}", shortened(printable(file), kLongestName),
                                       pointer.empty() ? "" : shown(pointer, kLongestPointer) + ": ");
  return InputError(head + shortened(what, kLongestMessage - head.size()));
}

}  // namespace hypsim::text
