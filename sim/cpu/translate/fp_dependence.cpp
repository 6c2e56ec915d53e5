// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/ir/fp_dependence.h"

#include "sim/cpu/ir/fp_operands.h"
#include "sim/cpu/ir/helper.h"
#include "sim/cpu/ir/helper_operands.h"
#include "sim/cpu/ir/neon_operands.h"

namespace hypsim::ir {

namespace {

constexpr u64 kFlags = u64{1} << kFpFlagsBit;
constexpr u32 kFpscr = 1;  // VMRS and VMSR name it so. ARM DDI 0406C B9.3.22

u64 vfp(u32 n, bool dbl) { return dbl ? fp_words(2 * n, 2) : fp_words(n, 1); }
u64 simd(u32 d, u32 registers) { return fp_words(2 * d, 2 * registers); }

bool accumulates(VfpOp op) { return op >= VfpOp::Mla && op <= VfpOp::Fnms; }
bool has_one_operand(VfpOp op) { return op >= VfpOp::Sqrt; }

bool reads_destination(NeonOp op) {
  switch (op) {
    case NeonOp::Aba:
    case NeonOp::Mla:
    case NeonOp::Mls:
    case NeonOp::Bsl:
    case NeonOp::Bit:
    case NeonOp::Bif: return true;
    default: return false;
  }
}
bool reads_destination(NeonLongOp op) {
  switch (op) {
    case NeonLongOp::Aba:
    case NeonLongOp::Mla:
    case NeonLongOp::Mls:
    case NeonLongOp::Qdmla:
    case NeonLongOp::Qdmls: return true;
    default: return false;
  }
}
bool reads_destination(NeonShiftOp op) {
  return op == NeonShiftOp::Sra || op == NeonShiftOp::Rsra || op == NeonShiftOp::Sri || op == NeonShiftOp::Sli;
}
bool reads_destination(NeonFloatOp op) { return op >= NeonFloatOp::Mla && op <= NeonFloatOp::Fms; }

FpDependence of(u64 reads, u64 writes, bool keeps = false) { return {reads | (keeps ? writes : 0), writes}; }

FpDependence of_structures(const MicroOp& op, bool load) {
  const auto t = NeonTransfer::unpack(op.imm2);
  u64 registers = 0;
  for (u32 e = 0; e < t.elements; ++e) registers |= simd(op.d + e * t.increment, t.registers);
  if (!load) return of(registers, 0);
  return of(0, registers, t.kind == NeonTransfer::Kind::Lane);
}

FpDependence of_conversion(const MicroOp& op) {
  const auto formats = VfpConversion::unpack(op.imm2).formats;
  return of(vfp(op.b, formats == VfpFormats::DoubleToSingle), vfp(op.d, formats == VfpFormats::SingleToDouble),
            formats == VfpFormats::SingleToHalf);
}

/// Helpers on lanes: the numbers are those of D registers.
FpDependence of_lanes(const MicroOp& op) {
  const auto how = NeonLanes::unpack(op.imm2);
  const u32 n = how.quad ? 2 : 1;
  const u64 d = simd(op.d, n), a = simd(op.a, n), b = simd(op.b, how.by_scalar ? 1 : n);
  switch (static_cast<Helper>(op.imm)) {
    case Helper::neon_lanes: return of(a | b, d, reads_destination(how.as<NeonOp>()));
    case Helper::neon_float: return of(a | b, d, reads_destination(how.as<NeonFloatOp>()));
    case Helper::neon_pairs:
    case Helper::neon_float_pairs:
    case Helper::neon_extract: return of(a | b, d);
    case Helper::neon_long: {
      const auto what = how.as<NeonLongOp>();
      const bool wide = what == NeonLongOp::AddWide || what == NeonLongOp::SubWide;
      return of(simd(op.a, wide ? 2 : 1) | simd(op.b, 1), simd(op.d, 2), reads_destination(what));
    }
    case Helper::neon_high_narrow: return of(simd(op.a, 2) | simd(op.b, 2), simd(op.d, 1));
    case Helper::neon_unary:
    case Helper::neon_float_unary: return of(b, d);
    case Helper::neon_add_pairs_long: return of(b, d, how.amount == 1);
    case Helper::neon_shift: return of(b, d, reads_destination(how.as<NeonShiftOp>()));
    case Helper::neon_shift_narrow: return of(simd(op.b, 2), simd(op.d, 1));
    case Helper::neon_shift_long: return of(simd(op.b, 1), simd(op.d, 2));
    case Helper::neon_permute: return of(d | b, d | b);
    case Helper::neon_table: return of(simd(op.a, how.amount) | simd(op.b, 1), simd(op.d, 1), how.op == 1);
    case Helper::neon_duplicate: return of(simd(op.b, 1), d);
    case Helper::neon_duplicate_core: return of(0, d);
    case Helper::neon_convert_half:
      return how.op == 0 ? of(simd(op.b, 2), simd(op.d, 1)) : of(simd(op.b, 1), simd(op.d, 2));
    default: return {};
  }
}

}  // namespace

FpDependence fp_dependence(const MicroOp& op) {
  switch (static_cast<Helper>(op.imm)) {
    case Helper::vfp_load:
    case Helper::vfp_store: {
      const auto words = VfpWords::unpack(op.imm2);
      const u64 registers = fp_words(words.first, words.count);
      return static_cast<Helper>(op.imm) == Helper::vfp_load ? of(0, registers) : of(registers, 0);
    }
    case Helper::vfp_write_lane:
    case Helper::vfp_read_lane: {
      const auto lane = VfpLane::unpack(op.imm2);
      const u64 word = fp_words(lane.offset / 4, 1);
      return static_cast<Helper>(op.imm) == Helper::vfp_write_lane ? of(0, word, lane.size != 4) : of(word, 0);
    }
    case Helper::vfp_arithmetic: {
      const auto how = VfpArithmetic::unpack(op.imm2);
      const u64 a = has_one_operand(how.op) ? 0 : vfp(op.a, how.dbl);
      return of(a | vfp(op.b, how.dbl), vfp(op.d, how.dbl), accumulates(how.op));
    }
    case Helper::vfp_compare: {
      const auto how = VfpCompare::unpack(op.imm2);
      return of(vfp(op.d, how.dbl) | (how.with_zero ? 0 : vfp(op.b, how.dbl)), kFlags);
    }
    case Helper::vfp_convert: return of_conversion(op);
    case Helper::vfp_from_integer: return of(vfp(op.b, false), vfp(op.d, VfpInteger::unpack(op.imm2).dbl));
    case Helper::vfp_to_integer: return of(vfp(op.b, VfpInteger::unpack(op.imm2).dbl), vfp(op.d, false));
    case Helper::vfp_fixed: return of(0, vfp(op.d, VfpFixed::unpack(op.imm2).dbl), true);
    case Helper::vmsr: return of(0, op.imm2 == kFpscr ? kFlags : 0);
    case Helper::vmrs: return of(op.imm2 == kFpscr ? kFlags : 0, 0);
    case Helper::vmrs_flags: return of(kFlags, 0);
    case Helper::neon_immediate: {
      const auto how = NeonImmediate::unpack(op.imm2);
      return of(0, simd(op.d, how.quad ? 2 : 1),
                how.operation == NeonImmediateOp::Orr || how.operation == NeonImmediateOp::Bic);
    }
    case Helper::neon_load: return of_structures(op, true);
    case Helper::neon_store: return of_structures(op, false);
    default: return of_lanes(op);
  }
}

}  // namespace hypsim::ir
