// SPDX-License-Identifier: Apache-2.0
// Debug information: the library that reads it may die of it, in its own process; this one gets lines, or a reason in
// words. What the child says is given to the decoder as well, since it is believed no more than the file.
#include <sys/wait.h>

#include "sim/cli/source_lines.cpp"  // the decoder is nobody else's

#include "tests/fuzz/input.h"

#ifdef HYPSIM_FUZZ_COVERAGE
extern "C" int __llvm_profile_write_file();
#endif

namespace {

using namespace hypsim;

void look_up(const SourceLines& lines) {
  for (const u32 address : {0u, 0x8000u, 0x8004u, 0x8000'8000u, ~0u}) fuzz::check_text(lines.at(address));
}

/// A table that is not damaged comes over as it is.
void check_way_over(fuzz::Input& input) {
  Table table;
  table.files = {{"a.c", 0}, {"b.h", 1}};
  while (!input.empty()) {
    const u32 address = input.half(), file = input.byte() % 3;
    table.rows[address] = {file < 2 ? file : SourceLines::kNone, input.byte()};
  }
  const std::optional<SourceLines> lines = decode(encode(table));
  fuzz::check(lines.has_value(), "a whole table is refused");
  for (const auto& [address, row] : table.rows) {
    const std::string expected =
        row.first == SourceLines::kNone ? "" : (row.first == 0 ? "a.c:" : "b.h:") + std::to_string(row.second);
    fuzz::check(lines->at(address) == expected, "another line");
  }
}

/// The child's part once more, where the lines it reaches are counted: the real one ends without a word of them.
void count_lines_of_child([[maybe_unused]] std::string_view elf) {
#ifdef HYPSIM_FUZZ_COVERAGE
  const pid_t child = fork();
  if (child == 0) {
    elf_version(EV_CURRENT);
    std::vector<u8> bytes(elf.begin(), elf.end());
    Elf* file = elf_memory(reinterpret_cast<char*>(bytes.data()), bytes.size());
    Dwarf* dwarf = file == nullptr ? nullptr : dwarf_begin_elf(file, DWARF_C_READ, nullptr);
    Table table;
    if (dwarf != nullptr) read_units(dwarf, table);
    __llvm_profile_write_file();
    _exit(0);
  }
  waitpid(child, nullptr, 0);
#endif
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {
  fuzz::Input input(data, size);
  const u8 part = input.byte() & 3;
  if (part == 3) {
    check_way_over(input);
    return 0;
  }
  const std::string_view rest = input.rest();
  if (part == 1) {
    if (const std::optional<SourceLines> lines = decode(std::string(rest))) look_up(*lines);
    return 0;
  }
  count_lines_of_child(rest);
  std::string why;
  const std::optional<SourceLines> lines = read_source_lines({rest.begin(), rest.end()}, why);
  if (lines)
    look_up(*lines);
  else
    fuzz::check_message(why, 200);
  return 0;
}
