// SPDX-License-Identifier: Apache-2.0
// Which target answers an address: sorted, non-overlapping ranges.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/base/types.h"

namespace hypsim {

class AddressMap {
 public:
  struct Range {
    u64 base = 0;
    u64 size = 0;
    unsigned target = 0;  ///< the caller's number for it
    std::string name;     ///< for messages
    bool secure = false;  ///< answers Secure accesses alone
    u64 last() const { return base + (size - 1); }
    bool contains(u64 address) const { return address - base < size; }
  };

  /// Adds a range. Throws InputError naming both when it overlaps an earlier one, is empty or wraps past 2^64.
  void add(u64 base, u64 size, unsigned target, const std::string& name, bool secure = false);
  /// The range of `address`, or null where nothing answers.
  const Range* find(u64 address) const;
  const std::vector<Range>& ranges() const { return ranges_; }
  /// The largest range around an unmapped `address` in which nothing answers: first and last address.
  std::pair<u64, u64> hole(u64 address) const;

 private:
  std::vector<Range> ranges_;  // by base
};

}  // namespace hypsim
