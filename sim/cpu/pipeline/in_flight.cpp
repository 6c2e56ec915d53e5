// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/pipeline/in_flight.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <type_traits>

namespace hypsim {

InFlight::InFlight(const TimingConfig& config, CacheTags& l1d, u32 l2_beyond_l1)
    : config_(config),
      l1d_(l1d),
      l2_beyond_l1_(l2_beyond_l1),
      line_interval_(config.l2_line_interval),
      window_(config.window) {}

/// Charges the time until `late` is ready. Of what is left of a fetch its last part comes first: DRAM, then L2, then
/// the translation; a queue before it counts as the fetch itself.
void InFlight::wait(Clock& clock, const Late& late) {
  if (late.ready <= clock.now.value) return;
  u64 cycles = late.ready - clock.now.value;
  const u64 dram = std::min<u64>(cycles, late.dram);
  clock.charge(dram, Resource::Dram);
  cycles -= dram;
  const u64 tlb = late.tlb != 0 && cycles > l2_beyond_l1_ ? std::min<u64>(cycles - l2_beyond_l1_, late.tlb) : 0;
  clock.charge(tlb, Resource::TlbL2);
  clock.charge(cycles - tlb, late.from);
}

/// Retirement is in order: an instruction that is done before an older one adds nothing to what must be waited for.
void InFlight::record(u64 number, const ir::InsnInfo& insn, const Late& late) {
  any_ = true;
  if (count_ != 0 && newest().late.ready >= late.ready) return;
  if (count_ != 0 && newest().number == number) --count_;
  if (count_ == queue_.size()) {  // more than a window of late instructions: the oldest is covered by the next
    drop_oldest();
  }
  queue_[(head_ + count_) % queue_.size()] = {number, loads_ - is_load(insn), stores_ - is_store(insn), late};
  ++count_;
}

/// When instruction `insn` starts by the schedule: when it has its operands. The clock has been charged `charged`
/// cycles of it. Cycles beyond the schedule have gone by for the operands too.
u64 InFlight::scheduled_start(const Clock& clock, const AccessSite& site, u32 insn, u32 charged) {
  const SchedulePrefix& at = site.block->timing->prefix[insn];
  const i64 base = static_cast<i64>(clock.now.value) - charged;
  const i64 dispatched = base + std::min(at.commit, at.issue);
  return static_cast<u64>(std::max(dispatched, base + at.issue - static_cast<i64>(clock.beyond)));
}

/// The last of those registers to be ready; ready 0 if all are by `now`.
InFlight::Late InFlight::latest(u64 registers, u64 now) {
  Late last;
  for (u64 r = registers & late_; r != 0; r &= r - 1) {
    const auto slot = static_cast<unsigned>(std::countr_zero(r));
    if (registers_[slot].ready <= now) {
      late_ &= ~(u64{1} << slot);
    } else if (registers_[slot].ready > last.ready) {
      last = registers_[slot];
    }
  }
  return last;
}

/// The instruction, which is dispatched at `dispatched`, waits in its issue queue until `issue`. If the queue is full
/// the front end stands still until something has left it.
void InFlight::enter_queue(Clock& clock, const ir::InsnInfo& insn, const Late& issue, u64 dispatched) {
  const Pipe pipe = pipe_of(insn.timing);
  if (pipe == kNoPipe) return;
  Queue& queue = queues_[pipe];
  const u32 places = places_of(config_, pipe);
  // The place that was taken longest ago is the likeliest to be free.
  Late* place = &queue.places[queue.next];
  queue.next = queue.next + 1 == places ? 0 : queue.next + 1;
  if (place->ready > dispatched) {
    place = std::min_element(queue.places.data(), queue.places.data() + places,
                             [](const Late& a, const Late& b) { return a.ready < b.ready; });
    if (place->ready > dispatched) {
      Late left = *place;
      left.ready = clock.now.value + (place->ready - dispatched);
      wait(clock, left);
    }
  }
  *place = issue;
}

/// What an instruction means for the loads behind it. `data` of a store: ready 0 if it is not late.
void InFlight::pass(const ir::InsnInfo& insn, const Late& data) {
  if (is_store(insn)) {
    pending_stores_.cover(insn.memory);
    if (data.ready != 0) pending_stores_.add(insn.memory, data);
  }
  pending_stores_.written(insn);
}

/// Looks at the instructions of the block before `upto` that have not been looked at: results of late operands are
/// late. The clock has been charged `charged` cycles of the schedule.
void InFlight::follow(Clock& clock, const AccessSite& site, u32 upto, u32 charged) {
  const SchedulePrefix* const prefix = site.block->timing->prefix;
  const u64 first_number = site.retired - site.settled;
  const u32 first = followed_ > first_number ? static_cast<u32>(std::min<u64>(followed_ - first_number, upto)) : 0;
  for (u32 k = first; k < upto; ++k) {
    const ir::InsnInfo& insn = site.block->insns[k];
    last_.ready = 0;
    count(insn);
    const u32 cost = prefix[k + 1].serial - prefix[k].serial + prefix[k + 1].barrier - prefix[k].barrier;
    if (cost != 0 && count_ != 0) {
      // It starts when everything before it has retired, and its cost has been charged.
      Late all = newest().late;
      all.ready += cost;
      wait(clock, all);
    }
    const bool load = is_load(insn), store = is_store(insn);
    const bool behind_stores =
        (load || store) && (!pending_stores_.empty() || store_issue_.ready > clock.now.value - charged);
    if (((insn.reads | insn.writes) & late_) == 0 && !behind_stores) {
      pending_stores_.written(insn);
      continue;
    }
    const u64 now = scheduled_start(clock, site, k, charged);
    const Late address = latest(issue_reads(insn), now);
    Late issue = address;
    if ((load || store) && store_issue_.ready > std::max(now, issue.ready)) issue = store_issue_;
    if (issue.ready != 0) {
      enter_queue(clock, insn, issue, clock.now.value - charged + prefix[k].commit);
      if (store) store_issue_ = issue;
    }
    Late data = issue;
    if (store) {
      const Late stored = latest(insn.reads, now);
      if (stored.ready > data.ready) data = stored;
    }
    const u32 latency = result_latency(config_, insn);
    if (data.ready != 0) {
      last_ = data;
      last_.ready += latency;
    }
    if (load) forward(insn, now + latency);
    pass(insn, data);
    if (last_.ready == 0) {
      late_ &= ~insn.writes;
      continue;
    }
    for (u64 w = insn.writes & ~u64{insn.computed}; w != 0; w &= w - 1)
      registers_[static_cast<unsigned>(std::countr_zero(w))] = last_;
    write_back_bases(insn, address);
    late_ |= insn.writes;
    record(first_number + k, insn, last_);
  }
  followed_ = std::max(followed_, first_number + upto);
}

/// A load gets the data of late stores that it reads: then its result, due at `hit`, is late as well.
void InFlight::forward(const ir::InsnInfo& load, u64 hit) {
  pending_stores_.read(load.memory, [&](const Late& stored) {
    const u64 ready = stored.ready + config_.store_forwarding;
    if (ready <= std::max(hit, last_.ready)) return;
    last_ = stored;
    last_.ready = ready;
  });
}

/// Bases that the instruction writes back: of a load they are late if its operands are (`operands`; ready 0: they are
/// not), of a store if they themselves were.
void InFlight::write_back_bases(const ir::InsnInfo& insn, const Late& operands) {
  const bool store = is_store(insn);
  for (u64 w = insn.writes & insn.computed; w != 0; w &= w - 1) {
    const auto slot = static_cast<unsigned>(std::countr_zero(w));
    Late& base = registers_[slot];
    if (!store) {
      base = operands;
    } else if ((late_ >> slot & 1) == 0) {
      base = {};
    }
    if (base.ready != 0) base.ready += config_.latency[static_cast<unsigned>(ir::TimingClass::Alu)];
  }
}

u64 InFlight::ready_to_start(Clock& clock, const AccessSite& site) {
  if (site.block == nullptr) return clock.now.value;
  const u64 number = site.retired - site.settled + site.insn;
  if (!any_) followed_ = number;
  const SchedulePrefix* const prefix = site.block->timing->prefix;
  const u32 charged = prefix[site.settled].commit;
  follow(clock, site, site.insn, charged);
  if (followed_ <= number) {  // else its second access
    const ir::InsnInfo& insn = site.block->insns[site.insn];
    current_ = latest(issue_reads(insn), 0);
    if (store_issue_.ready > current_.ready) current_ = store_issue_;
    const u64 dispatched = clock.now.value - charged + prefix[site.insn].commit;
    if (current_.ready > dispatched) enter_queue(clock, insn, current_, dispatched);
  }
  return std::max(scheduled_start(clock, site, site.insn, charged), current_.ready);
}

void InFlight::wait_for_address(Clock& clock, const AccessSite& site) {
  if (site.block == nullptr) return;
  const SchedulePrefix* const prefix = site.block->timing->prefix;
  const u64 ready = ready_to_start(clock, site);
  // The schedule's share of the time until then is charged with the block.
  const u64 ahead = prefix[site.insn].commit - prefix[site.settled].commit;
  const u64 until = ready - std::min(ready, ahead);
  if (until <= clock.now.value) return;
  if (ready == current_.ready) {
    Late late = current_;
    late.ready = until;
    wait(clock, late);
  } else {
    clock.charge(until - clock.now.value, Resource::Dependency);
  }
}

u64 InFlight::arrival(PhysAddr pa, u64& dram) const {
  const u64 line = pa.value >> CacheTags::kLineBits;
  for (unsigned i = 0; i < config_.fill_buffers; ++i) {
    if (fills_[i].line != line) continue;
    dram = fills_[i].dram;
    return fills_[i].done;
  }
  return 0;
}

/// The fill buffer that is free first.
unsigned InFlight::next_buffer() const {
  unsigned free = 0;
  for (unsigned i = 1; i < config_.fill_buffers; ++i)
    if (fills_[i].done < fills_[free].done) free = i;
  return free;
}

u64 InFlight::next_fetch(u64 start) const { return std::max({start, fills_[next_buffer()].done, next_request_}); }

u64 InFlight::fetch_for_store(u64 asked, u64 latency) {
  Fill& free = fills_[next_buffer()];
  next_request_ = asked + line_interval_;
  if (free.line != ~u64{0}) l1d_.arrived(PhysAddr(free.line << CacheTags::kLineBits));
  free = {~u64{0}, asked + latency, 0};
  last_arrival_ = std::max(last_arrival_, free.done);
  return free.done;
}

u64 InFlight::fetch_line(PhysAddr pa, u64 asked, u64 l2, u64 dram) {
  Fill& fill = fills_[next_buffer()];  // the one that is taken now
  const u64 done = fetch_for_store(asked, l2 + dram);
  fill.line = pa.value >> CacheTags::kLineBits;
  fill.dram = dram;
  l1d_.await(pa);
  any_ = true;
  return done;
}

void InFlight::complete(Clock& clock, const AccessSite& site, u64 start, const Late& late) {
  if (site.block == nullptr) {
    // The schedule holds the latency of a hit in L1.
    Late beyond = late;
    beyond.ready -= std::min<u64>(beyond.ready, config_.latency[static_cast<unsigned>(ir::TimingClass::Load)]);
    wait(clock, beyond);
    retire_done(clock);
    return;
  }
  const ir::InsnInfo& insn = site.block->insns[site.insn];
  const u64 number = site.retired - site.settled + site.insn;
  const bool again = followed_ > number;
  if (!again) {
    last_ = {};
    count(insn);
  }
  if (late.ready > last_.ready) last_ = late;
  last_arrival_ = std::max(last_arrival_, late.ready);
  Late address = current_;
  if (address.ready != 0) address.ready = start;
  if (is_store(insn)) {
    store_issue_ = address;
    const Late data = latest(insn.reads, start);
    if (data.ready > last_.ready) last_ = data;
    if (!again) pass(insn, data);
  } else if (!again) {
    if (is_load(insn)) forward(insn, last_.ready);
    pass(insn, {});
  }
  const u64 loaded = insn.writes & ~u64{insn.computed};
  for (u64 w = loaded; w != 0; w &= w - 1) registers_[static_cast<unsigned>(std::countr_zero(w))] = last_;
  write_back_bases(insn, address);
  late_ |= insn.writes;
  record(number, insn, last_);
  followed_ = number + 1;
}

void InFlight::advance(Clock& clock, const AccessSite& site) {
  follow(clock, site, site.insn, site.block->timing->prefix[site.insn].commit);
  while (count_ != 0 && stands_still(queue_[head_], site.retired)) {
    wait(clock, queue_[head_].late);
    drop_oldest();
  }
  retire_done(clock);
}

/// Forgets what is done by now.
void InFlight::retire_done(Clock& clock) {
  while (count_ != 0 && queue_[head_].late.ready <= clock.now.value) {
    drop_oldest();
  }
  bool fetching = false;
  for (unsigned i = 0; i < config_.fill_buffers; ++i) {
    if (fills_[i].line == ~u64{0}) continue;
    if (fills_[i].done <= clock.now.value) {
      l1d_.arrived(PhysAddr(fills_[i].line << CacheTags::kLineBits));
      fills_[i].line = ~u64{0};
    } else {
      fetching = true;
    }
  }
  any_ = fetching || count_ != 0;
  if (!any_) forget_all();
}

/// Nothing is late.
void InFlight::forget_all() {
  late_ = 0;
  store_issue_ = {};
  pending_stores_.clear();
}

PipelineState InFlight::fold(const PipelineState& state, const Clock& clock) {
  const u64 now = clock.now.value;
  const auto left = [now](const Late& late) { return late.ready > now ? static_cast<u32>(late.ready - now) : 0; };
  PipelineState s = state;
  const auto put_off = [&](auto& until, const Late& late) {
    using Field = std::remove_reference_t<decltype(until)>;
    until = std::max(until, static_cast<Field>(std::min<u32>(left(late), std::numeric_limits<Field>::max())));
  };
  for (u64 r = late_; r != 0; r &= r - 1) {
    const auto slot = static_cast<unsigned>(std::countr_zero(r));
    put_off(s.ready[slot], registers_[slot]);
  }
  put_off(s.store_issue, store_issue_);
  for (unsigned p = 0; p < kPipes; ++p) {
    // What waits there does so by the schedule too, but not as long: the last to leave are put off.
    const u32 places = places_of(config_, p);
    std::array<Late, Places::kMost> waiting = queues_[p].places;
    std::sort(waiting.begin(), waiting.begin() + places,
              [](const Late& a, const Late& b) { return a.ready < b.ready; });
    for (u32 i = 0; i < places; ++i) put_off(s.issue_queues[p][i], waiting[i]);
  }
  for (std::size_t i = 0; i < count_; ++i) {
    const Retire& late = queue_[(head_ + i) % queue_.size()];
    put_off(s.completion, late.late);
    // It keeps the loads and stores behind it from retiring.
    const auto behind = [&](Places::State& queue, u32 places, u64 accesses) {
      for (u32 k = 0; k < std::min<u64>(places, accesses); ++k) put_off(queue[places - 1 - k], late.late);
    };
    behind(s.load_queue, config_.load_queue, loads_ - late.loads);
    behind(s.store_queue, config_.store_queue, stores_ - late.stores);
  }
  PendingStores<u16> pending;
  for (const auto& store : state.pending_stores)
    if (store.data != 0) pending.add({store.base, store.bytes, store.offset, 0}, store.data);
  pending_stores_.for_each([&](const ir::MemoryOperand& m, const Late& data) {
    pending.cover(m);
    if (left(data) != 0) pending.add(m, static_cast<u16>(std::min<u32>(left(data), 0xFFFF)));
  });
  s.pending_stores = {};
  auto* next = s.pending_stores.begin();
  pending.for_each([&](const ir::MemoryOperand& m, u16 data) { *next++ = {m.base, m.bytes, m.offset, data}; });
  any_ = false;
  head_ = count_ = 0;
  forget_lines();
  forget_all();
  return later(config_, s, 0);
}

void InFlight::forget_lines() {
  for (Fill& fill : fills_) {
    if (fill.line == ~u64{0}) continue;
    l1d_.arrived(PhysAddr(fill.line << CacheTags::kLineBits));
    fill.line = ~u64{0};
  }
}

void InFlight::forget_line(PhysAddr pa) {
  for (unsigned i = 0; i < config_.fill_buffers; ++i)
    if (fills_[i].line == pa.value >> CacheTags::kLineBits) fills_[i].line = ~u64{0};
}

void InFlight::resolve_branch(Clock& clock) {
  if (any_) wait(clock, last_);
}

void InFlight::drain(Clock& clock) {
  if (!any_) return;
  if (count_ != 0) wait(clock, newest().late);
  retire_done(clock);
}

}  // namespace hypsim
