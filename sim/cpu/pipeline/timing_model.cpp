// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/pipeline/timing_model.h"

#include <algorithm>
#include <bit>
#include <vector>

#include "sim/cpu/pipeline/cache.h"
#include "sim/cpu/pipeline/predictor.h"
#include "sim/cpu/pipeline/shared_memory.h"
#include "sim/cpu/pipeline/timing_config.h"

namespace hypsim {

BlockTiming compute_schedule(const TimingConfig& config, const Block& block);

namespace {
/// Events of the architected numbers that the model counts; the rest read as 0. ARM DDI 0406C C12.8.2
enum PmuEvent : u32 {
  L1iRefill = 0x01, L1iTlbRefill = 0x02, L1dRefill = 0x03, L1dAccess = 0x04, L1dTlbRefill = 0x05,
  ExceptionTaken = 0x09, ExceptionReturned = 0x0A, Mispredicted = 0x10, Branches = 0x12, MemoryAccess = 0x13,
  L1iAccess = 0x14, L2Access = 0x16, L2Refill = 0x17,
  kPmuEvents = 0x20
};
}  // namespace

struct TimingModel::Impl {
  Impl(const TimingConfig& c, SharedMemoryTiming& s)
      : config(c), shared(s), l1i(c.l1i_bytes, c.l1i_ways, Replacement::Lru), l1d(c.l1d_bytes, c.l1d_ways, Replacement::Lru),
        predictor(c.btb_entries, c.history_bits, c.return_stack_entries),
        dram(c.cycles_of_ns(c.dram_ns)), noncacheable(c.cycles_of_ns(c.noncacheable_ns)),
        l2_beyond_l1(c.l2_hit - std::min(c.l2_hit, c.latency[static_cast<unsigned>(ir::TimingClass::Load)])),
        writes(c.write_buffer_entries) {}

  /// A line that missed L1: L2, then DRAM.
  void refill(Clock& clock, PhysAddr pa, Resource l2_resource, Resource dram_resource) {
    clock.charge(l2_beyond_l1, l2_resource);
    ++events[L2Access];
    if (!shared.l2.access(pa)) {
      ++events[L2Refill];
      clock.charge(dram, dram_resource);
    }
  }

  /// Puts a write that takes `latency` into the write buffer, whose entries leave in order; waits only while all are
  /// taken. Writes overlap: each starts when it enters.
  void post_write(Clock& clock, u64 latency, bool device) {
    u64& entry = writes[next_write];  // the oldest
    next_write = next_write + 1 == writes.size() ? 0 : next_write + 1;
    wait(clock, entry, Resource::Device);
    drained_at = std::max(drained_at, clock.now.value + latency);
    if (device) device_drained_at = drained_at;
    entry = drained_at;
  }
  static void wait(Clock& clock, u64 until, Resource resource) {
    if (until > clock.now.value) clock.charge(until - clock.now.value, resource);
  }

