// SPDX-License-Identifier: Apache-2.0
// A budget file, held against a profile of the world-switch firmware.
#include "sim/profile/budget.h"

#include <nlohmann/json.hpp>

#include "sim/profile/profile_file.h"
#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const hypsim::u8* data, std::size_t size) {
  using namespace hypsim;
  static const nlohmann::ordered_json report = profile::read_profile(HYPSIM_FUZZ_PROFILE);
  const fuzz::MemoryFile file({reinterpret_cast<const char*>(data), size});
  fuzz::accepts([&] {
    const nlohmann::ordered_json budget = profile::read_budget(file.path());
    const profile::BudgetResult result = profile::check_budget(report.at("profile"), budget, "input");
    profile::to_text(result);
    profile::to_json(result).dump();
  });
  return 0;
}
