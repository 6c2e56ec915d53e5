// SPDX-License-Identifier: Apache-2.0
// The watchdog SP805. ARM DDI 0270. A down counter on WDOGCLK: the first time it reaches zero it interrupts, the second
// time, if nobody has cleared the interrupt, it resets the board.
#pragma once

#include "sim/base/clock.h"
#include "sim/periph/power.h"
#include "sim/periph/register_table.h"

namespace hypsim {

struct Sp805Config {
  u64 core_hz = 1'000'000'000;  ///< frequency of the cycles that every method takes
  u64 clock_hz = 32'768;        ///< WDOGCLK
};

class Sp805 {
 public:
  static constexpr u32 kSize = 0x1000;

  /// Throws InputError if a frequency is zero.
  explicit Sp805(const Sp805Config& config);

  void reset();
  bool read(u32 offset, unsigned size, u32& value, Cycles now);
  bool write(u32 offset, unsigned size, u32 value, Cycles now);

  /// Derives WDOGINT at `now`; irq() is that line.
  void update(Cycles now);
  bool irq() const { return irq_; }
  /// The earliest cycle after `now` at which the interrupt or the reset comes if no register is written, or kNever.
  Cycles next_event(Cycles now) const;

  /// WDOGRES: stays until reset().
  PowerRequest power_request() const { return expired_ ? PowerRequest::Watchdog : PowerRequest::None; }
  /// Nobody need be awake for the reset to come.
  bool armed() const;

  static std::span<const DeviceRegister<Sp805>> registers();

 private:
  u64 turn() const;
  u64 ticks_to_zero() const;
  void advance(u64 tick);

  u32 read_load(Cycles now);
  void write_load(u32 value, Cycles now);
  u32 read_value(Cycles now);
  u32 read_control(Cycles now);
  void write_control(u32 value, Cycles now);
  void write_intclr(u32 value, Cycles now);
  u32 read_ris(Cycles now);
  u32 read_mis(Cycles now);
  u32 read_lock(Cycles now);
  void write_lock(u32 value, Cycles now);
  u32 read_itcr(Cycles now);
  void write_itcr(u32 value, Cycles now);
  void write_itop(u32 value, Cycles now);
  template <u8 Value>
  u32 read_id(Cycles) {
    return Value;
  }

  DerivedClock clock_;
  u32 load_ = 0, value_ = 0, control_ = 0;  // value_: the count at tick since_
  u64 since_ = 0;
  bool raised_ = false, expired_ = false, locked_ = false, irq_ = false;
  bool test_mode_ = false;
  u32 test_outputs_ = 0;
};

}  // namespace hypsim
