// SPDX-License-Identifier: Apache-2.0
// Every kind of fault of stage 1, stage 2 and stage-1 walks through stage 2, at every level, met by every instruction
// that can meet it, in the short and the long format and in the Hyp regime: who takes it and every fault register.
#include "tests/traps/abort_machine.h"
#include "tests/traps/matrix.h"
#include "tests/traps/planted_cases.h"

namespace hypsim::traps {
namespace {

constexpr Access kFetches[] = {
    {{0xE320F000, trap::Isa::A32}, 'f'}, {{0xBF00, trap::Isa::T16}, 'f'}, {{0xF3AF8000, trap::Isa::T32}, 'f'}};

class AbortsTest : public ::testing::Test {
 protected:
  AbortsTest() : rules(rules_file("aborts.rules")) {}

  /// Every instruction that this place may execute, through the tables of `setup`.
  void try_all(const Planted& setup, Tally& tally, u32 offset = 0) {
    machine.prepare(setup);
    for (const Access& access : rules.accesses()) {
      const bool pl0 = setup.place == Place::NsPl0 || setup.place == Place::SPl0;
      if ((access.pl1_only || access.privileged_only) && pl0) continue;
      if ((access.pl1_only || access.unprivileged) && setup.place == Place::Hyp) continue;
      try_one(setup, access, setup.va() + offset, tally);
    }
    if (offset != 0) return;
    for (const Access& access : kFetches)
      try_one(setup, access, setup.va() + 0x1000 - (access.word.isa == trap::Isa::T16 ? 2 : 4), tally);
  }

  void try_one(const Planted& setup, const Access& access, u32 va, Tally& tally) {
    const u64 ipa = setup.ipa() + (va & 0xFFF);
    const bool stage2_only = setup.s1.format == Format::Off && setup.s2_enabled();
    const auto fault = rules.fault(access, setup.place, setup.s1, setup.s2, va, stage2_only ? va : ipa,
                                   table_ipa(setup), setup.check_alignment);
    machine.run(access, va);
    operand_ = va;
    std::string text;
    if (!fault) {
      if (machine.taken()) text = std::string(" took ") + exception_name(machine.event().kind) + status();
    } else {
      text = compare(setup, access, *fault, va);
    }
    if (text.empty()) return tally.passed();
    char hex[60];
    std::snprintf(hex, sizeof hex, "%s %08x at %#x: ", trap::isa_name(access.word.isa), access.word.word, va);
    tally.failed(hex + describe(setup) + ", expected " +
                 (fault ? (fault->stage2 ? "stage-2 " : "") + fault->kind : "none") + ":" + text);
  }

  /// As try_one(), but what the access finds is known.
  std::string compare_at(const Planted& setup, const Access& access, const Fault& fault, u32 r1, u32 far) {
    machine.run(access, r1);
    operand_ = r1;
    return compare(setup, access, fault, far, access.kind == 'f' ? r1 : 0);
  }

  std::string status() {
    const SystemRegisters& r = machine.state().sys;
    char text[160];
    std::snprintf(text, sizeof text, " (HSR %#x HDFAR %#x DFSR %#x IFSR %#x)", r.hsr, r.hdfar(), r.dfsr.bank[0],
                  r.ifsr.bank[0]);
    return text;
  }

