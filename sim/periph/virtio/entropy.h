// SPDX-License-Identifier: Apache-2.0
// The entropy device. Virtio 1.1, 5.4. What it gives is the same in every run with the same seed: never a secret.
#pragma once

#include "sim/periph/virtio/device.h"

namespace hypsim::virtio {

class Entropy final : public Device {
 public:
  explicit Entropy(u64 seed) : seed_(seed), state_(seed) {}

  u32 id() const override { return 4; }
  u64 features() const override { return 0; }
  unsigned queue_count() const override { return 1; }
  void serve(unsigned queue, Driver& driver, Cycles now) override;
  void reset() override { state_ = seed_; }

 private:
  u64 next();

  u64 seed_, state_;
};

}  // namespace hypsim::virtio
