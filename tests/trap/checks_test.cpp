// SPDX-License-Identifier: Apache-2.0
// The list of checks that people read against the rule that decides: they must name the same bit everywhere.
#include <gtest/gtest.h>

#include "sim/trap/checks.h"
#include "sim/trap/explain.h"
#include "sim/trap/matrix.h"
#include "sim/trap/syndrome_text.h"

namespace hypsim::trap {
namespace {

/// The rule's reasons that stand for a family, as the list of checks spells them.
bool agree(const std::string& rule, const std::string& check) {
  if (rule == check) return true;
  if (rule == "NSACR.cpn") return check.starts_with("NSACR.cp");
  if (rule == "CPACR.cpn") return check.starts_with("CPACR.cp");
  if (rule == "HCPTR.TCPn") return check.starts_with("HCPTR.TCP");
  if (rule == "no such coprocessor") return check == "coprocessor";
  if (rule == "no such coprocessor instruction") return check == "instruction";
  if (rule == "no such register") return check == "register";
  if (rule == "UNDEFINED encoding" || rule == "UNPREDICTABLE encoding or state, taken as UNDEFINED")
    return check == "encoding";
  if (rule == "HVC in Secure state") return check == "security state";
  if (rule == "HVC at PL0" || rule == "SMC at PL0" || rule == "VFP system register at PL0") return check == "privilege";
  if (rule == "banked register out of reach of this mode") return check == "banked register";
  if (rule == "register access rule")
    return check == "access" || check == "register" || check.starts_with("PMUSERENR") || check.starts_with("CNTKCTL") ||
           check.starts_with("TEECR") || check.starts_with("DBGDSCR") || check.ends_with("CP15BEN");
  return false;
}

TEST(Checks, NameWhatTheRuleNamesForEveryRowModeAndBit) {
  Runner runner;
  std::vector<const Place*> all;
  for (const Place& place : places()) all.push_back(&place);
  const Matrix matrix = make_matrix(runner, load_setting("none"), all);
  unsigned asked = 0, refused = 0;
  const auto ask = [&](Situation s, const char* what) {
    for (const Place* place : all) {
      s.mode = place->mode;
      s.security = place->security;
      for (const MatrixRow& row : matrix.rows) {
        const Ruling ruling = runner.decide(s, row.instruction);
        const std::vector<Check> checks = runner.checks(s, row.instruction);
        const bool stops = !checks.empty() && checks.back().decides;
        ++asked;
        const std::string rule = ruling.reason;
        if (rule.empty()) {
          // Only the waits stop a list without refusing anything.
          ASSERT_TRUE(!stops || checks.back().name == "suspends")
              << row.name << " " << row.access << " " << place->name << " " << what << ": " << checks.back().name;
        } else {
          ++refused;
          ASSERT_TRUE(stops) << row.name << " " << row.access << " " << place->name << " " << what << ": " << rule;
          ASSERT_TRUE(agree(rule, checks.back().name)) << row.name << " " << row.access << " " << place->name << " "
                                                       << what << ": " << rule << " vs " << checks.back().name;
        }
      }
    }
  };
  Situation open;
  open.pmuserenr = 1;
  open.regs.cntkctl = 0x303;
  ask(open, "open");
  ask({}, "none");
  for (const ControlBit& b : control_bits()) {
    Situation s = open;
    set_control_value(s, b, b.width == 1 ? control_value(s, b) ^ 1 : control_value(s, b) != 0 ? 0 : 3);
    ask(s, b.name);
    if (HasFatalFailure()) return;
  }
  std::printf("%u questions, %u refused\n", asked, refused);
  EXPECT_GT(refused, 10'000u);
}

TEST(Checks, ControlBitsDoNotOverlapAndBelongToRegisters) {
  for (const ControlBit& b : control_bits()) {
    ASSERT_NE(find_register(b.reg), nullptr) << b.reg;
    Situation s;
    set_control_value(s, b, (1u << b.width) - 1);
    EXPECT_EQ(control_value(s, b), (1u << b.width) - 1) << b.reg << "." << b.name;
    for (const ControlBit& other : control_bits()) {
      if (&other == &b || std::string_view(other.reg) != b.reg) continue;
      EXPECT_TRUE(other.lsb >= b.lsb + b.width || b.lsb >= other.lsb + other.width) << b.name << " " << other.name;
    }
  }
}

TEST(Explanation, SaysWhatDecidedAndWhatWouldChangeIt) {
  Runner runner;
  Situation s;
  load_setting("kvm-v9").apply(s);
  const Explanation e = explain(runner, s, {0xEE190F1D}, "mrc p15, 0, r0, c9, c13, 0");
  ASSERT_NE(e.decider(), nullptr);
  EXPECT_EQ(e.decider()->name, "HSTR.T9");
  EXPECT_EQ(e.reg, "PMCCNTR");
  EXPECT_EQ(e.outcome.result, Result::Trap);
  EXPECT_EQ(e.ruling.hsr, e.outcome.hsr);
  bool named = false;
  for (const Alternative& a : e.alternatives)
    if (a.bit == find_control_bit("HSTR.T9")) named = a.value == 0 && a.ruling.result == Result::Executes;
  EXPECT_TRUE(named);
  const std::string text = to_text(e);
  for (const char* part : {"PMCCNTR", "HSTR.T9", "B1.14.14", "CRn", "c9", "trap to Hyp mode, EC 0x03", "0x14"})
    EXPECT_NE(text.find(part), std::string::npos) << part;
}

TEST(Explanation, SyndromeFieldsCoverTheirBits) {
  for (u32 ec = 0; ec < 64; ++ec) {
    const u32 hsr = ec << 26 | 0x3FFFFFF;
    u32 seen = 0;
    for (const SyndromeField& f : syndrome_fields(hsr)) {
      const u32 mask = mask32(f.msb, f.lsb);
      EXPECT_EQ(seen & mask, 0u) << ec << f.name;
      EXPECT_EQ(f.value, bits(hsr, f.msb, f.lsb));
      seen |= mask;
    }
    EXPECT_EQ(seen & 0xFE000000, 0xFE000000) << ec;
  }
}

}  // namespace
}  // namespace hypsim::trap
