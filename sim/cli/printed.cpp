// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/printed.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/text/printable.h"

namespace hypsim {

std::string json_text(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string error_line(const std::string& what) {
  constexpr std::size_t kLongest = 380;
  return fmt::format("hypsim: {}\n", text::shortened(text::printable(what), kLongest));
}

}  // namespace hypsim
