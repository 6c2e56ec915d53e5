// SPDX-License-Identifier: Apache-2.0
// A 32-bit little-endian ELF file in memory that nobody vouches for: every offset, size and index in it is checked
// before it is followed.
#pragma once

#include <elf.h>

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sim/base/types.h"

namespace hypsim {

/// A section as its header says, and its bytes; none if the file does not hold all of them.
struct ElfSection {
  std::string_view name;
  Elf32_Shdr header{};
  std::span<const u8> bytes;
};

/// Looks at bytes that must outlive it.
class ElfView {
 public:
  /// Anything; what is no such file has no segments and no sections.
  explicit ElfView(std::span<const u8> bytes);

  const Elf32_Ehdr& header() const { return header_; }
  /// Nothing if their table does not lie in the file.
  std::optional<std::vector<Elf32_Phdr>> segments() const;
  /// By index, the one of index 0 too; none if their table does not lie in the file.
  const std::vector<ElfSection>& sections() const& { return sections_; }
  const std::vector<ElfSection>& sections() && = delete;
  /// Longer names are cut: they may lie over each other in the file, and a small one would make much of little.
  static constexpr std::size_t kLongestName = 512;
  /// The string at `offset` of section `table`; empty if it does not lie or does not end in it.
  std::string_view string(u32 table, u32 offset) const;

 private:
  template <typename T>
  std::optional<T> get(u64 at) const;
  Elf32_Shdr first_section() const;
  void read_sections();

  std::span<const u8> bytes_;
  Elf32_Ehdr header_{};
  std::vector<ElfSection> sections_;
};

}  // namespace hypsim
