// SPDX-License-Identifier: Apache-2.0
#include "sim/trap/setting.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "sim/base/error.h"
#include "sim/trap/control_bits.h"
#include "sim/trap/data_files.h"
#include "sim/trap/json_input.h"

namespace hypsim::trap {
namespace {

using nlohmann::json;

std::string value_text(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

void apply_register(Situation& situation, const std::string& name, const std::string& text, const std::string& where) {
  const RegisterField* field = find_register(name);
  if (field == nullptr)
    throw InputError(
        fmt::format("{}: unknown register \"{}\"; use the manual's name of a control register, such as HCR or SCTLR_NS",
                    where, name));
  set_register(situation, *field, parse_register_value(*field, text, field->get(situation), where + "/" + name));
}

Setting setting_from(const json& value) {
  Setting setting;
  setting.name = value.at("name");
  setting.description = value.value("description", "");
  setting.source = value.value("source", "");
  if (value.contains("mode")) setting.mode = mode_by_name(value.at("mode").get<std::string>());
  if (value.contains("security"))
    setting.security = value.at("security") == "secure" ? Security::Secure : Security::NonSecure;
  for (const auto& [name, v] : value.at("registers").items()) setting.registers.emplace_back(name, value_text(v));
  return setting;
}

}  // namespace

void Setting::apply(Situation& situation) const {
  if (security) situation.security = *security;
  if (mode) situation.mode = *mode;
  for (const auto& [reg, text] : registers) apply_register(situation, reg, text, name + ": /registers");
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
  const bool file = name_or_file.find_first_of("/.") != std::string::npos || std::filesystem::exists(name_or_file);
  if (!file) {
    std::string known;
    for (const Setting& setting : presets()) known += (known.empty() ? "" : ", ") + setting.name;
    throw InputError(fmt::format("unknown preset \"{}\"; use one of {}, or a setting file", name_or_file, known));
  }
  Setting setting = setting_from(read_json_file(name_or_file, "setting"));
  Situation trial;  // so that a wrong register is reported with the file's name
  for (const auto& [reg, text] : setting.registers) apply_register(trial, reg, text, name_or_file + ": /registers");
  return setting;
}

void apply_registers(Situation& situation, const json& registers, const std::string& where) {
  for (const auto& [name, value] : registers.items()) apply_register(situation, name, value_text(value), where);
}

}  // namespace hypsim::trap
