// SPDX-License-Identifier: Apache-2.0
// The table itself: no encoding or name twice, sane masks, the values out of reset, and who may touch what, written
// here a second time from the manuals.
#include <algorithm>
#include <set>

#include "tests/cpu/sysreg_fixture.h"

namespace hypsim {
namespace {

using sysreg::Access;
using sysreg::Row;

u64 width_mask(const Row& row) { return row.at.wide ? ~u64{0} : 0xFFFFFFFF; }

TEST(SysregTable, EncodingsAndNamesAreUnique) {
  std::set<u32> keys;
  std::set<std::string_view> names;
  for (const Row* row : sysreg::all_rows()) {
    EXPECT_LT(row->at.key(), sysreg::kEncodingKeys) << row->name;
    EXPECT_TRUE(keys.insert(row->at.key()).second) << row->name << " repeats " << sysreg::encoding_text(row->at);
    EXPECT_TRUE(names.insert(row->name).second) << row->name;
  }
  EXPECT_GT(keys.size(), 250u);
}

TEST(SysregTable, RowsAreSane) {
  for (const Row* row : sysreg::all_rows()) {
    SCOPED_TRACE(row->name);
    EXPECT_NE(row->read | row->write, 0);
    if (row->write == sysreg::kNobody) {
      EXPECT_EQ(row->on_write, nullptr);
    }
    if (row->read == sysreg::kNobody) {
      EXPECT_EQ(row->on_read, nullptr);
    }
    EXPECT_EQ(row->mask & row->ones & width_mask(*row), 0u) << "writable bits that read as one";
    EXPECT_EQ(row->reset & row->ones, row->ones) << "stored value lacks its read-as-one bits";
    EXPECT_EQ(row->reset & ~width_mask(*row), 0u);
    EXPECT_TRUE(row->at.cp == 14 || row->at.cp == 15);
    EXPECT_LT(row->at.crn, 16);
    EXPECT_LT(row->at.crm, 16);
    EXPECT_LT(row->at.opc2, 8);
    EXPECT_LT(row->at.opc1, row->at.wide ? 16 : 8);
    if (row->alias_of != nullptr) {
      const auto rows = sysreg::all_rows();
      EXPECT_TRUE(std::ranges::any_of(rows, [&](const Row* r) { return std::string_view(r->name) == row->alias_of; }));
    }
    // PL2-mode registers: opc1 4 and Hyp-only, but for CBAR.
    if (row->at.cp == 15 && !row->at.wide && row->at.opc1 == 4 && row->at.crn != 15) {
      EXPECT_EQ((row->read | row->write) & ~sysreg::kHypRegister, 0);
    }
  }
}

TEST(SysregTable, FindIsTheInverseOfTheEncoding) {
  for (const Row* row : sysreg::all_rows()) {
    hyp::CoprocAccess a;
    a.cp = row->at.cp;
    a.form = row->at.wide ? hyp::CoprocForm::Mcrr : hyp::CoprocForm::Mcr;
    a.opc1 = row->at.opc1;
    a.crn = row->at.crn;
    a.crm = row->at.crm;
    a.opc2 = row->at.opc2;
    EXPECT_EQ(sysreg::find(a), row) << row->name;
    EXPECT_EQ(sysreg::name(row), row->name);
  }
  hyp::CoprocAccess cdp;
  cdp.form = hyp::CoprocForm::Cdp;
  EXPECT_EQ(sysreg::find(cdp), nullptr);
  hyp::CoprocAccess ldc;
  ldc.cp = 14;
  ldc.form = hyp::CoprocForm::Ldc;
  ldc.crn = 5;
  ASSERT_NE(sysreg::find(ldc), nullptr);
  EXPECT_EQ(sysreg::name(sysreg::find(ldc)), "DBGDTRint");
  ldc.crn = 4;
  EXPECT_EQ(sysreg::find(ldc), nullptr);
  hyp::CoprocAccess elsewhere;
  elsewhere.cp = 13;
  EXPECT_EQ(sysreg::find(elsewhere), nullptr);
}

TEST(SysregTable, EncodingTextIsWhatAnAssemblerTakes) {
  EXPECT_EQ(sysreg::encoding_text(sysreg::cp15(4, 1, 1, 0)), "p15, 4, c1, c1, 0");
  EXPECT_EQ(sysreg::encoding_text(sysreg::cp15_wide(6, 2)), "p15, 6, c2");
}

TEST(SysregTable, MaintenanceRowsAreMarked) {
  unsigned tlb = 0, cache = 0;
  for (const Row* row : sysreg::all_rows()) {
    tlb += sysreg::is_tlb_maintenance(row);
    cache += sysreg::is_cache_maintenance(row);
    EXPECT_EQ(sysreg::is_tlb_maintenance(row), row->at.cp == 15 && !row->at.wide && row->at.crn == 8) << row->name;
  }
  EXPECT_EQ(tlb, kTlbOpCount);
  EXPECT_EQ(cache, 6u + 7u) << "instruction side and branch predictor, data side";
}

// --- values -------------------------------------------------------------------------------------------------------

struct Value {
  const char* what;
  unsigned opc1, crn, crm, opc2;
  u32 value;
};

TEST_F(SysregTest, IdentificationOfCortexA15r4p0) {
  secure();
  const Value values[] = {
      {"MIDR", 0, 0, 0, 0, 0x414FC0F0},
      {"CTR", 0, 0, 0, 1, 0x8444C004},
      {"TCMTR", 0, 0, 0, 2, 0},
      {"TLBTR", 0, 0, 0, 3, 0},
      {"MIDR/4", 0, 0, 0, 4, 0x414FC0F0},
      {"MPIDR", 0, 0, 0, 5, 0x80000000},
      {"REVIDR", 0, 0, 0, 6, 0},
      {"MIDR/7", 0, 0, 0, 7, 0x414FC0F0},
      {"PFR0", 0, 0, 1, 0, 0x00001131},
      {"PFR1", 0, 0, 1, 1, 0x00011011},
      {"DFR0", 0, 0, 1, 2, 0x02010555},
      {"AFR0", 0, 0, 1, 3, 0},
      {"MMFR0", 0, 0, 1, 4, 0x10201105},
      {"MMFR1", 0, 0, 1, 5, 0x20000000},
      {"MMFR2", 0, 0, 1, 6, 0x01240000},
      {"MMFR3", 0, 0, 1, 7, 0x02102211},
      {"ISAR0", 0, 0, 2, 0, 0x02101110},
      {"ISAR1", 0, 0, 2, 1, 0x13112111},
      {"ISAR2", 0, 0, 2, 2, 0x21232041},
      {"ISAR3", 0, 0, 2, 3, 0x11112131},
      {"ISAR4", 0, 0, 2, 4, 0x10011142},
      {"ISAR5", 0, 0, 2, 5, 0},
      {"reserved", 0, 0, 2, 7, 0},
      {"reserved", 0, 0, 7, 7, 0},
      {"CLIDR", 1, 0, 0, 1, 0x0A200023},
      {"AIDR", 1, 0, 0, 7, 0},
      {"SCTLR", 0, 1, 0, 0, 0x00C50078},
      {"ACTLR", 0, 1, 0, 1, 0},
      {"CPACR", 0, 1, 0, 2, 0},
      {"SCR", 0, 1, 1, 0, 0},
      {"NSACR", 0, 1, 1, 2, 0},
      {"PRRR", 0, 10, 2, 0, 0x00098AA4},
      {"NMRR", 0, 10, 2, 1, 0x44E048E0},
      {"PMCR", 0, 9, 12, 0, 0x410F3000},
      {"PMCEID0", 0, 9, 12, 6, 0x3FFF0F3F},
      {"CBAR", 4, 15, 0, 0, 0x2C000000},
      {"L2CTLR", 1, 9, 0, 2, 0x03800000},
  };
  for (const Value& v : values) EXPECT_EQ(read(mrc(v.opc1, v.crn, v.crm, v.opc2)), v.value) << v.what;
  EXPECT_EQ(read(mrc(0, 0, 0, 0, 14)), 0x3515F021u);  // DBGDIDR
  EXPECT_EQ(read(mrc(0, 7, 2, 7, 14)), 0x01110F13u);  // DBGDEVID

  hyp_mode();
  EXPECT_EQ(read(mrc(4, 1, 0, 0)), 0x30C50878u);  // HSCTLR
  EXPECT_EQ(read(mrc(4, 1, 1, 1)), 6u);           // HDCR.HPMN
  EXPECT_EQ(read(mrc(4, 0, 0, 0)), 0x414FC0F0u);  // VPIDR
  EXPECT_EQ(read(mrc(4, 0, 0, 5)), 0x80000000u);  // VMPIDR
  EXPECT_EQ(read(mrc(4, 14, 1, 0)), 3u);          // CNTHCTL
}

TEST_F(SysregTest, CacheGeometryFollowsTheSelection) {
  secure();
  for (const auto& [selection, geometry] : {std::pair{0u, 0x701FE00Au}, {1u, 0x201FE00Au}, {2u, 0x707FE07Au}}) {
    write(mrc(2, 0, 0, 0), selection);
    EXPECT_EQ(read(mrc(1, 0, 0, 0)), geometry);
  }
  for (const auto& [kb, geometry] : {std::pair{512u, 0x703FE07Au}, {2048u, 0x70FFE07Au}, {4096u, 0x71FFE07Au}}) {
    core.caches.l2.bytes = kb << 10;
    EXPECT_EQ(read(mrc(1, 0, 0, 0)), geometry) << kb;
  }
  // Size and ways of each cache on its own, up to what the register can say.
  core.caches = {{16 << 10, 4}, {64 << 10, 1}, {64 << 20, 32}};
  for (const auto& [selection, sets, ways] : {std::tuple{0u, 1024u, 1u}, {1u, 64u, 4u}, {2u, 32768u, 32u}}) {
    write(mrc(2, 0, 0, 0), selection);
    const u32 value = static_cast<u32>(read(mrc(1, 0, 0, 0)));
    EXPECT_EQ(bits(value, 27, 13) + 1, sets);
    EXPECT_EQ(bits(value, 12, 3) + 1, ways);
    EXPECT_EQ(bits(value, 2, 0), 2u);
    EXPECT_EQ(value >> 28, selection == 1 ? 2u : 7u);
  }
  write(mrc(2, 0, 0, 0), 0xFFFFFFFF);
  EXPECT_EQ(read(mrc(2, 0, 0, 0)), 0xFu);
}

TEST_F(SysregTest, MpidrNamesTheCore) {
  core.index = 3;
  sysreg::reset(core);
  secure();
  EXPECT_EQ(read(mrc(0, 0, 0, 5)), 0x80000003u);
  EXPECT_EQ(regs().vmpidr, 0x80000003u);
}

TEST_F(SysregTest, GuestSeesVirtualIdentification) {
  hyp_mode();
  write(mrc(4, 0, 0, 0), 0x41112222);
  write(mrc(4, 0, 0, 5), 0x80000107);
  EXPECT_EQ(read(mrc(0, 0, 0, 0)), 0x414FC0F0u);
  EXPECT_EQ(read(mrc(0, 0, 0, 5)), 0x80000000u);
  guest();
  EXPECT_EQ(read(mrc(0, 0, 0, 0)), 0x41112222u);
  EXPECT_EQ(read(mrc(0, 0, 0, 4)), 0x41112222u);
  EXPECT_EQ(read(mrc(0, 0, 0, 7)), 0x41112222u);
  EXPECT_EQ(read(mrc(0, 0, 0, 5)), 0x80000107u);
  enter(Mode::Monitor, true);
  EXPECT_EQ(read(mrc(0, 0, 0, 0)), 0x414FC0F0u);
}

// --- who may do what: the manual's access columns, written out again -----------------------------------------------

// Seven situations: User NS, User S, PL1 NS, PL1 S, Hyp, Monitor with NS=0, Monitor with NS=1.
struct AccessRow {
  const char* what;
  unsigned opc1, crn, crm, opc2;
  const char* rights;  // one of "-", "r", "w", "b" (both) for each situation
};

TEST_F(SysregTest, AccessMatrix) {
  const AccessRow rows[] = {
      {"MIDR", 0, 0, 0, 0, "--rrrrr"},
      {"CSSELR", 2, 0, 0, 0, "--bbbbb"},
      {"VPIDR", 4, 0, 0, 0, "----b-b"},
      {"SCTLR", 0, 1, 0, 0, "--bbbbb"},
      {"ACTLR", 0, 1, 0, 1, "--bbbbb"},
      {"CPACR", 0, 1, 0, 2, "--bbbbb"},
      {"SCR", 0, 1, 1, 0, "---b-bb"},
      {"SDER", 0, 1, 1, 1, "---b-bb"},
      {"NSACR", 0, 1, 1, 2, "--rbrbb"},
      {"HSCTLR", 4, 1, 0, 0, "----b-b"},
      {"HCR", 4, 1, 1, 0, "----b-b"},
      {"HSTR", 4, 1, 1, 3, "----b-b"},
      {"TTBR0", 0, 2, 0, 0, "--bbbbb"},
      {"VTCR", 4, 2, 1, 2, "----b-b"},
      {"DACR", 0, 3, 0, 0, "--bbbbb"},
      {"DFSR", 0, 5, 0, 0, "--bbbbb"},
      {"HSR", 4, 5, 2, 0, "----b-b"},
      {"HPFAR", 4, 6, 0, 4, "----b-b"},
      {"PAR", 0, 7, 4, 0, "--bbbbb"},
      {"ICIALLU", 0, 7, 5, 0, "--wwwww"},
      {"CP15ISB", 0, 7, 5, 4, "wwwwwww"},
      {"ATS1CPR", 0, 7, 8, 0, "--wwwww"},
      {"ATS12NSOPR", 0, 7, 8, 4, "---wwww"},
      {"ATS1HR", 4, 7, 8, 0, "----w-w"},
      {"TLBIALL", 0, 8, 7, 0, "--wwwww"},
      {"TLBIALLH", 4, 8, 7, 0, "----w-w"},
      {"TLBIALLNSNHIS", 4, 8, 3, 4, "----w-w"},
      {"PMCR", 0, 9, 12, 0, "--bbbbb"},
      {"PMSWINC", 0, 9, 12, 4, "--wwwww"},
      {"PMUSERENR", 0, 9, 14, 0, "rrbbbbb"},
      {"PMINTENSET", 0, 9, 14, 1, "--bbbbb"},
      {"VBAR", 0, 12, 0, 0, "--bbbbb"},
      {"MVBAR", 0, 12, 0, 1, "---b-bb"},
      {"ISR", 0, 12, 1, 0, "--rrrrr"},
      {"HVBAR", 4, 12, 0, 0, "----b-b"},
      {"CONTEXTIDR", 0, 13, 0, 1, "--bbbbb"},
      {"TPIDRURW", 0, 13, 0, 2, "bbbbbbb"},
      {"TPIDRURO", 0, 13, 0, 3, "rrbbbbb"},
      {"TPIDRPRW", 0, 13, 0, 4, "--bbbbb"},
      {"HTPIDR", 4, 13, 0, 2, "----b-b"},
      {"CNTFRQ", 0, 14, 0, 0, "--rbrbb"},
      {"CNTKCTL", 0, 14, 1, 0, "--bbbbb"},
      {"CNTP_CTL", 0, 14, 2, 1, "--bbbbb"},
      {"CNTHCTL", 4, 14, 1, 0, "----b-b"},
      {"CNTHP_CTL", 4, 14, 2, 1, "----b-b"},
      {"L2CTLR", 1, 9, 0, 2, "--bbbbb"},
      {"RAMINDEX", 0, 15, 4, 0, "---w-ww"},
      {"CBAR", 4, 15, 0, 0, "--rrrrr"},
      {"no c4", 0, 4, 0, 0, "-------"},
      {"no c11", 0, 11, 0, 0, "-------"},
      {"no c9 lockdown", 0, 9, 0, 0, "-------"},
  };
  struct Situation {
    Mode mode;
    bool ns;
  };
  const Situation situations[] = {{Mode::User, true},        {Mode::User, false}, {Mode::Irq, true},
                                  {Mode::Supervisor, false}, {Mode::Hyp, true},   {Mode::Monitor, false},
                                  {Mode::Monitor, true}};
  for (const AccessRow& row : rows) {
    for (unsigned i = 0; i < 7; ++i) {
      SCOPED_TRACE(std::string(row.what) + " situation " + std::to_string(i));
      sysreg::reset(core);
      enter(situations[i].mode, situations[i].ns);
      const char right = row.rights[i];
      const hyp::CoprocAccess a = mrc(row.opc1, row.crn, row.crm, row.opc2);
      EXPECT_EQ(try_read(a), right == 'r' || right == 'b' ? Access::Done : Access::Undefined);
      sysreg::reset(core);
      enter(situations[i].mode, situations[i].ns);
      EXPECT_EQ(try_write(a), right == 'w' || right == 'b' ? Access::Done : Access::Undefined);
    }
  }
}

TEST_F(SysregTest, Cp14AccessRules) {
  guest_user();
  EXPECT_EQ(try_read(mrc(0, 0, 0, 0, 14)), Access::Done);        // DBGDIDR
  EXPECT_EQ(try_read(mrc(0, 7, 14, 6, 14)), Access::Undefined);  // DBGAUTHSTATUS
  EXPECT_EQ(try_read(mrc(6, 0, 0, 0, 14)), Access::Done);        // TEECR
  EXPECT_EQ(try_write(mrc(6, 0, 0, 0, 14)), Access::Undefined);
  EXPECT_EQ(try_write(mrc(6, 1, 0, 0, 14)), Access::Done);  // TEEHBR
  guest();
  write(mrc(6, 0, 0, 0, 14), 1);                                // TEECR.XED
  write(mrc(0, 0, 2, 2, 14), 1u << 12);                         // DBGDSCRext.UDCCdis
  EXPECT_EQ(try_read(mrc(1, 0, 0, 1, 14)), Access::Undefined);  // no trace registers in CP14
  guest_user();
  EXPECT_EQ(try_read(mrc(6, 1, 0, 0, 14)), Access::Undefined);
  EXPECT_EQ(try_read(mrc(0, 0, 0, 0, 14)), Access::Undefined);
  EXPECT_EQ(try_read(mrrc(0, 1, 14)), Access::Undefined);
}

// --- write masks ---------------------------------------------------------------------------------------------------

TEST_F(SysregTest, WriteMasks) {
  struct Mask {
    const char* what;
    unsigned opc1, crn, crm, opc2;
    u32 after_ones, after_zeros;
  };
  const Mask in_secure[] = {
      {"SCTLR", 0, 1, 0, 0, 0x72DD3C7F, 0x00C50058},
      {"SCR", 0, 1, 1, 0, 0x000003BE, 0},
      {"SDER", 0, 1, 1, 1, 3, 0},
      {"NSACR", 0, 1, 1, 2, 0x0006CC00, 0},
      {"CPACR", 0, 1, 0, 2, 0xC0F00000, 0},
      {"VBAR", 0, 12, 0, 0, 0xFFFFFFE0, 0},
      {"MVBAR", 0, 12, 0, 1, 0xFFFFFFE0, 0},
      {"CNTKCTL", 0, 14, 1, 0, 0x3FF, 0},
      {"FCSEIDR", 0, 13, 0, 0, 0, 0},
      {"AIFSR", 0, 5, 1, 1, 0, 0},
      {"DFSR", 0, 5, 0, 0, 0x3EFF, 0},
      {"IFSR", 0, 5, 0, 1, 0x163F, 0},
      {"PMUSERENR", 0, 9, 14, 0, 1, 0},
      {"PMSELR", 0, 9, 12, 5, 0x1F, 0},
  };
  secure();
  for (const Mask& m : in_secure) {
    SCOPED_TRACE(m.what);
    const hyp::CoprocAccess a = mrc(m.opc1, m.crn, m.crm, m.opc2);
    write(a, m.what == std::string_view("SCR") ? 0xFFFFFFFE : 0xFFFFFFFF);
    EXPECT_EQ(read(a), m.after_ones);
    write(a, 0);
    EXPECT_EQ(read(a), m.after_zeros);
  }
  const Mask in_hyp[] = {
      {"HSCTLR", 4, 1, 0, 0, 0x72CD187F, 0x30C50858},
      {"HCR", 4, 1, 1, 0, 0x0FFFFFFF, 0},
      {"HDCR", 4, 1, 1, 1, 0x00000FFF, 0},
      {"HSTR", 4, 1, 1, 3, 0x0003BFEF, 0},
      {"HACTLR", 4, 1, 0, 1, 0, 0},
      {"HTCR", 4, 2, 0, 2, 0x80803F07, 0x80800000},
      {"VTCR", 4, 2, 1, 2, 0x80003FDF, 0x80000000},
      {"HPFAR", 4, 6, 0, 4, 0xFFFFFFF0, 0},
      {"HVBAR", 4, 12, 0, 0, 0xFFFFFFE0, 0},
      {"CNTHCTL", 4, 14, 1, 0, 0xFF, 0},
  };
  sysreg::reset(core);
  hyp_mode();
  for (const Mask& m : in_hyp) {
    SCOPED_TRACE(m.what);
    const hyp::CoprocAccess a = mrc(m.opc1, m.crn, m.crm, m.opc2);
    write(a, 0xFFFFFFFF);
    EXPECT_EQ(read(a), m.after_ones);
    write(a, 0);
    EXPECT_EQ(read(a), m.after_zeros);
  }
  regs().nsacr = 3u << 10;
  const hyp::CoprocAccess hcptr_at = mrc(4, 1, 1, 2);
  write(hcptr_at, 0xFFFFFFFF);
  EXPECT_EQ(read(hcptr_at), 0x8010BFFFu);
  write(hcptr_at, 0);
  EXPECT_EQ(read(hcptr_at), 0x33FFu);
}

TEST_F(SysregTest, GuestControlsOfHypervisorsSurviveTheMasks) {
  hyp_mode();
  for (u32 hcr_value : {0x0068263Bu, 0x0478663Bu, 0x007C663Fu, 0x0FE8103Bu, 0x00087039u}) {
    write(mrc(4, 1, 1, 0), hcr_value);
    EXPECT_EQ(regs().hcr, hcr_value);
  }
  write(mrc(4, 1, 1, 3), 0x9E00);
  EXPECT_EQ(regs().hstr, 0x9E00u);
  write(mrc(4, 1, 1, 2), 0x00100C00);
  EXPECT_EQ(regs().hcptr, 0x00100C00u | 0x33FF);
  write(mrc(4, 1, 1, 1), 0x66);
  EXPECT_EQ(regs().hdcr, 0x66u);
}

}  // namespace
}  // namespace hypsim
