// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/pl031.h"

#include "tests/fuzz/device.h"

extern "C" int LLVMFuzzerTestOneInput(const hypsim::u8* data, std::size_t size) {
  using namespace hypsim;
  fuzz::Input input(data, size);
  Pl031 device(Pl031Config{});
  fuzz::drive_device(device, input);
  return 0;
}
