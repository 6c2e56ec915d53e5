// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/power.h"

namespace hypsim {

std::span<const DeviceRegister<PowerController>> PowerController::registers() {
  using D = PowerController;
  static constexpr DeviceRegister<D> table[] = {
      {kCommand, "COMMAND", "1 turns the power off, 2 reboots; anything else is ignored", nullptr, &D::write_command},
  };
  return table;
}

bool PowerController::read(u32 offset, unsigned size, u32& value, Cycles now) {
  return read_register(*this, registers(), offset, size, value, now);
}

bool PowerController::write(u32 offset, unsigned size, u32 value, Cycles now) {
  return write_register(*this, registers(), offset, size, value, now);
}

void PowerController::write_command(u32 value, Cycles) {
  if (value == kShutdown) request_ = PowerRequest::Shutdown;
  if (value == kReboot) request_ = PowerRequest::Reboot;
}

}  // namespace hypsim
