// SPDX-License-Identifier: Apache-2.0
// Why an instruction does what it does: the checks in order, the one that decided, and what would change the answer.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "sim/trap/checks.h"
#include "sim/trap/control_bits.h"
#include "sim/trap/runner.h"

namespace hypsim::trap {

/// One bit, turned over, and what the instruction would do then.
struct Alternative {
  const ControlBit* bit;
  u32 value;  ///< the other value
  Ruling ruling;
};

struct Explanation {
  Situation situation;
  Instruction instruction;
  std::string text;      ///< as the user wrote it; empty for an encoding
  std::string mnemonic;  ///< the manual's name of the instruction; "unallocated"
  std::string reg;       ///< system register, if it names one
  Outcome outcome;       ///< what the core did
  Ruling ruling;         ///< what the rules say
  std::vector<Check> checks;
  std::vector<Alternative> alternatives;

  /// The check that decided; null if nothing stood in the way.
  const Check* decider() const { return !checks.empty() && checks.back().decides ? &checks.back() : nullptr; }
};

Explanation explain(Runner& runner, const Situation& situation, const Instruction& instruction,
                    const std::string& text);
std::string to_text(const Explanation& explanation);
nlohmann::ordered_json to_json(const Explanation& explanation);

/// The check that decides, by name: "HCR.TVM"; empty if nothing stands in the way.
std::string decided_by(Runner& runner, const Situation& situation, const Instruction& instruction);

/// "trap to Hyp mode, EC 0x03" and the like, in one line.
std::string summary(const Outcome& outcome);
std::string summary(const Ruling& ruling);
nlohmann::ordered_json to_json(const Outcome& outcome);
/// "data-abort" ... as vector files spell it.
const char* exception_key(Exception exception);

}  // namespace hypsim::trap
