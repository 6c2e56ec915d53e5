// SPDX-License-Identifier: Apache-2.0
#include "sim/trap/json_input.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "sim/base/error.h"
#include "sim/host/input_file.h"
#include "sim/trap/control_bits.h"
#include "sim/trap/data_files.h"

namespace hypsim::trap {
namespace {

using nlohmann::json;

const json& schema() {
  static const json the_schema = json::parse(schema_text());
  return the_schema;
}

bool is_index(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

std::string pointer_of(const std::vector<std::string>& path) {
  std::string pointer;
  for (std::string part : path) {
    std::string escaped;
    for (const char c : part) escaped += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    pointer += "/" + escaped;
  }
  return pointer.empty() ? "top level" : pointer;
}

const json& resolved(const json& part) {
  constexpr std::size_t kPrefix = sizeof("#/definitions/") - 1;
  return part.contains("$ref") ? schema().at("definitions").at(part.at("$ref").get<std::string>().substr(kPrefix))
                               : part;
}

/// "<root>", "[vectors]", "[2]" of valijson's contexts -> "vectors", "2".
std::vector<std::string> path_of(const std::vector<std::string>& context) {
  std::vector<std::string> path;
  for (const std::string& part : context)
    if (part != "<root>")
      path.push_back(part.size() > 2 && part.front() == '[' ? part.substr(1, part.size() - 2) : part);
  return path;
}

std::string keys_of(const json& definition) {
  std::string keys;
  if (definition.contains("properties"))
    for (const auto& [name, value] : definition.at("properties").items()) keys += (keys.empty() ? "" : ", ") + name;
  return keys;
}

std::string shown(const json& value) {
  constexpr std::size_t kMost = 60;
  std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  return text.size() > kMost ? text.substr(0, kMost) + "..." : text;
}

[[noreturn]] void refuse(const json& value, const std::string& file, const json& definition,
                         const std::vector<std::string>& where) {
  // Walk down value and schema together as far as the fault.
  const json* at = &value;
  const json* rule = &resolved(definition);
  std::vector<std::string> path;
  for (const std::string& part : where) {
    const json* next_rule = nullptr;
    const json* next = nullptr;
    if (at->is_object() && at->contains(part)) {
      next = &at->at(part);
      if (rule->contains("properties") && rule->at("properties").contains(part))
        next_rule = &rule->at("properties").at(part);
      else if (rule->contains("additionalProperties") && rule->at("additionalProperties").is_object())
        next_rule = &rule->at("additionalProperties");
    } else if (at->is_array() && is_index(part) && part.size() < 9 && std::stoul(part) < at->size()) {
      next = &at->at(std::stoul(part));
      if (rule->contains("items")) next_rule = &rule->at("items");
    }
    if (next == nullptr || next_rule == nullptr) break;
    path.push_back(part);
    at = next;
    rule = &resolved(*next_rule);
  }
  const std::string pointer = pointer_of(path);
  if (at->is_object() && rule->contains("required"))
    for (const auto& name : rule->at("required"))
      if (!at->contains(name.get<std::string>()))
        throw InputError(
            fmt::format("{}: {}: the key \"{}\" is missing; add it", file, pointer, name.get<std::string>()));
  if (at->is_object() && rule->contains("properties") && !rule->value("additionalProperties", true))
    for (const auto& [name, v] : at->items())
      if (!rule->at("properties").contains(name))
        throw InputError(fmt::format("{}: {}: unknown key \"{}\"; use one of {}", file, pointer, name, keys_of(*rule)));
  throw InputError(fmt::format("{}: {}: {} does not fit; write {}", file, pointer, shown(*at),
                               rule->value("description", "what the schema says")));
}

void check(const json& value, const std::string& file, const std::string& definition) {
  json start = {{"$ref", "#/definitions/" + definition}, {"definitions", schema().at("definitions")}};
  valijson::Schema compiled;
  valijson::SchemaParser parser;
  parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(start), compiled);
  valijson::Validator validator;
  valijson::ValidationResults results;
  if (validator.validate(compiled, valijson::adapters::NlohmannJsonAdapter(value), &results)) return;
  // Errors climb from the fault outwards; the deepest says most, and of several the first in the file.
  valijson::ValidationResults::Error error, deepest;
  while (results.popError(error))
    if (error.context.size() > deepest.context.size()) deepest = error;
  refuse(value, file, start, path_of(deepest.context));
}

}  // namespace

json read_json_text(const std::string& text, const std::string& file, const std::string& definition) {
  json value;
  try {
    value = json::parse(text);
  } catch (const json::parse_error& error) {
    std::size_t line = 1, column = 1;
    for (std::size_t i = 0; i + 1 < error.byte && i < text.size(); ++i) {
      ++column;
      if (text[i] == '\n') {
        ++line;
        column = 1;
      }
    }
    throw InputError(fmt::format("{}: line {}, column {}: not JSON; correct the syntax there", file, line, column));
  }
  check(value, file, definition);
  return value;
}

json read_json_file(const std::string& file, const std::string& definition) {
  return read_json_text(host::read_text(file), file, definition);
}

u64 json_number(const json& value, unsigned width, const std::string& where) {
  if (value.is_string()) return parse_number(value.get<std::string>(), width, where);
  const u64 number = value.get<u64>();
  if (width < 64 && number >> width != 0)
    throw InputError(fmt::format("{}: {} does not fit {} bits; give a smaller number", where, number, width));
  return number;
}

}  // namespace hypsim::trap
