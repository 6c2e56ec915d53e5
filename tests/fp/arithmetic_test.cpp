// SPDX-License-Identifier: Apache-2.0
// The integer arithmetic against the host's IEEE 754 hardware: results in all four rounding modes, and exception flags
// where both architectures define them alike. NaN payloads, denormal flushing and underflow (which the host may detect
// after rounding, ARM before) have tests of their own.
#include <fenv.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "tests/fp/operands.h"

namespace hypsim {
namespace {

using fp::Environment;
using fp::Rounding;

constexpr int kHostRounding[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
constexpr unsigned kRounds = 400'000;

template <class Bits>
struct HostType;
template <>
struct HostType<u32> {
  using Type = float;
};
template <>
struct HostType<u64> {
  using Type = double;
};

u32 arm_flags(int host) {
  return ((host & FE_INVALID) ? fp::kIoc : 0) | ((host & FE_DIVBYZERO) ? fp::kDzc : 0) |
         ((host & FE_OVERFLOW) ? fp::kOfc : 0) | ((host & FE_INEXACT) ? fp::kIxc : 0);
}

template <class Bits>
bool is_nan(Bits a) {
  return fp::absolute(a) > fp::kInfinity<Bits>;
}

/// Runs `host` (on host numbers) and `ours` (on patterns) on random triples and compares.
template <class Bits, class HostFunction, class OurFunction>
void compare_all(const char* name, HostFunction host, OurFunction ours) {
  using Float = typename HostType<Bits>::Type;
  test::Operands<Bits> operands(sizeof(Bits));
  unsigned failures = 0;
  for (unsigned i = 0; i < kRounds && failures < 5; ++i) {
    const Bits x = operands.next(), y = operands.next(), z = operands.next();
    for (int mode = 0; mode < 4; ++mode) {
      const volatile Float a = std::bit_cast<Float>(x), b = std::bit_cast<Float>(y), c = std::bit_cast<Float>(z);
      fesetround(kHostRounding[mode]);
      feclearexcept(FE_ALL_EXCEPT);
      const volatile Float host_result = host(a, b, c);
      const int host_flags = fetestexcept(FE_ALL_EXCEPT);
      fesetround(FE_TONEAREST);
      Environment env;
      env.rounding = static_cast<Rounding>(mode);
      const Bits result = ours(x, y, z, env);
      const Bits expected = std::bit_cast<Bits>(static_cast<Float>(host_result));
      const bool same = is_nan(expected) ? is_nan(result) : result == expected;
      // Everything the host calls underflow is one before rounding as well.
      const bool underflow = (host_flags & FE_UNDERFLOW) == 0 || (env.flags & fp::kUfc) != 0;
      if (same && underflow && (env.flags & ~(fp::kUfc | fp::kIdc)) == arm_flags(host_flags)) continue;
      ++failures;
      ADD_FAILURE() << name << std::hex << " mode " << mode << ": " << +x << ' ' << +y << ' ' << +z << " gives "
                    << +result << " flags " << env.flags << ", host " << +expected << " flags "
                    << arm_flags(host_flags);
    }
  }
}

template <class Bits>
void compare_format() {
  compare_all<Bits>(
      "add", [](auto a, auto b, auto) { return a + b; },
      [](Bits a, Bits b, Bits, Environment& e) { return fp::add(a, b, e); });
  compare_all<Bits>(
      "subtract", [](auto a, auto b, auto) { return a - b; },
      [](Bits a, Bits b, Bits, Environment& e) { return fp::subtract(a, b, e); });
  compare_all<Bits>(
      "multiply", [](auto a, auto b, auto) { return a * b; },
      [](Bits a, Bits b, Bits, Environment& e) { return fp::multiply(a, b, e); });
  compare_all<Bits>(
      "divide", [](auto a, auto b, auto) { return a / b; },
      [](Bits a, Bits b, Bits, Environment& e) { return fp::divide(a, b, e); });
  compare_all<Bits>(
      "square root", [](auto a, auto, auto) { return std::sqrt(a); },
      [](Bits a, Bits, Bits, Environment& e) { return fp::square_root(a, e); });
}

TEST(FpArithmetic, SinglePrecisionAgreesWithTheHost) { compare_format<u32>(); }

TEST(FpArithmetic, DoublePrecisionAgreesWithTheHost) { compare_format<u64>(); }

// The host's fma() may be a library routine with flags of its own for NaNs: infinity * 0 + NaN is invalid on ARM alone.
template <class Bits>
void compare_fused() {
  const auto ours = [](Bits a, Bits b, Bits c, Environment& e) {
    const Bits result = fp::multiply_add(c, a, b, e);
    if (is_nan(c)) e.flags = 0;
    return result;
  };
  compare_all<Bits>(
      "fused multiply-add",
      [](auto a, auto b, auto c) {
        const auto result = std::fma(a, b, c);
        if (std::isnan(c)) feclearexcept(FE_ALL_EXCEPT);
        return result;
      },
      ours);
}

TEST(FpArithmetic, FusedMultiplyAddAgreesWithTheHost) {
  compare_fused<u32>();
  compare_fused<u64>();
}

TEST(FpArithmetic, SingleFusedMultiplyAddIsTheDoubleSumRoundedOnceWhereThatIsExact) {
  // A product of singles is exact in double precision; with a sum that is exact too, one rounding is left.
  test::Operands<u32> operands(77);
  unsigned compared = 0;
  for (unsigned i = 0; i < kRounds; ++i) {
    const u32 x = operands.next(), y = operands.next(), z = operands.next();
    if (is_nan(x) || is_nan(y) || is_nan(z)) continue;
    Environment exact, once, direct;
    const u64 product = fp::multiply(fp::convert<u64>(x, exact), fp::convert<u64>(y, exact), exact);
    const u64 sum = fp::add(product, fp::convert<u64>(z, exact), exact);
    if (exact.flags != 0) continue;
    ++compared;
    ASSERT_EQ(fp::multiply_add(z, x, y, direct), fp::convert<u32>(sum, once)) << std::hex << x << ' ' << y << ' ' << z;
    ASSERT_EQ(direct.flags, once.flags);
  }
  EXPECT_GT(compared, kRounds / 10);
}

TEST(FpArithmetic, ConversionsBetweenSingleAndDoubleAgreeWithTheHost) {
  test::Operands<u64> operands(3);
  for (unsigned i = 0; i < kRounds; ++i) {
    const u64 x = operands.next();
    if (is_nan(x)) continue;
    for (int mode = 0; mode < 4; ++mode) {
      const volatile double a = std::bit_cast<double>(x);
      fesetround(kHostRounding[mode]);
      feclearexcept(FE_ALL_EXCEPT);
      const volatile float narrow = static_cast<float>(a);
      const int flags = fetestexcept(FE_ALL_EXCEPT);
      fesetround(FE_TONEAREST);
      Environment env;
      env.rounding = static_cast<Rounding>(mode);
      const u32 ours = fp::convert<u32>(x, env);
      ASSERT_EQ(ours, std::bit_cast<u32>(static_cast<float>(narrow))) << std::hex << x << " mode " << mode;
      ASSERT_EQ(env.flags & ~fp::kUfc, arm_flags(flags)) << std::hex << x;
      Environment back;
      ASSERT_EQ(fp::convert<u64>(ours, back), std::bit_cast<u64>(static_cast<double>(narrow)));
      ASSERT_EQ(back.flags, 0u);
    }
  }
}

TEST(FpArithmetic, ConversionsToIntegersAgreeWithTheHost) {
  test::Operands<u64> operands(5);
  for (unsigned i = 0; i < kRounds; ++i) {
    u64 x = operands.next();
    if (i % 2 == 0) x = (x & ~(u64{0x7FF} << 52)) | (u64{1023} + operands.raw() % 36) << 52;
    if (is_nan(x)) continue;
    for (int mode = 0; mode < 4; ++mode) {
      fesetround(kHostRounding[mode]);
      const volatile double a = std::bit_cast<double>(x);
      const volatile double whole = std::rint(a);
      fesetround(FE_TONEAREST);
      const double value = whole;
      Environment s, u;
      s.rounding = u.rounding = static_cast<Rounding>(mode);
      const i64 as_signed = static_cast<i64>(fp::to_fixed(x, 0, true, 32, s));
      const u64 as_unsigned = fp::to_fixed(x, 0, false, 32, u);
      const bool fits_signed = value >= -2147483648.0 && value <= 2147483647.0;
      const bool fits_unsigned = value >= 0.0 && value <= 4294967295.0;
      const u32 inexact = value != a ? fp::kIxc : 0;
      ASSERT_EQ(as_signed, fits_signed ? static_cast<i64>(value)
                           : value < 0 ? -2147483648LL
                                       : 2147483647LL)
          << std::hex << x;
      ASSERT_EQ(s.flags, fits_signed ? inexact : fp::kIoc) << std::hex << x;
      ASSERT_EQ(as_unsigned, fits_unsigned ? static_cast<u64>(value) : value < 0 ? 0 : 0xFFFFFFFFu) << std::hex << x;
      ASSERT_EQ(u.flags, fits_unsigned ? inexact : fp::kIoc) << std::hex << x;
    }
  }
}

TEST(FpArithmetic, ConversionsFromIntegersAgreeWithTheHost) {
  test::Operands<u32> operands(9);
  for (unsigned i = 0; i < kRounds; ++i) {
    const u32 x = static_cast<u32>(operands.raw() >> (operands.raw() % 32));
    for (int mode = 0; mode < 4; ++mode) {
      fesetround(kHostRounding[mode]);
      const volatile i32 s = static_cast<i32>(x);
      const volatile u32 u = x;
      const volatile float fs = static_cast<float>(s), fu = static_cast<float>(u);
      fesetround(FE_TONEAREST);
      Environment env;
      env.rounding = static_cast<Rounding>(mode);
      ASSERT_EQ(fp::from_fixed<u32>(static_cast<u64>(i64{s}), 0, true, env),
                std::bit_cast<u32>(static_cast<float>(fs)));
      ASSERT_EQ(fp::from_fixed<u32>(x, 0, false, env), std::bit_cast<u32>(static_cast<float>(fu)));
      ASSERT_EQ(fp::from_fixed<u64>(x, 7, false, env), std::bit_cast<u64>(static_cast<double>(x) / 128));
    }
  }
}

TEST(FpArithmetic, ComparisonAgreesWithTheHost) {
  test::Operands<u32> operands(11);
  for (unsigned i = 0; i < kRounds; ++i) {
    const u32 x = operands.next(), y = i % 3 == 0 ? x ^ (i % 2 ? 0 : 0x80000000) : operands.next();
    const float a = std::bit_cast<float>(x), b = std::bit_cast<float>(y);
    const auto expected = std::isnan(a) || std::isnan(b) ? fp::Relation::Unordered
                          : a < b                        ? fp::Relation::Less
                          : a > b                        ? fp::Relation::Greater
                                                         : fp::Relation::Equal;
    Environment env;
    ASSERT_EQ(fp::compare(x, y, true, env), expected) << std::hex << x << ' ' << y;
    ASSERT_EQ(env.flags, expected == fp::Relation::Unordered ? fp::kIoc : 0u);
  }
}

}  // namespace
}  // namespace hypsim