  std::string compare(const Planted& setup, const Access& access, const Fault& fault, u32 va, u32 pc = 0) {
    if (!machine.taken()) return " executes";
    std::string text;
    const auto differs = [&text](const char* what, u32 expected, u32 actual, u32 mask = ~0u) {
      if ((expected & mask) == (actual & mask)) return;
      char line[80];
      std::snprintf(line, sizeof line, " %s %#x, expected %#x;", what, actual, expected);
      text += line;
    };
    bool eae = setup.s1.format == Format::Off ? setup.eae : setup.s1.format == Format::Long;
    // What Monitor mode takes out of Non-secure state is in the long format if TTBCR.EAE of either state says so, if it
    // comes from Hyp mode, or (choice) from stage 2. B3.13.3
    const bool external = fault.kind == "external" || fault.kind == "walk_external";
    const bool non_secure = setup.place != Place::SPl0 && setup.place != Place::SPl1;
    if (external && setup.scr_ea && non_secure) eae |= setup.secure_eae || setup.place == Place::Hyp || fault.stage2;
    const AbortReport r = rules.report(fault, access, setup.place, va, setup.scr_ea, setup.tge, eae);
    const ExceptionEvent& event = machine.event();
    const bool fetch = access.kind == 'f';
    // The instruction can be executed again: nothing it reads has changed. B1.9.9
    for (const unsigned n : {1u, 2u, 4u, 5u})
      differs("a register", n == 1 ? fetch ? (pc != 0 ? pc : va) : operand_ : 0, machine.state().slot[n]);
    differs("kind", static_cast<u32>(fetch ? Exception::PrefetchAbort : Exception::DataAbort),
            static_cast<u32>(event.kind));
    differs("mode", static_cast<u32>(r.target), static_cast<u32>(event.to));
    const u32 length = access.word.isa == trap::Isa::T16 ? 2 : 4;
    differs("return address", fetch ? (pc != 0 ? pc : va) : 0x40001000 - length, event.return_address);
    const bool from_hyp = setup.place == Place::Hyp;
    const u32 vector = r.target == Mode::Hyp && !from_hyp ? 0x14 : fetch ? 0x0C : 0x10;
    differs("vector", vector, event.vector & 0x1F);
    const SystemRegisters& now = machine.state().sys;
    const bool secure = setup.place == Place::SPl0 || setup.place == Place::SPl1 || r.target == Mode::Monitor;
    const Security bank = secure ? Security::Secure : Security::NonSecure,
                   other = secure ? Security::NonSecure : Security::Secure;
    constexpr u32 kUntouched = AbortMachine::kUntouched;
    differs("HSR", r.hsr.value_or(kUntouched), now.hsr);
    // The Secure DFAR and IFAR have these names too.
    differs("HDFAR", (secure ? r.dfar : r.hdfar).value_or(kUntouched), now.hdfar());
    differs("HIFAR", (secure ? r.ifar : r.hifar).value_or(kUntouched), now.hifar());
    differs("HPFAR", r.hpfar.value_or(kUntouched), now.hpfar);
    differs("DFSR", r.dfsr.value_or(kUntouched), now.dfsr[bank], r.dfsr ? r.fsr_mask : ~0u);
    differs("IFSR", r.ifsr.value_or(kUntouched), now.ifsr[bank], r.ifsr ? r.fsr_mask : ~0u);
    differs("DFAR", r.dfar.value_or(kUntouched), now.dfar[bank]);
    differs("IFAR", r.ifar.value_or(kUntouched), now.ifar[bank]);
    differs("DFSR of the other bank", kUntouched, now.dfsr[other]);
    differs("IFSR of the other bank", kUntouched, now.ifsr[other]);
    return text;
  }

