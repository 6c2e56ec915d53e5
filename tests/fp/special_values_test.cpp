// SPDX-License-Identifier: Apache-2.0
// What IEEE 754 leaves to the architecture: NaNs, flushing, underflow before rounding, half precision, estimates.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/fp/operands.h"

namespace hypsim {
namespace {

using fp::Environment;
using fp::Rounding;

constexpr u32 kOne = 0x3F800000, kTwo = 0x40000000, kQuiet = 0x7FC01234, kSignalling = 0x7F805678, kInf = 0x7F800000;
constexpr u32 kDenormal = 0x00000001, kLeast = 0x00800000;

TEST(FpSpecial, SignallingNansComeFirstThenTheLeftmost) {
  Environment e;
  EXPECT_EQ(fp::add(kQuiet, kSignalling, e), kSignalling | 0x00400000);
  EXPECT_EQ(e.flags, fp::kIoc);
  e.flags = 0;
  EXPECT_EQ(fp::multiply(0xFFC00001u, kQuiet, e), 0xFFC00001u);
  EXPECT_EQ(e.flags, 0u);
  e.default_nan = true;
  EXPECT_EQ(fp::divide(kOne, 0xFFC00001u, e), 0x7FC00000u);
}

TEST(FpSpecial, FusedMultiplyAddPutsTheAddendFirst) {
  Environment e;
  EXPECT_EQ(fp::multiply_add(0x7FC00001u, 0x7FC00002u, 0x7FC00003u, e), 0x7FC00001u);
  EXPECT_EQ(fp::multiply_add(0x7FC00001u, kOne, 0x7F800003u, e), 0x7FC00003u);
  EXPECT_EQ(e.flags, fp::kIoc);
  e.flags = 0;
  EXPECT_EQ(fp::multiply_add(0x7FC00001u, kInf, 0u, e), 0x7FC00000u) << "infinity * 0 + quiet NaN";
  EXPECT_EQ(e.flags, fp::kIoc);
}

TEST(FpSpecial, DenormalOperandsAreFlushedWithTheirFlag) {
  Environment e;
  EXPECT_EQ(fp::add(kDenormal, kOne, e), kOne);
  EXPECT_EQ(e.flags, fp::kIxc);
  e = {};
  e.flush_to_zero = true;
  EXPECT_EQ(fp::add(kDenormal, kOne, e), kOne);
  EXPECT_EQ(e.flags, fp::kIdc);
  e.flags = 0;
  EXPECT_EQ(fp::add(kDenormal, kQuiet, e), kQuiet);
  EXPECT_EQ(e.flags, fp::kIdc) << "operands are unpacked before NaNs are looked at";
  EXPECT_EQ(fp::compare(kDenormal, 0x80000000u, false, e), fp::Relation::Equal);
}

TEST(FpSpecial, DenormalResultsAreFlushedBeforeRounding) {
  Environment e;
  e.flush_to_zero = true;
  EXPECT_EQ(fp::multiply(0x80800000u, 0x3F000000u, e), 0x80000000u);
  EXPECT_EQ(e.flags, fp::kUfc) << "no inexact";
  e.flags = 0;
  // Just below the least normal number: would round up to it, but is tiny before.
  EXPECT_EQ(fp::multiply(0x00FFFFFFu, 0x3F000000u, e), 0u);
  EXPECT_EQ(e.flags, fp::kUfc);
  e = {};
  EXPECT_EQ(fp::multiply(0x00FFFFFFu, 0x3F000000u, e), kLeast);
  EXPECT_EQ(e.flags, fp::kUfc | fp::kIxc);
}

TEST(FpSpecial, ExactDenormalResultsDoNotUnderflow) {
  Environment e;
  EXPECT_EQ(fp::multiply(kLeast, 0x3F000000u, e), 0x00400000u);
  EXPECT_EQ(e.flags, 0u);
}

TEST(FpSpecial, ExactZeroSumsAreNegativeWhenRoundingDown) {
  for (const auto mode : {Rounding::Nearest, Rounding::PlusInfinity, Rounding::MinusInfinity, Rounding::Zero}) {
    Environment e;
    e.rounding = mode;
    const u32 expected = mode == Rounding::MinusInfinity ? 0x80000000u : 0;
    EXPECT_EQ(fp::subtract(kOne, kOne, e), expected);
    EXPECT_EQ(fp::add(0u, 0x80000000u, e), expected);
    EXPECT_EQ(fp::multiply_add(0xBF800000u, kOne, kOne, e), expected);
  }
}

TEST(FpSpecial, MaximumAndMinimumOrderZerosAndPropagateNans) {
  Environment e;
  EXPECT_EQ(fp::maximum(0x80000000u, 0u, e), 0u);
  EXPECT_EQ(fp::minimum(0u, 0x80000000u, e), 0x80000000u);
  EXPECT_EQ(fp::maximum(kOne, kTwo, e), kTwo);
  EXPECT_EQ(fp::minimum(kOne, kTwo, e), kOne);
  EXPECT_EQ(fp::maximum(kOne, kQuiet, e), kQuiet);
  e.flush_to_zero = true;
  EXPECT_EQ(fp::maximum(kDenormal, 0xBF800000u, e), 0u);
}

// The value of a half-precision pattern, by its definition.
double half_value(u16 h, bool alternative) {
  const int exponent = h >> 10 & 31, fraction = h & 1023;
  double v = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
  if (exponent == 31 && !alternative) v = INFINITY;
  return (h & 0x8000) != 0 ? -v : v;
}

TEST(FpSpecial, EveryHalfIsWidenedExactlyAndComesBack) {
  for (const bool alternative : {false, true}) {
    for (u32 i = 0; i < 0x10000; ++i) {
      const u16 h = static_cast<u16>(i);
      Environment e;
      e.alternative_half = alternative;
      e.flush_to_zero = true;  // has no say here
      const u32 single = fp::convert<u32>(h, e);
      const bool nan = !alternative && (h & 0x7C00) == 0x7C00 && (h & 0x3FF) != 0;
      if (nan) {
        ASSERT_EQ(single, (u32{h} & 0x8000) << 16 | 0x7FC00000 | (u32{h} & 0x3FF) << 13);
        ASSERT_EQ(e.flags, (h & 0x200) != 0 ? 0u : fp::kIoc);
        continue;
      }
      ASSERT_EQ(std::bit_cast<float>(single), static_cast<float>(half_value(h, alternative))) << std::hex << i;
      ASSERT_EQ(single >> 31, i >> 15);
      ASSERT_EQ((fp::convert<u16>(single, e)), h);
      ASSERT_EQ(fp::convert<u16>(fp::convert<u64>(h, e), e), h);
      ASSERT_EQ(e.flags, 0u);
    }
  }
}

/// The half nearest to `single` in the direction of `mode`, found by search among all of them.
TEST(FpSpecial, NarrowingToHalfPicksTheRightNeighbour) {
  test::Operands<u16> near(21);
  test::Operands<u32> any(22);
  for (unsigned i = 0; i < 200'000; ++i) {
    Environment wide;
    u32 single = any.next();
    if (i % 4 != 0) single = fp::convert<u32>(near.next(), wide) + static_cast<u32>(any.raw() % 0x4001) - 0x2000;
    if (fp::absolute(single) >= kInf) continue;
    const double value = std::bit_cast<float>(single);
    for (unsigned mode = 0; mode < 4; ++mode) {
      Environment e;
      e.rounding = static_cast<Rounding>(mode);
      const u16 half = fp::convert<u16>(single, e);
      const double result = half_value(half, false);
      const bool overflow = (e.flags & fp::kOfc) != 0;
      ASSERT_EQ((e.flags & fp::kIxc) != 0, result != value) << std::hex << single;
      if (overflow) {
        ASSERT_GT(std::fabs(value), 65504.0);
        continue;
      }
      ASSERT_EQ((e.flags & fp::kUfc) != 0, result != value && std::fabs(value) < std::ldexp(1, -14));
      if (result == value) continue;
      const double up = half_value(static_cast<u16>(half + 1), true),
                   down = half_value(static_cast<u16>(half - 1), true);
      switch (e.rounding) {
        case Rounding::PlusInfinity: ASSERT_GT(result, value); break;
        case Rounding::MinusInfinity: ASSERT_LT(result, value); break;
        case Rounding::Zero: ASSERT_LT(std::fabs(result), std::fabs(value)); break;
        case Rounding::Nearest:
          ASSERT_LE(std::fabs(result - value), std::fabs(up - value));
          if ((half & 0x7FFF) != 0) {
            ASSERT_LE(std::fabs(result - value), std::fabs(down - value));
          }
          if (std::fabs(result - value) == std::fabs(up - value)) {
            ASSERT_EQ(half & 1, 0);
          }
      }
      if (e.rounding != Rounding::Nearest) {  // no other half lies between
        const bool outward = std::fabs(result) > std::fabs(value);
        const u16 neighbour = static_cast<u16>(outward ? half - 1 : half + 1);
        const double other = half_value(neighbour, true);
        ASSERT_TRUE(outward ? std::fabs(other) < std::fabs(value) : std::fabs(other) > std::fabs(value))
            << std::hex << single;
      }
    }
  }
}

TEST(FpSpecial, AlternativeHalfPrecisionHasNeitherNansNorInfinities) {
  Environment e;
  e.alternative_half = true;
  EXPECT_EQ(fp::convert<u16>(kInf, e), 0x7FFF);
  EXPECT_EQ(e.flags, fp::kIoc);
  e.flags = 0;
  EXPECT_EQ(fp::convert<u16>(0xFFC00000u, e), 0x8000);
  EXPECT_EQ(e.flags, fp::kIoc);
  e.flags = 0;
  EXPECT_EQ(fp::convert<u16>(0xC8000000u, e), 0xFFFF) << "-131072 overflows";
  EXPECT_EQ(e.flags, fp::kIoc);
  e.flags = 0;
  EXPECT_EQ(fp::convert<u16>(0x47FFE000u, e), 0x7FFF) << "131008 is the largest";
  EXPECT_EQ(e.flags, 0u);
}

TEST(FpSpecial, NansChangeFormatKeepingTheirLeadingBits) {
  Environment e;
  EXPECT_EQ(fp::convert<u64>(0xFF812345u, e), 0xFFF8000000000000u | u64{0x012345} << 29);
  EXPECT_EQ(e.flags, fp::kIoc);
  EXPECT_EQ(fp::convert<u32>(u64{0x7FF8000020000001}, e), 0x7FC00001u);
  EXPECT_EQ((fp::convert<u16>(0x7FC02000u, e)), 0x7E01);
}

TEST(FpSpecial, FixedPointSaturatesAtEachWidth) {
  Environment e;
  EXPECT_EQ(fp::to_fixed(0x47000000u, 0, true, 16, e), 0x7FFFu);
  EXPECT_EQ(fp::to_fixed(0xC7000000u, 0, true, 16, e), static_cast<u64>(-32768));
  EXPECT_EQ(e.flags, fp::kIoc);
  e.flags = 0;
  EXPECT_EQ(fp::to_fixed(0xC7000000u, 0, true, 16, e), static_cast<u64>(-32768));
  EXPECT_EQ(e.flags, 0u);
  EXPECT_EQ(fp::to_fixed(0x3F400000u, 4, false, 16, e), 12u);
  EXPECT_EQ(fp::to_fixed(kQuiet, 4, false, 16, e), 0u);
  EXPECT_EQ(e.flags, fp::kIoc);
  EXPECT_EQ(fp::from_fixed<u32>(12, 4, false, e), 0x3F400000u);
}

TEST(FpSpecial, EstimatesAreWithinTheirPrecision) {
  for (u32 i = 0; i < 0x8000; ++i) {
    Environment e;
    const u32 a = kOne + i * 0x100;
    const double value = std::bit_cast<float>(a);
    const double reciprocal = std::bit_cast<float>(fp::reciprocal_estimate(a, e));
    const double root = std::bit_cast<float>(fp::reciprocal_root_estimate(a, e));
    ASSERT_NEAR(reciprocal * value, 1.0, 1.0 / 256);
    ASSERT_NEAR(root * std::sqrt(value), 1.0, 1.0 / 256);
    ASSERT_EQ(e.flags, 0u);
  }
  Environment e = Environment::standard(0);
  EXPECT_EQ(fp::reciprocal_estimate(0x80000001u, e), 0xFF800000u);
  EXPECT_EQ(e.flags, fp::kDzc | fp::kIdc);
  e.flags = 0;
  EXPECT_EQ(fp::reciprocal_estimate(0x7E800000u, e), 0u);
  EXPECT_EQ(e.flags, fp::kUfc);
  EXPECT_EQ(fp::reciprocal_root_estimate(0xBF800000u, e), 0x7FC00000u);
  EXPECT_EQ(fp::unsigned_reciprocal_estimate(0x7FFFFFFFu), ~0u);
  EXPECT_EQ(fp::unsigned_reciprocal_estimate(0x80000000u), 0xFF800000u);
  EXPECT_EQ(fp::unsigned_reciprocal_root_estimate(0x3FFFFFFFu), ~0u);
}

TEST(FpSpecial, NewtonRaphsonSteps) {
  Environment e = Environment::standard(0);
  EXPECT_EQ(fp::reciprocal_step(kOne, kOne, e), kOne);
  EXPECT_EQ(fp::reciprocal_step(kInf, kDenormal, e), kTwo);
  EXPECT_EQ(fp::reciprocal_root_step(kOne, kOne, e), kOne);
  EXPECT_EQ(fp::reciprocal_root_step(0u, 0xFF800000u, e), 0x3FC00000u);
}

}  // namespace
}  // namespace hypsim
