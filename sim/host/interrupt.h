// SPDX-License-Identifier: Apache-2.0
// Somebody wants the command to end: Ctrl-C, or SIGTERM.
#pragma once

#include <atomic>
#include <exception>

namespace hypsim::host {

/// Set by the command's signal handler; whoever may wait for long looks at it.
inline std::atomic<bool> interrupted{false};

/// Thrown where a wait for a file ends because of it.
struct Interrupted : std::exception {
  const char* what() const noexcept override { return "interrupted"; }
};

}  // namespace hypsim::host
