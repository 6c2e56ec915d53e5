// SPDX-License-Identifier: Apache-2.0
// routing.rules: asynchronous exceptions, banked registers, mode changes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/traps/entry.h"
#include "tests/traps/rulebook.h"

namespace hypsim::traps {

class RoutingRules {
 public:
  explicit RoutingRules(const std::string& path);
  const ControlBits& controls() const { return controls_; }

  /// Which asynchronous exception comes before the next instruction, or none.
  Expected expected(Place place, const Setting& setting, const trap::Situation& s) const;

  /// The banked register of (R, SYSm) if `mode` may reach it there.
  std::optional<std::string> banked(bool r, u32 sysm, Mode mode, Security security) const;
  /// Whether a return (or an MSR or CPS) at `place` may make `mode` the current one.
  bool may_return(Place place, u32 mode) const { return allows(enter_, place, mode); }
  bool may_write(Place place, u32 mode) const { return allows(write_, place, mode); }

  /// Every mode of both security states; Monitor with SCR.NS 0 and 1.
  template <class F>
  static void for_each_standing(F f) {
    for (unsigned p = 0; p < kPlaces; ++p) {
      const Place place = static_cast<Place>(p);
      const Standing at = standing_at(place);
      if (at.mode == Mode::Supervisor) {
        for (const Mode mode : kPl1Modes) f(place, mode, at.security);
      } else {
        f(place, at.mode, at.security);
      }
    }
  }

 private:
  struct Rule {
    std::string exception;
    u8 places;
    std::vector<ControlTest> all;
    std::string outcome;
    const Line* line;
    bool applies(const std::string& which, Place place, const Setting& setting) const;
  };
  struct Banked {
    bool r;
    u32 sysm;
    std::string name;
    std::vector<std::string> modes;
  };
  using Modes = std::map<Place, std::vector<Mode>>;

  static bool allows(const Modes& modes, Place place, u32 mode);
  Rule parse(const Line& line) const;

  std::vector<Line> lines_;
  ControlBits controls_;
  std::map<std::string, u8> sets_;
  std::vector<std::string> priority_;
  std::vector<Rule> routes_, masks_, virtuals_;
  std::vector<Banked> banked_;
  Modes enter_, write_;
};

}  // namespace hypsim::traps
