// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/phase_map.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace hypsim::profile {

namespace {

/// "cp15" of "cp15.save_host"; empty if the name has no phase. Compilers append suffixes behind a dot, too: they name
/// none.
std::string_view phase_name(std::string_view symbol) {
  static constexpr std::array<std::string_view, 8> kSuffixes = {"constprop", "isra", "part",       "cold",
                                                                "lto_priv",  "llvm", "localalias", "hot"};
  const auto dot = symbol.find('.');
  if (dot == symbol.npos || dot == 0 || dot + 1 == symbol.size()) return {};
  const std::string_view rest = symbol.substr(dot + 1);
  if (std::isdigit(static_cast<unsigned char>(rest[0])) != 0) return {};
  const std::string_view word = rest.substr(0, rest.find('.'));
  if (std::find(kSuffixes.begin(), kSuffixes.end(), word) != kSuffixes.end()) return {};
  return symbol.substr(0, dot);
}

}  // namespace

PhaseMap::PhaseMap()
    : names_{"guest",           "host kernel",      "host user", "hyp",  "secure",
             "exception entry", "exception return", "idle",      "other"} {}

void PhaseMap::add_symbol(u32 address, std::string_view name) { symbols_.emplace_back(address, name); }

u16 PhaseMap::named(std::string_view name) {
  const auto it = numbers_.find(std::string(name));
  if (it != numbers_.end()) return it->second;
  if (names_.size() == kMostPhases) return kOther;
  names_.emplace_back(name);
  return numbers_[names_.back()] = static_cast<u16>(names_.size() - 1);
}

void PhaseMap::finish() {
  // Of several names for one address, one with a phase counts.
  std::stable_sort(symbols_.begin(), symbols_.end(), [](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first < b.first;
    return !phase_name(a.second).empty() && phase_name(b.second).empty();
  });
  for (const auto& [address, name] : symbols_) {
    if (address >= end_) break;
    if (!ranges_.empty() && ranges_.back().begin == address) continue;
    const std::string_view phase = phase_name(name);
    ranges_.push_back({address, !phase.empty() ? named(phase) : every_symbol_ ? named(name) : u16{kHyp}});
  }
  if (!ranges_.empty() && end_ != ~u32{0}) ranges_.push_back({end_, kHyp});
}

u16 PhaseMap::phase_of(u32 pc, Mode mode, Security security, bool guest) const {
  if (guest) return kGuest;
  if (security == Security::Secure) return kSecure;
  const u16 world = mode == Mode::Hyp ? kHyp : mode == Mode::User ? kHostUser : kHostKernel;
  // Phases by name belong to the switch, which runs in Hyp mode; a hypervisor of symbols as phases too.
  if (mode != Mode::Hyp) return world;
  const auto it =
      std::upper_bound(ranges_.begin(), ranges_.end(), pc, [](u32 a, const Range& r) { return a < r.begin; });
  return it == ranges_.begin() ? world : std::prev(it)->phase;
}

}  // namespace hypsim::profile
