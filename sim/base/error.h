// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace hypsim {

/// Bad user input: a broken file, an impossible value, an unknown option. The message is one line that names the file,
/// the field and the remedy. The command prints it and exits 2.
struct InputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace hypsim
