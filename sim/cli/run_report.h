// SPDX-License-Identifier: Apache-2.0
// How a run ended, for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "sim/cli/simulation.h"

namespace hypsim {

/// The result as JSON. Holds nothing that differs between two runs of the same input.
nlohmann::ordered_json run_report(const Simulation& simulation, const RunResult& result);

}  // namespace hypsim
