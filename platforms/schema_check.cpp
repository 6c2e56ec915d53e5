// SPDX-License-Identifier: Apache-2.0
#include "platforms/schema_check.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "platforms/description.h"
#include "sim/base/error.h"

namespace hypsim {

namespace {

using nlohmann::json;

// "<root>[devices][2][spi]" -> "devices[2].spi"
std::string key_path(const std::vector<std::string>& context, const std::string& prefix) {
  std::string path = prefix;
  for (const std::string& part : context) {
    if (part == "<root>") continue;
    const std::string inner = part.size() > 2 && part.front() == '[' ? part.substr(1, part.size() - 2) : part;
    const bool index = !inner.empty() && inner.find_first_not_of("0123456789") == std::string::npos;
    if (index)
      path += "[" + inner + "]";
    else
      path += (path.empty() ? "" : ".") + inner;
  }
  return path.empty() ? "top level" : path;
}

// The sub-schema a key is described by, to tell the user what is allowed there.
std::string allowed_keys(const json& schema) {
  std::string keys;
  if (!schema.contains("properties")) return keys;
  for (const auto& [name, value] : schema.at("properties").items()) keys += (keys.empty() ? "" : ", ") + name;
  return keys;
}

const json* schema_at(const json& schema, const std::vector<std::string>& context) {
  const json* at = &schema;
  for (const std::string& part : context) {
    if (part == "<root>") continue;
    const std::string inner = part.size() > 2 && part.front() == '[' ? part.substr(1, part.size() - 2) : part;
    if (!at->contains("properties") || !at->at("properties").contains(inner)) return nullptr;
    at = &at->at("properties").at(inner);
  }
  return at;
}

std::string unknown_key(const json& value, const json& schema) {
  if (!value.is_object() || !schema.contains("properties")) return {};
  for (const auto& [name, v] : value.items())
    if (!schema.at("properties").contains(name)) return name;
  return {};
}

std::string missing_key(const json& value, const json& schema) {
  if (!value.is_object() || !schema.contains("required")) return {};
  for (const auto& name : schema.at("required"))
    if (!value.contains(name.get<std::string>())) return name.get<std::string>();
  return {};
}

const json* value_at(const json& value, const std::vector<std::string>& context) {
  const json* at = &value;
  for (const std::string& part : context) {
    if (part == "<root>") continue;
    const std::string inner = part.size() > 2 && part.front() == '[' ? part.substr(1, part.size() - 2) : part;
    if (at->is_object() && at->contains(inner))
      at = &at->at(inner);
    else if (at->is_array() && inner.find_first_not_of("0123456789") == std::string::npos &&
             std::stoul(inner) < at->size())
      at = &at->at(std::stoul(inner));
    else
      return nullptr;
  }
  return at;
}

/// `definitions` are made visible to references inside `schema`.
void validate(const json& value, json schema, const json& definitions, const std::string& file,
              const std::string& prefix) {
  schema["definitions"] = definitions;
  valijson::Schema compiled;
  valijson::SchemaParser parser;
  const valijson::adapters::NlohmannJsonAdapter schema_adapter(schema);
  parser.populateSchema(schema_adapter, compiled);
  valijson::Validator validator;
  valijson::ValidationResults results;
  const valijson::adapters::NlohmannJsonAdapter value_adapter(value);
  if (validator.validate(compiled, value_adapter, &results)) return;

  // The errors climb from the fault outwards; the deepest one says most.
  valijson::ValidationResults::Error error, deepest;
  while (results.popError(error))
    if (error.context.size() > deepest.context.size()) deepest = error;
  const std::string path = key_path(deepest.context, prefix);
  const json* at_schema = schema_at(schema, deepest.context);
  const json* at_value = value_at(value, deepest.context);
  if (at_schema && at_value) {
    if (const std::string key = missing_key(*at_value, *at_schema); !key.empty())
      throw InputError(fmt::format("{}: {}: the key \"{}\" is missing; add it", file, path, key));
    if (const std::string key = unknown_key(*at_value, *at_schema); !key.empty())
      throw InputError(
          fmt::format("{}: {}: unknown key \"{}\"; use one of {}", file, path, key, allowed_keys(*at_schema)));
  }
  std::string rule;
  if (at_schema) {
    json shown = *at_schema;
    if (shown.contains("$ref"))
      shown = definitions.at(shown.at("$ref").get<std::string>().substr(std::string("#/definitions/").size()));
    shown.erase("description");
    shown.erase("properties");
    rule = shown.dump();
  }
  throw InputError(fmt::format("{}: {}: {} does not fit; it must match {}", file, path,
                               at_value ? at_value->dump() : "the value", rule));
}

}  // namespace

void check_platform_schema(const json& platform, const std::string& file) {
  json schema = json::parse(platform_schema_text());
  const json definitions = schema.at("definitions");
  const json types = schema.at("deviceTypes");
  schema.erase("deviceTypes");
  validate(platform, schema, definitions, file, "");

  std::string known;
  for (const auto& [name, value] : types.items()) known += (known.empty() ? "" : ", ") + name;
  const json& devices = platform.at("devices");
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const std::string key = fmt::format("devices[{}]", i);
    const json& type = devices[i].at("type");
    if (!type.is_string() || !types.contains(type.get<std::string>()))
      throw InputError(
          fmt::format("{}: {}.type: unknown device type {}; use one of {}", file, key, type.dump(), known));
    validate(devices[i], types.at(type.get<std::string>()), definitions, file, key);
  }
}

}  // namespace hypsim
