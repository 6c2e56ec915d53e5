// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/virtio/net.h"

namespace hypsim::virtio {

namespace {

constexpr u64 kMac = u64{1} << 5, kStatus = u64{1} << 16;
constexpr unsigned kReceive = 0, kTransmit = 1;
constexpr std::size_t kMinFrame = 14;
constexpr u8 kLinkUp = 1;
constexpr std::size_t kStatusField = 6;

// struct virtio_net_hdr: legacy drivers have no num_buffers. Virtio 1.1, 5.1.6
std::size_t header_size(const Driver& driver) { return driver.version_1() ? 12 : 10; }

}  // namespace

Net::Net(u64 core_hz, std::shared_ptr<Network> network)
    : nanoseconds_(1'000'000'000, core_hz), network_(std::move(network)), config_{0x52, 0x54, 0x00,    0x12,
                                                                                  0x34, 0x56, kLinkUp, 0} {
  network_->set_receiver([this](const u8* frame, std::size_t size) {
    if (size <= kMaxFrame && waiting_.size() < kMaxWaiting) waiting_.emplace_back(frame, frame + size);
  });
}

u64 Net::features() const { return kMac | kStatus; }

void Net::serve(unsigned queue, Driver& driver, Cycles now) {
  if (queue == kTransmit) transmit(driver, nanoseconds_.ticks(now));
  deliver(driver);
  look_at_link();
}

void Net::poll(Driver& driver, Cycles now) {
  network_->poll(nanoseconds_.ticks(now));
  deliver(driver);
  look_at_link();
}

// A driver without VIRTIO_NET_F_STATUS sees a link that is up and loses every frame. Virtio 1.1, 5.1.4
void Net::look_at_link() {
  const u8 now = network_->link_up() ? kLinkUp : 0;
  link_changed_ |= std::exchange(config_[kStatusField], now) != now;
}

void Net::transmit(Driver& driver, u64 now_ns) {
  const std::size_t header = header_size(driver);
  Chain chain;
  std::array<u8, kMaxFrame> frame;
  while (driver.pop(kTransmit, chain)) {
    const u64 size = chain.readable_bytes() - header;  // wraps for a chain without a header
    if (size >= kMinFrame && size <= kMaxFrame) {
      if (!chain.read(driver.dma, header, frame.data(), size)) return driver.queues[kTransmit].set_broken();
      network_->send(frame.data(), size, now_ns);
    }
    driver.push(kTransmit, chain, 0);
  }
}

void Net::deliver(Driver& driver) {
  const std::size_t header = header_size(driver);
  while (!waiting_.empty()) {
    Chain chain;
    if (!driver.pop(kReceive, chain)) return;
    const std::vector<u8>& frame = waiting_.front();
    const u64 size = header + frame.size();
    std::array<u8, 12> zeros{};
    if (header == 12) zeros[10] = 1;  // num_buffers
    if (chain.writable_bytes() < size) {
      driver.push(kReceive, chain, 0);  // too small for the frame, which is lost
    } else {
      if (!chain.write(driver.dma, 0, zeros.data(), header) ||
          !chain.write(driver.dma, header, frame.data(), frame.size()))
        return driver.queues[kReceive].set_broken();
      driver.push(kReceive, chain, size);
    }
    waiting_.pop_front();
  }
}

}  // namespace hypsim::virtio
