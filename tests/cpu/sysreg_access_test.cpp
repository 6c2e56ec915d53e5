// SPDX-License-Identifier: Apache-2.0
// What accesses do: banks, views of one storage, controls of other registers over them, maintenance, timers, traps.
#include "tests/cpu/sysreg_fixture.h"

namespace hypsim {
namespace {

using sysreg::Access;
using sysreg::CacheOp;

// --- banks and views ------------------------------------------------------------------------------------------------

TEST_F(SysregTest, BankedRegistersFollowScrNs) {
  const hyp::CoprocAccess vbar = mrc(0, 12, 0, 0);
  secure();
  write(vbar, 0x1000);
  guest();
  write(vbar, 0x2000);
  EXPECT_EQ(regs().vbar[Security::Secure], 0x1000u);
  EXPECT_EQ(regs().vbar[Security::NonSecure], 0x2000u);
  hyp_mode();
  EXPECT_EQ(read(vbar), 0x2000u);
  enter(Mode::Monitor, true);
  EXPECT_EQ(read(vbar), 0x2000u);
  write(vbar, 0x3000);
  enter(Mode::Monitor, false);
  EXPECT_EQ(read(vbar), 0x1000u);
  guest();
  EXPECT_EQ(read(vbar), 0x3000u);
}

TEST_F(SysregTest, CommonRegistersAreOne) {
  secure();
  write(mrc(0, 14, 1, 0), 0x5);  // CNTKCTL
  guest();
  EXPECT_EQ(read(mrc(0, 14, 1, 0)), 0x5u);
}

TEST_F(SysregTest, ThirtyTwoBitViewOfTtbr) {
  guest();
  write(mrrc(0, 2), 0xFFFFFFFF'FFFFFFFF);
  EXPECT_EQ(read(mrrc(0, 2)), 0x00FF00FF'FFFFFFFFu);
  write(mrc(0, 2, 0, 0), 0x80004059);
  EXPECT_EQ(read(mrrc(0, 2)), 0x00FF00FF'80004059u);
  EXPECT_EQ(read(mrc(0, 2, 0, 0)), 0x80004059u);
  write(mrrc(1, 2), 0x00050000'40000000);
  EXPECT_EQ(read(mrc(0, 2, 0, 1)), 0x40000000u);
  EXPECT_EQ(regs().ttbr1[Security::NonSecure], 0x00050000'40000000u);
  EXPECT_EQ(regs().ttbr1[Security::Secure], 0u);
}

TEST_F(SysregTest, ParInBothWidths) {
  guest();
  write(mrrc(0, 7), 0xFF000012'34567B80);
  EXPECT_EQ(read(mrc(0, 7, 4, 0)), 0x34567B80u);
  write(mrc(0, 7, 4, 0), 0x1);
  EXPECT_EQ(read(mrrc(0, 7)), 0xFF000012'00000001u);
}

TEST_F(SysregTest, TtbcrFieldsDependOnTheFormat) {
  guest();
  write(mrc(0, 2, 0, 2), 0x7FFFFFFF);
  EXPECT_EQ(read(mrc(0, 2, 0, 2)), 0x37u);
  write(mrc(0, 2, 0, 2), 0xFFFFFFFF);
  EXPECT_EQ(read(mrc(0, 2, 0, 2)), 0xBFC73F87u);
}

// --- controls of one register over another --------------------------------------------------------------------------

TEST_F(SysregTest, NsacrRestrictsCpacrAndHcptr) {
  const hyp::CoprocAccess cpacr = mrc(0, 1, 0, 2);
  secure();
  write(cpacr, 0x00F00000);
  guest();
  EXPECT_EQ(read(cpacr), 0u);  // NSACR denies both
  write(cpacr, 0);
  EXPECT_EQ(regs().cpacr, 0x00F00000u);
  hyp_mode();
  EXPECT_EQ(read(mrc(4, 1, 1, 2)), 0x33FFu | 3u << 10);

  secure();
  write(mrc(0, 1, 1, 2), 3u << 10 | 1u << 15);  // cp10, cp11, NSASEDIS
  guest();
  EXPECT_EQ(read(cpacr), 0x80F00000u);
  write(cpacr, 0xC0000000);
  EXPECT_EQ(read(cpacr), 0xC0000000u);
  EXPECT_EQ(regs().cpacr, 0x40000000u);  // ASEDIS itself is out of reach
  hyp_mode();
  EXPECT_EQ(read(mrc(4, 1, 1, 2)), 0x33FFu | 1u << 15);
}

TEST_F(SysregTest, ActlrOfNonSecureState) {
  const hyp::CoprocAccess actlr = mrc(0, 1, 0, 1);
  guest();
  write(actlr, 0xFFFFFFFF);
  EXPECT_EQ(read(actlr), 0u);
  regs().nsacr = 1u << 18;  // NS_SMP
  write(actlr, 0xFFFFFFFF);
  EXPECT_EQ(read(actlr), 0x40u);
  secure();
  write(actlr, 0x80000042);
  EXPECT_EQ(read(actlr), 0x80000042u);
}

TEST_F(SysregTest, L2ctlrIgnoresNonSecureWrites) {
  secure();
  core.cores = 2;
  write(mrc(1, 9, 0, 2), 0xFFFFFFFF);
  EXPECT_EQ(read(mrc(1, 9, 0, 2)), 0x01801FE7u);
  guest();
  write(mrc(1, 9, 0, 2), 0);
  EXPECT_EQ(read(mrc(1, 9, 0, 2)), 0x01801FE7u);
}

TEST_F(SysregTest, BarriersNeedCp15ben) {
  const hyp::CoprocAccess dmb = mrc(0, 7, 10, 5);
  guest();
  EXPECT_EQ(try_write(dmb), Access::Done);
  regs().sctlr[Security::NonSecure] &= ~(1u << sctlr::CP15BEN);
  EXPECT_EQ(try_write(dmb), Access::Undefined);
  guest_user();
  EXPECT_EQ(try_write(dmb), Access::Undefined);
  hyp_mode();
  EXPECT_EQ(try_write(dmb), Access::Done);
  regs().hsctlr &= ~(1u << sctlr::CP15BEN);
  EXPECT_EQ(try_write(dmb), Access::Undefined);
  secure();
  EXPECT_EQ(try_write(dmb), Access::Done);
}

TEST_F(SysregTest, IsrAsksTheInterruptRules) {
  core.lines.irq = true;
  core.lines.virq = true;
  hyp_mode();
  EXPECT_EQ(read(mrc(0, 12, 1, 0)), 0x80u);
  regs().hcr = 1u << hcr::IMO;
  core.lines.irq = false;
  guest();
  EXPECT_EQ(read(mrc(0, 12, 1, 0)), 0x80u);
  core.lines.virq = false;
  EXPECT_EQ(read(mrc(0, 12, 1, 0)), 0u);
}

// --- what the core hears --------------------------------------------------------------------------------------------

TEST_F(SysregTest, ContextChangesAreReportedOncePerChange) {
  hyp_mode();
  core.changes = 0;
  write(mrrc(6, 2), 0x00010000'40000000);
  EXPECT_NE(core.changes & sysreg::kTranslation, 0u);
  EXPECT_TRUE(last.ends_block);
  core.changes = 0;
  write(mrrc(6, 2), 0x00010000'40000000);
  EXPECT_EQ(core.changes, 0u);
  EXPECT_TRUE(last.ends_block) << "a block's end must not depend on the value";
  write(mrc(4, 1, 1, 0), 1u << hcr::VI);
  EXPECT_NE(core.changes & sysreg::kInterrupts, 0u);
  core.changes = 0;
  write(mrc(0, 13, 0, 2), 5);  // TPIDRURW
  EXPECT_EQ(core.changes, 0u);
  EXPECT_FALSE(last.ends_block);
}

TEST_F(SysregTest, ObserversHearOfWorldSwitchRegisters) {
  hyp_mode();
  write(mrrc(6, 2), 0x00020000'80000000);
  write(mrc(4, 1, 1, 0), 0xF0000001);
  write(mrrc(0, 2), 0x4000);
  write(mrc(0, 13, 0, 2), 9);
  const std::vector<std::pair<std::string, u64>> expected = {
      {"VTTBR", 0x00020000'80000000}, {"HCR", 1}, {"TTBR0", 0x4000}};
  EXPECT_EQ(core.observed, expected);
}

// --- maintenance ----------------------------------------------------------------------------------------------------

TEST_F(SysregTest, TlbOperationsCarryScopeAndOperand) {
  regs().vttbr = u64{0x2A} << 48;
  guest();
  write(mrc(0, 8, 7, 1), 0x12345007);  // TLBIMVA
  write(mrc(0, 8, 3, 0), 0);           // TLBIALLIS
  hyp_mode();
  write(mrc(4, 8, 3, 4), 0);  // TLBIALLNSNHIS
  secure();
  write(mrc(0, 8, 7, 2), 0x33);  // TLBIASID
  ASSERT_EQ(core.tlb_ops.size(), 4u);
  EXPECT_EQ(core.tlb_ops[0].op.op, TlbOp::TLBIMVA);
  EXPECT_EQ(core.tlb_ops[0].op.asid, Asid(7));
  EXPECT_EQ(core.tlb_ops[0].op.mva >> 12, 0x12345u);
  EXPECT_EQ(core.tlb_ops[0].op.vmid, Vmid(0x2A));
  EXPECT_EQ(core.tlb_ops[0].op.security, Security::NonSecure);
  EXPECT_FALSE(core.tlb_ops[0].broadcast);
  EXPECT_EQ(core.tlb_ops[1].op.op, TlbOp::TLBIALLIS);
  EXPECT_TRUE(core.tlb_ops[1].broadcast);
  EXPECT_EQ(core.tlb_ops[2].op.op, TlbOp::TLBIALLNSNHIS);
  EXPECT_TRUE(core.tlb_ops[2].broadcast);
  EXPECT_EQ(core.tlb_ops[3].op.security, Security::Secure);
  EXPECT_EQ(core.tlb_ops[3].op.asid, Asid(0x33));
  EXPECT_FALSE(core.tlb_ops[3].broadcast);
}

TEST_F(SysregTest, EveryTlbEncodingIssuesItsOwnOperation) {
  hyp_mode();
  std::set<TlbOp> seen;
  for (const sysreg::Row* row : sysreg::all_rows()) {
    if (!sysreg::is_tlb_maintenance(row)) continue;
    core.tlb_ops.clear();
    write(mrc(row->at.opc1, row->at.crn, row->at.crm, row->at.opc2), 0);
    ASSERT_EQ(core.tlb_ops.size(), 1u);
    EXPECT_STREQ(tlb_op_row(core.tlb_ops[0].op.op).name, row->name);
    seen.insert(core.tlb_ops[0].op.op);
  }
  EXPECT_EQ(seen.size(), kTlbOpCount);
}

TEST_F(SysregTest, HcrFbBroadcastsWhatAGuestDoesLocally) {
  regs().hcr = 1u << hcr::FB;
  guest();
  write(mrc(0, 8, 7, 0), 0);  // TLBIALL
  write(mrc(0, 7, 5, 0), 0);  // ICIALLU
  write(mrc(0, 7, 5, 6), 0);  // BPIALL
  EXPECT_TRUE(core.tlb_ops.back().broadcast);
  EXPECT_TRUE(core.cache_ops[0].broadcast);
  EXPECT_TRUE(core.cache_ops[1].broadcast);
  hyp_mode();
  write(mrc(0, 8, 7, 0), 0);
  write(mrc(0, 7, 5, 0), 0);
  EXPECT_FALSE(core.tlb_ops.back().broadcast);
  EXPECT_FALSE(core.cache_ops.back().broadcast);
  secure();
  write(mrc(0, 8, 7, 0), 0);
  EXPECT_FALSE(core.tlb_ops.back().broadcast);
}

TEST_F(SysregTest, CacheOperations) {
  guest();
  write(mrc(0, 7, 10, 1), 0x1040);  // DCCMVAC
  EXPECT_EQ(core.cache_ops.back().op, CacheOp::DcMvaClean);
  EXPECT_EQ(core.cache_ops.back().operand, 0x1040u);
  write(mrc(0, 7, 6, 2), 0x20);  // DCISW
  EXPECT_EQ(core.cache_ops.back().op, CacheOp::DcSwInvalidate);
  EXPECT_FALSE(core.cache_ops.back().broadcast);
  regs().hcr = 1u << hcr::SWIO;
  write(mrc(0, 7, 6, 2), 0x20);
  EXPECT_EQ(core.cache_ops.back().op, CacheOp::DcSwCleanInvalidate);
  hyp_mode();
  write(mrc(0, 7, 6, 2), 0x20);
  EXPECT_EQ(core.cache_ops.back().op, CacheOp::DcSwInvalidate);

  core.cache_op_succeeds = false;
  EXPECT_EQ(try_write(mrc(0, 7, 14, 1), 0x1000), Access::Aborted);
}

// --- address translation --------------------------------------------------------------------------------------------

TEST_F(SysregTest, AddressTranslationWritesPar) {
  guest();
  write(mrc(0, 7, 8, 0), 0x12345678);  // ATS1CPR with the MMU off: flat
  EXPECT_EQ(read(mrc(0, 7, 4, 0)) & 0xFFFFF001, 0x12345000u);
  EXPECT_EQ(regs().par[Security::Secure], 0u);

  // Short descriptors with nothing mapped: a translation fault in PAR, no exception.
  regs().sctlr[Security::NonSecure] |= 1;
  write(mrc(0, 7, 8, 0), 0x12345678);
  EXPECT_EQ(read(mrc(0, 7, 4, 0)) & 1, 1u);
  EXPECT_TRUE(core.aborts.empty());
}

TEST_F(SysregTest, GuestAddressTranslationThatStage2RefusesAborts) {
  regs().sctlr[Security::NonSecure] |= 1;
  regs().ttbr0[Security::NonSecure] = 0x40004000;
  regs().hcr = 1u << hcr::VM;
  regs().vtcr = 0x80000000 | 1u << 6;  // 32-bit IPA, start at level 1: all entries zero
  regs().par[Security::NonSecure] = 0x55;
  guest();
  EXPECT_EQ(try_write(mrc(0, 7, 8, 0), 0x1000), Access::Aborted);
  ASSERT_EQ(core.aborts.size(), 1u);
  EXPECT_TRUE(core.aborts[0].first.s1ptw);
  EXPECT_TRUE(core.aborts[0].first.to_hyp);
  EXPECT_EQ(core.aborts[0].second, 0x1000u);
  EXPECT_EQ(regs().par[Security::NonSecure], 0x55u);
}

// --- timers ---------------------------------------------------------------------------------------------------------

TEST_F(SysregTest, TimerRegistersReachTheRightTimer) {
  core.cycles = 1000;
  secure();
  write(mrc(0, 14, 0, 0), 100'000'000);  // CNTFRQ
  EXPECT_EQ(core.timers.frq, 100'000'000u);
  write(mrc(0, 14, 2, 1), 0xFFFFFFFF);  // CNTP_CTL, Secure
  EXPECT_EQ(core.timers.ctls[0], 3u);
  guest();
  write(mrrc(2, 14), 0x123456789A);  // CNTP_CVAL, Non-secure
  EXPECT_EQ(core.timers.cvals[1], 0x123456789Au);
  write(mrc(0, 14, 3, 0), 50);  // CNTV_TVAL
  EXPECT_EQ(core.timers.cvals[2], 150u);
  EXPECT_EQ(read(mrc(0, 14, 3, 0)), 50u);
  hyp_mode();
  write(mrrc(6, 14), 0x77);  // CNTHP_CVAL
  EXPECT_EQ(core.timers.cvals[3], 0x77u);
  write(mrrc(4, 14), 40);              // CNTVOFF
  EXPECT_EQ(read(mrrc(0, 14)), 100u);  // CNTPCT
  EXPECT_EQ(read(mrrc(1, 14)), 60u);   // CNTVCT
  EXPECT_TRUE(last.ends_block);
  enter(Mode::Monitor, true);
  EXPECT_EQ(read(mrrc(2, 14)), 0x123456789Au);
  guest();
  EXPECT_EQ(try_write(mrc(0, 14, 0, 0), 1), Access::Undefined);
}

TEST_F(SysregTest, CntkctlOpensTimersToPl0) {
  struct Rule {
    unsigned bit;
    hyp::CoprocAccess access;
  };
  const Rule rules[] = {{0, mrrc(0, 14)},      {1, mrrc(1, 14)}, {8, mrc(0, 14, 3, 1)}, {8, mrrc(3, 14)},
                        {9, mrc(0, 14, 2, 1)}, {9, mrrc(2, 14)}, {0, mrc(0, 14, 0, 0)}, {1, mrc(0, 14, 0, 0)}};
  guest_user();
  for (const Rule& rule : rules) {
    regs().cntkctl = 0;
    EXPECT_EQ(try_read(rule.access), Access::Undefined) << rule.bit;
    regs().cntkctl = 1u << rule.bit;
    EXPECT_EQ(try_read(rule.access), Access::Done) << rule.bit;
  }
  regs().cntkctl = 0x3FF;
  EXPECT_EQ(try_write(mrc(0, 14, 0, 0), 1), Access::Undefined);
}

// --- debug ----------------------------------------------------------------------------------------------------------

TEST_F(SysregTest, DebugRegistersHoldValuesWithoutEffect) {
  guest();
  EXPECT_EQ(read(mrc(0, 1, 1, 4, 14)), 0xAu);  // DBGOSLSR: locked, OS Lock implemented
  write(mrc(0, 1, 0, 4, 14), 0);
  EXPECT_EQ(read(mrc(0, 1, 1, 4, 14)), 0x8u);
  write(mrc(0, 1, 0, 4, 14), 0xC5ACCE55);
  EXPECT_EQ(read(mrc(0, 1, 1, 4, 14)), 0xAu);
  write(mrc(0, 0, 5, 4, 14), 0xABCD1235);  // DBGBVR5: context-aware, all bits
  EXPECT_EQ(read(mrc(0, 0, 5, 4, 14)), 0xABCD1235u);
  write(mrc(0, 0, 0, 4, 14), 0xABCD1235);
  EXPECT_EQ(read(mrc(0, 0, 0, 4, 14)), 0xABCD1234u);
  EXPECT_EQ(try_read(mrc(0, 0, 6, 4, 14)), Access::Undefined);  // no DBGBVR6
  write(mrc(0, 7, 8, 6, 14), 0x105);
  EXPECT_EQ(read(mrc(0, 7, 9, 6, 14)), 0x05u);
  write(mrc(0, 7, 9, 6, 14), 0x01);
  EXPECT_EQ(read(mrc(0, 7, 9, 6, 14)), 0x04u);
}

// DBGDSCR has two views: what one writes both read. SPIDdis and SPNIDdis are what DBGAUTHSTATUS says of Secure PL1.
TEST_F(SysregTest, DebugStatusIsOneRegister) {
  constexpr u32 kWritable = 1u << 15 | 1u << 12 | 0x3C;  // MDBGen, UDCCdis, MOE
  for (const auto& [place, here] : {std::pair{0u, 1u << 1 | 1u << 18}, {1u, 1u << 1 | 1u << 18}, {2u, 1u << 1}}) {
    place == 0 ? guest() : place == 1 ? hyp_mode() : secure();
    const u32 status = read(mrc(0, 7, 14, 6, 14));  // DBGAUTHSTATUS
    ASSERT_EQ(status & 0xAA, 0xAAu) << "all four signals are implemented";
    const u32 fixed = here | (bit(status, 4) ? 0 : 1u << 16) | (bit(status, 6) ? 0 : 1u << 17);
    EXPECT_EQ(fixed >> 16 & 3, 1u) << "invasive debug alone is disabled";
    for (unsigned b = 0; b < 32; ++b) {
      write(mrc(0, 0, 2, 2, 14), 1u << b);  // DBGDSCRext
      const u32 expected = fixed | (kWritable & 1u << b);
      EXPECT_EQ(read(mrc(0, 0, 2, 2, 14)), expected) << b;
      EXPECT_EQ(read(mrc(0, 0, 1, 0, 14)), expected) << b;  // DBGDSCRint
    }
  }
}

// HDFAR and HIFAR are the Secure DFAR and IFAR. ARM DDI 0406C B3.17.2
TEST_F(SysregTest, HypsFaultAddressesAreTheSecureOnes) {
  for (const u8 opc2 : {u8{0}, u8{2}}) {
    secure();
    write(mrc(0, 6, 0, opc2), 0x11110000);
    guest();
    write(mrc(0, 6, 0, opc2), 0x22220000);
    hyp_mode();
    EXPECT_EQ(read(mrc(4, 6, 0, opc2)), 0x11110000u);
    EXPECT_EQ(read(mrc(0, 6, 0, opc2)), 0x22220000u);
    write(mrc(4, 6, 0, opc2), 0x33330000);
    guest();
    EXPECT_EQ(read(mrc(0, 6, 0, opc2)), 0x22220000u);
    secure();
    EXPECT_EQ(read(mrc(0, 6, 0, opc2)), 0x33330000u);
    EXPECT_EQ(regs().hdfar(), regs().dfar[Security::Secure]);
    EXPECT_EQ(regs().hifar(), regs().ifar[Security::Secure]);
  }
}

// --- traps ----------------------------------------------------------------------------------------------------------

TEST_F(SysregTest, EveryTrapGroupReachesHyp) {
  struct Trap {
    const char* what;
    u32 SystemRegisters::*control;
    u32 value;
    hyp::CoprocAccess access;
    bool read;
    HsrEc ec;
  };
  using R = SystemRegisters;
  const Trap traps[] = {
      {"TVM", &R::hcr, 1u << 26, mrc(0, 1, 0, 0), false, HsrEc::Cp15Mcr},
      {"TVM wide", &R::hcr, 1u << 26, mrrc(0, 2), false, HsrEc::Cp15Mcrr},
      {"TTLB", &R::hcr, 1u << 25, mrc(0, 8, 7, 0), false, HsrEc::Cp15Mcr},
      {"TPU", &R::hcr, 1u << 24, mrc(0, 7, 5, 1), false, HsrEc::Cp15Mcr},
      {"TPC", &R::hcr, 1u << 23, mrc(0, 7, 6, 1), false, HsrEc::Cp15Mcr},
      {"TSW", &R::hcr, 1u << 22, mrc(0, 7, 6, 2), false, HsrEc::Cp15Mcr},
      {"TAC", &R::hcr, 1u << 21, mrc(0, 1, 0, 1), true, HsrEc::Cp15Mcr},
      {"TIDCP", &R::hcr, 1u << 20, mrc(1, 9, 0, 2), true, HsrEc::Cp15Mcr},
      {"TIDCP unallocated", &R::hcr, 1u << 20, mrc(0, 11, 5, 0), true, HsrEc::Cp15Mcr},
      {"TID3", &R::hcr, 1u << 18, mrc(0, 0, 1, 0), true, HsrEc::Cp15Mcr},
      {"TID3 reserved", &R::hcr, 1u << 18, mrc(0, 0, 6, 3), true, HsrEc::Cp15Mcr},
      {"TID2", &R::hcr, 1u << 17, mrc(1, 0, 0, 0), true, HsrEc::Cp15Mcr},
      {"TID1", &R::hcr, 1u << 16, mrc(0, 0, 0, 6), true, HsrEc::Cp15Mcr},
      {"TID0", &R::hcr, 1u << 15, mrc(7, 0, 0, 0, 14), true, HsrEc::Cp14Mcr},
      {"TCPAC", &R::hcptr, 1u << 31, mrc(0, 1, 0, 2), true, HsrEc::Cp15Mcr},
      {"TTA", &R::hcptr, 1u << 20, mrc(1, 0, 0, 1, 14), true, HsrEc::Cp14Mcr},
      {"TPM", &R::hdcr, 1u << 6, mrc(0, 9, 13, 0), true, HsrEc::Cp15Mcr},
      {"TPMCR", &R::hdcr, 1u << 5, mrc(0, 9, 12, 0), true, HsrEc::Cp15Mcr},
      {"TDA", &R::hdcr, 7u << 9, mrc(0, 0, 0, 0, 14), true, HsrEc::Cp14Mcr},
      {"TDOSA", &R::hdcr, 1u << 10, mrc(0, 1, 1, 4, 14), true, HsrEc::Cp14Mcr},
      {"TDRA", &R::hdcr, 1u << 11, mrc(0, 1, 0, 0, 14), true, HsrEc::Cp14Mcr},
      {"TDRA wide", &R::hdcr, 1u << 11, mrrc(0, 1, 14), true, HsrEc::Cp14Mrrc},
      {"TTEE", &R::hstr, 1u << 16, mrc(6, 0, 0, 0, 14), true, HsrEc::Cp14Mcr},
      {"TJDBX", &R::hstr, 1u << 17, mrc(7, 1, 0, 0, 14), true, HsrEc::Cp14Mcr},
      {"T15", &R::hstr, 1u << 15, mrc(0, 15, 7, 3), true, HsrEc::Cp15Mcr},
      {"PL1PCTEN", &R::cnthctl, 2, mrrc(0, 14), true, HsrEc::Cp15Mcrr},
      {"PL1PCEN", &R::cnthctl, 1, mrc(0, 14, 2, 1), true, HsrEc::Cp15Mcr},
  };
  for (const Trap& t : traps) {
    SCOPED_TRACE(t.what);
    sysreg::reset(core);
    guest();
    const u32 without = regs().*t.control;
    regs().*t.control = t.value;
    u64 value = 0;
    EXPECT_EQ(perform(t.access, t.read, value), Access::HypTrap);
    EXPECT_EQ(last.decision.ec, t.ec);
    EXPECT_EQ(last.decision.iss & 1, t.read ? 1u : 0u);
    EXPECT_EQ(value, 0u);
    regs().*t.control = without;
    EXPECT_NE(perform(t.access, t.read, value), Access::HypTrap);
    secure();
    regs().*t.control = t.value;
    EXPECT_NE(perform(t.access, t.read, value), Access::HypTrap);
  }
}

TEST_F(SysregTest, TrappedAccessesHaveNoEffect) {
  regs().hcr = 1u << hcr::TVM | 1u << hcr::TTLB;
  guest();
  EXPECT_EQ(try_write(mrc(0, 2, 0, 0), 0x1234), Access::HypTrap);
  EXPECT_EQ(try_write(mrc(0, 8, 7, 0), 0), Access::HypTrap);
  EXPECT_EQ(regs().ttbr0[Security::NonSecure], 0u);
  EXPECT_TRUE(core.tlb_ops.empty());
  EXPECT_TRUE(core.observed.empty());
  EXPECT_EQ(read(mrc(0, 2, 0, 0)), 0u);  // TVM traps writes alone
}

TEST_F(SysregTest, HstrWinsOverAMissingRegisterAtPl1Only) {
  regs().hstr = 1u << 15;
  guest();
  EXPECT_EQ(try_read(mrc(0, 15, 7, 3)), Access::HypTrap);
  guest_user();
  EXPECT_EQ(try_read(mrc(0, 15, 7, 3)), Access::Undefined);
}

TEST_F(SysregTest, TraceSpaceIsUndefinedWithoutTta) {
  guest();
  EXPECT_EQ(try_read(mrc(1, 0, 0, 1, 14)), Access::Undefined);
  regs().hcptr |= 1u << hcptr::TTA;
  EXPECT_EQ(try_read(mrc(1, 0, 0, 1, 14)), Access::HypTrap);
  guest_user();
  EXPECT_EQ(try_read(mrc(1, 0, 0, 1, 14)), Access::Undefined);
}

}  // namespace
}  // namespace hypsim
