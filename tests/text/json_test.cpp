// SPDX-License-Identifier: Apache-2.0
// The rules of the JSON reader, each with its message.
#include "sim/text/json.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "tests/support/temporary_folder.h"

namespace hypsim::text {
namespace {

using nlohmann::ordered_json;

std::string refusal(const std::function<void()>& act) {
  try {
    act();
  } catch (const InputError& error) {
    const std::string what = error.what();
    EXPECT_EQ(what.find('\n'), std::string::npos) << what;
    EXPECT_LT(what.size(), 300u);
    for (const char c : what) EXPECT_TRUE(c >= 0x20 && c < 0x7F) << what;
    return what;
  }
  return "accepted";
}
std::string refused(std::string_view text, const JsonRules& rules = {}) {
  return refusal([&] { parse_json(text, "f.json", rules); });
}
std::string nested(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

TEST(Json, KeepsValuesAndTheOrderOfKeys) {
  const ordered_json value =
      parse_json(R"({"b": [1, -2, 0.5, true, null, "x\u00e9\n"], "a": {}, "": 18446744073709551615})", "f.json");
  EXPECT_EQ(value.dump(), "{\"b\":[1,-2,0.5,true,null,\"x\xC3\xA9\\n\"],\"a\":{},\"\":18446744073709551615}");
  EXPECT_EQ(value.at("b")[0], 1);
  EXPECT_EQ(parse_json(" 7 ", "f.json"), 7);
  EXPECT_EQ(parse_json("\xEF\xBB\xBF[]", "f.json"), ordered_json::array()) << "a byte order mark";
}

TEST(Json, DepthIsLimitedWhereTheFileIsRead) {
  EXPECT_EQ(refused(nested(kMostJsonLevels)), "accepted");
  EXPECT_NE(refused(nested(kMostJsonLevels + 1)).find("is nested deeper than 64 levels"), std::string::npos);
  EXPECT_NE(refused(nested(1'000'000)).find("is nested deeper than 64 levels"), std::string::npos);
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"x\":";
  EXPECT_NE(refused(objects).find("f.json: /x/x"), std::string::npos);
}

TEST(Json, KeysStandOnce) {
  EXPECT_EQ(refused(R"({"a": 1, "a": 2})"), "f.json: top level: the key \"a\" stands twice; remove one");
  EXPECT_EQ(refused(R"({"r": [{}, {"a/b": {"k": 1, "\u006b": 2}}]})"),
            "f.json: /r/1/a~1b: the key \"k\" stands twice; remove one");
  EXPECT_EQ(refused(R"([{"a": 1}, {"a": {"a": 2}}])"), "accepted");
}

TEST(Json, Numbers) {
  EXPECT_EQ(refused("[0, -0]"), "f.json: /1: -0 is no number here; write 0");
  EXPECT_EQ(refused("[-0.0]"), "f.json: /0: -0.0 is no number here; write 0");
  EXPECT_EQ(refused("[1e-999]"), "f.json: /0: 1e-999 is no number here; write 0");
  EXPECT_EQ(refused("[0.0, 0e5]"), "accepted");
  EXPECT_EQ(refused(R"({"at": 1e400})"), "f.json: /at: 1e400 passes what a number may be; write a smaller one");
  EXPECT_EQ(refused(R"({"at": 18446744073709551616})"),
            "f.json: /at: 18446744073709551616 passes 64 bits; write a smaller number");
  EXPECT_EQ(refused(R"({"at": -9223372036854775809})"),
            "f.json: /at: -9223372036854775809 passes 64 bits; write a smaller number");
  EXPECT_NE(refused("[" + std::string(100'000, '9') + "]").find("9...9"), std::string::npos);
  EXPECT_NE(refused("[1, 01]").find("is not JSON"), std::string::npos);
  EXPECT_NE(refused("[+1]").find("is not JSON"), std::string::npos);
  EXPECT_NE(refused("[NaN]").find("is not JSON"), std::string::npos);
}

TEST(Json, Strings) {
  EXPECT_EQ(refused(R"({"a": "x\u0000y"})"), "f.json: /a: the string has a character NUL; remove it");
  EXPECT_EQ(refused(R"({"x\u0000y": 1})"), "f.json: /: the key has a character NUL; remove it");
  EXPECT_EQ(refused("{\n \"n\xFF\": 1}"),
            "f.json: line 2, column 4: the byte 0xff is not UTF-8; save the file as UTF-8");
  EXPECT_NE(refused(R"(["\ud800"])").find("is not JSON"), std::string::npos) << "half a surrogate pair";
  EXPECT_NE(refused("[\"a\nb\"]").find("line 1, column 4"), std::string::npos) << refused("[\"a\nb\"]");
  EXPECT_EQ(refused("\xFF\xFE[\0]\0"), "f.json: is UTF-16; save it as UTF-8");
  EXPECT_EQ(refused("[\"" + std::string(9, 'x') + "\"]", {.longest_string = 8}),
            "f.json: /0: the string has 9 bytes; write at most 8");
  EXPECT_EQ(refused("[\"" + std::string(8, 'x') + "\"]", {.longest_string = 8}), "accepted");
}

TEST(Json, EmptyAndBroken) {
  for (const char* empty : {"", " \n\t", "\xEF\xBB\xBF"})
    EXPECT_EQ(refused(empty), "f.json: is empty; write the file, or name another");
  EXPECT_EQ(
      refused("[] []"),
      "f.json: line 1, column 4: is not JSON: found \"[\", expected the end of the file; correct the syntax there");
  EXPECT_EQ(
      refused("{} x"),
      "f.json: line 1, column 4: is not JSON: found \"x\", expected the end of the file; correct the syntax there");
  EXPECT_EQ(
      refused("[1,\n  2 3]"),
      "f.json: line 2, column 5: is not JSON: found \"3\", expected a value, \",\" or \"]\"; correct the syntax there");
  EXPECT_EQ(
      refused(R"({"a": {"b" 1}})"),
      "f.json: /a: line 1, column 12: is not JSON: found \"1\", expected \":\" and a value; correct the syntax there");
  EXPECT_EQ(refused(R"({"a": 1, })"),
            "f.json: line 1, column 10: is not JSON: found \"}\", expected a key in quotes, \",\" or \"}\"; correct "
            "the syntax there");
  EXPECT_EQ(refused("[1, "),
            "f.json: line 1, column 5: is not JSON: found the end of the file, expected a value, \",\" or \"]\"; "
            "correct the syntax there");
  EXPECT_NE(refused("oops").find("found \"o\""), std::string::npos) << refused("oops");
}

TEST(Json, CommentsWhereTheyAreAllowed) {
  const char* text = "// a\n[1, /* b */ 2]";
  EXPECT_EQ(refused(text, {.comments = true}), "accepted");
  EXPECT_NE(refused(text).find("found a comment, JSON has none"), std::string::npos) << refused(text);
  EXPECT_NE(refused("[1, // b\n 2]").find("found a comment"), std::string::npos) << refused("[1, // b\n 2]");
  EXPECT_NE(refused("[1] /* b", {.comments = true}).find("is not JSON"), std::string::npos);
}

TEST(Json, AnObjectOfManyKeysTakesLinearTime) {
  std::string text = "{";
  for (int i = 0; i < 300'000; ++i) text += "\"" + std::to_string(i) + "\":0,";
  text.back() = '}';
  EXPECT_EQ(parse_json(text, "f.json").size(), 300'000u);
}

TEST(Json, LongMessagesAreShortened) {
  const std::string key(4000, 'k');
  const std::string what = refused("{\"" + key + "\": {\"" + key + "\": 1e999}}");
  EXPECT_NE(what.find("kkk...kkk"), std::string::npos) << what;
  EXPECT_NE(what.find("1e999 passes"), std::string::npos) << what;
  const std::string file = "/tmp/" + std::string(3000, 'f') + ".json";
  EXPECT_NE(refusal([&] { parse_json("[", file); }).find("ff.json: line 1"), std::string::npos);
  EXPECT_LT(std::string(json_error(file, "/" + key, std::string(5000, 'w')).what()).size(), 300u);
  EXPECT_EQ(std::string(json_error("a\x1B\xFF", "/\x1B", "w").what()), "a\\x1b\\xff: /\\x1b: w");
}

TEST(Json, ValuesInWords) {
  EXPECT_EQ(in_words(ordered_json::array()), "an empty array");
  EXPECT_EQ(in_words(ordered_json({1})), "an array of 1 value");
  EXPECT_EQ(in_words(ordered_json({{"a", 1}, {"b", 2}})), "an object of 2 keys");
  EXPECT_EQ(in_words("x\x1B"), "\"x\\x1b\"");
  EXPECT_EQ(in_words(1.5), "1.5");
  EXPECT_EQ(in_words(nullptr), "null");
  EXPECT_EQ(pointer_to(pointer_to("", "a/b~c"), 3), "/a~1b~0c/3");
}

TEST(Json, FilesThatCannotBeReadAreNamed) {
  const test::TemporaryFolder folder;
  const std::string file = folder / "f.json";
  std::ofstream(file) << "12345";
  EXPECT_EQ(refusal([&] { read_json(file, {.largest = 4}); }),
            file + ": larger than the 4 bytes that are taken; name a smaller file");
  EXPECT_EQ(refusal([&] { read_json(folder.name()); }), folder.name() + ": is a directory; name a file");
  EXPECT_NE(refusal([] { read_json("/no/such.json"); }).find("/no/such.json: No such file or directory"),
            std::string::npos);
  EXPECT_EQ(refusal([] { read_json("/dev/zero"); }), "/dev/zero: is a device; name a file");
  EXPECT_EQ(read_json(file), 12345);
}

}  // namespace
}  // namespace hypsim::text
