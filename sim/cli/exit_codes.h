// SPDX-License-Identifier: Apache-2.0
// Exit codes of all commands. Where two apply: 2 before 1 before 3.
#pragma once

namespace hypsim {

constexpr int kExitOk = 0;        ///< the guest ended with code 0, the check passed
constexpr int kExitFailed = 1;    ///< the check failed: a vector, a budget, two settings that differ
constexpr int kExitInput = 2;     ///< bad input, or output that could not be written
constexpr int kExitGuest = 3;     ///< the guest failed, a limit was reached, or the run was interrupted
constexpr int kExitAtOnce = 130;  ///< a second Ctrl-C, or one where no guest runs

}  // namespace hypsim
