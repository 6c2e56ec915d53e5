// SPDX-License-Identifier: Apache-2.0
// The checks that an instruction undergoes, one by one and in order, for people. The decision itself is sim/hyp's; a
// test holds the two together over the whole space of registers, modes and bits.
#pragma once

#include <string>
#include <vector>

#include "sim/trap/questions.h"
#include "sim/trap/situation.h"

namespace hypsim::trap {

struct Check {
  std::string name;      ///< "HCR.TVM", "access", "condition"...
  std::string section;   ///< of ARM DDI 0406C; empty if none
  bool decides = false;  ///< the last one of a list may; all before it let the instruction pass
  std::string detail;    ///< what it found
};

/// Every check up to the one that decides, or all if the instruction executes. The core holds the situation.
std::vector<Check> checks_of(Core& core, const Situation& situation, const Questions& questions);

}  // namespace hypsim::trap
