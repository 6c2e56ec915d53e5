// SPDX-License-Identifier: Apache-2.0
// Which control denies or traps which class of instruction, and element loads and stores with big-endian data: what
// QEMU runs of the differential test do not reach.
#include <gtest/gtest.h>

#include "tests/support/flat_machine.h"

namespace hypsim::test {
namespace {

constexpr u32 kRam = FlatMachine::kRam;
constexpr u32 kLoop = 0xEAFFFFFE;
constexpr u32 kVaddS = 0xEE300A81;      // vadd.f32 s0, s1, s2
constexpr u32 kVaddD = 0xEE310B02;      // vadd.f64 d0, d1, d2
constexpr u32 kVaddHigh = 0xEE710B02;   // vadd.f64 d16, d1, d2
constexpr u32 kVaddInt = 0xF2210802;    // vadd.i32 d0, d1, d2
constexpr u32 kVaddFloat = 0xF2010D02;  // vadd.f32 d0, d1, d2
constexpr u32 kVld1 = 0xF420070F;       // vld1.8 {d0}, [r0]
constexpr u32 kVdup = 0xEE800B10;       // vdup.32 d0, r0
constexpr u32 kVmovImm = 0xF2800010;    // vmov.i32 d0, #0

struct FpMachine : FlatMachine {
  FpMachine() {
    auto& sys = core.state().sys;
    sys.cpacr = 0xFu << 20;
    sys.fpexc = 1u << 30;
    sys.nsacr = 3u << 10;
    sys.vbar[Security::Secure] = sys.vbar[Security::NonSecure] = kRam + 0x1000;
    sys.hvbar = kRam + 0x2000;
    reg(0) = kRam + 0x3000;
    code({kLoop}, 0x1004);  // UNDEFINED
    code({kLoop}, 0x2014);  // Hyp Trap
  }
  void non_secure() {
    core.state().sys.scr = 1u << scr::NS | 1u << scr::HCE;
    core.state_changed();
  }
  /// The mode after `word`: Supervisor if it executed.
  Mode after(u32 word) {
    code({word, kLoop});
    run(2);
    return core.state().mode;
  }
};

TEST(FpAccess, AsedisDeniesAdvancedSimdAlone) {
  for (const u32 word : {kVaddInt, kVaddFloat, kVld1, kVdup, kVmovImm}) {
    FpMachine m;
    m.core.state().sys.cpacr |= 1u << 31;
    EXPECT_EQ(m.after(word), Mode::Undefined) << std::hex << word;
  }
  for (const u32 word : {kVaddS, kVaddD, kVaddHigh}) {
    FpMachine m;
    m.core.state().sys.cpacr |= 1u << 31;
    EXPECT_EQ(m.after(word), Mode::Supervisor) << std::hex << word;
  }
}

TEST(FpAccess, D32disDeniesTheUpperRegistersAlone) {
  FpMachine low, high;
  low.core.state().sys.cpacr |= 1u << 30;
  high.core.state().sys.cpacr |= 1u << 30;
  EXPECT_EQ(low.after(kVaddD), Mode::Supervisor);
  EXPECT_EQ(high.after(kVaddHigh), Mode::Undefined);
}

TEST(FpAccess, EverythingNeedsFpexcEn) {
  for (const u32 word : {kVaddS, kVaddD, kVaddInt, kVaddFloat, kVld1, kVdup}) {
    FpMachine m;
    m.core.state().sys.fpexc = 0;
    EXPECT_EQ(m.after(word), Mode::Undefined) << std::hex << word;
  }
}

TEST(FpAccess, TaseTrapsAdvancedSimdWithItsSyndrome) {
  for (const u32 word : {kVaddInt, kVaddFloat, kVld1, kVdup}) {
    FpMachine m;
    m.non_secure();
    m.core.state().sys.hcptr = 1u << hcptr::TASE;
    EXPECT_EQ(m.after(word), Mode::Hyp) << std::hex << word;
    EXPECT_EQ(m.core.state().sys.hsr >> 26, 7u);
    EXPECT_TRUE(bit(m.core.state().sys.hsr, 5)) << "HSR.TA";
  }
  FpMachine m;
  m.non_secure();
  m.core.state().sys.hcptr = 1u << hcptr::TASE;
  EXPECT_EQ(m.after(kVaddS), Mode::Supervisor);
}

TEST(FpAccess, Tcp10TrapsVfpWithItsSyndrome) {
  FpMachine m;
  m.non_secure();
  m.core.state().sys.hcptr = 1u << hcptr::TCP10;
  EXPECT_EQ(m.after(kVaddS), Mode::Hyp);
  EXPECT_EQ(m.core.state().sys.hsr & 0x2F, 10u);
}

TEST(FpAccess, ShortVectorsAreRefused) {
  FpMachine refused, ignored;
  refused.core.state().sys.fpscr = 1u << 16;
  ignored.core.state().sys.fpscr = 1u << 16;
  EXPECT_EQ(refused.after(kVaddS), Mode::Undefined);
  EXPECT_EQ(ignored.after(kVaddFloat), Mode::Supervisor);
}

TEST(FpAccess, BigEndianElements) {
  FpMachine m;
  m.core.state().big_endian = true;
  for (u32 i = 0; i < 8; ++i) *m.bus.at(kRam + 0x3000 + i, 1) = static_cast<u8>(i);
  m.code({0xF420070F,  // vld1.8 {d0}, [r0]
          0xF420174F,  // vld1.16 {d1}, [r0]
          0xF420278F,  // vld1.32 {d2}, [r0]
          0xF42037CF,  // vld1.64 {d3}, [r0]
          0xF4A0480F,  // vld1.32 {d4[0]}, [r0]
          0xE2800010,  // add r0, r0, #16
          0xF400174F,  // vst1.16 {d1}, [r0]
          kLoop});
  m.run(8);
  const u64* d = m.core.state().d;
  EXPECT_EQ(d[0], 0x0706050403020100u);
  EXPECT_EQ(d[1], 0x0607040502030001u);
  EXPECT_EQ(d[2], 0x0405060700010203u);
  EXPECT_EQ(d[3], 0x0001020304050607u);
  EXPECT_EQ(d[4], 0x00010203u);
  EXPECT_EQ(m.bus.word(kRam + 0x3010), 0x03020100u);
  EXPECT_EQ(m.bus.word(kRam + 0x3014), 0x07060504u);
}

}  // namespace
}  // namespace hypsim::test
