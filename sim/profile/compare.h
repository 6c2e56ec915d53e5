// SPDX-License-Identifier: Apache-2.0
// What changed from one profile to another.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace hypsim::profile {

/// `a` and `b` are reports of `hypsim profile --json`. The run comes first, then rows and causes that differ in any
/// number, by the cycles that they gained or lost. docs/profile.md describes the object.
nlohmann::ordered_json compare(const nlohmann::ordered_json& a, const nlohmann::ordered_json& b);

/// The same as text, at most 120 columns wide but for long names.
std::string comparison_text(const nlohmann::ordered_json& comparison);

}  // namespace hypsim::profile
