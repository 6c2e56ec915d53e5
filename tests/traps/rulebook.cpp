// SPDX-License-Identifier: Apache-2.0
#include "tests/traps/rulebook.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace hypsim::traps {

namespace {

constexpr const char* kPlaceNames[kPlaces] = {"NS_PL0", "NS_PL1", "HYP", "S_PL0", "S_PL1", "MON_S", "MON_NS"};
constexpr u8 kReads = 1, kWrites = 2;

std::vector<std::string> split(std::string_view text, char by) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  while (true) {
    const std::size_t end = text.find(by, at);
    parts.emplace_back(text.substr(at, end - at));
    if (end == std::string_view::npos) return parts;
    at = end + 1;
  }
}

unsigned number(const Line& line, std::string_view text) {
  unsigned value = 0;
  const bool hex = text.starts_with("0x");
  if (hex) text.remove_prefix(2);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
  if (error != std::errc{} || end != text.data() + text.size()) reject(line, "not a number: " + std::string(text));
  return value;
}

/// "c3", "c3..c7", "0..7", "*": the numbers it names, below `limit`.
std::vector<u8> range(const Line& line, std::string_view text, unsigned limit) {
  unsigned low = 0, high = limit - 1;
  if (text != "*") {
    const auto plain = [](std::string_view part) { return part.starts_with("c") ? part.substr(1) : part; };
    const std::size_t dots = text.find("..");
    low = number(line, plain(text.substr(0, dots)));
    high = dots == std::string_view::npos ? low : number(line, plain(text.substr(dots + 2)));
  }
  if (high >= limit || low > high) reject(line, "out of range: " + std::string(text));
  std::vector<u8> values;
  for (unsigned v = low; v <= high; ++v) values.push_back(static_cast<u8>(v));
  return values;
}

u8 coprocessor(const Line& line, std::string_view text) { return static_cast<u8>(number(line, text.substr(1))); }

u8 directions(const Line& line, std::string_view text) {
  if (text == "r") return kReads;
  if (text == "w") return kWrites;
  if (text == "rw") return kReads | kWrites;
  reject(line, "not a direction: " + std::string(text));
}

u32 key(u8 cp, Form form, u8 opc1, u8 crn, u8 crm, u8 opc2) {
  return u32{cp} << 24 | static_cast<u32>(form) << 20 | u32{opc1} << 12 | u32{crn} << 8 | u32{crm} << 4 | opc2;
}

u32 key(const Instruction& i) {
  switch (i.form) {
    case Form::Wide: return key(i.cp, i.form, i.opc1, 0, i.crm, 0);
    case Form::Transfer: return key(i.cp, i.form, 0, 0, i.crm, 0);
    default: return key(i.cp, i.form, i.opc1, i.crn, i.crm, i.opc2);
  }
}

u8 direction_of(const Instruction& i) { return i.read ? kReads : kWrites; }
bool includes(u8 places, Place place) { return ((places >> static_cast<unsigned>(place)) & 1) != 0; }

}  // namespace

const char* place_name(Place place) { return kPlaceNames[static_cast<unsigned>(place)]; }

const char* outcome_name(Outcome outcome) {
  constexpr const char* names[] = {"executes", "UNDEFINED", "Hyp trap", "UNDEFINED with the trap's syndrome"};
  return names[static_cast<unsigned>(outcome)];
}

void reject(const Line& line, const std::string& why) { throw std::runtime_error(line.where + ": " + why); }

