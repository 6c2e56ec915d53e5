// SPDX-License-Identifier: Apache-2.0
// Host memory for generated code: filled from the front, emptied as a whole.
#pragma once

#include <memory>

#include "sim/base/bits.h"

namespace hypsim::jit {

class CodeBuffer {
 public:
  static constexpr std::size_t kBytes = 64 << 20;  ///< reserved; committed as it fills
  /// Null if the host grants no writable and executable memory.
  static std::unique_ptr<CodeBuffer> create();
  ~CodeBuffer();
  CodeBuffer(const CodeBuffer&) = delete;
  CodeBuffer& operator=(const CodeBuffer&) = delete;

  u8* cursor() const { return memory_ + used_; }
  std::size_t room() const { return kBytes - used_; }
  /// Keeps `bytes` from the cursor, which moves on to a multiple of 16.
  void take(std::size_t bytes) { used_ += (bytes + 15) & ~std::size_t{15}; }
  /// What stands there now survives clear().
  void keep() { kept_ = used_; }
  void clear() { used_ = kept_; }

 private:
  explicit CodeBuffer(u8* memory) : memory_(memory) {}

  u8* memory_;
  std::size_t used_ = 0, kept_ = 0;
};

}  // namespace hypsim::jit
