// SPDX-License-Identifier: Apache-2.0
#include "sim/mpcore/shell.h"

#include <algorithm>
#include <cstring>

#include "sim/cpu/pipeline/timing_config.h"

namespace hypsim {

namespace {

CoreConfig core_config(const MpCoreConfig& config, SharedMemoryTiming* shared_memory, unsigned index) {
  CoreConfig c;
  c.index = static_cast<u8>(index);
  c.cores = config.cores;
  c.cbar = config.periphbase;
  c.hivecs = config.hivecs;
  c.mmu = config.mmu;
  c.timing = config.timing;
  c.caches = config.caches;
  c.generate_code = config.generate_code;
  c.code_cache = config.code_cache;
  c.shared_memory = shared_memory;
  return c;
}

}  // namespace

std::array<std::pair<u64, Gic::Frame>, 4> frames_and_bases(const GicFrames& frames) {
  return {{{frames.gicd, Gic::Frame::Distributor},
           {frames.gicc, Gic::Frame::CpuInterface},
           {frames.gich, Gic::Frame::HypControl},
           {frames.gicv, Gic::Frame::VirtualCpu}}};
}

bool decode_gic_frame(const GicFrames& frames, u64 pa, Gic::Frame& frame, u32& offset) {
  for (const auto& [base, f] : frames_and_bases(frames)) {
    if (pa - base >= Gic::frame_size(f)) continue;
    frame = f;
    offset = static_cast<u32>(pa - base);
    return true;
  }
  return false;
}

MpCore::Shell::Shell(MpCore& cluster, unsigned index)
    : cluster_(cluster),
      index_(index),
      timer_(cluster.counter_),
      core_(core_config(cluster.config_, cluster.shared_memory_.get(), index), *this, *this, *this) {
  payload_.set_extension(&extension_);
  payload_.set_byte_enable_ptr(nullptr);
}

// The payload would delete its extensions.
MpCore::Shell::~Shell() { payload_.clear_extension(&extension_); }

// --- Bus ------------------------------------------------------------------------------------------------------------

BusReply MpCore::Shell::read(PhysAddr pa, void* data, u32 size, const BusAttr& attr, Cycles now) {
  BusReply reply;
  if (gic_access(false, pa, static_cast<u8*>(data), size, attr, reply)) return reply;
  return transport(tlm::TLM_READ_COMMAND, pa, static_cast<u8*>(data), size, attr, now);
}

// A write is posted: nobody waits for its answer, so a bad one comes as an asynchronous external abort.
BusReply MpCore::Shell::write(PhysAddr pa, const void* data, u32 size, const BusAttr& attr, Cycles now) {
  u8* bytes = static_cast<u8*>(const_cast<void*>(data));
  BusReply reply;
  if (!gic_access(true, pa, bytes, size, attr, reply))
    reply = transport(tlm::TLM_WRITE_COMMAND, pa, bytes, size, attr, now);
  if (!reply.ok) {
    core_.raise_async_abort();
    reply.ok = true;
  }
  return reply;
}

BusReply MpCore::Shell::transport(tlm::tlm_command command, PhysAddr pa, u8* data, u32 size, const BusAttr& attr,
                                  Cycles now) {
  extension_.attr = attr;
  payload_.set_command(command);
  payload_.set_address(pa.value);
  payload_.set_data_ptr(data);
  payload_.set_data_length(size);
  payload_.set_streaming_width(size);
  payload_.set_dmi_allowed(false);
  payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  const sc_core::sc_time start = cluster_.clock_.time(now);
  sc_core::sc_time delay = start > sc_core::sc_time_stamp() ? start - sc_core::sc_time_stamp() : sc_core::SC_ZERO_TIME;
  cluster_.socket->b_transport(payload_, delay);
  const sc_core::sc_time done = sc_core::sc_time_stamp() + delay;
  BusReply reply;
  reply.ok = payload_.is_response_ok();
  if (cluster_.config_.timing && done > start) reply.delay = cluster_.clock_.duration(done - start);
  // What the device set in motion must not be overtaken.
  if (running) cluster_.end_window_at(cluster_.kernel_event());
  return reply;
}

bool MpCore::Shell::gic_access(bool write, PhysAddr pa, u8* data, u32 size, const BusAttr& attr, BusReply& reply) {
  Gic::Frame frame;
  u32 offset;
  if (!decode_gic_frame(cluster_.config_.frames, pa.value, frame, offset)) return false;
  // A doubleword reaches a 32-bit peripheral as two words.
  const u32 step = std::min<u32>(size, 4);
  for (u32 done = 0; done < size; done += step) {
    u32 value = 0;
    if (write) {
      std::memcpy(&value, data + done, step);
      reply.ok = cluster_.gic_.write(frame, offset + done, step, index_, attr.security, value) && reply.ok;
    } else {
      reply.ok = cluster_.gic_.read(frame, offset + done, step, index_, attr.security, value) && reply.ok;
      std::memcpy(data + done, &value, step);
    }
  }
  if (const TimingConfig* timing = cluster_.config_.timing) reply.delay = Cycles(timing->gic_access);
  cluster_.note_line_changes(index_);
  return true;
}

DmiRegion MpCore::Shell::dmi(PhysAddr pa, Security security) { return cluster_.find_dmi(pa, security); }

// --- Timers ---------------------------------------------------------------------------------------------------------

void MpCore::Shell::set_cntvoff(u64 offset, Cycles now) {
  timer_.set_cntvoff(offset, now);
  timers_written(now);
}
void MpCore::Shell::set_cval(TimerId id, u64 value, Cycles now) {
  timer_.set_cval(id, value, now);
  timers_written(now);
}
void MpCore::Shell::set_tval(TimerId id, u32 value, Cycles now) {
  timer_.set_tval(id, value, now);
  timers_written(now);
}
void MpCore::Shell::set_ctl(TimerId id, u32 value, Cycles now) {
  timer_.set_ctl(id, value, now);
  timers_written(now);
}

void MpCore::Shell::timers_written(Cycles now) {
  drive_ppis(now);
  find_next_event(now);
  core_.limit_run(next_event_);
}

void MpCore::Shell::drive_ppis(Cycles now) {
  const TimerLines lines = timer_.update(now);
  if (lines == ppi_lines_) return;
  ppi_lines_ = lines;
  for (TimerId id : {TimerId::PhysSecure, TimerId::PhysNonSecure, TimerId::Virtual, TimerId::Hyp})
    cluster_.gic_.set_ppi(index_, timer_ppi(id), lines[id]);
  cluster_.note_line_changes(index_);
}

// The event streams set the event register at transitions of a counter bit. ARM DDI 0406C B8.1.3
void MpCore::Shell::find_next_event(Cycles now) {
  constexpr u32 kEvntEn = 1u << 2;
  const SystemRegisters& sys = core_.state().sys;
  cntkctl_ = sys.cntkctl;
  cnthctl_ = sys.cnthctl;
  stream_event_ = kNever;
  const auto stream = [&](u32 control, u64 offset) {
    if (control & kEvntEn)
      stream_event_ = std::min(stream_event_,
                               cluster_.counter_.next_transition(now, bits(control, 7, 4), !bit(control, 3), offset));
  };
  stream(cntkctl_, timer_.cntvoff());
  stream(cnthctl_, 0);
  next_event_ = std::min(timer_.next_event(now), stream_event_);
}

void MpCore::Shell::update_timers() {
  const Cycles now = core_.now();
  const SystemRegisters& sys = core_.state().sys;
  if (now < next_event_ && sys.cntkctl == cntkctl_ && sys.cnthctl == cnthctl_) return;
  if (now >= stream_event_) {
    core_.set_event();
    idle = false;
  }
  drive_ppis(now);
  find_next_event(now);
}

void MpCore::Shell::sample_lines() {
  const Gic::CpuLines lines = cluster_.gic_.lines(index_);
  core_.set_lines(lines.irq, lines.fiq, lines.virq, lines.vfiq);
  idle = false;
}

// --- Cluster --------------------------------------------------------------------------------------------------------

void MpCore::Shell::broadcast_tlb(u8 from, const TlbMaintenance& op) {
  for (auto& shell : cluster_.shells_)
    if (shell->index_ != from) {
      shell->core_.receive_tlb_maintenance(op);
      shell->idle = false;  // the code of a branch to itself may be another now
    }
}

void MpCore::Shell::broadcast_icache(u8 from, sysreg::CacheOp op, PhysAddr pa) {
  for (auto& shell : cluster_.shells_)
    if (shell->index_ != from) {
      shell->core_.receive_icache_maintenance(op, pa);
      shell->idle = false;
    }
}

void MpCore::Shell::send_event(u8 from) {
  // A core that runs learns of the event at the window's end, as of anything else; one that waits must not be kept
  // waiting.
  for (const auto& shell : cluster_.shells_) {
    if (shell->index_ == from) continue;
    cluster_.events_dirty_ |= 1u << shell->index_;
    if (shell->core_.waiting_for_event()) cluster_.end_window_at(core_.now());
  }
}

void MpCore::Shell::pmu_irq(u8 core, bool level) {
  if (core >= cluster_.config_.pmu_interrupts.size()) return;
  const unsigned intid = cluster_.config_.pmu_interrupts[core];
  if (intid >= 32)
    cluster_.gic_.set_spi(intid, level);
  else
    cluster_.gic_.set_ppi(core, intid, level);
  cluster_.note_line_changes(index_);
}

void MpCore::Shell::mark_exclusive(u8 from, PhysAddr pa) { cluster_.exclusive_.mark(from, pa); }
bool MpCore::Shell::check_exclusive(u8 from, PhysAddr pa) { return cluster_.exclusive_.check(from, pa); }

void MpCore::Shell::publish_reservation() {
  std::optional<PhysAddr> at;
  if (core_.state().monitor.exclusive && cluster_.exclusive_.marked(index_)) at = cluster_.exclusive_.address(index_);
  if (at == published_) return;
  published_ = at;
  for (auto& shell : cluster_.shells_)
    if (shell->index_ != index_) shell->core_.watch_stores(index_, at);
}

void MpCore::Shell::code_page(u8 from) {
  for (auto& shell : cluster_.shells_)
    if (shell->index_ != from) shell->core_.receive_code_page();
}

void MpCore::Shell::store(u8 from, PhysAddr pa, u32 size) {
  cluster_.exclusive_.store(from, pa, size);
  for (auto& shell : cluster_.shells_)
    if (shell->index_ != from) shell->core_.receive_store(pa);
}

void MpCore::Shell::debug_written(u8, PhysAddr pa, u32 size) { cluster_.debug_written(pa, size); }

}  // namespace hypsim
