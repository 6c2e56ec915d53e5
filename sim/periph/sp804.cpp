// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/sp804.h"

#include <algorithm>

#include "sim/base/error.h"

namespace hypsim {

namespace {

// TimerControl. ARM DDI 0271 3.3.3
constexpr unsigned kOneShot = 0, kSize32 = 1, kIntEnable = 5, kPeriodic = 6, kEnable = 7;

u32 width_mask(u32 control) { return bit(control, kSize32) ? 0xFFFFFFFFu : 0xFFFFu; }

u64 checked(u64 hz) {
  if (hz == 0) throw InputError("sp804: clock frequency = 0: give a frequency in Hz above zero");
  return hz;
}

}  // namespace

std::span<const DeviceRegister<Sp804>> Sp804::registers() {
  using D = Sp804;
  static constexpr DeviceRegister<D> table[] = {
      {0x00, "Timer1Load", "start value; a write starts the count from it at once", &D::read_load<0>,
       &D::write_load<0>},
      {0x04, "Timer1Value", "the count", &D::read_value<0>, nullptr},
      {0x08, "Timer1Control", "one-shot, size, prescale, interrupt enable, mode, enable", &D::read_control<0>,
       &D::write_control<0>},
      {0x0C, "Timer1IntClr", "any write clears the interrupt", nullptr, &D::write_intclr<0>},
      {0x10, "Timer1RIS", "interrupt before the mask", &D::read_ris<0>, nullptr},
      {0x14, "Timer1MIS", "interrupt after the mask", &D::read_mis<0>, nullptr},
      {0x18, "Timer1BGLoad", "start value of the next period", &D::read_load<0>, &D::write_bgload<0>},
      {0x20, "Timer2Load", "start value; a write starts the count from it at once", &D::read_load<1>,
       &D::write_load<1>},
      {0x24, "Timer2Value", "the count", &D::read_value<1>, nullptr},
      {0x28, "Timer2Control", "one-shot, size, prescale, interrupt enable, mode, enable", &D::read_control<1>,
       &D::write_control<1>},
      {0x2C, "Timer2IntClr", "any write clears the interrupt", nullptr, &D::write_intclr<1>},
      {0x30, "Timer2RIS", "interrupt before the mask", &D::read_ris<1>, nullptr},
      {0x34, "Timer2MIS", "interrupt after the mask", &D::read_mis<1>, nullptr},
      {0x38, "Timer2BGLoad", "start value of the next period", &D::read_load<1>, &D::write_bgload<1>},
      {0xFE0, "TimerPeriphID0", "part number 0x04", &D::read_id<0x04>, nullptr},
      {0xFE4, "TimerPeriphID1", "part number and designer", &D::read_id<0x18>, nullptr},
      {0xFE8, "TimerPeriphID2", "designer and revision", &D::read_id<0x14>, nullptr},
      {0xFEC, "TimerPeriphID3", "configuration", &D::read_id<0x00>, nullptr},
      {0xFF0, "TimerPCellID0", "PrimeCell identification", &D::read_id<0x0D>, nullptr},
      {0xFF4, "TimerPCellID1", "PrimeCell identification", &D::read_id<0xF0>, nullptr},
      {0xFF8, "TimerPCellID2", "PrimeCell identification", &D::read_id<0x05>, nullptr},
      {0xFFC, "TimerPCellID3", "PrimeCell identification", &D::read_id<0xB1>, nullptr},
  };
  return table;
}

Sp804::Sp804(const Sp804Config& config) : clock_(checked(config.clock_hz), checked(config.core_hz)) { reset(); }

void Sp804::reset() {
  timers_ = {};
  irq_ = false;
}

bool Sp804::at_zero(const Timer& t) { return (t.value & width_mask(t.control)) == 0; }

// A one-shot timer that has come to zero halts until One Shot is cleared or a value loaded. ARM DDI 0271 3.2.3
bool Sp804::running(const Timer& t) {
  return bit(t.control, kEnable) && !(bit(t.control, kOneShot) && at_zero(t) && !t.loaded);
}

unsigned Sp804::prescale(const Timer& t) {
  constexpr unsigned factors[4] = {1, 16, 256, 256};
  return factors[bits(t.control, 3, 2)];
}

// The tick at which the count reaches zero. A zero that was loaded is reached at once (ARM DDI 0271 3.3.1); from one
// that was counted to, the count goes on as from any other.
u64 Sp804::first_zero(const Timer& t) {
  if (!at_zero(t)) return t.since + u64{t.value & width_mask(t.control)} * prescale(t);
  return t.loaded ? t.since : t.since + period(t);
}

// Ticks from one zero to the next. Periodic: Load (ARM DDI 0271 3.4), and with a Load of zero each step of the count;
// free-running: a full turn of the counter.
u64 Sp804::period(const Timer& t) {
  const u64 mask = width_mask(t.control);
  return (bit(t.control, kPeriodic) ? std::max<u64>(t.load & mask, 1) : mask + 1) * prescale(t);
}

// An access from a core whose local time lags behind another's finds the timer where it already is.
void Sp804::advance(Timer& t, u64 tick) {
  if (tick < t.since) return;
  if (!running(t)) {
    t.since = tick;
    return;
  }
  u64 zero = first_zero(t);
  if (tick >= zero) {
    t.raised = true;
    t.loaded = false;
    t.value = 0;
    if (bit(t.control, kOneShot)) {
      t.since = tick;
      return;
    }
    t.since = zero + (tick - zero) / period(t) * period(t);
  }
  // A periodic count shows Load from the moment at which it comes to zero.
  const bool reloads = bit(t.control, kPeriodic) && at_zero(t) && !t.loaded;
  const u64 steps = (tick - t.since) / prescale(t);
  t.value = static_cast<u32>((reloads ? t.load : t.value) - steps) & width_mask(t.control);
  if (steps != 0) t.loaded = false;
  t.since += steps * prescale(t);
}

void Sp804::update(Cycles now) {
  irq_ = false;
  for (Timer& t : timers_) {
    advance(t, clock_.ticks(now));
    irq_ = irq_ || (t.raised && bit(t.control, kIntEnable));
  }
}

Cycles Sp804::next_event(Cycles now) const {
  if (irq_) return kNever;
  Cycles next = kNever;
  const u64 tick = clock_.ticks(now);
  for (const Timer& t : timers_) {
    if (!running(t) || !bit(t.control, kIntEnable)) continue;
    const u64 zero = first_zero(t);
    next = std::min(next, zero > tick ? clock_.after(now, zero - tick) : now + Cycles(1));
  }
  return next;
}

bool Sp804::read(u32 offset, unsigned size, u32& value, Cycles now) {
  update(now);
  return read_register(*this, registers(), offset, size, value, now);
}

bool Sp804::write(u32 offset, unsigned size, u32 value, Cycles now) {
  update(now);
  if (!write_register(*this, registers(), offset, size, value, now)) return false;
  update(now);
  return true;
}

template <unsigned N>
u32 Sp804::read_load(Cycles) {
  return timers_[N].load;
}

template <unsigned N>
void Sp804::write_load(u32 value, Cycles now) {
  Timer& t = timers_[N];
  t.load = t.value = value;
  t.since = clock_.ticks(now);
  t.loaded = true;
}

template <unsigned N>
u32 Sp804::read_value(Cycles) {
  return timers_[N].value & width_mask(timers_[N].control);
}

template <unsigned N>
u32 Sp804::read_control(Cycles) {
  return timers_[N].control;
}

template <unsigned N>
void Sp804::write_control(u32 value, Cycles now) {
  Timer& t = timers_[N];
  const unsigned before = prescale(t);
  t.control = value & 0xEF;
  if (prescale(t) != before) t.since = std::max(t.since, clock_.ticks(now));  // the prescaler starts again
}

template <unsigned N>
void Sp804::write_intclr(u32, Cycles) {
  timers_[N].raised = false;
}

template <unsigned N>
u32 Sp804::read_ris(Cycles) {
  return timers_[N].raised;
}

template <unsigned N>
u32 Sp804::read_mis(Cycles) {
  return timers_[N].raised && bit(timers_[N].control, kIntEnable);
}

template <unsigned N>
void Sp804::write_bgload(u32 value, Cycles) {
  timers_[N].load = value;
}

}  // namespace hypsim
