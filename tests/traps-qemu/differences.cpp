// SPDX-License-Identifier: Apache-2.0
// Each line: what QEMU 7.2's cortex-a15 does where it differs. The first that applies is counted.
#include "tests/traps-qemu/differences.h"

#include <algorithm>
#include <string_view>

#include "firmware/traps/vector.h"

namespace hypsim::cross {

namespace {

using hyp::TrapGroup;

constexpr u8 kUsrMode = 0, kSecureSvcMode = 8, kSecureUsrMode = 9, kMonMode = 10;

/// The value that `setting` gives a register; 0 if it gives none.
u32 value_of(const Setting& setting, u32 reg) {
  for (const auto& pair : setting.words.pair)
    if (pair.reg == reg) return pair.value;
  return 0;
}
bool gives(const Setting& setting, u32 reg, u32 value) {
  return std::ranges::any_of(setting.words.pair, [&](const auto& p) { return p.reg == reg && p.value == value; });
}

u32 ec(const CrossResult& r) { return r.hsr >> 26; }
u32 length(const Case& c) { return c.words.thumb == 0 || c.words.insn > 0xFFFF ? 4 : 2; }

/// An Undefined Instruction exception of the word at `offset`: the code's own, or of the end of the slot behind it.
bool undefined_at(const Case& c, const CrossResult& r, u32 offset) {
  const u32 beyond = c.words.thumb != 0 ? 2 : 4;  // what LR adds
  switch (r.vector) {
    case WORLD_PL1 + 4:
    case WORLD_SECURE + 4: return r.return_address == offset + beyond;
    case WORLD_HYP + 4: return r.return_address == offset;
    case WORLD_HYP + 0x14: return r.return_address == offset && ec(r) == EC_UNKNOWN;  // HCR.TGE
    default: return false;
  }
}
bool undefined(const Case& c, const CrossResult& r) { return undefined_at(c, r, 0); }
bool executed(const Case& c, const CrossResult& r) { return undefined_at(c, r, length(c)); }
bool trapped(const CrossResult& r) { return r.vector == WORLD_HYP + 0x14 && ec(r) != EC_UNKNOWN; }

bool is_one_of(const Case& c, std::initializer_list<std::string_view> names) {
  return c.row != nullptr && std::ranges::find(names, std::string_view(c.row->name)) != names.end();
}
bool in_group(const Case& c, std::initializer_list<TrapGroup> groups) {
  return c.row != nullptr && std::ranges::find(groups, c.row->trap) != groups.end();
}

// Fields of an MRC or MCR
u32 cp(const Case& c) { return c.words.insn >> 8 & 15; }
u32 opc1(const Case& c) { return c.words.insn >> 21 & 7; }
u32 crn(const Case& c) { return c.words.insn >> 16 & 15; }
u32 crm(const Case& c) { return c.words.insn & 15; }
u32 opc2(const Case& c) { return c.words.insn >> 5 & 7; }
bool wide(const Case& c) { return (c.words.insn & 0x0FE00000) == 0x0C400000; }
bool at(const Case& c, u32 cp_, u32 opc1_, u32 crn_, u32 crm_, u32 opc2_) {
  return c.coprocessor && !wide(c) && cp(c) == cp_ && opc1(c) == opc1_ && crn(c) == crn_ && crm(c) == crm_ &&
         opc2(c) == opc2_;
}

bool may_access(const Case& c, sysreg::Views who) {
  return c.row != nullptr && ((c.read ? c.row->read : c.row->write) & who) != 0;
}

/// Encodings without a register in an A15 that QEMU has one or a no-operation for.
bool extra_in_qemu(const Case& c) {
  if (!c.coprocessor || wide(c)) return false;
  if (is_one_of(c, {"IL1DATA0", "IL1DATA1", "IL1DATA2", "DL1DATA0", "DL1DATA1", "DL1DATA2", "DL1DATA3", "RAMINDEX"}))
    return true;
  if (c.row != nullptr) return false;
  if (cp(c) == 14) return at(c, 14, 0, 0, 2, 0) || at(c, 14, 0, 7, 0, 0);
  if (crn(c) == 3 || crn(c) == 15) return true;
  if (crn(c) == 10) return crm(c) == 0 || crm(c) == 1 || crm(c) == 4 || crm(c) == 8;
  if (crn(c) == 7 && opc1(c) == 0) return (crm(c) & 1) != 0;
  return at(c, 15, 0, 6, 0, 1) || at(c, 15, 0, 14, 8, 0) || at(c, 15, 0, 14, 12, 0);
}

bool is_text(const Case& c, std::initializer_list<std::string_view> texts) {
  return std::ranges::find(texts, std::string_view(c.text)) != texts.end();
}
bool is_simd(const Case& c) {
  return is_text(
      c, {"VDUP.32 D0, R3", "VADD.I32 D0, D0, D0", "VADD.F32 Q8, Q8, Q8", "VMOV.I32 D0, #0", "VLD1.32 {D0}, [R1]"});
}

using R = const CrossResult&;
using C = const Case&;
using S = const Setting&;

constexpr Difference kDifferences[] = {
    {"HVC of Secure PL1 and Monitor mode goes to Hyp mode", "B9.3.4", "hypsim",
     [](C c, S, R ours, R theirs) {
       return c.words.mode >= kSecureSvcMode && undefined(c, ours) && trapped(theirs) && ec(theirs) == EC_HVC;
     }},
    {"an UNDEFINED access of PL0 with HCR.TGE is reported as a trapped access", "B3.13.6", "hypsim",
     [](C c, S s, R ours, R theirs) {
       return (value_of(s, R_HCR) & 1u << 27) != 0 && c.coprocessor && undefined(c, ours) && trapped(theirs);
     }},
    {"HCR.TGE traps debug registers, as if HDCR.TDE and TDA were set", "B4.1", "open",
     [](C c, S s, R ours, R theirs) {
       return (value_of(s, R_HCR) & 1u << 27) != 0 && is_one_of(c, {"DBGDIDR", "DBGDRAR", "DBGDSAR"}) &&
              executed(c, ours) && trapped(theirs);
     }},
    {"Hyp mode's registers are open to Secure PL1, and to Monitor mode with SCR.NS clear", "B3.15", "hypsim",
     [](C c, S, R ours, R theirs) {
       return (c.words.mode == kMonMode || c.words.mode == kSecureSvcMode) && c.words.monitor_ns == 0 &&
              may_access(c, sysreg::kMonitorNs) && undefined(c, ours) && executed(c, theirs);
     }},
    {"PL0 cannot reach TEECR, JIDR, JMCR, DBGDSCRint", "A2.10, C11.11.20", "hypsim",
     [](C c, S, R ours, R theirs) {
       return (c.words.mode == kUsrMode || c.words.mode == kSecureUsrMode) && may_access(c, sysreg::kPl0) &&
              is_one_of(c, {"TEECR", "JIDR", "JMCR", "DBGDSCRint"}) && (executed(c, ours) || trapped(ours)) &&
              undefined(c, theirs);
     }},
    {"registers it does not have: DBGDTR*, DBGWFAR, DBGBXVR*, DBGCLAIM*, DBGPRCR, DBGDEVID*, DBGAUTHSTATUS, PMCEID0 "
     "and PMCEID1, "
     "CPUMERRSR, L2MERRSR",
     "C11.11, B4.1", "hypsim",
     [](C c, S, R ours, R theirs) {
       return is_one_of(c, {"DBGDTRint", "DBGDTRRXext", "DBGDTRTXext", "DBGWFAR", "DBGBXVR4", "DBGBXVR5", "DBGCLAIMSET",
                            "DBGCLAIMCLR", "DBGPRCR", "DBGDEVID", "DBGDEVID1", "DBGDEVID2", "DBGAUTHSTATUS", "PMCEID0",
                            "PMCEID1", "CPUMERRSR", "L2MERRSR"}) &&
              (executed(c, ours) || trapped(ours)) && undefined(c, theirs);
     }},
    {"writes of JIDR are UNDEFINED, not ignored", "A2.10", "open",
     [](C c, S, R ours, R theirs) {
       return is_one_of(c, {"JIDR"}) && !c.read && (executed(c, ours) || trapped(ours)) && undefined(c, theirs);
     }},
    {"HSTR.TJDBX does not trap JIDR", "B1.14", "open",
     [](C c, S s, R ours, R theirs) {
       return is_one_of(c, {"JIDR"}) && (value_of(s, R_HSTR) & 1u << 17) != 0 && trapped(ours) && executed(c, theirs);
     }},
    {"LDC and STC of DBGDTRTXint and DBGDTRRXint are UNDEFINED", "C6.4", "hypsim",
     [](C c, S, R ours, R theirs) {
       return is_text(c, {"LDC p14, c5, [R1]", "STC p14, c5, [R1]"}) && (executed(c, ours) || trapped(ours)) &&
              undefined(c, theirs);
     }},
    {"registers or no-operations that no A15 has, in c3, c6, c7, c10, c14, c15 and in CP14", "B3.17.1", "hypsim",
     [](C c, S, R ours, R theirs) { return extra_in_qemu(c) && undefined(c, ours) && !undefined(c, theirs); }},
    {"HDCR.TDRA does not trap MRRC of DBGDRAR and DBGDSAR", "B1.14.15", "hypsim",
     [](C c, S, R ours, R theirs) {
       return is_one_of(c, {"DBGDRAR(64-bit)", "DBGDSAR(64-bit)"}) && trapped(ours) && executed(c, theirs);
     }},
    {"HCPTR.TTA does not trap the trace registers' space where there are none", "B1.14.16", "open",
     [](C c, S s, R ours, R theirs) {
       return c.row == nullptr && c.coprocessor && cp(c) == 14 && (value_of(s, R_HCPTR) & 1u << 20) != 0 &&
              undefined(c, theirs) && (ec(ours) == EC_CP14 || ec(ours) == EC_CP14_64);
     }},
    {"HSTR and HCR.TIDCP do not trap encodings without a register, or without one in this direction or mode",
     "B1.14.14", "hypsim",
     [](C c, S s, R ours, R theirs) {
       const u32 n = wide(c) ? crm(c) : crn(c);
       const bool asked = (value_of(s, R_HSTR) >> n & 1) != 0 || (value_of(s, R_HCR) & 1u << 20) != 0;
       return c.coprocessor && cp(c) == 15 && c.words.mode != kUsrMode && asked && trapped(ours) &&
              undefined(c, theirs);
     }},
    {"HSTR.T9 traps PMU registers of PL0 before PMUSERENR makes them UNDEFINED", "B1.14.14", "open",
     [](C c, S s, R ours, R theirs) {
       return c.words.mode == kUsrMode && crn(c) == 9 && (value_of(s, R_HSTR) & 1u << 9) != 0 && undefined(c, ours) &&
              trapped(theirs);
     }},
    {"HCR.TIDCP is ignored", "B1.14.3", "hypsim",
     [](C c, S s, R ours, R theirs) {
       return c.coprocessor && cp(c) == 15 && crn(c) >= 9 && crn(c) <= 11 && (value_of(s, R_HCR) & 1u << 20) != 0 &&
              trapped(ours) && executed(c, theirs);
     }},
    {"HCR.TID1 and TID3 trap no CP15 register", "B1.14.2", "hypsim",
     [](C c, S, R ours, R theirs) {
       return in_group(c, {TrapGroup::Tid1, TrapGroup::Tid3}) && trapped(ours) && executed(c, theirs);
     }},
    {"HCR.TPU, TPC and TSW are ignored", "B1.14", "hypsim",
     [](C c, S, R ours, R theirs) {
       return in_group(c, {TrapGroup::Tpu, TrapGroup::Tpc, TrapGroup::Tsw}) && trapped(ours) && executed(c, theirs);
     }},
    {"HCPTR.TCPAC is ignored", "B1.14", "hypsim",
     [](C c, S, R ours, R theirs) { return in_group(c, {TrapGroup::Tcpac}) && trapped(ours) && executed(c, theirs); }},
    {"HDCR.TPMCR is ignored", "B1.14.17", "hypsim",
     [](C c, S, R ours, R theirs) { return in_group(c, {TrapGroup::Tpmcr}) && trapped(ours) && executed(c, theirs); }},
    {"Advanced SIMD trapped by TCP10 is reported as VFP: TA clear", "B3.13.6", "hypsim",
     [](C c, S, R ours, R theirs) {
       return is_simd(c) && ours.vector == theirs.vector && ec(ours) == EC_HCPTR && ec(theirs) == EC_HCPTR &&
              (ours.hsr ^ theirs.hsr) == (1u << 5 | 10);
     }},
    {"HCPTR.TASE, CPACR.ASEDIS, NSACR.NSASEDIS are ignored", "B1.14.12, B4.1.40", "hypsim",
     [](C c, S, R ours, R theirs) { return is_simd(c) && !executed(c, ours) && executed(c, theirs); }},
    {"CPACR.D32DIS is ignored", "B4.1.40", "hypsim",
     [](C c, S s, R ours, R theirs) {
       return (value_of(s, R_CPACR) & 1u << 30) != 0 && undefined(c, ours) && executed(c, theirs);
     }},
    {"HCPTR is asked before FPEXC.EN", "B1.11", "hypsim",
     [](C c, S s, R ours, R theirs) {
       return gives(s, R_FPEXC, 0) && value_of(s, R_HCPTR) != 0 && undefined(c, ours) && ec(theirs) == EC_HCPTR;
     }},
    {"WFE is never trapped", "B1.14.9", "hypsim",
     [](C c, S, R ours, R theirs) {
       return is_text(c, {"WFE"}) && trapped(ours) && undefined_at(c, theirs, 2 * length(c));  // there are two
     }},
};

}  // namespace

const char* const kKillsQemu = "HSTR is looked at in Secure PL0 (ARM DDI 0406C B1.14.14)";

bool kills_qemu(const Case& c, const Setting& setting) {
  return c.words.mode == kSecureUsrMode && c.coprocessor && value_of(setting, R_HSTR) != 0;
}

std::span<const Difference> differences() { return kDifferences; }

}  // namespace hypsim::cross
