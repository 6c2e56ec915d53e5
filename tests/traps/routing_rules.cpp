// SPDX-License-Identifier: Apache-2.0
#include "tests/traps/routing_rules.h"

#include <algorithm>

namespace hypsim::traps {
namespace {

constexpr bool in(u8 places, Place place) { return ((places >> static_cast<unsigned>(place)) & 1) != 0; }

std::vector<Mode> modes_of(const Line& line) {
  std::vector<Mode> modes;
  for (std::size_t i = 2; i < line.words.size(); ++i) {
    const auto mode = trap::mode_by_name(line.words[i]);
    if (!mode) reject(line, "no such mode: " + line.words[i]);
    modes.push_back(*mode);
  }
  return modes;
}

}  // namespace

RoutingRules::RoutingRules(const std::string& path) : lines_(read_lines(path)) {
  for (unsigned p = 0; p < kPlaces; ++p) sets_[place_name(static_cast<Place>(p))] = static_cast<u8>(1u << p);
  for (const Line& line : lines_) {
    const auto& w = line.words;
    if (w[0] == "set") {
      u8 set = 0;
      for (std::size_t i = 2; i < w.size(); ++i) set |= sets_.at(w[i]);
      sets_[w.at(1)] = set;
    } else if (w[0] == "bits") {
      controls_.declare(line);
    } else if (w[0] == "priority") {
      priority_.assign(w.begin() + 1, w.end());
    } else if (w[0] == "route") {
      routes_.push_back(parse(line));
    } else if (w[0] == "mask") {
      masks_.push_back(parse(line));
    } else if (w[0] == "virtual") {
      virtuals_.push_back(parse(line));
    } else if (w[0] == "banked") {
      banked_.push_back(
          {w.at(1) == "1", static_cast<u32>(std::stoul(w.at(2), nullptr, 16)), w.at(3), {w.begin() + 4, w.end()}});
    } else if (w[0] == "enter" || w[0] == "write") {
      for (unsigned p = 0; p < kPlaces; ++p)
        if (w.at(1) == place_name(static_cast<Place>(p)))
          (w[0] == "enter" ? enter_ : write_)[static_cast<Place>(p)] = modes_of(line);
    } else {
      reject(line, "unknown rule " + w[0]);
    }
  }
}

RoutingRules::Rule RoutingRules::parse(const Line& line) const {
  const auto& w = line.words;
  const auto set = sets_.find(w.at(2));
  if (set == sets_.end()) reject(line, "no such place: " + w[2]);
  Rule rule{w.at(1), set->second, {}, w.size() > 4 ? w[4] : "", &line};
  if (w.at(3) != "always") {
    for (std::size_t at = 0; at != std::string::npos;) {
      const std::size_t end = w[3].find('&', at);
      rule.all.push_back(controls_.parse(line, w[3].substr(at, end - at)));
      at = end == std::string::npos ? end : end + 1;
    }
  }
  return rule;
}

bool RoutingRules::Rule::applies(const std::string& which, Place place, const Setting& setting) const {
  return exception == which && in(places, place) &&
         std::ranges::all_of(all, [&](const ControlTest& test) { return test.holds(setting); });
}

Expected RoutingRules::expected(Place place, const Setting& setting, const trap::Situation& s) const {
  const auto first = [&](const std::vector<Rule>& rules, const std::string& which) -> const Rule* {
    for (const Rule& rule : rules)
      if (rule.applies(which, place, setting)) return &rule;
    return nullptr;
  };
  for (const std::string& which : priority_) {
    const bool irq = which.ends_with("IRQ"), fiq = which.ends_with("FIQ");
    const bool mask = irq ? s.mask_i : fiq ? s.mask_f : s.mask_a;
    if (which[0] == 'V') {
      const Rule* rule = first(virtuals_, which);
      if (rule == nullptr || mask) continue;
      Expected e;
      e.exception = which;
      e.rule = rule->line->where;
      return e;
    }
    const bool pending = irq ? s.irq : fiq ? s.fiq : s.async_abort;
    if (!pending || (mask && first(masks_, which)->outcome == "yes")) continue;
    const Rule* rule = first(routes_, which);
    Expected e;
    e.exception = which;
    e.to_hyp = rule->outcome == "hyp";
    e.to_monitor = rule->outcome == "monitor";
    e.rule = rule->line->where;
    return e;
  }
  Expected none;
  none.rule = "no rule";
  return none;
}

std::optional<std::string> RoutingRules::banked(bool r, u32 sysm, Mode mode, Security security) const {
  if (mode == Mode::User) return std::nullopt;
  for (const Banked& b : banked_) {
    if (b.r != r || b.sysm != sysm) continue;
    bool may = b.modes.front()[0] == '-';
    for (const std::string& word : b.modes) {
      if (word[0] == '-') {
        if (trap::mode_by_name(word.substr(1)) == mode) may = false;
      } else if (word == "secure") {
        may |= security == Security::Secure && mode != Mode::Monitor;
      } else {
        may |= trap::mode_by_name(word) == mode;
      }
    }
    if (may) return b.name;
  }
  return std::nullopt;
}

bool RoutingRules::allows(const Modes& modes, Place place, u32 mode) {
  const auto found = modes.find(place);
  return found != modes.end() &&
         std::ranges::any_of(found->second, [&](Mode m) { return static_cast<u32>(m) == mode; });
}

}  // namespace hypsim::traps
