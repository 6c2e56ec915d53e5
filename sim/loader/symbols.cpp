// SPDX-License-Identifier: Apache-2.0
#include "sim/loader/symbols.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace hypsim {

namespace {

/// Cuts code symbols, which come by address, into ranges that do not overlap.
class Sweep {
 public:
  void begin(u32 address, const Symbol& symbol) {
    advance(address);
    if (symbol.size == 0 && !open_.empty() && open_.back().symbol->size != 0) return;  // a label inside a function
    if (!open_.empty() && open_.back().symbol->size == 0) open_.pop_back();
    const u64 bytes = symbol.size != 0 ? symbol.size : symbol.reach != 0 ? symbol.reach : kAddressSpace;
    open_.push_back({std::min(address + bytes, kAddressSpace), &symbol});
  }
  std::vector<CodeRange> finish() {
    advance(kAddressSpace);
    return std::move(ranges_);
  }

 private:
  static constexpr u64 kAddressSpace = u64{1} << 32;

  /// Gives what lies before `address` to what is open there, innermost first.
  void advance(u64 address) {
    while (!open_.empty() && at_ < address) {
      const u64 end = std::min(open_.back().end, address);
      if (at_ < end) give(end, open_.back().symbol);
      at_ = std::max(at_, end);
      if (open_.back().end <= at_) open_.pop_back();
    }
    at_ = address;
    while (!open_.empty() && open_.back().end <= at_) open_.pop_back();
  }

  void give(u64 end, const Symbol* symbol) {
    if (!ranges_.empty() && ranges_.back().symbol == symbol && ranges_.back().end == at_)
      ranges_.back().end = end;
    else
      ranges_.push_back({static_cast<u32>(at_), end, symbol});
  }

  struct Open {
    u64 end;
    const Symbol* symbol;
  };
  std::vector<Open> open_;  // each began inside the one before
  std::vector<CodeRange> ranges_;
  u64 at_ = 0;
};

}  // namespace

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
      if (same->size != 0 ? address - start < same->size
                          : i == 0 && (same->reach == 0 || address - start < same->reach))
        return &*same;
  }
  return nullptr;
}

std::vector<CodeRange> SymbolTable::code() const {
  Sweep sweep;
  for (auto it = symbols_.begin(); it != symbols_.end();) {
    // Of several names for one address the preferred one, but one that has a size before those that have none.
    const Symbol* chosen = nullptr;
    const u32 address = it->address;
    for (; it != symbols_.end() && it->address == address; ++it)
      if ((it->function || it->label) && (chosen == nullptr || (chosen->size == 0 && it->size != 0))) chosen = &*it;
    if (chosen != nullptr) sweep.begin(address, *chosen);
  }
  return sweep.finish();
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
