// SPDX-License-Identifier: Apache-2.0
// Where QEMU 7.2's cortex-a15 and hypsim part, as predicates. The cross-check fails on a difference that none explains,
// and on a predicate that explains nothing any more.
#pragma once

#include <span>

#include "tests/traps-qemu/cases.h"

namespace hypsim::cross {

struct Difference {
  const char* reason;
  const char* section;  ///< of ARM DDI 0406C
  const char* right;    ///< who is: "hypsim", "QEMU", or "open" where the manual allows both or can be read either way
  bool (*applies)(const Case& c, const Setting& setting, const CrossResult& ours, const CrossResult& theirs);
};

std::span<const Difference> differences();

/// Cases that QEMU does not survive, and why.
bool kills_qemu(const Case& c, const Setting& setting);
extern const char* const kKillsQemu;

}  // namespace hypsim::cross
