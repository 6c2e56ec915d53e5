// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "sim/profile/world_switch.h"

namespace hypsim::profile {

/// One HTML file that needs nothing else. `report` is what `hypsim profile --json` prints, `listing` is
/// make_listing()'s or null. Its size is bounded, whatever the run: beyond that, sums and samples stand for single
/// things, and the page says so.
std::string to_html(const nlohmann::ordered_json& report, const WorldSwitchProfile& profile,
                    const nlohmann::ordered_json& listing);

}  // namespace hypsim::profile
