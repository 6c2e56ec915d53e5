// SPDX-License-Identifier: Apache-2.0
// Which phase of a world switch a PC belongs to. Phases are the part before the dot of symbols such as
// "cp15.save_host"; code without such symbols belongs to the phase of its world. What a compiler appends behind a dot
// ("run.constprop.0") is no phase.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/base/observer.h"

namespace hypsim::profile {

/// The fixed phases; named ones follow.
enum FixedPhase : u16 {
  kGuest,
  kHostKernel,
  kHostUser,
  kHyp,
  kSecure,
  kExceptionEntry,
  kExceptionReturn,
  kIdle,
  kOther,  ///< what exceeds the number of phases, or of phases of all rows and causes, that are kept apart
  kFixedPhases
};

class PhaseMap {
 public:
  /// Phases with a name of their own, fixed ones included; the others are one.
  static constexpr std::size_t kMostPhases = 16384;

  PhaseMap();
  /// Declares a symbol; one without a dot ends the reach of the phase before it.
  void add_symbol(u32 address, std::string_view name);
  /// Code from `address` to the next symbol has no name, unless a symbol stands at it.
  void add_gap(u32 address) { symbols_.emplace_back(address, std::string()); }
  /// Gives every symbol a phase of its own: for hypervisors that do not follow the naming (Xen).
  void use_symbols_as_phases() { every_symbol_ = true; }
  void finish();

  u16 phase_of(u32 pc, Mode mode, Security security, bool guest) const;
  const std::vector<std::string>& names() const { return names_; }

 private:
  struct Range {
    u32 begin;
    u16 phase;
  };
  u16 named(std::string_view name);
  bool every_symbol_ = false;
  std::vector<std::pair<u32, std::string>> symbols_;
  std::vector<Range> ranges_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, u16> numbers_;  // of named phases
};

}  // namespace hypsim::profile
