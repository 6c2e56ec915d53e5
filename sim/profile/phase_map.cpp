// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/phase_map.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace hypsim::profile {

namespace {

/// What compilers append behind a dot to the name of a function of which they make another one, or a part.
bool appended_by_compilers(std::string_view word) {
  static constexpr std::array<std::string_view, 14> kSuffixes = {
      "constprop", "isra", "part",    "cold",         "hot",    "lto_priv", "llvm",
      "clone",     "cfi",  "_omp_fn", "omp_outlined", "__uniq", "cfi_jt",   "localalias"};
  return std::find(kSuffixes.begin(), kSuffixes.end(), word) != kSuffixes.end();
}

/// The first word behind the first dot; empty if there is none.
std::string_view word_behind(std::string_view symbol) {
  const auto dot = symbol.find('.');
  if (dot == symbol.npos || dot == 0) return {};
  const std::string_view rest = symbol.substr(dot + 1);
  return rest.substr(0, rest.find('.'));
}

/// "cp15" of "cp15.save_host"; empty if the name has no phase. What compilers made up names none: constructors of a
/// file (_GLOBAL__sub_I_file.c) and parts of functions.
std::string_view phase_name(std::string_view symbol) {
  const std::string_view word = word_behind(symbol);
  if (word.empty() || std::isdigit(static_cast<unsigned char>(word[0])) != 0 || appended_by_compilers(word) ||
      symbol.starts_with("_GLOBAL__"))
    return {};
  return symbol.substr(0, symbol.find('.'));
}

/// The function to which a part of it belongs: "run" for "run.isra.0".
std::string_view function_name(std::string_view symbol) {
  return appended_by_compilers(word_behind(symbol)) ? symbol.substr(0, symbol.find('.')) : symbol;
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
  // Of several names for one address, one with a phase counts, and any before a gap.
  std::stable_sort(symbols_.begin(), symbols_.end(), [](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first < b.first;
    if (phase_name(a.second).empty() != phase_name(b.second).empty()) return phase_name(b.second).empty();
    return !a.second.empty() && b.second.empty();
  });
  for (const auto& [address, name] : symbols_) {
    if (!ranges_.empty() && ranges_.back().begin == address) continue;
    const std::string_view phase = phase_name(name);
    const bool known = !phase.empty() || (every_symbol_ && !name.empty());
    ranges_.push_back({address, known ? named(!phase.empty() ? phase : function_name(name)) : u16{kHyp}});
  }
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
