// SPDX-License-Identifier: Apache-2.0
// A platform file: refused by a message of one line, or a description whose device tree can be made.
#include "platforms/description.h"
#include "platforms/device_tree.h"
#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const hypsim::u8* data, std::size_t size) {
  using namespace hypsim;
  const fuzz::MemoryFile file({reinterpret_cast<const char*>(data), size});
  fuzz::accepts([&] {
    PlatformDescription platform = load_platform(file.path());
    fuzz::check(platform.main_memory().size != 0, "no memory");
    fuzz::accepts([&] { platform.plug_in(VirtioSlot::Kind::Net, "--net"); });
    platform.console();
    platform.boot_flags();
    platform.shutdown_store();
    platform.reboot_store();
    fuzz::check(!make_device_tree(platform, {.bootargs = "console=ttyAMA0", .psci_method = "hvc"}).empty(), "no tree");
  });
  return 0;
}
