// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace hypsim::profile {

/// Reads a JSON file. Throws InputError if it cannot be read or is not JSON.
nlohmann::ordered_json read_json(const std::string& file);

/// Throws InputError for the first place where `value` is not as `schema` says. `remedy` ends the message.
void check_schema(const nlohmann::ordered_json& value, const char* schema, const std::string& file,
                  const std::string& remedy);

/// What `hypsim profile --json` has written. Throws InputError for anything else.
nlohmann::ordered_json read_profile(const std::string& file);

}  // namespace hypsim::profile
