// SPDX-License-Identifier: Apache-2.0
// Asynchronous exceptions against the manual's tables of targets and masks, over every control, mask, line and mode.
#include <gtest/gtest.h>

#include "tests/hyp/situations.h"

namespace hypsim::hyp {
namespace {

/// How CPSR.{A,I,F} acts on a physical exception: 'B' the mask bit holds it off, 'A' it is always taken. One string for
/// each {SCR route bit, SCR mask-writable bit (AW, FW), HCR.xMO}: Secure, Hyp, Non-secure PL1&0. For IRQ, which has no
/// such SCR bit, the rows with a 1 in the middle apply.
constexpr const char* kMasking[2][2][2] = {
    {{"BBB", "BBA"}, {"BBB", "BBA"}},
    {{"BAA", "BAA"}, {"BBB", "BAA"}},
};
/// Target by {SCR route, HCR.xMO}: M monitor, H Hyp, P PL1 of the current state.
constexpr const char* kTargets[2][2] = {{"PHP", "PHH"}, {"MMM", "MMM"}};

unsigned column(const Place& p) { return p.secure() ? 0 : p.hyp() ? 1 : 2; }

struct Kind {
  Exception physical, virt;
  Mode pl1;
  unsigned scr_route, scr_writable, hcr_mo, hcr_virtual;  // bit numbers; 31 = no such bit
};
constexpr Kind kFiqKind{Exception::Fiq, Exception::VirtualFiq, Mode::Fiq, 2, 4, 3, 6};
constexpr Kind kIrqKind{Exception::Irq, Exception::VirtualIrq, Mode::Irq, 1, 31, 4, 7};
constexpr Kind kAbortKind{Exception::DataAbort, Exception::VirtualAbort, Mode::Abort, 3, 5, 5, 8};

bool on(u32 value, unsigned n) { return (value >> n) & 1; }

bool physical_taken(const Kind& k, const SystemRegisters& r, bool mask, const Place& p) {
  const bool writable = k.scr_writable == 31 || on(r.scr, k.scr_writable);
  return kMasking[on(r.scr, k.scr_route)][writable][on(r.hcr, k.hcr_mo)][column(p)] == 'A' || !mask;
}

Mode physical_mode(const Kind& k, const SystemRegisters& r, const Place& p) {
  switch (kTargets[on(r.scr, k.scr_route)][on(r.hcr, k.hcr_mo)][column(p)]) {
    case 'M': return Mode::Monitor;
    case 'H': return Mode::Hyp;
    default: return k.pl1;
  }
}

bool virtual_exists(const Kind& k, const SystemRegisters& r, bool line, const Place& p) {
  return p.guest() && on(r.hcr, k.hcr_mo) && !on(r.hcr, 27) && (line || on(r.hcr, k.hcr_virtual));
}

AsyncDecision reference(const InterruptLines& l, bool a, bool i, bool f, const SystemRegisters& r, const Place& p) {
  if (l.fiq && physical_taken(kFiqKind, r, f, p)) return {true, Exception::Fiq, physical_mode(kFiqKind, r, p)};
  if (l.irq && physical_taken(kIrqKind, r, i, p)) return {true, Exception::Irq, physical_mode(kIrqKind, r, p)};
  if (l.async_abort && physical_taken(kAbortKind, r, a, p))
    return {true, Exception::DataAbort, physical_mode(kAbortKind, r, p)};
  if (!f && virtual_exists(kFiqKind, r, l.vfiq, p)) return {true, Exception::VirtualFiq, Mode::Fiq};
  if (!i && virtual_exists(kIrqKind, r, l.virq, p)) return {true, Exception::VirtualIrq, Mode::Irq};
  if (!a && virtual_exists(kAbortKind, r, false, p)) return {true, Exception::VirtualAbort, Mode::Abort};
  return {};
}

InterruptLines lines_of(unsigned n) {
  return {.irq = on(n, 0), .fiq = on(n, 1), .virq = on(n, 2), .vfiq = on(n, 3), .async_abort = on(n, 4)};
}

TEST(AsyncRouting, Exhaustive) {
  u64 wrong = 0, taken = 0;
  for (unsigned scr_bits = 0; scr_bits < 32; ++scr_bits)       // IRQ FIQ EA FW AW at 1..5
    for (unsigned hcr_bits = 0; hcr_bits < 128; ++hcr_bits) {  // FMO IMO AMO VF VI VA at 3..8, TGE at 27
      SystemRegisters regs;
      regs.scr = scr_bits << 1 | 1;
      regs.hcr = (hcr_bits & 0x3F) << 3 | (hcr_bits >> 6) << 27;
      for (const Place& p : kPlaces)
        for (unsigned n = 0; n < 32; ++n)
          for (unsigned masks = 0; masks < 8; ++masks) {
            const InterruptLines lines = lines_of(n);
            const AsyncDecision got =
                decide_async(lines, on(masks, 0), on(masks, 1), on(masks, 2), {p.mode, p.security, regs});
            const AsyncDecision want = reference(lines, on(masks, 0), on(masks, 1), on(masks, 2), regs, p);
            taken += want.taken;
            if (got.taken != want.taken || (want.taken && (got.kind != want.kind || got.target != want.target))) {
              if (wrong++ == 0)
                ADD_FAILURE() << p << " SCR " << std::hex << regs.scr << " HCR " << regs.hcr << " lines " << n
                              << " masks " << masks;
            }
          }
    }
  EXPECT_EQ(wrong, 0u);
  EXPECT_GT(taken, 1000000u);
}

// A few rows in words, so that reference and rule cannot be wrong together unseen.
TEST(AsyncRouting, Examples) {
  SystemRegisters r;
  const Situation guest{Mode::Supervisor, Security::NonSecure, r};
  const Situation host_user{Mode::User, Security::NonSecure, r};
  const Situation hyp{Mode::Hyp, Security::NonSecure, r};
  const Situation secure{Mode::Supervisor, Security::Secure, r};
  const InterruptLines irq{.irq = true};
  r.scr = 1;
  r.hcr = 1u << 4;  // IMO: taken to Hyp although CPSR.I is set
  EXPECT_EQ(decide_async(irq, true, true, true, guest).target, Mode::Hyp);
  EXPECT_FALSE(decide_async(irq, true, true, true, hyp).taken);  // Hyp mode itself masks
  EXPECT_EQ(decide_async(irq, true, false, true, hyp).target, Mode::Hyp);
  EXPECT_EQ(decide_async(irq, true, false, true, secure).target, Mode::Irq);
  r.hcr = 1u << 27;  // TGE alone routes no interrupt in ARMv7
  EXPECT_EQ(decide_async(irq, true, false, true, host_user).target, Mode::Irq);
  r.hcr = 0;
  r.scr = 1 | 1 << 2;  // SCR.FIQ with FW=0: Non-secure code cannot hold the secure FIQ off
  EXPECT_EQ(decide_async({.fiq = true}, true, true, true, guest).target, Mode::Monitor);
  EXPECT_FALSE(decide_async({.fiq = true}, true, true, true, secure).taken);
  r.scr |= 1 << 4;
  EXPECT_FALSE(decide_async({.fiq = true}, true, true, true, guest).taken);
  r.hcr = 1u << 4 | 1u << 7;  // VI
  EXPECT_EQ(decide_async({}, true, false, true, guest).kind, Exception::VirtualIrq);
  EXPECT_FALSE(decide_async({}, true, true, true, guest).taken);
  EXPECT_FALSE(decide_async({}, false, false, false, hyp).taken);
}

TEST(Wfi, AnyPhysicalLineWakesAndVirtualOnesOnlyAGuest) {
  for (unsigned hcr_bits = 0; hcr_bits < 128; ++hcr_bits) {
    SystemRegisters regs;
    regs.hcr = (hcr_bits & 0x3F) << 3 | (hcr_bits >> 6) << 27;
    for (const Place& p : kPlaces)
      for (unsigned n = 0; n < 32; ++n) {
        const InterruptLines l = lines_of(n);
        const bool want = l.irq || l.fiq || l.async_abort || virtual_exists(kFiqKind, regs, l.vfiq, p) ||
                          virtual_exists(kIrqKind, regs, l.virq, p) || virtual_exists(kAbortKind, regs, false, p);
        ASSERT_EQ(wfi_wakes(l, {p.mode, p.security, regs}), want) << p << " " << n;
      }
  }
}

TEST(Isr, ShowsVirtualStateToGuestsWithTheOverride) {
  for (unsigned hcr_bits = 0; hcr_bits < 64; ++hcr_bits) {
    SystemRegisters regs;
    regs.hcr = hcr_bits << 3;
    for (const Place& p : kPlaces)
      for (unsigned n = 0; n < 32; ++n) {
        const InterruptLines l = lines_of(n);
        const auto shown = [&](const Kind& k, bool physical, bool virtual_line) {
          return p.guest() && on(regs.hcr, k.hcr_mo) ? virtual_line || on(regs.hcr, k.hcr_virtual) : physical;
        };
        const u32 want = u32{shown(kAbortKind, l.async_abort, false)} * 0x100 +
                         u32{shown(kIrqKind, l.irq, l.virq)} * 0x80 + u32{shown(kFiqKind, l.fiq, l.vfiq)} * 0x40;
        ASSERT_EQ(read_isr(l, {p.mode, p.security, regs}), want) << p << " " << n;
      }
  }
}

}  // namespace
}  // namespace hypsim::hyp
