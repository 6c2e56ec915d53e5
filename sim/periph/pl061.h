// SPDX-License-Identifier: Apache-2.0
// The general purpose I/O block PL061: eight lines, each an input or an output, with edge and level interrupts.
// ARM DDI 0190. What moves the input lines is part of the configuration, so that a run is the same run whenever it is
// made.
#pragma once

#include <optional>
#include <vector>

#include "sim/base/clock.h"
#include "sim/periph/power.h"
#include "sim/periph/register_table.h"

namespace hypsim {

/// An input line of the board takes a level.
struct LineChange {
  Cycles when{};
  u8 line = 0;  ///< 0 to 7
  bool level = false;
};

struct Pl061Config {
  std::vector<LineChange> changes;      ///< in the order of time; before the first, every line is low
  std::optional<u8> power_off, reboot;  ///< outputs that ask the board for it when they are driven high
};

class Pl061 {
 public:
  static constexpr u32 kSize = 0x1000;
  static constexpr unsigned kLines = 8;

  /// Throws InputError if a change names no line, or comes before the one in front of it.
  explicit Pl061(Pl061Config config);

  /// The lines keep the levels they have from outside.
  void reset();
  bool read(u32 offset, unsigned size, u32& value, Cycles now);
  bool write(u32 offset, unsigned size, u32 value, Cycles now);

  /// Takes in the changes up to `now` and derives GPIOINTR; irq() is that line.
  void update(Cycles now);
  bool irq() const { return irq_; }
  /// The next change of an input, or kNever.
  Cycles next_event(Cycles now) const;

  /// What an output asked for first; it stays until reset.
  PowerRequest power_request() const { return power_request_; }

  /// What the block drives: the lines that are outputs, with their levels.
  u8 outputs() const { return data_ & direction_; }

  static std::span<const DeviceRegister<Pl061>> registers();

 private:
  u8 pins() const { return static_cast<u8>((inputs_ & ~direction_) | (data_ & direction_)); }
  void drive(u8 line, bool level);
  void sense_levels();

  u32 read_data(Cycles now);
  void write_data(u32 value, Cycles now);
  template <u8 Pl061::*Field>
  u32 read_field(Cycles) {
    return this->*Field;
  }
  template <u8 Pl061::*Field>
  void write_field(u32 value, Cycles) {
    this->*Field = static_cast<u8>(value);
  }
  u32 read_mis(Cycles now);
  void write_ic(u32 value, Cycles now);
  template <u8 Value>
  u32 read_id(Cycles) {
    return Value;
  }

  std::vector<LineChange> changes_;
  std::optional<u8> power_off_, reboot_;
  PowerRequest power_request_ = PowerRequest::None;
  std::size_t next_change_ = 0;
  u8 inputs_ = 0, data_ = 0, direction_ = 0;                      // levels from outside, GPIODATA of outputs, GPIODIR
  u8 level_sense_ = 0, both_edges_ = 0, high_ = 0, enabled_ = 0;  // GPIOIS, GPIOIBE, GPIOIEV, GPIOIE
  u8 raised_ = 0, alternate_ = 0;                                 // GPIORIS, GPIOAFSEL
  bool irq_ = false;
};

}  // namespace hypsim
