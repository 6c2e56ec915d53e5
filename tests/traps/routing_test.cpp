// SPDX-License-Identifier: Apache-2.0
// Interrupts and asynchronous aborts, physical and virtual: every combination of SCR, HCR, masks, mode and what is
// pending.
#include <algorithm>

#include "sim/cpu/core.h"
#include "tests/traps/control_words.h"
#include "tests/traps/entry.h"
#include "tests/traps/matrix.h"
#include "tests/traps/routing_rules.h"

namespace hypsim::traps {
namespace {

constexpr u32 kVa = 1u << 8;

class RoutingTest : public ::testing::Test {
 protected:
  RoutingTest()
      : rules(rules_file("routing.rules")), entries(rules_file("exceptions.rules")), words(rules.controls()) {}

  /// HSR and fault status of an asynchronous abort. Its other syndrome bits are UNKNOWN. ARM DDI 0406C B3.13.6
  static void add_status(const trap::Situation& s, Expected& e) {
    if (e.exception != "ASYNC") {
      e.has_hsr = false;
      return;
    }
    e.hsr = (s.mode == Mode::Hyp ? 0x25u : 0x24u) << 26 | 0x11;
    e.hsr_mask = 0xFF00003F;
  }

  /// DFSR of the bank that takes it: short FS 0b10110, long STATUS 0b010001.
  static std::string compare_status(const trap::Situation& s, const Expected& e, const trap::Outcome& got) {
    if ((e.exception != "ASYNC" && e.exception != "VABT") || e.to_hyp || !got.taken()) return "";
    const Security bank = e.to_monitor || s.security == Security::Secure || s.mode == Mode::Monitor
                              ? Security::Secure
                              : Security::NonSecure;
    // WnR, ExT and the domain are UNKNOWN or IMPLEMENTATION DEFINED. ARM DDI 0406C B4.1.52
    const bool is_long = bit(s.regs.ttbcr[bank], 31);
    const u32 expected = is_long ? 0x211 : 0x406, mask = is_long ? 0x23F : 0x60F;
    if ((got.fsr & mask) == expected) return "";
    char text[80];
    std::snprintf(text, sizeof text, " DFSR %#x, expected %#x;", got.fsr, expected);
    return text;
  }

  RoutingRules rules;
  ExceptionRules entries;
  SituationWords words;
  trap::Runner runner;
};

TEST_F(RoutingTest, EveryCombination) {
  Tally tally("asynchronous exceptions");
  const bool full = full_run();
  const u32 scr_word = rules.controls().word("SCR"), hcr_word = rules.controls().word("HCR");
  u32 n = 0;
  rules.for_each_standing([&](Place place, Mode mode, Security security) {
    for (u32 scr = 0; scr < 32; ++scr) {
      for (u32 hcr = 0; hcr < 128; ++hcr) {
        if (hcr >= 64 && mode != Mode::User) continue;  // TGE: at PL1 UNPREDICTABLE
        for (u32 rest = 0; rest < 64; ++rest) {
          ++n;
          const bool irq = bit(rest, 0), fiq = bit(rest, 1), abort = bit(rest, 2);
          if (abort && !full && !drawn(n)) continue;
          trap::Situation s;
          s.mode = mode;
          s.security = security;
          s.mask_a = bit(rest, 3);
          s.mask_i = bit(rest, 4);
          s.mask_f = bit(rest, 5);
          s.irq = irq;
          s.fiq = fiq;
          s.async_abort = abort;
          // What the entry depends on besides: vectors, instruction set and endianness of the handlers, table format.
          const u32 other = hash_of(n, 7);
          for (const Security bank : {Security::NonSecure, Security::Secure}) {
            s.regs.sctlr[bank] ^= (other & 1) << 13 | (other >> 1 & 1) << 25 | (other >> 2 & 1) << 30;
            s.regs.ttbcr[bank] = (other >> 3 & 1) << 31;
          }
          s.regs.hsctlr ^= (other >> 4 & 1) << 25 | (other >> 5 & 1) << 30;
          s.big_endian = bit(other, 6);
          s.nzcv = other & 0xF0000000;
          const bool thumb = bit(other, 7);
          if (thumb && bit(other, 8)) s.itstate = 0xE8;  // the last instruction of an IT block
          Setting setting{};
          setting[scr_word] = scr << 1;
          setting[hcr_word] = (hcr & 63) << 3 | (hcr >> 6) << 27;
          words.apply(setting, s);

          const trap::Instruction nop =
              thumb ? trap::Instruction{0xBF00, trap::Isa::T16} : trap::Instruction{0xE320F000, trap::Isa::A32};
          Expected e = rules.expected(place, setting, s);
          add_status(s, e);
          const trap::Outcome got = runner.run(s, nop);
          std::string difference = entries.compare(s, nop, e, got) + compare_status(s, e, got);
          const bool va_left = (runner.core().state().sys.hcr & kVa) != 0;
          if (va_left != ((setting[hcr_word] & kVa) != 0 && e.exception != "VABT")) difference += " HCR.VA;";
          if (difference.empty()) {
            tally.passed();
            continue;
          }
          char text[200];
          std::snprintf(text, sizeof text, "%s%s%sat %s (%s), SCR %#x, HCR %#x, masks%s%s%s, by %s:", irq ? "IRQ " : "",
                        fiq ? "FIQ " : "", abort ? "abort " : "", place_name(place), trap::mode_name(mode),
                        setting[scr_word], setting[hcr_word], s.mask_a ? " A" : "", s.mask_i ? " I" : "",
                        s.mask_f ? " F" : "", e.rule.c_str());
          tally.failed(text + difference);
        }
      }
    }
  });
  EXPECT_EQ(tally.failures(), 0u);
  EXPECT_GT(tally.tried(), 1'000'000u);
}

}  // namespace
}  // namespace hypsim::traps
