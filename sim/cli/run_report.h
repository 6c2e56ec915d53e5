// SPDX-License-Identifier: Apache-2.0
// How a run ended, for people and for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "sim/cli/simulation.h"

namespace hypsim {

/// The result as JSON. Holds nothing that differs between two runs of the same input.
nlohmann::ordered_json run_report(const Simulation& simulation, const RunResult& result);

/// One line on stderr for every end but a clean one; crashes have their own report.
void explain_end(const RunResult& result);

}  // namespace hypsim
