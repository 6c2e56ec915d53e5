// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace hypsim {

/// Checks `platform` against the schema, each device against its type's. Throws InputError for the first fault.
void check_platform_schema(const nlohmann::json& platform, const std::string& file);

}  // namespace hypsim
