// SPDX-License-Identifier: Apache-2.0
// Banked MRS and MSR by every encoding from every mode, exception returns to every value of the mode field, and writes
// of the CPSR, against routing.rules.
#include <cstring>

#include "tests/support/flat_machine.h"
#include "tests/traps/matrix.h"
#include "tests/traps/routing_rules.h"

namespace hypsim::traps {
namespace {

constexpr u32 kCpsrT = 1u << 5, kCpsrJ = 1u << 24;

class ModesTest : public ::testing::Test {
 protected:
  ModesTest() : rules(rules_file("routing.rules")) {}

  RoutingRules rules;
};

/// A machine whose banked registers all hold values of their own.
class BankedTest : public ModesTest {
 protected:
  static constexpr u32 kInsn = test::FlatMachine::kRam + 0x1FFC;  // ends its page, so that it runs alone

  void prepare(Mode mode, Security security) {
    CpuState& s = machine.core.state();
    s = CpuState{};
    s.mode = mode;
    s.sys.scr = security == Security::NonSecure ? 1 : 0;
    s.sys.vbar.bank[0] = s.sys.vbar.bank[1] = s.sys.hvbar = s.sys.mvbar = test::FlatMachine::kRam + 0x4000;
    for (u32 b = 0; b < static_cast<u32>(Bank::Count); ++b) {
      s.bank_sp[b] = 0x1000 + b;
      s.bank_lr[b] = 0x2000 + b;
      s.spsr[b] = 0x3000 + b;
    }
    for (u32 i = 0; i < 5; ++i) {
      s.usr_r8_12[i] = 0x4008 + i;
      s.fiq_r8_12[i] = 0x5008 + i;
    }
    s.elr_hyp = 0x6000;
    const u32 bank = static_cast<u32>(bank_of(mode));
    for (u32 i = 0; i < 8; ++i) s.slot[i] = 0x7000 + i;
    for (u32 i = 0; i < 5; ++i) s.slot[8 + i] = mode == Mode::Fiq ? s.fiq_r8_12[i] : s.usr_r8_12[i];
    s.slot[13] = s.bank_sp[bank];
    s.slot[14] = mode == Mode::Hyp ? s.bank_lr[0] : s.bank_lr[bank];
    s.set_nzcv(0);
    s.pc() = kInsn;
    machine.core.debugger_changed_state(true);
  }

  /// Where a register of that name stands while `mode` is current.
  u32& place_of(const std::string& name, Mode mode) {
    CpuState& s = machine.core.state();
    const std::string which = name.substr(0, name.find('_')), of = name.substr(name.find('_') + 1);
    const auto named = trap::mode_by_name(of);
    const Bank bank = bank_of(*named);
    const u32 b = static_cast<u32>(bank);
    if (which == "elr") return s.elr_hyp;
    if (which == "spsr") return s.spsr[b];
    // Hyp mode has no LR of its own: it uses that of User mode.
    if (which == "sp") return bank_of(mode) == bank ? s.slot[13] : s.bank_sp[b];
    if (which == "lr") return bank_of(mode) == bank ? s.slot[14] : s.bank_lr[b];
    const u32 n = static_cast<u32>(std::stoi(which.substr(1)));
    return bank == Bank::Fiq ? s.fiq_r8_12[n - 8] : s.usr_r8_12[n - 8];
  }

  void run(u32 word, bool thumb) {
    const u32 stored = thumb ? word >> 16 | word << 16 : word;
    machine.bus.set_word(kInsn, stored);
    machine.core.invalidate_code(PhysAddr(kInsn), 4);
    machine.core.state().thumb = thumb;
    machine.run(1);
  }

