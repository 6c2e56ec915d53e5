// SPDX-License-Identifier: Apache-2.0
// Host memory for generated code: filled from the front, emptied as a whole.
//
// It is mapped twice, once to be written and once to be run, so that no address is ever both; both mappings are made at
// the start, so that the process may give up its right to make more. A child process has neither.
#pragma once

#include <algorithm>
#include <memory>

#include "sim/base/bits.h"

namespace hypsim::jit {

class CodeBuffer {
 public:
  /// Null if the host does not grant the memory: then everything is interpreted. `bytes` are rounded down to whole
  /// pages, and committed as the buffer fills.
  static std::unique_ptr<CodeBuffer> create(std::size_t bytes);
  ~CodeBuffer();
  CodeBuffer(const CodeBuffer&) = delete;
  CodeBuffer& operator=(const CodeBuffer&) = delete;

  /// Where code that is put there next will run.
  const u8* cursor() const { return runs_ + used_; }
  /// Where that, which runs at `at`, is written.
  u8* writable(const u8* at) const { return written_ + (at - runs_); }
  std::size_t room() const { return bytes_ - used_; }
  /// Keeps `bytes` from the cursor, which moves on to a multiple of 16.
  void take(std::size_t bytes) { used_ = std::min(bytes_, used_ + ((bytes + 15) & ~std::size_t{15})); }
  /// What stands there now survives clear().
  void keep() { kept_ = used_; }
  void clear() { used_ = kept_; }

 private:
  CodeBuffer(u8* written, const u8* runs, std::size_t bytes) : written_(written), runs_(runs), bytes_(bytes) {}

  u8* const written_;
  const u8* const runs_;
  const std::size_t bytes_;
  std::size_t used_ = 0, kept_ = 0;
};

}  // namespace hypsim::jit
