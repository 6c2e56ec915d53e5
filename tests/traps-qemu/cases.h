// SPDX-License-Identifier: Apache-2.0
// The cases of the cross-check: one of each class of encodings x trap controls x modes, out of the register table.
#pragma once

#include <string>
#include <vector>

#include "sim/cpu/sysreg/table.h"
#include "tests/traps-qemu/layout.h"

namespace hypsim::cross {

/// A setting of the control registers: one bit, or several that belong together.
struct Setting {
  std::string name;
  CrossSetting words{};
};

struct Case {
  CrossCase words{};
  std::string text;                  ///< of the instruction
  const sysreg::Row* row = nullptr;  ///< of the register it names; null: an encoding without one, or no register at all
  bool coprocessor = false;          ///< MRC, MCR, MRRC or MCRR of CP14 or CP15
  bool read = false;
};

struct Cases {
  std::vector<Setting> settings;
  std::vector<Case> list;
};

Cases make_cases();
const char* mode_name(const CrossCase& c);

}  // namespace hypsim::cross
