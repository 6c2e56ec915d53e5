// SPDX-License-Identifier: Apache-2.0
// The hypervisor's code with what it cost, function by function.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "sim/profile/code.h"

namespace hypsim::profile {

/// What the listing knows of the image. Addresses are virtual.
struct CodeImage {
  struct Range {
    u32 address = 0;
    std::vector<u8> bytes;
  };
  struct Function {
    u32 address = 0;
    bool thumb = false;
    std::string name;
    u64 end = u64{1} << 32;  ///< or where the next one begins
  };
  std::vector<Range> ranges;                ///< executable sections, by address
  std::vector<Function> functions;          ///< by address
  std::function<std::string(u32)> line_of;  ///< "file.c:12" or empty; may be null
};

/// At most so many instructions are listed.
constexpr std::size_t kMostListedInsns = 6000;

/// {functions: [{name, cycles, resources, insns: [[address, bytes, text, runs, cycles, [[resource, cycles]...],
/// line]...]}...], note}
nlohmann::ordered_json make_listing(const CodeCounts& counts, const CodeImage& image);

}  // namespace hypsim::profile
