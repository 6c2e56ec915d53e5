// SPDX-License-Identifier: Apache-2.0
// What libfdt takes for granted in a device tree that somebody brought.
#pragma once

#include <string>
#include <vector>

#include "sim/base/types.h"

namespace hypsim {

/// Throws InputError naming `file` unless `tree` is a blob of version 17 (Devicetree Specification 0.4, 5.2) whose
/// blocks lie in it, apart from each other and ended as they must be, and whose nodes nest like nodes. At most 2 MiB,
/// as Linux for Arm takes.
void check_device_tree(const std::vector<u8>& tree, const std::string& file);

}  // namespace hypsim
