// SPDX-License-Identifier: Apache-2.0
// The line table of debug information that nobody vouches for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/base/types.h"

namespace hypsim {

/// Which line of the source an address belongs to.
class SourceLines {
 public:
  struct Row {
    u32 address = 0;
    u32 file = 0;  ///< index; kNone: no code from here on
    u32 line = 0;
  };
  static constexpr u32 kNone = ~u32{0};

  SourceLines() = default;
  /// Rows by address; each holds up to the next.
  SourceLines(std::vector<std::string> files, std::vector<Row> rows);

  bool empty() const { return rows_.empty(); }
  /// "file.c:12", or "".
  std::string at(u32 address) const;

 private:
  std::vector<std::string> files_;
  std::vector<Row> rows_;
};

/// Reads the DWARF of an ELF file, in a process of its own because libdw ends with what is damaged. Nothing with `why`
/// if it was; no rows if there are none.
std::optional<SourceLines> read_source_lines(const std::vector<u8>& elf, std::string& why);

}  // namespace hypsim
