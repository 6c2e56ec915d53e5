// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/virtio/console.h"

#include "tests/fuzz/virtio.h"

extern "C" int LLVMFuzzerTestOneInput(const hypsim::u8* data, std::size_t size) {
  using namespace hypsim;
  fuzz::Input input(data, size);
  BufferBackend host;
  host.feed(std::string(input.half(), 'k'));
  fuzz::VirtioDriver driver(std::make_unique<virtio::Console>(host), input);
  driver.run();
  return 0;
}
