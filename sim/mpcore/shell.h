// SPDX-License-Identifier: Apache-2.0
// What stands round one core inside the MPCore: its bus over TLM-2.0, its timers, its way to the other cores.
#pragma once

#include "sim/mem/bus_extension.h"
#include "sim/mpcore/mpcore.h"

namespace hypsim {

class MpCore::Shell final : public Bus, public TimerPort, public ClusterPort {
 public:
  Shell(MpCore& cluster, unsigned index);
  ~Shell() override;

  Core& core() { return core_; }
  GenericTimer& generic_timer() { return timer_; }
  unsigned index() const { return index_; }

  /// The next cycle at which a timer line or the event stream moves by itself.
  Cycles next_event() const { return next_event_; }
  /// Whether the core sleeps and something that has yet to come may end that.
  bool wakeable() const { return core_.interruptible() || (core_.waiting_for_event() && stream_event_ != kNever); }
  /// Drives the PPIs and the event stream as they are at the core's time, and looks for the next event, if one is due
  /// or the guest reprogrammed the event stream.
  void update_timers();
  /// Passes the GIC's outputs on to the core.
  void sample_lines();
  /// The core stops running for now: if it holds a reservation, the stores of the others must be seen.
  void publish_reservation();

  bool idle = false;     ///< its last run ended in WFI, WFE or a branch to itself, and no input changed since
  bool looping = false;  ///< idle in a branch to itself: it still retires instructions
  bool halted = false;   ///< idle in a branch to itself that no interrupt can end: its clock stands still
  bool running = false;  ///< inside Core::run

  // Bus
  BusReply read(PhysAddr pa, void* data, u32 size, const BusAttr& attr, Cycles now) override;
  BusReply write(PhysAddr pa, const void* data, u32 size, const BusAttr& attr, Cycles now) override;
  DmiRegion dmi(PhysAddr pa, Security security) override;

  // TimerPort
  u32 cntfrq() const override { return timer_.cntfrq(); }
  void set_cntfrq(u32 hz) override { timer_.set_cntfrq(hz); }
  u64 cntpct(Cycles now) const override { return timer_.cntpct(now); }
  u64 cntvct(Cycles now) const override { return timer_.cntvct(now); }
  u64 cntvoff() const override { return timer_.cntvoff(); }
  void set_cntvoff(u64 offset, Cycles now) override;
  u64 cval(TimerId id) const override { return timer_.cval(id); }
  void set_cval(TimerId id, u64 value, Cycles now) override;
  u32 tval(TimerId id, Cycles now) const override { return timer_.tval(id, now); }
  void set_tval(TimerId id, u32 value, Cycles now) override;
  u32 ctl(TimerId id, Cycles now) const override { return timer_.ctl(id, now); }
  void set_ctl(TimerId id, u32 value, Cycles now) override;

  // ClusterPort
  void broadcast_tlb(u8 from, const TlbMaintenance& op) override;
  void broadcast_icache(u8 from, sysreg::CacheOp op, PhysAddr pa) override;
  void send_event(u8 from) override;
  void pmu_irq(u8 core, bool level) override;
  void mark_exclusive(u8 from, PhysAddr pa) override;
  bool check_exclusive(u8 from, PhysAddr pa) override;
  void code_page(u8 from) override;
  void store(u8 from, PhysAddr pa, u32 size) override;
  void debug_written(u8 from, PhysAddr pa, u32 size) override;

 private:
  BusReply transport(tlm::tlm_command command, PhysAddr pa, u8* data, u32 size, const BusAttr& attr, Cycles now);
  bool gic_access(bool write, PhysAddr pa, u8* data, u32 size, const BusAttr& attr, BusReply& reply);
  void timers_written(Cycles now);
  void drive_ppis(Cycles now);
  void find_next_event(Cycles now);

  MpCore& cluster_;
  unsigned index_;
  GenericTimer timer_;
  TimerLines ppi_lines_{};
  Cycles next_event_ = kNever;
  Cycles stream_event_ = kNever;       // of the event stream alone
  std::optional<PhysAddr> published_;  // where the others watch for this core
  u32 cntkctl_ = 0, cnthctl_ = 0;      // as find_next_event saw them
  tlm::tlm_generic_payload payload_;
  BusExtension extension_;
  Core core_;
};

/// The GIC frames and where they begin.
std::array<std::pair<u64, Gic::Frame>, 4> frames_and_bases(const GicFrames& frames);
/// Which GIC frame `pa` lies in, as an offset.
bool decode_gic_frame(const GicFrames& frames, u64 pa, Gic::Frame& frame, u32& offset);

}  // namespace hypsim
