// SPDX-License-Identifier: Apache-2.0
// What is under way in the core while data comes from beyond L1: the lines being fetched, the registers that wait for
// them, and how far in-order retirement lags behind. Time goes on under a miss until something needs its result: an
// instruction a window's length behind it, a serialising instruction, a mispredicted branch that depends on it. While
// nothing is under way (any() is false) none of this is consulted.
//
// A block's own schedule holds for what hits L1. This class moves the instructions that depend on late data, from one
// block to the next: a register is late if its value comes later than the schedule says. Late data fills the queues,
// too: what waits for it keeps its place in an issue queue, and the loads and stores behind it theirs.
#pragma once

#include <algorithm>
#include <array>

#include "sim/base/observer.h"
#include "sim/cpu/pipeline/cache.h"
#include "sim/cpu/pipeline/schedule.h"
#include "sim/cpu/pipeline/timing_config.h"
#include "sim/cpu/translate/block.h"

namespace hypsim {

namespace jit {
struct Layout;
}

/// Where an access or a piece of a block stands, so that the model knows what feeds it and what it feeds. Without a
/// block the core waits for the data.
struct AccessSite {
  const Block* block = nullptr;
  u32 insn = 0;     ///< index of the instruction
  u32 settled = 0;  ///< instructions of this visit to the block that have been charged
  u64 retired = 0;  ///< instructions charged so far, the `settled` ones included
};

/// A core's clock, and where its cycles have gone. The stack adds up to `now` at all times.
struct Clock {
  Cycles now{};
  CycleStack stack{};
  u64 beyond = 0;  ///< cycles that no schedule knows of, since the last block started
  void charge(u64 cycles, Resource resource) {
    beyond += cycles;
    charge_scheduled(cycles, resource);
  }
  /// Part of a block's schedule: what is under way in the pipeline has been moved on by them.
  void charge_scheduled(u64 cycles, Resource resource) {
    now.value += cycles;
    stack[static_cast<unsigned>(resource)] += cycles;
  }
  /// Waits for something that is due `cycles` after the schedule's time, of which `beyond` has gone by.
  void wait_scheduled(u64 cycles) {
    if (cycles > beyond) charge(cycles - beyond, Resource::Dependency);
  }
};

class InFlight {
 public:
  static constexpr unsigned kMaxFillBuffers = 32, kMaxWindow = 256;

  InFlight(const TimingConfig& config, CacheTags& l1d, u32 l2_beyond_l1);

  bool any() const { return any_; }
  /// When the instruction at `site` has its address, and with it may start: at the earliest when the schedule says.
  u64 ready_to_start(Clock& clock, const AccessSite& site);
  /// Waits until it has.
  void wait_for_address(Clock& clock, const AccessSite& site);
  /// When the line of `pa` arrives that is being fetched already; 0 if it is not. `dram` gets the last part of that, if
  /// it comes from there.
  u64 arrival(PhysAddr pa, u64& dram) const;
  /// When L2 is asked for a line by an access that is ready at `start`: there is a queue for a fill buffer and for L2's
  /// port.
  u64 next_fetch(u64 start) const;
  /// L2 is asked for a line at `asked`; returns when it arrives, which takes `l2` cycles and `dram` more.
  u64 fetch_line(PhysAddr pa, u64 asked, u64 l2, u64 dram);
  /// The same for a store: buffer and port are taken, but loads find the line at once, and nothing is under way.
  u64 fetch_for_store(u64 asked, u64 latency);
  /// A line is written back to L2 behind what has been asked for by then.
  void write_back(u64 when) { next_request_ = std::max(next_request_, when) + line_interval_; }
  /// When something is ready, and what the time until then is spent on: the last `dram` cycles on DRAM, those before on
  /// `from`, `tlb` of them on the translation.
  struct Late {
    Late() = default;
    Late(u64 when, Resource resource, u32 translation = 0, u64 memory = 0)
        : ready(when), from(resource), tlb(static_cast<u16>(translation)), dram(static_cast<u32>(memory)) {}
    u64 ready = 0;
    Resource from = Resource::L2;
    u16 tlb = 0;
    u32 dram = 0;
  };
  /// The instruction at `site` gets (some of) its data, or is done. Without a block, waits.
  void complete(Clock& clock, const AccessSite& site, u64 start, const Late& late);
  /// Instructions up to site.insn have been charged: what depends on late data moves, serialising ones and the end of
  /// the window wait.
  void advance(Clock& clock, const AccessSite& site);
  /// A mispredicted branch, the last instruction charged, waits for what it depends on.
  void resolve_branch(Clock& clock);
  /// Data cache maintenance: a line that it takes out is not there even if it was still on its way.
  void forget_lines();
  /// Another core has taken the line of `pa`; what waits for it still gets it.
  void forget_line(PhysAddr pa);
  /// Waits for everything.
  void drain(Clock& clock);
  /// Whether all data has come, so that what is late still is so by waiting for other instructions alone.
  bool only_chains(const Clock& clock) const { return any_ && last_arrival_ <= clock.now.value; }
  /// Then that is a state of the pipeline as any other: `state` with what is late in it. Nothing is under way any more.
  PipelineState fold(const PipelineState& state, const Clock& clock);

