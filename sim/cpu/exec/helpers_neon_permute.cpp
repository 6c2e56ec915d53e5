// SPDX-License-Identifier: Apache-2.0
// Advanced SIMD instructions that move lanes about, and immediates. ARM DDI 0406C A7.4.5, A7.4.6
#include <utility>

#include "sim/cpu/core.h"
#include "sim/cpu/exec/neon_lanes.h"

namespace hypsim {

namespace {

using ir::NeonLanes;
using ir::NeonPermuteOp;

void permute(NeonPermuteOp op, Lanes& d, Lanes& m, unsigned size, unsigned count) {
  const Lanes x = d, y = m;
  switch (op) {
    case NeonPermuteOp::Swap: std::swap(d, m); break;
    case NeonPermuteOp::Transpose:
      for (unsigned i = 0; i < count; i += 2) {
        d.set(size, i + 1, y.get(size, i));
        m.set(size, i, x.get(size, i + 1));
      }
      break;
    case NeonPermuteOp::Unzip:
      for (unsigned i = 0; i < count; ++i) {
        const auto from = [&](unsigned k) { return k < count ? x.get(size, k) : y.get(size, k - count); };
        d.set(size, i, from(2 * i));
        m.set(size, i, from(2 * i + 1));
      }
      break;
    case NeonPermuteOp::Zip:
      for (unsigned i = 0; i < count; ++i) {
        const auto zipped = [&](unsigned k) { return (k % 2 != 0 ? y : x).get(size, k / 2); };
        d.set(size, i, zipped(i));
        m.set(size, i, zipped(count + i));
      }
      break;
  }
}

/// AdvSIMDExpandImm.
u64 expand(const ir::NeonImmediate& how) {
  const u64 v = how.imm8;
  const auto both = [](u64 word) { return word << 32 | word; };
  switch (how.cmode >> 1) {
    case 0:
    case 1:
    case 2:
    case 3: return both(v << (how.cmode >> 1) * 8);
    case 4: return v * 0x0001000100010001;
    case 5: return (v << 8) * 0x0001000100010001;
    case 6: return both((how.cmode & 1) != 0 ? v << 16 | 0xFFFF : v << 8 | 0xFF);
    default: break;
  }
  if ((how.cmode & 1) != 0) return both((v & 0x80) << 24 | (bit(v, 6) ? 0x3E000000 : 0x40000000) | (v & 0x3F) << 19);
  if (!how.op) return v * 0x0101010101010101;
  u64 mask = 0;
  for (unsigned i = 0; i < 8; ++i) mask |= bit(v, i) ? u64{0xFF} << (8 * i) : 0;
  return mask;
}

}  // namespace

bool helper_neon_permute(Core& core, const ir::MicroOp& op) {
  const auto how = NeonLanes::unpack(op.imm2);
  CpuState& s = core.state();
  Lanes d = read_lanes(s, op.d, how.quad), m = read_lanes(s, op.b, how.quad);
  permute(how.as<NeonPermuteOp>(), d, m, how.size, lane_count(how.size, how.quad));
  write_lanes(s, op.d, how.quad, d);
  write_lanes(s, op.b, how.quad, m);
  return true;
}

bool helper_neon_extract(Core& core, const ir::MicroOp& op) {
  const auto how = NeonLanes::unpack(op.imm2);
  CpuState& s = core.state();
  const Lanes a = read_lanes(s, op.a, how.quad), b = read_lanes(s, op.b, how.quad);
  const unsigned count = lane_count(0, how.quad);
  Lanes d;
  for (unsigned i = 0; i < count; ++i) {
    const unsigned k = i + how.amount;
    d.set(0, i, k < count ? a.get(0, k) : b.get(0, k - count));
  }
  write_lanes(s, op.d, how.quad, d);
  return true;
}

bool helper_neon_table(Core& core, const ir::MicroOp& op) {
  const auto how = NeonLanes::unpack(op.imm2);
  CpuState& s = core.state();
  const Lanes indices = read_lanes(s, op.b, false);
  Lanes d = how.op != 0 ? read_lanes(s, op.d, false) : Lanes{};
  for (unsigned i = 0; i < 8; ++i) {
    const u64 index = indices.get(0, i);
    if (index < how.amount * 8u) d.set(0, i, s.d[op.a + index / 8] >> index % 8 * 8 & 0xFF);
  }
  write_lanes(s, op.d, false, d);
  return true;
}

bool helper_neon_duplicate(Core& core, const ir::MicroOp& op) {
  const auto how = NeonLanes::unpack(op.imm2);
  CpuState& s = core.state();
  const u64 value = read_lanes(s, op.b, false).get(how.size, how.amount);
  Lanes d;
  for (unsigned i = 0; i < lane_count(how.size, how.quad); ++i) d.set(how.size, i, value);
  write_lanes(s, op.d, how.quad, d);
  return true;
}

bool helper_neon_duplicate_core(Core& core, const ir::MicroOp& op) {
  const auto how = NeonLanes::unpack(op.imm2);
  Lanes d;
  for (unsigned i = 0; i < lane_count(how.size, how.quad); ++i) d.set(how.size, i, core.slot(op.a));
  write_lanes(core.state(), op.d, how.quad, d);
  return true;
}

bool helper_neon_immediate(Core& core, const ir::MicroOp& op) {
  const auto how = ir::NeonImmediate::unpack(op.imm2);
  const u64 immediate = expand(how);
  for (unsigned i = 0; i < (how.quad ? 2u : 1u); ++i) {
    u64& d = core.state().d[op.d + i];
    switch (how.operation) {
      case ir::NeonImmediateOp::Mov: d = immediate; break;
      case ir::NeonImmediateOp::Orr: d |= immediate; break;
      case ir::NeonImmediateOp::Mvn: d = ~immediate; break;
      case ir::NeonImmediateOp::Bic: d &= ~immediate; break;
    }
  }
  return true;
}

}  // namespace hypsim
