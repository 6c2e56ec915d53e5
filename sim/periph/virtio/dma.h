// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/base/types.h"

namespace hypsim::virtio {

/// How a device reaches guest memory. Addresses come from the guest and may be anything; nothing but memory answers.
class DmaPort {
 public:
  virtual ~DmaPort() = default;
  /// Copies `size` bytes; false where a byte of the range is no memory (then a part may have been copied).
  virtual bool read(u64 address, void* data, u64 size) = 0;
  /// As read(), and false for memory that cannot be written. What was written is told to all who cache it.
  virtual bool write(u64 address, const void* data, u64 size) = 0;
};

}  // namespace hypsim::virtio
