// SPDX-License-Identifier: Apache-2.0
// The schedule of a block, in the steady state of an out-of-order core whose window is never the limit: a block takes as
// long as its most loaded resource (dispatch slots, load and store ports, the multiplier, the divider) or the longest
// recurrence through it (a register whose new value depends on its old one), whichever is longer. Serialising
// instructions add their cost on top. All of it is computed for every prefix, so that a block left early is charged
// for what ran.
#include <algorithm>

#include "sim/cpu/pipeline/timing_config.h"
#include "sim/cpu/pipeline/timing_model.h"

namespace hypsim {

namespace {

constexpr unsigned kResourcesTracked = 22;

using ir::TimingClass;

bool is_barrier(TimingClass c) { return c == TimingClass::Isb || c == TimingClass::Dsb || c == TimingClass::Dmb; }
bool is_load(TimingClass c) {
  return c == TimingClass::Load || c == TimingClass::LoadMultiple || c == TimingClass::Exclusive || c == TimingClass::VfpLoad ||
         c == TimingClass::Preload;
}
bool is_store(TimingClass c) {
  return c == TimingClass::Store || c == TimingClass::StoreMultiple || c == TimingClass::VfpStore;
}

u32 round_up_div(u32 n, u32 d) { return (n + d - 1) / d; }

}  // namespace

BlockTiming compute_schedule(const TimingConfig& config, const Block& block) {
  BlockTiming t;
  // path[from][to]: longest latency from the value of slot `from` at entry to that of slot `to` now; -1 if unrelated.
  // For each entry slot the longest path to every slot is kept; recurrences are path[r][r].
  i32 path[kResourcesTracked][kResourcesTracked];
  for (unsigned a = 0; a < kResourcesTracked; ++a)
    for (unsigned b = 0; b < kResourcesTracked; ++b) path[a][b] = a == b ? 0 : -1;
  bool written[kResourcesTracked]{};

  u32 slots = 0, loads = 0, stores = 0, multiplies = 0, divides = 0, serial = 0, barrier = 0;
  for (std::size_t k = 0; k < block.insns.size(); ++k) {
    const auto& insn = block.insns[k];
    const TimingClass c = insn.timing;
    const u32 latency = config.latency[static_cast<unsigned>(c)];
    const u32 words = std::max<u32>(1, insn.transfers);

    // dispatch and units
    slots += std::max<u32>(1, is_load(c) || is_store(c) ? round_up_div(words, 2) : 1);
    if (is_load(c)) loads += round_up_div(words, 2);
    if (is_store(c)) stores += round_up_div(words, 2);
    if (c == TimingClass::Multiply || c == TimingClass::VfpMul) multiplies += 1;
    if (c == TimingClass::MultiplyLong) multiplies += 2;
    if (c == TimingClass::Divide || c == TimingClass::VfpDiv) divides += latency;
    const u32 cost = config.serial[static_cast<unsigned>(c)];
    (is_barrier(c) ? barrier : serial) += cost;

    // recurrences
    for (unsigned from = 0; from < kResourcesTracked; ++from) {
      i32 longest = -1;
      for (u32 r = insn.reads; r != 0; r &= r - 1) longest = std::max(longest, path[from][std::countr_zero(r)]);
      for (u32 w = insn.writes; w != 0; w &= w - 1)
        path[from][std::countr_zero(w)] = longest < 0 ? -1 : longest + static_cast<i32>(latency);
    }
    for (u32 w = insn.writes; w != 0; w &= w - 1) written[std::countr_zero(w)] = true;

    const u32 throughput = std::max({round_up_div(slots, config.issue_width), round_up_div(loads, config.load_ports),
                                     round_up_div(stores, config.store_ports), multiplies, divides});
    u32 recurrence = 0;
    for (unsigned r = 0; r < kResourcesTracked; ++r)
      if (written[r] && path[r][r] > 0) recurrence = std::max(recurrence, static_cast<u32>(path[r][r]));
    const u32 flow = std::max({throughput, recurrence, static_cast<u32>(t.commit[k] - t.serial[k] - t.barrier[k])});

    t.serial[k + 1] = static_cast<u16>(serial);
    t.barrier[k + 1] = static_cast<u16>(barrier);
    t.commit[k + 1] = static_cast<u16>(flow + serial + barrier);
    const u32 stalled = flow - std::min(flow, round_up_div(slots, config.issue_width));
    t.dependency[k + 1] = static_cast<u16>(std::max<u32>(t.dependency[k], std::min(stalled, t.dependency[k] + (flow - (t.commit[k] - t.serial[k] - t.barrier[k])))));
  }
  return t;
}

}  // namespace hypsim
