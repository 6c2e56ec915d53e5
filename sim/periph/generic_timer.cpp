// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/generic_timer.h"

#include <algorithm>
#include <string>

#include "sim/base/error.h"

namespace hypsim {

namespace {

u64 checked(u64 hz, const char* what) {
  if (hz == 0) throw InputError(std::string("generic timer: ") + what + " = 0: give a frequency in Hz above zero");
  return hz;
}

// CNTP_CTL and its siblings. ARM DDI 0406C B4.1.28
constexpr unsigned kEnable = 0, kImask = 1, kIstatus = 2;

}  // namespace

SystemCounter::SystemCounter(u64 hz, u64 core_hz, u64 start)
    : hz_(checked(hz, "counter frequency")), start_(start), clock_(hz, checked(core_hz, "core frequency")) {}

Cycles SystemCounter::next_transition(Cycles now, unsigned n, bool rising, u64 offset) const {
  const u64 period_mask = mask64(n, 0);
  const u64 target = rising ? u64{1} << n : 0;
  u64 ticks = (target - (count(now) - offset)) & period_mask;
  if (ticks == 0) ticks = period_mask + 1;
  return ticks == 0 ? kNever : after(now, ticks);
}

void GenericTimer::reset() {
  timers_ = {};
  cntvoff_ = 0;
  cntfrq_ = static_cast<u32>(counter_->hz());
  ++generation_;
}

void GenericTimer::set_cntvoff(u64 offset, Cycles) {
  cntvoff_ = offset;
  ++generation_;
}

void GenericTimer::set_cval(TimerId id, u64 value, Cycles) {
  timer(id).cval = value;
  ++generation_;
}

// The 32-bit down counter is a view of the comparator. ARM DDI 0406C B8.1.5
u32 GenericTimer::tval(TimerId id, Cycles now) const { return static_cast<u32>(timer(id).cval - view(id, now)); }

void GenericTimer::set_tval(TimerId id, u32 value, Cycles now) {
  timer(id).cval = view(id, now) + static_cast<u64>(static_cast<i64>(static_cast<i32>(value)));
  ++generation_;
}

// ISTATUS is UNKNOWN while the timer is disabled; it reads as zero here.
u32 GenericTimer::ctl(TimerId id, Cycles now) const {
  const Timer& t = timer(id);
  const bool istatus = t.enable && condition(id, now);
  return static_cast<u32>(t.enable) << kEnable | static_cast<u32>(t.imask) << kImask |
         static_cast<u32>(istatus) << kIstatus;
}

void GenericTimer::set_ctl(TimerId id, u32 value, Cycles) {
  timer(id).enable = bit(value, kEnable);
  timer(id).imask = bit(value, kImask);
  ++generation_;
}

TimerLines GenericTimer::update(Cycles now) const {
  TimerLines lines;
  for (unsigned i = 0; i < 4; ++i)
    lines.asserted[i] = timers_[i].enable && !timers_[i].imask && condition(static_cast<TimerId>(i), now);
  return lines;
}

// The comparison is an unsigned 64-bit one (ARM DDI 0406C B8.1.5), so a line rises when the view reaches the comparator
// and falls when the view wraps to zero.
Cycles GenericTimer::next_event(Cycles now) const {
  Cycles next = kNever;
  for (unsigned i = 0; i < 4; ++i) {
    const Timer& t = timers_[i];
    if (!t.enable || t.imask) continue;
    const u64 current = view(static_cast<TimerId>(i), now);
    if (t.cval == 0) continue;  // met for ever
    const u64 ticks = current < t.cval ? t.cval - current : u64{0} - current;
    next = std::min(next, counter_->after(now, ticks));
  }
  return next;
}

}  // namespace hypsim
