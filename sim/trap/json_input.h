// SPDX-License-Identifier: Apache-2.0
// JSON files of this room: read, and checked against a definition of its schema.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "sim/base/bits.h"

namespace hypsim::trap {

/// Reads and checks a file. Throws InputError: one line with the file, the JSON pointer (or line) and the remedy.
nlohmann::json read_json_file(const std::string& file, const std::string& definition);
/// The same from text; `file` is its name in messages.
nlohmann::json read_json_text(const std::string& text, const std::string& file, const std::string& definition);

/// A number as the schema's "number" has it. `where` starts the error message.
u64 json_number(const nlohmann::json& value, unsigned width, const std::string& where);

}  // namespace hypsim::trap
