// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/virtio/entropy.h"

#include <algorithm>
#include <array>

namespace hypsim::virtio {

namespace {
constexpr u64 kMostBytes = 4096;  // of one request; a driver asks again for more
}

// SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
u64 Entropy::next() {
  state_ += 0x9E3779B97F4A7C15;
  u64 z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

void Entropy::serve(unsigned, Driver& driver, Cycles) {
  Chain chain;
  while (driver.pop(0, chain)) {
    const u64 size = std::min(chain.writable_bytes(), kMostBytes);
    std::array<u64, kMostBytes / 8> words;
    for (u64 i = 0; i < (size + 7) / 8; ++i) words[i] = next();
    if (!chain.write(driver.dma, 0, words.data(), size)) return driver.queues[0].set_broken();
    driver.push(0, chain, size);
  }
}

}  // namespace hypsim::virtio
