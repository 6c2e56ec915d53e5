// SPDX-License-Identifier: Apache-2.0
// The dual timer SP804. ARM DDI 0271. Two down counters on TIMCLK, one combined interrupt line. The registers of its
// integration test are not there.
#pragma once

#include <array>

#include "sim/base/clock.h"
#include "sim/periph/register_table.h"

namespace hypsim {

struct Sp804Config {
  u64 core_hz = 1'000'000'000;  ///< frequency of the cycles that every method takes
  u64 clock_hz = 1'000'000;     ///< TIMCLK
};

class Sp804 {
 public:
  static constexpr u32 kSize = 0x1000;

  /// Throws InputError if a frequency is zero.
  explicit Sp804(const Sp804Config& config);

  void reset();
  bool read(u32 offset, unsigned size, u32& value, Cycles now);
  bool write(u32 offset, unsigned size, u32 value, Cycles now);

  /// Derives TIMINTC at `now`; irq() is that line.
  void update(Cycles now);
  bool irq() const { return irq_; }
  /// The earliest cycle after `now` at which the line rises if no register is written, or kNever.
  Cycles next_event(Cycles now) const;

  static std::span<const DeviceRegister<Sp804>> registers();

 private:
  struct Timer {
    u32 load = 0;            // what a periodic timer starts again from
    u32 control = 0x20;      // TimerControl
    u32 value = 0xFFFFFFFF;  // the count at `since`
    u64 since = 0;           // TIMCLK tick
    bool raised = false;     // TimerRIS
    bool loaded = false;     // the count is as TimerLoad was written: a zero is still to interrupt
  };

  template <unsigned N>
  u32 read_load(Cycles now);
  template <unsigned N>
  void write_load(u32 value, Cycles now);
  template <unsigned N>
  u32 read_value(Cycles now);
  template <unsigned N>
  u32 read_control(Cycles now);
  template <unsigned N>
  void write_control(u32 value, Cycles now);
  template <unsigned N>
  void write_intclr(u32 value, Cycles now);
  template <unsigned N>
  u32 read_ris(Cycles now);
  template <unsigned N>
  u32 read_mis(Cycles now);
  template <unsigned N>
  void write_bgload(u32 value, Cycles now);
  template <u8 Value>
  u32 read_id(Cycles) {
    return Value;
  }

  static bool at_zero(const Timer& t);
  static bool running(const Timer& t);
  static unsigned prescale(const Timer& t);
  static u64 first_zero(const Timer& t);
  static u64 period(const Timer& t);
  void advance(Timer& t, u64 tick);

  DerivedClock clock_;
  std::array<Timer, 2> timers_;
  bool irq_ = false;
};

}  // namespace hypsim
