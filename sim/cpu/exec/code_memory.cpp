// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/exec/code_memory.h"

#include <fmt/format.h>

#include <cstdlib>

#include "sim/base/error.h"
#include "sim/base/size.h"

namespace hypsim {

u64 CodeMemory::parse(const std::string& text, const std::string& what) {
  const u64 bytes = parse_size(text, what);
  if (bytes < kLeast || bytes > kMost)
    throw InputError(fmt::format("{}: {} is out of range; give 1MiB to 4GiB", what, text));
  return bytes;
}

CodeMemory CodeMemory::of_one(u64 total, u32 cores) {
  if (total == 0) {
    constexpr const char* kVariable = "HYPSIM_CODE_CACHE";
    const char* const said = std::getenv(kVariable);
    total = said != nullptr && *said != '\0' ? parse(said, kVariable) : kDefault;
  }
  // Which engine runs, and whether time is kept, changes nothing here: so that blocks are forgotten at the same places.
  const u64 share = total / cores;
  return {.translations = share / 2, .host_code = share / 4, .schedules = share / 4};
}

}  // namespace hypsim
