// SPDX-License-Identifier: Apache-2.0
// What commands print.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace hypsim {

/// A report. What is no UTF-8 is replaced: no name may cost a result.
std::string json_text(const nlohmann::ordered_json& json);

/// An error: one line, and a short one, whatever a name or a value in it brings along.
std::string error_line(const std::string& what);

}  // namespace hypsim
