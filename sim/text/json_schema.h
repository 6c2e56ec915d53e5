// SPDX-License-Identifier: Apache-2.0
// JSON Schema: what a file may hold, and in words what stands there instead.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace hypsim::text {

/// A schema (draft 7, with references to its own "definitions" alone). Words come from the rules themselves; a rule
/// with "description" gives the words of a pattern, an array, an object or a choice, or the name of a number.
class JsonSchema {
 public:
  explicit JsonSchema(const char* schema);
  ~JsonSchema();
  JsonSchema(const JsonSchema&) = delete;
  JsonSchema& operator=(const JsonSchema&) = delete;

  const nlohmann::json& root() const { return *root_; }

  /// Throws InputError for the first value that is not as the rule says: file, pointer, what was expected, what was
  /// found. `rule` points into the schema; "": all of it. `at` is the pointer of `value` in the file, `remedy` ends
  /// the message.
  void check(const nlohmann::ordered_json& value, const std::string& file, const std::string& rule = {},
             const std::string& at = {}, const std::string& remedy = {}) const;

 private:
  std::unique_ptr<const nlohmann::json> root_;
};

}  // namespace hypsim::text
