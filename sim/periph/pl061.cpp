// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/pl061.h"

#include <fmt/format.h>

#include "sim/base/error.h"

namespace hypsim {

namespace {
constexpr u32 kDataEnd =
    0x400;  // GPIODATA fills the addresses below: address bits [9:2] say which lines an access means
}

std::span<const DeviceRegister<Pl061>> Pl061::registers() {
  using D = Pl061;
  static constexpr DeviceRegister<D> table[] = {
      {0x3FC, "GPIODATA", "levels of the lines; at a lower address, of those in address bits [9:2] alone",
       &D::read_data, &D::write_data},
      {0x400, "GPIODIR", "1: output", &D::read_field<&D::direction_>, &D::write_field<&D::direction_>},
      {0x404, "GPIOIS", "interrupt by 0 edge, 1 level", &D::read_field<&D::level_sense_>,
       &D::write_field<&D::level_sense_>},
      {0x408, "GPIOIBE", "1: both edges, whatever GPIOIEV says", &D::read_field<&D::both_edges_>,
       &D::write_field<&D::both_edges_>},
      {0x40C, "GPIOIEV", "1: rising edge or high level", &D::read_field<&D::high_>, &D::write_field<&D::high_>},
      {0x410, "GPIOIE", "interrupt mask: 1 lets it through", &D::read_field<&D::enabled_>,
       &D::write_field<&D::enabled_>},
      {0x414, "GPIORIS", "interrupts before the mask", &D::read_field<&D::raised_>, nullptr},
      {0x418, "GPIOMIS", "interrupts after the mask", &D::read_mis, nullptr},
      {0x41C, "GPIOIC", "a 1 clears an edge interrupt", nullptr, &D::write_ic},
      {0x420, "GPIOAFSEL", "stored: no line has another function", &D::read_field<&D::alternate_>,
       &D::write_field<&D::alternate_>},
      {0xFE0, "GPIOPeriphID0", "part number 0x61", &D::read_id<0x61>, nullptr},
      {0xFE4, "GPIOPeriphID1", "part number and designer", &D::read_id<0x10>, nullptr},
      {0xFE8, "GPIOPeriphID2", "designer and revision", &D::read_id<0x04>, nullptr},
      {0xFEC, "GPIOPeriphID3", "configuration", &D::read_id<0x00>, nullptr},
      {0xFF0, "GPIOPCellID0", "PrimeCell identification", &D::read_id<0x0D>, nullptr},
      {0xFF4, "GPIOPCellID1", "PrimeCell identification", &D::read_id<0xF0>, nullptr},
      {0xFF8, "GPIOPCellID2", "PrimeCell identification", &D::read_id<0x05>, nullptr},
      {0xFFC, "GPIOPCellID3", "PrimeCell identification", &D::read_id<0xB1>, nullptr},
  };
  return table;
}

Pl061::Pl061(Pl061Config config)
    : changes_(std::move(config.changes)), power_off_(config.power_off), reboot_(config.reboot) {
  for (const std::optional<u8> line : {power_off_, reboot_})
    if (line && *line >= kLines)
      throw InputError(fmt::format("pl061: line {} does not exist: give one of 0 to 7", *line));
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    if (changes_[i].line >= kLines)
      throw InputError(fmt::format("pl061: line {} does not exist: give one of 0 to 7", changes_[i].line));
    if (i && changes_[i].when < changes_[i - 1].when)
      throw InputError("pl061: a change of a line lies before the one in front of it: sort them by time");
  }
}

void Pl061::reset() {
  data_ = direction_ = level_sense_ = both_edges_ = high_ = enabled_ = raised_ = alternate_ = 0;
  irq_ = false;
  power_request_ = PowerRequest::None;
}

void Pl061::update(Cycles now) {
  for (; next_change_ < changes_.size() && changes_[next_change_].when <= now; ++next_change_)
    drive(changes_[next_change_].line, changes_[next_change_].level);
  sense_levels();
  irq_ = (raised_ & enabled_) != 0;
}

Cycles Pl061::next_event(Cycles) const { return next_change_ < changes_.size() ? changes_[next_change_].when : kNever; }

// An edge counts on an input alone. ARM DDI 0190 2.2.2
void Pl061::drive(u8 line, bool level) {
  const u8 mask = static_cast<u8>(1u << line);
  if (((inputs_ & mask) != 0) == level) return;
  inputs_ ^= mask;
  const bool wanted = (both_edges_ & mask) || ((high_ & mask) != 0) == level;
  if (!(direction_ & mask) && !(level_sense_ & mask) && wanted) raised_ |= mask;
}

void Pl061::sense_levels() {
  const u8 active = static_cast<u8>(~(pins() ^ high_) & ~direction_);
  raised_ = static_cast<u8>((raised_ & ~level_sense_) | (active & level_sense_));
}

bool Pl061::read(u32 offset, unsigned size, u32& value, Cycles now) {
  update(now);
  if (!read_register(*this, registers(), offset < kDataEnd ? (offset & 3) | (kDataEnd - 4) : offset, size, value, now))
    return false;
  if (offset < kDataEnd) value &= bits(offset, 9, 2);
  return true;
}

bool Pl061::write(u32 offset, unsigned size, u32 value, Cycles now) {
  update(now);
  if (offset < kDataEnd) {
    const u32 lines = bits(offset, 9, 2);
    value = (data_ & ~lines) | (value & lines);
    offset = (offset & 3) | (kDataEnd - 4);
  }
  if (!write_register(*this, registers(), offset, size, value, now)) return false;
  update(now);
  const auto high = [this](const std::optional<u8>& line) { return line && bit(outputs(), *line); };
  if (power_request_ == PowerRequest::None)
    power_request_ = high(power_off_) ? PowerRequest::Shutdown
                     : high(reboot_)  ? PowerRequest::Reboot
                                      : PowerRequest::None;
  return true;
}

u32 Pl061::read_data(Cycles) { return pins(); }
// Only an output takes the value. ARM DDI 0190 3.3.1
void Pl061::write_data(u32 value, Cycles) { data_ = static_cast<u8>((data_ & ~direction_) | (value & direction_)); }
u32 Pl061::read_mis(Cycles) { return raised_ & enabled_; }
void Pl061::write_ic(u32 value, Cycles) { raised_ &= static_cast<u8>(~value); }

}  // namespace hypsim
