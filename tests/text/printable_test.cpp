// SPDX-License-Identifier: Apache-2.0
#include "sim/text/printable.h"

#include <gtest/gtest.h>

namespace hypsim::text {
namespace {

TEST(Printable, PlainTextStaysAsItIs) {
  for (const char* plain :
       {"", "cp15.save_host", "a \"b\" \\ <c>", "gr\xC3\xBC\xC3\x9F", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"})
    EXPECT_EQ(printable(plain), plain);
}

TEST(Printable, WhatWouldMoveATerminalOrBreakAReportIsEscaped) {
  EXPECT_EQ(printable("a\x1B[2Jb\nc\td\x7F"), "a\\x1b[2Jb\\x0ac\\x09d\\x7f");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(printable("\xC2\x9B"), "\\xc2\\x9b") << "the C1 form of escape [";
  EXPECT_EQ(printable("\xE2\x80\xAE"), "\\xe2\\x80\\xae") << "turns the direction of writing";
  EXPECT_EQ(printable("\xE2\x80\xA8"), "\\xe2\\x80\\xa8") << "ends a line";
  EXPECT_EQ(printable("\xEF\xBF\xBF"), "\\xef\\xbf\\xbf") << "no character; XML cannot hold it";
}

TEST(Printable, BrokenUtf8IsEscapedByteByByte) {
  for (const char* broken :
       {"\xFF", "\x80", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF0\x9F\x98"}) {
    EXPECT_EQ(utf8_length(broken), 0u) << broken;
    for (const char c : printable(broken)) EXPECT_TRUE(c >= 0x20 && c < 0x7F);
  }
  EXPECT_EQ(printable("a\xFF"
                      "b"),
            "a\\xffb");
}

TEST(Shown, IsAsciiAndLosesItsMiddle) {
  EXPECT_EQ(shown("gr\xC3\xBCn"), "gr\\xc3\\xbcn");
  EXPECT_EQ(shown("abcdefghij", 10), "abcdefghij");
  EXPECT_EQ(shown("abcdefghijk", 10), "abcd...ijk");
  const std::string large = std::string(1 << 20, 'x') + "end";
  EXPECT_EQ(shown(large, 20), "xxxxxxxxx...xxxxxend");
  EXPECT_EQ(shown(std::string(1000, '\x01'), 20).size(), 20u);
}

TEST(Shortened, CutsNoCharacter) {
  std::string text;
  for (int i = 0; i < 20; ++i) text += "\xE2\x82\xAC";
  for (std::size_t most = 3; most < text.size(); ++most) {
    const std::string less = shortened(text, most);
    EXPECT_LE(less.size(), most);
    EXPECT_EQ(printable(less), less) << most;
  }
  EXPECT_EQ(shortened(text, text.size()), text);
}

}  // namespace
}  // namespace hypsim::text
