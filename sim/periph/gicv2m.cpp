// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/gicv2m.h"

#include <algorithm>
#include <utility>

namespace hypsim {

namespace {
constexpr unsigned kFirstSpiId = 32;
constexpr u32 kArm = 0x43B;  // MSI_IIDR: the implementer
}  // namespace

std::span<const DeviceRegister<GicV2m>> GicV2m::registers() {
  using D = GicV2m;
  static constexpr DeviceRegister<D> table[] = {
      {0x008, "MSI_TYPER", "the first interrupt ID and how many there are", &D::read_typer, nullptr},
      {0x040, "MSI_SETSPI_NS", "raises the interrupt of the ID stored", nullptr, &D::write_setspi},
      {0xFCC, "MSI_IIDR", "identification", &D::read_iidr, nullptr},
  };
  return table;
}

bool GicV2m::read(u32 offset, unsigned size, u32& value, Cycles now) {
  return read_register(*this, registers(), offset, size, value, now);
}

bool GicV2m::write(u32 offset, unsigned size, u32 value, Cycles now) {
  return write_register(*this, registers(), offset, size, value, now);
}

void GicV2m::update(Cycles) {
  for (const unsigned spi : std::exchange(stored_, {})) pulse_(spi);
}

u32 GicV2m::read_typer(Cycles) { return (kFirstSpiId + config_.first_spi) << 16 | config_.spis; }
u32 GicV2m::read_iidr(Cycles) { return kArm; }
void GicV2m::write_setspi(u32 value, Cycles) {
  const unsigned spi = bits(value, 9, 0) - kFirstSpiId;
  if (spi - config_.first_spi >= config_.spis || std::find(stored_.begin(), stored_.end(), spi) != stored_.end())
    return;
  stored_.push_back(spi);
}

}  // namespace hypsim
