// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "sim/profile/world_switch.h"

namespace hypsim::profile {

/// The profile as the object that `hypsim profile --json` prints; docs/profile.md describes it.
nlohmann::ordered_json to_json(const WorldSwitchProfile& profile);

/// The profile as text tables, at most 120 columns wide.
std::string to_text(const WorldSwitchProfile& profile);

}  // namespace hypsim::profile
