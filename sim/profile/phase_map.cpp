// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/phase_map.h"

#include <algorithm>

namespace hypsim::profile {

PhaseMap::PhaseMap()
    : names_{"guest", "host kernel", "host user", "hyp", "secure", "exception entry", "exception return", "idle"} {}

void PhaseMap::add_symbol(u32 address, std::string_view name) { symbols_.emplace_back(address, name); }

u16 PhaseMap::named(std::string_view name) {
  const auto it = std::find(names_.begin() + kFixedPhases, names_.end(), name);
  if (it != names_.end()) return static_cast<u16>(it - names_.begin());
  names_.emplace_back(name);
  return static_cast<u16>(names_.size() - 1);
}

void PhaseMap::finish() {
  // Of several names for one address, one with a dot names the phase.
  std::stable_sort(symbols_.begin(), symbols_.end(), [](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first < b.first;
    return (a.second.find('.') != std::string::npos) > (b.second.find('.') != std::string::npos);
  });
  for (std::size_t i = 0; i < symbols_.size(); ++i) {
    const auto& [address, name] = symbols_[i];
    if (!ranges_.empty() && ranges_.back().begin == address) continue;
    const auto dot = name.find('.');
    u16 phase = kHyp;
    if (dot != std::string::npos && dot > 0) {
      phase = named(std::string_view(name).substr(0, dot));
    } else if (every_symbol_) {
      phase = named(name);
    }
    ranges_.push_back({address, phase});
  }
}

u16 PhaseMap::phase_of(u32 pc, Mode mode, Security security, bool guest) const {
  if (guest) return kGuest;
  if (security == Security::Secure) return kSecure;
  const u16 world = mode == Mode::Hyp ? kHyp : mode == Mode::User ? kHostUser : kHostKernel;
  // Phases by name belong to the switch, which runs in Hyp mode; a hypervisor of symbols as phases too.
  if (mode != Mode::Hyp) return world;
  const auto it = std::upper_bound(ranges_.begin(), ranges_.end(), pc, [](u32 a, const Range& r) { return a < r.begin; });
  return it == ranges_.begin() ? world : std::prev(it)->phase;
}

}  // namespace hypsim::profile
