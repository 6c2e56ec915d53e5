// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/gicv2m.h"

#include "tests/fuzz/device.h"

extern "C" int LLVMFuzzerTestOneInput(const hypsim::u8* data, std::size_t size) {
  using namespace hypsim;
  fuzz::Input input(data, size);
  GicV2mConfig config;
  config.first_spi = input.byte();
  config.spis = input.byte();
  GicV2m device(config, [&](unsigned spi) {
    fuzz::check(spi >= config.first_spi && spi < config.first_spi + config.spis,
                "an interrupt that is not the frame's");
  });
  fuzz::drive_device(device, input);
  return 0;
}
