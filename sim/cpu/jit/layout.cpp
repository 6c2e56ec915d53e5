// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/jit/layout.h"

namespace hypsim::jit {

Layout::Layout(Core& c) {
  middle = &c.state_.slot[kMiddle];
  const auto at = [this](const void* p) {
    return static_cast<i32>(static_cast<const char*>(p) - static_cast<const char*>(middle));
  };
  core = at(&c);
  pc = at(&c.state_.slot[ir::kPc]);
  itstate = at(&c.state_.itstate);
  thumb = at(&c.state_.thumb);
  budget = at(&c.generated_.budget);
  data_key = at(&c.generated_.data_key);
  site = at(&c.generated_.site);
  now = at(&c.clock_.now);
  stack = at(&c.clock_.stack);
  beyond = at(&c.clock_.beyond);
  limit = at(&c.limit_);
  settled = at(&c.settled_);
  fetch_generation = at(&c.fetch_generation_);
  jumps = at(&c.blocks_.jump(0));
  lookaside_loads = at(&c.lookaside_.loads(0));
  lookaside_stores = at(&c.lookaside_.stores(0));
  const Block any;
  block_entry = static_cast<u32>(reinterpret_cast<const char*>(&any.host.entry) - reinterpret_cast<const char*>(&any));
  l1d = at(&c.generated_.l1d);
  l1d_written = at(&c.generated_.l1d_written);
  block = at(&c.block_);
  timing = c.timing_.get();
  if (timing == nullptr) return;
  TimingModel& t = *timing;
  const auto within = [this](const void* p) {
    return static_cast<i32>(static_cast<const char*>(p) - reinterpret_cast<const char*>(timing));
  };
  const auto event = [&](u32 number) { return within(&t.events_[number]); };
  last_fetch_line = within(&t.last_fetch_line_);
  shadow = within(&t.shadow_);
  under_way = within(&t.in_flight_.any_);
  prediction = within(&t.prediction_);
  static_assert(static_cast<int>(TimingModel::Prediction::On) == 0);
  l1d_reads = event(TimingModel::L1dRead);
  l1d_writes = event(TimingModel::L1dWrite);
  l1i_accesses = event(TimingModel::L1iAccess);
  branches = event(TimingModel::Branches);
  l1d_lines = t.l1d_.lines_.data();
  l1d_sets = t.l1d_.sets_;
  l1d_ways = t.l1d_.ways_;
  l1i_lines = t.l1i_.lines_.data();
  l1i_sets = t.l1i_.sets_;
  l1i_ways = t.l1i_.ways_;
  BranchPredictor& p = t.predictor_;
  history = within(&p.history_);
  top = within(&p.top_);
  depth = within(&p.depth_);
  counters = p.counters_.data();
  history_mask = p.history_mask_;
  btb = reinterpret_cast<u64*>(p.btb_.data());
  static_assert(sizeof(p.btb_[0]) == 8);
  btb_entries = static_cast<u32>(p.btb_.size());
  returns = p.returns_.data();
  return_entries = static_cast<u32>(p.returns_.size());
  taken_bubble = t.config_.taken_branch_bubble;
  state = within(&t.state_);
  serial_costs = t.config_.serial.data();
  c.generated_.l1d = l1d_lines;
  c.generated_.l1d_written = t.l1d_.written_.data();
}

unsigned Layout::side(const Core& core) { return core.lookaside_set(core.state_.privileged()); }

}  // namespace hypsim::jit
