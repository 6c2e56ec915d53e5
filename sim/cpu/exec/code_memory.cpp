// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/exec/code_memory.h"

#include <cstdlib>

#include "sim/text/number.h"

namespace hypsim {

CodeMemory CodeMemory::of_one(u64 total, u32 cores) {
  if (total == 0) {
    constexpr const char* kVariable = "HYPSIM_CODE_CACHE";
    const char* const said = std::getenv(kVariable);
    total = said != nullptr && *said != '\0' ? text::size(said, kVariable, {kLeast, kMost}) : kDefault;
  }
  // Which engine runs, and whether time is kept, changes nothing here: so that blocks are forgotten at the same places.
  const u64 share = total / cores;
  return {.translations = share / 2, .host_code = share / 4, .schedules = share / 4};
}

}  // namespace hypsim
