// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace hypsim::host {

/// From now on an allocation that fails ends the process: `before` is called, unfinished files are removed, `line` goes
/// to standard error, `code` is the exit code. Nothing is unwound and nothing allocates, so it does not matter where
/// memory ran out. All three must live on. `before` may be null; a second call replaces the first one's arguments.
void end_when_out_of_memory(int code, const char* line, void (*before)());

/// What a failed allocation does, for those that C libraries report.
[[noreturn]] void out_of_memory();

}  // namespace hypsim::host
