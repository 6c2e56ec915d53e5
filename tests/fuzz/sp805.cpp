// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/sp805.h"

#include "tests/fuzz/device.h"

extern "C" int LLVMFuzzerTestOneInput(const hypsim::u8* data, std::size_t size) {
  using namespace hypsim;
  fuzz::Input input(data, size);
  Sp805 device(Sp805Config{});
  fuzz::drive_device(device, input);
  return 0;
}
