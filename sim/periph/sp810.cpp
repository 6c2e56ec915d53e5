// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/sp810.h"

namespace hypsim {

namespace {

// SCCTRL. ARM DDI 0254 3.3.1
constexpr u32 kModeDoze = 1;
constexpr u32 kControlMask = 0x01FF8387;  // what software can set: all but ModeStatus and the reserved bits

/// ModeStatus of a ModeCtrl: a change of mode is complete at once.
constexpr u32 mode_status(u32 mode_control) {
  if (bit(mode_control, 2)) return 4;   // NORMAL
  if (bit(mode_control, 1)) return 2;   // SLOW
  return bit(mode_control, 0) ? 1 : 0;  // DOZE, SLEEP
}

}  // namespace

std::span<const DeviceRegister<Sp810>> Sp810::registers() {
  using D = Sp810;
  static constexpr DeviceRegister<D> table[] = {
      {0x000, "SCCTRL", "mode; clock of each timer; the mode changes at once", &D::read_control, &D::write_control},
      {0x008, "SCIMCTRL", "stored", &D::read_field<&D::interrupt_control_>,
       &D::write_field<&D::interrupt_control_, 0x8F>},
      {0x00C, "SCIMSTAT", "stored", &D::read_field<&D::interrupt_status_>, &D::write_field<&D::interrupt_status_, 0x1>},
      {0x010, "SCXTALCTRL", "stored", &D::read_field<&D::crystal_>, &D::write_field<&D::crystal_, 0x7FFFB>},
      {0x014, "SCPLLCTRL", "stored", &D::read_field<&D::pll_>, &D::write_field<&D::pll_, 0xFFFFFFB>},
      {0x018, "SCPLLFCTRL", "stored", &D::read_field<&D::pll_frequency_>, &D::write_field<&D::pll_frequency_, ~0u>},
      {0x01C, "SCPERCTRL0", "stored", &D::read_field<&D::peripheral0_>, &D::write_field<&D::peripheral0_, ~0u>},
      {0x020, "SCPERCTRL1", "stored", &D::read_field<&D::peripheral1_>, &D::write_field<&D::peripheral1_, ~0u>},
      {0x024, "SCPEREN", "a 1 sets a bit of SCPERCLKEN", nullptr, &D::enable_clocks},
      {0x028, "SCPERDIS", "a 1 clears a bit of SCPERCLKEN", nullptr, &D::disable_clocks},
      {0x02C, "SCPERCLKEN", "clocks that are asked for", &D::read_field<&D::clocks_>, nullptr},
      {0x030, "SCPERSTAT", "clocks that run: those asked for", &D::read_field<&D::clocks_>, nullptr},
      {0xFE0, "SCPeriphID0", "part number 0x10", &D::read_id<0x10>, nullptr},
      {0xFE4, "SCPeriphID1", "part number and designer", &D::read_id<0x18>, nullptr},
      {0xFE8, "SCPeriphID2", "designer and revision", &D::read_id<0x04>, nullptr},
      {0xFEC, "SCPeriphID3", "configuration", &D::read_id<0x00>, nullptr},
      {0xFF0, "SCPCellID0", "PrimeCell identification", &D::read_id<0x0D>, nullptr},
      {0xFF4, "SCPCellID1", "PrimeCell identification", &D::read_id<0xF0>, nullptr},
      {0xFF8, "SCPCellID2", "PrimeCell identification", &D::read_id<0x05>, nullptr},
      {0xFFC, "SCPCellID3", "PrimeCell identification", &D::read_id<0xB1>, nullptr},
  };
  return table;
}

void Sp810::reset() {
  control_ = kModeDoze;
  interrupt_control_ = interrupt_status_ = crystal_ = pll_ = pll_frequency_ = peripheral0_ = peripheral1_ = 0;
  clocks_ = ~0u;
}

bool Sp810::read(u32 offset, unsigned size, u32& value, Cycles now) {
  return read_register(*this, registers(), offset, size, value, now);
}

bool Sp810::write(u32 offset, unsigned size, u32 value, Cycles now) {
  return write_register(*this, registers(), offset, size, value, now);
}

u32 Sp810::read_control(Cycles) { return control_ | mode_status(control_) << 3; }
void Sp810::write_control(u32 value, Cycles) { control_ = value & kControlMask; }
void Sp810::enable_clocks(u32 value, Cycles) { clocks_ |= value; }
void Sp810::disable_clocks(u32 value, Cycles) { clocks_ &= ~value; }

}  // namespace hypsim
