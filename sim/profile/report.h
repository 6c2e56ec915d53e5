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

/// A line a bucket, with a header (RFC 4180). The lines of scope `trip` and `outside` hold each cycle of the run once;
/// those of scope `row` hold the marked regions, which lie across both.
std::string to_csv(const WorldSwitchProfile& profile);

}  // namespace hypsim::profile
