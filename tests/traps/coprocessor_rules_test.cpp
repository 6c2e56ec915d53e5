// SPDX-License-Identifier: Apache-2.0
// The trap rules alone: every CP14 and CP15 instruction at every place under every setting, against the rules file.
#include <memory>

#include "sim/cpu/sysreg/sysreg.h"
#include "tests/support/flat_machine.h"
#include "tests/traps/control_words.h"
#include "tests/traps/coprocessor_space.h"
#include "tests/traps/matrix.h"

namespace hypsim::traps {
namespace {

struct Question {
  Instruction instruction;
  hyp::CoprocAccess access;
  const sysreg::Row* row;
};

class CoprocessorRulesTest : public ::testing::Test {
 protected:
  CoprocessorRulesTest() : rules(rules_file("coprocessor_14_15.rules")), words(rules.controls()) {
    for (const u8 cp : {u8{14}, u8{15}}) {
      for_each_instruction(cp, [&](const Instruction& i) {
        const hyp::CoprocAccess access = access_of(i);
        questions.push_back({i, access, sysreg::find(access)});
      });
    }
    shut = rules.open();
    for (const ControlTest& test : rules.controls().all()) test.flip(shut);
  }

  CpuState& state() { return machine.core.state(); }

  void stand(Mode mode, Security security) {
    state().mode = mode;
    state().sys.scr = security == Security::NonSecure ? 1 : 0;
  }

  std::vector<Program> compile(Place place) const {
    std::vector<Program> programs;
    programs.reserve(questions.size());
    for (const Question& q : questions) programs.push_back(rules.compile(q.instruction, place));
    return programs;
  }

  void check(const Question& q, const Program& program, Place place, const Setting& setting, Tally& tally) {
    const hyp::Decision decision = sysreg::decide(machine.core.services(), q.row, q.access);
    const Step* step = program.decide(setting);
    const Outcome expected = step != nullptr ? step->outcome : program.otherwise;
    bool same = false;
    switch (expected) {
      case Outcome::Executes: same = decision.action == hyp::Action::Execute; break;
      case Outcome::Undefined: same = decision.action == hyp::Action::Undefined && decision.ec == HsrEc::Unknown; break;
      case Outcome::Trap:
      case Outcome::DeniedInHyp: {
        const hyp::Action action = expected == Outcome::Trap ? hyp::Action::HypTrap : hyp::Action::Undefined;
        same = decision.action == action &&
               (static_cast<u32>(decision.ec) << 26 | decision.iss) == (program.hsr & ~(1u << 25));
        break;
      }
    }
    if (same) return tally.passed();
    char hex[80];
    std::snprintf(hex, sizeof hex, "action %u EC %#x ISS %#x (%s), expected HSR %#x",
                  static_cast<unsigned>(decision.action), static_cast<unsigned>(decision.ec), decision.iss,
                  decision.reason, program.hsr);
    tally.failed(q.instruction.text() + " [" + std::string(rules.register_at(q.instruction)) + "] at " +
                 place_name(place) + " with " + describe(rules.controls(), setting, rules.open()) + ": expected " +
                 outcome_name(expected) + " by " + (step != nullptr ? step->rule : "no rule") + ", got " + hex);
  }

  CoprocessorRules rules;
  ControlWords words;
  test::FlatMachine machine;
  std::vector<Question> questions;
  Setting shut;
};

// Each control bit by itself: alone in a machine that traps nothing, and alone missing in one that traps everything.
TEST_F(CoprocessorRulesTest, EveryBitAlone) {
  Tally tally("CP14 and CP15, rules, one bit");
  for (unsigned p = 0; p < kPlaces; ++p) {
    const Place place = static_cast<Place>(p);
    const Standing at = standing_at(place);
    stand(at.mode, at.security);
    const std::vector<Program> programs = compile(place);
    for (const Setting& base : {rules.open(), shut}) {
      for (std::size_t flipped = 0; flipped <= rules.controls().all().size(); ++flipped) {
        Setting setting = base;
        if (flipped < rules.controls().all().size()) rules.controls().all()[flipped].flip(setting);
        words.apply(setting, state());
        for (std::size_t i = 0; i < questions.size(); ++i) check(questions[i], programs[i], place, setting, tally);
      }
    }
  }
  EXPECT_EQ(tally.failures(), 0u);
  EXPECT_GT(tally.tried(), 50'000'000u);
}

// Every pair of control bits.
TEST_F(CoprocessorRulesTest, EveryPairOfBits) {
  Tally tally("CP14 and CP15, rules, two bits");
  const bool full = full_run();
  const auto& all = rules.controls().all();
  for (unsigned p = 0; p < kPlaces; ++p) {
    const Place place = static_cast<Place>(p);
    const Standing at = standing_at(place);
    stand(at.mode, at.security);
    const std::vector<Program> programs = compile(place);
    for (u32 a = 0; a < all.size(); ++a) {
      for (u32 b = a + 1; b < all.size(); ++b) {
        if (!full && !drawn(a << 8 | b, p)) continue;
        Setting setting = rules.open();
        all[a].flip(setting);
        all[b].flip(setting);
        words.apply(setting, state());
        for (std::size_t i = 0; i < questions.size(); ++i) check(questions[i], programs[i], place, setting, tally);
      }
    }
  }
  EXPECT_EQ(tally.failures(), 0u);
  EXPECT_GT(tally.tried(), 10'000'000u);
}

// Every combination of the bits that matter to an instruction, in every mode.
TEST_F(CoprocessorRulesTest, EveryCombinationThatMatters) {
  Tally tally("CP14 and CP15, rules, combinations");
  for (unsigned p = 0; p < kPlaces; ++p) {
    const Place place = static_cast<Place>(p);
    const Standing at = standing_at(place);
    const std::vector<Program> programs = compile(place);
    std::vector<Mode> modes{at.mode};
    if (at.mode == Mode::Supervisor) modes.assign(std::begin(kPl1Modes), std::end(kPl1Modes));
    for (const Mode mode : modes) {
      stand(mode, at.security);
      for (std::size_t i = 0; i < questions.size(); ++i) {
        const std::vector<ControlTest> relevant = programs[i].relevant();
        ASSERT_LT(relevant.size(), 10u);
        for (u32 chosen = 0; chosen < 1u << relevant.size(); ++chosen) {
          Setting setting = rules.open();
          for (std::size_t t = 0; t < relevant.size(); ++t)
            if (bit(chosen, static_cast<unsigned>(t))) relevant[t].flip(setting);
          words.apply(setting, state());
          check(questions[i], programs[i], place, setting, tally);
        }
      }
    }
  }
  EXPECT_EQ(tally.failures(), 0u);
}

// The rules file names every register of the simulator's table, and no other encoding.
TEST_F(CoprocessorRulesTest, TheSameEncodingsAreAllocated) {
  for (const Question& q : questions) {
    const std::string_view name = rules.register_at(q.instruction);
    const bool expected = !name.empty() && name != "TRACE";
    EXPECT_EQ(q.row != nullptr, expected) << q.instruction.text();
  }
}

}  // namespace
}  // namespace hypsim::traps
