// SPDX-License-Identifier: Apache-2.0
// The network device. Virtio 1.1, 5.1: one pair of queues, no offloads.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "sim/periph/virtio/device.h"

namespace hypsim::virtio {

/// The other end of the cable.
class Network {
 public:
  using Receiver = std::function<void(const u8* frame, std::size_t size)>;
  virtual ~Network() = default;
  /// Where frames for the guest go; they come during send() and poll() alone.
  void set_receiver(Receiver receiver) { receiver_ = std::move(receiver); }
  /// An Ethernet frame from the guest, at a simulated time in nanoseconds.
  virtual void send(const u8* frame, std::size_t size, u64 now_ns) = 0;
  /// Looks for what the outside world has. Called at fixed steps of simulated time.
  virtual void poll(u64 now_ns) = 0;
  /// False once there is no other end any more.
  virtual bool link_up() const { return true; }

 protected:
  Receiver receiver_;
};

class Net final : public Device {
 public:
  /// Frames are not larger: no offloads. Longer ones are dropped.
  static constexpr std::size_t kMaxFrame = 1514;
  /// Frames that wait for the driver; more are dropped, as by any card.
  static constexpr std::size_t kMaxWaiting = 256;

  Net(u64 core_hz, std::shared_ptr<Network> network);

  u32 id() const override { return 1; }
  u64 features() const override;
  unsigned queue_count() const override { return 2; }
  std::span<const u8> config() const override { return config_; }
  void serve(unsigned queue, Driver& driver, Cycles now) override;
  void poll(Driver& driver, Cycles now) override;
  void reset() override { waiting_.clear(); }
  bool take_config_change() override { return std::exchange(link_changed_, false); }

 private:
  void look_at_link();
  void deliver(Driver& driver);
  void transmit(Driver& driver, u64 now_ns);

  DerivedClock nanoseconds_;
  std::shared_ptr<Network> network_;
  std::deque<std::vector<u8>> waiting_;
  std::array<u8, 8> config_;  // MAC address, link status
  bool link_changed_ = false;
};

}  // namespace hypsim::virtio
