// SPDX-License-Identifier: Apache-2.0
// The system controller SP810. ARM DDI 0254. Its registers are there to be probed and set; they steer nothing: the
// board's clocks run at the frequencies of the platform file, and the SP804 timers always count TIMCLK.
#pragma once

#include <array>

#include "sim/base/clock.h"
#include "sim/periph/register_table.h"

namespace hypsim {

class Sp810 {
 public:
  static constexpr u32 kSize = 0x1000;

  Sp810() { reset(); }
  void reset();
  bool read(u32 offset, unsigned size, u32& value, Cycles now);
  bool write(u32 offset, unsigned size, u32 value, Cycles now);

  /// The block has no interrupt and no event of its own.
  void update(Cycles) {}
  bool irq() const { return false; }
  Cycles next_event(Cycles) const { return kNever; }

  static std::span<const DeviceRegister<Sp810>> registers();

 private:
  u32 read_control(Cycles now);
  void write_control(u32 value, Cycles now);
  template <u32 Sp810::*Field>
  u32 read_field(Cycles) {
    return this->*Field;
  }
  template <u32 Sp810::*Field, u32 Mask>
  void write_field(u32 value, Cycles) {
    this->*Field = value & Mask;
  }
  void enable_clocks(u32 value, Cycles now);
  void disable_clocks(u32 value, Cycles now);
  template <u8 Value>
  u32 read_id(Cycles) {
    return Value;
  }

  u32 control_ = 0, interrupt_control_ = 0, interrupt_status_ = 0, crystal_ = 0, pll_ = 0, pll_frequency_ = 0;
  u32 peripheral0_ = 0, peripheral1_ = 0, clocks_ = 0;
};

}  // namespace hypsim
