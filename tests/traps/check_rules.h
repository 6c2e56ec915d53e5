// SPDX-License-Identifier: Apache-2.0
// instructions.rules: lists of checks by class of instruction, and the instructions themselves.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/trap/situation.h"
#include "tests/traps/entry.h"
#include "tests/traps/rulebook.h"

namespace hypsim::traps {

/// An instruction to try. Operands are what syndromes report: rt, rm, imm, reg, cp.
struct Sample {
  std::string cls;
  trap::Instruction word;
  std::map<std::string, u32> operands;
  bool conditional = true;
};

class CheckRules {
 public:
  explicit CheckRules(const std::string& path);

  const ControlBits& controls() const { return controls_; }
  const Setting& open() const { return open_; }
  /// Every instruction of the file, in each instruction set that has it.
  const std::vector<Sample>& samples() const { return samples_; }
  Expected expected(const Sample& sample, Place place, const Setting& setting) const;
  /// Control bits on which a class depends at a place.
  std::vector<ControlTest> relevant(const std::string& cls, Place place) const;

 private:
  struct Check {
    std::vector<std::string> classes;
    u8 places = 0;
    std::vector<ControlTest> any;  // none: always
    std::string outcome;
    bool hyp = false;
    u32 ec = 0, iss = 0;
    std::vector<std::pair<std::string, unsigned>> operands;  // name, lowest bit
    const Line* line = nullptr;
  };
  void add_check(const Line& line);
  void add_sample(const Line& line);
  u8 places(const Line& line, const std::string& name) const;
  bool applies(const Check& check, const std::string& cls, Place place) const;

  std::vector<Line> lines_;
  std::vector<Line> expanded_;
  ControlBits controls_;
  Setting open_{};
  std::map<std::string, u8> sets_;
  std::vector<std::string> each_;
  std::vector<Check> checks_;
  std::vector<Sample> samples_;
};

}  // namespace hypsim::traps
