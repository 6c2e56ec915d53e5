// SPDX-License-Identifier: Apache-2.0
#include "sim/text/number.h"

#include <gtest/gtest.h>

#include <functional>

#include "sim/base/error.h"

namespace hypsim::text {
namespace {

std::string refusal(const std::function<void()>& act) {
  try {
    act();
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Number, WholeNumbersInTwoForms) {
  EXPECT_EQ(number("0", "x"), 0u);
  EXPECT_EQ(number("007", "x"), 7u) << "decimal, whatever stands in front";
  EXPECT_EQ(number("18446744073709551615", "x"), ~u64{0});
  EXPECT_EQ(number("0xFFFFFFFFFFFFFFFF", "x"), ~u64{0});
  EXPECT_EQ(number("0X1f", "x"), 31u);
  EXPECT_EQ(number("5", "x", {5, 5}), 5u);
}

TEST(Number, NothingElse) {
  for (const char* bad : {"", " ", " 1", "1 ", "+1", "-1", "-0", "0x", "0x-1", "0xg", "1e3", "1.0", "1_000", "ten",
                          "1k", "\xFF", "1\n"}) {
    EXPECT_FALSE(parse_number(bad)) << bad;
    EXPECT_NE(refusal([&] {
                number(bad, "--n", {1, 9});
              }).find("is not a whole number; give 1 to 9"),
              std::string::npos)
        << bad;
  }
  for (const char* large : {"18446744073709551616", "99999999999999999999999", "0x10000000000000000"}) {
    EXPECT_FALSE(parse_number(large)) << large;
    EXPECT_NE(refusal([&] { number(large, "--n"); }).find("out of range"), std::string::npos) << large;
  }
}

TEST(Number, TheMessageHasPlaceValueRangeAndUnit) {
  EXPECT_EQ(refusal([] { number("0", "--n", {1, 1000}, "cycles"); }), "--n: 0 is out of range; give 1 to 1000 cycles");
  EXPECT_EQ(refusal([] { number("18446744073709551616", "--n"); }),
            "--n: 18446744073709551616 is out of range; give 0 to 18446744073709551615");
  EXPECT_EQ(refusal([] { number("0x40", "/ec", bits(6)); }), "/ec: 0x40 is out of range; give 0x0 to 0x3f");
  EXPECT_EQ(refusal([] {
              number("1e3", "--n", {1, 9});
            }),
            "--n: \"1e3\" is not a whole number; give 1 to 9, in decimal or as 0x...");
  EXPECT_LT(refusal([] { number(std::string(100000, '9'), "--n"); }).size(), 200u);
  EXPECT_EQ(refusal([] { check_range(10, "/x", {1, 9}); }), "/x: 10 is out of range; give 1 to 9");
  EXPECT_EQ(refusal([] { check_range(9, "/x", {1, 9}); }), "accepted");
  EXPECT_EQ(bits(64).high, ~u64{0});
}

TEST(Size, UnitsAndTheirLimits) {
  EXPECT_EQ(size("4096", "x"), 4096u);
  EXPECT_EQ(size("0x1000", "x"), 4096u);
  EXPECT_EQ(size("64KiB", "x"), 65536u);
  EXPECT_EQ(size("512M", "x"), 512u << 20);
  EXPECT_EQ(size("3GiB", "x"), u64{3} << 30);
  EXPECT_EQ(size("17179869183GiB", "x"), u64{17179869183} << 30);
  for (const char* bad : {"", "MiB", "-1", "+1", "12Q", "0x", "1.5GiB", " 4", "4 ", "4kib", "4KB", "64 KiB", "1e3"})
    EXPECT_NE(refusal([&] { size(bad, "--memory"); }).find("is no size"), std::string::npos) << bad;
  for (const char* large : {"99999999999999999999", "17179869184GiB", "18446744073709551616"})
    EXPECT_NE(refusal([&] { size(large, "--memory"); }).find("out of range"), std::string::npos) << large;
  EXPECT_EQ(refusal([] {
              size("4KiB", "--memory", {1 << 20, u64{1} << 40});
            }),
            "--memory: 4KiB is out of range; give 1MiB to 1024GiB");
}

TEST(Size, Text) {
  EXPECT_EQ(size_text(0), "0");
  EXPECT_EQ(size_text(1), "1");
  EXPECT_EQ(size_text(65536), "64KiB");
  EXPECT_EQ(size_text(65537), "65537");
  EXPECT_EQ(size_text(u64{3} << 30), "3GiB");
}

TEST(Seconds, PlainFractionsAndUnits) {
  EXPECT_DOUBLE_EQ(seconds("60", "x"), 60);
  EXPECT_DOUBLE_EQ(seconds("1.5", "x"), 1.5);
  EXPECT_DOUBLE_EQ(seconds("1.5s", "x"), 1.5);
  EXPECT_DOUBLE_EQ(seconds("500ms", "x"), 0.5);
  EXPECT_DOUBLE_EQ(seconds("10min", "x"), 600);
  EXPECT_DOUBLE_EQ(seconds("0.001", "x"), 0.001);
  for (const char* bad :
       {"", "s", ".", ".5", "5.", "1.2.3", "-1", "+1", "1e3", "inf", "nan", "1 s", "0x10", "1h", "1,5"})
    EXPECT_NE(refusal([&] { seconds(bad, "--timeout"); }).find("is no time"), std::string::npos) << bad;
  for (const char* outside : {"0", "0.0", "0.0009", "0.5ms", "31536001", "99999999999999999999"})
    EXPECT_NE(refusal([&] { seconds(outside, "--timeout"); }).find("give 0.001 to 31536000 seconds"), std::string::npos)
        << outside;
  EXPECT_NE(refusal([] { seconds(std::string(500, '9'), "--timeout"); }).find("out of range"), std::string::npos);
}

}  // namespace
}  // namespace hypsim::text
