// SPDX-License-Identifier: Apache-2.0
// What the model makes of the operations whose cost on a Cortex-A15 has been published, and of those it was calibrated
// on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/base/types.h"

namespace hypsim::test {

enum class Evidence : u8 {
  Input,     ///< the model was given this published value: that it comes out again within 10 % shows no more than that
  Compared,  ///< a published value that no parameter was taken from, to be met within 10 %
  Calibrated,  ///< set to fit a published row, or derived from one: no evidence
  None,        ///< no published value
};

struct Probe {
  std::string name;
  double model;                     ///< cycles
  std::optional<double> published;  ///< cycles
  std::string source;
  Evidence evidence;
  /// (model - published) / published, in tenths of a per cent, rounded.
  std::optional<long> error_permille() const;
};

/// Runs all probes of the ELF file on fresh machines.
std::vector<Probe> run_probes(const std::string& elf);
/// The table of docs/timing.md.
std::string probe_table(const std::vector<Probe>& probes);

}  // namespace hypsim::test
