// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/virtio/block.h"

#include "tests/fuzz/virtio.h"

extern "C" int LLVMFuzzerTestOneInput(const hypsim::u8* data, std::size_t size) {
  using namespace hypsim;
  constexpr std::size_t kSectors = 64;
  const fuzz::MemoryFile image(std::string(kSectors * virtio::Block::kSector, 'd'));
  fuzz::Input input(data, size);
  fuzz::VirtioDriver driver(std::make_unique<virtio::Block>(image.path(), (input.byte() & 1) != 0), input);
  driver.run();
  return 0;
}
