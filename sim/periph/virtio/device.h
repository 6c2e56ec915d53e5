// SPDX-License-Identifier: Apache-2.0
// What stands behind a virtio transport.
#pragma once

#include <span>

#include "sim/base/clock.h"
#include "sim/periph/virtio/queue.h"

namespace hypsim::virtio {

/// The device's way to the driver while it is being served.
struct Driver {
  std::span<Queue> queues;
  DmaPort& dma;
  u64 features = 0;  ///< accepted by the driver
  /// What this turn may still do, in bytes: a step of simulated time takes a bounded time of the host.
  u64 budget = 0;

  /// The next chain of queue `n`, paid for from the budget.
  bool pop(unsigned n, Chain& chain) {
    if (budget == 0 || !queues[n].pop(dma, chain)) return false;
    const u64 cost = 64 + chain.readable_bytes() + chain.writable_bytes();
    budget -= cost < budget ? cost : budget;
    return true;
  }
  void push(unsigned n, const Chain& chain, u64 written) { queues[n].push(dma, chain, static_cast<u32>(written)); }
  bool version_1() const { return (features & kFeatureVersion1) != 0; }
};

class Device {
 public:
  virtual ~Device() = default;
  /// The device ID. Virtio 1.1, 5
  virtual u32 id() const = 0;
  /// Feature bits of this kind of device.
  virtual u64 features() const = 0;
  virtual unsigned queue_count() const = 0;
  /// The device configuration space. Virtio 1.1, 4.2.2
  virtual std::span<const u8> config() const { return {}; }
  virtual void write_config(u32 /*offset*/, unsigned /*size*/, u32 /*value*/) {}
  /// Whether config() is another since the last time this was asked.
  virtual bool take_config_change() { return false; }
  /// The driver said that `queue` has something, or the last turn ended with its budget.
  virtual void serve(unsigned queue, Driver& driver, Cycles now) = 0;
  /// Looks for input from the host.
  virtual void poll(Driver& /*driver*/, Cycles /*now*/) {}
  virtual void reset() {}
};

}  // namespace hypsim::virtio
