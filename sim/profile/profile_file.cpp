// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/profile_file.h"

#include <nlohmann/json.hpp>

#include "sim/text/json.h"
#include "sim/text/json_schema.h"

namespace hypsim::profile {

const char* profile_schema_text();

nlohmann::ordered_json read_profile(const std::string& file) {
  // Names of symbols are as long as a compiler makes them.
  constexpr text::JsonRules kRules = {.largest = 64u << 20, .longest_string = 1u << 20};
  nlohmann::ordered_json report = text::read_json(file, kRules);
  text::JsonSchema(profile_schema_text()).check(report, file, {}, {}, "make it with hypsim profile --json");
  return report;
}

}  // namespace hypsim::profile
