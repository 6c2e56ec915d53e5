// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/listing.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace hypsim::profile {
namespace {

using nlohmann::ordered_json;

/// "first" in A32: nop; mov r0, #1; bx lr. "second" in T32: movs r0, #1; mrc p15, 0, r1, c1, c0, 0; bx lr.
CodeImage image() {
  CodeImage image;
  image.ranges.push_back({0x1000, {0x00, 0xf0, 0x20, 0xe3, 0x01, 0x00, 0xa0, 0xe3, 0x1e, 0xff,
                                   0x2f, 0xe1, 0x01, 0x20, 0x11, 0xee, 0x10, 0x1f, 0x70, 0x47}});
  image.functions = {{0x1000, false, "first"}, {0x100C, true, "second"}};
  return image;
}

void count(CodeCounts& counts, u32 pc, u64 entries, u64 insns, Resource r, u64 cycles) {
  CodeCount& at = counts.at(pc, true);
  at.entries += entries;
  at.insns += insns;
  at.cycles[static_cast<unsigned>(r)] += cycles;
}

TEST(Listing, FunctionsStandDearestFirstWithTheirInstructions) {
  CodeCounts counts;
  count(counts, 0x1000, 10, 30, Resource::Base, 30);
  count(counts, 0x100C, 5, 10, Resource::SysReg, 100);
  count(counts, 0x100C, 0, 0, Resource::Base, 7);
  count(counts, 0x1012, 5, 5, Resource::Mispredict, 3);
  const ordered_json listing = make_listing(counts, image());
  ASSERT_EQ(listing["functions"].size(), 2u);
  const ordered_json& second = listing["functions"][0];
  EXPECT_EQ(second["name"], "second");
  EXPECT_EQ(second["cycles"], 110);
  EXPECT_EQ(second["resources"], ordered_json({{"base", 7}, {"mispredict", 3}, {"sysreg", 100}}));
  ASSERT_EQ(second["insns"].size(), 3u);
  EXPECT_EQ(second["insns"][0], ordered_json::array({"0000100c", "2001", "movs    r0, #1", 5, 107,
                                                     ordered_json::array({ordered_json::array({"sysreg", 100}),
                                                                          ordered_json::array({"base", 7})})}));
  EXPECT_EQ(second["insns"][1][1], "ee11 1f10");
  EXPECT_EQ(second["insns"][1][3], 5) << "executed with its block";
  EXPECT_EQ(second["insns"][1][4], 0) << "its cycles stand at the block's first instruction";
  EXPECT_EQ(second["insns"][2][4], 3);
  const ordered_json& first = listing["functions"][1];
  EXPECT_EQ(first["insns"][2][0], "00001008");
  EXPECT_EQ(first["insns"][2][3], 10);
  EXPECT_EQ(listing["note"], "");
}

TEST(Listing, CodeOutsideTheImageIsCounted) {
  CodeCounts counts;
  count(counts, 0x8000, 1, 1, Resource::Base, 9);
  const ordered_json listing = make_listing(counts, image());
  EXPECT_TRUE(listing["functions"].empty());
  EXPECT_EQ(listing["note"], "9 cycles went to code without a symbol in the image.");
  EXPECT_NE(make_listing({}, {})["note"].get<std::string>().find("no symbols"), std::string::npos);
}

TEST(Listing, AFunctionEndsWhereItsSizeSays) {
  CodeImage short_one = image();
  short_one.functions[0].end = 0x1004;
  CodeCounts counts;
  count(counts, 0x1000, 1, 1, Resource::Base, 5);
  count(counts, 0x1004, 1, 2, Resource::Base, 7);
  const ordered_json listing = make_listing(counts, short_one);
  ASSERT_EQ(listing["functions"].size(), 1u);
  EXPECT_EQ(listing["functions"][0]["insns"].size(), 1u);
  EXPECT_EQ(listing["functions"][0]["cycles"], 5);
  EXPECT_EQ(listing["note"], "7 cycles went to code without a symbol in the image.");
}

TEST(Listing, LinesAndStrangeBytesAreShown) {
  CodeCounts counts;
  count(counts, 0x1000, 1, 3, Resource::Base, 9);
  CodeImage with_lines = image();
  with_lines.ranges[0].bytes[3] = 0xff;  // no instruction
  with_lines.line_of = [](u32 address) { return address == 0x1004 ? "switch.S:12" : ""; };
  const ordered_json insns = make_listing(counts, with_lines)["functions"][0]["insns"];
  EXPECT_EQ(insns[0][2], ".word   0xff20f000");
  EXPECT_EQ(insns[0].size(), 6u);
  EXPECT_EQ(insns[1][6], "switch.S:12");
}

TEST(Listing, IsBounded) {
  CodeImage big;
  big.ranges.push_back({0, std::vector<u8>(4 * 20'000, 0)});
  CodeCounts counts;
  for (u32 i = 0; i < 20; ++i) {
    big.functions.push_back({i * 4000, false, "f" + std::to_string(i)});
    count(counts, i * 4000, 1, 1, Resource::Base, 100 - i);
  }
  const ordered_json listing = make_listing(counts, big);
  EXPECT_EQ(listing["functions"].size(), kMostListedInsns / 1000);
  EXPECT_NE(listing["note"].get<std::string>().find("14 functions with "), std::string::npos) << listing["note"];
}

}  // namespace
}  // namespace hypsim::profile
