// SPDX-License-Identifier: Apache-2.0
// How a run ended, for people: on standard error.
#pragma once

#include "sim/cli/simulation.h"

namespace hypsim {

/// Whether the run ended otherwise than the guest asked: by a limit, a signal, a watchdog, or because nothing could go
/// on.
bool ended_abnormally(const RunResult& result);

/// One line for every end but a clean one, and after an abnormal one where each core stood. At a terminal, last of all,
/// one line with what the run took.
void explain_end(Simulation& simulation, const RunResult& result);

}  // namespace hypsim
