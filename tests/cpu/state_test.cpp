// SPDX-License-Identifier: Apache-2.0
// Registers and banks, CPSR and SPSR writes, banked MRS and MSR. ARM DDI 0406C B1.3, B9.2.3.
#include <gtest/gtest.h>

#include <map>

#include "sim/cpu/state/exceptions.h"

namespace hypsim {
namespace {

constexpr Mode kModes[] = {Mode::User,  Mode::Fiq, Mode::Irq,       Mode::Supervisor, Mode::Monitor,
                           Mode::Abort, Mode::Hyp, Mode::Undefined, Mode::System};

CpuState state_in(Mode mode, bool ns) {
  CpuState s;
  s.sys.scr = ns ? 1 : 0;
  s.switch_mode(mode);
  return s;
}

/// The physical register behind Rn of a mode, by the table of ARM DDI 0406C figure B1-2.
std::string physical(unsigned n, Mode m) {
  static const std::map<Mode, std::string> kSuffix = {
      {Mode::Fiq, "fiq"},       {Mode::Irq, "irq"},   {Mode::Supervisor, "svc"},
      {Mode::Monitor, "mon"},   {Mode::Abort, "abt"}, {Mode::Hyp, "hyp"},
      {Mode::Undefined, "und"}, {Mode::User, "usr"},  {Mode::System, "usr"}};
  std::string bank = "usr";
  if (n >= 8 && n <= 12 && m == Mode::Fiq) bank = "fiq";
  if (n == 13) bank = kSuffix.at(m);
  if (n == 14) bank = m == Mode::Hyp ? "usr" : kSuffix.at(m);
  return std::to_string(n) + bank;
}

TEST(Banks, EveryRegisterOfEveryModeFromEveryMode) {
  for (Mode writer : kModes)
    for (unsigned n = 0; n < 15; ++n) {
      CpuState s = state_in(Mode::Supervisor, true);
      s.switch_mode(writer);
      s.slot[n] = 0xCAFE0000 + n;
      for (Mode now : kModes) {
        s.switch_mode(now);
        for (Mode seen : kModes)
          for (unsigned k = 0; k < 15; ++k) {
            const bool same = physical(k, seen) == physical(n, writer);
            ASSERT_EQ(s.reg(k, seen) == 0xCAFE0000 + n, same) << physical(k, seen) << " after " << physical(n, writer);
          }
        ASSERT_EQ(s.slot[n] == 0xCAFE0000 + n, physical(n, now) == physical(n, writer));
      }
    }
}

TEST(Banks, SetRegReachesTheCurrentModesCopy) {
  for (Mode now : kModes)
    for (Mode target : kModes)
      for (unsigned n = 8; n < 15; ++n) {
        CpuState s = state_in(now, true);
        s.set_reg(n, target, 0x1234);
        EXPECT_EQ(s.slot[n] == 0x1234, physical(n, now) == physical(n, target));
        s.switch_mode(target);
        EXPECT_EQ(s.slot[n], 0x1234u);
      }
}

TEST(Cpsr, RoundTripsEveryField) {
  CpuState s = state_in(Mode::Supervisor, true);
  for (unsigned n = 0; n < 32; ++n) {
    if ((n >= 20 && n <= 23) || n < 5) continue;
    const u32 value = 1u << n | 0x13;
    s.set_cpsr(value);
    EXPECT_EQ(s.cpsr(), value) << "bit " << n;
  }
  s.set_cpsr(0xFF0FFFF3);
  EXPECT_EQ(s.cpsr(), 0xFF0FFFF3u);
}

TEST(CpsrWrite, FieldsByByteMask) {
  const u32 before = 0x00000013;
  const struct {
    u32 mask, expected;
  } rows[] = {{8, 0xF8000013}, {4, 0x000F0013}, {2, 0x00000313}, {1, 0x000000D3}, {15, 0xF80F03D3}};
  for (const auto& row : rows) {
    CpuState s = state_in(Mode::Supervisor, true);
    s.set_cpsr(before);
    cpsr_write_by_instruction(s, 0xFFFFFFF3, row.mask, false);
    EXPECT_EQ(s.cpsr(), row.expected) << row.mask;
  }
}

TEST(CpsrWrite, UserModeWritesFlagsAndEndiannessOnly) {
  CpuState s = state_in(Mode::User, true);
  s.set_cpsr(0x10);
  cpsr_write_by_instruction(s, 0xFFFFFFFF, 15, false);
  EXPECT_EQ(s.cpsr(), 0xF80F0210u);
}

TEST(CpsrWrite, MasksAreWritableInNonSecureStateWhateverScrSays) {
  for (u32 scr_value : {0x01u, 0x31u}) {
    CpuState s = state_in(Mode::Supervisor, true);
    s.sys.scr = scr_value;
    s.set_cpsr(0x13);
    cpsr_write_by_instruction(s, 0x1D3, 3, false);
    EXPECT_EQ(s.cpsr(), 0x1D3u);
  }
}

TEST(CpsrWrite, NonMaskableFiqCanOnlyBeCleared) {
  CpuState s = state_in(Mode::Supervisor, true);
  s.sys.sctlr[Security::NonSecure] = 1u << 27;
  s.set_cpsr(0x13);
  cpsr_write_by_instruction(s, 0xD3, 1, false);
  EXPECT_EQ(s.cpsr(), 0x93u);
  s.set_cpsr(0xD3);
  cpsr_write_by_instruction(s, 0x93, 1, false);
  EXPECT_EQ(s.cpsr(), 0x93u);
}

/// Mode changes by MSR and CPS (`ret` false) and by exception return, from the text of B1.3.1.
bool may_enter(Mode from, bool ns, Mode to, bool ret) {
  const bool secure = !ns || from == Mode::Monitor;
  if (from == Mode::User) return to == Mode::User;
  if (from == to) return true;
  if (to == Mode::Monitor) return secure;
  if (to == Mode::Hyp) return from == Mode::Monitor && ns;
  if (from == Mode::Hyp) return ret;
  return true;
}

TEST(CpsrWrite, ModeChangesAllPairs) {
  for (bool ns : {false, true})
    for (Mode from : kModes)
      for (u32 m = 0; m < 32; ++m)
        for (bool ret : {false, true}) {
          if (from == Mode::Hyp && !ns) continue;
          CpuState s = state_in(from, ns);
          cpsr_write_by_instruction(s, 0x80000000 | m, 15, ret);
          const bool enters = is_valid_mode(m) && may_enter(from, ns, static_cast<Mode>(m), ret);
          EXPECT_EQ(s.mode, enters ? static_cast<Mode>(m) : from)
              << static_cast<int>(from) << " to " << m << " ns " << ns;
          EXPECT_TRUE(s.cpsr() & 0x80000000);  // the other fields are written all the same
        }
}

TEST(SpsrWrite, FieldsByByteMaskAndNoneWithoutSpsr) {
  for (Mode m : kModes) {
    CpuState s = state_in(m, true);
    for (u32& v : s.spsr) v = 0;
    spsr_write_by_instruction(s, 0xFFFFFFFF, 15);
    const bool has = m != Mode::User && m != Mode::System;
    for (unsigned b = 0; b < static_cast<unsigned>(Bank::Count); ++b)
      EXPECT_EQ(s.spsr[b], has && b == static_cast<unsigned>(bank_of(m)) ? 0xFF0FFFFFu : 0u);
  }
  CpuState s = state_in(Mode::Irq, true);
  s.current_spsr() = 0;
  for (u32 mask : {1u, 2u, 4u, 8u}) {
    s.current_spsr() = 0;
    spsr_write_by_instruction(s, 0xFFFFFFFF, mask);
    EXPECT_EQ(s.current_spsr(), mask == 1 ? 0xFFu : mask == 2 ? 0xFF00u : mask == 4 ? 0xF0000u : 0xFF000000u);
  }
}

/// What SYSm names when R=0, by the rows of the table in ARM DDI 0406C B9.2.3; "" where the table has none.
std::string sysm_register(u32 sysm) {
  static const char* const kNames[32] = {"8usr",  "9usr",  "10usr", "11usr", "12usr", "13usr", "14usr", "",
                                         "8fiq",  "9fiq",  "10fiq", "11fiq", "12fiq", "13fiq", "14fiq", "",
                                         "14irq", "13irq", "14svc", "13svc", "14abt", "13abt", "14und", "13und",
                                         "",      "",      "",      "",      "14mon", "13mon", "elr",   "13hyp"};
  return kNames[sysm];
}

std::string sysm_spsr(u32 sysm) {
  switch (sysm) {
    case 0x0E: return "fiq";
    case 0x10: return "irq";
    case 0x12: return "svc";
    case 0x14: return "abt";
    case 0x16: return "und";
    case 0x1C: return "mon";
    case 0x1E: return "hyp";
    default: return "";
  }
}

std::string suffix(Mode m) { return physical(13, m).substr(2); }

/// The columns of the same table, mode by mode.
bool reachable(const std::string& name, Mode m, bool ns) {
  if (name.empty() || m == Mode::User) return false;
  const bool secure = !ns || m == Mode::Monitor;
  const std::string own = suffix(m);
  if (name == "elr") return m == Mode::Hyp || m == Mode::Monitor;
  const std::string bank = name.substr(name.find_first_not_of("0123456789"));
  const std::string number = name.substr(0, name.find_first_not_of("0123456789"));
  if (bank == "hyp") return m == Mode::Monitor || (number.empty() && m == Mode::Hyp);
  if (bank == "mon") return secure && m != Mode::Monitor;
  if (bank == "usr") {
    if (number == "13") return m != Mode::System;
    if (number == "14") return m != Mode::System && m != Mode::Hyp;
    return m == Mode::Fiq;
  }
  return bank != own;
}

TEST(BankedAccess, GeneralRegistersFromEveryMode) {
  for (bool ns : {false, true})
    for (Mode m : kModes)
      for (u32 sysm = 0; sysm < 32; ++sysm) {
        if (m == Mode::Hyp && !ns) continue;
        const std::string name = sysm_register(sysm);
        CpuState s = state_in(m, ns);
        u32 value = 0;
        SCOPED_TRACE(testing::Message() << name << " from mode " << static_cast<int>(m) << " ns " << ns);
        ASSERT_EQ(read_banked(s, sysm, false, value), reachable(name, m, ns));
        const CpuState untouched = s;
        ASSERT_EQ(write_banked(s, sysm, false, 0xABCD0000), reachable(name, m, ns));
        if (!reachable(name, m, ns)) {
          EXPECT_EQ(s.elr_hyp, untouched.elr_hyp);
          continue;
        }
        ASSERT_TRUE(read_banked(s, sysm, false, value));
        EXPECT_EQ(value, 0xABCD0000u);
        if (name == "elr") {
          EXPECT_EQ(s.elr_hyp, 0xABCD0000u);
          continue;
        }
        for (Mode seen : kModes)
          for (unsigned n = 8; n < 15; ++n) EXPECT_EQ(s.reg(n, seen) == 0xABCD0000, physical(n, seen) == name);
      }
}

TEST(BankedAccess, SavedStatusFromEveryMode) {
  for (bool ns : {false, true})
    for (Mode m : kModes)
      for (u32 sysm = 0; sysm < 32; ++sysm) {
        if (m == Mode::Hyp && !ns) continue;
        const std::string name = sysm_spsr(sysm);
        CpuState s = state_in(m, ns);
        u32 value = 0;
        SCOPED_TRACE(testing::Message() << "SPSR_" << name << " from mode " << static_cast<int>(m) << " ns " << ns);
        ASSERT_EQ(write_banked(s, sysm, true, 0x600001D3), reachable(name, m, ns));
        ASSERT_EQ(read_banked(s, sysm, true, value), reachable(name, m, ns));
        if (!reachable(name, m, ns)) continue;
        EXPECT_EQ(value, 0x600001D3u);
        for (Mode seen : kModes)
          if (seen != Mode::User && seen != Mode::System) {
            EXPECT_EQ(s.spsr[static_cast<unsigned>(bank_of(seen))] == 0x600001D3, suffix(seen) == name);
          }
      }
}

}  // namespace
}  // namespace hypsim