  AbortRules rules;
  AbortMachine machine;
  u32 operand_ = 0;  // R1 of the last run
};

TEST_F(AbortsTest, Stage1) {
  Tally tally("stage-1 faults");
  for (const Place place : {Place::NsPl1, Place::NsPl0, Place::SPl1, Place::SPl0, Place::Hyp}) {
    for_each_stage1(place, [&](const Stage1& s1) {
      for (const bool ea : {false, true}) {
        const bool guest = place == Place::NsPl1 || place == Place::NsPl0;
        for (unsigned stage2 = 0; stage2 < (guest ? 3u : 1u); ++stage2) {
          Planted setup;
          setup.place = place;
          setup.s1 = s1;
          setup.scr_ea = ea;
          setup.secure_eae = ea && stage2 == 1;
          setup.s2.on = stage2 != 0;
          if (stage2 == 2) setup.s2.plant = Plant::Translation;  // stage 1 comes first
          try_all(setup, tally);
        }
      }
    });
  }
  EXPECT_EQ(tally.failures(), 0u);
  EXPECT_GT(tally.tried(), 50'000u);
}

TEST_F(AbortsTest, Stage2) {
  Tally tally("stage-2 faults");
  for (const Place place : {Place::NsPl1, Place::NsPl0})
    for_each_stage2(place, [&](const Planted& planted) { try_all(planted, tally); });
  EXPECT_EQ(tally.failures(), 0u);
  EXPECT_GT(tally.tried(), 50'000u);
}

// Alignment: before any fault of the tables; with HCR.TGE an abort of PL0 without stage 1 goes to Hyp mode.
TEST_F(AbortsTest, Alignment) {
  Tally tally("alignment faults");
  for (const Place place : {Place::NsPl1, Place::NsPl0, Place::SPl1, Place::SPl0, Place::Hyp}) {
    for (u32 rest = 0; rest < 64; ++rest) {
      Planted setup;
      setup.place = place;
      setup.check_alignment = bit(rest, 0);
      setup.s1.format = bit(rest, 2) ? Format::Long : bit(rest, 1) ? Format::Short : Format::Off;
      if (place == Place::Hyp && setup.s1.format == Format::Short) continue;
      if (bit(rest, 3)) setup.s1.plant = Plant::Translation;
      setup.s1.ap = setup.s1.format == Format::Long ? 1 : 3;
      setup.s2.on = bit(rest, 4);
      setup.eae = bit(rest, 5);
      if (setup.s1.format == Format::Off) {
        if (!setup.check_alignment || setup.s1.plant != Plant::None) continue;  // else it is memory that is not Normal
        setup.tge = place == Place::NsPl0 && bit(rest, 1);
      }
      for (const u32 offset : {1u, 2u, 3u, 4u}) {
        if (setup.s1.format == Format::Off && !setup.s2_enabled()) continue;
        try_all(setup, tally, offset);
      }
    }
  }
  EXPECT_EQ(tally.failures(), 0u);
  EXPECT_GT(tally.tried(), 5'000u);
}

// What comes first: what a walk finds, alignment by the type of the memory, domains, permissions; all of stage 1 before
// any of stage 2. Maintenance by address is never unaligned and needs neither domains nor permissions. B3.12.3
TEST_F(AbortsTest, Priority) {
  Tally tally("priority of faults");
  const auto for_each_stage2_of = [&](Planted setup) {
    const bool guest = setup.place == Place::NsPl1 || setup.place == Place::NsPl0;
    for (u32 rest = 0; rest < (guest ? 14u : 1u); ++rest) {
      setup.s2 = {};
      setup.s2.on = rest < 12 && guest;
      setup.s2.device = bit(rest, 0);
      setup.s2.plant = rest / 2 == 4 ? Plant::Translation : rest / 2 == 5 ? Plant::AccessFlag : Plant::None;
      setup.s2.hap = rest / 2 < 4 ? rest / 2 : 3;
      setup.check_alignment = rest == 13;
      for (const u32 offset : {0u, 1u, 2u}) try_all(setup, tally, offset);
    }
  };
  for (const Place place : {Place::NsPl1, Place::NsPl0, Place::SPl1, Place::SPl0, Place::Hyp}) {
    for (const Format format : {Format::Short, Format::Long}) {
      if (place == Place::Hyp && format == Format::Short) continue;
      const bool is_short = format == Format::Short;
      const u32 full = is_short ? 3 : 1, read_only = is_short ? 7 : 3, pl1_only = is_short ? 1 : 0;
      for (unsigned level = is_short ? 1 : 2; level <= (is_short ? 2u : 3u); ++level) {
        Planted setup;
        setup.place = place;
        for (const bool device : {false, true}) {
          for (const Plant plant : {Plant::Translation, Plant::AccessFlag, Plant::Domain}) {
            if (plant == Plant::Domain && !is_short) continue;
            setup.s1 = {format, level, plant, full, false, false, false, device};
            for_each_stage2_of(setup);
          }
          for (const u32 ap : {full, read_only, pl1_only, 0u}) {
            setup.s1 = {format, level, Plant::None, ap, false, false, false, device};
            for_each_stage2_of(setup);
          }
        }
      }
    }
  }
  EXPECT_EQ(tally.failures(), 0u);
  EXPECT_GT(tally.tried(), 100'000u);
}

// A debugger reads what the guest may not, in memory that the translation leads to.
TEST_F(AbortsTest, DebuggersNeedNoPermission) {
  for (const Format format : {Format::Short, Format::Long}) {
    for (u32 rest = 0; rest < 8; ++rest) {
      Planted setup;
      setup.s1 = {format, format == Format::Short ? 2u : 3u, Plant::None, 0, false, false, false};
      if (format == Format::Short && bit(rest, 0)) setup.s1.plant = Plant::Domain;
      setup.s2.on = bit(rest, 1);
      setup.s2.hap = bit(rest, 2) ? 0 : 3;
      machine.prepare(setup);
      machine.state() = machine.start;
      machine.machine().core.mmu().reset();
      machine.machine().bus.set_word(0x40010104, 0xC0FFEE00 + rest);
      u32 word = 0;
      EXPECT_TRUE(machine.machine().core.debug_read(setup.va() + 0x104, &word, 4)) << describe(setup);
      EXPECT_EQ(word, 0xC0FFEE00 + rest) << describe(setup);
    }
  }
}

// HCR.DC and HCR.TGE switch stage 1 off whatever SCTLR.M says, and DC switches stage 2 on: the address goes to stage 2
// as it is, or out. B3.2.1, B1.8.8
TEST_F(AbortsTest, Stage1ForcedOff) {
  Tally tally("stage 1 forced off");
  constexpr u32 kVm = 1, kDc = 1u << 12, kTge = 1u << 27;
  for (const Place place : {Place::NsPl1, Place::NsPl0}) {
    for (const u32 hcr : {kDc, kDc | kVm, kTge, kTge | kVm, kTge | kDc}) {
      if (place == Place::NsPl1 && (hcr & kTge) != 0) continue;
      for_each_stage1(place, [&](const Stage1& s1) {
        Planted setup;
        setup.place = place;
        setup.s1 = s1;
        setup.s2.on = true;
        setup.tge = (hcr & kTge) != 0;
        machine.prepare(setup);
        machine.start.sys.hcr = hcr;
        // Stage 2 has no entry for 0x80000000, and without it there is no memory.
        const bool stage2 = hcr != kTge;
        machine.set_output(0x80000000);
        const u32 va = setup.va();
        const Fault fault = stage2 ? Fault{"translation", 1, true, false, va} : Fault{"external"};
        for (const Access& access : rules.accesses()) {
          const bool skipped = (access.pl1_only || access.privileged_only) && place == Place::NsPl0;
          if (skipped || (access.kind == 'c' && !stage2)) continue;
          const std::string text = compare_at(setup, access, fault, va, va);
          if (text.empty()) {
            tally.passed();
            continue;
          }
          char hex[80];
          std::snprintf(hex, sizeof hex, "%s %08x, HCR %#x: ", trap::isa_name(access.word.isa), access.word.word, hcr);
          tally.failed(hex + describe(setup) + ":" + text);
        }
        for (const Access& access : kFetches) {
          const std::string text = compare_at(setup, access, fault, va, va);
          if (text.empty()) {
            tally.passed();
          } else {
            tally.failed("fetch: " + describe(setup) + ":" + text);
          }
        }
      });
    }
  }
  EXPECT_EQ(tally.failures(), 0u);
  EXPECT_GT(tally.tried(), 10'000u);
}

// Accesses and instructions that reach into a page that is not there: the fault is the second page's, and so is the
// address. Choice: also that of one unaligned access, B3.13.1.
TEST_F(AbortsTest, AcrossPages) {
  Tally tally("aborts across pages");
  struct Case {
    Access access;
    u32 offset, far;  // from the page
  };
  const auto data = [](u32 word, trap::Isa isa, char kind, u32 bytes) {
    Access a{{word, isa}, kind};
    a.bytes = bytes;
    return a;
  };
  using enum trap::Isa;
  std::vector<Case> cases;
  for (const u32 offset : {0xFFDu, 0xFFEu, 0xFFFu}) {
    for (const auto& [word, isa, kind] : {std::tuple{0xE5914000u, A32, 'r'},
                                          {0xE5814000u, A32, 'w'},
                                          {0xF8D14000u, T32, 'r'},
                                          {0xF8C14000u, T32, 'w'},
                                          {0x680Cu, T16, 'r'},
                                          {0x600Cu, T16, 'w'}}) {
      cases.push_back({data(word, isa, kind, 4), offset, 0x1000});
      cases.back().access.isv = true;
      cases.back().access.rt = 4;
    }
  }
  for (const auto& [word, isa, kind] : {std::tuple{0xE1C140D0u, A32, 'r'} /* ldrd */,
                                        {0xE1C140F0u, A32, 'w'} /* strd */,
                                        {0xE8910030u, A32, 'r'} /* ldm */,
                                        {0xE8B10030u, A32, 'r'} /* ldm r1! */,
                                        {0xE8810030u, A32, 'w'} /* stm */,
                                        {0xE8A10030u, A32, 'w'} /* stm r1! */,
                                        {0xED910B00u, A32, 'r'} /* vldr */,
                                        {0xED810B00u, A32, 'w'} /* vstr */,
                                        {0xECB10B08u, A32, 'r'} /* vldm r1! */,
                                        {0xECA10B08u, A32, 'w'} /* vstm r1! */,
                                        {0xF421070Fu, A32, 'r'} /* vld1.8 */,
                                        {0xF401078Fu, A32, 'w'} /* vst1.32 */,
                                        {0xE9D14500u, T32, 'r'} /* ldrd */,
                                        {0xE8B10030u, T32, 'r'} /* ldm r1! */,
                                        {0xE8A10030u, T32, 'w'} /* stm r1! */,
                                        {0xC930u, T16, 'r'} /* ldm r1! */,
                                        {0xC130u, T16, 'w'} /* stm r1! */})
    cases.push_back({data(word, isa, kind, 4), 0xFFC, 0x1000});
  // The second word, or doubleword, of several: it has the second page's first byte, in either byte order.
  for (const u32 word : {0xE1B14F9Fu /* ldrexd */, 0xF42107CFu /* vld1.64 {d0} */})
    cases.push_back({data(word, A32, 'r', 8), 0x1000, 0x1000});
  for (const u32 word : {0xE1A13F94u /* strexd */, 0xF40107CFu /* vst1.64 {d0} */})
    cases.push_back({data(word, A32, 'w', 8), 0x1000, 0x1000});
  for (const auto& [word, kind, offset] : {std::tuple{0xF42107CFu, 'r', 0xFFCu},
                                           {0xF40107CFu, 'w', 0xFFCu},
                                           {0xF4210ACFu, 'r', 0xFF8u} /* vld1.64 {d0, d1} */,
                                           {0xF4010ACFu, 'w', 0xFF8u},
                                           {0xF42102CFu, 'r', 0xFF0u} /* vld1.64 {d0-d3} */,
                                           {0xF40102CFu, 'w', 0xFF0u},
                                           {0xECB10B08u, 'r', 0xFF4u} /* vldm r1!, {d0-d3} */,
                                           {0xECA10B08u, 'w', 0xFF4u}})
    cases.push_back({data(word, A32, kind, 8), offset, 0x1000});
  cases.push_back({{{0xF3AF8000, T32}, 'f'}, 0xFFE, 0x1000});  // nop.w, half of which is there

  for (const Place place : {Place::NsPl1, Place::NsPl0, Place::SPl1, Place::SPl0, Place::Hyp}) {
    for (const Format format : {Format::Short, Format::Long}) {
      for (u32 rest = 0; rest < 8; ++rest) {
        const bool stage2 = bit(rest, 0), nowhere = bit(rest, 1), big_endian = bit(rest, 2);
        const bool guest = place == Place::NsPl1 || place == Place::NsPl0;
        if ((stage2 && !guest) || (place == Place::Hyp && format == Format::Short)) continue;
        Planted setup;
        setup.place = place;
        setup.s1 = {
            format, format == Format::Short ? 2u : 3u, Plant::None, format == Format::Short ? 3u : 1u, false, false,
            false};
        setup.s2.on = stage2;
        machine.prepare(setup);
        machine.start.big_endian = big_endian;
        machine.change_next_page(stage2, nowhere);
        Fault fault{"translation", stage2 ? 3 : setup.s1.level, stage2, false, 0xC0011000};
        if (nowhere) fault = {"external"};
        for (const Case& c : cases) {
          // Half an instruction that cannot be read is the choice of the one that reads it.
          if (nowhere && c.access.kind == 'f') continue;
          const std::string text = compare_at(setup, c.access, fault, setup.va() + c.offset, setup.va() + c.far);
          if (text.empty()) {
            tally.passed();
            continue;
          }
          char hex[60];
          std::snprintf(hex, sizeof hex, "%s %08x at %#x: ", trap::isa_name(c.access.word.isa), c.access.word.word,
                        c.offset);
          tally.failed(hex + describe(setup) + (big_endian ? ", big-endian:" : ":") + text);
        }
      }
    }
  }
  EXPECT_EQ(tally.failures(), 0u);
  EXPECT_GT(tally.tried(), 2'000u);
}

// No translation at all: external aborts, which SCR.EA takes to Monitor mode and HCR.TGE from PL0 to Hyp mode.
TEST_F(AbortsTest, External) {
  Tally tally("external aborts without translation");
  for (const Place place : {Place::NsPl1, Place::NsPl0, Place::SPl1, Place::SPl0, Place::Hyp}) {
    for (u32 rest = 0; rest < 16; ++rest) {
      Planted setup;
      setup.place = place;
      setup.s1.plant = Plant::External;
      setup.scr_ea = bit(rest, 0);
      setup.eae = bit(rest, 1);
      setup.secure_eae = bit(rest, 3);
      setup.tge = bit(rest, 2) && place == Place::NsPl0;
      try_all(setup, tally);
    }
  }
  EXPECT_EQ(tally.failures(), 0u);
  EXPECT_GT(tally.tried(), 2'000u);
}

}  // namespace
}  // namespace hypsim::traps
