// SPDX-License-Identifier: Apache-2.0
#include "sim/trap/json_input.h"

#include <nlohmann/json.hpp>

#include "sim/text/json.h"
#include "sim/text/json_schema.h"
#include "sim/text/number.h"

namespace hypsim::trap {

using nlohmann::json;
using nlohmann::ordered_json;

const char* schema_text();

namespace {

json checked(const ordered_json& value, const std::string& file, const std::string& definition) {
  static const text::JsonSchema schema(schema_text());
  schema.check(value, file, text::pointer_to("/definitions", definition));
  return value;
}

}  // namespace

json read_json_text(const std::string& text, const std::string& file, const std::string& definition) {
  return checked(text::parse_json(text, file), file, definition);
}

json read_json_file(const std::string& file, const std::string& definition) {
  return checked(text::read_json(file), file, definition);
}

u64 json_number(const json& value, unsigned width, const std::string& where) {
  if (value.is_string()) return text::number(value.get<std::string>(), where, text::bits(width));
  const u64 number = value.get<u64>();
  text::check_range(number, where, text::bits(width));
  return number;
}

}  // namespace hypsim::trap
