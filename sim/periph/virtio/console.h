// SPDX-License-Identifier: Apache-2.0
// The console device with one port. Virtio 1.1, 5.3
#pragma once

#include <array>

#include "sim/periph/serial_backend.h"
#include "sim/periph/virtio/device.h"

namespace hypsim::virtio {

class Console final : public Device {
 public:
  /// `backend` must outlive the device.
  explicit Console(SerialBackend& backend) : backend_(backend) {}

  u32 id() const override { return 3; }
  u64 features() const override;
  unsigned queue_count() const override { return 2; }
  std::span<const u8> config() const override { return config_; }
  void write_config(u32 offset, unsigned size, u32 value) override;
  void serve(unsigned queue, Driver& driver, Cycles now) override;
  void poll(Driver& driver, Cycles now) override;

 private:
  SerialBackend& backend_;
  std::array<u8, 12> config_{};  // columns, rows and ports: not offered; a character of an emergency
  std::array<u8, 256> input_{};  // from the host, not yet with the driver
  std::size_t first_ = 0, held_ = 0;
};

}  // namespace hypsim::virtio
