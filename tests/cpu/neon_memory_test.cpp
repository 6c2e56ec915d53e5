// SPDX-License-Identifier: Apache-2.0
// Aborts of Advanced SIMD element loads and stores. ARM DDI 0406C B1.9.8, A7.7
#include <gtest/gtest.h>

#include "tests/support/flat_machine.h"

namespace hypsim::test {
namespace {

constexpr u32 kVld1Doubleword = 0xF42007CF, kVst1Doubleword = 0xF40007CF;  // {d0}, [r0]
constexpr u32 kNowhere = FlatMachine::kRam + (1 << 20);                    // external abort

TEST(NeonMemory, AbortOfADoublewordNamesItsLowestByte) {
  for (const u32 word : {kVld1Doubleword, kVst1Doubleword}) {
    for (const bool big_endian : {false, true}) {
      FlatMachine m;
      CpuState& s = m.core.state();
      s.sys.cpacr = 0x00F00000;
      s.sys.fpexc = 1u << 30;
      s.big_endian = big_endian;
      m.code({word});
      m.reg(0) = kNowhere;
      m.run(1);
      EXPECT_EQ(s.mode, Mode::Abort);
      EXPECT_EQ(s.sys.dfar[Security::Secure], kNowhere) << std::hex << word << ", E " << big_endian;
    }
  }
}

TEST(NeonMemory, DoublewordsKeepTheirOrderInEitherEndianness) {
  for (const bool big_endian : {false, true}) {
    FlatMachine m;
    CpuState& s = m.core.state();
    s.sys.cpacr = 0x00F00000;
    s.sys.fpexc = 1u << 30;
    s.big_endian = big_endian;
    m.code({kVld1Doubleword, 0xF40117CF});  // then vst1.64 {d1}, [r1]
    m.bus.set_word(FlatMachine::kRam + 0x100, 0x03020100);
    m.bus.set_word(FlatMachine::kRam + 0x104, 0x07060504);
    m.reg(0) = FlatMachine::kRam + 0x100;
    m.reg(1) = FlatMachine::kRam + 0x200;
    s.d[1] = 0x8899AABBCCDDEEFF;
    m.run(2);
    EXPECT_EQ(s.d[0], big_endian ? 0x0001020304050607u : 0x0706050403020100u);
    EXPECT_EQ(m.bus.word(FlatMachine::kRam + 0x200), big_endian ? 0xBBAA9988 : 0xCCDDEEFF);
    EXPECT_EQ(m.bus.word(FlatMachine::kRam + 0x204), big_endian ? 0xFFEEDDCC : 0x8899AABB);
  }
}

}  // namespace
}  // namespace hypsim::test
