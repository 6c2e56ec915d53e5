// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/code_image.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "sim/base/elf_view.h"
#include "sim/base/error.h"
#include "sim/cli/source_lines.h"
#include "sim/host/input_file.h"
#include "sim/host/standard_streams.h"
#include "sim/loader/image.h"
#include "sim/text/printable.h"

namespace hypsim {

namespace {

void add_ranges(const ElfView& elf, std::size_t file_size, profile::CodeImage& image) {
  std::size_t held = 0;  // sections that share bytes would make much of little
  for (const ElfSection& section : elf.sections()) {
    const Elf32_Shdr& header = section.header;
    if (header.sh_type != SHT_PROGBITS || (header.sh_flags & SHF_EXECINSTR) == 0 || section.bytes.empty()) continue;
    held += section.bytes.size();
    if (held > file_size) break;
    image.ranges.push_back({header.sh_addr, {section.bytes.begin(), section.bytes.end()}});
  }
  std::sort(image.ranges.begin(), image.ranges.end(),
            [](const auto& a, const auto& b) { return a.address < b.address; });
}

bool has_line_table(const ElfView& elf) {
  return std::any_of(elf.sections().begin(), elf.sections().end(), [](const ElfSection& section) {
    return section.name.starts_with(".debug_line") || section.name.starts_with(".zdebug_line");
  });
}

/// What its DWARF says; with what is damaged the profile does without.
void add_lines(const std::string& file, const std::vector<u8>& bytes, const ElfView& elf, profile::CodeImage& image) {
  if (!has_line_table(elf))
    throw InputError(fmt::format("--lines: {} has no DWARF line table; build it with -g or leave --lines out", file));
  std::string why;
  std::optional<SourceLines> lines = read_source_lines(bytes, why);
  if (lines && lines->empty()) why = "it names no line";
  if (!why.empty()) {
    host::print_error(
        fmt::format("hypsim: --lines: {}: the debug information cannot be used: {}; the listing names no lines\n",
                    text::printable(file), why));
    return;
  }
  const auto table = std::make_shared<const SourceLines>(std::move(*lines));
  image.line_of = [table](u32 address) { return table->at(address); };
}

}  // namespace

profile::CodeImage load_code_image(const std::string& file, const SymbolTable& symbols, bool lines) {
  profile::CodeImage image;
  for (const CodeRange& range : symbols.code())
    image.functions.push_back({range.begin, range.symbol->thumb, range.symbol->name, range.end});
  const std::vector<u8> bytes = host::read_file(file, kElfLimit);
  const ElfView elf(bytes);
  add_ranges(elf, bytes.size(), image);
  if (lines) add_lines(file, bytes, elf, image);
  return image;
}

}  // namespace hypsim
