// SPDX-License-Identifier: Apache-2.0
// Reciprocal and reciprocal square root: estimates and steps. ARM DDI 0406C A2.7.8
#include "sim/cpu/fp/unpacked.h"

namespace hypsim::fp {

namespace {

/// recip_estimate() for a number in [0.5, 1.0) given as its nine leading bits, 256..511. The result is nine bits that
/// stand for [1.0, 2.0) in steps of 1/256.
u32 reciprocal_of(u32 q) {
  const u32 divisor = 2 * q + 1;  // the middle of the interval, in units of 1/1024
  const u32 twice = (1u << 19) / divisor;
  return (twice + 1) / 2;
}

/// recip_sqrt_estimate() for a number in [0.25, 1.0) given as its nine leading bits, 128..511.
u32 reciprocal_root_of(u32 q) {
  // Below 0.5 an interval is 1/512 wide, above it 1/256: the middle in units of 1/1024.
  const u32 middle = q < 256 ? 2 * q + 1 : (q & ~1u) * 2 + 2;
  u32 root = 512;
  while (middle * (root + 1) * (root + 1) < (1u << 28)) ++root;
  return (root + 1) / 2;
}

constexpr u32 kTwo = 0x40000000, kThree = 0x40400000, kOneAndHalf = 0x3FC00000;

bool infinity_times_zero(u32 a, u32 b, Environment& env) {
  const Kind ka = unpack(a, env).kind, kb = unpack(b, env).kind;
  return (ka == Kind::Infinity && kb == Kind::Zero) || (ka == Kind::Zero && kb == Kind::Infinity);
}

}  // namespace

u32 unsigned_reciprocal_estimate(u32 a) {
  if (!bit(a, 31)) return ~0u;
  return reciprocal_of(a >> 23) << 23;
}

u32 unsigned_reciprocal_root_estimate(u32 a) {
  if (bits(a, 31, 30) == 0) return ~0u;
  return reciprocal_root_of(a >> 23) << 23;
}

u32 reciprocal_estimate(u32 a, Environment& env) {
  const Unpacked u = unpack(a, env);
  if (u.nan()) return process_nan(a, u.kind, env);
  if (u.kind == Kind::Infinity) return zero<u32>(u.negative);
  if (u.kind == Kind::Zero) {
    env.flags |= kDzc;
    return infinity<u32>(u.negative);
  }
  if (u.exponent >= 126) {  // the reciprocal is a denormal: flushed
    env.flags |= kUfc;
    return zero<u32>(u.negative);
  }
  const u32 estimate = reciprocal_of(static_cast<u32>(u.significand >> 55));
  const u32 exponent = static_cast<u32>(253 - (u.exponent + 127));
  return zero<u32>(u.negative) | exponent << 23 | (estimate & 0xFF) << 15;
}

u32 reciprocal_root_estimate(u32 a, Environment& env) {
  const Unpacked u = unpack(a, env);
  if (u.nan()) return process_nan(a, u.kind, env);
  if (u.kind == Kind::Zero) {
    env.flags |= kDzc;
    return infinity<u32>(u.negative);
  }
  if (u.negative) return invalid<u32>(env);
  if (u.kind == Kind::Infinity) return 0;
  // Scaled by an even power of two into [0.25, 1.0).
  const int biased = u.exponent + 127;
  const u32 leading = static_cast<u32>(u.significand >> ((biased & 1) != 0 ? 56 : 55));
  const u32 estimate = reciprocal_root_of(leading);
  return static_cast<u32>((380 - biased) / 2) << 23 | (estimate & 0xFF) << 15;
}

u32 reciprocal_step(u32 a, u32 b, Environment& env) {
  if (infinity_times_zero(a, b, env)) return kTwo;
  return subtract(kTwo, multiply(a, b, env), env);
}

u32 reciprocal_root_step(u32 a, u32 b, Environment& env) {
  if (infinity_times_zero(a, b, env)) return kOneAndHalf;
  return divide(subtract(kThree, multiply(a, b, env), env), kTwo, env);
}

}  // namespace hypsim::fp
