// SPDX-License-Identifier: Apache-2.0
// How a schedule is made. Instructions are dispatched in order, issue_width a cycle, and each takes the next free slot
// of its pipe; it starts when its operands are there too, however late that is: what comes behind passes it. Dispatch
// stands still only when an instruction would wait for longer than a window's length of dispatch, for then the window
// is full, or when its issue queue, the load queue or the store queue is. The cost of a block is therefore that of its
// most loaded resource, or of its longest chain once that has run ahead as far as the window allows: turns of a loop
// overlap, a chain from block to block costs its latency.
#include "sim/cpu/pipeline/schedule.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace hypsim {

namespace {

using ir::TimingClass;

bool is_barrier(TimingClass c) { return c == TimingClass::Isb || c == TimingClass::Dsb || c == TimingClass::Dmb; }

u32 round_up_div(u32 n, u32 d) { return (n + d - 1) / d; }

u32 words_of(const ir::InsnInfo& insn) { return std::max<u32>(1, insn.transfers); }

u32 latency_of(const TimingConfig& config, TimingClass c) { return config.latency[static_cast<unsigned>(c)]; }

u16 narrow(u32 cycles) { return static_cast<u16>(std::min<u32>(cycles, 0xFFFF)); }
u32 rest(u32 until, u32 now) { return until > now ? until - now : 0; }

/// The pipeline while a block runs through it; times are cycles from the block's start.
class Flow {
 public:
  Flow(const TimingConfig& config, const PipelineState& entry)
      : config_(config),
        most_wait_(std::max(1u, config.window / config.issue_width)),
        issue_queues_(issue_queues(config, entry, std::make_index_sequence<kPipes>())),
        load_queue_(config.load_queue, entry.load_queue),
        store_queue_(config.store_queue, entry.store_queue),
        divider_(entry.divider),
        vfp_divider_(entry.vfp_divider),
        completion_(entry.completion),
        store_issue_(entry.store_issue) {
    std::copy(entry.ready.begin(), entry.ready.end(), ready_.begin());
    for (const auto& s : entry.pending_stores)
      if (s.data != 0) pending_stores_.add({s.base, s.bytes, s.offset, 0}, s.data);
  }

  /// Stands still until everything before the next instruction has completed.
  void drain() { stall_ += rest(completion_, through()); }

  /// `conditional`: it needs the old values of what it may not write. Returns when it starts.
  u32 add(const ir::InsnInfo& insn, bool conditional) {
    const TimingClass c = insn.timing;
    const u32 latency = result_latency(config_, insn);
    const Pipe pipe = pipe_of(c);
    const bool load = is_load(insn), store = is_store(insn);
    const u32 uops = load || store ? round_up_div(words_of(insn), 2) : c == TimingClass::AluShiftReg ? 2 : 1;
    const u32 cost = config_.serial[static_cast<unsigned>(c)];

    operands_ = when_ready(insn.reads | (conditional ? insn.writes : 0));
    Places* const retires = load ? &load_queue_ : store ? &store_queue_ : nullptr;
    if (pipe != kNoPipe) stand_still_until(issue_queues_[pipe].first_free());
    if (retires != nullptr) stand_still_until(retires->first_free());
    const u32 dispatched = dispatch();
    u32 start = std::max(dispatched, cost != 0 ? completion_ : store ? when_ready(issue_reads(insn)) : operands_);
    if (load || store) start = std::max(start, store_issue_);
    if (pipe != kNoPipe) {
      // A slot of the pipe, in the order of dispatch: what waits for operands keeps none from those behind it.
      const u32 turns = c == TimingClass::MultiplyLong ? 2 : uops, width = width_of(config_, pipe);
      u32& free = pipe_free_[pipe];
      free = std::max(free, dispatched * width);
      start = std::max(start, free / width);
      free += turns;
      taken_[pipe] += turns;
    }
    u32* const unit = c == TimingClass::Divide                                     ? &divider_
                      : c == TimingClass::VfpDiv || c == TimingClass::VfpDivDouble ? &vfp_divider_
                                                                                   : nullptr;
    if (unit != nullptr) {
      start = std::max(start, *unit);
      *unit = start + latency;
    }
    if (pipe != kNoPipe) issue_queues_[pipe].take(start);
    if (store) store_issue_ = start;
    const u32 complete_operands = std::max(start, operands_);  // a store's data comes after it has started
    stall_ += rest(complete_operands, dispatched + most_wait_);

    // The result of a serialising instruction comes within its cost.
    u32 done = complete_operands + std::max(latency, cost);
    if (load)
      pending_stores_.read(insn.memory, [&](u32 data) { done = std::max(done, data + config_.store_forwarding); });
    for (u64 w = insn.writes; w != 0; w &= w - 1) {
      const auto slot = static_cast<unsigned>(std::countr_zero(w));
      const bool computed = slot < 16 && (insn.computed >> slot & 1) != 0;
      const u32 base = store ? std::max(dispatched, ready_[slot]) : start;
      ready_[slot] = computed ? base + latency_of(config_, TimingClass::Alu) : done;
      completion_ = std::max(completion_, ready_[slot]);
    }
    completion_ = std::max(completion_, done);
    if (retires != nullptr) retires->take(completion_);
    if (store) {
      pending_stores_.cover(insn.memory);
      pending_stores_.add(insn.memory, complete_operands);
    }
    pending_stores_.written(insn);
    slots_ += uops;
    stall_ += cost;
    return start;
  }

