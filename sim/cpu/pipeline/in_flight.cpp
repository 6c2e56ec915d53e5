// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/pipeline/in_flight.h"

#include <algorithm>
#include <bit>

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
void InFlight::record(u64 number, const Late& late) {
  any_ = true;
  if (count_ != 0 && newest().late.ready >= late.ready) return;
  if (count_ != 0 && newest().number == number) --count_;
  if (count_ == queue_.size()) {  // more than a window of late instructions: the oldest is covered by the next
    head_ = (head_ + 1) % queue_.size();
    --count_;
  }
  queue_[(head_ + count_) % queue_.size()] = {number, late};
  ++count_;
}

/// When instruction `insn` starts by the schedule, if the clock reads `base` plus the schedule's offset: when it has
/// its operands. Cycles beyond the schedule have gone by for them too.
u64 InFlight::scheduled_start(const Clock& clock, const AccessSite& site, u32 insn, i64 base) {
  const SchedulePrefix& at = site.block->timing->prefix[insn];
  const i64 dispatched = base + std::min(at.commit, at.issue);
  return static_cast<u64>(std::max(dispatched, base + at.issue - static_cast<i64>(clock.beyond)));
}

/// Looks at the instructions of the block before `upto` that have not been looked at: results of late operands are
/// late. The clock reads `base` plus the schedule's offset while they run.
void InFlight::follow(Clock& clock, const AccessSite& site, u32 upto, i64 base) {
  const SchedulePrefix* const prefix = site.block->timing->prefix;
  const u64 first_number = site.retired - site.settled;
  const u32 first = followed_ > first_number ? static_cast<u32>(std::min<u64>(followed_ - first_number, upto)) : 0;
  for (u32 k = first; k < upto; ++k) {
    const ir::InsnInfo& insn = site.block->insns[k];
    last_ = {};
    const u32 cost = prefix[k + 1].serial - prefix[k].serial + prefix[k + 1].barrier - prefix[k].barrier;
    if (cost != 0 && count_ != 0) {
      // It starts when everything before it has retired, and its cost has been charged.
      Late all = newest().late;
      all.ready += cost;
      const u64 before = clock.now.value;
      wait(clock, all);
      base += static_cast<i64>(clock.now.value - before);
    }
    if (((insn.reads | insn.writes) & late_) == 0) continue;
    const u64 now = scheduled_start(clock, site, k, base);
    Late operands;
    for (u64 r = insn.reads & late_; r != 0; r &= r - 1) {
      const auto slot = static_cast<unsigned>(std::countr_zero(r));
      if (registers_[slot].ready <= now) {
        late_ &= ~(u64{1} << slot);
      } else if (registers_[slot].ready > operands.ready) {
        operands = registers_[slot];
      }
    }
    if (operands.ready <= now) {
      late_ &= ~insn.writes;
      continue;
    }
    last_ = operands;
    last_.ready += result_latency(config_, insn);
    for (u64 w = insn.writes & ~u64{insn.computed}; w != 0; w &= w - 1)
      registers_[static_cast<unsigned>(std::countr_zero(w))] = last_;
    write_back_bases(insn, operands);
    late_ |= insn.writes;
    record(first_number + k, last_);
  }
  followed_ = std::max(followed_, first_number + upto);
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
  const i64 base = static_cast<i64>(clock.now.value) - site.block->timing->prefix[site.settled].commit;
  follow(clock, site, site.insn, base);
  const u64 start = scheduled_start(clock, site, site.insn, base);
  if (followed_ > number) return std::max(start, current_.ready);  // its second access
  current_ = {};
  for (u64 r = site.block->insns[site.insn].reads & late_; r != 0; r &= r - 1) {
    const Late& late = registers_[static_cast<unsigned>(std::countr_zero(r))];
    if (late.ready > current_.ready) current_ = late;
  }
  return std::max(start, current_.ready);
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
  if (!again) last_ = {};
  if (late.ready > last_.ready) last_ = late;
  const u64 loaded = insn.writes & ~u64{insn.computed};
  for (u64 w = loaded; w != 0; w &= w - 1) registers_[static_cast<unsigned>(std::countr_zero(w))] = last_;
  Late address = current_;
  if (address.ready != 0) address.ready = start;
  write_back_bases(insn, address);
  late_ |= insn.writes;
  record(number, last_);
  followed_ = number + 1;
}

void InFlight::advance(Clock& clock, const AccessSite& site) {
  follow(clock, site, site.insn, static_cast<i64>(clock.now.value) - site.block->timing->prefix[site.insn].commit);
  while (count_ != 0 && queue_[head_].number + window_ <= site.retired) {
    wait(clock, queue_[head_].late);
    head_ = (head_ + 1) % queue_.size();
    --count_;
  }
  retire_done(clock);
}

/// Forgets what is done by now.
void InFlight::retire_done(Clock& clock) {
  while (count_ != 0 && queue_[head_].late.ready <= clock.now.value) {
    head_ = (head_ + 1) % queue_.size();
    --count_;
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
  if (!any_) late_ = 0;
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
