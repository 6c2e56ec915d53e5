// SPDX-License-Identifier: Apache-2.0
// Text that came from a file, a guest or a command line, made fit for a terminal, a line, a report.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hypsim::text {

/// `text` with everything as \xNN that is no printable UTF-8: control characters, broken sequences, and what turns the
/// direction of writing. Plain text comes back as it is.
std::string printable(std::string_view text);

/// For messages: as printable(), in ASCII alone, and of at most `most` characters; a longer one loses its middle.
std::string shown(std::string_view text, std::size_t most = 60);

/// `line`, which is printable, with its middle taken out where it has more than `most` bytes; no character is cut.
std::string shortened(std::string_view line, std::size_t most);

/// The length of the UTF-8 sequence that `text` begins with; 0: it begins with none.
std::size_t utf8_length(std::string_view text);

}  // namespace hypsim::text
