// SPDX-License-Identifier: Apache-2.0
// Limits that a profile must keep, for continuous integration. schema/budget.schema.json describes the file.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace hypsim::profile {

/// One limit that was not kept.
struct OverBudget {
  std::string name;  ///< "row hvc", "cause HVC #0x4, VMID 1", "run"
  std::string what;  ///< "median", "phase cp15, mean"; empty if missing
  double limit = 0, value = 0;
  bool missing = false;  ///< the profile has no such row, cause or VM
};

struct BudgetResult {
  std::string file;
  std::size_t checked = 0;
  std::vector<OverBudget> over;
};

/// A budget file. Throws InputError if it is not one.
nlohmann::ordered_json read_budget(const std::string& file);

/// Compares the member `profile` of a report with a budget.
BudgetResult check_budget(const nlohmann::ordered_json& profile, const nlohmann::ordered_json& budget,
                          const std::string& file);

nlohmann::ordered_json to_json(const BudgetResult& result);
/// A line a limit that was not kept, worst first, or one that says that all were.
std::string to_text(const BudgetResult& result);

}  // namespace hypsim::profile
