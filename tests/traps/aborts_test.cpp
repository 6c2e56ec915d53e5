// SPDX-License-Identifier: Apache-2.0
// Every kind of fault of stage 1, stage 2 and stage-1 walks through stage 2, at every level, met by every instruction that
// can meet it, in the short and the long format and in the Hyp regime: who takes it and every fault register.
#include "tests/traps/abort_machine.h"
#include "tests/traps/matrix.h"

namespace hypsim::traps {
namespace {

using Planted = AbortMachine::Planted;

constexpr Access kFetches[] = {{{0xE320F000, trap::Isa::A32}, 'f'}, {{0xBF00, trap::Isa::T16}, 'f'}, {{0xF3AF8000, trap::Isa::T32}, 'f'}};

std::string describe(const Planted& s) {
  constexpr const char* formats[] = {"off", "short", "long"};
  constexpr const char* plants[] = {"no fault", "translation", "access flag", "domain", "external on walk", "external"};
  char text[300];
  std::snprintf(text, sizeof text, "%s, stage 1 %s level %u %s AP %u%s%s%s, stage 2 %s level %u %s HAP %u%s walk level %u%s%s%s%s",
                place_name(s.place), formats[static_cast<unsigned>(s.s1.format)], s.s1.level,
                plants[static_cast<unsigned>(s.s1.plant)], s.s1.ap, s.s1.xn ? " XN" : "", s.s1.pxn ? " PXN" : "",
                s.s1.manager ? " manager" : "", s.s2.on ? "on" : "off", s.s2.level, plants[static_cast<unsigned>(s.s2.plant)],
                s.s2.hap, s.s2.xn ? " XN" : "", s.s2.walk_level, s.s2.device ? " Device" : "", s.s2.ptw ? " PTW" : "",
                s.scr_ea ? " SCR.EA" : "", s.tge ? " TGE" : "");
  return text;
}

/// The IPA of the stage-1 descriptor that is looked up at `level`. Tables stand where AbortMachine puts them.
u64 table_ipa(const Planted& s) {
  if (s.s1.format == Format::Short) return s.s2.walk_level == 1 ? 0xC0046000 : 0xC0020000;
  return 0xC0020000 + s.s2.walk_level * 0x1000;
}

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
      // Which permissions maintenance by address needs is left open. ARM DDI 0406C B3.12.3
      const bool permissions = setup.s1.ap != 3 || setup.s2.hap != 3;
      if (access.kind == 'c' && (permissions || offset != 0)) continue;
      try_one(setup, access, setup.va() + offset, tally);
    }
    if (offset != 0) return;
    for (const Access& access : kFetches) try_one(setup, access, setup.va() + 0x1000 - (access.word.isa == trap::Isa::T16 ? 2 : 4), tally);
  }

  void try_one(const Planted& setup, const Access& access, u32 va, Tally& tally) {
    const u64 ipa = setup.ipa() + (va & 0xFFF);
    const bool stage2_only = setup.s1.format == Format::Off && setup.s2_enabled();
    const auto fault = rules.fault(access, setup.place, setup.s1, setup.s2, va, stage2_only ? va : ipa, table_ipa(setup),
                                   setup.check_alignment);
    machine.run(access, va);
    std::string text;
    if (!fault) {
      if (machine.taken()) text = std::string(" took ") + exception_name(machine.event().kind) + status();
    } else {
      text = compare(setup, access, *fault, va);
    }
    if (text.empty()) return tally.passed();
    char hex[60];
    std::snprintf(hex, sizeof hex, "%s %08x at %#x: ", trap::isa_name(access.word.isa), access.word.word, va);
    tally.failed(hex + describe(setup) + ", expected " + (fault ? (fault->stage2 ? "stage-2 " : "") + fault->kind : "none") + ":" + text);
  }

  std::string status() {
    const SystemRegisters& r = machine.state().sys;
    char text[160];
    std::snprintf(text, sizeof text, " (HSR %#x HDFAR %#x DFSR %#x IFSR %#x)", r.hsr, r.hdfar, r.dfsr.bank[0], r.ifsr.bank[0]);
    return text;
  }

  std::string compare(const Planted& setup, const Access& access, const Fault& fault, u32 va) {
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
    differs("kind", static_cast<u32>(fetch ? Exception::PrefetchAbort : Exception::DataAbort), static_cast<u32>(event.kind));
    differs("mode", static_cast<u32>(r.target), static_cast<u32>(event.to));
    const u32 length = access.word.isa == trap::Isa::T16 ? 2 : 4;
    differs("return address", fetch ? va : 0x40001000 - length, event.return_address);
    const bool from_hyp = setup.place == Place::Hyp;
    const u32 vector = r.target == Mode::Hyp && !from_hyp ? 0x14 : fetch ? 0x0C : 0x10;
    differs("vector", vector, event.vector & 0x1F);
    const SystemRegisters& now = machine.state().sys;
    const bool secure = setup.place == Place::SPl0 || setup.place == Place::SPl1 || r.target == Mode::Monitor;
    const Security bank = secure ? Security::Secure : Security::NonSecure, other = secure ? Security::NonSecure : Security::Secure;
    constexpr u32 kUntouched = AbortMachine::kUntouched;
    differs("HSR", r.hsr.value_or(kUntouched), now.hsr);
    differs("HDFAR", r.hdfar.value_or(kUntouched), now.hdfar);
    differs("HIFAR", r.hifar.value_or(kUntouched), now.hifar);
    differs("HPFAR", r.hpfar.value_or(kUntouched), now.hpfar);
    differs("DFSR", r.dfsr.value_or(kUntouched), now.dfsr[bank], r.dfsr ? r.fsr_mask : ~0u);
    differs("IFSR", r.ifsr.value_or(kUntouched), now.ifsr[bank], r.ifsr ? r.fsr_mask : ~0u);
    differs("DFAR", r.dfar.value_or(kUntouched), now.dfar[bank]);
    differs("IFAR", r.ifar.value_or(kUntouched), now.ifar[bank]);
    differs("DFSR of the other bank", kUntouched, now.dfsr[other]);
    differs("IFSR of the other bank", kUntouched, now.ifsr[other]);
    return text;
  }

  /// Stage 1 with each fault and each combination of rights.
  template <class F>
  static void for_each_stage1(Place place, F f) {
    const bool hyp = place == Place::Hyp;
    for (const Format format : {Format::Short, Format::Long}) {
      if (hyp && format == Format::Short) continue;
      const unsigned levels = format == Format::Short ? 2 : 3;
      const u32 full = format == Format::Short ? 3 : 1;
      for (unsigned level = 1; level <= levels; ++level) {
        for (const Plant plant : {Plant::None, Plant::Translation, Plant::AccessFlag, Plant::Domain, Plant::WalkExternal, Plant::External}) {
          if (plant == Plant::Domain && format == Format::Long) continue;
          if (plant == Plant::WalkExternal && hyp && level == 1) continue;  // HTTBR holds the code as well
          f(Stage1{format, level, plant, full, false, false, false});
        }
        for (u32 ap = 0; ap < (format == Format::Short ? 8u : 4u); ++ap) {
          if (format == Format::Short && ap == 4) continue;  // reserved
          if (hyp && (ap & 1) == 0) continue;
          for (u32 no = 0; no < 4; ++no) f(Stage1{format, level, Plant::None, ap, bit(no, 0), bit(no, 1) && !hyp, false});
        }
        if (format == Format::Short) f(Stage1{format, level, Plant::None, 0, false, false, true});
      }
    }
  }

  AbortRules rules;
  AbortMachine machine;
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
  std::vector<Stage1> stage1{{Format::Off, 1, Plant::None, 3, false, false, false}};
  for (unsigned level = 1; level <= 2; ++level) stage1.push_back({Format::Short, level, Plant::None, 3, false, false, false});
  for (unsigned level = 1; level <= 3; ++level) stage1.push_back({Format::Long, level, Plant::None, 1, false, false, false});
  for (const Place place : {Place::NsPl1, Place::NsPl0}) {
    for (const Stage1& s1 : stage1) {
      for (const bool ea : {false, true}) {
        Planted setup;
        setup.place = place;
        setup.s1 = s1;
        setup.scr_ea = ea;
        setup.s2.on = true;
        // walk_level 0: the access itself; else the look-up of that stage-1 descriptor
        const unsigned walks = s1.format == Format::Off ? 0 : s1.level;
        for (setup.s2.walk_level = 0; setup.s2.walk_level <= walks; ++setup.s2.walk_level) {
          for (setup.s2.level = 1; setup.s2.level <= 3; ++setup.s2.level) {
            for (const Plant plant : {Plant::Translation, Plant::AccessFlag, Plant::WalkExternal}) {
              if (plant == Plant::WalkExternal && setup.s2.level == 1) continue;  // VTTBR holds the code as well
              setup.s2.plant = plant;
              try_all(setup, tally);
            }
            setup.s2.plant = Plant::None;
            for (setup.s2.hap = 0; setup.s2.hap < 4; ++setup.s2.hap) {
              for (const bool xn : {false, true}) {
                setup.s2.xn = xn && setup.s2.walk_level == 0;
                try_all(setup, tally);
              }
            }
            setup.s2.hap = 3;
            setup.s2.xn = false;
            if (setup.s2.walk_level != 0) {
              setup.s2.device = true;
              for (const bool ptw : {false, true}) {
                setup.s2.ptw = ptw;
                try_all(setup, tally);
              }
              setup.s2.device = setup.s2.ptw = false;
            }
          }
        }
      }
    }
  }
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