 private:
  friend struct jit::Layout;

  struct Fill {
    u64 line = ~u64{0};
    u64 done = 0;
    u64 dram = 0;
  };
  struct Retire {
    u64 number;         // of the instruction
    u64 loads, stores;  // before it
    Late late;
  };
  /// When what waits in an issue queue for late operands leaves it; a place whose time is past is free.
  struct Queue {
    std::array<Late, Places::kMost> places{};
    u32 next = 0;
  };

  void follow(Clock& clock, const AccessSite& site, u32 upto, u32 charged);
  static u64 scheduled_start(const Clock& clock, const AccessSite& site, u32 insn, u32 charged);
  Late latest(u64 registers, u64 now);
  void enter_queue(Clock& clock, const ir::InsnInfo& insn, const Late& issue, u64 dispatched);
  void forward(const ir::InsnInfo& load, u64 hit);
  void forget_all();
  void pass(const ir::InsnInfo& insn, const Late& data);
  void count(const ir::InsnInfo& insn) {
    loads_ += is_load(insn) ? 1 : 0;
    stores_ += is_store(insn) ? 1 : 0;
  }
  /// Whether the core cannot go on while `oldest` has not retired.
  bool stands_still(const Retire& oldest, u64 retired) const {
    return oldest.number + window_ <= retired || oldest.loads + config_.load_queue < loads_ ||
           oldest.stores + config_.store_queue < stores_;
  }
  void record(u64 number, const ir::InsnInfo& insn, const Late& late);
  void wait(Clock& clock, const Late& late);
  void retire_done(Clock& clock);
  void write_back_bases(const ir::InsnInfo& insn, const Late& operands);
  unsigned next_buffer() const;
  void drop_oldest() {
    head_ = (head_ + 1) % queue_.size();
    --count_;
  }
  const Retire& newest() const { return queue_[(head_ + count_ - 1) % queue_.size()]; }

  const TimingConfig& config_;
  CacheTags& l1d_;
  const u32 l2_beyond_l1_, line_interval_, window_;
  bool any_ = false;
  u64 late_ = 0;  // bits as in InsnInfo::reads
  std::array<Late, 64> registers_{};
  std::array<Fill, kMaxFillBuffers> fills_{};
  u64 next_request_ = 0;                        // when L2 can take the next one
  u64 last_arrival_ = 0;                        // of data that has been asked for
  u64 followed_ = 0;                            // number of the next instruction to look at
  u64 loads_ = 0, stores_ = 0;                  // that have been looked at
  Late last_;                                   // result of the last instruction looked at; ready 0: not late
  Late current_;                                // start of the one under way, for its second access
  std::array<Retire, 2 * kMaxWindow> queue_{};  // late instructions in program order, each later than the one before
  std::size_t head_ = 0, count_ = 0;
  std::array<Queue, kPipes> queues_{};
  Late store_issue_;  // when the last store has its address: no load or store starts before
  PendingStores<Late> pending_stores_;
};

}  // namespace hypsim
