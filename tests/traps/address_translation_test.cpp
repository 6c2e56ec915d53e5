// SPDX-License-Identifier: Apache-2.0
// Address translation operations through the same tables with planted faults: PAR in both formats, or the abort.
#include "tests/traps/matrix.h"
#include "tests/traps/planted_cases.h"

namespace hypsim::traps {
namespace {

constexpr u64 kParUntouched = 0x5EED'0000'5EED'0000;

class AddressTranslationTest : public ::testing::Test {
 protected:
  AddressTranslationTest() : rules(rules_file("aborts.rules")) {}

  /// Each operation that `issuer` may issue on the tables of `setup`: of Non-secure or Secure PL1, or the Hyp regime's.
  void try_all(const Planted& setup, Place issuer, Tally& tally) {
    machine.prepare(setup);
    CpuState& start = machine.start;
    if (issuer == Place::Hyp) start.mode = Mode::Hyp;
    start.sys.par.bank[0] = start.sys.par.bank[1] = kParUntouched;
    for (const AbortRules::Translation& op : rules.translations()) {
      if ((op.regime == "hyp") != (setup.place == Place::Hyp) || (op.regime == "both" && issuer != Place::Hyp))
        continue;
      for (const trap::Isa isa : {trap::Isa::A32, trap::Isa::T32}) try_one(setup, issuer, op, isa, tally);
    }
  }

  void try_one(const Planted& setup, Place issuer, const AbortRules::Translation& op, trap::Isa isa, Tally& tally) {
    const u32 va = setup.va() + 0x123;
    Access access{{op.word, isa}, op.write ? 'w' : 'r'};
    access.unprivileged = op.user;
    access.bytes = 1;  // never unaligned
    auto fault = rules.fault(access, setup.place, setup.s1, setup.s2, va,
                             setup.s1.format == Format::Off ? va : setup.ipa() + (va & 0xFFF), table_ipa(setup), false,
                             op.regime != "both");
    if (fault && fault->kind == "external") fault.reset();  // nothing is read at the address itself

    // The format: long for the Hyp regime, for what stage 2 has a part in, and for a guest's stage 1 that Hyp mode asks
    // for; else TTBCR.EAE. B3.13.2
    const bool is_long = op.regime == "hyp" || (op.regime == "current" && issuer == Place::Hyp) ||
                         (op.regime == "both" && setup.s2_enabled()) || setup.s1.format == Format::Long ||
                         (setup.s1.format == Format::Off && setup.eae);
    // External aborts on a walk are taken, and so is what stage 2 has against a walk that Non-secure PL1 asked for.
    const bool aborts = fault && (fault->kind == "walk_external" || (fault->s1ptw && issuer == Place::NsPl1));
    access.kind = 'c';
    machine.run(access, va);
    const SystemRegisters& now = machine.state().sys;
    const u64 par = now.par[issuer == Place::SPl1 ? Security::Secure : Security::NonSecure];

    std::string text;
    const auto differs = [&text](const char* what, u64 expected, u64 actual, u64 mask = ~u64{0}) {
      if ((expected & mask) == (actual & mask)) return;
      char line[100];
      std::snprintf(line, sizeof line, " %s %#llx, expected %#llx;", what, static_cast<unsigned long long>(actual),
                    static_cast<unsigned long long>(expected));
      text += line;
    };
    differs("abort", aborts, machine.taken());
    if (aborts && machine.taken()) {
      // Taken to Monitor mode out of Non-secure state: in the long format as AbortsTest says.
      const bool eae =
          (issuer == Place::Hyp && setup.scr_ea) || fault->stage2 ||
          (setup.s1.format == Format::Off ? setup.eae : setup.s1.format == Format::Long && setup.place != Place::Hyp);
      const AbortReport r = rules.report(*fault, access, issuer, va, setup.scr_ea, false, eae);
      differs("mode", static_cast<u32>(r.target), static_cast<u32>(machine.event().to));
      differs("HSR", r.hsr.value_or(AbortMachine::kUntouched), now.hsr);
      differs("HPFAR", r.hpfar.value_or(AbortMachine::kUntouched), now.hpfar);
      const Security bank = r.target == Mode::Monitor || issuer == Place::SPl1 ? Security::Secure : Security::NonSecure;
      differs("DFSR", r.dfsr.value_or(AbortMachine::kUntouched), now.dfsr[bank], r.dfsr ? r.fsr_mask : ~0u);
      differs("DFAR", r.dfar.value_or(AbortMachine::kUntouched), now.dfar[bank]);
      differs("HDFAR", (bank == Security::Secure ? r.dfar : r.hdfar).value_or(AbortMachine::kUntouched), now.hdfar());
      differs("PAR", kParUntouched, par);
    } else if (!aborts && !machine.taken()) {
      u64 expected = 0, mask = 0;
      if (fault) {
        expected = rules.par(*fault, is_long);
        mask = is_long ? 0xB7F : 0x83F;  // ExT is IMPLEMENTATION DEFINED
      } else if (setup.s1.format != Format::Off && !(op.regime == "both" && setup.s2_enabled() && setup.s2.device)) {
        // Normal, write-back, neither shareable nor outer shareable. NS is UNKNOWN out of Non-secure state; a stage-1
        // operation gives the IPA.
        const bool nowhere = setup.s1.plant == Plant::External, stage2 = setup.s2_enabled();
        const bool ipa = stage2 && op.regime == "current";
        const u64 page = (nowhere ? (setup.s1.format == Format::Long ? 0u : 0x20000000u)
                          : ipa   ? 0xC0000000u
                                  : 0x40000000u) +
                         0x10000;
        expected = is_long ? 0xFF00'0000'0000'0800 | page : page | 1 << 10 | 5 << 4 | 1 << 2;
        mask = is_long ? 0xFF00'00FF'FFFF'F981 : 0xFFFFFCFF;
      }
      if (!is_long) {
        differs("PAR<63:32>", kParUntouched >> 32, par >> 32);
        mask &= 0xFFFFFFFF;
      }
      differs("PAR", expected, par, mask);
    }
    if (text.empty()) return tally.passed();
    tally.failed(op.name + " (" + trap::isa_name(isa) + ") from " + place_name(issuer) + " on " + describe(setup) +
                 ", expected " + (fault ? fault->kind : "none") + ":" + text);
  }

  AbortRules rules;
  AbortMachine machine;
};

TEST_F(AddressTranslationTest, Stage1) {
  Tally tally("address translation, stage-1 faults");
  for (const Place place : {Place::NsPl1, Place::SPl1, Place::Hyp}) {
    for_each_stage1(place, [&](const Stage1& s1) {
      for (const bool ea : {false, true}) {
        for (const bool stage2 : {false, true}) {
          Planted setup;
          setup.place = place;
          setup.s1 = s1;
          setup.scr_ea = ea;
          setup.s2.on = stage2;
          try_all(setup, place, tally);
          if (place == Place::NsPl1) try_all(setup, Place::Hyp, tally);
        }
      }
    });
  }
  EXPECT_EQ(tally.failures(), 0u);
  EXPECT_GT(tally.tried(), 5'000u);
}

TEST_F(AddressTranslationTest, Stage2) {
  Tally tally("address translation, stage-2 faults");
  for_each_stage2(Place::NsPl1, [&](const Planted& setup) {
    try_all(setup, Place::NsPl1, tally);
    try_all(setup, Place::Hyp, tally);
  });
  EXPECT_EQ(tally.failures(), 0u);
  EXPECT_GT(tally.tried(), 5'000u);
}

}  // namespace
}  // namespace hypsim::traps
