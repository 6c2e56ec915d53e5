// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/hyp/situations.h"

namespace hypsim::hyp {
namespace {

TEST(WfiWfe, TrapsOnlyWhatWouldSuspendInAGuest) {
  for (const Place& p : kPlaces)
    for (u32 hcr_bits : {0u, 1u << 13, 1u << 14, 3u << 13})
      for (bool wfe : {false, true})
        for (bool suspends : {false, true}) {
          SystemRegisters regs;
          regs.hcr = hcr_bits;
          const Decision d = decide_wfi_wfe(wfe, suspends, {p.mode, p.security, regs});
          const bool traps = suspends && p.guest() && (hcr_bits & (wfe ? 0x4000u : 0x2000u));
          ASSERT_EQ(d.action, traps ? Action::HypTrap : Action::Execute) << p;
          if (!traps) continue;
          EXPECT_EQ(make_hsr(d.ec, true, d.iss), wfe ? 0x07E00001u : 0x07E00000u);
          EXPECT_EQ(make_hsr(d.ec, false, d.iss), wfe ? 0x05E00001u : 0x05E00000u);
          EXPECT_STREQ(d.reason, wfe ? "HCR.TWE" : "HCR.TWI");
        }
}

TEST(Svc, GoesToHypFromNonSecurePl0WithTge) {
  for (const Place& p : kPlaces)
    for (bool tge : {false, true}) {
      SystemRegisters regs;
      regs.hcr = tge ? 1u << 27 : 0;
      const Decision d = decide_svc(0xABCD, {p.mode, p.security, regs});
      const bool traps = tge && p.guest() && p.pl0();
      ASSERT_EQ(d.action, traps ? Action::HypTrap : Action::Execute) << p;
      if (traps) {
        EXPECT_EQ(make_hsr(d.ec, false, d.iss), 0x4400ABCDu);
      }
      if (traps) {
        EXPECT_EQ(make_hsr(d.ec, true, d.iss), 0x4600ABCDu);
      }
    }
}

TEST(Hvc, NeedsNonSecurePl1OrHypAndScrHce) {
  for (const Place& p : kPlaces)
    for (bool hce : {false, true}) {
      SystemRegisters regs;
      regs.scr = hce ? 1u << 8 : 0;
      const Decision d = decide_hvc(0x1234, {p.mode, p.security, regs});
      const bool runs = hce && !p.secure() && !p.pl0();
      ASSERT_EQ(d.action, runs ? Action::Execute : Action::Undefined) << p;
      if (runs) {
        EXPECT_EQ(make_hsr(d.ec, true, d.iss), 0x4A001234u);
      }
    }
}

TEST(Smc, TscWinsOverScd) {
  for (const Place& p : kPlaces)
    for (bool tsc : {false, true})
      for (bool scd : {false, true}) {
        SystemRegisters regs;
        regs.hcr = tsc ? 1u << 19 : 0;
        regs.scr = scd ? 1u << 7 : 0;
        const Decision d = decide_smc({p.mode, p.security, regs});
        Action want = Action::Execute;
        if (p.pl0())
          want = Action::Undefined;
        else if (p.guest() && tsc)
          want = Action::HypTrap;
        else if (!p.secure() && scd)
          want = Action::Undefined;
        ASSERT_EQ(d.action, want) << p;
        if (want == Action::HypTrap) {
          EXPECT_EQ(make_hsr(d.ec, true, d.iss), 0x4E000000u);
        }
      }
}

TEST(Bxj, TrappedByTjdbx) {
  for (const Place& p : kPlaces)
    for (bool on : {false, true}) {
      SystemRegisters regs;
      regs.hstr = on ? 1u << 17 : 0x1FFFF;
      const Decision d = decide_bxj(7, {p.mode, p.security, regs});
      ASSERT_EQ(d.action, on && p.guest() ? Action::HypTrap : Action::Execute) << p;
      if (on && p.guest()) {
        EXPECT_EQ(make_hsr(d.ec, true, d.iss), 0x2BE00007u);
      }
    }
}

TEST(Undefined, GoesToHypFromHypAndFromPl0WithTge) {
  for (const Place& p : kPlaces)
    for (bool tge : {false, true}) {
      SystemRegisters regs;
      regs.hcr = tge ? 1u << 27 : 0;
      const bool to_hyp = p.hyp() || (tge && !p.secure() && p.pl0());
      EXPECT_EQ(route_undefined({p.mode, p.security, regs}), to_hyp ? Mode::Hyp : Mode::Undefined) << p;
    }
}

TEST(Hsr, InstructionLengthIsUnknownWhereTheManualSaysSo) {
  for (u32 ec = 0; ec < 64; ++ec)
    for (bool isv : {false, true}) {
      const u32 iss = isv ? 1u << 24 : 0;
      const bool unknown = ec == 0 || ec == 0x20 || ec == 0x21 || ((ec == 0x24 || ec == 0x25) && !isv);
      EXPECT_EQ(make_hsr(static_cast<HsrEc>(ec), true, iss), ec << 26 | (unknown ? 0u : 1u << 25) | iss) << ec;
      EXPECT_EQ(make_hsr(static_cast<HsrEc>(ec), false, iss), ec << 26 | iss) << ec;
    }
}

}  // namespace
}  // namespace hypsim::hyp
