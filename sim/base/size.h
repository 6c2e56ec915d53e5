// SPDX-License-Identifier: Apache-2.0
// Numbers of bytes as people write them.
#pragma once

#include <string>

#include "sim/base/types.h"

namespace hypsim {

/// "512MiB", "0x1000", "4096" in bytes. Throws InputError naming `what`.
u64 parse_size(const std::string& text, const std::string& what);

}  // namespace hypsim
