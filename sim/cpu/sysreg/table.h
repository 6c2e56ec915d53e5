// SPDX-License-Identifier: Apache-2.0
// What one row of the system register table holds. The rows themselves stand in c0_id.cpp ... cp14_jazelle.cpp, one
// file a group; everything else (decoding, access checks, reset, lists for debugger and documentation) reads them.
#pragma once

#include <span>
#include <string>
#include <variant>

#include "sim/cpu/sysreg/sysreg.h"

namespace hypsim::sysreg {

/// Where a register stands in the coprocessor space. Wide registers (MCRR, MRRC) have neither CRn nor opc2.
struct Encoding {
  u8 cp = 15;
  bool wide = false;
  u8 opc1 = 0, crn = 0, crm = 0, opc2 = 0;

  /// One number for each encoding, below kEncodingKeys.
  constexpr u32 key() const {
    return wide ? 0x8000u | u32{cp == 15} << 8 | u32{opc1} << 4 | crm
                : u32{cp == 15} << 14 | u32{opc1} << 11 | u32{crn} << 7 | u32{crm} << 3 | opc2;
  }
};
constexpr u32 kEncodingKeys = 0x8200;

constexpr Encoding cp15(u8 opc1, u8 crn, u8 crm, u8 opc2) { return {15, false, opc1, crn, crm, opc2}; }
constexpr Encoding cp15_wide(u8 opc1, u8 crm) { return {15, true, opc1, 0, crm, 0}; }
constexpr Encoding cp14(u8 opc1, u8 crn, u8 crm, u8 opc2) { return {14, false, opc1, crn, crm, opc2}; }
constexpr Encoding cp14_wide(u8 opc1, u8 crm) { return {14, true, opc1, 0, crm, 0}; }

/// The situations that access rules tell apart; a row names the sets that may read and write. ARM DDI 0406C B3.15
enum View : u8 {
  kPl0Ns = 1 << 0,
  kPl0S = 1 << 1,
  kPl1Ns = 1 << 2,  ///< Non-secure PL1
  kPl1S = 1 << 3,   ///< Secure PL1 but not Monitor
  kHyp = 1 << 4,
  kMonitorS = 1 << 5,   ///< Monitor mode with SCR.NS=0
  kMonitorNs = 1 << 6,  ///< Monitor mode with SCR.NS=1

  kNobody = 0,
  kPl0 = kPl0Ns | kPl0S,
  kSecurePl1 = kPl1S | kMonitorS | kMonitorNs,
  kPl1 = kPl1Ns | kHyp | kSecurePl1,  ///< PL1 or higher
  kAll = kPl0 | kPl1,
  kHypRegister = kHyp | kMonitorNs,  ///< what PL2-mode registers allow
  kNotNsPl1 = kHyp | kSecurePl1,
};
/// A set of View bits. An enumeration of sets would need operators; the rows only name the constants above.
using Views = u8;

View view_of(Mode mode, Security security, bool scr_ns);

struct Row;

/// One access under way, as hooks see it.
struct Call {
  Services& core;
  CpuState& state;
  const Row& row;
  const hyp::CoprocAccess& access;
  View view;
  Security bank;  ///< the copy of banked registers: SCR.NS, in Monitor mode too. ARM DDI 0406C B3.15.3

  SystemRegisters& regs() const { return state.sys; }
  bool pl0() const { return (view & kPl0) != 0; }
  bool non_secure() const { return (view & (kPl0Ns | kPl1Ns | kHyp)) != 0; }  ///< Monitor mode is Secure
  /// NS PL1 or PL0: where Hyp's controls and virtual values apply.
  bool guest_side() const { return (view & (kPl0Ns | kPl1Ns)) != 0; }
};

using ReadHook = u64 (*)(const Call&);
/// Returns Done, or Aborted after the core has taken an abort.
using WriteHook = Access (*)(const Call&, u64 value);
/// A condition beyond the views, such as PMUSERENR.EN for PL0. False makes the access UNDEFINED.
using PermitHook = bool (*)(const Call&);
using ResetHook = u64 (*)(const Services&);

/// Where a value lives. monostate: nowhere, the register reads as its reset value and ignores writes.
/// A 32-bit row over 64-bit storage is a view of the low word.
using Storage =
    std::variant<std::monostate, u32 SystemRegisters::*, u64 SystemRegisters::*, Banked<u32> SystemRegisters::*,
                 Banked<u64> SystemRegisters::*, u32 Pmu::*, u32 DebugRegisters::*>;

enum Flag : u8 {
  kEndsBlock = 1,  ///< the block ends after a write even though no ContextChange is reported
  kTlbMaintenance = 2,
  kCacheMaintenance = 4,
  kObserved = 8,        ///< world switches turn on it: writes go to Services::observe_write
  kReadEndsBlock = 16,  ///< the value depends on time: the block ends after a read
};

struct Row {
  const char* name;  ///< the manual's
  Encoding at;
  Views read = kNobody;
  Views write = kNobody;
  Storage storage{};
  u64 reset = 0;       ///< both banks; for a row without storage, the value it reads as
  u64 mask = ~u64{0};  ///< writable bits
  u64 ones = 0;        ///< read-as-one bits
  hyp::TrapGroup trap = hyp::TrapGroup::None;
  u32 changes = 0;  ///< ContextChange bits of a write
  u8 flags = 0;
  PermitHook permit = nullptr;
  ReadHook on_read = nullptr;      ///< instead of reading the storage
  WriteHook on_write = nullptr;    ///< instead of writing the storage
  ResetHook reset_from = nullptr;  ///< instead of `reset`, for values that depend on the platform
  const char* alias_of = nullptr;  ///< the row that this one is a second encoding or another width of; that one resets
};

/// Every row, in encoding order.
std::span<const Row* const> all_rows();

/// "p15, 0, c1, c0, 0" or "p15, 0, c2" (wide): how an assembler writes the encoding, without the core registers.
std::string encoding_text(const Encoding& at);

/// The value without access checks and side effects on the guest, as `bank` sees it: for the debugger. Rows with a read
/// hook are read in the current view.
u64 peek(Services& core, const Row& row, Security bank);
/// Writes as an access by `bank` would, without access checks: for the debugger.
void poke(Services& core, const Row& row, Security bank, u64 value);

// --- for hooks ------------------------------------------------------------------------------------------------------
u64 load(const Call& call);
/// Stores `value` under the row's mask; the masked-out bits of the storage keep their value.
void store(const Call& call, u64 value);
void store_masked(const Call& call, u64 value, u64 mask);

}  // namespace hypsim::sysreg
