// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/virtio/entropy.h"

#include "tests/fuzz/virtio.h"

extern "C" int LLVMFuzzerTestOneInput(const hypsim::u8* data, std::size_t size) {
  using namespace hypsim;
  fuzz::Input input(data, size);
  fuzz::VirtioDriver driver(std::make_unique<virtio::Entropy>(input.byte()), input);
  driver.run();
  return 0;
}