  test::FlatMachine machine;
};

TEST_F(BankedTest, EveryEncodingFromEveryMode) {
  Tally tally("banked MRS and MSR");
  RoutingRules::for_each_standing([&](Place place, Mode mode, Security security) {
    for (u32 encoding = 0; encoding < 256; ++encoding) {
      const u32 sysm = encoding & 31, r = encoding >> 5 & 1;
      const bool write = bit(encoding, 6), thumb = bit(encoding, 7);
      const u32 m1 = sysm & 15, m = sysm >> 4;
      // MRS r1, <banked>; MSR <banked>, r1. ARM DDI 0406C B9.3.9, B9.3.11
      u32 word = 0;
      if (!thumb) {
        word =
            write ? 0xE120F200 | r << 22 | m1 << 16 | m << 8 | 1 : 0xE1000200 | r << 22 | m1 << 16 | m << 8 | 1u << 12;
      } else {
        word = write ? 0xF3808020 | r << 20 | 1u << 16 | m1 << 8 | m << 4
                     : 0xF3E08020 | r << 20 | m1 << 16 | 1u << 8 | m << 4;
      }
      prepare(mode, security);
      const auto name = rules.banked(r != 0, sysm, mode, security);
      const u32 before = name ? place_of(*name, mode) : 0;
      run(word, thumb);
      CpuState& s = machine.core.state();
      std::string difference;
      const bool undefined = s.mode != mode || s.pc() != kInsn + 4;
      if (undefined != !name) difference = undefined ? " UNDEFINED" : " executed";
      if (name && !undefined) {
        if (write && place_of(*name, mode) != 0x7001) difference += " not written";
        if (!write && s.slot[1] != before) difference += " read another register";
      }
      if (!undefined && !write && name && place_of(*name, mode) != before) difference += " MRS changed it";
      if (difference.empty()) {
        tally.passed();
        continue;
      }
      char text[100];
      std::snprintf(text, sizeof text, "%s R=%u SYSm=%#x from %s (%s), %s:", write ? "msr" : "mrs", r, sysm,
                    trap::mode_name(mode), place_name(place), name ? name->c_str() : "nothing");
      tally.failed(text + difference);
    }
  });
  EXPECT_EQ(tally.failures(), 0u);
  EXPECT_EQ(tally.tried(), 17u * 256);
}

struct Return {
  const char* name;
  trap::Instruction word;
  enum Kind { kEret, kAlu, kMemory } kind;
};
constexpr Return kReturns[] = {
    {"eret (a32)", {0xE160006E, trap::Isa::A32}, Return::kEret},
    {"eret (t32)", {0xF3DE8F00, trap::Isa::T32}, Return::kEret},
    {"movs pc, lr", {0xE1B0F00E, trap::Isa::A32}, Return::kAlu},
    {"subs pc, lr, #0 (a32)", {0xE25EF000, trap::Isa::A32}, Return::kAlu},
    {"rfeia r1 (a32)", {0xF8910A00, trap::Isa::A32}, Return::kMemory},
    {"rfeia r1 (t32)", {0xE991C000, trap::Isa::T32}, Return::kMemory},
    {"ldmia r1, {pc}^", {0xE8D18000, trap::Isa::A32}, Return::kAlu},
};

// To each value of CPSR.M, in both instruction sets, with other masks, flags, endianness, and T, IT set or not.
TEST_F(ModesTest, EveryReturnFromEveryMode) {
  Tally tally("exception returns");
  trap::Runner runner;
  const ExceptionRules entries(rules_file("exceptions.rules"));
  constexpr u32 kTarget = 0x40002000;
  RoutingRules::for_each_standing([&](Place place, Mode mode, Security security) {
    for (const Return& insn : kReturns) {
      for (u32 m = 0; m < 32; ++m) {
        for (u32 rest = 0; rest < 64; ++rest) {
          const u32 flags = hash_of(rest, m) & 0xF80F0000;
          const bool thumb = bit(rest, 0);
          const u32 it = thumb && bit(rest, 5) ? 0x0000E800u : 0;  // the last of an IT block, condition AL
          const u32 psr = flags | it | (rest >> 1 & 7) << 6 | (bit(rest, 4) ? 1u << 9 : 0) | (thumb ? kCpsrT : 0) | m;
          trap::Situation s;
          s.mode = mode;
          s.security = security;
          s.spsr = psr;
          s.lr = kTarget;
          s.elr_hyp = kTarget + 0x100;
          const u32 words[2] = {kTarget, psr};
          u8 bytes[8];
          std::memcpy(bytes, words, 8);
          if (insn.word.word == 0xE8D18000 || insn.kind == Return::kMemory) runner.write(s.r[1], bytes);
          const trap::Outcome got = runner.run(s, insn.word);

          // User and System mode have no SPSR; Hyp mode returns by ERET alone. Choice for the UNPREDICTABLE ones:
          // UNDEFINED.
          const bool privileged_return = mode != Mode::User && (mode != Mode::System || insn.kind == Return::kMemory);
          const bool allowed = privileged_return && (mode != Mode::Hyp || insn.kind == Return::kEret);
          std::string difference;
          if (!allowed) {
            Expected e;
            e.exception = "UNDEF";
            e.to_hyp = mode == Mode::Hyp;
            difference = entries.compare(s, insn.word, e, got);
          } else {
            const u32 to = rules.may_return(place, m) ? m : static_cast<u32>(mode);
            const u32 cpsr = (psr & ~0x1Fu & ~kCpsrJ) | to;
            const u32 pc = mode == Mode::Hyp ? s.elr_hyp : kTarget;
            char text[160];
            std::snprintf(text, sizeof text, " CPSR %#x PC %#x, expected CPSR %#x PC %#x", got.cpsr_after, got.pc, cpsr,
                          pc);
            if (got.result != trap::Result::Executes || got.cpsr_after != cpsr || got.pc != pc) difference = text;
          }
          if (difference.empty()) {
            tally.passed();
            continue;
          }
          char text[120];
          std::snprintf(text, sizeof text, "%s from %s (%s) with SPSR %#x:", insn.name, trap::mode_name(mode),
                        place_name(place), psr);
          tally.failed(text + difference);
        }
      }
    }
  });
  EXPECT_EQ(tally.failures(), 0u);
  EXPECT_EQ(tally.tried(), 17u * std::size(kReturns) * 32 * 64);
}

// MSR CPSR_cxsf and CPS to each value of CPSR.M: execution state bits stay, PL0 changes flags and E alone.
TEST_F(ModesTest, EveryWriteOfTheCpsr) {
  Tally tally("writes of the CPSR");
  trap::Runner runner;
  RoutingRules::for_each_standing([&](Place place, Mode mode, Security security) {
    for (const bool cps : {false, true}) {
      for (const trap::Isa isa : {trap::Isa::A32, trap::Isa::T32}) {
        for (u32 m = 0; m < 32; ++m) {
          for (u32 rest = 0; rest < 64; ++rest) {
            const bool t32 = isa == trap::Isa::T32;
            trap::Situation s;
            s.mode = mode;
            s.security = security;
            s.mask_a = bit(rest, 0);
            s.mask_i = bit(rest, 1);
            s.mask_f = bit(rest, 2);
            const u32 value = (hash_of(rest, m) & 0xF80F0000) | (rest >> 3 & 7) << 6 | (bit(rest, 0) ? 1u << 9 : 0) | m;
            s.r[1] = value | kCpsrJ | kCpsrT | 0x0600FC00;
            const trap::Instruction msr{t32 ? 0xF3818F00 : 0xE12FF001, isa};
            const trap::Instruction change{(t32 ? 0xF3AF8100 : 0xF1020000) | m, isa};
            const trap::Outcome got = runner.run(s, cps ? change : msr);
            const u32 before = ExceptionRules::cpsr_before(s, msr);
            u32 expected = before;
            if (!cps) expected = (expected & ~0xF80F0200) | (value & 0xF80F0200);
            if (mode != Mode::User) {
              if (!cps) expected = (expected & ~0x1C0u) | (value & 0x1C0);
              if (rules.may_write(place, m)) expected = (expected & ~0x1Fu) | m;
            }
            if (got.result == trap::Result::Executes && got.cpsr_after == expected) {
              tally.passed();
              continue;
            }
            char text[160];
            std::snprintf(text, sizeof text, "%s (%s) of %#x in %s (%s): CPSR %#x, expected %#x, before %#x",
                          cps ? "cps" : "msr", trap::isa_name(isa), value, trap::mode_name(mode), place_name(place),
                          got.cpsr_after, expected, before);
            tally.failed(text);
          }
        }
      }
    }
  });
  EXPECT_EQ(tally.failures(), 0u);
  EXPECT_EQ(tally.tried(), 17u * 2 * 2 * 32 * 64);
}

}  // namespace
}  // namespace hypsim::traps
