// SPDX-License-Identifier: Apache-2.0
// CP14 and CP15 instructions executed on the core, against the rules files: every encoding at every place in A32 and
// T32, under every combination of the control bits that matter to it and under bits that should not, condition passed
// and failed.
#include "tests/traps/control_words.h"
#include "tests/traps/coprocessor_space.h"
#include "tests/traps/entry.h"
#include "tests/traps/matrix.h"

namespace hypsim::traps {
namespace {

constexpr u32 kTge = 1u << 27;

class CoprocessorCoreTest : public ::testing::Test {
 protected:
  CoprocessorCoreTest()
      : rules(rules_file("coprocessor_14_15.rules")), entries(rules_file("exceptions.rules")), words(rules.controls()) {
    shut = rules.open();
    for (const ControlTest& test : rules.controls().all()) test.flip(shut);
    shut[rules.controls().word("HCR")] &= ~kTge;
    for (unsigned p = 0; p < kPlaces; ++p) {
      const Standing at = standing_at(static_cast<Place>(p));
      situation[p].mode = at.mode;
      situation[p].security = at.security;
      situation[p].mask_a = situation[p].mask_f = false;
    }
  }

  Expected expected_of(const Program& program, const Setting& setting, Place place) const {
    Expected e;
    const Step* step = program.decide(setting);
    e.rule = step != nullptr ? step->rule : "no rule";
    const bool tge = place == Place::NsPl0 && (setting[rules.controls().word("HCR")] & kTge) != 0;
    switch (step != nullptr ? step->outcome : program.otherwise) {
      case Outcome::Executes: break;
      case Outcome::Undefined:
        e.exception = "UNDEF";
        e.to_hyp = tge || place == Place::Hyp;
        break;
      case Outcome::Trap:
        e.exception = "TRAP";
        e.to_hyp = true;
        e.hsr = program.hsr | 1u << 25;
        break;
      case Outcome::DeniedInHyp:
        e.exception = "UNDEF";
        e.to_hyp = true;
        e.hsr = program.hsr | 1u << 25;
        break;
    }
    return e;
  }

  void execute(const Instruction& i, trap::Isa isa, const Program& program, Place place, const Setting& setting,
               Tally& tally) {
    trap::Situation& s = situation[static_cast<unsigned>(place)];
    words.apply(setting, s);
    s.nzcv = 0;
    s.itstate = 0;
    const trap::Instruction word{encode(i), isa};
    const Expected e = expected_of(program, setting, place);
    report(i, word, s, e, place, setting, tally);
  }

  /// A failed condition makes it a NOP, whatever is trapped. Choice: ARM DDI 0406C B1.14.1 leaves the trap open.
  void execute_failed(const Instruction& i, trap::Isa isa, Place place, Tally& tally) {
    trap::Situation& s = situation[static_cast<unsigned>(place)];
    words.apply(shut, s);
    trap::Instruction word{encode(i), isa};
    if (!trap::set_condition(s, word, static_cast<Cond>(hash_of(word.word) % 14), false)) return;
    report(i, word, s, {}, place, shut, tally);
  }

  void report(const Instruction& i, const trap::Instruction& word, const trap::Situation& s, const Expected& e,
              Place place, const Setting& setting, Tally& tally) {
    const trap::Outcome got = runner.run(s, word);
    const std::string difference = entries.compare(s, word, e, got);
    if (difference.empty()) return tally.passed();
    char hex[32];
    std::snprintf(hex, sizeof hex, " (%s %08x)", trap::isa_name(word.isa), word.word);
    tally.failed(i.text() + hex + " [" + std::string(rules.register_at(i)) + "] at " + place_name(place) + " with " +
                 describe(rules.controls(), setting, rules.open()) + " by " + e.rule + ":" + difference);
  }

  CoprocessorRules rules;
  ExceptionRules entries;
  SituationWords words;
  trap::Runner runner;
  trap::Situation situation[kPlaces];
  Setting shut;
};

TEST_F(CoprocessorCoreTest, EveryEncoding) {
  Tally tally("CP14 and CP15, core");
  const bool full = full_run();
  const std::size_t hcr = rules.controls().word("HCR");
  u32 n = 0;
  for (const u8 cp : {u8{14}, u8{15}}) {
    for_each_instruction(cp, [&](Instruction i) {
      ++n;
      const std::string_view name = rules.register_at(i);
      const bool allocated = !name.empty() && name != "TRACE";
      if (!full && !allocated && !drawn(n)) return;
      for (unsigned p = 0; p < kPlaces; ++p) {
        const Place place = static_cast<Place>(p);
        const Program program = rules.compile(i, place);
        const std::vector<ControlTest> relevant = program.relevant();
        for (const trap::Isa isa : {trap::Isa::A32, trap::Isa::T32}) {
          for (u32 chosen = 0; chosen < 1u << relevant.size(); ++chosen) {
            Setting setting = rules.open();
            for (std::size_t t = 0; t < relevant.size(); ++t)
              if (bit(chosen, static_cast<unsigned>(t))) relevant[t].flip(setting);
            execute(i, isa, program, place, setting, tally);
          }
          execute(i, isa, program, place, shut, tally);
          // Bits that should not matter: each for a register that is there, else one of them.
          const auto& all = rules.controls().all();
          const std::size_t drawn_bit = hash_of(n, p) % all.size();
          for (std::size_t b = allocated ? 0 : drawn_bit; b < (allocated ? all.size() : drawn_bit + 1); ++b) {
            if (all[b].word == hcr && all[b].bit == 27 && place != Place::NsPl0) continue;  // TGE: UNPREDICTABLE at PL1
            Setting setting = rules.open();
            all[b].flip(setting);
            execute(i, isa, program, place, setting, tally);
          }
          if (place == Place::NsPl0) {  // HCR.TGE decides who takes what is UNDEFINED
            Setting routed = rules.open();
            routed[hcr] |= kTge;
            execute(i, isa, program, place, routed, tally);
          }
          execute_failed(i, isa, place, tally);
          // MCR2, MRC2 ... reach neither
          Instruction second = i;
          second.second_space = true;
          execute(second, isa, rules.compile(second, place), place, drawn(n) ? shut : rules.open(), tally);
        }
      }
    });
  }
  EXPECT_EQ(tally.failures(), 0u);
  EXPECT_GT(tally.tried(), 1'000'000u);
}

}  // namespace
}  // namespace hypsim::traps
