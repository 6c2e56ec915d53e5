// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "sim/base/error.h"
#include "sim/trap/assembler.h"

namespace hypsim::trap {
namespace {

std::string refusal(const Source& source) {
  try {
    assemble(source);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(Assembler, AllInstructionSetsInOneGo) {
  const auto i = assemble({{"mrc p15, 0, r0, c9, c13, 0", Isa::A32, "a"},
                           {"wfi", Isa::T16, "b"},
                           {"mcr p15, 0, r3, c1, c0, 0", Isa::T32, "c"},
                           {"0xe320f003", Isa::A32, "d"},
                           {"hvc #0x1234", Isa::A32, "e"},
                           {"smc #0", Isa::T32, "f"},
                           {"vadd.f32 s0, s0, s2", Isa::A32, "g"},
                           {"b .", Isa::A32, "h"}});
  EXPECT_EQ(i[0].word, 0xEE190F1Du);
  EXPECT_EQ(i[1], (Instruction{0xBF30, Isa::T16}));
  EXPECT_EQ(i[2], (Instruction{0xEE013F10, Isa::T32}));
  EXPECT_EQ(i[3].word, 0xE320F003u);
  EXPECT_EQ(i[4].word, 0xE1412374u);
  EXPECT_EQ(i[5].word, 0xF7F08000u);
  EXPECT_EQ(i[6].word, 0xEE300A01u);
  EXPECT_EQ(i[7].word, 0xEAFFFFFEu);
}

TEST(Assembler, RefusesWithPlaceAndRemedy) {
  EXPECT_NE(refusal({"frobnicate r0", Isa::A32, "f.json: /vectors/3/instruction"})
                .find("f.json: /vectors/3/instruction: \"frobnicate r0\" does not assemble for a32"),
            std::string::npos);
  EXPECT_NE(refusal({"wfi", Isa::T32, "x"}).find("add .w"), std::string::npos);
  EXPECT_NE(refusal({"wfi.w", Isa::T16, "x"}).find("t32"), std::string::npos);
  EXPECT_NE(refusal({"wfi\nwfe", Isa::A32, "x"}).find("not one instruction"), std::string::npos);
  EXPECT_NE(refusal({"wfi; wfe", Isa::A32, "x"}).find("not one instruction"), std::string::npos);
  EXPECT_NE(refusal({".incbin \"/etc/passwd\"", Isa::A32, "x"}).find("not one instruction"), std::string::npos);
  EXPECT_NE(refusal({"   ", Isa::A32, "x"}).find("not one instruction"), std::string::npos);
  EXPECT_NE(refusal({"bl elsewhere", Isa::A32, "x"}).find("symbol"), std::string::npos);
  EXPECT_NE(refusal({"label:", Isa::A32, "x"}).find("not one instruction"), std::string::npos);
  EXPECT_NE(refusal({"0xzz", Isa::A32, "x"}).find("not a whole number"), std::string::npos);
  EXPECT_NE(refusal({"0x1ffffffff", Isa::A32, "x"}).find("out of range"), std::string::npos);
  EXPECT_NE(refusal({"0xbf30", Isa::T32, "x"}).find("t16"), std::string::npos);
  EXPECT_NE(refusal({"0xf3af8003", Isa::T16, "x"}).find("halfword"), std::string::npos);
}

TEST(Assembler, ErrorInTheMiddleNamesThatLine) {
  std::vector<Source> sources;
  for (int i = 0; i < 200; ++i)
    sources.push_back(
        {i == 117 ? "mrc p15, 9, r0, c0, c0, 0" : "nop", i % 2 ? Isa::T16 : Isa::A32, "v" + std::to_string(i)});
  try {
    assemble(sources);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(std::string(error.what()).substr(0, 5), "v117:");
  }
}

TEST(Assembler, MissingAssemblerIsOneClearLine) {
  setenv("HYPSIM_AS", "/no/such/assembler", 1);
  EXPECT_NE(refusal({"nop", Isa::A32, "x"}).find("install binutils-arm-none-eabi"), std::string::npos);
  EXPECT_EQ(refusal({"0xe320f000", Isa::A32, "x"}), "") << "an encoding needs none";
  setenv("HYPSIM_AS", "false", 1);
  EXPECT_NE(refusal({"nop", Isa::A32, "x"}).find("false failed"), std::string::npos);
  unsetenv("HYPSIM_AS");
}

}  // namespace
}  // namespace hypsim::trap
