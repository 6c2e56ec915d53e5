// SPDX-License-Identifier: Apache-2.0
#include "tests/traps/check_rules.h"

#include <algorithm>

namespace hypsim::traps {
namespace {

constexpr u32 kTge = 1u << 27;

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  while (true) {
    const std::size_t end = text.find(by, at);
    parts.push_back(text.substr(at, end - at));
    if (end == std::string::npos) return parts;
    at = end + 1;
  }
}

u32 value_of(const std::string& text) { return static_cast<u32>(std::stoul(text, nullptr, 0)); }

Line with_number(const Line& line, const std::string& number) {
  Line copy = line;
  for (std::string& word : copy.words)
    for (std::size_t at; (at = word.find('%')) != std::string::npos;) word.replace(at, 1, number);
  return copy;
}

/// The T32 word of an A32 one: the same for VFP, F2 F3 F4 become EF FF F9 for SIMD. ARM DDI 0406C A6.3.18, A7.4, A7.7
u32 t32_of(u32 a32) {
  switch (a32 >> 24) {
    case 0xF2: return (a32 & 0x00FFFFFF) | 0xEF000000;
    case 0xF3: return (a32 & 0x00FFFFFF) | 0xFF000000;
    case 0xF4: return (a32 & 0x00FFFFFF) | 0xF9000000;
    default: return a32;
  }
}

}  // namespace

CheckRules::CheckRules(const std::string& path) : lines_(read_lines(path)) {
  for (unsigned p = 0; p < kPlaces; ++p) sets_[place_name(static_cast<Place>(p))] = static_cast<u8>(1u << p);
  expanded_.reserve(1000);  // checks point into it
  for (const Line& line : lines_) {
    const auto& w = line.words;
    if (w[0] == "set") {
      u8 set = 0;
      for (std::size_t i = 2; i < w.size(); ++i) set |= places(line, w[i]);
      sets_[w.at(1)] = set;
    } else if (w[0] == "bits") {
      controls_.declare(line);
    } else if (w[0] == "open") {
      for (std::size_t i = 1; i < w.size(); ++i) controls_.parse(line, w[i]).flip(open_);
    } else if (w[0] == "each") {
      each_.assign(w.begin() + 1, w.end());
    } else if (w[0] == "check") {
      const bool many = w.at(1).find('%') != std::string::npos;
      for (const std::string& number : many ? each_ : std::vector<std::string>{""}) {
        expanded_.push_back(with_number(line, number));
        add_check(expanded_.back());
      }
    } else if (w[0] == "insn" || w[0] == "t16" || w[0] == "t32") {
      add_sample(line);
    } else {
      reject(line, "unknown rule " + w[0]);
    }
  }
}

u8 CheckRules::places(const Line& line, const std::string& name) const {
  const auto found = sets_.find(name);
  if (found == sets_.end()) reject(line, "no such place: " + name);
  return found->second;
}

void CheckRules::add_check(const Line& line) {
  const auto& w = line.words;
  Check check;
  check.line = &line;
  check.classes = split(w.at(1), ',');
  check.places = places(line, w.at(2));
  if (w.at(3) != "always")
    for (const std::string& test : split(w[3], '|')) check.any.push_back(controls_.parse(line, test));
  check.outcome = w.at(4);
  for (std::size_t i = 5; i < w.size(); ++i) {
    if (w[i] == "hyp") {
      check.hyp = true;
    } else if (w[i].starts_with("ec=")) {
      check.ec = value_of(w[i].substr(3));
    } else if (w[i].starts_with("iss=")) {
      check.iss = value_of(w[i].substr(4));
    } else if (const auto at = w[i].find('@'); at != std::string::npos) {
      check.operands.emplace_back(w[i].substr(0, at), value_of(w[i].substr(at + 1)));
    } else {
      reject(line, "unknown word " + w[i]);
    }
  }
  checks_.push_back(check);
}

void CheckRules::add_sample(const Line& line) {
  const auto& w = line.words;
  Sample sample;
  sample.cls = w.at(1);
  sample.word.word = static_cast<u32>(std::stoul(w.at(2), nullptr, 16));
  sample.word.isa = w[0] == "t16" ? trap::Isa::T16 : w[0] == "t32" ? trap::Isa::T32 : trap::Isa::A32;
  for (std::size_t i = 3; i < w.size(); ++i) {
    const auto parts = split(w[i], '=');
    if (w[i] == "unconditional") {
      sample.conditional = false;
    } else if (parts.size() == 2) {
      sample.operands[parts[0]] = value_of(parts[1]);
    } else {
      reject(line, "unknown word " + w[i]);
    }
  }
  samples_.push_back(sample);
  // Coprocessor and SIMD instructions are in T32 as well; the others have lines of their own.
  const u32 group = bits(sample.word.word, 27, 24);
  const bool simd = sample.word.word >> 28 == 0xF;
  if (sample.word.isa == trap::Isa::A32 && (simd || (group >= 0xC && group <= 0xE))) {
    sample.word = {t32_of(sample.word.word), trap::Isa::T32};
    samples_.push_back(sample);
  }
}

bool CheckRules::applies(const Check& check, const std::string& cls, Place place) const {
  return ((check.places >> static_cast<unsigned>(place)) & 1) != 0 &&
         std::ranges::find(check.classes, cls) != check.classes.end();
}

Expected CheckRules::expected(const Sample& sample, Place place, const Setting& setting) const {
  Expected e;
  e.rule = "no rule";
  for (const Check& check : checks_) {
    if (!applies(check, sample.cls, place)) continue;
    if (!check.any.empty() && std::ranges::none_of(check.any, [&](const ControlTest& t) { return t.holds(setting); }))
      continue;
    e.rule = check.line->where;
    u32 iss = check.iss;
    for (const auto& [name, low] : check.operands) iss |= sample.operands.at(name) << low;
    const bool wide = sample.word.isa != trap::Isa::T16;
    // IL says nothing for Prefetch Aborts: zero. ARM DDI 0406C B3.13.6
    e.hsr = check.ec == 0 ? 0 : check.ec << 26 | (wide && check.ec >> 1 != 0x10 ? 1u << 25 : 0) | iss;
    if (check.outcome == "EXECUTES" || check.outcome == "BRANCHES") return e;
    e.exception = check.outcome == "DENY" ? "UNDEF" : check.outcome;
    const bool tge = place == Place::NsPl0 && (setting[controls_.word("HCR")] & kTge) != 0;
    e.to_hyp = check.hyp || check.outcome == "TRAP" || check.outcome == "HVC" ||
               (e.exception == "UNDEF" && (place == Place::Hyp || tge));
    e.to_monitor = check.outcome == "SMC";
    return e;
  }
  return e;
}

std::vector<ControlTest> CheckRules::relevant(const std::string& cls, Place place) const {
  std::vector<ControlTest> tests;
  bool undefined = false;
  for (const Check& check : checks_) {
    if (!applies(check, cls, place)) continue;
    undefined |= check.outcome == "UNDEF";
    for (const ControlTest& test : check.any) {
      const bool known =
          std::ranges::any_of(tests, [&](const ControlTest& o) { return o.word == test.word && o.bit == test.bit; });
      if (!known) tests.push_back(test);
    }
    if (check.any.empty()) break;
  }
  const u8 hcr = static_cast<u8>(controls_.word("HCR"));
  const bool has_tge = std::ranges::any_of(tests, [&](const ControlTest& t) { return t.word == hcr && t.bit == 27; });
  if (undefined && place == Place::NsPl0 && !has_tge) tests.push_back({hcr, 27, true});
  return tests;
}

}  // namespace hypsim::traps
