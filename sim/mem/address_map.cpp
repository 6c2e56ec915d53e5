// SPDX-License-Identifier: Apache-2.0
#include "sim/mem/address_map.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/error.h"

namespace hypsim {

void AddressMap::add(u64 base, u64 size, unsigned target, const std::string& name, bool secure) {
  if (size == 0) throw InputError(fmt::format("{}: size is 0; give it at least one byte", name));
  if (base + (size - 1) < base)
    throw InputError(fmt::format("{}: {:#x} bytes at {:#x} pass the end of the address space; lower base or size", name,
                                 size, base));
  const auto next =
      std::upper_bound(ranges_.begin(), ranges_.end(), base, [](u64 a, const Range& r) { return a < r.base; });
  const auto clash = [&](const Range& other) {
    throw InputError(fmt::format("{} ({:#x}-{:#x}) overlaps {} ({:#x}-{:#x}); move one of them", name, base,
                                 base + (size - 1), other.name, other.base, other.last()));
  };
  if (next != ranges_.end() && next->base <= base + (size - 1)) clash(*next);
  if (next != ranges_.begin() && std::prev(next)->last() >= base) clash(*std::prev(next));
  ranges_.insert(next, Range{base, size, target, name, secure});
}

const AddressMap::Range* AddressMap::find(u64 address) const {
  const auto next =
      std::upper_bound(ranges_.begin(), ranges_.end(), address, [](u64 a, const Range& r) { return a < r.base; });
  if (next == ranges_.begin()) return nullptr;
  const Range& range = *std::prev(next);
  return range.contains(address) ? &range : nullptr;
}

std::pair<u64, u64> AddressMap::hole(u64 address) const {
  u64 first = 0, last = ~u64{0};
  for (const Range& r : ranges_) {
    if (r.last() < address) first = r.last() + 1;
    if (r.base > address) {
      last = r.base - 1;
      break;
    }
  }
  return {first, last};
}

}  // namespace hypsim