std::vector<Line> read_lines(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error(path + ": cannot be read");
  const std::string file = path.substr(path.rfind('/') + 1);
  std::vector<Line> lines;
  std::string text;
  for (unsigned n = 1; std::getline(in, text); ++n) {
    std::istringstream words(text.substr(0, text.find('#')));
    Line line{file + ":" + std::to_string(n), {}};
    for (std::string word; words >> word;) line.words.push_back(word);
    if (!line.words.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

// --- control bits
// -----------------------------------------------------------------------------------------------------

void ControlBits::declare(const Line& line) {
  const std::string& name = line.words.at(1);
  auto found = std::ranges::find(words_, name);
  if (found == words_.end()) {
    words_.push_back(name);
    if (words_.size() > kMaxWords) reject(line, "too many control registers");
    found = words_.end() - 1;
  }
  const u8 word = static_cast<u8>(found - words_.begin());
  for (std::size_t i = 2; i < line.words.size(); ++i) {
    const auto parts = split(line.words[i], '=');
    if (parts.size() != 2) reject(line, "not NAME=position: " + line.words[i]);
    const ControlTest test{word, static_cast<u8>(number(line, parts[1])), true};
    if (!bits_.emplace(name + "." + parts[0], test).second) reject(line, "declared twice: " + parts[0]);
    all_.push_back(test);
  }
}

ControlTest ControlBits::parse(const Line& line, std::string_view text) const {
  const auto parts = split(text, '=');
  const auto found = bits_.find(parts[0]);
  if (found == bits_.end() || parts.size() != 2) reject(line, "not a control bit: " + std::string(text));
  ControlTest test = found->second;
  test.value = parts[1] == "1";
  return test;
}

unsigned ControlBits::word(std::string_view name) const {
  const auto found = std::ranges::find(words_, name);
  if (found == words_.end()) throw std::runtime_error("no control register " + std::string(name));
  return static_cast<unsigned>(found - words_.begin());
}

std::string ControlBits::name(const ControlTest& test) const {
  for (const auto& [name, bit] : bits_)
    if (bit.word == test.word && bit.bit == test.bit) return name;
  return "?";
}

// --- programs
// ---------------------------------------------------------------------------------------------------------

void Program::add(const Line& line, const Step& s) {
  if (steps == step.size()) reject(line, "too many checks for one instruction");
  step[steps] = s;
  step[steps].rule = line.where.c_str();
  ++steps;
}

std::vector<ControlTest> Program::relevant() const {
  std::vector<ControlTest> tests;
  for (unsigned i = 0; i < steps; ++i) {
    for (unsigned t = 0; t < step[i].tests; ++t) {
      const ControlTest& test = step[i].any[t];
      const bool known = std::ranges::any_of(
          tests, [&](const ControlTest& other) { return other.word == test.word && other.bit == test.bit; });
      if (!known) tests.push_back(test);
    }
  }
  return tests;
}

std::string Instruction::text() const {
  const std::string p = "p" + std::to_string(cp) + ", ";
  const std::string two = second_space ? "2" : "";
  const auto c = [](u8 n) { return "c" + std::to_string(n); };
  switch (form) {
    case Form::Move:
      return (read ? "mrc" : "mcr") + two + " " + p + std::to_string(opc1) + ", r" + std::to_string(rt) + ", " +
             c(crn) + ", " + c(crm) + ", " + std::to_string(opc2);
    case Form::Wide:
      return (read ? "mrrc" : "mcrr") + two + " " + p + std::to_string(opc1) + ", r" + std::to_string(rt) + ", r" +
             std::to_string(rt2) + ", " + c(crm);
    case Form::Transfer:
      return (read ? "stc" : "ldc") + two + " " + p + c(crm) + ", [r" + std::to_string(rt) + ", mode " +
             std::to_string(mode) + "], imm8 " + std::to_string(imm8);
    default: return "cdp" + two + " " + p + std::to_string(opc1) + ", c0, " + c(crn) + ", " + c(crm);
  }
}

// --- CP14 and CP15
// ----------------------------------------------------------------------------------------------------

CoprocessorRules::CoprocessorRules(const std::string& path) : lines_(read_lines(path)) {
  for (unsigned i = 0; i < kPlaces; ++i) sets_[kPlaceNames[i]] = static_cast<u8>(1u << i);
  for (const Line& line : lines_) {
    const auto& w = line.words;
    const std::string& verb = w[0];
    if (verb == "set") {
      u8 set = 0;
      for (std::size_t i = 2; i < w.size(); ++i) set |= places(line, w[i]);
      sets_[w.at(1)] = set;
    } else if (verb == "bits") {
      controls_.declare(line);
    } else if (verb == "open") {
      for (std::size_t i = 1; i < w.size(); ++i) controls_.parse(line, w[i]).flip(open_);
    } else if (verb == "order") {
      order_.assign(w.begin() + 1, w.end());
    } else if (verb == "forms") {
      forms_[w.at(1)].assign(w.begin() + 2, w.end());
    } else if (verb == "reg" || verb == "wide" || verb == "transfer" || verb == "phantom") {
      declare_register(line);
    } else if (verb == "coarse") {
      Coarse rule{controls_.parse(line, w.at(1)),
                  places(line, w.at(2)),
                  coprocessor(line, w.at(3)),
                  range(line, w.at(4), 16)[0],
                  0xFFFF,
                  false,
                  &line};
      if (w.size() > 5) {
        rule.moves_only = true;
        rule.crm = 0;
        for (std::size_t i = 5; i < w.size(); ++i)
          for (const u8 n : range(line, w[i], 16)) rule.crm |= static_cast<u16>(1u << n);
      }
      coarse_.push_back(rule);
    } else if (verb == "fine" || verb == "deny") {
      fine_.push_back({controls_.parse(line, w.at(1)),
                       directions(line, w.at(2)),
                       places(line, w.at(3)),
                       {w.begin() + 4, w.end()},
                       verb == "deny",
                       &line});
    } else if (verb == "syndrome") {
      const Form form = w.at(2) == "move" ? Form::Move : w.at(2) == "wide" ? Form::Wide : Form::Transfer;
      Syndrome syndrome{coprocessor(line, w.at(1)), form, number(line, w.at(3)), {}};
      for (std::size_t i = 4; i < w.size(); ++i) {
        const auto parts = split(w[i], '=');
        const auto at = split(parts.at(1), ':');
        syndrome.fields.push_back(
            {parts[0], static_cast<u8>(number(line, at.front())), static_cast<u8>(number(line, at.back()))});
      }
      syndromes_.push_back(syndrome);
    } else {
      reject(line, "unknown rule " + verb);
    }
  }
  for (const Fine& rule : fine_) {
    for (const std::string& name : rule.names) {
      const bool known = std::ranges::any_of(registers_, [&](const auto& r) { return r.second.name == name; });
      if (!known) reject(*rule.line, "no register " + name);
    }
  }
}

u8 CoprocessorRules::places(const Line& line, std::string_view name) const {
  const auto found = sets_.find(name);
  if (found == sets_.end()) reject(line, "no such place: " + std::string(name));
  return found->second;
}

/// "r:PL1", "rw:PL0?CNTKCTL.PL0PTEN=1|...", up to the section that ends the line.
std::vector<CoprocessorRules::Clause> CoprocessorRules::parse_access(const Line& line, std::size_t first) const {
  std::vector<Clause> access;
  for (std::size_t i = first; i + 1 < line.words.size(); ++i) {
    const auto condition = split(line.words[i], '?');
    const auto head = split(condition[0], ':');
    if (head.size() != 2) reject(line, "not an access: " + line.words[i]);
    Clause clause{directions(line, head[0]), places(line, head[1]), {}, &line};
    if (condition.size() > 1)
      for (const auto& test : split(condition[1], '|')) clause.any.push_back(controls_.parse(line, test));
    access.push_back(clause);
  }
  return access;
}

void CoprocessorRules::declare_register(const Line& line) {
  const auto& w = line.words;
  const u8 cp = coprocessor(line, w.at(1));
  const auto insert = [&](u32 at, std::size_t name) {
    Register reg{w.at(name), parse_access(line, name + 1), w[0] == "phantom", &line};
    // A phantom yields to registers that are there.
    if (!registers_.emplace(at, std::move(reg)).second && w[0] != "phantom") reject(line, "declared twice");
  };
  if (w[0] == "wide") {
    for (const u8 opc1 : range(line, w.at(2), 16))
      for (const u8 crm : range(line, w.at(3), 16)) insert(key(cp, Form::Wide, opc1, 0, crm, 0), 4);
    return;
  }
  if (w[0] == "transfer") return insert(key(cp, Form::Transfer, 0, 0, range(line, w.at(2), 16)[0], 0), 3);
  for (const u8 opc1 : range(line, w.at(2), 8))
    for (const u8 crn : range(line, w.at(3), 16))
      for (const u8 crm : range(line, w.at(4), 16))
        for (const u8 opc2 : range(line, w.at(5), 8)) insert(key(cp, Form::Move, opc1, crn, crm, opc2), 6);
  if (w[0] == "phantom")
    for (const u8 opc1 : range(line, w.at(2), 8))
      for (u8 crm = 0; crm < 16; ++crm) insert(key(cp, Form::Wide, opc1, 0, crm, 0), 6);
}

const CoprocessorRules::Register* CoprocessorRules::find(const Instruction& i) const {
  if (i.form == Form::Operation) return nullptr;
  const auto found = registers_.find(key(i));
  return found != registers_.end() ? &found->second : nullptr;
}

std::string_view CoprocessorRules::register_at(const Instruction& i) const {
  const Register* reg = find(i);
  return reg != nullptr ? std::string_view(reg->name) : std::string_view();
}

u32 CoprocessorRules::hsr(const Instruction& i) const {
  const auto value = [&](const std::string& field) -> u32 {
    if (field == "cv") return 1;
    if (field == "cond") return 14;
    if (field == "opc1") return i.opc1;
    if (field == "opc2") return i.opc2;
    if (field == "crn") return i.crn;
    if (field == "crm") return i.crm;
    if (field == "rt") return i.rt;
    if (field == "rt2") return i.rt2;
    if (field == "imm8") return i.imm8;
    if (field == "up") return i.up ? 1 : 0;
    if (field == "mode") return i.mode;
    if (field == "read") return i.read ? 1 : 0;
    throw std::runtime_error("no such field of a syndrome: " + field);
  };
  for (const Syndrome& s : syndromes_) {
    if (s.cp != i.cp || s.form != i.form) continue;
    u32 hsr = s.ec << 26;
    for (const Field& f : s.fields) hsr = with_bits(hsr, f.high, f.low, value(f.name));
    return hsr;
  }
  return 0;
}

/// The access rule of the register, at `place` if that is in `among`: UNDEFINED unless a clause allows the access.
void CoprocessorRules::add_access(Program& program, const Instruction& i, const Register* reg, Place place,
                                  u8 among) const {
  if (!includes(among, place)) return;
  Step step;
  const Line* line = reg != nullptr ? reg->line : &lines_.front();
  if (reg != nullptr) {
    for (const Clause& clause : reg->access) {
      if ((clause.directions & direction_of(i)) == 0 || !includes(clause.places, place)) continue;
      if (clause.any.empty()) return;
      for (const ControlTest& test : clause.any) step.any[step.tests++] = test;
    }
  }
  step.fires_when = step.tests == 0;
  program.add(*line, step);
}

Program CoprocessorRules::compile(const Instruction& i, Place place) const {
  Program program;
  program.hsr = hsr(i);
  const Register* reg = find(i);
  if (reg != nullptr && reg->phantom) program.otherwise = Outcome::Undefined;
  for (const std::string& check : order_) {
    if (check == "form") {
      constexpr const char* names[4][2] = {{"MCR", "MRC"}, {"MCRR", "MRRC"}, {"LDC", "STC"}, {"CDP", "CDP"}};
      const char* name = names[static_cast<unsigned>(i.form)][i.read ? 1 : 0];
      const auto& forms = forms_.at("p" + std::to_string(i.cp));
      if (i.second_space || std::ranges::find(forms, name) == forms.end()) {
        program.add(lines_.front(), {});
        return program;
      }
    } else if (check.starts_with("access:")) {
      add_access(program, i, reg, place, sets_.at(check.substr(7)));
      if (program.steps > 0 && program.step[program.steps - 1].tests == 0) return program;
    } else if (check == "coarse") {
      for (const Coarse& rule : coarse_) {
        const u8 primary = i.form == Form::Wide ? i.crm : i.crn;
        if (rule.cp != i.cp || rule.number != primary || !includes(rule.places, place)) continue;
        if (rule.moves_only && (i.form != Form::Move || ((rule.crm >> i.crm) & 1) == 0)) continue;
        program.add(*rule.line, {{rule.test}, 1, true, Outcome::Trap});
      }
    } else if (check == "fine") {
      if (reg == nullptr) continue;
      for (const Fine& rule : fine_) {
        if (!includes(rule.places, place) || (rule.directions & direction_of(i)) == 0) continue;
        if (std::ranges::find(rule.names, reg->name) == rule.names.end()) continue;
        program.add(*rule.line, {{rule.test}, 1, true, rule.deny ? Outcome::DeniedInHyp : Outcome::Trap});
      }
    } else {
      throw std::runtime_error("order: no such check: " + check);
    }
  }
  return program;
}

}  // namespace hypsim::traps
