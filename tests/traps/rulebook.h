// SPDX-License-Identifier: Apache-2.0
// Reads tests/traps/rules/*.rules, the statement of what the architecture expects, and answers by it. Nothing here
// knows the simulator's own rules: the two meet in the tests alone.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/bits.h"

namespace hypsim::traps {

/// Mode and security state as far as access rules tell them apart.
enum class Place : u8 { NsPl0, NsPl1, Hyp, SPl0, SPl1, MonS, MonNs, Count };
constexpr unsigned kPlaces = static_cast<unsigned>(Place::Count);
const char* place_name(Place place);

/// A line of a rules file in words; `where` is "file:line" for messages.
struct Line {
  std::string where;
  std::vector<std::string> words;
};
/// The lines of a file without comments and empty ones. Throws std::runtime_error if it cannot be read.
std::vector<Line> read_lines(const std::string& path);
[[noreturn]] void reject(const Line& line, const std::string& why);

/// The values of the control registers that the rules name, in the order in which they name them.
constexpr unsigned kMaxWords = 24;
using Setting = std::array<u32, kMaxWords>;

struct ControlTest {
  u8 word, bit;
  bool value;
  bool holds(const Setting& s) const { return ((s[word] >> bit) & 1u) == u32{value}; }
  void flip(Setting& s) const { s[word] ^= 1u << bit; }
};

/// The names of control bits: "bits REGISTER NAME=position ..." lines.
class ControlBits {
 public:
  void declare(const Line& line);
  ControlTest parse(const Line& line, std::string_view text) const;  ///< "HCR.TVM=1"
  unsigned word(std::string_view name) const;                        ///< throws std::runtime_error if unknown
  const std::vector<std::string>& words() const { return words_; }
  /// Every declared bit once, as the test that it is set.
  const std::vector<ControlTest>& all() const { return all_; }
  std::string name(const ControlTest& test) const;

 private:
  std::vector<std::string> words_;
  std::map<std::string, ControlTest, std::less<>> bits_;
  std::vector<ControlTest> all_;
};

enum class Form : u8 { Move /* MCR, MRC */, Wide /* MCRR, MRRC */, Transfer /* LDC, STC */, Operation /* CDP */ };

/// A coprocessor instruction. `read` is from the coprocessor: MRC, MRRC, STC.
struct Instruction {
  u8 cp = 15;
  Form form = Form::Move;
  bool read = false;
  bool second_space = false;                ///< MCR2, MRC2 ...
  u8 opc1 = 0, crn = 0, crm = 0, opc2 = 0;  ///< Transfer: crm is CRd
  u8 rt = 0, rt2 = 0, imm8 = 0;
  bool up = false;
  u8 mode = 0;
  std::string text() const;
};

enum class Outcome : u8 { Executes, Undefined, Trap, DeniedInHyp /* UNDEFINED, with the trap's syndrome */ };
const char* outcome_name(Outcome outcome);

/// One check of the sequence that an instruction meets: it decides when its any-of tests come out as `fires_when`.
struct Step {
  ControlTest any[4];
  u8 tests = 0;  ///< none: always decides
  bool fires_when = true;
  Outcome outcome = Outcome::Undefined;
  const char* rule = "";  ///< "file:line" of the rule
};

/// What the rules say about one instruction at one place, with the control registers left open.
struct Program {
  std::array<Step, 8> step;
  u8 steps = 0;
  Outcome otherwise = Outcome::Executes;
  u32 hsr = 0;  ///< of a trap, but for IL

  void add(const Line& line, const Step& s);
  const Step* decide(const Setting& setting) const {
    for (unsigned i = 0; i < steps; ++i) {
      const Step& s = step[i];
      bool any = s.tests == 0 && s.fires_when;
      for (unsigned t = 0; t < s.tests; ++t) any |= s.any[t].holds(setting);
      if (any == s.fires_when) return &s;
    }
    return nullptr;
  }
  Outcome outcome(const Setting& setting) const {
    const Step* s = decide(setting);
    return s != nullptr ? s->outcome : otherwise;
  }
  /// The control bits on which the outcome may depend.
  std::vector<ControlTest> relevant() const;
};

/// CP14 and CP15 by coprocessor_14_15.rules.
class CoprocessorRules {
 public:
  explicit CoprocessorRules(const std::string& path);
  Program compile(const Instruction& instruction, Place place) const;
  const ControlBits& controls() const { return controls_; }
  /// Nothing trapped, nothing closed.
  const Setting& open() const { return open_; }
  /// The name of the register at an encoding, or "".
  std::string_view register_at(const Instruction& instruction) const;

 private:
  struct Clause {
    u8 directions;  // 1 read, 2 write
    u8 places;
    std::vector<ControlTest> any;
    const Line* line;
  };
  struct Register {
    std::string name;
    std::vector<Clause> access;
    bool phantom = false;
    const Line* line = nullptr;
  };
  struct Coarse {
    ControlTest test;
    u8 places;
    u8 cp, number;
    u16 crm = 0xFFFF;
    bool moves_only = false;
    const Line* line;
  };
  struct Fine {
    ControlTest test;
    u8 directions, places;
    std::vector<std::string> names;
    bool deny;
    const Line* line;
  };
  struct Field {
    std::string name;
    u8 high, low;
  };
  struct Syndrome {
    u8 cp;
    Form form;
    u32 ec;
    std::vector<Field> fields;
  };

  u8 places(const Line& line, std::string_view name) const;
  void declare_register(const Line& line);
  std::vector<Clause> parse_access(const Line& line, std::size_t first) const;
  const Register* find(const Instruction& i) const;
  u32 hsr(const Instruction& i) const;
  void add_access(Program& program, const Instruction& i, const Register* reg, Place place, u8 among) const;

  std::vector<Line> lines_;
  ControlBits controls_;
  Setting open_{};
  std::map<std::string, u8, std::less<>> sets_;
  std::vector<std::string> order_;
  std::map<std::string, std::vector<std::string>> forms_;
  std::map<u32, Register> registers_;
  std::vector<Coarse> coarse_;
  std::vector<Fine> fine_;
  std::vector<Syndrome> syndromes_;
};

}  // namespace hypsim::traps
