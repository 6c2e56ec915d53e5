// SPDX-License-Identifier: Apache-2.0
#include "sim/loader/symbols.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace hypsim {

void SymbolTable::add(Symbol symbol) { symbols_.push_back(std::move(symbol)); }

void SymbolTable::finish() {
  std::sort(symbols_.begin(), symbols_.end(), [](const Symbol& a, const Symbol& b) {
    return std::forward_as_tuple(a.address, !a.function, !a.global, a.name) <
           std::forward_as_tuple(b.address, !b.function, !b.global, b.name);
  });
  by_name_.clear();
  // A global name wins over local ones, then the lowest address.
  for (std::size_t i = 0; i < symbols_.size(); ++i) {
    const auto [it, fresh] = by_name_.try_emplace(symbols_[i].name, i);
    if (!fresh && symbols_[i].global && !symbols_[it->second].global) it->second = i;
  }
}

const Symbol* SymbolTable::find(u32 address) const {
  auto it =
      std::upper_bound(symbols_.begin(), symbols_.end(), address, [](u32 a, const Symbol& s) { return a < s.address; });
  // Back over what starts at or before the address. A sized symbol that ends before it may hide an enclosing one.
  constexpr int kLookBack = 64;
  for (int i = 0; i < kLookBack && it != symbols_.begin(); ++i) {
    const u32 start = std::prev(it)->address;
    // The preferred name of this address, in a table that may have any number of them.
    it = std::lower_bound(symbols_.begin(), it, start, [](const Symbol& s, u32 a) { return s.address < a; });
    int names = 0;
    for (auto same = it; same != symbols_.end() && same->address == start && names < kLookBack; ++same, ++names)
      if (same->size != 0 ? address - start < same->size : i == 0) return &*same;
  }
  return nullptr;
}

std::string SymbolTable::describe(u32 address) const {
  const Symbol* s = find(address);
  if (!s) return fmt::format("{:#010x}", address);
  return s->address == address ? s->name : fmt::format("{}+{:#x}", s->name, address - s->address);
}

const Symbol* SymbolTable::find_name(std::string_view name) const {
  const auto it = by_name_.find(name);
  return it == by_name_.end() ? nullptr : &symbols_[it->second];
}

std::optional<u32> SymbolTable::address_of(std::string_view name) const {
  const Symbol* s = find_name(name);
  return s ? std::optional(s->address) : std::nullopt;
}

}  // namespace hypsim
