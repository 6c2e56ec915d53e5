// SPDX-License-Identifier: Apache-2.0
// Names for addresses, both ways.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/base/types.h"

namespace hypsim {

struct Symbol {
  u32 address = 0;  ///< without the Thumb bit
  u32 size = 0;     ///< bytes; 0: reaches to the next symbol of its section
  bool thumb = false;
  bool function = false;
  bool global = false;
  std::string name;
  bool label = false;  ///< names an instruction, and is no function by its type: what assembly code has
  u32 reach = 0;       ///< bytes to the end of its section, beyond which nothing without a size goes; 0: not known
};

/// Instructions that belong to one symbol.
struct CodeRange {
  u32 begin = 0;
  u64 end = 0;
  const Symbol* symbol = nullptr;
};

class SymbolTable {
 public:
  void add(Symbol symbol);
  /// Sorts; call after the last add() and before any look-up.
  void finish();

  /// The symbol that covers `address`: functions before data, global names before local ones. Null if none does.
  const Symbol* find(u32 address) const;
  /// "name", "name+0x12", or the bare address.
  std::string describe(u32 address) const;
  std::optional<u32> address_of(std::string_view name) const;
  const Symbol* find_name(std::string_view name) const;
  /// What functions and labels of code cover, by address, without overlaps: a function its size, what has no size up to
  /// the next of them or the end of its section. Labels inside a function of known size are not told apart from it.
  std::vector<CodeRange> code() const;
  /// By address; of several names for one address the preferred one first.
  const std::vector<Symbol>& symbols() const { return symbols_; }
  bool empty() const { return symbols_.empty(); }

 private:
  std::vector<Symbol> symbols_;
  std::unordered_map<std::string_view, std::size_t> by_name_;
};

}  // namespace hypsim
