// SPDX-License-Identifier: Apache-2.0
// Power: what a guest may ask of the board, and a controller of one register for boards that have none of their own.
#pragma once

#include "sim/base/clock.h"
#include "sim/periph/register_table.h"

namespace hypsim {

/// What software asked the board to do, or what happened because it did nothing: Watchdog is a reset too.
enum class PowerRequest : u8 { None, Shutdown, Reboot, Watchdog };

/// One command register, as the generic "syscon-poweroff" and "syscon-reboot" bindings want it.
class PowerController {
 public:
  static constexpr u32 kSize = 0x1000;
  static constexpr u32 kCommand = 0x0;  ///< offset of the command register
  static constexpr u32 kShutdown = 1, kReboot = 2;

  void reset() { request_ = PowerRequest::None; }
  bool read(u32 offset, unsigned size, u32& value, Cycles now);
  bool write(u32 offset, unsigned size, u32 value, Cycles now);

  /// The last command; it stays until reset.
  PowerRequest power_request() const { return request_; }

  /// The block has no interrupt and no event of its own.
  void update(Cycles) {}
  bool irq() const { return false; }
  Cycles next_event(Cycles) const { return kNever; }

  static std::span<const DeviceRegister<PowerController>> registers();

 private:
  void write_command(u32 value, Cycles now);

  PowerRequest request_ = PowerRequest::None;
};

}  // namespace hypsim
