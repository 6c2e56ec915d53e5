// SPDX-License-Identifier: Apache-2.0
// Work that is better done in a process of its own: by a program of others, or on input that may end it.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "sim/base/types.h"

namespace hypsim::host {

struct ChildLimits {
  std::chrono::seconds time{20};   ///< from start to end; of processor time too
  u64 memory = u64{1} << 30;       ///< bytes of address space
  u64 file = u64{64} << 20;        ///< bytes of each file that it writes
  std::size_t output = 64u << 20;  ///< bytes that are taken from it
};

struct ChildResult {
  std::string output;
  std::string failure;  ///< what ended it if it did not end by itself, for a message; else empty
  int exit_code = 0;
};

/// Runs the program argv[0], a path, in `folder`: no input, `environment` and nothing else of ours, what it prints on
/// standard output and error is the result's output. Exit code 127 if it cannot be run.
ChildResult run_program(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
                        const std::string& folder, const ChildLimits& limits = {});

/// Runs `work` in a copy of this process that has no open file but /dev/null as 0 to 2, the descriptor that `work`
/// writes its output to, and `keep`, and can open no other; the limit of memory is for what it takes on top. Only for a
/// process that has no second thread.
ChildResult run_copy(const std::function<void(int output)>& work, int keep, const ChildLimits& limits = {});

/// The path of a program by its name, as execvp() would look for it: absolute; empty if there is none.
std::string find_program(const std::string& name);

}  // namespace hypsim::host
