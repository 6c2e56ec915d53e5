// SPDX-License-Identifier: Apache-2.0
// A device tree that the user brings is refused, or patched into one that the library finds whole. One that hypsim
// makes can be patched again.
#include "platforms/device_tree.h"

#include <libfdt.h>

#include "tests/fuzz/input.h"

namespace {

using namespace hypsim;

PlatformDescription board(const char* file) {
  PlatformDescription platform = load_platform(file);
  platform.plug_in(VirtioSlot::Kind::Net, "--net");
  return platform;
}

/// What a run asks for: nothing, Linux, or Xen with a guest beside dom0.
DeviceTreeOptions options_of(u8 way, std::string_view bootargs) {
  DeviceTreeOptions options;
  if ((way & 3) == 0) return options;
  options.bootargs = bootargs;
  if ((way & 1) != 0) {
    options.initrd_start = 0x8800'0000;
    options.initrd_end = 0x8900'0000;
    options.psci_method = (way & 4) != 0 ? "smc" : "hvc";
  }
  if ((way & 2) != 0) {
    options.modules = {{BootModule::Kind::Kernel, 0x8800'0000, 0x1000, std::string(bootargs)},
                       {BootModule::Kind::Ramdisk, 0x8900'0000, 0x1000, ""}};
    options.guests = {{64u << 20, 1 + (way >> 4 & 1u), options.modules}};
  }
  return options;
}

bool whole(const std::vector<u8>& tree) { return fdt_check_full(tree.data(), tree.size()) == 0; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {
  static const PlatformDescription boards[] = {board(HYPSIM_FUZZ_PLATFORM), board(HYPSIM_FUZZ_OTHER_PLATFORM)};
  fuzz::Input input(data, size);
  const u8 way = input.byte();
  const PlatformDescription& platform = boards[way >> 3 & 1];
  if ((way & 0x80) != 0) {
    fuzz::accepts([&] {
      const DeviceTreeOptions options = options_of(way, input.rest());
      const std::vector<u8> made = make_device_tree(platform, options);
      fuzz::check(whole(made), "a tree that was made is broken");
      fuzz::check(whole(patch_device_tree(made, platform, options, "made")), "a tree that was made cannot be patched");
    });
  } else {
    const std::string_view rest = input.rest();
    const std::vector<u8> tree(rest.begin(), rest.end());
    fuzz::accepts([&] {
      fuzz::check(whole(patch_device_tree(tree, platform, options_of(way, "root=/dev/vda"), "input")),
                  "the patched tree is broken");
    });
  }
  return 0;
}
