// SPDX-License-Identifier: Apache-2.0
// The commands behind GDB's `monitor`: translations, taken exceptions, memory by IPA and PA, scopes of breakpoints.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/debug/address_space.h"
#include "sim/debug/breakpoints.h"
#include "sim/debug/registers.h"
#include "sim/loader/symbols.h"

namespace hypsim::debug {

class Monitor {
 public:
  Monitor(DebugTarget& cluster, const SymbolTable& symbols, const Registers& registers, AddressSpaces& spaces,
          Breakpoints& breakpoints)
      : cluster_(cluster), symbols_(symbols), registers_(registers), spaces_(spaces), breakpoints_(breakpoints) {}

  /// Runs one command on the selected core; the answer is for the user, errors included.
  std::string run(Core& core, std::string_view command);

  /// Which memory GDB's own reads and writes see.
  Space space() const { return space_; }
  void reset() { space_ = Space::Current; }

 private:
  using Words = std::vector<std::string>;

  std::string translate(Core& core, const Words& words);
  std::string traps(Core& core, const Words& words) const;
  std::string dump(Core& core, Space space, const Words& words);
  std::string select_space(const Words& words);
  std::string scope(Core& core, const Words& words);
  std::string cores() const;
  /// A number, a symbol, or a register of the core as GDB writes it, such as $pc.
  std::optional<u64> address(Core& core, const std::string& word) const;

  DebugTarget& cluster_;
  const SymbolTable& symbols_;
  const Registers& registers_;
  AddressSpaces& spaces_;
  Breakpoints& breakpoints_;
  Space space_ = Space::Current;
};

/// "Hyp, VMID 3, waiting": where a core is, in few words.
std::string describe_core(const Core& core);

}  // namespace hypsim::debug
