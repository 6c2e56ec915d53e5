// SPDX-License-Identifier: Apache-2.0
// Settings: what a hypervisor keeps in the control registers, as files; those of well-known ones ship as presets.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sim/trap/situation.h"

namespace hypsim::trap {

struct Setting {
  std::string name, description, source;
  std::optional<Mode> mode;  ///< where its guests run, if not in Supervisor mode
  std::optional<Security> security;
  /// Registers and their values as text, in the file's order; see parse_register_value().
  std::vector<std::pair<std::string, std::string>> registers;

  /// Sets what it names. Throws InputError for unknown registers and bits.
  void apply(Situation& situation) const;
};

/// The presets that ship.
const std::vector<Setting>& presets();
/// A preset by name, or a setting file. Throws InputError.
Setting load_setting(const std::string& name_or_file);

/// Sets registers from an object of the schema's "registers". `where` starts error messages.
void apply_registers(Situation& situation, const nlohmann::json& registers, const std::string& where);

}  // namespace hypsim::trap
