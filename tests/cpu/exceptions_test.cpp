// SPDX-License-Identifier: Apache-2.0
// Exception entry and return, from every mode, in both instruction sets. ARM DDI 0406C B1.8, B1.9.
#include <gtest/gtest.h>

#include "sim/cpu/state/exceptions.h"

namespace hypsim {
namespace {

constexpr Mode kModes[] = {Mode::User,  Mode::Fiq, Mode::Irq,       Mode::Supervisor, Mode::Monitor,
                           Mode::Abort, Mode::Hyp, Mode::Undefined, Mode::System};
constexpr u32 kVbarNs = 0x11000000, kVbarS = 0x22000000, kHvbar = 0x33000000, kMvbar = 0x44000000;
constexpr u32 kInsn = 0x8000;

/// A state in `mode` with all masks clear, recognisable vector bases, and `thumb`.
CpuState state_in(Mode mode, bool ns, bool thumb, u32 length) {
  CpuState s;
  s.sys.scr = ns ? 1 : 0;
  s.sys.vbar[Security::NonSecure] = kVbarNs;
  s.sys.vbar[Security::Secure] = kVbarS;
  s.sys.hvbar = kHvbar;
  s.sys.mvbar = kMvbar;
  s.set_cpsr(0xA8050000 | (thumb ? 0x20u : 0u) | static_cast<u32>(mode));
  s.pc() = kInsn + length;
  return s;
}

/// One kind at one target. LR and ELR as offsets from the instruction (for interrupts: from the next one). `call` kinds
/// give them from the end of the instruction. Vector -1: cannot happen.
struct Row {
  Exception kind;
  Mode target;
  int link_a32, link_t32;
  bool call;
  int vector;           // at the target, taken from elsewhere
  int vector_from_hyp;  // Hyp targets only
  u32 masks;            // PL1 and Monitor targets: CPSR bits set
};

constexpr Row kRows[] = {
    {Exception::Undefined, Mode::Undefined, 4, 2, false, 0x04, -1, 0x080},
    {Exception::Undefined, Mode::Hyp, 0, 0, false, 0x14, 0x04, 0},
    {Exception::SupervisorCall, Mode::Supervisor, 0, 0, true, 0x08, -1, 0x080},
    {Exception::SupervisorCall, Mode::Hyp, 0, 0, true, 0x14, 0x08, 0},
    {Exception::SecureMonitorCall, Mode::Monitor, 0, 0, true, 0x08, -1, 0x1C0},
    {Exception::HypervisorCall, Mode::Hyp, 0, 0, true, 0x14, 0x08, 0},
    {Exception::HypTrap, Mode::Hyp, 0, 0, false, 0x14, -1, 0},
    {Exception::PrefetchAbort, Mode::Abort, 4, 4, false, 0x0C, -1, 0x180},
    {Exception::PrefetchAbort, Mode::Monitor, 4, 4, false, 0x0C, -1, 0x1C0},
    {Exception::PrefetchAbort, Mode::Hyp, 0, 0, false, 0x14, 0x0C, 0},
    {Exception::DataAbort, Mode::Abort, 8, 8, false, 0x10, -1, 0x180},
    {Exception::DataAbort, Mode::Monitor, 8, 8, false, 0x10, -1, 0x1C0},
    {Exception::DataAbort, Mode::Hyp, 0, 0, false, 0x14, 0x10, 0},
    {Exception::Irq, Mode::Irq, 4, 4, false, 0x18, -1, 0x180},
    {Exception::Irq, Mode::Monitor, 4, 4, false, 0x18, -1, 0x1C0},
    {Exception::Irq, Mode::Hyp, 0, 0, false, 0x18, 0x18, 0},
    {Exception::Fiq, Mode::Fiq, 4, 4, false, 0x1C, -1, 0x1C0},
    {Exception::Fiq, Mode::Monitor, 4, 4, false, 0x1C, -1, 0x1C0},
    {Exception::Fiq, Mode::Hyp, 0, 0, false, 0x1C, 0x1C, 0},
    {Exception::VirtualAbort, Mode::Abort, 8, 8, false, 0x10, -1, 0x180},
    {Exception::VirtualIrq, Mode::Irq, 4, 4, false, 0x18, -1, 0x180},
    {Exception::VirtualFiq, Mode::Fiq, 4, 4, false, 0x1C, -1, 0x1C0},
};

bool is_virtual(Exception k) {
  return k == Exception::VirtualAbort || k == Exception::VirtualIrq || k == Exception::VirtualFiq;
}

bool has_syndrome(Exception k) { return k != Exception::Irq && k != Exception::Fiq; }

/// Whether `row` can be taken from here at all.
bool possible(const Row& row, Mode from, bool ns) {
  const bool secure = !ns || from == Mode::Monitor;
  if (from == Mode::Hyp && !ns) return false;
  if (row.target == Mode::Hyp) return !secure && (from != Mode::Hyp || row.vector_from_hyp >= 0);
  if (from == Mode::Hyp) return row.target == Mode::Monitor;
  return !is_virtual(row.kind) || !secure;
}

TEST(Entry, EveryKindFromEveryModeInBothInstructionSets) {
  unsigned cases = 0;
  for (const Row& row : kRows)
    for (Mode from : kModes)
      for (bool ns : {false, true})
        for (bool thumb : {false, true})
          for (u32 length : {2u, 4u}) {
            if (!possible(row, from, ns) || (!thumb && length == 2)) continue;
            ++cases;
            SCOPED_TRACE(testing::Message() << exception_name(row.kind) << " from " << static_cast<int>(from) << " to "
                                            << static_cast<int>(row.target) << " ns " << ns << " thumb " << thumb);
            CpuState s = state_in(from, ns, thumb, length);
            const u32 cpsr = s.cpsr();
            const bool secure_after = row.target == Mode::Monitor || !ns || from == Mode::Monitor;
            ExceptionRequest r;
            r.kind = row.kind;
            r.target = row.target;
            r.pc = kInsn;
            r.next_pc = kInsn + length;
            r.hsr = 0x12345678;
            r.hsr_valid = true;
            const ExceptionEvent e = take_exception(s, r);

            const u32 home = row.call ? kInsn + length : kInsn;
            ASSERT_EQ(s.mode, row.target);
            ASSERT_EQ(s.security(), secure_after ? Security::Secure : Security::NonSecure);
            ASSERT_EQ(s.current_spsr(), cpsr);
            ASSERT_EQ(e.spsr, cpsr);
            ASSERT_EQ(e.return_address, home);
            ASSERT_EQ(s.sys.scr_ns(), ns && from != Mode::Monitor);
            u32 base = 0, masks = row.masks;
            if (row.target == Mode::Hyp) {
              ASSERT_EQ(s.elr_hyp, home);
              ASSERT_EQ(s.sys.hsr, has_syndrome(row.kind) ? 0x12345678u : 0u);
              ASSERT_EQ(e.hsr, s.sys.hsr);
              base = kHvbar;
              masks = 0x1C0;  // SCR.EA, IRQ and FIQ are 0
            } else {
              ASSERT_EQ(s.slot[ir::kLr], home + static_cast<u32>(thumb ? row.link_t32 : row.link_a32));
              ASSERT_EQ(s.sys.hsr, 0u);
              base = row.target == Mode::Monitor ? kMvbar : secure_after ? kVbarS : kVbarNs;
            }
            const int vector = from == Mode::Hyp && row.target == Mode::Hyp ? row.vector_from_hyp : row.vector;
            ASSERT_EQ(s.pc(), base + static_cast<u32>(vector));
            ASSERT_EQ(e.vector, s.pc());
            ASSERT_EQ(s.cpsr(), 0xA8050000u | masks | static_cast<u32>(row.target));
            ASSERT_EQ(e.from, from);
            ASSERT_EQ(e.to, row.target);
          }
  EXPECT_GT(cases, 500u);
}

TEST(Entry, HypModeLeavesUnmaskedWhatScrTakesToMonitor) {
  for (u32 route = 0; route < 8; ++route) {
    CpuState s = state_in(Mode::Supervisor, true, false, 4);
    s.sys.scr = 1 | route << 1;  // IRQ, FIQ, EA
    take_exception(s, {.kind = Exception::HypervisorCall, .target = Mode::Hyp, .pc = kInsn, .next_pc = kInsn + 4});
    EXPECT_EQ(s.mask_i, !(route & 1));
    EXPECT_EQ(s.mask_f, !(route & 2));
    EXPECT_EQ(s.mask_a, !(route & 4));
    EXPECT_EQ(s.sys.hsr, 0u);  // hsr_valid was false
  }
}

TEST(Entry, MasksAlreadySetStaySet) {
  CpuState s = state_in(Mode::User, true, false, 4);
  s.mask_f = true;
  take_exception(s, {.kind = Exception::SupervisorCall, .target = Mode::Supervisor, .pc = 0, .next_pc = 4});
  EXPECT_EQ(s.cpsr() & 0x1C0, 0x0C0u);
}

TEST(Entry, InstructionSetAndEndiannessComeFromTheTargetsControlRegister) {
  const struct {
    Mode from, target;
    bool ns;
    u32 sctlr_ns, sctlr_s, hsctlr;
    bool thumb, big;
  } rows[] = {
      {Mode::User, Mode::Undefined, true, 1u << 30, 0, 0, true, false},
      {Mode::User, Mode::Undefined, true, 1u << 25, 0, 0, false, true},
      {Mode::User, Mode::Undefined, true, 0, 3u << 29 | 1u << 25, 1u << 30, false, false},
      {Mode::User, Mode::Undefined, false, 0, 1u << 30 | 1u << 25, 0, true, true},
      {Mode::Supervisor, Mode::Monitor, true, 0, 1u << 30 | 1u << 25, 0, true, true},
      {Mode::Supervisor, Mode::Hyp, true, 1u << 25, 1u << 25, 1u << 30, true, false},
      {Mode::Supervisor, Mode::Hyp, true, 0, 0, 1u << 25, false, true},
      {Mode::Monitor, Mode::Undefined, true, 0, 1u << 30, 0, true, false},  // out of Monitor: the Secure one
  };
  for (const auto& row : rows) {
    CpuState s = state_in(row.from, row.ns, true, 4);
    s.big_endian = true;
    s.itstate = 0x0C;
    s.sys.sctlr[Security::NonSecure] = row.sctlr_ns;
    s.sys.sctlr[Security::Secure] = row.sctlr_s;
    s.sys.hsctlr = row.hsctlr;
    const u32 cpsr = s.cpsr();
    take_exception(s, {.kind = Exception::Undefined, .target = row.target, .pc = kInsn, .next_pc = kInsn + 4});
    EXPECT_EQ(s.thumb, row.thumb);
    EXPECT_EQ(s.big_endian, row.big);
    EXPECT_EQ(s.itstate, 0);
    EXPECT_EQ(s.current_spsr(), cpsr);
  }
}

TEST(Entry, HighVectorsAndSctlrVe) {
  CpuState s = state_in(Mode::User, true, false, 4);
  s.sys.sctlr[Security::NonSecure] = 1u << 13 | 1u << 24;
  take_exception(s, {.kind = Exception::Irq, .target = Mode::Irq, .pc = kInsn});
  EXPECT_EQ(s.pc(), 0xFFFF0018u);
  s = state_in(Mode::User, true, false, 4);
  s.sys.sctlr[Security::NonSecure] = 1u << 24;
  take_exception(s, {.kind = Exception::Irq, .target = Mode::Irq, .pc = kInsn});
  EXPECT_EQ(s.pc(), kVbarNs + 0x18);
  s = state_in(Mode::User, true, false, 4);
  s.sys.sctlr[Security::Secure] = 1u << 13;  // the other bank, and neither Hyp nor Monitor heeds V
  take_exception(s, {.kind = Exception::Undefined, .target = Mode::Undefined, .pc = kInsn});
  EXPECT_EQ(s.pc(), kVbarNs + 4);
}

TEST(Entry, BaseRegistersAreAlignedTo32Bytes) {
  CpuState s = state_in(Mode::User, true, false, 4);
  s.sys.hvbar |= 0x1F;
  take_exception(s, {.kind = Exception::HypTrap, .target = Mode::Hyp, .pc = kInsn});
  EXPECT_EQ(s.pc(), kHvbar + 0x14);
}

TEST(Entry, HypModeUsesTheUserLinkRegister) {
  CpuState s = state_in(Mode::User, true, false, 4);
  s.slot[14] = 0x55;
  take_exception(s, {.kind = Exception::HypTrap, .target = Mode::Hyp, .pc = kInsn});
  EXPECT_EQ(s.slot[14], 0x55u);
}

TEST(Entry, SvcRoutedByTgeReturnsAfterItself) {
  CpuState s = state_in(Mode::User, true, true, 2);
  s.itstate = 0x04;  // one more instruction in the IT block
  s.sys.hcr = 1u << 27;
  const ExceptionEvent e = take_exception(s, {.kind = Exception::HypTrap,
                                              .target = Mode::Hyp,
                                              .pc = kInsn,
                                              .next_pc = kInsn + 2,
                                              .hsr = 0x44000007,
                                              .hsr_valid = true});
  EXPECT_EQ(e.kind, Exception::SupervisorCall);
  EXPECT_EQ(s.elr_hyp, kInsn + 2);
  EXPECT_EQ(s.pc(), kHvbar + 0x14);
  EXPECT_EQ(s.sys.hsr, 0x44000007u);
  EXPECT_EQ(psr::itstate(s.current_spsr()), 0x08);
}

TEST(Entry, Reset) {
  CpuState s = state_in(Mode::Hyp, true, true, 4);
  s.sys.vbar[Security::Secure] = 0x1000;
  take_exception(s, {.kind = Exception::Reset, .target = Mode::Supervisor});
  EXPECT_EQ(s.cpsr() & 0x7FF, 0x1D3u);
  EXPECT_EQ(s.pc(), 0u);
  EXPECT_EQ(s.security(), Security::Secure);
  s.sys.sctlr[Security::Secure] = 1u << 13;
  take_exception(s, {.kind = Exception::Reset, .target = Mode::Supervisor});
  EXPECT_EQ(s.pc(), 0xFFFF0000u);
}

TEST(Entry, SaysWhetherItCameOutOfAGuest) {
  for (Mode from : {Mode::User, Mode::Supervisor, Mode::Hyp})
    for (bool vm : {false, true}) {
      CpuState s = state_in(from, true, false, 4);
      s.sys.hcr = vm ? 1 : 0;
      const ExceptionEvent e = take_exception(s, {.kind = Exception::Irq, .target = Mode::Hyp, .pc = kInsn});
      EXPECT_EQ(e.from_guest, vm && from != Mode::Hyp);
    }
  CpuState s = state_in(Mode::Supervisor, false, false, 4);
  s.sys.hcr = 1;
  EXPECT_FALSE(take_exception(s, {.kind = Exception::Irq, .target = Mode::Irq, .pc = kInsn}).from_guest);
}

TEST(Entry, TheLocalMonitorIsNotCleared) {
  CpuState s = state_in(Mode::User, true, false, 4);
  s.monitor = {.exclusive = true, .pa = PhysAddr(0x40), .size = 4};
  take_exception(s, {.kind = Exception::Irq, .target = Mode::Irq, .pc = kInsn});
  exception_return(s, kInsn, 0x10);
  EXPECT_TRUE(s.monitor.exclusive);
}

TEST(Return, RestoresEveryFieldAndAlignsThePc) {
  CpuState s = state_in(Mode::Hyp, true, false, 4);
  s.sys.hcr = 1;
  const ReturnEvent e = exception_return(s, 0x9003, 0xF80F0230);  // User, T, E
  EXPECT_EQ(s.cpsr(), 0xF80F0230u);
  EXPECT_EQ(s.pc(), 0x9002u);
  EXPECT_EQ(e.from, Mode::Hyp);
  EXPECT_EQ(e.to, Mode::User);
  EXPECT_EQ(e.target, 0x9002u);
  EXPECT_EQ(e.to_security, Security::NonSecure);
  EXPECT_TRUE(e.to_guest);
  s = state_in(Mode::Supervisor, true, false, 4);
  exception_return(s, 0x9003, 0x10);
  EXPECT_EQ(s.pc(), 0x9000u);
}

TEST(Return, ItStateSurvivesInThumbOnly) {
  for (unsigned it = 0; it < 256; ++it)
    for (bool thumb : {false, true}) {
      CpuState s = state_in(Mode::Supervisor, true, false, 4);
      exception_return(s, 0, psr::it_field(static_cast<u8>(it)) | (thumb ? 0x20u : 0u) | 0x10);
      EXPECT_EQ(s.itstate, thumb && (it & 15) ? it : 0u);
    }
}

TEST(Return, JazelleIsNotEnteredThumbEeIs) {
  for (bool thumb : {false, true}) {
    CpuState s = state_in(Mode::Supervisor, true, false, 4);
    exception_return(s, 0x1002, 0x01000010 | (thumb ? 0x20u : 0u));
    EXPECT_EQ(s.jazelle, thumb);
    EXPECT_EQ(s.thumbee(), thumb);
    EXPECT_EQ(s.pc(), thumb ? 0x1002u : 0x1000u);
  }
  CpuState s = state_in(Mode::Monitor, true, false, 4);
  exception_return(s, 0x1002, 0x010001FA);
  EXPECT_EQ(s.mode, Mode::Hyp);
  EXPECT_TRUE(s.thumb);
  EXPECT_FALSE(s.thumbee()) << "Hyp mode has none";
}

TEST(Return, FromMonitorGoesWhereScrSays) {
  CpuState s = state_in(Mode::Monitor, true, false, 4);
  EXPECT_EQ(exception_return(s, 0x100, 0x1DA).to_security, Security::NonSecure);
  EXPECT_EQ(s.mode, Mode::Hyp);
  s = state_in(Mode::Monitor, false, false, 4);
  EXPECT_EQ(exception_return(s, 0x100, 0x1D3).to_security, Security::Secure);
  EXPECT_EQ(s.mode, Mode::Supervisor);
}

// UNPREDICTABLE returns keep the mode, restore the rest and go on at the target.
TEST(Return, IllegalModes) {
  const struct {
    Mode from;
    bool ns;
    u32 mode;
  } rows[] = {
      {Mode::Supervisor, true, 0x1A},                                 // Non-secure PL1 to Hyp
      {Mode::Supervisor, true, 0x16},                                 // Non-secure to Monitor
      {Mode::Hyp, true, 0x16},         {Mode::Monitor, false, 0x1A},  // there is no Secure Hyp mode
      {Mode::Supervisor, false, 0x1A}, {Mode::Irq, true, 0x00},       // no mode
      {Mode::Irq, true, 0x14},         {Mode::Hyp, true, 0x15},
      {Mode::User, true, 0x13},  // PL0 cannot raise itself
  };
  for (const auto& row : rows) {
    CpuState s = state_in(row.from, row.ns, false, 4);
    const ReturnEvent e = exception_return(s, 0x2002, 0x50000020 | row.mode);
    EXPECT_EQ(s.mode, row.from) << row.mode;
    EXPECT_EQ(e.to, row.from);
    EXPECT_EQ(s.cpsr() >> 28, 5u);
    EXPECT_TRUE(s.thumb);
    EXPECT_EQ(s.pc(), 0x2002u);
  }
}

TEST(Return, NoSpsrValueFromAnyModeBreaksTheState) {
  for (Mode from : kModes)
    for (bool ns : {false, true})
      for (u32 low = 0; low < 512; ++low)
        for (u32 high : {0u, 0xFF0FFE00u}) {
          if (from == Mode::Hyp && !ns) continue;
          CpuState s = state_in(from, ns, false, 4);
          exception_return(s, 0xFFFFFFFF, high | low);
          ASSERT_TRUE(is_valid_mode(static_cast<u32>(s.mode)));
          ASSERT_FALSE(s.mode == Mode::Hyp && s.security() == Security::Secure);
          ASSERT_EQ(s.pc() & (s.thumb ? 1u : 3u), 0u);
        }
}

TEST(EntryAndReturn, AreInverse) {
  for (bool thumb : {false, true})
    for (Mode from : {Mode::User, Mode::Supervisor, Mode::System, Mode::Fiq}) {
      CpuState s = state_in(from, true, thumb, 4);
      if (thumb) s.itstate = 0x1C;
      for (unsigned n = 0; n < 15; ++n) s.slot[n] = n * 3 + 1;
      const u32 cpsr = s.cpsr();
      take_exception(s, {.kind = Exception::HypTrap, .target = Mode::Hyp, .pc = kInsn, .next_pc = kInsn + 4});
      for (unsigned n = 8; n < 14; ++n) EXPECT_EQ(s.slot[n] == n * 3 + 1, n < 13 && from != Mode::Fiq);
      s.slot[13] = 0;
      exception_return(s, s.elr_hyp, s.current_spsr());
      EXPECT_EQ(s.cpsr(), cpsr);
      EXPECT_EQ(s.pc(), kInsn);
      for (unsigned n = 0; n < 15; ++n) EXPECT_EQ(s.slot[n], n * 3 + 1);
    }
}

}  // namespace
}  // namespace hypsim
