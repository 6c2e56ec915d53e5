// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/pl061.h"

#include "tests/fuzz/device.h"

extern "C" int LLVMFuzzerTestOneInput(const hypsim::u8* data, std::size_t size) {
  using namespace hypsim;
  fuzz::Input input(data, size);
  Pl061Config config;
  for (u8 n = input.byte() & 15; n > 0; --n)
    config.changes.push_back({Cycles(input.half()), static_cast<u8>(input.byte() & 15), (input.byte() & 1) != 0});
  fuzz::accepts([&] {
    Pl061 device(config);
    fuzz::drive_device(device, input);
  });
  return 0;
}
