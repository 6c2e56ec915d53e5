// SPDX-License-Identifier: Apache-2.0
// How a schedule is made. Instructions are dispatched in order, issue_width a cycle, and each takes the next free slot
// of its pipe; it starts when its operands are there too, however late that is: what comes behind passes it. Dispatch
// stands still only when an instruction would wait for longer than a window's length of dispatch: then the window is
// full. The cost of a block is therefore that of its most loaded resource, or of its longest chain once that has run
// ahead as far as the window allows: turns of a loop overlap, a chain from block to block costs its latency.
#include "sim/cpu/pipeline/schedule.h"

#include <algorithm>
#include <bit>

namespace hypsim {

namespace {

using ir::TimingClass;

bool is_barrier(TimingClass c) { return c == TimingClass::Isb || c == TimingClass::Dsb || c == TimingClass::Dmb; }

enum Pipe : u8 { kAluPipe, kFpPipe, kLoadPipe, kStorePipe, kMultiplyPipe, kPipes, kNoPipe = kPipes };

Pipe pipe_of(TimingClass c) {
  switch (c) {
    case TimingClass::Alu:
    case TimingClass::AluShift:
    case TimingClass::AluShiftReg:
    case TimingClass::Saturate:
    case TimingClass::Media:
    case TimingClass::StatusRead:
    case TimingClass::StatusWrite: return kAluPipe;
    case TimingClass::VfpMove:
    case TimingClass::VfpAlu:
    case TimingClass::VfpMul:
    case TimingClass::VfpMac:
    case TimingClass::VfpMacDouble:
    case TimingClass::NeonAlu:
    case TimingClass::NeonMul: return kFpPipe;
    case TimingClass::Load:
    case TimingClass::LoadMultiple:
    case TimingClass::Exclusive:
    case TimingClass::VfpLoad:
    case TimingClass::Preload: return kLoadPipe;
    case TimingClass::Store:
    case TimingClass::StoreMultiple:
    case TimingClass::VfpStore: return kStorePipe;
    case TimingClass::Multiply:
    case TimingClass::MultiplyLong: return kMultiplyPipe;
    default: return kNoPipe;
  }
}

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
        widths_{config.alu_pipes, config.fp_pipes, config.load_ports, config.store_ports, 1},
        divider_(entry.divider),
        vfp_divider_(entry.vfp_divider),
        completion_(entry.completion) {
    std::copy(entry.ready.begin(), entry.ready.end(), ready_.begin());
  }

  /// Stands still until everything before the next instruction has completed.
  void drain() { stall_ += rest(completion_, through()); }

  /// `conditional`: it needs the old values of what it may not write. Returns when it starts.
  u32 add(const ir::InsnInfo& insn, bool conditional) {
    const TimingClass c = insn.timing;
    const u32 latency = result_latency(config_, insn);
    const Pipe pipe = pipe_of(c);
    const bool memory = pipe == kLoadPipe || pipe == kStorePipe;
    const u32 uops = memory ? round_up_div(words_of(insn), 2) : c == TimingClass::AluShiftReg ? 2 : 1;
    const u32 cost = config_.serial[static_cast<unsigned>(c)];

    operands_ = 0;
    for (u64 r = insn.reads | (conditional ? insn.writes : 0); r != 0; r &= r - 1)
      operands_ = std::max(operands_, ready_[static_cast<unsigned>(std::countr_zero(r))]);
    const u32 dispatched = dispatch();
    u32 start = std::max(dispatched, cost != 0 ? completion_ : operands_);
    if (pipe != kNoPipe) {
      // A slot of the pipe, in the order of dispatch: what waits for operands keeps none from those behind it.
      const u32 turns = c == TimingClass::MultiplyLong ? 2 : uops;
      u32& free = pipe_free_[pipe];
      free = std::max(free, dispatched * widths_[pipe]);
      start = std::max(start, free / widths_[pipe]);
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
    stall_ += rest(start, dispatched + most_wait_);

    // The result of a serialising instruction comes within its cost.
    const u32 done = start + std::max(latency, cost);
    for (u64 w = insn.writes; w != 0; w &= w - 1) {
      const auto slot = static_cast<unsigned>(std::countr_zero(w));
      const bool computed = slot < 16 && (insn.computed >> slot & 1) != 0;
      const u32 base = pipe == kStorePipe ? std::max(dispatched, ready_[slot]) : start;
      ready_[slot] = computed ? base + latency_of(config_, TimingClass::Alu) : done;
      completion_ = std::max(completion_, ready_[slot]);
    }
    completion_ = std::max(completion_, done);
    slots_ += uops;
    stall_ += cost;
    return start;
  }

  /// When the front end, and every pipe, is through with what it has got.
  u32 through() const {
    u32 cycles = stall_ + round_up_div(slots_, config_.issue_width);
    for (unsigned p = 0; p < kPipes; ++p) cycles = std::max(cycles, round_up_div(pipe_free_[p], widths_[p]));
    return cycles;
  }
  /// Of those, what the most loaded of them is busy for.
  u32 busy() const {
    u32 cycles = round_up_div(slots_, config_.issue_width);
    for (unsigned p = 0; p < kPipes; ++p) cycles = std::max(cycles, round_up_div(taken_[p], widths_[p]));
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
    return s;
  }

 private:
  u32 dispatch() const { return stall_ + slots_ / config_.issue_width; }

  const TimingConfig& config_;
  const u32 most_wait_;
  const std::array<u32, kPipes> widths_;
  std::array<u32, kPipes> pipe_free_{}, taken_{};  // in slots: widths_ of them a cycle
  std::array<u32, 64> ready_{};
  u32 divider_, vfp_divider_, completion_;
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

bool is_store(const ir::InsnInfo& insn) { return pipe_of(insn.timing) == kStorePipe; }

bool serialises(const TimingConfig& config, const ir::InsnInfo& insn) {
  return config.serial[static_cast<unsigned>(insn.timing)] != 0;
}

PipelineState later(const PipelineState& state, u64 cycles) {
  if (cycles >= state.completion) return {};
  const u32 n = static_cast<u32>(cycles);
  PipelineState s;
  for (unsigned r = 0; r < s.ready.size(); ++r) s.ready[r] = narrow(rest(state.ready[r], n));
  s.divider = narrow(rest(state.divider, n));
  s.vfp_divider = narrow(rest(state.vfp_divider, n));
  s.completion = narrow(state.completion - n);
  return s;
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
