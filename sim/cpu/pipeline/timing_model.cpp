// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/pipeline/timing_model.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace hypsim {

TimingModel::TimingModel(const TimingConfig& config, SharedMemoryTiming& shared, u64 schedule_bytes)
    : config_(config),
      shared_(shared),
      l1i_(config.l1i_bytes, config.l1i_ways, Replacement::Lru),
      l1d_(config.l1d_bytes, config.l1d_ways, Replacement::Lru),
      predictor_(config.btb_entries, config.history_bits, config.return_stack_entries, config.indirect_entries),
      noncacheable_(config.cycles_of_ns(config.noncacheable_ns)),
      l2_beyond_l1_(config.l2_hit -
                    std::min(config.l2_hit, config.latency[static_cast<unsigned>(ir::TimingClass::Load)])),
      memo_(config_, schedule_bytes),
      in_flight_(config_, l1d_, l2_beyond_l1_),
      writes_(config.write_buffer_entries) {
  shared_.attach(*this);
}

TimingModel::~TimingModel() { shared_.detach(*this); }

/// A read of L2, which knows at `when` whether it has the line; what misses goes out on the bus, and what it replaces
/// leaves the L1Ds too. Returns how many cycles longer than a hit it takes.
u64 TimingModel::l2_supplies(PhysAddr pa, u64 when) {
  ++events_[L2Read];
  if (shared_.l2.access(pa)) return 0;
  ++events_[L2RefillRead];
  ++events_[BusRead];
  const CacheTags::Victim victim = shared_.l2.take_victim();
  if (victim.valid && (shared_.drop(victim.pa, true) || victim.state == LineState::Modified)) {
    ++events_[L2WriteBackVictim];
    ++events_[BusWrite];
    const u64 done = shared_.dram.transfer(pa, when);
    shared_.dram.transfer(victim.pa, when);
    return done - when;
  }
  return shared_.dram.transfer(pa, when) - when;
}

/// What the last miss of L1D replaced goes back to L2 if it was Modified.
bool TimingModel::l1d_writes_back() {
  const CacheTags::Victim victim = l1d_.take_victim();
  if (!victim.valid || victim.state != LineState::Modified) return false;
  ++events_[L1dWriteBackVictim];
  ++events_[L2Write];
  shared_.l2.set_state(victim.pa, LineState::Modified);
  return true;
}

/// A write enters the write buffer; it waits only while all entries are taken.
void TimingModel::enter_write_buffer(Clock& clock) { wait(clock, writes_[next_write_], Resource::Device); }

/// The write that has entered is done at `done`; entries leave in order.
void TimingModel::leave_write_buffer(u64 done, bool device) {
  drained_at_ = std::max(drained_at_, done);
  if (device) device_drained_at_ = drained_at_;
  writes_[next_write_] = drained_at_;
  next_write_ = next_write_ + 1 == writes_.size() ? 0 : next_write_ + 1;
}

/// Writes overlap: one that takes `latency` starts when it enters.
void TimingModel::post_write(Clock& clock, u64 latency, bool device) {
  enter_write_buffer(clock);
  leave_write_buffer(clock.now.value + latency, device);
}

void TimingModel::start(Block& block, Clock& clock) {
  state_ = memo_.later(state_, std::exchange(clock.beyond, 0));
  if (in_flight_.only_chains(clock)) state_ = memo_.id_of(in_flight_.fold(memo_.state(state_), clock));
  if (state_ != 0 && serialises(config_, block.insns[0])) {
    clock.charge_scheduled(due(), Resource::Dependency);
    state_ = 0;
  }
  memo_.find(block, state_);
}

void TimingModel::leave(const Block& block, const Clock& clock, unsigned insns) {
  // What came on top of the schedule has mostly been long enough for everything to complete.
  const BlockTiming& timing = *block.timing;
  if (insns == block.insns.size()) return finish(block);
  state_ = timing.prefix[insns].due <= clock.beyond ? 0 : memo_.exit_after(block, timing.entry, insns);
}

