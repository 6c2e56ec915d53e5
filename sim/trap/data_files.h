// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace hypsim::trap {

const char* schema_text();
/// The presets that ship, as JSON.
std::span<const char* const> preset_texts();

}  // namespace hypsim::trap
