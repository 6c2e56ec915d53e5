// SPDX-License-Identifier: Apache-2.0
#include "sim/loader/symbols.h"

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

TEST(SymbolTable, AnyNumberOfNamesForAnAddressCostsNoTime) {
  SymbolTable t;
  t.add({0x1000, 0x2000, false, true, true, "around"});
  for (int i = 0; i < 300'000; ++i) t.add({0x2000, 4, false, false, false, std::to_string(i)});
  t.finish();
  for (int i = 0; i < 100'000; ++i) ASSERT_EQ(t.describe(0x2010), "around+0x1010");
}

}  // namespace
}  // namespace hypsim
