// SPDX-License-Identifier: Apache-2.0
#include "sim/loader/symbols.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace hypsim {
namespace {

SymbolTable table() {
  SymbolTable t;
  t.add({0x1000, 0x100, false, true, true, "outer"});
  t.add({0x1020, 0x10, false, true, false, "inner"});
  t.add({0x1200, 0, false, false, true, "label"});
  t.add({0x1300, 8, false, true, false, "alias_local"});
  t.add({0x1300, 8, false, true, true, "alias_global"});
  t.add({0x1300, 0, false, false, true, "a_label"});
  t.add({0x2000, 4, false, true, false, "twice"});
  t.add({0x3000, 4, false, true, true, "twice"});
  t.finish();
  return t;
}

TEST(SymbolTable, FindsTheSymbolThatCovers) {
  const SymbolTable t = table();
  EXPECT_EQ(t.describe(0x0FFF), "0x00000fff");
  EXPECT_EQ(t.describe(0x1000), "outer");
  EXPECT_EQ(t.describe(0x1024), "inner+0x4");
  EXPECT_EQ(t.describe(0x1040), "outer+0x40") << "behind the inner one the outer one goes on";
  EXPECT_EQ(t.describe(0x1100), "0x00001100") << "between two symbols is nothing";
  EXPECT_EQ(t.describe(0x1210), "label+0x10") << "without a size it reaches on";
  EXPECT_EQ(t.describe(0x1304), "alias_global+0x4") << "functions before labels, global before local";
  EXPECT_EQ(t.describe(0x3004), "0x00003004");
}

TEST(SymbolTable, FindsAddresses) {
  const SymbolTable t = table();
  EXPECT_EQ(t.address_of("inner"), 0x1020u);
  EXPECT_EQ(t.address_of("twice"), 0x3000u) << "the global one";
  EXPECT_EQ(t.address_of("nothing"), std::nullopt);
  EXPECT_EQ(SymbolTable().find(0), nullptr);
}

/// "begin-end name" of each range of code.
std::vector<std::string> code_of(const std::vector<Symbol>& symbols) {
  SymbolTable t;
  for (const Symbol& s : symbols) t.add(s);
  t.finish();
  std::vector<std::string> text;
  for (const CodeRange& r : t.code()) text.push_back(fmt::format("{:x}-{:x} {}", r.begin, r.end, r.symbol->name));
  return text;
}

Symbol function(u32 address, u32 size, const char* name, u32 reach = 0) {
  return {address, size, false, true, true, name, false, reach};
}
Symbol label(u32 address, const char* name, u32 reach) { return {address, 0, false, false, false, name, true, reach}; }

TEST(SymbolTable, CodeIsWhatFunctionsAndLabelsCover) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(code_of({}), Lines());
  EXPECT_EQ(code_of({function(0x100, 0x18, "panic"), label(0x118, "guest_trap", 0x88), label(0x140, "hyp_svc", 0x60)}),
            (Lines{"100-118 panic", "118-140 guest_trap", "140-1a0 hyp_svc"}))
      << "the function of 24 bytes gets what it has, and labels go to the end of their section";
  EXPECT_EQ(code_of({function(0x100, 0x80, "run"), label(0x120, "loop", 0x200)}), (Lines{"100-180 run"}))
      << "a label inside a function";
  EXPECT_EQ(code_of({function(0x100, 0x80, "outer"), function(0x120, 0x10, "inner")}),
            (Lines{"100-120 outer", "120-130 inner", "130-180 outer"}));
  EXPECT_EQ(code_of({function(0x100, 0x40, "a"), function(0x120, 0x40, "b"), label(0x200, "c", 4)}),
            (Lines{"100-120 a", "120-160 b", "200-204 c"}))
      << "overlapping ones";
  EXPECT_EQ(code_of({function(0x100, 0, "a", 0x50), function(0x120, 0, "b", 0x30), function(0xFFFFFF00, 0, "last")}),
            (Lines{"100-120 a", "120-150 b", "ffffff00-100000000 last"}))
      << "without sizes, and without a section";
  EXPECT_EQ(code_of({label(0x100, "start_of_text", 0x100),
                     function(0x100, 0x20, "main"),
                     function(0x100, 0, "alias"),
                     {0x110, 4, false, false, true, "data"}}),
            (Lines{"100-120 main"}))
      << "functions before labels, those with a size first, and no data";
}

TEST(SymbolTable, WhatHasNoSizeEndsWithItsSection) {
  SymbolTable t;
  t.add(label(0x1000, "label", 0x20));
  t.finish();
  EXPECT_EQ(t.describe(0x101C), "label+0x1c");
  EXPECT_EQ(t.describe(0x1020), "0x00001020");
}

TEST(SymbolTable, AnyNumberOfNamesForAnAddressCostsNoTime) {
  SymbolTable t;
  t.add({0x1000, 0x2000, false, true, true, "around"});
  for (int i = 0; i < 300'000; ++i) t.add({0x2000, 4, false, false, false, std::to_string(i)});
  t.finish();
  for (int i = 0; i < 100'000; ++i) ASSERT_EQ(t.describe(0x2010), "around+0x1010");
}

}  // namespace
}  // namespace hypsim
