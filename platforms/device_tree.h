// SPDX-License-Identifier: Apache-2.0
// The flattened device tree of a platform, for the kernels and hypervisors that boot on it.
#pragma once

#include <string>
#include <vector>

#include "platforms/description.h"

namespace hypsim {

/// A file in memory that Xen finds through /chosen.
struct BootModule {
  enum class Kind : u8 { Kernel, Ramdisk } kind = Kind::Kernel;
  u64 start = 0, size = 0;
  std::string bootargs;  ///< of a kernel
};

/// A guest that Xen itself starts, without a toolstack.
struct XenGuest {
  u64 memory = 0;  ///< bytes
  unsigned cpus = 1;
  std::vector<BootModule> modules;
};

struct DeviceTreeOptions {
  std::string bootargs;                  ///< /chosen/bootargs, with `modules` /chosen/xen,xen-bootargs; empty: none
  std::vector<BootModule> modules;       ///< dom0's kernel and initrd
  std::vector<XenGuest> guests;          ///< started beside dom0, "xen,domain"
  u64 initrd_start = 0, initrd_end = 0;  ///< equal: none
  std::string psci_method;               ///< "smc" or "hvc" adds a psci node and the CPUs' enable-method; empty: none
};

/// Generates the tree. Everything in it comes from the description.
std::vector<u8> make_device_tree(const PlatformDescription& platform, const DeviceTreeOptions& options);

/// Adapts a tree the user brought: its memory node becomes the platform's main memory, the virtio devices that the
/// command line plugged in (disks, network, console) get nodes unless it has them, and the options go into /chosen. The
/// rest is the user's. Throws InputError naming `file` if it is no device tree.
std::vector<u8> patch_device_tree(const std::vector<u8>& tree, const PlatformDescription& platform,
                                  const DeviceTreeOptions& options, const std::string& file);

}  // namespace hypsim
