// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "sim/base/error.h"
#include "sim/cli/exit_codes.h"
#include "sim/cli/printed.h"
#include "sim/host/standard_streams.h"

namespace hypsim {

/// Hands out the results of a command, all of them whatever becomes of the others, with a line for each that fails.
class Delivery {
 public:
  void add(const std::function<void()>& write) {
    try {
      write();
    } catch (const InputError& error) {
      fail(error.what());
    }
  }
  void fail(const std::string& line) {
    host::print_error(error_line(line));
    failed_ = true;
  }
  bool failed() const { return failed_; }
  /// A result that is lost weighs more than what it says.
  int exit_code(int of_the_result) const { return failed_ ? kExitInput : of_the_result; }

 private:
  bool failed_ = false;
};

}  // namespace hypsim
