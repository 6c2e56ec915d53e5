// SPDX-License-Identifier: Apache-2.0
// Descriptors 0, 1 and 2, and what the command prints.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hypsim::host {

/// Puts /dev/null where one of the three was closed, so that no file that is opened later becomes the console. To be
/// called before anything is opened; ends the process with exit code 2 where there is no /dev/null.
void hold_standard_streams();
/// Whether the caller of the command had closed `fd`.
bool was_closed(int fd);

/// The descriptor that a path such as /dev/stdout, /dev/fd/3 or /proc/self/fd/3 names.
std::optional<int> named_descriptor(const std::string& path);

/// Whether a write failed because nobody reads any more. That is no failure: what is lost then, nobody misses.
bool reader_left(int error);

/// Prints on standard output. Throws InputError if that is closed or takes not all of it; a reader that has left is no
/// error.
void print_out(std::string_view text);
/// Prints on standard error, as far as that goes: there is nowhere to complain.
void print_error(std::string_view text);

}  // namespace hypsim::host