void TimingModel::fetch_lines(Clock& clock, u64 first, u64 last, bool cacheable) {
  last_fetch_line_ = last;
  for (u64 line = first; line <= last; ++line) {
    const PhysAddr line_pa(line << CacheTags::kLineBits);
    if (!cacheable) {
      ++events_[BusRead];
      clock.charge(noncacheable_, Resource::FetchMiss);
      continue;
    }
    ++events_[L1iAccess];
    const bool here = l1i_.access(line_pa);
    const bool would_be = shadowed() && shadow_->l1i.access(line_pa);
    if (!here) {
      ++events_[L1iRefill];
      const u64 before = clock.now.value;
      clock.charge(l2_beyond_l1_ + l2_supplies(line_pa, before + l2_beyond_l1_), Resource::FetchMiss);
      if (would_be) shadow_->tail.add(Refill::L1i, 1, clock.now.value - before);
    }
  }
}

/// A cacheable load whose line is not in L1D, or whose translation took `tlb` cycles longer.
void TimingModel::fetch_data(Clock& clock, PhysAddr pa, const AccessSite& site, u32 tlb) {
  const u64 start = in_flight_.ready_to_start(clock, site) + tlb;
  const bool writes_back = l1d_writes_back();
  u64 dram = 0;
  const u64 arrival = in_flight_.arrival(pa, dram);
  if (arrival != 0) {
    if (writes_back) in_flight_.write_back(start);
    if (!l1d_.coming(pa)) read_shared(pa);  // put out meanwhile, and back
    const u64 hit = start + config_.latency[static_cast<unsigned>(ir::TimingClass::Load)];
    in_flight_.complete(clock, site, start, {std::max(arrival, hit), Resource::L2, tlb, dram});
    return;
  }
  ++events_[L1dRefillRead];
  const u64 asked = in_flight_.next_fetch(start), l2 = config_.l2_hit + read_shared(pa);
  dram = l2_supplies(pa, asked + l2);
  l1d_refill(pa, l2 + dram);
  const u64 done = in_flight_.fetch_line(pa, asked, l2, dram);
  if (writes_back) in_flight_.write_back(start);
  in_flight_.complete(clock, site, start, {done, Resource::L2, tlb, dram});
}

void TimingModel::load_beyond_l1(Clock& clock, PhysAddr pa, MemClass mem_class, const AccessSite& site) {
  if (mem_class == MemClass::Cacheable) {
    fetch_data(clock, pa, site, 0);
    return;
  }
  ++events_[MemoryRead];
  ++events_[BusRead];
  in_flight_.wait_for_address(clock, site);
  if (mem_class == MemClass::Device) wait(clock, device_drained_at_, Resource::Device);
  clock.charge(noncacheable_, Resource::Dram);
}

void TimingModel::load_translated(Clock& clock, PhysAddr pa, MemClass mem_class, const AccessSite& site) {
  const bool hit = read_hits_l1d(pa, mem_class);
  if (hit && translation_delay_ + crossing_ != 0) {
    const u32 tlb = std::exchange(translation_delay_, 0), crossing = std::exchange(crossing_, 0);
    const u64 start = in_flight_.ready_to_start(clock, site) + tlb;
    const u64 done = start + config_.latency[static_cast<unsigned>(ir::TimingClass::Load)] + crossing;
    in_flight_.complete(clock, site, start, {done, tlb != 0 ? Resource::TlbL2 : Resource::L1d, tlb});
    return;
  }
  clock.charge(std::exchange(crossing_, 0), Resource::L1d);
  const u32 tlb = std::exchange(translation_delay_, 0);
  if (hit) return;
  if (mem_class == MemClass::Cacheable) {
    fetch_data(clock, pa, site, tlb);
  } else {
    clock.charge(tlb, Resource::TlbL2);
    load_beyond_l1(clock, pa, mem_class, site);
  }
}

