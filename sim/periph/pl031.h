// SPDX-License-Identifier: Apache-2.0
// The real-time clock PL031, revision 1. ARM DDI 0224B. It starts at a configured date and counts simulated seconds, so
// that a run sees the same time whenever it is made.
#pragma once

#include "sim/base/clock.h"
#include "sim/periph/register_table.h"

namespace hypsim {

struct Pl031Config {
  u64 core_hz = 1'000'000'000;  ///< frequency of the cycles that every method takes
  u32 start = 1'577'836'800;    ///< RTCDR at cycle 0, seconds since 1970-01-01 UTC; the default is 2020-01-01 00:00:00
};

class Pl031 {
 public:
  static constexpr u32 kSize = 0x1000;

  /// Throws InputError if the frequency is zero.
  explicit Pl031(const Pl031Config& config);

  void reset();
  bool read(u32 offset, unsigned size, u32& value, Cycles now);
  bool write(u32 offset, unsigned size, u32 value, Cycles now);

  /// Derives the interrupt line at `now`; irq() is that line.
  void update(Cycles now);
  bool irq() const { return irq_; }
  /// The earliest cycle after `now` at which the line rises if no register is written, or kNever.
  Cycles next_event(Cycles now) const;

  static std::span<const DeviceRegister<Pl031>> registers();

 private:
  u32 read_dr(Cycles now);
  u32 read_mr(Cycles now);
  void write_mr(u32 value, Cycles now);
  u32 read_lr(Cycles now);
  void write_lr(u32 value, Cycles now);
  u32 read_cr(Cycles now);
  u32 read_imsc(Cycles now);
  void write_imsc(u32 value, Cycles now);
  u32 read_ris(Cycles now);
  u32 read_mis(Cycles now);
  void write_icr(u32 value, Cycles now);
  template <u8 Value>
  u32 read_id(Cycles) {
    return Value;
  }
  u32 seconds(Cycles now) const { return offset_ + static_cast<u32>(clock_.ticks(now)); }

  u32 start_;
  DerivedClock clock_;
  u32 offset_ = 0;  // RTCDR minus the seconds since cycle 0
  u32 match_ = 0, load_ = 0;
  bool enabled_ = false, raised_ = false, irq_ = false;
  u64 seen_ = 0;  // seconds since cycle 0 at which the match was looked for last
};

}  // namespace hypsim
