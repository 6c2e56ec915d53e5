// SPDX-License-Identifier: Apache-2.0
// Debug information: the library that reads it may die of it, in its own process; this one gets lines, or a reason in
// words. What the child says is given to the decoder as well, since it is believed no more than the file.
#include "sim/cli/source_lines.cpp"  // the decoder is nobody else's

#include "tests/fuzz/input.h"

namespace {

using namespace hypsim;

void look_up(const SourceLines& lines) {
  for (const u32 address : {0u, 0x8000u, 0x8004u, 0x8000'8000u, ~0u}) fuzz::check_text(lines.at(address));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {
  fuzz::Input input(data, size);
  const bool from_child = (input.byte() & 1) != 0;
  const std::string_view rest = input.rest();
  if (from_child) {
    if (const std::optional<SourceLines> lines = decode(std::string(rest))) look_up(*lines);
    return 0;
  }
  std::string why;
  const std::optional<SourceLines> lines = read_source_lines({rest.begin(), rest.end()}, why);
  if (lines)
    look_up(*lines);
  else
    fuzz::check_message(why, 200);
  return 0;
}