void TimingModel::store_translated(Clock& clock, PhysAddr pa, MemClass mem_class, const AccessSite& site) {
  clock.charge(std::exchange(crossing_, 0), Resource::L1d);
  const u32 tlb = std::exchange(translation_delay_, 0);
  if (tlb != 0) {
    // A store retires when it is translated; nothing waits for it but what comes a window later.
    const u64 start = in_flight_.ready_to_start(clock, site) + tlb;
    in_flight_.complete(clock, site, start, {start, Resource::TlbL2, tlb});
  }
  store(clock, pa, mem_class);
}

/// A cacheable store to a line that is not the last one of its set, or that is not Modified yet. What it has to wait
/// for it waits for in the store buffer: it costs buffer time, not the core's.
void TimingModel::store_line(Clock& clock, PhysAddr pa) {
  if (l1d_.access(pa)) {
    if (const u32 upgrade = make_modified(pa); upgrade != 0) post_write(clock, upgrade, false);
    return;
  }
  const bool writes_back = l1d_writes_back();
  enter_write_buffer(clock);
  u64 dram = 0;
  if (const u64 arrival = in_flight_.arrival(pa, dram); arrival != 0) {
    if (!l1d_.coming(pa)) read_shared(pa);  // put out meanwhile, and back
    leave_write_buffer(std::max(arrival, clock.now.value) + make_modified(pa), false);
    if (writes_back) in_flight_.write_back(clock.now.value);
    return;
  }
  ++events_[L1dRefillWrite];
  const bool owned = shared_.take(*this, pa) == SharedMemoryTiming::Elsewhere::Owner;
  l1d_.set_state(pa, LineState::Modified);
  const u64 asked = in_flight_.next_fetch(clock.now.value);
  const u64 l2 = l2_beyond_l1_ + (owned ? config_.intervention : 0);
  dram = l2_supplies(pa, asked + l2);
  l1d_refill(pa, l2 + dram);
  leave_write_buffer(in_flight_.fetch_for_store(asked, l2 + dram), false);
  if (writes_back) in_flight_.write_back(asked);
}

/// A line that comes into L1D to be read: Exclusive, or Shared with the cores that have it. Returns how much longer it
/// takes because one of them must give it.
u32 TimingModel::read_shared(PhysAddr pa) {
  const auto elsewhere = shared_.share(*this, pa);
  if (elsewhere != SharedMemoryTiming::Elsewhere::Nothing) l1d_.set_state(pa, LineState::Shared);
  return elsewhere == SharedMemoryTiming::Elsewhere::Owner ? config_.intervention : 0;
}

/// A line of L1D is written. Returns how long it takes to take it from the cores that share it.
u32 TimingModel::make_modified(PhysAddr pa) {
  const bool shared = l1d_.state(pa) == LineState::Shared;
  if (shared) shared_.take(*this, pa);
  l1d_.set_state(pa, LineState::Modified);
  return shared ? config_.upgrade : 0;
}

SharedMemoryTiming::Elsewhere TimingModel::snooped(PhysAddr pa, bool write) {
  using Elsewhere = SharedMemoryTiming::Elsewhere;
  if (write) {
    // The copy that a world switch left goes too: it is not the switch that takes the line.
    if (shadow_) shadow_->l1d.invalidate(pa);
    in_flight_.forget_line(pa);
  }
  if (!l1d_.contains(pa)) return Elsewhere::Nothing;
  const LineState before = l1d_.state(pa);
  if (before == LineState::Modified) ++events_[L1dWriteBackClean];
  if (write) {
    // A Modified line goes straight to the other core, which has it Modified then.
    ++events_[L1dInvalidated];
    l1d_.invalidate(pa);
  } else {
    if (before == LineState::Modified) {
      ++events_[L2Write];
      shared_.l2.set_state(pa, LineState::Modified);
    }
    l1d_.set_state(pa, LineState::Shared);
  }
  return before == LineState::Shared ? Elsewhere::Copy : Elsewhere::Owner;
}

