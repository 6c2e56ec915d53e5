// SPDX-License-Identifier: Apache-2.0
// The generic timer: one system counter for the machine, four timers for each core. ARM DDI 0406C B8.
#pragma once

#include <array>

#include "sim/base/clock.h"
#include "sim/base/timer_port.h"

namespace hypsim {

/// The system counter all cores share, derived from core cycles by an exact rational. ARM DDI 0406C B8.1.1
class SystemCounter {
 public:
  /// `hz`: counter frequency; `core_hz`: frequency of the cycles that every method takes; `start`: count at cycle 0.
  /// Throws InputError if a frequency is zero.
  SystemCounter(u64 hz, u64 core_hz, u64 start = 0);

  u64 hz() const { return hz_; }
  /// The count at core cycle `now`, modulo 2^64.
  u64 count(Cycles now) const { return start_ + clock_.ticks(now); }
  /// The first cycle at which the counter has advanced by `ticks` (1 or more) from its value at `now`, or kNever.
  Cycles after(Cycles now, u64 ticks) const { return clock_.after(now, ticks); }
  /// The first cycle after `now` at which bit `n` of (count - offset) changes to `rising` (the event stream's trigger).
  /// ARM DDI 0406C B8.1.3
  Cycles next_transition(Cycles now, unsigned n, bool rising, u64 offset) const;

 private:
  u64 hz_;
  u64 start_;
  DerivedClock clock_;
};

/// The output lines of one core's timers, true = asserted. Index by TimerId.
struct TimerLines {
  std::array<bool, 4> asserted{};
  constexpr bool operator[](TimerId id) const { return asserted[static_cast<unsigned>(id)]; }
  constexpr bool operator==(const TimerLines&) const = default;
};

/// The PPI that each timer drives on the Cortex-A15: 29, 30, 27, 26. ARM DDI 0438 8.2.2
constexpr unsigned timer_ppi(TimerId id) {
  constexpr std::array<unsigned, 4> ids = {29, 30, 27, 26};
  return ids[static_cast<unsigned>(id)];
}

/// The four timers of one core. The outputs are levels and pure functions of the state and the time; whoever schedules
/// the core asks next_event() after every write and after every event, and calls update() when that cycle has come.
class GenericTimer final : public TimerPort {
 public:
  /// `counter` must outlive the timer.
  explicit GenericTimer(const SystemCounter& counter) : counter_(&counter), cntfrq_(static_cast<u32>(counter.hz())) {}

  void reset();

  u32 cntfrq() const override { return cntfrq_; }
  void set_cntfrq(u32 hz) override { cntfrq_ = hz; }
  u64 cntpct(Cycles now) const override { return counter_->count(now); }
  u64 cntvct(Cycles now) const override { return counter_->count(now) - cntvoff_; }
  u64 cntvoff() const override { return cntvoff_; }
  void set_cntvoff(u64 offset, Cycles now) override;
  u64 cval(TimerId id) const override { return timer(id).cval; }
  void set_cval(TimerId id, u64 value, Cycles now) override;
  u32 tval(TimerId id, Cycles now) const override;
  void set_tval(TimerId id, u32 value, Cycles now) override;
  u32 ctl(TimerId id, Cycles now) const override;
  void set_ctl(TimerId id, u32 value, Cycles now) override;

  /// The output lines at cycle `now`.
  TimerLines update(Cycles now) const;
  /// The earliest cycle after `now` at which any output line changes if no register is written, or kNever.
  Cycles next_event(Cycles now) const;
  /// Counts register writes that may move a line or next_event(): compare to see whether to ask again.
  u32 generation() const { return generation_; }

 private:
  struct Timer {
    u64 cval = 0;
    bool enable = false;
    bool imask = false;
  };
  const Timer& timer(TimerId id) const { return timers_[static_cast<unsigned>(id)]; }
  Timer& timer(TimerId id) { return timers_[static_cast<unsigned>(id)]; }
  u64 view(TimerId id, Cycles now) const { return id == TimerId::Virtual ? cntvct(now) : cntpct(now); }
  bool condition(TimerId id, Cycles now) const { return view(id, now) >= timer(id).cval; }

  const SystemCounter* counter_;
  u32 cntfrq_;
  u64 cntvoff_ = 0;
  std::array<Timer, 4> timers_{};
  u32 generation_ = 0;
};

}  // namespace hypsim
