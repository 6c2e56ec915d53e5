// SPDX-License-Identifier: Apache-2.0
// Advanced SIMD shifts by a constant. ARM DDI 0406C A7.4.4
#include "sim/cpu/core.h"
#include "sim/cpu/exec/neon_lanes.h"

namespace hypsim {

namespace {

using ir::NeonLanes;
using ir::NeonShiftNarrowOp;
using ir::NeonShiftOp;

i128 shifted_right(i128 value, unsigned amount, bool round) {
  return (value + (round && amount != 0 ? i128{1} << (amount - 1) : i128{0})) >> amount;
}

u64 compute(CpuState& s, NeonShiftOp op, u64 d, u64 b, unsigned size, bool is_unsigned, unsigned amount) {
  const i128 x = number(b, size, is_unsigned);
  const u64 ones = mask64(lane_bits(size) - 1, 0);
  switch (op) {
    case NeonShiftOp::Shr: return static_cast<u64>(shifted_right(x, amount, false));
    case NeonShiftOp::Sra: return d + static_cast<u64>(shifted_right(x, amount, false));
    case NeonShiftOp::Rshr: return static_cast<u64>(shifted_right(x, amount, true));
    case NeonShiftOp::Rsra: return d + static_cast<u64>(shifted_right(x, amount, true));
    case NeonShiftOp::Sri: {
      const u64 inserted = amount >= 64 ? 0 : ones >> amount;
      return (d & ~inserted) | (amount >= 64 ? 0 : b >> amount);
    }
    case NeonShiftOp::Shl: return b << amount;
    case NeonShiftOp::Sli: return (d & ~(ones << amount)) | b << amount;
    case NeonShiftOp::Qshlu: return saturate(s, number(b, size, false) * (i128{1} << amount), size, true);
    case NeonShiftOp::Qshl: return saturate(s, x * (i128{1} << amount), size, is_unsigned);
  }
  return 0;
}

}  // namespace

bool helper_neon_shift(Core& core, const ir::MicroOp& op) {
  const auto how = NeonLanes::unpack(op.imm2);
  CpuState& s = core.state();
  const Lanes b = read_lanes(s, op.b, how.quad);
  Lanes d = read_lanes(s, op.d, how.quad);
  for (unsigned i = 0; i < lane_count(how.size, how.quad); ++i) {
    const u64 old = d.get(how.size, i);
    d.set(how.size, i,
          compute(s, how.as<NeonShiftOp>(), old, b.get(how.size, i), how.size, how.is_unsigned, how.amount));
  }
  write_lanes(s, op.d, how.quad, d);
  return true;
}

bool helper_neon_shift_narrow(Core& core, const ir::MicroOp& op) {
  const auto how = NeonLanes::unpack(op.imm2);
  CpuState& s = core.state();
  const auto which = how.as<NeonShiftNarrowOp>();
  const bool round = which == NeonShiftNarrowOp::PlainRound || which == NeonShiftNarrowOp::SaturateRound ||
                     which == NeonShiftNarrowOp::SaturateUnsignedRound;
  const bool plain = which == NeonShiftNarrowOp::Plain || which == NeonShiftNarrowOp::PlainRound;
  const bool to_unsigned = how.is_unsigned || which == NeonShiftNarrowOp::SaturateUnsigned ||
                           which == NeonShiftNarrowOp::SaturateUnsignedRound;
  const Lanes b = read_lanes(s, op.b, true);
  Lanes d;
  for (unsigned i = 0; i < lane_count(how.size, false); ++i) {
    const i128 value =
        shifted_right(number(b.get(how.size + 1u, i), how.size + 1u, how.is_unsigned), how.amount, round);
    d.set(how.size, i, plain ? static_cast<u64>(value) : saturate(s, value, how.size, to_unsigned));
  }
  write_lanes(s, op.d, false, d);
  return true;
}

bool helper_neon_shift_long(Core& core, const ir::MicroOp& op) {
  const auto how = NeonLanes::unpack(op.imm2);
  CpuState& s = core.state();
  const Lanes b = read_lanes(s, op.b, false);
  Lanes d;
  for (unsigned i = 0; i < lane_count(how.size, false); ++i)
    d.set(how.size + 1u, i, static_cast<u64>(number(b.get(how.size, i), how.size, how.is_unsigned)) << how.amount);
  write_lanes(s, op.d, true, d);
  return true;
}

}  // namespace hypsim