bool TimingModel::dropped(PhysAddr pa, bool save) {
  if (shadowed()) shadow_->l1d.invalidate(pa);
  in_flight_.forget_line(pa);
  if (!l1d_.contains(pa)) return false;
  const bool modified = l1d_.modified(pa);
  if (save) cleaned(pa);
  ++events_[L1dInvalidated];
  l1d_.invalidate(pa);
  return modified;
}

bool TimingModel::cleaned(PhysAddr pa) {
  if (!l1d_.modified(pa)) return false;
  ++events_[L1dWriteBackClean];
  ++events_[L2Write];
  l1d_.set_state(pa, LineState::Exclusive);
  return true;
}

void TimingModel::store_uncached(Clock& clock, MemClass mem_class) {
  ++events_[MemoryWrite];
  ++events_[BusWrite];
  post_write(clock, noncacheable_, mem_class == MemClass::Device);
}

void TimingModel::walk_read(Clock& clock, PhysAddr pa, bool cacheable, bool stage2) {
  const Resource r = stage2 ? Resource::WalkStage2 : Resource::WalkStage1;
  in_flight_.wait_for_address(clock, translating_);
  const u64 before = clock.now.value;
  if (cacheable) {
    clock.charge(config_.l2_hit + l2_supplies(pa, before + config_.l2_hit), r);
  } else {
    ++events_[BusRead];
    clock.charge(noncacheable_, r);
  }
  walk_cycles_[stage2] += clock.now.value - before;
}

void TimingModel::tlb_miss(Clock& clock, bool fetch, bool walk, bool write) {
  ++events_[fetch ? L1iTlbRefill : write ? TlbRefillWrite : TlbRefillRead];
  if (walk) {
    clock.charge(config_.walk_overhead, Resource::WalkStage1);
  } else if (translating_.block != nullptr) {
    translation_delay_ += config_.tlb_l2_hit;
  } else {
    clock.charge(config_.tlb_l2_hit, Resource::TlbL2);
  }
}

/// Of an access that does not come to pass, or is no load or store of memory.
void TimingModel::spend_delays(Clock& clock) {
  clock.charge(std::exchange(crossing_, 0), Resource::L1d);
  clock.charge(std::exchange(translation_delay_, 0), Resource::TlbL2);
}

void TimingModel::device_read(Clock& clock, Cycles bus, u32 due) {
  // A device is not read ahead of time, nor before earlier device writes. ARM DDI 0406C A3.8.2
  spend_delays(clock);
  drain(clock, due);
  wait(clock, device_drained_at_, Resource::Device);
  clock.charge(bus.value, Resource::Device);
  ++events_[MemoryRead];
  ++events_[BusRead];
}

void TimingModel::device_write(Clock& clock, Cycles bus) {
  spend_delays(clock);
  clock.charge(config_.device_write_issue, Resource::Device);
  post_write(clock, bus.value, true);
  ++events_[MemoryWrite];
  ++events_[BusWrite];
}

void TimingModel::enable_prediction(bool on) {
  predict_ = on;
  choose_prediction();
}

void TimingModel::choose_prediction() {
  prediction_ = !predict_ ? Prediction::Off : shadowed() ? Prediction::Shadowed : Prediction::On;
}

/// A branch without prediction, or with a shadow that learns from it too.
void TimingModel::rare_branch(Clock& clock, u32 branch_pc, u32 fall_through, u32 taken_to, ir::BranchKind kind,
                              bool conditional, const BlockTiming& ended) {
  const bool taken = taken_to != fall_through;
  if (prediction_ == Prediction::Off) {
    if (taken) {
      mispredicted(clock, ended);
    } else {
      ++events_[Mispredicted];
    }
    return;
  }
  const bool would_be_wrong = shadow_->predictor.mispredicts(branch_pc, fall_through, taken_to, kind, conditional);
  if (predictor_.mispredicts(branch_pc, fall_through, taken_to, kind, conditional)) {
    mispredicted(clock, ended);
    if (!would_be_wrong) shadow_->tail.add(Refill::Predictor, 1, config_.mispredict_penalty);
  } else if (taken) {
    clock.charge(config_.taken_branch_bubble, Resource::Base);
  }
}

