// SPDX-License-Identifier: Apache-2.0
#include "tests/differential/known_system.h"

#include <algorithm>
#include <string_view>

namespace hypsim::fuzz {

namespace {

bool is_one_of(const sysreg::Row& row, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, std::string_view(row.name)) != names.end();
}
bool starts(const sysreg::Row& row, std::string_view prefix) { return std::string_view(row.name).starts_with(prefix); }

constexpr RegisterRule kRules[] = {
    // --- values of another revision or configuration ---------------------------------------------------------------
    {[](const sysreg::Row& r, bool) {
       return is_one_of(r, {"MIDR", "MIDR(alias 4)", "MIDR(alias 7)", "VPIDR", "MPIDR", "VMPIDR"});
     },
     "QEMU is an r2p1, hypsim an r4p0", "B4.1.105"},
    {[](const sysreg::Row& r, bool) {
       return is_one_of(r, {"CTR", "CLIDR", "CCSIDR", "L2CTLR", "L2ECTLR", "ACTLR", "HACTLR", "AIDR", "REVIDR", "TLBTR",
                            "ADFSR", "AIFSR", "HADFSR", "HAIFSR", "FCSEIDR"});
     },
     "caches, and implementation defined controls", "B4.1.42"},
    {[](const sysreg::Row& r, bool) { return starts(r, "ID_") || starts(r, "DBGDIDR"); },
     "identification of the revision", "B4.1.83"},
    {[](const sysreg::Row& r, bool) { return r.at.cp == 14; }, "QEMU has few of the debug registers", "C11.11"},
    {[](const sysreg::Row& r, bool) { return r.at.wide ? r.at.crm == 15 || r.at.crm == 14 : r.at.crn == 15; },
     "implementation defined", "B3.17.1"},
    {[](const sysreg::Row& r, bool) { return starts(r, "PM") || r.at.crn == 9; }, "counters of cycles and events",
     "C12.8"},
    {[](const sysreg::Row& r, bool) { return starts(r, "CNT"); }, "time", "B8.1"},
    {[](const sysreg::Row& r, bool read) {
       return read && is_one_of(r, {"PRRR", "NMRR"});
     },
     "UNKNOWN at reset", "B4.1.127"},
    {[](const sysreg::Row& r, bool read) { return read && is_one_of(r, {"PAR(64-bit)"}); },
     "QEMU has no memory attributes for PAR", "B4.1.112"},
    {[](const sysreg::Row& r, bool) { return starts(r, "ATS12NSO"); },
     "PAR has the 64-bit format when Hyp mode asks; in QEMU HCR.VM decides", "B4.1.112"},
    {[](const sysreg::Row& r, bool read) {
       return !read && is_one_of(r, {"DFSR", "IFSR", "HPFAR"});
     },
     "QEMU keeps reserved bits", "B4.1.52"},
    // --- state of the runtime --------------------------------------------------------------------------------------
    {[](const sysreg::Row& r, bool read) {
       return !read && is_one_of(r, {"SCTLR", "TTBR0", "TTBR1", "TTBCR", "TTBR0(64-bit)", "TTBR1(64-bit)", "VBAR",
                                     "CPACR", "DACR", "PRRR", "NMRR"});
     },
     "the runtime stands on it", "B3.17"},
    {[](const sysreg::Row& r, bool read) {
       return !read && is_one_of(r, {"HSCTLR", "HCR", "HDCR", "HCPTR", "HSTR", "HTCR", "VTCR", "HTTBR", "VTTBR",
                                     "HVBAR", "HACR"});
     },
     "the layer of the runtime in Hyp mode stands on it", "B3.17"},
    {[](const sysreg::Row& r, bool read) {
       return read && is_one_of(r, {"SCTLR", "HSCTLR", "HTCR", "VTCR", "HDCR", "HCPTR", "HCR", "HSTR", "ISR",
                                    "TTBR0(64-bit)", "TTBR1(64-bit)", "CPACR"});
     },
     "bits that one of the two does not have", "B4.1.130"},
};

constexpr IgnoredControl kIgnored[] = {
    {14, "TWE", "B1.14.9"}, {16, "TID1", "B1.14.2"}, {18, "TID3", "B1.14.2"}, {20, "TIDCP", "B1.14.3"},
    {22, "TSW", "B1.14.6"}, {23, "TPC", "B1.14.6"},  {24, "TPU", "B1.14.6"},
};

}  // namespace

u32 controls_of_hcr(u32 hcr) {
  for (const IgnoredControl& control : kIgnored) hcr &= ~(1u << control.bit);
  return hcr;
}

bool trapped_before_undefined(const sysreg::Row& row, bool read, Mode mode, u32 hstr) {
  const u32 n = row.at.wide ? row.at.crm : row.at.crn;
  if (mode == Mode::Hyp || row.at.cp != 15 || !bit(hstr, n)) return false;
  const sysreg::View view = mode == Mode::User ? sysreg::kPl0Ns : sysreg::kPl1Ns;
  return ((read ? row.read : row.write) & view) == 0;
}

const RegisterRule* excluded(const sysreg::Row& row, bool read) {
  for (const auto& rule : kRules)
    if (rule.applies(row, read)) return &rule;
  return nullptr;
}

bool banked_unpredictable(Mode mode, u32 r, u32 sysm) {
  if (mode == Mode::User) return true;
  const bool hyp = mode == Mode::Hyp;
  const auto own = [&](u32 first, Mode m) { return (sysm & ~1u) == first && mode == m; };
  if (r != 0) {
    if (sysm == 0x0E) return mode == Mode::Fiq;
    if (sysm == 0x1E) return true;  // SPSR_hyp: Monitor mode alone
    if (sysm == 0x1C || (sysm & 1) != 0 || sysm < 0x10 || sysm > 0x16) return true;
    return own(0x10, Mode::Irq) || own(0x12, Mode::Supervisor) || own(0x14, Mode::Abort) || own(0x16, Mode::Undefined);
  }
  if (sysm < 5) return mode != Mode::Fiq;
  if (sysm == 5) return mode == Mode::System;
  if (sysm == 6) return mode == Mode::System || hyp;
  if (sysm == 7 || sysm == 15) return true;
  if (sysm < 15) return mode == Mode::Fiq;
  if (sysm == 0x1E) return !hyp;  // ELR_hyp
  if (sysm > 0x17) return true;
  return own(0x10, Mode::Irq) || own(0x12, Mode::Supervisor) || own(0x14, Mode::Abort) || own(0x16, Mode::Undefined);
}

}  // namespace hypsim::fuzz
