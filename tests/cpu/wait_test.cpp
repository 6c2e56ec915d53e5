// SPDX-License-Identifier: Apache-2.0
// What ends WFE and what ends WFI: two lists. ARM DDI 0406C B1.8.13, B1.8.14
#include <gtest/gtest.h>

#include "tests/support/flat_machine.h"

namespace hypsim::test {
namespace {

constexpr u32 kWfi = 0xE320F003, kWfe = 0xE320F002, kSev = 0xE320F004, kLoop = 0xEAFFFFFE;
constexpr u32 kRam = FlatMachine::kRam;

struct Place {
  Mode mode;
  bool non_secure;
};
constexpr Place kPlaces[] = {{Mode::Supervisor, false}, {Mode::User, false}, {Mode::Monitor, false},
                             {Mode::Supervisor, true},  {Mode::User, true},  {Mode::Hyp, true}};

/// One kind of asynchronous exception: the numbers of its bits in SCR, HCR and CPSR.
struct Kind {
  const char* name;
  unsigned route, writable, override_mask, pending_virtual, mask;  // `writable` 31: there is none
};
constexpr Kind kKinds[] = {{"FIQ", 2, 4, 3, 6, 6}, {"IRQ", 1, 31, 4, 7, 7}, {"abort", 3, 5, 5, 8, 8}};

enum class Source { Physical, VirtualLine, VirtualBit };

bool exists(const Kind& k, Source source, const Place& p, u32 hcr) {
  if (source == Source::Physical) return true;
  return p.non_secure && p.mode != Mode::Hyp && bit(hcr, k.override_mask) && !bit(hcr, hcr::TGE);
}

/// Whether CPSR.A, I or F holds it off when it is set. B1.8.6
bool maskable(const Kind& k, Source source, const Place& p, u32 scr, u32 hcr) {
  if (source != Source::Physical || !p.non_secure) return true;
  const bool overridden = bit(hcr, k.override_mask), to_monitor = bit(scr, k.route);
  if (p.mode != Mode::Hyp && overridden) return false;
  if (to_monitor && overridden) return false;
  return !(to_monitor && k.writable != 31 && !bit(scr, k.writable));
}

void enter(FlatMachine& m, const Place& p, u32 scr, u32 hcr, u32 masks) {
  m.core.reset();
  CpuState& s = m.core.state();
  s.switch_mode(Mode::Monitor);
  s.sys.scr = scr | (p.non_secure ? 1u << scr::NS : 0);
  s.sys.hcr = hcr;
  s.switch_mode(p.mode);
  s.mask_a = bit(masks, 8);
  s.mask_i = bit(masks, 7);
  s.mask_f = bit(masks, 6);
  // Each vector and what follows the wait are loops: where the PC is says what happened.
  s.sys.mvbar = s.sys.hvbar = s.sys.vbar[Security::Secure] = s.sys.vbar[Security::NonSecure] = kRam + 0x1000;
  m.core.set_pc(kRam);
  m.core.state_changed();
}

/// The lines stand before the instruction, or come while it waits.
void raise(FlatMachine& m, const Kind& k, Source source) {
  const bool fiq = k.mask == 6, irq = k.mask == 7, physical = source == Source::Physical;
  if (k.mask == 8 && physical) m.core.raise_async_abort();
  if (source == Source::VirtualBit) m.core.state().sys.hcr |= 1u << k.pending_virtual;
  const bool line = source != Source::VirtualBit;
  m.core.set_lines(line && irq && physical, line && fiq && physical, line && irq && !physical,
                   line && fiq && !physical);
}

class Waits : public testing::TestWithParam<bool> {
 protected:
  static CoreConfig config() {
    CoreConfig c;
    c.generate_code = GetParam();
    c.hot_visits = 0;
    return c;
  }
};

/// Every setting of SCR.{IRQ,FIQ,EA,FW,AW} and HCR.{FMO,IMO,AMO,TGE}, mode, mask and source, for both instructions.
TEST_P(Waits, WholeTable) {
  FlatMachine m(1 << 20, config());
  for (u32 vector = 0; vector < 8; ++vector) m.code({kLoop}, 0x1000 + 4 * vector);
  unsigned slept = 0, woke = 0, taken_exceptions = 0;
  for (const u32 wait : {kWfe, kWfi}) {
    m.code({wait, kLoop});
    for (const Place& p : kPlaces)
      for (const Kind& k : kKinds)
        for (const Source source : {Source::Physical, Source::VirtualLine, Source::VirtualBit})
          for (unsigned setting = 0; setting < 64; ++setting) {
            if (source == Source::VirtualLine && k.mask == 8) continue;
            const u32 scr = (bit(setting, 0) << k.route) | (k.writable == 31 ? 0 : bit(setting, 1) << k.writable);
            const u32 hcr = (bit(setting, 2) << k.override_mask) | (bit(setting, 3) << hcr::TGE);
            const u32 mask = bit(setting, 4) << k.mask;
            enter(m, p, scr, hcr, (0x1C0 & ~(1u << k.mask)) | mask);
            const bool before = bit(setting, 5);
            if (before) raise(m, k, source);
            StopReason stop = m.run(2);
            if (!before) {
              ASSERT_EQ(stop, StopReason::Waiting) << k.name << " setting " << setting;
              raise(m, k, source);
              m.core.state_changed();
              stop = m.run(2);
            }
            const bool pending = exists(k, source, p, hcr);
            const bool taken = pending && !(mask != 0 && maskable(k, source, p, scr, hcr));
            const bool wakes = wait == kWfi ? pending : taken;
            const bool handler = m.core.state().pc() - (kRam + 0x1000) < 0x20;
            EXPECT_EQ(handler, taken) << k.name << " setting " << setting << " mode " << static_cast<int>(p.mode);
            EXPECT_EQ(m.core.waiting(), !wakes)
                << (wait == kWfe ? "WFE " : "WFI ") << k.name << " source " << static_cast<int>(source) << " setting "
                << setting << " mode " << static_cast<int>(p.mode) << (p.non_secure ? " Non-secure" : " Secure");
            slept += !wakes;
            woke += wakes;
            taken_exceptions += taken;
          }
  }
  EXPECT_GT(slept, 1000u);
  EXPECT_GT(woke, 1000u);
  EXPECT_GT(taken_exceptions, 500u);
}

TEST_P(Waits, AnEventEndsWfeOnce) {
  FlatMachine m(1 << 20, config());
  m.code({kSev, kWfe, kWfe, kLoop});
  EXPECT_EQ(m.run(4), StopReason::Waiting);
  EXPECT_EQ(m.core.retired(), 3u);
  m.core.set_event();
  m.run(1);
  EXPECT_FALSE(m.core.waiting());
  EXPECT_FALSE(m.core.state().event_register);
}

TEST_P(Waits, AnEventEndsNoWfi) {
  FlatMachine m(1 << 20, config());
  m.code({kSev, kWfi, kLoop});
  EXPECT_EQ(m.run(3), StopReason::Waiting);
  m.core.set_event();
  EXPECT_EQ(m.run(1), StopReason::Waiting);
}

// B1.8.13: an exception return sets the event register, whichever instruction makes it.
TEST_P(Waits, AnExceptionReturnIsAnEvent) {
  constexpr u32 kMovsPcLr = 0xE1B0F00E, kRfe = 0xF8900A00, kLdmReturn = 0xE8D08000, kEret = 0xE160006E;
  for (const u32 leave : {kMovsPcLr, kRfe, kLdmReturn, kEret}) {
    FlatMachine m(1 << 20, config());
    m.code({leave, kLoop});
    m.code({kWfe, kWfe, kLoop}, 0x100);
    m.code({kRam + 0x100, 0x1D3}, 0x200);  // RFE's return address and CPSR
    m.reg(0) = kRam + 0x200;
    m.reg(ir::kLr) = kRam + 0x100;
    m.core.state().current_spsr() = 0x1D3;
    EXPECT_EQ(m.run(4), StopReason::Waiting) << std::hex << leave;
    EXPECT_EQ(m.core.retired(), 3u) << std::hex << leave << ": the first WFE goes on, the second one waits";
  }
}

// Core::interruptible(): whether an input may end the wait. Nothing ends WFE behind three masks but an event.
TEST_P(Waits, MaskedWfeIsNotInterruptible) {
  for (const u32 wait : {kWfe, kWfi}) {
    FlatMachine m(1 << 20, config());
    m.code({wait, kLoop});
    EXPECT_EQ(m.run(2), StopReason::Waiting);
    EXPECT_EQ(m.core.interruptible(), wait == kWfi);
    m.core.state().mask_i = false;
    EXPECT_TRUE(m.core.interruptible());
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, Waits, testing::Bool(),
                         [](const auto& engine) { return engine.param ? "generated" : "interpreted"; });

}  // namespace
}  // namespace hypsim::test
