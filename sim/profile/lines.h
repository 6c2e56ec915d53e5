// SPDX-License-Identifier: Apache-2.0
// The round trips of a profile in the order in which every report shows them.
#pragma once

#include <vector>

#include "sim/profile/world_switch.h"

namespace hypsim::profile {

/// The trips of one cause out of one VM on one core.
struct VmLine {
  u8 vmid;
  u8 core;
  const Exit* exit;
  Summary summary;
};

/// All trips of one cause.
struct CauseLine {
  Cause cause;
  Exit all;
  Summary summary;
  std::vector<VmLine> vms;  ///< by VMID, then by core
  std::size_t vmids = 0, cores = 0;
};

/// Causes by what they cost in total, dearest first. The profile must outlive the lines.
std::vector<CauseLine> sorted_causes(const WorldSwitchProfile& profile);

}  // namespace hypsim::profile
