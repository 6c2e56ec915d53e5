// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace hypsim::profile {

/// What `hypsim profile --json` has written. Throws InputError for anything else.
nlohmann::ordered_json read_profile(const std::string& file);

}  // namespace hypsim::profile
