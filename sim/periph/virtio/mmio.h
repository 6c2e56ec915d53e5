// SPDX-License-Identifier: Apache-2.0
// The virtio transport over memory-mapped registers. Virtio 1.1, 4.2: version 2, and version 1 ("legacy", 4.2.4).
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "sim/periph/register_table.h"
#include "sim/periph/virtio/device.h"

namespace hypsim {

struct VirtioMmioConfig {
  unsigned version = 2;  ///< 2, or 1 for the legacy interface
  Cycles service{0};     ///< from a notification to the answer
};

/// One slot, with a device or empty. Chains are served in update(), which moves guest memory: call it from the owner's
/// own process and not from within an access of a core.
class VirtioMmio {
 public:
  static constexpr u32 kSize = 0x200;

  /// `device` null: an empty slot, whose device ID is 0. `dma` must outlive the transport.
  VirtioMmio(const VirtioMmioConfig& config, virtio::DmaPort& dma, std::unique_ptr<virtio::Device> device);

  void reset();
  bool read(u32 offset, unsigned size, u32& value, Cycles now);
  bool write(u32 offset, unsigned size, u32 value, Cycles now);
  void update(Cycles now);
  bool irq() const { return interrupt_status_ != 0; }
  Cycles next_event(Cycles now) const;
  /// Takes what the host has for the device.
  void poll(Cycles now);

  /// The register list, for documentation and tests; the configuration space follows at 0x100.
  static std::span<const DeviceRegister<VirtioMmio>> registers();

 private:
  static constexpr unsigned kMaxQueues = 2;

  struct QueueSetup {
    u32 size = 0;
    u64 descriptors = 0, driver = 0, device = 0;
    u32 align = 4096, page = 0;  // legacy
  };

  bool legacy() const { return config_.version == 1; }
  bool running() const;
  u64 offered() const;
  QueueSetup* selected();
  bool enable(const QueueSetup& setup);
  void fail();
  void after_service();
  virtio::Driver driver(u64 budget) { return {queues_, dma_, accepted_, budget}; }
  u32 read_config(u32 offset, unsigned size) const;

  u32 read_magic(Cycles now);
  u32 read_version(Cycles now);
  u32 read_device_id(Cycles now);
  u32 read_vendor_id(Cycles now);
  u32 read_device_features(Cycles now);
  void write_device_features_select(u32 value, Cycles now);
  void write_driver_features(u32 value, Cycles now);
  void write_driver_features_select(u32 value, Cycles now);
  void write_page_size(u32 value, Cycles now);
  void write_queue_select(u32 value, Cycles now);
  u32 read_queue_max(Cycles now);
  void write_queue_size(u32 value, Cycles now);
  void write_queue_align(u32 value, Cycles now);
  u32 read_queue_page(Cycles now);
  void write_queue_page(u32 value, Cycles now);
  u32 read_queue_ready(Cycles now);
  void write_queue_ready(u32 value, Cycles now);
  void write_queue_notify(u32 value, Cycles now);
  u32 read_interrupt_status(Cycles now);
  void write_interrupt_ack(u32 value, Cycles now);
  u32 read_status(Cycles now);
  void write_status(u32 value, Cycles now);
  template <u64 QueueSetup::*Address, unsigned Word>
  void write_queue_address(u32 value, Cycles now);
  u32 read_no_shared_memory(Cycles now);
  u32 read_generation(Cycles now);

  VirtioMmioConfig config_;
  virtio::DmaPort& dma_;
  std::unique_ptr<virtio::Device> device_;
  std::vector<virtio::Queue> queues_;
  std::array<QueueSetup, kMaxQueues> setups_;
  u32 status_ = 0, interrupt_status_ = 0;
  u32 device_features_select_ = 0, driver_features_select_ = 0, queue_select_ = 0;
  u32 page_size_ = 4096;
  u64 accepted_ = 0;
  u32 generation_ = 0;  // of the device configuration
  u32 pending_ = 0;     // queues with a notification
  Cycles due_ = kNever;
};

}  // namespace hypsim
