// SPDX-License-Identifier: Apache-2.0
#include "sim/text/json_schema.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/text/json.h"

namespace hypsim::text {
namespace {

constexpr const char* kSchema = R"({
  "type": "object", "required": ["name"], "additionalProperties": false,
  "properties": {
    "name": {"type": "string", "minLength": 1},
    "cores": {"type": "integer", "minimum": 1, "maximum": 4},
    "clock": {"type": "integer", "minimum": 0, "description": "the clock in Hz"},
    "spis": {"type": "integer", "minimum": 32, "maximum": 224, "multipleOf": 32},
    "kind": {"enum": ["a", 2]},
    "on": {"type": "boolean"},
    "base": {"$ref": "#/definitions/address"},
    "list": {"type": "array", "minItems": 1, "items": {"type": "number"}},
    "limits": {"type": "object", "additionalProperties": {"$ref": "#/definitions/limit"}}
  },
  "definitions": {
    "address": {"description": "an address", "anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^0x[0-9a-f]+$"}]},
    "limit": {"type": "object", "properties": {"most": {"type": "number", "minimum": 0}}, "additionalProperties": false}
  }
})";

std::string complaint(const std::string& text, const std::string& rule = {}, const std::string& at = {}) {
  static const JsonSchema schema(kSchema);
  try {
    schema.check(parse_json(text, "f"), "f", rule, at, "");
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}
std::string with(const std::string& member) { return complaint("{\"name\": \"n\", " + member + "}"); }

TEST(JsonSchema, SaysWhatIsExpectedAndWhatIsThere) {
  EXPECT_EQ(complaint(R"({"name": "n"})"), "");
  EXPECT_EQ(complaint("[1, 2]"), "f: top level: expected an object, found an array of 2 values");
  EXPECT_EQ(complaint("{}"), "f: top level: the key \"name\" is missing; add it");
  EXPECT_EQ(complaint(R"({"name": ""})"), "f: /name: expected a string that is not empty, found \"\"");
  EXPECT_EQ(with(R"("cores": 9)"), "f: /cores: expected a whole number from 1 to 4, found 9");
  EXPECT_EQ(with(R"("cores": 1.5)"), "f: /cores: expected a whole number from 1 to 4, found 1.5");
  EXPECT_EQ(with(R"("clock": "fast")"),
            "f: /clock: expected the clock in Hz, a whole number of 0 or more, found \"fast\"");
  EXPECT_EQ(with(R"("spis": 33)"), "f: /spis: expected a whole number from 32 to 224, a multiple of 32, found 33");
  EXPECT_EQ(with(R"("kind": "b")"), "f: /kind: expected one of a, 2, found \"b\"");
  EXPECT_EQ(with(R"("on": null)"), "f: /on: expected true or false, found null");
  EXPECT_EQ(with(R"("base": "x")"), "f: /base: expected an address, found \"x\"");
  EXPECT_EQ(with(R"("base": -1)"), "f: /base: expected an address, found -1");
  EXPECT_EQ(with(R"("list": [])"), "f: /list: expected an array that is not empty, found an empty array");
  EXPECT_EQ(with(R"("list": [1, 2, {"a": 1}, []])"), "f: /list/2: expected a number, found an object of 1 key");
  EXPECT_EQ(with(R"("limits": {"r/1": {"most": -1}})"),
            "f: /limits/r~11/most: expected a number of 0 or more, found -1");
  EXPECT_EQ(with(R"("limits": {"r": {"least": 1}})"), "f: /limits/r: unknown key \"least\"; use most");
  EXPECT_EQ(
      with(R"("\u001b[31mred": 1)"),
      "f: top level: unknown key \"\\x1b[31mred\"; use one of base, clock, cores, kind, limits, list, name, on, spis");
}

TEST(JsonSchema, NumbersOf64Bits) {
  EXPECT_EQ(with(R"("clock": 18446744073709551615)"), "");
  EXPECT_EQ(with(R"("base": 9223372036854775808)"), "");
  EXPECT_EQ(with(R"("cores": 18446744073709551615)"),
            "f: /cores: expected a whole number from 1 to 4, found 18446744073709551615");
}

TEST(JsonSchema, APartOfItAgainstAPartOfAFile) {
  EXPECT_EQ(complaint("3", "/definitions/address"), "");
  EXPECT_EQ(complaint(R"({"most": "x"})", "/definitions/limit", "/devices/3"),
            "f: /devices/3/most: expected a number of 0 or more, found \"x\"");
}

TEST(JsonSchema, TheFirstFaultOfManyIsFoundInTime) {
  std::string list = "\"list\": [0";
  for (int i = 0; i < 200'000; ++i) list += ",{}";
  EXPECT_EQ(with(list + "]"), "f: /list/1: expected a number, found an empty object");
}

TEST(JsonSchema, LongStringsInFrontOfAPattern) {
  EXPECT_NE(with("\"base\": \"0x" + std::string(4000, 'f') + "g\"").find("/base: expected an address"),
            std::string::npos);
}

}  // namespace
}  // namespace hypsim::text
