// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/vexpress_sysregs.h"

#include "tests/fuzz/device.h"

extern "C" int LLVMFuzzerTestOneInput(const hypsim::u8* data, std::size_t size) {
  using namespace hypsim;
  fuzz::Input input(data, size);
  VexpressSysregs device(VexpressSysregsConfig{});
  fuzz::drive_device(device, input);
  return 0;
}