  /// When the front end, and every pipe, is through with what it has got.
  u32 through() const {
    u32 cycles = stall_ + round_up_div(slots_, config_.issue_width);
    for (unsigned p = 0; p < kPipes; ++p) cycles = std::max(cycles, round_up_div(pipe_free_[p], width_of(config_, p)));
    return cycles;
  }
  /// Of those, what the most loaded of them is busy for.
  u32 busy() const {
    u32 cycles = round_up_div(slots_, config_.issue_width);
    for (unsigned p = 0; p < kPipes; ++p) cycles = std::max(cycles, round_up_div(taken_[p], width_of(config_, p)));
    return cycles;
  }
  u32 completion() const { return completion_; }
  /// Of the last instruction.
  u32 operands() const { return operands_; }

  PipelineState state(u32 now) const {
    PipelineState s;
    for (unsigned r = 0; r < ready_.size(); ++r) s.ready[r] = narrow(rest(ready_[r], now));
    s.divider = narrow(rest(divider_, now));
    s.vfp_divider = narrow(rest(vfp_divider_, now));
    s.completion = narrow(rest(completion_, now));
    s.store_issue = narrow(rest(store_issue_, now));
    for (unsigned p = 0; p < kPipes; ++p) s.issue_queues[p] = issue_queues_[p].state(now, config_.issue_width);
    s.load_queue = load_queue_.state(now, config_.issue_width);
    s.store_queue = store_queue_.state(now, config_.issue_width);
    auto* next = s.pending_stores.begin();
    pending_stores_.for_each([&](const ir::MemoryOperand& m, u32 data) {
      if (data > now) *next++ = {m.base, m.bytes, m.offset, narrow(data - now)};
    });
    std::sort(s.pending_stores.begin(), next);
    return s;
  }

 private:
  template <std::size_t... P>
  static std::array<Places, kPipes> issue_queues(const TimingConfig& config, const PipelineState& entry,
                                                 std::index_sequence<P...>) {
    return {Places(places_of(config, P), entry.issue_queues[P])...};
  }

  u32 dispatch() const { return stall_ + slots_ / config_.issue_width; }
  void stand_still_until(u32 when) { stall_ += rest(when, dispatch()); }
  u32 when_ready(u64 operands) const {
    u32 when = 0;
    for (u64 r = operands; r != 0; r &= r - 1)
      when = std::max(when, ready_[static_cast<unsigned>(std::countr_zero(r))]);
    return when;
  }

  const TimingConfig& config_;
  const u32 most_wait_;
  std::array<Places, kPipes> issue_queues_;
  Places load_queue_, store_queue_;
  std::array<u32, kPipes> pipe_free_{}, taken_{};  // in slots: width_of the pipe a cycle
  std::array<u32, 64> ready_{};
  PendingStores<u32> pending_stores_;
  u32 divider_, vfp_divider_, completion_, store_issue_;
  u32 slots_ = 0, stall_ = 0, operands_ = 0;
};

}  // namespace

/// That of a load multiple holds for three or four words: each pair of words moves in a cycle of its own.
u32 result_latency(const TimingConfig& config, const ir::InsnInfo& insn) {
  const u32 latency = latency_of(config, insn.timing);
  if (insn.timing != TimingClass::LoadMultiple) return latency;
  const u32 pairs = round_up_div(words_of(insn), 2);
  return latency + pairs - std::min(latency + pairs, 2u);
}

bool serialises(const TimingConfig& config, const ir::InsnInfo& insn) {
  return config.serial[static_cast<unsigned>(insn.timing)] != 0;
}

PipelineState later(const TimingConfig& config, const PipelineState& state, u64 cycles) {
  if (cycles >= state.completion) return {};
  return Flow(config, state).state(static_cast<u32>(cycles));
}

void compute_schedule(const TimingConfig& config, const Block& block, const PipelineState& entry, unsigned insns,
                      Schedule& schedule) {
  Flow flow(config, entry);
  SchedulePrefix at;
  // What the pipes are busy with is Base; what is longer than that is waiting for a result (the divider's included).
  const auto advance = [&] {
    const u32 before = at.commit - at.serial - at.barrier;
    const u32 now = std::max(flow.through() - at.serial - at.barrier, before);
    const u32 waiting = std::min(now - std::min(now, flow.busy()), at.dependency + now - before);
    at.dependency = std::max(at.dependency, waiting);
    at.commit = now + at.serial + at.barrier;
  };
  for (unsigned k = 0; k < insns; ++k) {
    const ir::InsnInfo& insn = block.insns[k];
    if (serialises(config, insn)) {
      // The wait belongs before the instruction, which may read the clock. At a block's start the pipeline is empty.
      flow.drain();
      advance();
    }
    at.due = rest(flow.completion(), at.commit);
    schedule.prefix[k] = at;
    const bool conditional = block.ops[insn.first_op].op == ir::Op::SkipUnless;
    schedule.prefix[k].issue = flow.add(insn, conditional);
    const u32 cost = config.serial[static_cast<unsigned>(insn.timing)];
    (is_barrier(insn.timing) ? at.barrier : at.serial) += cost;
    at.commit += cost;
    advance();
  }
  at.due = rest(flow.completion(), at.commit);
  at.issue = at.commit;
  schedule.prefix[insns] = at;
  schedule.exit = flow.state(at.commit);
  schedule.resolve = 0;
  if (insns == 0) return;
  // A branch waits for its operands; what computes or loads the PC, for its result.
  const TimingClass last = block.insns[insns - 1].timing;
  const bool branch = last == TimingClass::Branch || last == TimingClass::BranchIndirect;
  const u32 known =
      branch ? flow.operands() : schedule.prefix[insns - 1].issue + result_latency(config, block.insns[insns - 1]);
  schedule.resolve = rest(known, at.commit);
}

}  // namespace hypsim
