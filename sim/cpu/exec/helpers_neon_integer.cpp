// SPDX-License-Identifier: Apache-2.0
// Advanced SIMD integer arithmetic, logic and comparison. ARM DDI 0406C A7.4.1 to A7.4.5
#include "sim/cpu/core.h"
#include "sim/cpu/exec/neon_lanes.h"

namespace hypsim {

namespace {

using ir::NeonLanes;
using ir::NeonLongOp;
using ir::NeonNarrowOp;
using ir::NeonOp;
using ir::NeonUnaryOp;

u64 all_ones(bool condition) { return condition ? ~u64{0} : 0; }
i128 magnitude(i128 v) { return v < 0 ? -v : v; }

u64 polynomial_product(u64 a, u64 b) {
  u64 product = 0;
  for (unsigned i = 0; i < 8; ++i) product ^= bit(b, i) ? a << i : 0;
  return product;
}

/// VSHL, VQSHL, VRSHL, VQRSHL (register): left by the signed low byte of b, negative amounts go right.
u64 shift_by_register(CpuState& s, NeonOp op, u64 a, u64 b, unsigned size, bool is_unsigned) {
  const bool saturating = op == NeonOp::Qshl || op == NeonOp::Qrshl;
  const bool rounding = op == NeonOp::Rshl || op == NeonOp::Qrshl;
  const int amount = static_cast<i8>(b);
  const int width = static_cast<int>(lane_bits(size));
  const i128 value = number(a, size, is_unsigned);
  if (amount < 0) {
    const int right = -amount;
    if (rounding) return right > width ? 0 : static_cast<u64>((value + (i128{1} << (right - 1))) >> right);
    return static_cast<u64>(value >> (right > width ? width : right));
  }
  if (amount >= width) {
    if (!saturating || value == 0) return 0;
    return saturate(s, value < 0 ? -(i128{1} << 100) : i128{1} << 100, size, is_unsigned);
  }
  const i128 shifted = value * (i128{1} << amount);
  return saturating ? saturate(s, shifted, size, is_unsigned) : static_cast<u64>(shifted);
}

u64 compute(CpuState& s, NeonOp op, u64 d, u64 a, u64 b, unsigned size, bool is_unsigned) {
  const i128 x = number(a, size, is_unsigned), y = number(b, size, is_unsigned);
  switch (op) {
    case NeonOp::Hadd: return static_cast<u64>((x + y) >> 1);
    case NeonOp::Rhadd: return static_cast<u64>((x + y + 1) >> 1);
    case NeonOp::Hsub: return static_cast<u64>((x - y) >> 1);
    case NeonOp::Qadd: return saturate(s, x + y, size, is_unsigned);
    case NeonOp::Qsub: return saturate(s, x - y, size, is_unsigned);
    case NeonOp::And: return a & b;
    case NeonOp::Bic: return a & ~b;
    case NeonOp::Orr: return a | b;
    case NeonOp::Orn: return a | ~b;
    case NeonOp::Eor: return a ^ b;
    case NeonOp::Bsl: return (a & d) | (b & ~d);
    case NeonOp::Bit: return (a & b) | (d & ~b);
    case NeonOp::Bif: return (d & b) | (a & ~b);
    case NeonOp::Cgt: return all_ones(x > y);
    case NeonOp::Cge: return all_ones(x >= y);
    case NeonOp::Ceq: return all_ones(a == b);
    case NeonOp::Tst: return all_ones((a & b) != 0);
    case NeonOp::Shl:
    case NeonOp::Qshl:
    case NeonOp::Rshl:
    case NeonOp::Qrshl: return shift_by_register(s, op, a, b, size, is_unsigned);
    case NeonOp::Max: return x > y ? a : b;
    case NeonOp::Min: return x < y ? a : b;
    case NeonOp::Abd: return static_cast<u64>(magnitude(x - y));
    case NeonOp::Aba: return d + static_cast<u64>(magnitude(x - y));
    case NeonOp::Add: return a + b;
    case NeonOp::Sub: return a - b;
    case NeonOp::Mla: return d + a * b;
    case NeonOp::Mls: return d - a * b;
    case NeonOp::Mul: return a * b;
    case NeonOp::PolyMul: return polynomial_product(a, b);
    case NeonOp::Qdmulh: return saturate(s, (2 * x * y) >> lane_bits(size), size, false);
    case NeonOp::Qrdmulh:
      return saturate(s, (2 * x * y + (i128{1} << (lane_bits(size) - 1))) >> lane_bits(size), size, false);
  }
  return 0;
}

u64 compute_long(CpuState& s, NeonLongOp op, u64 d, i128 x, i128 y, unsigned wide) {
  const auto doubled = [&] { return number(saturate(s, 2 * x * y, wide, false), wide, false); };
  switch (op) {
    case NeonLongOp::Add:
    case NeonLongOp::AddWide: return static_cast<u64>(x + y);
    case NeonLongOp::Sub:
    case NeonLongOp::SubWide: return static_cast<u64>(x - y);
    case NeonLongOp::Abd: return static_cast<u64>(magnitude(x - y));
    case NeonLongOp::Aba: return d + static_cast<u64>(magnitude(x - y));
    case NeonLongOp::Mla: return d + static_cast<u64>(x * y);
    case NeonLongOp::Mls: return d - static_cast<u64>(x * y);
    case NeonLongOp::Mul: return static_cast<u64>(x * y);
    case NeonLongOp::Qdmla: return saturate(s, number(d, wide, false) + doubled(), wide, false);
    case NeonLongOp::Qdmls: return saturate(s, number(d, wide, false) - doubled(), wide, false);
    case NeonLongOp::Qdmul: return saturate(s, 2 * x * y, wide, false);
    case NeonLongOp::PolyMul: return polynomial_product(static_cast<u64>(x), static_cast<u64>(y));
  }
  return 0;
}

/// Lanes of b within groups of 1 << group bytes in reverse.
u64 reversed(const Lanes& b, unsigned i, unsigned size, unsigned group) {
  const unsigned last = (1u << (group - size)) - 1;
  return b.get(size, i ^ last);
}

u64 compute_unary(CpuState& s, NeonUnaryOp op, const Lanes& b, unsigned i, unsigned size) {
  const u64 lane = b.get(size, i);
  const i128 x = number(lane, size, false);
  const int unused = static_cast<int>(64 - lane_bits(size));
  switch (op) {
    case NeonUnaryOp::Rev64: return reversed(b, i, size, 3);
    case NeonUnaryOp::Rev32: return reversed(b, i, size, 2);
    case NeonUnaryOp::Rev16: return reversed(b, i, size, 1);
    case NeonUnaryOp::Cls: return static_cast<u64>(std::countl_zero(static_cast<u64>(x < 0 ? ~x : x)) - unused - 1);
    case NeonUnaryOp::Clz: return static_cast<u64>(std::countl_zero(lane) - unused);
    case NeonUnaryOp::Cnt: return static_cast<u64>(std::popcount(lane));
    case NeonUnaryOp::Mvn: return ~lane;
    case NeonUnaryOp::Qabs: return saturate(s, magnitude(x), size, false);
    case NeonUnaryOp::Qneg: return saturate(s, -x, size, false);
    case NeonUnaryOp::CgtZero: return all_ones(x > 0);
    case NeonUnaryOp::CgeZero: return all_ones(x >= 0);
    case NeonUnaryOp::CeqZero: return all_ones(x == 0);
    case NeonUnaryOp::CleZero: return all_ones(x <= 0);
    case NeonUnaryOp::CltZero: return all_ones(x < 0);
    case NeonUnaryOp::Abs: return static_cast<u64>(magnitude(x));
    case NeonUnaryOp::Neg: return static_cast<u64>(-x);
    case NeonUnaryOp::Recpe: return fp::unsigned_reciprocal_estimate(static_cast<u32>(lane));
    case NeonUnaryOp::Rsqrte: return fp::unsigned_reciprocal_root_estimate(static_cast<u32>(lane));
  }
  return 0;
}

}  // namespace

bool helper_neon_lanes(Core& core, const ir::MicroOp& op) {
  const auto how = NeonLanes::unpack(op.imm2);
  CpuState& s = core.state();
  Lanes d = read_lanes(s, op.d, how.quad);
  const Lanes a = read_lanes(s, op.a, how.quad), b = read_lanes(s, op.b, how.quad && !how.by_scalar);
  for (unsigned i = 0; i < lane_count(how.size, how.quad); ++i) {
    const u64 y = b.get(how.size, how.by_scalar ? how.amount : i);
    d.set(how.size, i,
          compute(s, how.as<NeonOp>(), d.get(how.size, i), a.get(how.size, i), y, how.size, how.is_unsigned));
  }
  write_lanes(s, op.d, how.quad, d);
  return true;
}

bool helper_neon_pairs(Core& core, const ir::MicroOp& op) {
  const auto how = NeonLanes::unpack(op.imm2);
  CpuState& s = core.state();
  const Lanes both{{s.d[op.a], s.d[op.b]}};
  Lanes d;
  for (unsigned i = 0; i < lane_count(how.size, false); ++i) {
    const u64 x = both.get(how.size, 2 * i), y = both.get(how.size, 2 * i + 1);
    d.set(how.size, i, compute(s, how.as<NeonOp>(), 0, x, y, how.size, how.is_unsigned));
  }
  write_lanes(s, op.d, false, d);
  return true;
}

bool helper_neon_long(Core& core, const ir::MicroOp& op) {
  const auto how = NeonLanes::unpack(op.imm2);
  CpuState& s = core.state();
  const auto which = how.as<NeonLongOp>();
  const bool wide_a = which == NeonLongOp::AddWide || which == NeonLongOp::SubWide;
  const unsigned wide = how.size + 1u;
  Lanes d = read_lanes(s, op.d, true);
  const Lanes a = read_lanes(s, op.a, wide_a), b = read_lanes(s, op.b, false);
  for (unsigned i = 0; i < lane_count(wide, true); ++i) {
    const unsigned a_size = wide_a ? wide : how.size;
    const i128 x = number(a.get(a_size, i), a_size, how.is_unsigned);
    const i128 y = number(b.get(how.size, how.by_scalar ? how.amount : i), how.size, how.is_unsigned);
    d.set(wide, i, compute_long(s, which, d.get(wide, i), x, y, wide));
  }
  write_lanes(s, op.d, true, d);
  return true;
}

bool helper_neon_high_narrow(Core& core, const ir::MicroOp& op) {
  const auto how = NeonLanes::unpack(op.imm2);
  CpuState& s = core.state();
  const auto which = how.as<NeonNarrowOp>();
  const bool subtract = which == NeonNarrowOp::Sub || which == NeonNarrowOp::SubRound;
  const bool round = which == NeonNarrowOp::AddRound || which == NeonNarrowOp::SubRound;
  const Lanes a = read_lanes(s, op.a, true), b = read_lanes(s, op.b, true);
  Lanes d;
  for (unsigned i = 0; i < lane_count(how.size, false); ++i) {
    const u64 x = a.get(how.size + 1u, i), y = b.get(how.size + 1u, i);
    const u64 sum = (subtract ? x - y : x + y) + (round ? u64{1} << (lane_bits(how.size) - 1) : 0);
    d.set(how.size, i, sum >> lane_bits(how.size));
  }
  write_lanes(s, op.d, false, d);
  return true;
}

bool helper_neon_unary(Core& core, const ir::MicroOp& op) {
  const auto how = NeonLanes::unpack(op.imm2);
  CpuState& s = core.state();
  const Lanes b = read_lanes(s, op.b, how.quad);
  Lanes d;
  for (unsigned i = 0; i < lane_count(how.size, how.quad); ++i)
    d.set(how.size, i, compute_unary(s, how.as<NeonUnaryOp>(), b, i, how.size));
  write_lanes(s, op.d, how.quad, d);
  return true;
}

bool helper_neon_add_pairs_long(Core& core, const ir::MicroOp& op) {
  const auto how = NeonLanes::unpack(op.imm2);
  CpuState& s = core.state();
  const unsigned wide = how.size + 1u;
  const Lanes b = read_lanes(s, op.b, how.quad);
  Lanes d = read_lanes(s, op.d, how.quad);
  for (unsigned i = 0; i < lane_count(wide, how.quad); ++i) {
    const i128 sum = number(b.get(how.size, 2 * i), how.size, how.is_unsigned) +
                     number(b.get(how.size, 2 * i + 1), how.size, how.is_unsigned);
    d.set(wide, i, static_cast<u64>(sum) + (how.amount != 0 ? d.get(wide, i) : 0));
  }
  write_lanes(s, op.d, how.quad, d);
  return true;
}

}  // namespace hypsim
