// SPDX-License-Identifier: Apache-2.0
// CP14 with opc1 0: the debug registers of v7.1 Debug. Invasive debug is disabled (DBGEN low), as on a board without a
// debug key: the registers hold values, monitor debug-mode's enable included, and no debug event comes of them.
// ARM DDI 0406C C11.11; Cortex-A15 TRM 10.4
#include "sim/cpu/sysreg/rows.h"

namespace hypsim::sysreg {

namespace {

using Debug = DebugRegisters;

// DBGDSCR. ARM DDI 0406C C11.11.20
constexpr unsigned kUdccdis = 12;
constexpr u32 kDscrWritable = 1u << 15 | 1u << kUdccdis | 0x3Cu;  // MDBGen, UDCCdis, MOE
constexpr u32 kDscrRestarted = 1u << 1, kDscrNs = 1u << 18;

// DBGAUTHSTATUS: non-invasive debug (the PMU) enabled, invasive debug disabled, in both security states. C11.11.1
constexpr u32 kAuthentication = 0xEE;
constexpr unsigned kSecureInvasive = 4, kSecureNonInvasive = 6;
/// SPIDdis and SPNIDdis of DBGDSCR tell the same of Secure PL1.
constexpr u32 kDscrAuthentication =
    (bit(kAuthentication, kSecureInvasive) ? 0 : 1u << 16) | (bit(kAuthentication, kSecureNonInvasive) ? 0 : 1u << 17);

/// UDCCdis closes the communication channel and the identification registers to PL0. ARM DDI 0406C C11.11.20
bool pl0_channel(const Call& c) { return !c.pl0() || !bit(c.state.debug.dscr, kUdccdis); }

/// DBGDSCRint and DBGDSCRext are one register. HDBGen is an external debugger's to set.
u64 read_dscr(const Call& c) {
  return c.state.debug.dscr | kDscrRestarted | kDscrAuthentication |
         (c.state.security() == Security::NonSecure ? kDscrNs : 0);
}

template <auto array>
u64 read_array(const Call& c) {
  return (c.state.debug.*array)[c.access.crm];
}
template <auto array>
Access write_array(const Call& c, u64 value) {
  (c.state.debug.*array)[c.access.crm] = static_cast<u32>(value) & static_cast<u32>(c.row.mask);
  return Access::Done;
}

constexpr u32 kLockKey = 0xC5ACCE55;
u64 read_oslsr(const Call& c) { return 1u << 3 | (c.state.debug.os_lock ? 1u << 1 : 0); }
Access write_oslar(const Call& c, u64 value) {
  c.state.debug.os_lock = value == kLockKey;
  return Access::Done;
}

constexpr u32 kClaimTags = 0xFF;
u64 read_claimset(const Call&) { return kClaimTags; }
Access write_claimset(const Call& c, u64 value) {
  c.state.debug.claim |= static_cast<u32>(value) & kClaimTags;
  return Access::Done;
}
u64 read_claimclr(const Call& c) { return c.state.debug.claim; }
Access write_claimclr(const Call& c, u64 value) {
  c.state.debug.claim &= ~static_cast<u32>(value);
  return Access::Done;
}

constexpr Row constant(const char* name, Encoding at, u32 value, TrapGroup trap, Views who = kPl1) {
  return {
      .name = name, .at = at, .read = who, .reset = value, .trap = trap, .permit = who == kAll ? pl0_channel : nullptr};
}
constexpr Row bvr(const char* name, u8 n) {
  return {.name = name,
          .at = cp14(0, 0, n, 4),
          .read = kPl1,
          .write = kPl1,
          .mask = n >= Debug::kFirstContextAware ? 0xFFFFFFFF : 0xFFFFFFFC,
          .trap = TrapGroup::Tda,
          .on_read = read_array<&Debug::bvr>,
          .on_write = write_array<&Debug::bvr>};
}
constexpr Row bcr(const char* name, u8 n) {
  return {.name = name,
          .at = cp14(0, 0, n, 5),
          .read = kPl1,
          .write = kPl1,
          .mask = 0x00FFE1E7,
          .trap = TrapGroup::Tda,
          .on_read = read_array<&Debug::bcr>,
          .on_write = write_array<&Debug::bcr>};
}
constexpr Row wvr(const char* name, u8 n) {
  return {.name = name,
          .at = cp14(0, 0, n, 6),
          .read = kPl1,
          .write = kPl1,
          .mask = 0xFFFFFFFC,
          .trap = TrapGroup::Tda,
          .on_read = read_array<&Debug::wvr>,
          .on_write = write_array<&Debug::wvr>};
}
constexpr Row wcr(const char* name, u8 n) {
  return {.name = name,
          .at = cp14(0, 0, n, 7),
          .read = kPl1,
          .write = kPl1,
          .mask = 0x1F1FFFFF,
          .trap = TrapGroup::Tda,
          .on_read = read_array<&Debug::wcr>,
          .on_write = write_array<&Debug::wcr>};
}
constexpr Row bxvr(const char* name, u8 n) {
  return {.name = name,
          .at = cp14(0, 1, n, 1),
          .read = kPl1,
          .write = kPl1,
          .mask = 0xFF,
          .trap = TrapGroup::Tda,
          .on_read = read_array<&Debug::bxvr>,
          .on_write = write_array<&Debug::bxvr>};
}

constexpr Row kRows[] = {
    constant("DBGDIDR", cp14(0, 0, 0, 0), 0x3515F021, TrapGroup::Tda, kAll),
    {.name = "DBGDSCRint",
     .at = cp14(0, 0, 1, 0),
     .read = kAll,
     .trap = TrapGroup::Tda,
     .permit = pl0_channel,
     .on_read = read_dscr},
    // One encoding is two registers: reads take from the debugger, writes give to it. Nobody is at the other end.
    {.name = "DBGDTRint",
     .at = cp14(0, 0, 5, 0),
     .read = kAll,
     .write = kAll,
     .trap = TrapGroup::Tda,
     .permit = pl0_channel},
    {.name = "DBGWFAR",
     .at = cp14(0, 0, 6, 0),
     .read = kPl1,
     .write = kPl1,
     .storage = &Debug::wfar,
     .trap = TrapGroup::Tda},
    {.name = "DBGVCR",
     .at = cp14(0, 0, 7, 0),
     .read = kPl1,
     .write = kPl1,
     .storage = &Debug::vcr,
     .mask = 0xFFFFFFDE,
     .trap = TrapGroup::Tda},
    {.name = "DBGDTRRXext",
     .at = cp14(0, 0, 0, 2),
     .read = kPl1,
     .write = kPl1,
     .storage = &Debug::dtrrx,
     .trap = TrapGroup::Tda},
    {.name = "DBGDSCRext",
     .at = cp14(0, 0, 2, 2),
     .read = kPl1,
     .write = kPl1,
     .storage = &Debug::dscr,
     .mask = kDscrWritable,
     .trap = TrapGroup::Tda,
     .on_read = read_dscr},
    {.name = "DBGDTRTXext",
     .at = cp14(0, 0, 3, 2),
     .read = kPl1,
     .write = kPl1,
     .storage = &Debug::dtrtx,
     .trap = TrapGroup::Tda},

    bvr("DBGBVR0", 0),
    bvr("DBGBVR1", 1),
    bvr("DBGBVR2", 2),
    bvr("DBGBVR3", 3),
    bvr("DBGBVR4", 4),
    bvr("DBGBVR5", 5),
    bcr("DBGBCR0", 0),
    bcr("DBGBCR1", 1),
    bcr("DBGBCR2", 2),
    bcr("DBGBCR3", 3),
    bcr("DBGBCR4", 4),
    bcr("DBGBCR5", 5),
    wvr("DBGWVR0", 0),
    wvr("DBGWVR1", 1),
    wvr("DBGWVR2", 2),
    wvr("DBGWVR3", 3),
    wcr("DBGWCR0", 0),
    wcr("DBGWCR1", 1),
    wcr("DBGWCR2", 2),
    wcr("DBGWCR3", 3),
    bxvr("DBGBXVR4", 4),
    bxvr("DBGBXVR5", 5),

    // No ROM table and no memory-mapped debug registers: both addresses read as invalid.
    constant("DBGDRAR", cp14(0, 1, 0, 0), 0, TrapGroup::Tdra, kAll),
    {.name = "DBGDRAR(64-bit)",
     .at = cp14_wide(0, 1),
     .read = kAll,
     .trap = TrapGroup::Tdra,
     .permit = pl0_channel,
     .alias_of = "DBGDRAR"},
    constant("DBGDSAR", cp14(0, 2, 0, 0), 0, TrapGroup::Tdra, kAll),
    {.name = "DBGDSAR(64-bit)",
     .at = cp14_wide(0, 2),
     .read = kAll,
     .trap = TrapGroup::Tdra,
     .permit = pl0_channel,
     .alias_of = "DBGDSAR"},

    // The OS Lock is set by reset. ARM DDI 0406C C7.3
    {.name = "DBGOSLAR", .at = cp14(0, 1, 0, 4), .write = kPl1, .trap = TrapGroup::Tdosa, .on_write = write_oslar},
    {.name = "DBGOSLSR", .at = cp14(0, 1, 1, 4), .read = kPl1, .trap = TrapGroup::Tdosa, .on_read = read_oslsr},
    {.name = "DBGOSDLR",
     .at = cp14(0, 1, 3, 4),
     .read = kPl1,
     .write = kPl1,
     .storage = &Debug::osdlr,
     .mask = 0x1,
     .trap = TrapGroup::Tdosa},
    {.name = "DBGPRCR",
     .at = cp14(0, 1, 4, 4),
     .read = kPl1,
     .write = kPl1,
     .storage = &Debug::prcr,
     .mask = 0x1,
     .trap = TrapGroup::Tdosa},

    {.name = "DBGCLAIMSET",
     .at = cp14(0, 7, 8, 6),
     .read = kPl1,
     .write = kPl1,
     .trap = TrapGroup::Tda,
     .on_read = read_claimset,
     .on_write = write_claimset},
    {.name = "DBGCLAIMCLR",
     .at = cp14(0, 7, 9, 6),
     .read = kPl1,
     .write = kPl1,
     .trap = TrapGroup::Tda,
     .on_read = read_claimclr,
     .on_write = write_claimclr},
    constant("DBGAUTHSTATUS", cp14(0, 7, 14, 6), kAuthentication, TrapGroup::Tda),
    constant("DBGDEVID2", cp14(0, 7, 0, 7), 0, TrapGroup::Tda),
    constant("DBGDEVID1", cp14(0, 7, 1, 7), 0, TrapGroup::Tda),
    constant("DBGDEVID", cp14(0, 7, 2, 7), 0x01110F13, TrapGroup::Tda),
};

}  // namespace

std::span<const Row> rows_cp14_debug() { return kRows; }

}  // namespace hypsim::sysreg
