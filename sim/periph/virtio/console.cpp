// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/virtio/console.h"

#include <algorithm>

namespace hypsim::virtio {

namespace {
constexpr u64 kEmergencyWrite = u64{1} << 2;
constexpr u32 kEmergencyCharacter = 8;  // in the configuration space
constexpr unsigned kReceive = 0, kTransmit = 1;
constexpr u64 kPiece = 4096;
}  // namespace

u64 Console::features() const { return kEmergencyWrite; }

void Console::write_config(u32 offset, unsigned, u32 value) {
  if (offset != kEmergencyCharacter) return;
  const u8 character = static_cast<u8>(value);
  backend_.write(&character, 1);
}

void Console::serve(unsigned queue, Driver& driver, Cycles now) {
  if (queue == kReceive) return poll(driver, now);
  Chain chain;
  std::array<u8, kPiece> piece;
  while (driver.pop(kTransmit, chain)) {
    for (u64 done = 0; done < chain.readable_bytes();) {
      const u64 size = std::min(chain.readable_bytes() - done, kPiece);
      if (!chain.read(driver.dma, done, piece.data(), size)) return driver.queues[kTransmit].set_broken();
      backend_.write(piece.data(), size);
      done += size;
    }
    driver.push(kTransmit, chain, 0);
  }
}

// A chain is taken only when there is something to put in: the driver sees input as it comes.
void Console::poll(Driver& driver, Cycles) {
  for (;;) {
    if (first_ == held_) {
      first_ = 0;
      held_ = backend_.read(input_.data(), input_.size());
    }
    Chain chain;
    if (first_ == held_ || !driver.pop(kReceive, chain)) return;
    const u64 size = std::min<u64>(held_ - first_, chain.writable_bytes());
    if (!chain.write(driver.dma, 0, &input_[first_], size)) return driver.queues[kReceive].set_broken();
    driver.push(kReceive, chain, size);
    first_ += size;
  }
}

}  // namespace hypsim::virtio
