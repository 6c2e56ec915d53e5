// SPDX-License-Identifier: Apache-2.0
// A GICv2m frame: a store of an interrupt's ID raises that shared interrupt as an edge. Arm SBSA, appendix E.
#pragma once

#include <functional>
#include <vector>

#include "sim/base/clock.h"
#include "sim/periph/register_table.h"

namespace hypsim {

struct GicV2mConfig {
  unsigned first_spi = 0, spis = 32;  ///< the shared interrupts that are the frame's
};

class GicV2m {
 public:
  static constexpr u32 kSize = 0x1000;
  /// Raises and lowers shared interrupt `spi` (interrupt ID 32 + spi).
  using Pulse = std::function<void(unsigned spi)>;

  GicV2m(const GicV2mConfig& config, Pulse pulse) : config_(config), pulse_(std::move(pulse)) {}

  void reset() { stored_.clear(); }
  bool read(u32 offset, unsigned size, u32& value, Cycles now);
  bool write(u32 offset, unsigned size, u32 value, Cycles now);

  /// Passes on what was stored since the last time, each interrupt once.
  void update(Cycles now);
  /// The block has no line of its own.
  bool irq() const { return false; }
  Cycles next_event(Cycles) const { return kNever; }

  static std::span<const DeviceRegister<GicV2m>> registers();

 private:
  u32 read_typer(Cycles now);
  u32 read_iidr(Cycles now);
  void write_setspi(u32 value, Cycles now);

  GicV2mConfig config_;
  Pulse pulse_;
  std::vector<unsigned> stored_;  // no more than there are
};

}  // namespace hypsim
