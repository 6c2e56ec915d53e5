// SPDX-License-Identifier: Apache-2.0
// Truth tables of the CP14 and CP15 traps, written from ARM DDI 0406C B1.14 with bit numbers and HSR values spelt out.
#include <gtest/gtest.h>

#include "tests/hyp/situations.h"

namespace hypsim::hyp {
namespace {

/// An instruction, the one bit that traps it, and the HSR its read and its write give (0: that direction never traps).
struct Row {
  const char* name;
  TrapGroup group;
  CoprocAccess access;
  u32 SystemRegisters::*control;
  u32 bit;
  bool polarity;
  u32 hsr_read, hsr_write;
  const char* reason;
};

constexpr CoprocAccess mcr(u8 cp, u8 opc1, u8 crn, u8 crm, u8 opc2, u8 rt) {
  return {.cp = cp, .form = CoprocForm::Mcr, .opc1 = opc1, .crn = crn, .crm = crm, .opc2 = opc2, .rt = rt};
}
constexpr CoprocAccess mcrr(u8 cp, u8 opc1, u8 crm, u8 rt, u8 rt2) {
  return {.cp = cp, .form = CoprocForm::Mcrr, .opc1 = opc1, .crm = crm, .rt = rt, .rt2 = rt2};
}

using R = SystemRegisters;
// HSR = EC<<26 | IL<<25 | CV<<24 | COND 0xE<<20 | ISS: 0x0FE..... for EC 3, 0x13E..... for 4, 0x17E..... for 5,
// 0x1BE..... for 6, 0x33E..... for 0xC.
const Row kRows[] = {
    {"SCTLR", TrapGroup::Tvm, mcr(15, 0, 1, 0, 0, 0), &R::hcr, 26, true, 0, 0x0FE00400, "HCR.TVM"},
    {"CONTEXTIDR", TrapGroup::Tvm, mcr(15, 0, 13, 0, 1, 5), &R::hcr, 26, true, 0, 0x0FE234A0, "HCR.TVM"},
    {"TTBR1 64-bit", TrapGroup::Tvm, mcrr(15, 1, 2, 3, 4), &R::hcr, 26, true, 0, 0x13E11064, "HCR.TVM"},
    {"TLBIALL", TrapGroup::Ttlb, mcr(15, 0, 8, 7, 0, 1), &R::hcr, 25, true, 0x0FE0202F, 0x0FE0202E, "HCR.TTLB"},
    {"ICIALLU", TrapGroup::Tpu, mcr(15, 0, 7, 5, 0, 2), &R::hcr, 24, true, 0x0FE01C4B, 0x0FE01C4A, "HCR.TPU"},
    {"DCIMVAC", TrapGroup::Tpc, mcr(15, 0, 7, 6, 1, 2), &R::hcr, 23, true, 0x0FE21C4D, 0x0FE21C4C, "HCR.TPC"},
    {"DCISW", TrapGroup::Tsw, mcr(15, 0, 7, 6, 2, 14), &R::hcr, 22, true, 0x0FE41DCD, 0x0FE41DCC, "HCR.TSW"},
    {"ACTLR", TrapGroup::Tac, mcr(15, 0, 1, 0, 1, 3), &R::hcr, 21, true, 0x0FE20461, 0x0FE20460, "HCR.TAC"},
    {"L2CTLR", TrapGroup::Tidcp, mcr(15, 1, 9, 0, 2, 0), &R::hcr, 20, true, 0x0FE46401, 0x0FE46400, "HCR.TIDCP"},
    {"ID_PFR0", TrapGroup::Tid3, mcr(15, 0, 0, 1, 0, 6), &R::hcr, 18, true, 0x0FE000C3, 0, "HCR.TID3"},
    {"CSSELR", TrapGroup::Tid2, mcr(15, 2, 0, 0, 0, 7), &R::hcr, 17, true, 0x0FE080E1, 0x0FE080E0, "HCR.TID2"},
    {"TLBTR", TrapGroup::Tid1, mcr(15, 0, 0, 0, 3, 8), &R::hcr, 16, true, 0x0FE60101, 0, "HCR.TID1"},
    {"JIDR", TrapGroup::Tid0, mcr(14, 7, 0, 0, 0, 9), &R::hcr, 15, true, 0x17E1C121, 0, "HCR.TID0"},
    {"JIDR", TrapGroup::Tid0, mcr(14, 7, 0, 0, 0, 9), &R::hstr, 17, true, 0x17E1C121, 0x17E1C120, "HSTR.TJDBX"},
    {"JMCR", TrapGroup::Tjdbx, mcr(14, 7, 2, 0, 0, 1), &R::hstr, 17, true, 0x17E1C821, 0x17E1C820, "HSTR.TJDBX"},
    {"TEECR", TrapGroup::Ttee, mcr(14, 6, 0, 0, 0, 1), &R::hstr, 16, true, 0x17E18021, 0x17E18020, "HSTR.TTEE"},
    {"CPACR", TrapGroup::Tcpac, mcr(15, 0, 1, 0, 2, 0), &R::hcptr, 31, true, 0x0FE40401, 0x0FE40400, "HCPTR.TCPAC"},
    {"TRCxx", TrapGroup::Tta, mcr(14, 1, 0, 1, 0, 2), &R::hcptr, 20, true, 0x17E04043, 0x17E04042, "HCPTR.TTA"},
    {"PMCCNTR", TrapGroup::Tpm, mcr(15, 0, 9, 13, 0, 1), &R::hdcr, 6, true, 0x0FE0243B, 0x0FE0243A, "HDCR.TPM"},
    {"PMCR", TrapGroup::Tpmcr, mcr(15, 0, 9, 12, 0, 1), &R::hdcr, 6, true, 0x0FE02439, 0x0FE02438, "HDCR.TPM"},
    {"PMCR", TrapGroup::Tpmcr, mcr(15, 0, 9, 12, 0, 1), &R::hdcr, 5, true, 0x0FE02439, 0x0FE02438, "HDCR.TPMCR"},
    {"DBGDRAR", TrapGroup::Tdra, mcr(14, 0, 1, 0, 0, 4), &R::hdcr, 11, true, 0x17E00481, 0x17E00480, "HDCR.TDRA"},
    {"DBGDRAR 64-bit", TrapGroup::Tdra, mcrr(14, 0, 1, 4, 5), &R::hdcr, 11, true, 0x33E01483, 0x33E01482, "HDCR.TDRA"},
    {"DBGOSLAR", TrapGroup::Tdosa, mcr(14, 0, 1, 0, 4, 4), &R::hdcr, 10, true, 0x17E80481, 0x17E80480, "HDCR.TDOSA"},
    {"DBGDSCRext", TrapGroup::Tda, mcr(14, 0, 0, 2, 2, 4), &R::hdcr, 9, true, 0x17E40085, 0x17E40084, "HDCR.TDA"},
    {"LDC/STC DBGDTR",
     TrapGroup::Tda,
     {.cp = 14, .form = CoprocForm::Ldc, .crn = 5, .rt = 3, .imm8 = 0xA5, .add = true, .addressing = 3},
     &R::hdcr,
     9,
     true,
     0x1BEA5077,
     0x1BEA5076,
     "HDCR.TDA"},
    {"CNTPCT", TrapGroup::Cntpct, mcrr(15, 0, 14, 0, 1), &R::cnthctl, 0, false, 0x13E0041D, 0x13E0041C,
     "CNTHCTL.PL1PCTEN"},
    {"CNTP_CTL", TrapGroup::Cntp, mcr(15, 0, 14, 2, 1, 0), &R::cnthctl, 1, false, 0x0FE23805, 0x0FE23804,
     "CNTHCTL.PL1PCEN"},
    {"CNTP_CVAL", TrapGroup::Cntp, mcrr(15, 2, 14, 0, 1), &R::cnthctl, 1, false, 0x13E2041D, 0x13E2041C,
     "CNTHCTL.PL1PCEN"},
};

/// No trap anywhere, then `row`'s bit alone in its trapping state (or, with `invert`, everything but that bit; the
/// coarse traps of HSTR and TIDCP stay out of it, and so does the second bit of the groups that have two).
void set_controls(SystemRegisters& regs, const Row& row, bool trapping) {
  regs.hcr = regs.hstr = regs.hcptr = regs.hdcr = 0;
  regs.cnthctl = 3;
  if (trapping) regs.*row.control ^= 1u << row.bit;
}

TEST(GroupTraps, EveryBitByModeSecurityAndDirection) {
  for (const Row& row : kRows) {
    for (const Place& p : kPlaces) {
      for (bool read : {false, true}) {
        for (bool on : {false, true}) {
          SystemRegisters regs;
          set_controls(regs, row, on);
          CoprocAccess a = row.access;
          a.read = read;
          const u32 want = read ? row.hsr_read : row.hsr_write;
          const bool traps = on && want != 0;
          const Decision d = decide_cp14_cp15(a, row.group, Allowed::Yes, {p.mode, p.security, regs});
          SCOPED_TRACE(testing::Message()
                       << row.name << " " << row.reason << " " << p << " read " << read << " on " << on);
          if (traps && p.guest()) {
            ASSERT_EQ(d.action, Action::HypTrap);
            ASSERT_EQ(make_hsr(d.ec, true, d.iss), want);
            ASSERT_STREQ(d.reason, row.reason);
          } else if (traps && p.hyp() && row.group == TrapGroup::Tta) {
            ASSERT_EQ(d.action, Action::Undefined);
            ASSERT_EQ(make_hsr(d.ec, true, d.iss), want);
          } else {
            ASSERT_EQ(d.action, Action::Execute);
          }
        }
      }
    }
  }
}

TEST(GroupTraps, OtherBitsDoNotTrap) {
  const Place svc{Mode::Supervisor, Security::NonSecure};
  for (const Row& row : kRows) {
    SystemRegisters regs;
    // Everything set but what traps this group: HSTR.Tn and TIDCP are coarse and tested apart.
    regs.hcr = ~(1u << 20);
    regs.hstr = 0x30000;
    regs.hcptr = regs.hdcr = ~0u;
    regs.cnthctl = 0;
    for (const Row& same : kRows)
      if (same.group == row.group) {
        const u32 mask = 1u << same.bit;
        regs.*same.control = same.polarity ? regs.*same.control & ~mask : regs.*same.control | mask;
      }
    for (bool read : {false, true}) {
      CoprocAccess a = row.access;
      a.read = read;
      const Decision d = decide_cp14_cp15(a, row.group, Allowed::Yes, {svc.mode, svc.security, regs});
      EXPECT_EQ(d.action, Action::Execute) << row.name << " trapped by " << d.reason;
    }
  }
}

TEST(GroupTraps, AnUndefinedAccessIsNotTrappedByItsGroup) {
  for (const Row& row : kRows) {
    if (row.group == TrapGroup::Tidcp) continue;  // TIDCP looks at the encoding alone
    for (const Place& p : kPlaces) {
      SystemRegisters regs;
      set_controls(regs, row, true);
      const Decision d = decide_cp14_cp15(row.access, row.group, Allowed::No, {p.mode, p.security, regs});
      EXPECT_EQ(d.action, Action::Undefined) << row.name << " " << p;
      EXPECT_EQ(d.ec, HsrEc::Unknown);
    }
  }
}

TEST(GroupTraps, TpmcrNamesTheNarrowerBitFirst) {
  SystemRegisters regs;
  regs.hdcr = 0x60;
  const Decision d = decide_cp14_cp15(mcr(15, 0, 9, 12, 0, 1), TrapGroup::Tpmcr, Allowed::Yes,
                                      {Mode::Supervisor, Security::NonSecure, regs});
  EXPECT_STREQ(d.reason, "HDCR.TPMCR");
}

TEST(Hstr, EachBitByRegisterFormAndPlace) {
  for (unsigned t = 0; t < 16; ++t) {
    for (u8 n = 0; n < 16; ++n) {
      for (const Place& p : kPlaces) {
        for (Allowed allowed : {Allowed::Yes, Allowed::No}) {
          SystemRegisters regs;
          regs.hstr = 1u << t;
          const Situation s{p.mode, p.security, regs};
          CoprocAccess one = mcr(15, 3, n, static_cast<u8>(15 - n), 5, 2);
          one.read = true;
          const CoprocAccess two = mcrr(15, 9, n, 2, 11);
          const bool matches = t == n && t != 4 && t != 14 && p.guest();
          // At PL1 the trap wins over the UNDEFINED, at PL0 the UNDEFINED wins.
          const bool traps = matches && !(p.pl0() && allowed == Allowed::No);
          const Action otherwise = allowed == Allowed::No ? Action::Undefined : Action::Execute;
          const Decision d1 = decide_cp14_cp15(one, TrapGroup::None, allowed, s);
          const Decision d2 = decide_cp14_cp15(two, TrapGroup::None, allowed, s);
          SCOPED_TRACE(testing::Message() << "T" << t << " c" << int{n} << " " << p);
          ASSERT_EQ(d1.action, traps ? Action::HypTrap : otherwise);
          ASSERT_EQ(d2.action, traps ? Action::HypTrap : otherwise);
          if (!traps) continue;
          ASSERT_EQ(d1.ec, HsrEc::Cp15Mcr);
          ASSERT_EQ(d1.iss, 0x1E00000u + 5 * 0x20000 + 3 * 0x4000 + n * 0x400u + 2 * 0x20 + (15u - n) * 2 + 1);
          ASSERT_EQ(d2.ec, HsrEc::Cp15Mcrr);
          ASSERT_EQ(d2.iss, 0x1E00000u + 9 * 0x10000 + 11 * 0x400 + 2 * 0x20 + n * 2u);
          ASSERT_EQ(std::string(d1.reason), "HSTR.T" + std::to_string(t));
        }
      }
    }
  }
}

TEST(Hstr, DoesNotTouchCp14) {
  SystemRegisters regs;
  regs.hstr = 0xFFFF;
  EXPECT_EQ(decide_cp14_cp15(mcr(14, 0, 1, 0, 0, 0), TrapGroup::None, Allowed::Yes,
                             {Mode::Supervisor, Security::NonSecure, regs})
                .action,
            Action::Execute);
}

TEST(Hstr, WinsOverTheGroupTrap) {
  SystemRegisters regs;
  regs.hstr = 1u << 1;
  regs.hcr = ~0u;
  const Decision d = decide_cp14_cp15(mcr(15, 0, 1, 0, 1, 0), TrapGroup::Tac, Allowed::Yes,
                                      {Mode::Supervisor, Security::NonSecure, regs});
  EXPECT_STREQ(d.reason, "HSTR.T1");
}

TEST(Tidcp, TrapsItsEncodingsWhetherOrNotARegisterIsThere) {
  const auto listed = [](unsigned crn, unsigned crm) {
    switch (crn) {
      case 9: return crm <= 2 || (crm >= 5 && crm <= 8);
      case 10: return crm == 0 || crm == 1 || crm == 4 || crm == 8;
      case 11: return crm <= 8 || crm == 15;
      default: return false;
    }
  };
  for (u8 crn = 0; crn < 16; ++crn)
    for (u8 crm = 0; crm < 16; ++crm)
      for (const Place& p : kPlaces)
        for (Allowed allowed : {Allowed::Yes, Allowed::No}) {
          SystemRegisters regs;
          regs.hcr = 1u << 20;
          const Situation s{p.mode, p.security, regs};
          const Decision d = decide_cp14_cp15(mcr(15, 6, crn, crm, 7, 0), TrapGroup::None, allowed, s);
          const bool traps = listed(crn, crm) && p.guest() && !(p.pl0() && allowed == Allowed::No);
          const Action otherwise = allowed == Allowed::No ? Action::Undefined : Action::Execute;
          ASSERT_EQ(d.action, traps ? Action::HypTrap : otherwise) << int{crn} << " " << int{crm} << " " << p;
          ASSERT_EQ(decide_cp14_cp15(mcrr(15, 0, crn, 0, 0), TrapGroup::None, allowed, s).action, otherwise);
        }
}

TEST(Forms, CdpAndCp15MemoryTransfersAreUndefinedBeforeAnyTrap) {
  SystemRegisters regs;
  regs.hstr = regs.hcr = regs.hdcr = ~0u;
  const Situation s{Mode::Supervisor, Security::NonSecure, regs};
  for (u8 cp : {u8{14}, u8{15}})
    EXPECT_EQ(decide_cp14_cp15({.cp = cp, .form = CoprocForm::Cdp}, TrapGroup::Tda, Allowed::Yes, s).action,
              Action::Undefined);
  EXPECT_EQ(decide_cp14_cp15({.cp = 15, .form = CoprocForm::Ldc}, TrapGroup::Tvm, Allowed::Yes, s).action,
            Action::Undefined);
}

TEST(OtherCoprocessors, AccessControlsThenHcptrThenUndefined) {
  for (u8 cp : {u8{0}, u8{7}, u8{9}, u8{12}, u8{13}})
    for (const Place& p : kPlaces)
      for (unsigned cpacr = 0; cpacr < 4; ++cpacr)
        for (bool nsacr : {false, true})
          for (bool tcp : {false, true}) {
            SystemRegisters regs;
            regs.cpacr = cpacr << (2 * cp);
            regs.nsacr = nsacr ? 1u << cp : 0;
            regs.hcptr = tcp ? 1u << cp : 0;
            const Decision d = decide_other_coproc({.cp = cp}, {p.mode, p.security, regs});
            const bool cpacr_ok = cpacr == 3 || (cpacr == 1 && !p.pl0());
            const bool reaches_hcptr = !p.secure() && nsacr && (p.hyp() || cpacr_ok) && tcp;
            SCOPED_TRACE(testing::Message() << int{cp} << " " << p << " " << cpacr << nsacr << tcp);
            ASSERT_EQ(d.action, reaches_hcptr && !p.hyp() ? Action::HypTrap : Action::Undefined);
            ASSERT_EQ(d.ec, reaches_hcptr ? HsrEc::Hcptr : HsrEc::Unknown);
            ASSERT_EQ(d.iss, reaches_hcptr ? 0x1E00000u + cp : 0u);
          }
}

}  // namespace
}  // namespace hypsim::hyp