  const TimingConfig config;
  SharedMemoryTiming& shared;
  CacheTags l1i, l1d;
  BranchPredictor predictor;
  u32 dram, noncacheable, l2_beyond_l1;
  u64 last_fetch_line = ~u64{0};
  bool predict = true;
  std::vector<u64> writes;    // the write buffer: when each of its entries will be free
  std::size_t next_write = 0;
  u64 drained_at = 0;         // when all of it will be
  u64 device_drained_at = 0;  // when the Device and Strongly-ordered writes in it will have been done
  u64 events[kPmuEvents]{};
};

TimingModel::TimingModel(const TimingConfig& config, SharedMemoryTiming& shared, unsigned)
    : impl_(std::make_unique<Impl>(config, shared)) {}
TimingModel::~TimingModel() = default;

BlockTiming TimingModel::schedule(const Block& block) const { return compute_schedule(impl_->config, block); }

void TimingModel::fetch(Clock& clock, PhysAddr pa, u32 bytes, bool cacheable) {
  Impl& m = *impl_;
  const u64 first = pa.value >> CacheTags::kLineBits;
  const u64 last = (pa.value + bytes - 1) >> CacheTags::kLineBits;
  if (first == m.last_fetch_line && last == first) return;
  m.last_fetch_line = last;
  for (u64 line = first; line <= last; ++line) {
    const PhysAddr line_pa(line << CacheTags::kLineBits);
    if (!cacheable) {
      clock.charge(m.noncacheable, Resource::FetchMiss);
      continue;
    }
    ++m.events[L1iAccess];
    if (!m.l1i.access(line_pa)) {
      ++m.events[L1iRefill];
      m.refill(clock, line_pa, Resource::FetchMiss, Resource::FetchMiss);
    }
  }
}

void TimingModel::load(Clock& clock, PhysAddr pa, MemClass mem_class) {
  Impl& m = *impl_;
  ++m.events[MemoryAccess];
  if (mem_class == MemClass::Cacheable) [[likely]] {
    ++m.events[L1dAccess];
    if (m.l1d.access(pa)) [[likely]] return;
    ++m.events[L1dRefill];
    m.refill(clock, pa, Resource::L2, Resource::Dram);
    return;
  }
  if (mem_class == MemClass::Device) m.wait(clock, m.device_drained_at, Resource::Device);
  clock.charge(m.noncacheable, Resource::Dram);
}

void TimingModel::store(Clock& clock, PhysAddr pa, MemClass mem_class) {
  Impl& m = *impl_;
  ++m.events[MemoryAccess];
  if (mem_class == MemClass::Cacheable) [[likely]] {
    ++m.events[L1dAccess];
    if (m.l1d.access(pa)) [[likely]] return;
    // The store waits in the store buffer while its line is fetched; it costs buffer time, not the core's.
    ++m.events[L1dRefill];
    ++m.events[L2Access];
    u32 fill = m.l2_beyond_l1;
    if (!m.shared.l2.access(pa)) {
      ++m.events[L2Refill];
      fill += m.dram;
    }
    m.post_write(clock, fill, false);
    return;
  }
  m.post_write(clock, m.noncacheable, mem_class == MemClass::Device);
}

void TimingModel::line_crossing(Clock& clock) { clock.charge(impl_->config.line_crossing, Resource::L1d); }

void TimingModel::walk_read(Clock& clock, PhysAddr pa, bool cacheable, bool stage2) {
  Impl& m = *impl_;
  const Resource r = stage2 ? Resource::WalkStage2 : Resource::WalkStage1;
  if (!cacheable) {
    clock.charge(m.noncacheable, r);
    return;
  }
  clock.charge(m.config.l2_hit, r);
  ++m.events[L2Access];
  if (!m.shared.l2.access(pa)) {
    ++m.events[L2Refill];
    clock.charge(m.dram, r);
  }
}

void TimingModel::tlb_miss(Clock& clock, bool fetch, bool walk) {
  Impl& m = *impl_;
  ++m.events[fetch ? L1iTlbRefill : L1dTlbRefill];
  if (walk) {
    clock.charge(m.config.walk_overhead, Resource::WalkStage1);
  } else {
    clock.charge(m.config.tlb_l2_hit, Resource::TlbL2);
  }
}

void TimingModel::device_read(Clock& clock, Cycles bus) {
  Impl& m = *impl_;
  // A device read may not pass earlier device writes. ARM DDI 0406C A3.8.2
  m.wait(clock, m.device_drained_at, Resource::Device);
  clock.charge(bus.value, Resource::Device);
  ++m.events[MemoryAccess];
}

void TimingModel::device_write(Clock& clock, Cycles bus) {
  clock.charge(impl_->config.device_write_issue, Resource::Device);
  impl_->post_write(clock, bus.value, true);
  ++impl_->events[MemoryAccess];
}

void TimingModel::branch(Clock& clock, u32 branch_pc, u32 fall_through, u32 taken_to, ir::BranchKind kind, bool conditional) {
  Impl& m = *impl_;
  ++m.events[Branches];
  if (!m.predict) {
    ++m.events[Mispredicted];
    if (taken_to != fall_through) clock.charge(m.config.mispredict_penalty, Resource::Mispredict);
  } else if (m.predictor.mispredicts(branch_pc, fall_through, taken_to, kind, conditional)) {
    ++m.events[Mispredicted];
    clock.charge(m.config.mispredict_penalty, Resource::Mispredict);
  } else if (taken_to != fall_through) {
    clock.charge(m.config.taken_branch_bubble, Resource::Base);
  }
}

void TimingModel::enable_prediction(bool on) { impl_->predict = on; }

void TimingModel::exception_entry(Clock& clock) {
  ++impl_->events[ExceptionTaken];
  clock.charge(impl_->config.exception_entry, Resource::Exception);
}

void TimingModel::exception_return(Clock& clock) {
  ++impl_->events[ExceptionReturned];
  clock.charge(impl_->config.exception_return, Resource::Exception);
}

void TimingModel::dsb(Clock& clock) {
  Impl::wait(clock, impl_->drained_at, Resource::Barrier);
}

void TimingModel::tlb_maintenance(Clock& clock, bool broadcast) {
  clock.charge(broadcast ? impl_->config.tlbi_broadcast : impl_->config.tlbi_local, Resource::TlbMaintenance);
}

void TimingModel::cache_maintenance(Clock& clock) { clock.charge(impl_->config.cache_op, Resource::SysReg); }

void TimingModel::invalidate_icache() {
  impl_->l1i.invalidate_all();
  impl_->last_fetch_line = ~u64{0};
}
void TimingModel::invalidate_icache_line(PhysAddr pa) {
  impl_->l1i.invalidate(pa);
  impl_->last_fetch_line = ~u64{0};
}
void TimingModel::clean_invalidate_dcache_line(PhysAddr pa, bool invalidate) {
  if (!invalidate) return;
  impl_->l1d.invalidate(pa);
  impl_->shared.l2.invalidate(pa);
}
void TimingModel::clean_invalidate_dcache_set_way(u32 operand) {
  const u32 level = operand >> 1 & 7;
  if (level > 1) return;
  CacheTags& cache = level == 0 ? impl_->l1d : impl_->shared.l2;
  const int way_bits = std::bit_width(cache.ways() - 1);
  const u32 way = way_bits == 0 ? 0 : operand >> (32 - way_bits);
  if (way < cache.ways()) cache.invalidate_set_way(operand >> CacheTags::kLineBits & (cache.sets() - 1), way);
}
void TimingModel::invalidate_branch_predictor() { impl_->predictor.invalidate(); }

u64 TimingModel::pmu_event(u32 event) const { return event < kPmuEvents ? impl_->events[event] : 0; }

}  // namespace hypsim
