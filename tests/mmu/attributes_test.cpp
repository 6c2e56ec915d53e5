// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "sim/mmu/attributes.h"

namespace hypsim {
namespace {

using C = Cacheability;
constexpr C NC = C::NonCacheable, WBWA = C::WriteBackAllocate, WT = C::WriteThrough, WB = C::WriteBackNoAllocate;
constexpr MemAttr kSo{MemType::StronglyOrdered, NC, NC, true, true};
constexpr MemAttr kDevice{MemType::Device, NC, NC, true, true};
constexpr MemAttr normal(C inner, C outer, bool sh, bool osh) { return {MemType::Normal, inner, outer, sh, osh}; }

// ARM DDI 0406C table B3-10
TEST(Attributes, TexWithoutRemap) {
  EXPECT_EQ(decode_tex(0b00000, false), kSo);
  EXPECT_EQ(decode_tex(0b00001, false), kDevice);
  EXPECT_EQ(decode_tex(0b00010, false), normal(WT, WT, false, false));
  EXPECT_EQ(decode_tex(0b00011, false), normal(WB, WB, false, false));
  EXPECT_EQ(decode_tex(0b00011, true), normal(WB, WB, true, true));
  EXPECT_EQ(decode_tex(0b00100, false), normal(NC, NC, true, true));  // uncached Normal is outer shareable
  EXPECT_EQ(decode_tex(0b00111, false), normal(WBWA, WBWA, false, false));
  EXPECT_EQ(decode_tex(0b01000, false), kDevice);
  for (u32 outer = 0; outer < 4; ++outer) {
    for (u32 inner = 0; inner < 4; ++inner) {
      const bool uncached = inner == 0 && outer == 0;
      EXPECT_EQ(decode_tex(0b10000 | outer << 2 | inner, false),
                normal(static_cast<C>(inner), static_cast<C>(outer), uncached, uncached));
    }
  }
}

TEST(Attributes, TexRemap) {
  // region 0 SO, 1 Device, 2..7 Normal; NS0=0, NS1=1; NOS2=1
  const u32 prrr = 0b10'10'10'10'10'10'01'00 | 1u << 19 | 1u << 26;
  // inner: region 2 WBWA, 3 WT, 4 WB; outer: region 2 WT, 3 NC, 4 WBWA
  const u32 nmrr = 1u << 4 | 2u << 6 | 3u << 8 | 2u << 20 | 0u << 22 | 1u << 24;
  EXPECT_EQ(decode_tex_remapped(0, false, prrr, nmrr), kSo);
  EXPECT_EQ(decode_tex_remapped(1, false, prrr, nmrr), kDevice);
  EXPECT_EQ(decode_tex_remapped(2, false, prrr, nmrr), normal(WBWA, WT, false, false));
  EXPECT_EQ(decode_tex_remapped(2, true, prrr, nmrr), normal(WBWA, WT, true, false));  // NOS: inner shareable only
  EXPECT_EQ(decode_tex_remapped(3, true, prrr, nmrr), normal(WT, NC, true, true));
  EXPECT_EQ(decode_tex_remapped(4, false, prrr, nmrr), normal(WB, WBWA, false, false));
  EXPECT_EQ(decode_tex_remapped(5, false, prrr, nmrr), normal(NC, NC, true, true));
}

TEST(Attributes, Mair) {
  const u32 mair0 = 0x44'FF'04'00, mair1 = 0xE4'BB'AA'EE;
  EXPECT_EQ(decode_mair(mair0, mair1, 0, 0), kSo);
  EXPECT_EQ(decode_mair(mair0, mair1, 1, 0), kDevice);
  EXPECT_EQ(decode_mair(mair0, mair1, 2, 0b11), normal(WBWA, WBWA, true, false));
  EXPECT_EQ(decode_mair(mair0, mair1, 2, 0b10), normal(WBWA, WBWA, true, true));
  EXPECT_EQ(decode_mair(mair0, mair1, 2, 0b00), normal(WBWA, WBWA, false, false));
  EXPECT_EQ(decode_mair(mair0, mair1, 3, 0), normal(NC, NC, true, true));
  EXPECT_EQ(decode_mair(mair0, mair1, 4, 0), normal(WB, WB, false, false));
  EXPECT_EQ(decode_mair(mair0, mair1, 5, 0), normal(WT, WT, false, false));
  EXPECT_EQ(decode_mair(mair0, mair1, 6, 0), normal(WT, WT, false, false));
  EXPECT_EQ(decode_mair(mair0, mair1, 7, 0), normal(NC, WB, false, false));
}

TEST(Attributes, Stage2) {
  EXPECT_EQ(decode_stage2(0b0000, 0), kSo);
  EXPECT_EQ(decode_stage2(0b0001, 0), kDevice);
  EXPECT_EQ(decode_stage2(0b0101, 0), normal(NC, NC, true, true));
  EXPECT_EQ(decode_stage2(0b1010, 0b11), normal(WT, WT, true, false));
  EXPECT_EQ(decode_stage2(0b1111, 0b00), normal(WBWA, WBWA, false, false));
  EXPECT_EQ(decode_stage2(0b0111, 0b10), normal(WBWA, NC, true, true));
}

// ARM DDI 0406C tables B3-14 to B3-16
TEST(Attributes, CombineTakesTheStronger) {
  const MemAttr wb = normal(WBWA, WBWA, false, false), nc = normal(NC, NC, true, true);
  EXPECT_EQ(combine_stages(kSo, wb), kSo);
  EXPECT_EQ(combine_stages(wb, kSo), kSo);
  EXPECT_EQ(combine_stages(kDevice, kSo), kSo);
  EXPECT_EQ(combine_stages(kDevice, wb), kDevice);
  EXPECT_EQ(combine_stages(wb, kDevice), kDevice);
  EXPECT_EQ(combine_stages(wb, wb), wb);
  EXPECT_EQ(combine_stages(wb, nc), nc);
  EXPECT_EQ(combine_stages(wb, normal(WT, WT, true, false)), normal(WT, WT, true, false));
  EXPECT_EQ(combine_stages(normal(WB, WT, true, false), normal(WBWA, WBWA, true, true)), normal(WB, WT, true, true));
  EXPECT_EQ(combine_stages(normal(WBWA, NC, false, false), normal(NC, WBWA, false, false)), nc);
}

TEST(Attributes, Stage1Off) {
  EXPECT_EQ(stage1_off_attr(false, true, false), kSo);
  EXPECT_EQ(stage1_off_attr(true, false, false), normal(NC, NC, true, true));
  EXPECT_EQ(stage1_off_attr(true, true, false), normal(WT, WT, false, false));
  EXPECT_EQ(stage1_off_attr(false, false, true), normal(WBWA, WBWA, false, false));
}

TEST(Attributes, ParEncoding) {
  EXPECT_EQ(encode_mair(kSo), 0x00u);
  EXPECT_EQ(encode_mair(kDevice), 0x04u);
  EXPECT_EQ(encode_mair(normal(WBWA, WBWA, false, false)), 0xFFu);
  EXPECT_EQ(encode_mair(normal(WT, WB, false, false)), 0xEAu);
  EXPECT_EQ(encode_mair(normal(NC, NC, true, true)), 0x44u);
  EXPECT_EQ(encode_sh(normal(WT, WT, false, false)), 0u);
  EXPECT_EQ(encode_sh(normal(WT, WT, true, false)), 3u);
  EXPECT_EQ(encode_sh(kDevice), 2u);
}

}  // namespace
}  // namespace hypsim
