// SPDX-License-Identifier: Apache-2.0
// The arithmetic that is too rare or too wide for micro-ops: helpers_alu.inc says what each takes.
#include <algorithm>

#include "sim/cpu/core.h"
#include "sim/cpu/translate/media.h"

namespace hypsim {

namespace {

i32 half(u32 value, bool high) { return static_cast<i16>(high ? value >> 16 : value); }

/// Signed product of halfwords as 64 bits, so that sums of two do not overflow.
i64 product(i32 x, i32 y) { return i64{x} * y; }

/// Clamps to [low, high]; Q is sticky.
i64 clamp_q(Core& core, i64 value, i64 low, i64 high) {
  const i64 clamped = std::clamp(value, low, high);
  if (clamped != value) core.slot(ir::kQ) = 1;
  return clamped;
}

i64 signed_sat(Core& core, i64 value, u32 width) {
  return clamp_q(core, value, -(i64{1} << (width - 1)), (i64{1} << (width - 1)) - 1);
}

i64 unsigned_sat(Core& core, i64 value, u32 width) { return clamp_q(core, value, 0, (i64{1} << width) - 1); }

/// Stores a sum whose signed overflow sets Q and wraps.
void store_sum_q(Core& core, ir::Slot d, i64 sum) {
  if (sum != static_cast<i32>(sum)) core.slot(ir::kQ) = 1;
  core.slot(d) = static_cast<u32>(sum);
}

i64 accumulator(Core& core, const ir::MicroOp& op) {
  return static_cast<i64>(u64{core.slot(op.c)} << 32 | core.slot(op.d));
}

void store_accumulator(Core& core, const ir::MicroOp& op, u64 value) {
  core.slot(op.d) = static_cast<u32>(value);
  core.slot(op.c) = static_cast<u32>(value >> 32);
}

/// a.low * b.low +- a.high * b.high, with b's halves swapped on request.
i64 dual_product(Core& core, const ir::MicroOp& op) {
  const u32 a = core.slot(op.a);
  const u32 b = (op.imm2 & 1) ? ror32(core.slot(op.b), 16) : core.slot(op.b);
  const i64 low = product(half(a, false), half(b, false));
  const i64 high = product(half(a, true), half(b, true));
  return (op.imm2 & 2) ? low - high : low + high;
}

/// One lane of a parallel operation: `x` and `y` are the operands extended as the kind says.
struct Lane {
  u32 value = 0;  ///< result, `width` bits
  bool ge = false;
};

Lane finish_lane(ParallelKind kind, bool subtract, i32 x, i32 y, unsigned width) {
  const i32 r = subtract ? x - y : x + y;
  const i32 top = 1 << width;
  Lane lane;
  switch (kind) {
    case ParallelKind::Signed:
      lane.ge = r >= 0;
      lane.value = static_cast<u32>(r);
      break;
    case ParallelKind::Saturating: lane.value = static_cast<u32>(std::clamp(r, -(top / 2), top / 2 - 1)); break;
    case ParallelKind::SignedHalving:
    case ParallelKind::UnsignedHalving: lane.value = static_cast<u32>(r >> 1); break;
    case ParallelKind::Unsigned:
      lane.ge = subtract ? r >= 0 : r >= top;
      lane.value = static_cast<u32>(r);
      break;
    case ParallelKind::UnsignedSaturating: lane.value = static_cast<u32>(std::clamp(r, 0, top - 1)); break;
  }
  lane.value &= static_cast<u32>(top - 1);
  return lane;
}

i32 lane_operand(ParallelKind kind, u32 value, unsigned lsb, unsigned width) {
  const u32 field = bits(value, lsb + width - 1, lsb);
  return kind >= ParallelKind::Unsigned ? static_cast<i32>(field) : sign_extend(field, width);
}

}  // namespace

bool helper_smla_halves(Core& core, const ir::MicroOp& op) {
  const i64 p = product(half(core.slot(op.a), op.imm2 & 1), half(core.slot(op.b), op.imm2 & 2));
  store_sum_q(core, op.d, p + static_cast<i32>(core.slot(op.c)));
  return true;
}

bool helper_smla_word(Core& core, const ir::MicroOp& op) {
  const i64 p = product(static_cast<i32>(core.slot(op.a)), half(core.slot(op.b), op.imm2 & 1)) >> 16;
  const i64 addend = (op.imm2 & 2) ? static_cast<i32>(core.slot(op.c)) : 0;
  store_sum_q(core, op.d, p + addend);
  return true;
}

bool helper_dual_multiply(Core& core, const ir::MicroOp& op) {
  const i64 addend = (op.imm2 & 4) ? static_cast<i32>(core.slot(op.c)) : 0;
  store_sum_q(core, op.d, dual_product(core, op) + addend);
  return true;
}

bool helper_dual_multiply_long(Core& core, const ir::MicroOp& op) {
  store_accumulator(core, op, static_cast<u64>(accumulator(core, op)) + static_cast<u64>(dual_product(core, op)));
  return true;
}

bool helper_most_significant_multiply(Core& core, const ir::MicroOp& op) {
  const u64 p = static_cast<u64>(product(static_cast<i32>(core.slot(op.a)), static_cast<i32>(core.slot(op.b))));
  u64 sum = u64{core.slot(op.c)} << 32;
  sum = (op.imm2 & 2) ? sum - p : sum + p;
  if (op.imm2 & 1) sum += 0x80000000u;
  core.slot(op.d) = static_cast<u32>(sum >> 32);
  return true;
}

bool helper_smmulr(Core& core, const ir::MicroOp& op) {
  const i64 p = product(static_cast<i32>(core.slot(op.a)), static_cast<i32>(core.slot(op.b)));
  core.slot(op.d) = static_cast<u32>((static_cast<u64>(p) + 0x80000000u) >> 32);
  return true;
}

bool helper_umaal(Core& core, const ir::MicroOp& op) {
  const u64 p = u64{core.slot(op.a)} * core.slot(op.b);
  store_accumulator(core, op, p + core.slot(op.c) + core.slot(op.d));
  return true;
}

bool helper_saturating_add(Core& core, const ir::MicroOp& op) {
  i64 b = static_cast<i32>(core.slot(op.b));
  if (op.imm2 & 2) b = signed_sat(core, 2 * b, 32);
  const i64 a = static_cast<i32>(core.slot(op.a));
  core.slot(op.d) = static_cast<u32>(signed_sat(core, (op.imm2 & 1) ? a - b : a + b, 32));
  return true;
}

bool helper_ssat(Core& core, const ir::MicroOp& op) {
  core.slot(op.d) = static_cast<u32>(signed_sat(core, static_cast<i32>(core.slot(op.a)), op.imm2));
  return true;
}

bool helper_usat(Core& core, const ir::MicroOp& op) {
  core.slot(op.d) = static_cast<u32>(unsigned_sat(core, static_cast<i32>(core.slot(op.a)), op.imm2));
  return true;
}

bool helper_ssat16(Core& core, const ir::MicroOp& op) {
  const u32 a = core.slot(op.a);
  const u32 low = static_cast<u32>(signed_sat(core, half(a, false), op.imm2)) & 0xFFFF;
  const u32 high = static_cast<u32>(signed_sat(core, half(a, true), op.imm2)) & 0xFFFF;
  core.slot(op.d) = high << 16 | low;
  return true;
}

bool helper_usat16(Core& core, const ir::MicroOp& op) {
  const u32 a = core.slot(op.a);
  const u32 low = static_cast<u32>(unsigned_sat(core, half(a, false), op.imm2));
  const u32 high = static_cast<u32>(unsigned_sat(core, half(a, true), op.imm2));
  core.slot(op.d) = high << 16 | low;
  return true;
}

bool helper_parallel_add_sub(Core& core, const ir::MicroOp& op) {
  const auto kind = static_cast<ParallelKind>(op.imm2 >> 3);
  const auto what = static_cast<ParallelOp>(op.imm2 & 7);
  const u32 a = core.slot(op.a);
  const bool exchange = what == ParallelOp::Asx || what == ParallelOp::Sax;
  const u32 b = exchange ? ror32(core.slot(op.b), 16) : core.slot(op.b);
  const bool bytes = what == ParallelOp::Add8 || what == ParallelOp::Sub8;
  const unsigned width = bytes ? 8 : 16;
  u32 result = 0;
  u32 ge = 0;
  for (unsigned lsb = 0; lsb < 32; lsb += width) {
    const bool high = lsb >= 16;
    const bool subtract = what == ParallelOp::Sub16 || what == ParallelOp::Sub8 || (what == ParallelOp::Asx && !high) ||
                          (what == ParallelOp::Sax && high);
    const Lane lane =
        finish_lane(kind, subtract, lane_operand(kind, a, lsb, width), lane_operand(kind, b, lsb, width), width);
    result |= lane.value << lsb;
    if (lane.ge) ge |= (bytes ? 1u : 3u) << (lsb / 8);
  }
  core.slot(op.d) = result;
  if (kind == ParallelKind::Signed || kind == ParallelKind::Unsigned) core.slot(ir::kGe) = ge;
  return true;
}

bool helper_add_halves(Core& core, const ir::MicroOp& op) {
  const u32 a = core.slot(op.a);
  const u32 b = core.slot(op.b);
  core.slot(op.d) = ((a & 0xFFFF0000) + (b & 0xFFFF0000)) | ((a + b) & 0xFFFF);
  return true;
}

bool helper_sel(Core& core, const ir::MicroOp& op) {
  u32 mask = 0;
  for (unsigned i = 0; i < 4; ++i) {
    if (bit(core.slot(ir::kGe), i)) mask |= 0xFFu << (8 * i);
  }
  core.slot(op.d) = (core.slot(op.a) & mask) | (core.slot(op.b) & ~mask);
  return true;
}

bool helper_usad8(Core& core, const ir::MicroOp& op) {
  u32 sum = 0;
  for (unsigned i = 0; i < 4; ++i) {
    const u32 x = bits(core.slot(op.a), 8 * i + 7, 8 * i);
    const u32 y = bits(core.slot(op.b), 8 * i + 7, 8 * i);
    sum += x > y ? x - y : y - x;
  }
  core.slot(op.d) = sum;
  return true;
}

}  // namespace hypsim
