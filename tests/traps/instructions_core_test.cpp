// SPDX-License-Identifier: Apache-2.0
// Floating point, SIMD, absent coprocessors, calls and hints executed on the core, against instructions.rules.
#include "tests/traps/check_rules.h"
#include "tests/traps/control_words.h"
#include "tests/traps/coprocessor_space.h"
#include "tests/traps/entry.h"
#include "tests/traps/matrix.h"

namespace hypsim::traps {
namespace {

class InstructionsCoreTest : public ::testing::Test {
 protected:
  InstructionsCoreTest()
      : rules(rules_file("instructions.rules")), entries(rules_file("exceptions.rules")), words(rules.controls()) {
    shut = rules.open();
    for (const ControlTest& test : rules.controls().all()) test.flip(shut);
  }

  static trap::Situation situation_at(Place place, Mode mode) {
    trap::Situation s;
    s.mode = mode;
    s.security = standing_at(place).security;
    s.mask_a = s.mask_f = false;
    return s;
  }

  void execute(const Sample& sample, trap::Situation& s, Place place, const Setting& setting, Tally& tally) {
    words.apply(setting, s);
    check(sample, s, sample.word, rules.expected(sample, place, setting), place, setting, tally);
  }

  void check(const Sample& sample, const trap::Situation& s, const trap::Instruction& word, const Expected& e,
             Place place, const Setting& setting, Tally& tally) {
    const std::string difference = entries.compare(s, word, e, runner.run(s, word));
    if (difference.empty()) return tally.passed();
    char hex[32];
    std::snprintf(hex, sizeof hex, " %s %08x", trap::isa_name(word.isa), word.word);
    tally.failed(sample.cls + hex + " at " + place_name(place) + " (" + trap::mode_name(s.mode) + ") with " +
                 describe(rules.controls(), setting, rules.open()) + " by " + e.rule + ":" + difference);
  }

  template <class F>
  static void for_each_place_and_mode(F f) {
    for (unsigned p = 0; p < kPlaces; ++p) {
      const Place place = static_cast<Place>(p);
      const Standing at = standing_at(place);
      if (at.mode == Mode::Supervisor) {
        for (const Mode mode : kPl1Modes) f(place, mode);
      } else {
        f(place, at.mode);
      }
    }
  }

  CheckRules rules;
  ExceptionRules entries;
  SituationWords words;
  trap::Runner runner;
  Setting shut;
};

// Every combination of the control bits that matter to the instruction, in every mode, then each condition.
TEST_F(InstructionsCoreTest, EveryInstruction) {
  Tally tally("FP, SIMD, calls and hints, core");
  for (const Sample& sample : rules.samples()) {
    for_each_place_and_mode([&](Place place, Mode mode) {
      trap::Situation s = situation_at(place, mode);
      const u32 next = 0x40001000u | (sample.word.isa == trap::Isa::A32 ? 0 : 1);
      if (sample.cls == "BXJ") s.r[3] = next;
      const std::vector<ControlTest> relevant = rules.relevant(sample.cls, place);
      ASSERT_LE(relevant.size(), 12u);
      for (u32 chosen = 0; chosen < 1u << relevant.size(); ++chosen) {
        Setting setting = rules.open();
        for (std::size_t t = 0; t < relevant.size(); ++t)
          if (bit(chosen, static_cast<unsigned>(t))) relevant[t].flip(setting);
        execute(sample, s, place, setting, tally);
      }
      // Each bit by itself, also those that do not matter: TGE is UNPREDICTABLE at PL1.
      for (const ControlTest& test : rules.controls().all()) {
        if (rules.controls().name(test) == "HCR.TGE" && mode != Mode::User) continue;
        Setting setting = rules.open();
        test.flip(setting);
        execute(sample, s, place, setting, tally);
      }
      if (!sample.conditional) return;
      for (unsigned cond = 0; cond < 14; ++cond) {
        for (const bool passes : {true, false}) {
          for (const Setting& setting : {rules.open(), shut}) {
            trap::Situation at = s;
            trap::Instruction word = sample.word;
            if (!trap::set_condition(at, word, static_cast<Cond>(cond), passes)) continue;
            Setting sane = setting;
            if (mode != Mode::User) sane[rules.controls().word("HCR")] &= ~(1u << 27);
            words.apply(sane, at);
            check(sample, at, word, passes ? rules.expected(sample, place, sane) : Expected{}, place, sane, tally);
          }
        }
      }
    });
  }
  EXPECT_EQ(tally.failures(), 0u);
  EXPECT_GT(tally.tried(), 200'000u);
}

// WFI and WFE that would not suspend are never trapped. ARM DDI 0406C B1.14.9
TEST_F(InstructionsCoreTest, HintsThatDoNotSuspend) {
  Tally tally("hints that do not suspend, core");
  for (Sample sample : rules.samples()) {
    if (sample.cls != "WFI" && sample.cls != "WFE") continue;
    const bool wfe = sample.cls == "WFE";
    sample.cls += "_WOKEN";
    for_each_place_and_mode([&](Place place, Mode mode) {
      for (unsigned source = 0; source < (wfe ? 1u : 3u); ++source) {
        trap::Situation s = situation_at(place, mode);
        s.mask_a = s.mask_i = s.mask_f = true;
        s.event = wfe;
        s.irq = !wfe && source == 0;
        s.fiq = !wfe && source == 1;
        s.async_abort = !wfe && source == 2;
        execute(sample, s, place, rules.open(), tally);
        Setting setting = shut;
        setting[rules.controls().word("HCR")] &= ~(1u << 27);
        execute(sample, s, place, setting, tally);
      }
    });
  }
  EXPECT_EQ(tally.failures(), 0u);
  EXPECT_GT(tally.tried(), 200u);
}

// Coprocessors 0 to 9, 12 and 13: every encoding in both spaces, each under one of the settings that matter.
TEST_F(InstructionsCoreTest, AbsentCoprocessors) {
  Tally tally("absent coprocessors, core");
  const bool full = full_run();
  u32 n = 0;
  for (const u8 cp : {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13}) {
    const std::string cls = "CP" + std::to_string(cp);
    std::vector<ControlTest> relevant[kPlaces];
    for (unsigned p = 0; p < kPlaces; ++p) relevant[p] = rules.relevant(cls, static_cast<Place>(p));
    for_each_instruction(cp, [&](Instruction i) {
      ++n;
      if (!full && !drawn(n)) return;
      i.second_space = hash_of(n, 1) % 4 == 0;
      for (unsigned p = 0; p < kPlaces; ++p) {
        const Place place = static_cast<Place>(p);
        static thread_local trap::Situation situations[kPlaces];
        trap::Situation& s = situations[p];
        s.mode = standing_at(place).mode;
        s.security = standing_at(place).security;
        for (const trap::Isa isa : {trap::Isa::A32, trap::Isa::T32}) {
          Setting setting = rules.open();
          const u32 chosen = hash_of(n, p * 2 + (isa == trap::Isa::A32 ? 0 : 1));
          for (std::size_t t = 0; t < relevant[p].size(); ++t)
            if (bit(chosen, static_cast<unsigned>(t)) && bit(chosen, static_cast<unsigned>(t) + 8))
              relevant[p][t].flip(setting);
          execute({cls, {encode(i), isa}, {{"cp", cp}}}, s, place, setting, tally);
        }
      }
    });
  }
  EXPECT_EQ(tally.failures(), 0u);
  EXPECT_GT(tally.tried(), 1'000'000u);
}

}  // namespace
}  // namespace hypsim::traps
