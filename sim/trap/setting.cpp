// SPDX-License-Identifier: Apache-2.0
#include "sim/trap/setting.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <span>

#include "sim/base/error.h"
#include "sim/text/printable.h"
#include "sim/trap/control_bits.h"
#include "sim/trap/json_input.h"

namespace hypsim::trap {

std::span<const char* const> preset_texts();

namespace {

using nlohmann::json;

std::string value_text(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

/// Registers and their values as text.
using Registers = std::vector<std::pair<std::string, std::string>>;

Registers registers_of(const json& object) {
  Registers registers;
  for (const auto& [name, value] : object.items()) registers.emplace_back(name, value_text(value));
  return registers;
}

void apply_all(Situation& situation, const Registers& registers, const std::string& where) {
  std::set<const RegisterField*> seen;  // names are of any case: two keys may mean one register
  for (const auto& [name, value] : registers) {
    const RegisterField* field = find_register(name);
    if (field == nullptr)
      throw InputError(fmt::format(
          "{}: unknown register \"{}\"; use the manual's name of a control register, such as HCR or SCTLR_NS", where,
          text::shown(name)));
    if (!seen.insert(field).second)
      throw InputError(fmt::format("{}: the register {} stands twice; remove one", where, field->name));
    set_register(situation, *field,
                 parse_register_value(*field, value, field->get(situation), where + "/" + text::shown(name)));
  }
}

Setting setting_from(const json& value) {
  Setting setting;
  setting.name = text::printable(value.at("name").get<std::string>());
  setting.description = text::printable(value.value("description", ""));
  setting.source = text::printable(value.value("source", ""));
  if (value.contains("mode")) setting.mode = mode_by_name(value.at("mode").get<std::string>());
  if (value.contains("security"))
    setting.security = value.at("security") == "secure" ? Security::Secure : Security::NonSecure;
  setting.registers = registers_of(value.at("registers"));
  return setting;
}

}  // namespace

void Setting::apply(Situation& situation) const {
  if (security) situation.security = *security;
  if (mode) situation.mode = *mode;
  apply_all(situation, registers, name + ": /registers");
}

const std::vector<Setting>& presets() {
  static const std::vector<Setting> all = [] {
    std::vector<Setting> list;
    for (const char* text : preset_texts()) list.push_back(setting_from(read_json_text(text, "preset", "setting")));
    return list;
  }();
  return all;
}

Setting load_setting(const std::string& name_or_file) {
  for (const Setting& setting : presets())
    if (setting.name == name_or_file) return setting;
  std::error_code error;
  const bool file =
      name_or_file.find_first_of("/.") != std::string::npos || std::filesystem::exists(name_or_file, error);
  if (!file) {
    std::string known;
    for (const Setting& setting : presets()) known += (known.empty() ? "" : ", ") + setting.name;
    throw InputError(
        fmt::format("unknown preset \"{}\"; use one of {}, or a setting file", text::shown(name_or_file), known));
  }
  Setting setting = setting_from(read_json_file(name_or_file, "setting"));
  Situation trial;  // so that a wrong register is reported with the file's name
  apply_all(trial, setting.registers, name_or_file + ": /registers");
  return setting;
}

void apply_registers(Situation& situation, const json& registers, const std::string& where) {
  apply_all(situation, registers_of(registers), where);
}

}  // namespace hypsim::trap
