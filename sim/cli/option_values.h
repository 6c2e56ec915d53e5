// SPDX-License-Identifier: Apache-2.0
// What the values of options may be, for every command alike.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "sim/text/number.h"

namespace hypsim {

/// One of these words, written so.
CLI::Validator one_of(std::vector<std::string> words);
/// The name of a file or folder: not the empty string, which a shell makes of a variable that is not set.
CLI::Validator file_name();

/// An option whose value is a whole number in `range`. `target` is assigned a u64.
template <typename Target>
CLI::Option* add_number(CLI::App& app, const std::string& name, Target& target, text::Range range,
                        const std::string& help) {
  return app
      .add_option_function<std::string>(
          name,
          [&target, name, range](const std::string& value) {
            target = static_cast<Target>(text::number(value, name, range));
          },
          help)
      ->type_name("N");
}

}  // namespace hypsim