void TimingModel::begin_switch() {
  if (shadow_) {
    shadow_->l1i = l1i_;
    shadow_->l1d = l1d_;
    shadow_->predictor = predictor_;
    shadow_->following = false;
  } else {
    shadow_.reset(new Shadow{l1i_, l1d_, predictor_, {}});
  }
  choose_prediction();
}

void TimingModel::end_switch() {
  if (shadow_) shadow_->following = true;
  choose_prediction();
}

void TimingModel::forget_switch() {
  shadow_.reset();
  choose_prediction();
}

void TimingModel::tlb_refill(const Translation& t) {
  RefillTail& tail = shadow_->tail;
  if (t.hit == TlbLevel::L2) {
    if (t.unswitched == TlbLevel::L1) tail.add(Refill::TlbL1, 1, config_.tlb_l2_hit);
    return;
  }
  const bool spared = t.unswitched != TlbLevel::Walk;
  if (spared) tail.add(Refill::TlbL2, 1, config_.walk_overhead);
  const auto reads = [&](Refill kind, u64 cycles, u32 done, u32 needed) {
    if (done > needed) tail.add(kind, done - needed, cycles * (done - needed) / done);
  };
  reads(Refill::WalkStage1, walk_cycles_[0], t.walk_reads_s1, spared ? 0 : t.unswitched_reads_s1);
  reads(Refill::WalkStage2, walk_cycles_[1], t.walk_reads_s2, spared ? 0 : t.unswitched_reads_s2);
}

void TimingModel::exception_entry(Clock& clock, u32 due) {
  spend_delays(clock);
  drain(clock, due);
  ++events_[ExceptionTaken];
  clock.charge(config_.exception_entry, Resource::Exception);
}

void TimingModel::exception_return(Clock& clock, u32 due) {
  drain(clock, due);
  ++events_[ExceptionReturned];
  clock.charge(config_.exception_return, Resource::Exception);
}

void TimingModel::dsb(Clock& clock) {
  in_flight_.drain(clock);
  wait(clock, maintained_at_, Resource::TlbMaintenance);
  wait(clock, drained_at_, Resource::Barrier);
}

void TimingModel::tlb_maintenance(Clock& clock, bool broadcast) {
  wait(clock, maintained_at_, Resource::TlbMaintenance);
  maintained_at_ =
      clock.now.value + std::max(config_.tlbi_issue, broadcast ? config_.tlbi_broadcast : config_.tlbi_local);
  clock.charge(config_.tlbi_issue, Resource::TlbMaintenance);
}

void TimingModel::cache_maintenance(Clock& clock) { clock.charge(config_.cache_op, Resource::SysReg); }

void TimingModel::invalidate_icache() {
  l1i_.invalidate_all();
  if (shadowed()) shadow_->l1i.invalidate_all();
  last_fetch_line_ = ~u64{0};
}
void TimingModel::invalidate_icache_line(PhysAddr pa) {
  l1i_.invalidate(pa);
  if (shadowed()) shadow_->l1i.invalidate(pa);
  last_fetch_line_ = ~u64{0};
}

/// A Modified line leaves L2 for memory because maintenance says so: posted, a DSB waits for it.
void TimingModel::l2_writes_back(Clock& clock, PhysAddr pa) {
  ++events_[L2WriteBackClean];
  ++events_[BusWrite];
  shared_.l2.set_state(pa, LineState::Exclusive);
  enter_write_buffer(clock);
  leave_write_buffer(shared_.dram.transfer(pa, clock.now.value + l2_beyond_l1_), false);
}

