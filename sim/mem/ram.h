// SPDX-License-Identifier: Apache-2.0
// Memory as a plain array of host pages: committed when first written, zero until then.
#pragma once

#include <cstddef>

#include "sim/base/types.h"

namespace hypsim {

class Ram {
 public:
  /// `size` in bytes, rounded up to host pages. Throws InputError when the host cannot reserve the address space.
  explicit Ram(u64 size);
  ~Ram();
  Ram(const Ram&) = delete;
  Ram& operator=(const Ram&) = delete;

  u64 size() const { return size_; }
  u8* data() { return data_; }
  const u8* data() const { return data_; }
  /// Whether `count` bytes at `offset` lie inside.
  bool contains(u64 offset, u64 count) const { return offset <= size_ && count <= size_ - offset; }
  /// Back to zeros; gives the host pages back.
  void clear();

 private:
  u8* data_ = nullptr;
  u64 size_ = 0;
  std::size_t reserved_ = 0;
};

}  // namespace hypsim
