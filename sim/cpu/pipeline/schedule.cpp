// SPDX-License-Identifier: Apache-2.0
// The schedule of a block, in the steady state of an out-of-order core whose window is never the limit: a block takes
// as long as its most loaded resource (dispatch slots, ALU pipes, load and store ports, the multiplier, the divider) or
// the longest recurrence through it (a register whose new value depends on its old one, or two that depend on each
// other), whichever is longer. Serialising instructions add their cost on top. All of it is computed for every prefix,
// so that a block left early is charged for what ran.
#include <algorithm>
#include <bit>

#include "sim/cpu/pipeline/timing_config.h"
#include "sim/cpu/pipeline/timing_model.h"

namespace hypsim {

namespace {

using ir::TimingClass;

bool is_barrier(TimingClass c) { return c == TimingClass::Isb || c == TimingClass::Dsb || c == TimingClass::Dmb; }
bool is_load(TimingClass c) {
  return c == TimingClass::Load || c == TimingClass::LoadMultiple || c == TimingClass::Exclusive ||
         c == TimingClass::VfpLoad || c == TimingClass::Preload;
}
bool is_store(TimingClass c) {
  return c == TimingClass::Store || c == TimingClass::StoreMultiple || c == TimingClass::VfpStore;
}

bool is_alu(TimingClass c) {
  return c == TimingClass::Alu || c == TimingClass::AluShift || c == TimingClass::AluShiftReg ||
         c == TimingClass::Saturate || c == TimingClass::Media || c == TimingClass::StatusRead ||
         c == TimingClass::StatusWrite;
}

u32 round_up_div(u32 n, u32 d) { return (n + d - 1) / d; }

bool is_fp(TimingClass c) {
  return c == TimingClass::VfpMove || c == TimingClass::VfpAlu || c == TimingClass::VfpMul ||
         c == TimingClass::VfpMac || c == TimingClass::VfpMacDouble || c == TimingClass::NeonAlu ||
         c == TimingClass::NeonMul;
}

/// The registers a block touches, numbered from 0: most touch a few of many.
class Numbering {
 public:
  explicit Numbering(const Block& block) {
    for (const auto& insn : block.insns) all_ |= insn.reads | insn.writes;
  }
  unsigned count() const { return static_cast<unsigned>(std::popcount(all_)); }
  /// The members of `registers` by number.
  u64 operator()(u64 registers) const {
    u64 out = 0;
    for (u64 r = registers & all_; r != 0; r &= r - 1) out |= u64{1} << std::popcount(all_ & ((r & -r) - 1));
    return out;
  }

 private:
  u64 all_ = 0;
};

}  // namespace

/// That of a load multiple holds for three or four words: each pair of words moves in a cycle of its own.
u32 result_latency(const TimingConfig& config, const ir::InsnInfo& insn) {
  const u32 latency = config.latency[static_cast<unsigned>(insn.timing)];
  if (insn.timing != TimingClass::LoadMultiple) return latency;
  const u32 pairs = round_up_div(std::max<u32>(1, insn.transfers), 2);
  return latency + pairs - std::min(latency + pairs, 2u);
}

BlockTiming compute_schedule(const TimingConfig& config, const Block& block) {
  BlockTiming t;
  // path[from][to]: longest latency from the value of slot `from` at entry to that of slot `to` now; -1 if unrelated.
  // For each entry slot the longest path to every slot is kept; recurrences are path[r][r].
  const Numbering number(block);
  const unsigned tracked = number.count();
  i32 path[64][64];
  for (unsigned a = 0; a < tracked; ++a)
    for (unsigned b = 0; b < tracked; ++b) path[a][b] = a == b ? 0 : -1;

  u32 slots = 0, alu = 0, fp = 0, loads = 0, stores = 0, multiplies = 0, divides = 0, vfp_divides = 0, serial = 0,
      barrier = 0;
  for (std::size_t k = 0; k < block.insns.size(); ++k) {
    const auto& insn = block.insns[k];
    const TimingClass c = insn.timing;
    const u32 latency = result_latency(config, insn);
    const u32 words = std::max<u32>(1, insn.transfers);
    const bool memory = is_load(c) || is_store(c);

    // dispatch and units
    const u32 uops = memory ? round_up_div(words, 2) : c == TimingClass::AluShiftReg ? 2 : 1;
    slots += uops;
    if (is_alu(c)) alu += uops;
    if (is_fp(c)) fp += 1;
    if (is_load(c)) loads += round_up_div(words, 2);
    if (is_store(c)) stores += round_up_div(words, 2);
    if (c == TimingClass::Multiply) multiplies += 1;
    if (c == TimingClass::MultiplyLong) multiplies += 2;
    if (c == TimingClass::Divide) divides += latency;
    if (c == TimingClass::VfpDiv || c == TimingClass::VfpDivDouble) vfp_divides += latency;
    const u32 cost = config.serial[static_cast<unsigned>(c)];
    (is_barrier(c) ? barrier : serial) += cost;

    // recurrences; a conditional instruction also needs the old values of what it may write
    const bool conditional = block.ops[insn.first_op].op == ir::Op::SkipUnless;
    const u64 reads = number(insn.reads | (conditional ? insn.writes : 0)), writes = number(insn.writes);
    const u64 computed = number(insn.computed);
    for (unsigned from = 0; from < tracked; ++from) {
      i32 longest = -1;
      for (u64 r = reads; r != 0; r &= r - 1) longest = std::max(longest, path[from][std::countr_zero(r)]);
      for (u64 w = writes; w != 0; w &= w - 1) {
        const u32 after = (computed & w & -w) != 0 ? config.latency[static_cast<unsigned>(TimingClass::Alu)] : latency;
        path[from][std::countr_zero(w)] = longest < 0 ? -1 : longest + static_cast<i32>(after);
      }
    }
    i32 recurrence = 0;
    for (unsigned a = 0; a < tracked; ++a) {
      recurrence = std::max(recurrence, path[a][a]);
      for (unsigned b = 0; b < a; ++b)
        if (path[a][b] >= 0 && path[b][a] >= 0) recurrence = std::max(recurrence, (path[a][b] + path[b][a] + 1) / 2);
    }

    // What the pipes are busy with is Base; what is longer than that is waiting for a result (the divider's included).
    const u32 busy = std::max({round_up_div(slots, config.issue_width), round_up_div(alu, config.alu_pipes),
                               round_up_div(fp, config.fp_pipes), round_up_div(loads, config.load_ports),
                               round_up_div(stores, config.store_ports), multiplies});
    const u32 flow_before = t.commit[k] - t.serial[k] - t.barrier[k];
    const u32 flow = std::max({busy, divides, vfp_divides, static_cast<u32>(recurrence), flow_before});
    const u32 waiting = std::min(flow - busy, t.dependency[k] + flow - flow_before);

    t.serial[k + 1] = static_cast<u16>(serial);
    t.barrier[k + 1] = static_cast<u16>(barrier);
    t.commit[k + 1] = static_cast<u16>(flow + serial + barrier);
    t.dependency[k + 1] = static_cast<u16>(std::max<u32>(t.dependency[k], waiting));
  }
  return t;
}

}  // namespace hypsim
