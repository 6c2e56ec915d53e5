// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/lines.h"

#include <algorithm>
#include <set>

namespace hypsim::profile {

std::vector<CauseLine> sorted_causes(const WorldSwitchProfile& profile) {
  std::vector<CauseLine> lines;
  for (auto& [cause, exit] : profile.causes()) {
    const Summary summary = summarise(exit.cycles);
    lines.push_back({cause, exit, summary, {}});
  }
  for (const auto& [key, exit] : profile.exits()) {
    const auto& [cause, vmid, core] = key;
    const auto line =
        std::find_if(lines.begin(), lines.end(), [&, c = cause](const CauseLine& l) { return l.cause == c; });
    line->vms.push_back({vmid, core, &exit, summarise(exit.cycles)});
  }
  for (CauseLine& line : lines) {
    std::set<u8> vmids, cores;
    for (const VmLine& vm : line.vms) {
      vmids.insert(vm.vmid);
      cores.insert(vm.core);
    }
    line.vmids = vmids.size();
    line.cores = cores.size();
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const CauseLine& a, const CauseLine& b) { return a.summary.total > b.summary.total; });
  return lines;
}

}  // namespace hypsim::profile
