// SPDX-License-Identifier: Apache-2.0
// Advanced SIMD floating-point: single precision, always with StandardFPSCRValue(): round to nearest, flush to zero,
// default NaN. The cumulative flags are those of the FPSCR. ARM DDI 0406C A2.7.4
#include "sim/cpu/core.h"
#include "sim/cpu/exec/neon_lanes.h"

namespace hypsim {

namespace {

using fp::Environment;
using fp::Relation;
using ir::NeonFloatOp;
using ir::NeonFloatUnaryOp;
using ir::NeonLanes;

u32 all_ones(bool condition) { return condition ? ~0u : 0; }

/// FPCompareGE, FPCompareGT: any NaN is invalid. FPCompareEQ: a signalling one only.
u32 greater(u32 a, u32 b, bool or_equal, Environment& env) {
  const Relation r = fp::compare(a, b, true, env);
  return all_ones(r == Relation::Greater || (or_equal && r == Relation::Equal));
}
u32 equal(u32 a, u32 b, Environment& env) { return all_ones(fp::compare(a, b, false, env) == Relation::Equal); }

u32 compute(NeonFloatOp op, u32 d, u32 a, u32 b, Environment& env) {
  switch (op) {
    case NeonFloatOp::Add: return fp::add(a, b, env);
    case NeonFloatOp::Sub: return fp::subtract(a, b, env);
    case NeonFloatOp::Mul: return fp::multiply(a, b, env);
    case NeonFloatOp::Mla: return fp::add(d, fp::multiply(a, b, env), env);
    case NeonFloatOp::Mls: return fp::add(d, fp::negate(fp::multiply(a, b, env)), env);
    case NeonFloatOp::Fma: return fp::multiply_add(d, a, b, env);
    case NeonFloatOp::Fms: return fp::multiply_add(d, fp::negate(a), b, env);
    case NeonFloatOp::Abd: return fp::absolute(fp::subtract(a, b, env));
    case NeonFloatOp::Max: return fp::maximum(a, b, env);
    case NeonFloatOp::Min: return fp::minimum(a, b, env);
    case NeonFloatOp::Ceq: return equal(a, b, env);
    case NeonFloatOp::Cge: return greater(a, b, true, env);
    case NeonFloatOp::Cgt: return greater(a, b, false, env);
    case NeonFloatOp::AbsCge: return greater(fp::absolute(a), fp::absolute(b), true, env);
    case NeonFloatOp::AbsCgt: return greater(fp::absolute(a), fp::absolute(b), false, env);
    case NeonFloatOp::Recps: return fp::reciprocal_step(a, b, env);
    case NeonFloatOp::Rsqrts: return fp::reciprocal_root_step(a, b, env);
  }
  return 0;
}

u32 compute_unary(const NeonLanes& how, u32 b, Environment& env) {
  switch (how.as<NeonFloatUnaryOp>()) {
    case NeonFloatUnaryOp::CgtZero: return greater(b, 0, false, env);
    case NeonFloatUnaryOp::CgeZero: return greater(b, 0, true, env);
    case NeonFloatUnaryOp::CeqZero: return equal(b, 0, env);
    case NeonFloatUnaryOp::CleZero: return greater(0, b, true, env);
    case NeonFloatUnaryOp::CltZero: return greater(0, b, false, env);
    case NeonFloatUnaryOp::Abs: return fp::absolute(b);
    case NeonFloatUnaryOp::Neg: return fp::negate(b);
    case NeonFloatUnaryOp::Recpe: return fp::reciprocal_estimate(b, env);
    case NeonFloatUnaryOp::Rsqrte: return fp::reciprocal_root_estimate(b, env);
    case NeonFloatUnaryOp::ToFixed: {
      Environment toward_zero = env.with_rounding(fp::Rounding::Zero);
      const u64 value = fp::to_fixed(b, how.amount, !how.is_unsigned, 32, toward_zero);
      env.flags = toward_zero.flags;
      return static_cast<u32>(value);
    }
    case NeonFloatUnaryOp::FromFixed: {
      const u64 value = how.is_unsigned ? u64{b} : static_cast<u64>(i64{static_cast<i32>(b)});
      return fp::from_fixed<u32>(value, how.amount, !how.is_unsigned, env);
    }
  }
  return 0;
}

u32 lane(const Lanes& v, unsigned i) { return static_cast<u32>(v.get(2, i)); }

}  // namespace

bool helper_neon_float(Core& core, const ir::MicroOp& op) {
  const auto how = NeonLanes::unpack(op.imm2);
  CpuState& s = core.state();
  Environment env = Environment::standard(s.sys.fpscr);
  Lanes d = read_lanes(s, op.d, how.quad);
  const Lanes a = read_lanes(s, op.a, how.quad), b = read_lanes(s, op.b, how.quad && !how.by_scalar);
  for (unsigned i = 0; i < lane_count(2, how.quad); ++i)
    d.set(2, i, compute(how.as<NeonFloatOp>(), lane(d, i), lane(a, i), lane(b, how.by_scalar ? how.amount : i), env));
  write_lanes(s, op.d, how.quad, d);
  accumulate(s, env);
  return true;
}

bool helper_neon_float_pairs(Core& core, const ir::MicroOp& op) {
  const auto how = NeonLanes::unpack(op.imm2);
  CpuState& s = core.state();
  Environment env = Environment::standard(s.sys.fpscr);
  const Lanes both{{s.d[op.a], s.d[op.b]}};
  Lanes d;
  for (unsigned i = 0; i < 2; ++i)
    d.set(2, i, compute(how.as<NeonFloatOp>(), 0, lane(both, 2 * i), lane(both, 2 * i + 1), env));
  write_lanes(s, op.d, false, d);
  accumulate(s, env);
  return true;
}

bool helper_neon_float_unary(Core& core, const ir::MicroOp& op) {
  const auto how = NeonLanes::unpack(op.imm2);
  CpuState& s = core.state();
  Environment env = Environment::standard(s.sys.fpscr);
  const Lanes b = read_lanes(s, op.b, how.quad);
  Lanes d;
  for (unsigned i = 0; i < lane_count(2, how.quad); ++i) d.set(2, i, compute_unary(how, lane(b, i), env));
  write_lanes(s, op.d, how.quad, d);
  accumulate(s, env);
  return true;
}

bool helper_neon_convert_half(Core& core, const ir::MicroOp& op) {
  const auto how = NeonLanes::unpack(op.imm2);
  CpuState& s = core.state();
  Environment env = Environment::standard(s.sys.fpscr);
  const bool to_single = how.op != 0;
  const Lanes b = read_lanes(s, op.b, !to_single);
  Lanes d;
  for (unsigned i = 0; i < 4; ++i) {
    if (to_single) {
      d.set(2, i, fp::convert<u32>(static_cast<u16>(b.get(1, i)), env));
    } else {
      d.set(1, i, fp::convert<u16>(lane(b, i), env));
    }
  }
  write_lanes(s, op.d, to_single, d);
  accumulate(s, env);
  return true;
}

}  // namespace hypsim
