// SPDX-License-Identifier: Apache-2.0
// What the matrix tests share: how much to run, counting, reports of what differs.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sim/base/arch.h"
#include "tests/traps/rulebook.h"

namespace hypsim::traps {

inline std::string rules_file(const char* name) { return std::string(HYPSIM_TRAP_RULES) + "/" + name; }

/// HYPSIM_TRAPS=full: every question of the large matrices. Otherwise a tenth, drawn by a fixed seed.
inline bool full_run() {
  const char* value = std::getenv("HYPSIM_TRAPS");
  return value != nullptr && std::string_view(value) == "full";
}

/// A number for a question, the same on every machine.
constexpr u32 hash_of(u32 a, u32 b = 0) {
  u32 h = a * 0x9E3779B1u ^ (b + 0x7F4A7C15u) * 0x85EBCA6Bu;
  h ^= h >> 15;
  h *= 0xC2B2AE35u;
  return h ^ h >> 13;
}
inline bool drawn(u32 a, u32 b = 0) { return hash_of(a, b) % 10 == 0; }

/// Counts questions and prints the first answers that differ.
class Tally {
 public:
  explicit Tally(const char* what) : what_(what), start_(std::chrono::steady_clock::now()) {}
  ~Tally() {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start_;
    std::printf("%s: %llu tried, %llu passed, %.2f s, %.2f million a second\n", what_, tried_, tried_ - failed_,
                seconds.count(), static_cast<double>(tried_) / seconds.count() / 1e6);
  }
  Tally(const Tally&) = delete;
  Tally& operator=(const Tally&) = delete;

  void passed() { ++tried_; }
  void passed(u64 n) { tried_ += n; }
  void failed(const std::string& text) {
    ++tried_;
    if (++failed_ <= 20) ADD_FAILURE() << what_ << ": " << text;
  }
  unsigned long long tried() const { return tried_; }
  unsigned long long failures() const { return failed_; }

 private:
  const char* what_;
  std::chrono::steady_clock::time_point start_;
  unsigned long long tried_ = 0, failed_ = 0;
};

/// A mode for each place; PL1 has others, which the rules treat alike.
struct Standing {
  Mode mode;
  Security security;  ///< SCR.NS, for Monitor mode too
};
constexpr Standing standing_at(Place place) {
  switch (place) {
    case Place::NsPl0: return {Mode::User, Security::NonSecure};
    case Place::NsPl1: return {Mode::Supervisor, Security::NonSecure};
    case Place::Hyp: return {Mode::Hyp, Security::NonSecure};
    case Place::SPl0: return {Mode::User, Security::Secure};
    case Place::SPl1: return {Mode::Supervisor, Security::Secure};
    case Place::MonNs: return {Mode::Monitor, Security::NonSecure};
    default: return {Mode::Monitor, Security::Secure};
  }
}
constexpr Mode kPl1Modes[] = {Mode::Fiq, Mode::Irq, Mode::Supervisor, Mode::Abort, Mode::Undefined, Mode::System};

/// The control bits in which `setting` differs from `from`, or in which it does not if these are fewer.
inline std::string describe(const ControlBits& controls, const Setting& setting, const Setting& from) {
  std::string changed, kept;
  std::size_t changes = 0;
  for (const ControlTest& test : controls.all()) {
    const bool change = test.holds(setting) != test.holds(from);
    changes += change ? 1 : 0;
    (change ? changed : kept) += " " + controls.name(test) + (test.holds(setting) ? "=1" : "=0");
  }
  if (changes == 0) return "nothing trapped";
  if (2 * changes <= controls.all().size()) return changed.substr(1);
  return kept.empty() ? "everything trapped and closed" : "everything trapped and closed but" + kept;
}

}  // namespace hypsim::traps
