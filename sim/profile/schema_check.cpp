// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/schema_check.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "sim/base/error.h"
#include "sim/host/input_file.h"

namespace hypsim::profile {

const char* profile_schema_text();

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

/// {"<root>", "[rows]", "[hvc]"} -> "rows.hvc"
std::string key_path(const std::vector<std::string>& context) {
  std::string path;
  for (const std::string& part : context) {
    if (part.size() < 3 || part.front() != '[') continue;
    path += (path.empty() ? "" : ".") + part.substr(1, part.size() - 2);
  }
  return path.empty() ? "top level" : path;
}

}  // namespace

ordered_json read_json(const std::string& file) {
  try {
    return ordered_json::parse(host::read_text(file));
  } catch (const ordered_json::parse_error& error) {
    std::string what = error.what();
    what = what.substr(what.find("] ") == what.npos ? 0 : what.find("] ") + 2);
    throw InputError(fmt::format("{}: is not JSON: {}", file, what));
  }
}

void check_schema(const ordered_json& value, const char* schema_text, const std::string& file,
                  const std::string& remedy) {
  const json schema = json::parse(schema_text);
  const json checked = json::parse(value.dump());
  valijson::Schema compiled;
  valijson::SchemaParser parser;
  parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(schema), compiled);
  valijson::Validator validator;
  valijson::ValidationResults results;
  if (validator.validate(compiled, valijson::adapters::NlohmannJsonAdapter(checked), &results)) return;
  // The errors climb from the fault outwards; the first of the deepest ones says most.
  valijson::ValidationResults::Error error, deepest;
  while (results.popError(error))
    if (deepest.description.empty() || error.context.size() > deepest.context.size()) deepest = error;
  std::string description = deepest.description;
  while (!description.empty() && description.back() == '.') description.pop_back();
  throw InputError(fmt::format("{}: {}: {}; {}", file, key_path(deepest.context), description, remedy));
}

ordered_json read_profile(const std::string& file) {
  ordered_json report = read_json(file);
  check_schema(report, profile_schema_text(), file, "make the file with hypsim profile --json of this version");
  return report;
}

}  // namespace hypsim::profile