void TimingModel::maintain_dcache_line(Clock& clock, PhysAddr pa, DcacheOp op) {
  const bool invalidate = op == DcacheOp::Invalidate || op == DcacheOp::CleanInvalidate;
  if (invalidate) in_flight_.forget_lines();
  const bool save = op != DcacheOp::Invalidate;
  const bool modified = invalidate ? shared_.drop(pa, save) : shared_.clean(pa);
  if (modified && save) {
    in_flight_.write_back(clock.now.value);
    shared_.l2.set_state(pa, LineState::Modified);
    if (op == DcacheOp::CleanToUnification) post_write(clock, l2_beyond_l1_, false);
  }
  if ((op == DcacheOp::Clean || op == DcacheOp::CleanInvalidate) && shared_.l2.modified(pa)) l2_writes_back(clock, pa);
  if (!invalidate) return;
  if (shared_.l2.contains(pa)) ++events_[L2Invalidated];
  shared_.l2.invalidate(pa);
}

void TimingModel::maintain_dcache_set_way(Clock& clock, u32 operand, DcacheOp op) {
  const u32 level = operand >> 1 & 7;
  if (level > 1) return;
  CacheTags& cache = level == 0 ? l1d_ : shared_.l2;
  const int way_bits = std::bit_width(cache.ways() - 1);
  const u32 way = way_bits == 0 ? 0 : operand >> (32 - way_bits);
  if (way >= cache.ways()) return;
  const CacheTags::Victim line = cache.at_set_way(operand >> CacheTags::kLineBits & (cache.sets() - 1), way);
  if (op != DcacheOp::Clean) in_flight_.forget_lines();
  if (!line.valid) return;
  const bool clean = op != DcacheOp::Invalidate;
  if (level == 0) {
    if (clean && cleaned(line.pa)) {
      in_flight_.write_back(clock.now.value);
      shared_.l2.set_state(line.pa, LineState::Modified);
      post_write(clock, l2_beyond_l1_, false);
    }
    if (op == DcacheOp::Clean) return;
    ++events_[L1dInvalidated];
    l1d_.invalidate(line.pa);
    return;
  }
  // L2 gives up nothing that an L1D keeps.
  if (op != DcacheOp::Clean && shared_.drop(line.pa, clean) && clean)
    shared_.l2.set_state(line.pa, LineState::Modified);
  if (clean && shared_.l2.modified(line.pa)) l2_writes_back(clock, line.pa);
  if (op == DcacheOp::Clean) return;
  ++events_[L2Invalidated];
  shared_.l2.invalidate(line.pa);
}
void TimingModel::invalidate_branch_predictor() {
  predictor_.invalidate();
  if (shadowed()) shadow_->predictor.invalidate();
}

u64 TimingModel::pmu_event(u32 event) const {
  const u64 memory_reads = events_[MemoryRead] + events_[L1dRead],
            memory_writes = events_[MemoryWrite] + events_[L1dWrite];
  switch (event) {
    case 0x03: return events_[L1dRefillRead] + events_[L1dRefillWrite];
    case 0x04: return events_[L1dRead] + events_[L1dWrite];
    case 0x05: return events_[TlbRefillRead] + events_[TlbRefillWrite];
    case 0x13: return memory_reads + memory_writes;
    case 0x15: return events_[L1dWriteBackVictim] + events_[L1dWriteBackClean];
    case 0x16: return events_[L2Read] + events_[L2Write];
    case 0x17: return events_[L2RefillRead];
    case 0x18: return events_[L2WriteBackVictim] + events_[L2WriteBackClean];
    case 0x19: return events_[BusRead] + events_[BusWrite];
    case MemoryRead: return memory_reads;
    case MemoryWrite: return memory_writes;
    default: return event < kPmuEvents ? events_[event] : 0;
  }
}

}  // namespace hypsim
