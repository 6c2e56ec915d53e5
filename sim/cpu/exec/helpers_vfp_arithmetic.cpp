// SPDX-License-Identifier: Apache-2.0
// VFP data processing. ARM DDI 0406C A8.8.277 and following
#include "sim/cpu/core.h"
#include "sim/cpu/exec/fp_registers.h"
#include "sim/cpu/ir/fp_operands.h"

namespace hypsim {

namespace {

using fp::Environment;
using ir::VfpOp;

/// The multiply-accumulates of VFPv2 round the product, the fused ones do not.
template <class Bits>
Bits compute(VfpOp op, Bits d, Bits a, Bits b, Environment& env) {
  switch (op) {
    case VfpOp::Add: return fp::add(a, b, env);
    case VfpOp::Sub: return fp::subtract(a, b, env);
    case VfpOp::Mul: return fp::multiply(a, b, env);
    case VfpOp::Nmul: return fp::negate(fp::multiply(a, b, env));
    case VfpOp::Mla: return fp::add(d, fp::multiply(a, b, env), env);
    case VfpOp::Mls: return fp::add(d, fp::negate(fp::multiply(a, b, env)), env);
    case VfpOp::Nmla: return fp::add(fp::negate(d), fp::negate(fp::multiply(a, b, env)), env);
    case VfpOp::Nmls: return fp::add(fp::negate(d), fp::multiply(a, b, env), env);
    case VfpOp::Fma: return fp::multiply_add(d, a, b, env);
    case VfpOp::Fms: return fp::multiply_add(d, fp::negate(a), b, env);
    case VfpOp::Fnma: return fp::multiply_add(fp::negate(d), fp::negate(a), b, env);
    case VfpOp::Fnms: return fp::multiply_add(fp::negate(d), a, b, env);
    case VfpOp::Div: return fp::divide(a, b, env);
    case VfpOp::Sqrt: return fp::square_root(b, env);
    case VfpOp::Abs: return fp::absolute(b);
    case VfpOp::Neg: return fp::negate(b);
    case VfpOp::Mov: break;
  }
  return b;
}

template <class Bits>
void arithmetic(CpuState& s, VfpOp which, const ir::MicroOp& op) {
  Environment env = Environment::of_fpscr(s.sys.fpscr);
  const Bits d = read_fp<Bits>(s, op.d), a = read_fp<Bits>(s, op.a), b = read_fp<Bits>(s, op.b);
  write_fp<Bits>(s, op.d, compute<Bits>(which, d, a, b, env));
  accumulate(s, env);
}

template <class Bits>
void compare(CpuState& s, const ir::VfpCompare& how, const ir::MicroOp& op) {
  Environment env = Environment::of_fpscr(s.sys.fpscr);
  const Bits other = how.with_zero ? Bits{0} : read_fp<Bits>(s, op.b);
  // N, Z, C, V by relation: less, equal, greater, unordered
  static constexpr u32 kFlags[] = {0x8, 0x6, 0x2, 0x3};
  const auto relation = fp::compare(read_fp<Bits>(s, op.d), other, how.signal_quiet, env);
  s.sys.fpscr = with_bits(s.sys.fpscr, 31, 28, kFlags[static_cast<unsigned>(relation)]);
  accumulate(s, env);
}

template <class Bits>
void fixed_point(CpuState& s, const ir::VfpFixed& how, const ir::MicroOp& op) {
  Environment env =
      Environment::of_fpscr(s.sys.fpscr).with_rounding(how.to_fixed ? fp::Rounding::Zero : fp::Rounding::Nearest);
  const Bits operand = read_fp<Bits>(s, op.d);
  if (how.to_fixed) {
    write_fp<Bits>(s, op.d, static_cast<Bits>(fp::to_fixed(operand, how.fraction_bits, how.is_signed, how.width, env)));
  } else {
    const u32 low = static_cast<u32>(operand & mask64(how.width - 1u, 0));
    const u64 value = how.is_signed ? static_cast<u64>(i64{sign_extend(low, how.width)}) : low;
    write_fp<Bits>(s, op.d, fp::from_fixed<Bits>(value, how.fraction_bits, how.is_signed, env));
  }
  accumulate(s, env);
}

}  // namespace

bool helper_vfp_arithmetic(Core& core, const ir::MicroOp& op) {
  const auto how = ir::VfpArithmetic::unpack(op.imm2);
  const auto run = how.dbl ? &arithmetic<u64> : &arithmetic<u32>;
  run(core.state(), how.op, op);
  return true;
}

bool helper_vfp_compare(Core& core, const ir::MicroOp& op) {
  const auto how = ir::VfpCompare::unpack(op.imm2);
  const auto run = how.dbl ? &compare<u64> : &compare<u32>;
  run(core.state(), how, op);
  return true;
}

bool helper_vfp_convert(Core& core, const ir::MicroOp& op) {
  const auto how = ir::VfpConversion::unpack(op.imm2);
  CpuState& s = core.state();
  Environment env = Environment::of_fpscr(s.sys.fpscr);
  const unsigned lsb = how.top ? 16 : 0;
  switch (how.formats) {
    case ir::VfpFormats::SingleToDouble: write_fp<u64>(s, op.d, fp::convert<u64>(read_fp<u32>(s, op.b), env)); break;
    case ir::VfpFormats::DoubleToSingle: write_fp<u32>(s, op.d, fp::convert<u32>(read_fp<u64>(s, op.b), env)); break;
    case ir::VfpFormats::HalfToSingle:
      write_fp<u32>(s, op.d, fp::convert<u32>(static_cast<u16>(read_fp<u32>(s, op.b) >> lsb), env));
      break;
    case ir::VfpFormats::SingleToHalf: {
      const u16 half = fp::convert<u16>(read_fp<u32>(s, op.b), env);
      write_fp<u32>(s, op.d, with_bits(read_fp<u32>(s, op.d), lsb + 15, lsb, half));
      break;
    }
  }
  accumulate(s, env);
  return true;
}

bool helper_vfp_from_integer(Core& core, const ir::MicroOp& op) {
  const auto how = ir::VfpInteger::unpack(op.imm2);
  CpuState& s = core.state();
  Environment env = Environment::of_fpscr(s.sys.fpscr);
  const u32 word = read_fp<u32>(s, op.b);
  const u64 value = how.is_signed ? static_cast<u64>(i64{static_cast<i32>(word)}) : word;
  if (how.dbl) {
    write_fp<u64>(s, op.d, fp::from_fixed<u64>(value, 0, how.is_signed, env));
  } else {
    write_fp<u32>(s, op.d, fp::from_fixed<u32>(value, 0, how.is_signed, env));
  }
  accumulate(s, env);
  return true;
}

bool helper_vfp_to_integer(Core& core, const ir::MicroOp& op) {
  const auto how = ir::VfpInteger::unpack(op.imm2);
  CpuState& s = core.state();
  Environment env = Environment::of_fpscr(s.sys.fpscr);
  if (how.toward_zero) env.rounding = fp::Rounding::Zero;
  const u64 value = how.dbl ? fp::to_fixed(read_fp<u64>(s, op.b), 0, how.is_signed, 32, env)
                            : fp::to_fixed(read_fp<u32>(s, op.b), 0, how.is_signed, 32, env);
  write_fp<u32>(s, op.d, static_cast<u32>(value));
  accumulate(s, env);
  return true;
}

bool helper_vfp_fixed(Core& core, const ir::MicroOp& op) {
  const auto how = ir::VfpFixed::unpack(op.imm2);
  const auto run = how.dbl ? &fixed_point<u64> : &fixed_point<u32>;
  run(core.state(), how, op);
  return true;
}

}  // namespace hypsim
