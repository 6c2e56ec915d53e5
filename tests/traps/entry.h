// SPDX-License-Identifier: Apache-2.0
// What exception entry leaves behind, by exceptions.rules, and the comparison with what the runner saw.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "sim/trap/runner.h"
#include "tests/traps/matrix.h"

namespace hypsim::traps {

/// What is expected of one instruction. Without an exception: it executes.
struct Expected {
  std::string exception;          ///< a name of exceptions.rules, or "" for none, or "WAITS"
  Mode target = Mode::Undefined;  ///< Hyp or Monitor, else the PL1 mode is looked up
  bool to_hyp = false, to_monitor = false;
  u32 hsr = 0;          ///< if it goes to Hyp mode
  u32 hsr_mask = ~0u;   ///< bits that the architecture gives a value
  bool has_hsr = true;  ///< IRQ and FIQ write none
  std::string rule;     ///< where it is written
};

class ExceptionRules {
 public:
  explicit ExceptionRules(const std::string& path);

  /// The CPSR before the instruction.
  static u32 cpsr_before(const trap::Situation& s, const trap::Instruction& i);
  /// What differs, or "".
  std::string compare(const trap::Situation& s, const trap::Instruction& i, const Expected& e,
                      const trap::Outcome& got) const;

 private:
  struct Entry {
    int vector = -1, hyp = -1, hyp_from_below = -1;
    u32 lr_a32 = 0, lr_t32 = 0;
    bool next = false;
    u32 masks = 0;
    Mode mode = Mode::Undefined;
  };
  std::map<std::string, Entry> entries_;
};

std::string describe(const trap::Situation& s);

}  // namespace hypsim::traps
