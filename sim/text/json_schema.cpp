// SPDX-License-Identifier: Apache-2.0
#include "sim/text/json_schema.h"

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "sim/text/json.h"
#include "sim/text/printable.h"

namespace hypsim::text {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using valijson::adapters::NlohmannJsonAdapter;

constexpr std::string_view kDefinitions = "#/definitions/";

/// The library counts in 64 bits with a sign: a larger number stands as the largest of those.
json checkable(const ordered_json& value) {
  json copy;
  if (value.is_object()) {
    copy = json::object();
    for (const auto& [name, member] : value.items()) copy[name] = checkable(member);
  } else if (value.is_array()) {
    copy = json::array();
    for (const ordered_json& element : value) copy.push_back(checkable(element));
  } else if (value.is_number_unsigned()) {
    copy = std::min<std::uint64_t>(value.get<std::uint64_t>(), std::numeric_limits<std::int64_t>::max());
  } else {
    copy = value;
  }
  return copy;
}

/// One rule of a schema, ready to be applied.
class Rule {
 public:
  Rule(const json& root, json rule) {
    if (root.contains("definitions")) rule["definitions"] = root.at("definitions");
    valijson::SchemaParser().populateSchema(NlohmannJsonAdapter(rule), compiled_);
  }
  bool holds(const json& value) {
    return valijson::Validator().validate(compiled_, NlohmannJsonAdapter(value), nullptr);
  }

 private:
  valijson::Schema compiled_;
};

/// Looks for the innermost value that breaks its rule.
class Fault {
 public:
  Fault(const json& root, const ordered_json& value, const json& rule, std::string at)
      : root_(root), value_(&value), rule_(&resolved(rule)), at_(std::move(at)) {
    while (descend()) continue;
  }

  const std::string& at() const { return at_; }

  std::string text() const {
    if (value_->is_object() && rule_->contains("required"))
      for (const json& name : rule_->at("required"))
        if (!value_->contains(name.get<std::string>()))
          return fmt::format("the key \"{}\" is missing; add it", name.get<std::string>());
    if (value_->is_object() && rule_->value("additionalProperties", json(true)) == json(false))
      for (const auto& [name, member] : value_->items())
        if (!rule_->at("properties").contains(name))
          return fmt::format("unknown key \"{}\"; use {}", shown(name), keys());
    return fmt::format("expected {}, found {}", expected(*rule_), in_words(*value_));
  }

 private:
  const json& root_;
  const ordered_json* value_;
  const json* rule_;
  std::string at_;

  const json& resolved(const json& rule) const {
    return rule.contains("$ref")
               ? root_.at("definitions").at(rule.at("$ref").get<std::string>().substr(kDefinitions.size()))
               : rule;
  }

  const json* rule_of(const std::string& key) const {
    if (rule_->contains("properties") && rule_->at("properties").contains(key)) return &rule_->at("properties").at(key);
    if (rule_->contains("additionalProperties") && rule_->at("additionalProperties").is_object())
      return &rule_->at("additionalProperties");
    return nullptr;
  }

  bool descend() {
    std::map<const json*, Rule> rules;  // many members have one rule
    const auto step = [&](const ordered_json& member, const json* rule, const auto& key) {
      if (rule == nullptr) return false;
      if (rules.try_emplace(rule, root_, *rule).first->second.holds(checkable(member))) return false;
      value_ = &member;
      rule_ = &resolved(*rule);
      at_ = pointer_to(at_, key);
      return true;
    };
    if (value_->is_object()) {
      for (const auto& [name, member] : value_->items())
        if (step(member, rule_of(name), name)) return true;
    } else if (value_->is_array() && rule_->contains("items")) {
      for (std::size_t i = 0; i < value_->size(); ++i)
        if (step((*value_)[i], &rule_->at("items"), i)) return true;
    }
    return false;
  }

  std::string keys() const {
    std::string all;
    for (const auto& [name, rule] : rule_->at("properties").items()) all += (all.empty() ? "" : ", ") + name;
    return rule_->at("properties").size() > 1 ? "one of " + all : all;
  }

  static std::string range(const json& rule) {
    std::string text;
    if (rule.contains("minimum") && rule.contains("maximum"))
      text = fmt::format(" from {} to {}", rule.at("minimum").dump(), rule.at("maximum").dump());
    else if (rule.contains("minimum"))
      text = fmt::format(" of {} or more", rule.at("minimum").dump());
    if (rule.contains("multipleOf")) text += fmt::format(", a multiple of {}", rule.at("multipleOf").dump());
    return text;
  }

  std::string expected(const json& rule) const {
    const std::string type = rule.contains("type") ? rule.at("type").get<std::string>() : "";
    const std::string description = rule.value("description", "");
    if (type == "integer" || type == "number")
      return fmt::format("{}{}a {}number{}", description, description.empty() ? "" : ", ",
                         type == "integer" ? "whole " : "", range(rule));
    if (!description.empty()) return description;
    if (rule.contains("enum")) {
      std::string all;
      for (const json& value : rule.at("enum"))
        all += (all.empty() ? "" : ", ") + (value.is_string() ? value.get<std::string>() : value.dump());
      return "one of " + all;
    }
    if (type == "boolean") return "true or false";
    if (type == "string") return rule.value("minLength", 0) > 0 ? "a string that is not empty" : "a string";
    if (type == "array") return rule.value("minItems", 0) > 0 ? "an array that is not empty" : "an array";
    return "an object";
  }
};

}  // namespace

JsonSchema::JsonSchema(const char* schema) : root_(std::make_unique<const json>(json::parse(schema))) {}
JsonSchema::~JsonSchema() = default;

void JsonSchema::check(const ordered_json& value, const std::string& file, const std::string& rule,
                       const std::string& at, const std::string& remedy) const {
  const json& applied = root_->at(json::json_pointer(rule));
  if (Rule(*root_, applied).holds(checkable(value))) return;
  const Fault fault(*root_, value, applied, at);
  throw json_error(file, fault.at().empty() ? "top level" : fault.at(),
                   fault.text() + (remedy.empty() ? "" : "; " + remedy));
}

}  // namespace hypsim::text
