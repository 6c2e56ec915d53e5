// SPDX-License-Identifier: Apache-2.0
// The ways to run a program, which all come to the same.
#pragma once

namespace hypsim::test {

struct Engine {
  const char* name;
  bool generate, timed;
};
inline constexpr Engine kEngines[] = {{"interpreter", false, false},
                                      {"generated", true, false},
                                      {"timed interpreter", false, true},
                                      {"timed generated", true, true}};

}  // namespace hypsim::test
