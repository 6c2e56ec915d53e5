// SPDX-License-Identifier: Apache-2.0
// A bare core, without firmware, that is set up by hand, executes one instruction and tells what came of it.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sim/trap/outcome.h"
#include "sim/trap/situation.h"

namespace hypsim {
class Core;
}

namespace hypsim::trap {

struct Check;

/// The system registers of a Cortex-A15 out of reset.
const SystemRegisters& reset_registers();

class Runner {
 public:
  Runner();
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  /// Sets the machine up and executes `instruction`, no more. It stands at layout::instruction_address().
  Outcome run(const Situation& situation, const Instruction& instruction);

  /// What the trap rules say of it, without executing it: the condition, and every check an instruction begins with.
  /// Aborts and pending interrupts are no matter of theirs.
  Ruling decide(const Situation& situation, const Instruction& instruction);
  /// The same in two steps, for many instructions in one situation.
  void load(const Situation& situation);
  Ruling decide(const Instruction& instruction);

  /// The checks that the instruction undergoes, up to the one that decides.
  std::vector<Check> checks(const Situation& situation, const Instruction& instruction);
  /// The system register that it names in the situation loaded last; empty if it names none.
  std::string register_name(const Instruction& instruction);

  /// RAM of the machine at `pa` (layout::kRam ...), for tables and data of the caller's own. Throws InputError outside.
  void write(u32 pa, std::span<const u8> bytes);
  void read(u32 pa, std::span<u8> bytes) const;

  /// The core as the last run left it.
  const Core& core() const;

 private:
  struct Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace hypsim::trap
